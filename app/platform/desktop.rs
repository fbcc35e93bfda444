//! In a desktop window, against a server's address.

use std::{
    sync::{Mutex, OnceLock},
    time::Duration,
};

use base64::Engine;
use ekenko_domain::{
    employee::{Refresh, Tokens},
    problem::Problem,
    visit::Fix,
};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

pub use ekenko_domain::day::local;

use super::{Content, Incoming, NoPosition, Request, Response, device_time, unreachable};

static SERVER: OnceLock<String> = OnceLock::new();
static TOKENS: Mutex<Option<Tokens>> = Mutex::new(None);

/// Sets the server's address, such as `http://127.0.0.1:8080`; once, before the window opens.
pub fn set_server(address: &str) {
    let _ = SERVER.set(address.trim_end_matches('/').to_owned());
}

fn server() -> &'static str {
    SERVER.get().map_or("http://127.0.0.1:8080", String::as_str)
}

fn tokens() -> Option<Tokens> {
    TOKENS.lock().ok().and_then(|tokens| tokens.clone())
}

fn keep(tokens: Option<Tokens>) {
    if let Ok(mut kept) = TOKENS.lock() {
        *kept = tokens;
    }
}

async fn call(request: &Request, token: Option<&str>) -> Result<Response, Problem> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(unreachable)?;
    let mut call =
        CLIENT.get_or_init(reqwest::Client::new).request(method, format!("{}{}", server(), request.path));
    if let Some(token) = token {
        call = call.bearer_auth(token);
    }
    if request.method != "GET" {
        call = call.header("device-time", device_time());
    }
    if let Some(media_type) = request.body.media_type() {
        call = call.header("content-type", media_type);
    }
    let answer = call.body(request.body.clone().into_bytes()).send().await.map_err(unreachable)?;
    let status = answer.status().as_u16();
    Ok(Response { status, body: answer.bytes().await.map_err(unreachable)?.to_vec() })
}

/// Calls the API with this window's token, refreshing it once when it ran out. Browsers sign in for a cookie; here the
/// same request gets tokens instead, and they stay in memory.
pub async fn send(mut request: Request) -> Result<Response, Problem> {
    match (request.method, request.path.as_str()) {
        ("POST", "/api/v1/auth/session") => {
            request.path = "/api/v1/auth/login".into();
            let mut answer = call(&request, None).await?;
            if answer.status == 200 {
                let tokens: Tokens = serde_json::from_slice(&answer.body).map_err(unreachable)?;
                answer.body = serde_json::to_vec(&tokens.employee).map_err(unreachable)?;
                keep(Some(tokens));
            }
            return Ok(answer);
        }
        ("DELETE", "/api/v1/auth/session") => {
            let answer = call(&request, tokens().map(|t| t.access_token).as_deref()).await;
            keep(None);
            return answer;
        }
        _ => {}
    }
    let answer = call(&request, tokens().map(|t| t.access_token).as_deref()).await?;
    if answer.status == 401 && refresh().await {
        return call(&request, tokens().map(|t| t.access_token).as_deref()).await;
    }
    Ok(answer)
}

async fn refresh() -> bool {
    let Some(old) = tokens() else { return false };
    let body = serde_json::to_string(&Refresh { refresh_token: old.refresh_token }).unwrap_or_default();
    let request = Request { method: "POST", path: "/api/v1/auth/refresh".into(), body: Content::Json(body) };
    match call(&request, None).await {
        Ok(answer) if answer.status == 200 => {
            keep(serde_json::from_slice(&answer.body).ok());
            true
        }
        Ok(_) => {
            keep(None);
            false
        }
        Err(_) => false,
    }
}

/// Sends a file; a window is told at the end only.
pub async fn send_lines(request: Request, mut each: impl FnMut(String)) -> Result<Response, Problem> {
    let answer = send(request).await?;
    if answer.status == 200 {
        each(format!("{{\"report\":{}}}", String::from_utf8_lossy(&answer.body)));
    }
    Ok(answer)
}

/// The language of the desktop.
pub fn languages() -> Vec<String> {
    let from = ["LC_ALL", "LC_MESSAGES", "LANG"];
    from.iter().filter_map(|name| std::env::var(name).ok()).map(|tag| tag.replace('_', "-")).collect()
}

/// The desktop's own setting decides at the next start.
pub fn keep_language(_language: &str) {}

/// Says what language the page is in: nothing reads it here.
pub fn mark_language(_language: &str) {}

/// The window's title.
pub fn set_title(title: String) {
    dioxus::desktop::window().set_title(&title);
}

/// Desktops stand still: nobody checks in from one.
pub async fn position() -> Result<Fix, NoPosition> {
    Err(NoPosition::Unsupported)
}

/// Now, by the machine's clock; the service decides what counts.
#[allow(clippy::disallowed_methods, reason = "a page shows its reader's clock")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// A page here answers from the start.
pub fn answers() {}

/// Whether this page is the shell that opens without signal. A window needs none.
pub fn is_shell() -> bool {
    false
}

/// Waits.
pub async fn sleep(millis: u32) {
    tokio::time::sleep(Duration::from_millis(millis.into())).await;
}

/// Goes to another page of the window.
pub fn go(path: &str) {
    dioxus::router::navigator().push(path);
}

/// The installation's address.
pub fn origin() -> String {
    server().to_owned()
}

/// A window has no way to the clipboard but the reader's own.
pub async fn copy(_text: &str) -> bool {
    false
}

/// Sends a file; how far it is, is known at the end.
pub async fn upload(request: Request, mut progress: impl FnMut(f64) + 'static) -> Result<Response, Problem> {
    let answer = send(request).await;
    progress(1.0);
    answer
}

/// Where a picture that was chosen can be seen before it is sent.
pub fn shown(picture: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", base64::engine::general_purpose::STANDARD.encode(picture))
}

/// Where a photo can be seen: fetched with our token, shown as data.
pub async fn picture(path: String) -> Option<String> {
    let answer = send(Request { method: "GET", path, body: Content::None }).await.ok()?;
    let data = base64::engine::general_purpose::STANDARD.encode(&answer.body);
    (answer.status == 200).then(|| format!("data:image/jpeg;base64,{data}"))
}

/// A live socket to the server.
pub struct Socket(WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>);

impl Socket {
    /// Opens it; `None` when the server cannot be reached.
    pub async fn open() -> Option<Self> {
        let address = format!("{}/api/v1/live", server().replacen("http", "ws", 1));
        tokio_tungstenite::connect_async(address).await.ok().map(|(socket, _)| Self(socket))
    }

    /// The token for the hello: a fresh one, should the last have run out.
    pub async fn hello_token() -> Option<String> {
        let me = Request { method: "GET", path: "/api/v1/me".into(), body: Content::None };
        let _ = send(me).await;
        tokens().map(|tokens| tokens.access_token)
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: String) {
        let _ = self.0.send(Message::Text(text.into())).await;
    }

    /// The next frame, or the end.
    pub async fn next(&mut self) -> Incoming {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Incoming::Text(text.to_string()),
                Some(Ok(Message::Close(frame))) => {
                    return Incoming::Closed(frame.map_or(1006, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Incoming::Closed(1006),
            }
        }
    }
}

/// A number from 0 to 1 by chance.
pub fn chance() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

/// What the device notices: nothing, here.
pub struct Feelings;

impl Feelings {
    /// Notices nothing.
    pub fn new() -> Self {
        Self
    }
    /// Never comes.
    pub async fn next(&mut self) -> super::Feeling {
        std::future::pending().await
    }
}
