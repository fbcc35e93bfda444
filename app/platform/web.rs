//! In a browser.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use ekenko_domain::{
    day::{TimeZone, to_micros},
    problem::Problem,
    visit::Fix,
};
use futures_channel::{mpsc, oneshot};
use futures_util::StreamExt;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, MessageEvent, WebSocket, window};

use super::{Content, Feeling, Incoming, NoPosition, Request, Response, device_time, unreachable};

async fn fetch(request: Request, accept: Option<&str>) -> Result<gloo_net::http::Response, Problem> {
    let builder = match request.method {
        "POST" => gloo_net::http::Request::post(&request.path),
        "PUT" => gloo_net::http::Request::put(&request.path),
        "DELETE" => gloo_net::http::Request::delete(&request.path),
        _ => gloo_net::http::Request::get(&request.path),
    };
    let builder =
        if request.method == "GET" { builder } else { builder.header("device-time", &device_time()) };
    let builder = match request.body.media_type() {
        Some(media_type) => builder.header("content-type", media_type),
        None => builder,
    };
    let builder = match accept {
        Some(accept) => builder.header("accept", accept),
        None => builder,
    };
    let ready = match request.body {
        Content::None => builder.build(),
        body => builder.body(Uint8Array::from(body.into_bytes().as_slice())),
    };
    ready.map_err(unreachable)?.send().await.map_err(unreachable)
}

/// Calls the API; the session cookie goes along by itself.
pub async fn send(request: Request) -> Result<Response, Problem> {
    let reading = request.method == "GET";
    let answer = fetch(request, None).await;
    if reading {
        // What the service worker kept carries its mark.
        super::note_reached(
            answer.as_ref().is_ok_and(|answer| answer.headers().get("ekenko-kept").is_none()),
        );
    }
    let answer = answer?;
    let body = answer.binary().await.map_err(unreachable)?;
    Ok(Response { status: answer.status(), body })
}

/// Sends a file and hears how much of it is on its way, from 0 to 1: fetch does not tell.
pub async fn upload(request: Request, mut progress: impl FnMut(f64) + 'static) -> Result<Response, Problem> {
    let broken = |error: JsValue| unreachable(format!("{error:?}"));
    let sending = web_sys::XmlHttpRequest::new().map_err(broken)?;
    sending.open_with_async(request.method, &request.path, true).map_err(broken)?;
    if let Some(media_type) = request.body.media_type() {
        sending.set_request_header("content-type", media_type).map_err(broken)?;
    }
    let on_progress =
        Closure::<dyn FnMut(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
            if event.length_computable() {
                progress(event.loaded() / event.total());
            }
        });
    sending.upload().map_err(broken)?.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    let (send, ended) = oneshot::channel::<()>();
    let mut send = Some(send);
    let on_end = Closure::<dyn FnMut()>::new(move || {
        if let Some(send) = send.take() {
            let _ = send.send(());
        }
    });
    sending.set_onloadend(Some(on_end.as_ref().unchecked_ref()));
    let bytes = Uint8Array::from(request.body.into_bytes().as_slice());
    sending.send_with_opt_js_u8_array(Some(&bytes)).map_err(broken)?;
    let _ = ended.await;
    let status = sending.status().map_err(broken)?;
    if status == 0 {
        return Err(unreachable("the connection broke"));
    }
    let body = sending.response_text().map_err(broken)?.unwrap_or_default();
    Ok(Response { status, body: body.into_bytes() })
}

/// Sends a file and hears how far the server is: one call of `each` a line.
pub async fn send_lines(request: Request, mut each: impl FnMut(String)) -> Result<Response, Problem> {
    let broken = |error: JsValue| unreachable(format!("{error:?}"));
    let answer = fetch(request, Some("application/x-ndjson")).await?;
    let (status, mut waiting) = (answer.status(), Vec::new());
    if let Some(stream) = answer.body() {
        let reader: web_sys::ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        loop {
            let piece = JsFuture::from(reader.read()).await.map_err(broken)?;
            if Reflect::get(&piece, &"done".into()).map_err(broken)?.is_truthy() {
                break;
            }
            let bytes = Reflect::get(&piece, &"value".into()).map_err(broken)?;
            waiting.extend(Uint8Array::new(&bytes).to_vec());
            while status == 200
                && let Some(end) = waiting.iter().position(|byte| *byte == b'\n')
            {
                let line: Vec<u8> = waiting.drain(..=end).collect();
                each(String::from_utf8_lossy(&line).trim().to_owned());
            }
        }
    }
    Ok(Response { status, body: waiting })
}

/// The languages the reader prefers, best first: the one chosen before, then the browser's. The server has told
/// already; this serves a page it did not render.
pub fn languages() -> Vec<String> {
    let Some(window) = window() else { return Vec::new() };
    let cookies = window
        .document()
        .and_then(|document| document.unchecked_into::<web_sys::HtmlDocument>().cookie().ok());
    let chosen = cookies.as_deref().and_then(super::chosen_language);
    let browsers = window.navigator().languages();
    chosen.into_iter().chain(browsers.iter().filter_map(|tag| tag.as_string())).collect()
}

/// Keeps the chosen language for a year, where the server sees it.
pub fn keep_language(language: &str) {
    if let Some(document) = window().and_then(|w| w.document()) {
        let document: web_sys::HtmlDocument = document.unchecked_into();
        let _ =
            document.set_cookie(&format!("ekenko_lang={language}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// Says what language the page is in.
pub fn mark_language(language: &str) {
    if let Some(root) = window().and_then(|w| w.document()).and_then(|d| d.document_element()) {
        let _ = root.set_attribute("lang", language);
    }
}

/// The page's title. `document::Title` would evaluate a string, which the content security policy forbids.
pub fn set_title(title: String) {
    if let Some(document) = window().and_then(|w| w.document()) {
        document.set_title(&title);
    }
}

/// Now, by the device's clock; the server decides what counts.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// Clocks are put forward or back at a quarter of an hour, if at all.
const QUARTER_S: i64 = 900;

thread_local! {
    /// How far clocks are ahead of UTC, by zone and quarter of an hour: the browser takes long to say so, and a page of
    /// events asks for each of them again and again.
    static AHEAD: RefCell<HashMap<(String, i64), TimeDelta>> = RefCell::default();
}

/// What clock and calendar in that zone show, by the browser's own rules; in UTC should it not know the zone.
pub fn local(at: DateTime<Utc>, zone: &TimeZone) -> NaiveDateTime {
    let quarter = at.timestamp().div_euclid(QUARTER_S);
    let ahead = AHEAD.with_borrow_mut(|known| {
        *known.entry((zone.name().to_owned(), quarter)).or_insert_with(|| {
            let begun = DateTime::from_timestamp(quarter * QUARTER_S, 0).unwrap_or(at);
            told_by_browser(begun, zone) - begun.naive_utc()
        })
    });
    at.naive_utc() + ahead
}

fn told_by_browser(at: DateTime<Utc>, zone: &TimeZone) -> NaiveDateTime {
    let options = js_sys::Object::new();
    let _ = Reflect::set(&options, &"timeZone".into(), &zone.name().into());
    let moment = js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    // Swedish writes 2026-11-21 14:05:00.
    let shown = Reflect::get(&moment, &"toLocaleString".into())
        .ok()
        .and_then(|function| function.dyn_into::<js_sys::Function>().ok())
        .and_then(|function| function.call2(&moment, &"sv-SE".into(), &options).ok())
        .and_then(|shown| shown.as_string());
    shown
        .and_then(|shown| NaiveDateTime::parse_from_str(&shown, "%Y-%m-%d %H:%M:%S").ok())
        .unwrap_or_else(|| at.naive_utc())
}

/// Marks the page as answering: until then it is only a picture, and the style sheet shows so.
pub fn answers() {
    if let Some(root) = window().and_then(|w| w.document()).and_then(|d| d.document_element()) {
        let _ = root.set_attribute("data-answers", "yes");
    }
}

/// Where the device is now: a fresh, exact fix, within 20 s.
pub async fn position() -> Result<Fix, NoPosition> {
    let geolocation =
        window().and_then(|w| w.navigator().geolocation().ok()).ok_or(NoPosition::Unsupported)?;
    let (send, receive) = oneshot::channel();
    let send = Rc::new(RefCell::new(Some(send)));
    let found = {
        let send = send.clone();
        Closure::<dyn FnMut(JsValue)>::new(move |position: JsValue| {
            if let Some(send) = send.borrow_mut().take() {
                let _ = send.send(fix(&position).ok_or(NoPosition::Unavailable));
            }
        })
    };
    let failed = Closure::<dyn FnMut(JsValue)>::new(move |error: JsValue| {
        let code = Reflect::get(&error, &"code".into()).ok().and_then(|code| code.as_f64());
        if let Some(send) = send.borrow_mut().take() {
            let _ =
                send.send(Err(if code == Some(1.0) { NoPosition::Denied } else { NoPosition::Unavailable }));
        }
    });
    let options = web_sys::PositionOptions::new();
    options.set_enable_high_accuracy(true);
    options.set_maximum_age(0);
    options.set_timeout(20_000);
    geolocation
        .get_current_position_with_error_callback_and_options(
            found.as_ref().unchecked_ref(),
            Some(failed.as_ref().unchecked_ref()),
            &options,
        )
        .map_err(|_| NoPosition::Unsupported)?;
    receive.await.unwrap_or(Err(NoPosition::Unavailable))
}

fn fix(position: &JsValue) -> Option<Fix> {
    let coords = Reflect::get(position, &"coords".into()).ok()?;
    let number = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok()?.as_f64();
    let taken_at: DateTime<Utc> = DateTime::from_timestamp_millis(number(position, "timestamp")? as i64)?;
    Some(Fix {
        lat: number(&coords, "latitude")?.try_into().ok()?,
        lng: number(&coords, "longitude")?.try_into().ok()?,
        accuracy_m: number(&coords, "accuracy")?.try_into().ok()?,
        taken_at: to_micros(taken_at),
    })
}

/// Whether this page is the shell that opens without signal. The server says so in the page it rendered.
pub fn is_shell() -> bool {
    false
}

/// Waits.
pub async fn sleep(millis: u32) {
    gloo_timers::future::TimeoutFuture::new(millis).await;
}

/// A number from 0 to 1 by chance.
pub fn chance() -> f64 {
    js_sys::Math::random()
}

/// What the device notices, for as long as this lives.
pub struct Feelings {
    felt: mpsc::UnboundedReceiver<Feeling>,
    listeners: Vec<(web_sys::EventTarget, &'static str, Closure<dyn FnMut()>)>,
}

impl Feelings {
    /// Begins to notice.
    pub fn new() -> Self {
        let (send, felt) = mpsc::unbounded();
        let mut listeners = Vec::new();
        if let Some(window) = window() {
            let mut listen =
                |target: web_sys::EventTarget, name: &'static str, feel: Box<dyn Fn() -> Option<Feeling>>| {
                    let send = send.clone();
                    let listener = Closure::<dyn FnMut()>::new(move || {
                        if let Some(feeling) = feel() {
                            let _ = send.unbounded_send(feeling);
                        }
                    });
                    let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                    listeners.push((target, name, listener));
                };
            listen(window.clone().into(), "online", Box::new(|| Some(Feeling::Online)));
            listen(window.clone().into(), "offline", Box::new(|| Some(Feeling::Offline)));
            if let Some(document) = window.document() {
                let shown = document.clone();
                listen(
                    document.into(),
                    "visibilitychange",
                    Box::new(move || (!shown.hidden()).then_some(Feeling::Shown)),
                );
            }
        }
        Self { felt, listeners }
    }

    /// Waits for what is noticed next.
    pub async fn next(&mut self) -> Feeling {
        match self.felt.next().await {
            Some(feeling) => feeling,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Feelings {
    fn drop(&mut self) {
        for (target, name, listener) in &self.listeners {
            let _ = target.remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    }
}

/// Leaves the page for another, reloading everything.
pub fn go(path: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(path);
    }
}

/// The installation's address, as this browser knows it.
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Puts a text where pasting finds it; `false` where the browser does not let us.
pub async fn copy(text: &str) -> bool {
    // There is no clipboard on a page that came without TLS from elsewhere.
    let clipboard = window().and_then(|window| Reflect::get(&window.navigator(), &"clipboard".into()).ok());
    let Some(clipboard) = clipboard.filter(|clipboard| !clipboard.is_undefined()) else { return false };
    let written = Reflect::get(&clipboard, &"writeText".into())
        .and_then(|write| write.dyn_into::<js_sys::Function>())
        .and_then(|write| write.call1(&clipboard, &text.into()));
    match written.map(JsValue::dyn_into::<js_sys::Promise>) {
        Ok(Ok(promise)) => JsFuture::from(promise).await.is_ok(),
        _ => false,
    }
}

/// Where a picture that was chosen can be seen before it is sent; empty should the browser not say.
pub fn shown(picture: &[u8]) -> String {
    let parts = js_sys::Array::of1(&Uint8Array::from(picture));
    web_sys::Blob::new_with_u8_array_sequence(&parts)
        .and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob))
        .unwrap_or_default()
}

/// Where a photo can be seen.
pub async fn picture(path: String) -> Option<String> {
    Some(path)
}

/// A live socket to the server the page came from.
pub struct Socket {
    socket: WebSocket,
    incoming: mpsc::UnboundedReceiver<Incoming>,
    _listeners: (Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>),
}

impl Socket {
    /// Opens it; `None` when the server cannot be reached.
    pub async fn open() -> Option<Self> {
        let location = window()?.location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}/api/v1/live", location.host().ok()?)).ok()?;
        let (send, incoming) = mpsc::unbounded();
        let (opened, open) = oneshot::channel::<()>();
        let opened = RefCell::new(Some(opened));
        let on_open = Closure::<dyn FnMut()>::new(move || {
            if let Some(opened) = opened.borrow_mut().take() {
                let _ = opened.send(());
            }
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        let text = send.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(data) = event.data().as_string() {
                let _ = text.unbounded_send(Incoming::Text(data));
            }
        });
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            let _ = send.unbounded_send(Incoming::Closed(event.code()));
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        let mut this = Self { socket, incoming, _listeners: (on_message, on_close) };
        let refused = this.incoming.next();
        match futures_util::future::select(open, refused).await {
            futures_util::future::Either::Left((Ok(()), _)) => Some(this),
            _ => None,
        }
    }

    /// A browser's cookie speaks for it.
    pub async fn hello_token() -> Option<String> {
        None
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: String) {
        let _ = self.socket.send_with_str(&text);
    }

    /// The next frame, or the end.
    pub async fn next(&mut self) -> Incoming {
        self.incoming.next().await.unwrap_or(Incoming::Closed(1006))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
