//! While the server renders a page: API calls go straight to the router, with the page request's own cookie, through
//! the very same handlers as from outside.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, header},
};
use dioxus::fullstack::FullstackContext;
use ekenko_domain::{problem::Problem, visit::Fix};
use tower::ServiceExt;

pub use ekenko_domain::day::local;

use super::{Incoming, NoPosition, Request, Response, unreachable};

/// The API's router, put among the extensions of every page request.
#[derive(Clone)]
pub struct Api(pub Router);

fn headers() -> HeaderMap {
    FullstackContext::current().map(|context| context.parts_mut().headers.clone()).unwrap_or_default()
}

/// Calls the API.
pub async fn send(request: Request) -> Result<Response, Problem> {
    let context = FullstackContext::current().ok_or_else(|| unreachable("not rendering a page"))?;
    let Api(router) = context.extension::<Api>().ok_or_else(|| unreachable("no API to call"))?;
    let mut call = axum::http::Request::builder().method(request.method).uri(&request.path);
    if let Some(cookie) = headers().get(header::COOKIE) {
        call = call.header(header::COOKIE, cookie);
    }
    let call = call.body(Body::from(request.body.into_bytes())).map_err(unreachable)?;
    let answer = router.oneshot(call).await.map_err(|never| match never {})?;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.map_err(unreachable)?;
    Ok(Response { status, body: body.to_vec() })
}

/// The languages the reader prefers, best first.
pub fn languages() -> Vec<String> {
    preferred(&headers())
}

/// The same from a request's headers: the language chosen before, then the browser's.
pub fn preferred(headers: &HeaderMap) -> Vec<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let chosen = super::chosen_language(&text(header::COOKIE));
    let accepted = text(header::ACCEPT_LANGUAGE);
    let accepted =
        accepted.split(',').filter_map(|part| part.split(';').next()).map(|tag| tag.trim().to_owned());
    chosen.into_iter().chain(accepted).collect()
}

/// Keeps the chosen language; only a reader's own device can.
pub fn keep_language(_language: &str) {}

/// Says what language the page is in; `serve.rs` has.
pub fn mark_language(_language: &str) {}

/// The page's title.
pub fn set_title(title: String) {
    dioxus::document::document().set_title(title);
}

/// A server is nowhere.
pub async fn position() -> Result<Fix, NoPosition> {
    Err(NoPosition::Unsupported)
}

/// Now, by the machine's clock; the service decides what counts.
#[allow(clippy::disallowed_methods, reason = "a page shows its reader's clock")]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}

/// Whether the page asked for is the shell that opens without signal.
pub fn is_shell() -> bool {
    FullstackContext::current().is_some_and(|context| context.parts_mut().uri.path() == "/shell")
}

/// A page here answers from the start.
pub fn answers() {}

/// Nothing waits while a page is rendered.
pub async fn sleep(_millis: u32) {
    std::future::pending::<()>().await;
}

/// Leaves the page for another, reloading everything.
pub fn go(_path: &str) {}

/// Known where the page is read.
pub fn origin() -> String {
    String::new()
}

/// Nothing is uploaded while a page is rendered.
pub async fn upload(request: Request, _progress: impl FnMut(f64) + 'static) -> Result<Response, Problem> {
    send(request).await
}

/// Nothing is chosen while a page is rendered.
pub fn shown(_picture: &[u8]) -> String {
    String::new()
}

/// Nothing is copied while a page is rendered.
pub async fn copy(_text: &str) -> bool {
    false
}

/// Where a photo can be seen.
pub async fn picture(path: String) -> Option<String> {
    Some(path)
}

/// Sends a file and hears how far the server is.
pub async fn send_lines(request: Request, _each: impl FnMut(String)) -> Result<Response, Problem> {
    send(request).await
}

/// Pages are rendered once; they follow nothing live until they reach their reader.
pub struct Socket;

impl Socket {
    /// Never opens.
    pub async fn open() -> Option<Self> {
        std::future::pending().await
    }
    /// Nothing to say.
    pub async fn hello_token() -> Option<String> {
        None
    }
    /// Goes nowhere.
    pub async fn send(&mut self, _text: String) {}
    /// Never comes.
    pub async fn next(&mut self) -> Incoming {
        std::future::pending().await
    }
}

/// Nothing here is left to chance.
pub fn chance() -> f64 {
    0.
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
