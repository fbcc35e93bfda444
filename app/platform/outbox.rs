//! What a browser keeps on the device; `web/outbox` does the keeping and sending.

use std::{cell::RefCell, rc::Rc};

use ekenko_domain::{customer::Location, problem::Problem};
use futures_channel::mpsc;
use js_sys::{Promise, Uint8Array};
use serde::Deserialize;
use wasm_bindgen::{closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::{Outcome, Response, unreachable};
use crate::offline::{Command, Waiting};

#[wasm_bindgen(module = "/assets/generated/outbox.js")]
extern "C" {
    #[wasm_bindgen(js_name = submit)]
    fn js_submit(command: &str, photo: Option<Uint8Array>, patience: u32) -> Promise;
    #[wasm_bindgen(js_name = list)]
    fn js_list() -> Promise;
    #[wasm_bindgen(js_name = retry)]
    fn js_retry(seq: Option<f64>) -> Promise;
    #[wasm_bindgen(js_name = discard)]
    fn js_discard(seq: f64) -> Promise;
    #[wasm_bindgen(js_name = setOwner)]
    fn js_set_owner(employee: Option<String>) -> Promise;
    #[wasm_bindgen(js_name = keepLocations)]
    fn js_keep_locations(json: &str) -> Promise;
    #[wasm_bindgen(js_name = keptLocations)]
    fn js_kept_locations() -> Promise;
    #[wasm_bindgen(js_name = keeping)]
    fn js_keeping() -> Promise;
    #[wasm_bindgen(js_name = keptAll)]
    fn js_kept_all() -> Promise;
    #[wasm_bindgen(js_name = watch)]
    fn js_watch(changed: &Closure<dyn FnMut(bool)>);
}

/// How long a page waits for the server's word before it goes on with what will be.
const PATIENCE_MS: u32 = 6_000;
/// A photo takes its time.
const PHOTO_PATIENCE_MS: u32 = 15_000;

async fn text(promise: Promise) -> Result<String, Problem> {
    let value = JsFuture::from(promise).await.map_err(|error| unreachable(format!("{error:?}")))?;
    Ok(value.as_string().unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Sent { status: u16, body: String },
    Refused(Problem),
    Kept(serde::de::IgnoredAny),
    Lost(u16),
}

/// Writes a command down, sends it, and waits a while for the answer.
pub async fn submit(command: Command, photo: Option<Vec<u8>>) -> Outcome {
    let patience = if photo.is_some() { PHOTO_PATIENCE_MS } else { PATIENCE_MS };
    let photo = photo.map(|bytes| Uint8Array::from(bytes.as_slice()));
    let command = serde_json::to_string(&command).unwrap_or_default();
    let told = match text(js_submit(&command, photo, patience)).await {
        Ok(told) => told,
        Err(problem) => return Outcome::Refused(problem),
    };
    match serde_json::from_str(&told) {
        Ok(Told::Sent { status, body }) => Outcome::Sent(Response { status, body: body.into_bytes() }),
        Ok(Told::Refused(problem)) => Outcome::Refused(problem),
        Ok(Told::Kept(_)) => Outcome::Kept,
        Ok(Told::Lost(status)) => Outcome::Refused(Problem { status, ..unreachable("no answer") }),
        Err(error) => Outcome::Refused(unreachable(error)),
    }
}

/// What was not confirmed, oldest first.
pub async fn waiting() -> Vec<Waiting> {
    let list = text(js_list()).await.unwrap_or_default();
    serde_json::from_str(&list).unwrap_or_else(|error| {
        tracing::error!("outbox: {error}");
        Vec::new()
    })
}

/// A word whenever what waits may have changed: whether the server could be reached.
pub fn outbox_changes() -> mpsc::UnboundedReceiver<bool> {
    let (send, receive) = mpsc::unbounded();
    let send = Rc::new(RefCell::new(send));
    let changed = Closure::<dyn FnMut(bool)>::new(move |reached| {
        let _ = send.borrow().unbounded_send(reached);
    });
    js_watch(&changed);
    // Watched for as long as the page is there.
    changed.forget();
    receive
}

/// Lets a refused command be tried again.
pub async fn retry(seq: u64) {
    let _ = text(js_retry(Some(seq as f64))).await;
}

/// Sends everything now.
pub async fn retry_all() {
    let _ = text(js_retry(None)).await;
}

/// Forgets a command; a check-in with all that follows it.
pub async fn discard(seq: u64) {
    let _ = text(js_discard(seq as f64)).await;
}

/// Says who is signed in, which begins sending; nobody, which ends it.
pub async fn set_owner(employee: Option<String>) {
    let _ = text(js_set_owner(employee)).await;
}

/// Keeps locations for the time without signal.
pub async fn keep_locations(locations: &[Location]) {
    if let Ok(json) = serde_json::to_string(locations) {
        let _ = text(js_keep_locations(&json)).await;
    }
}

/// The locations kept.
pub async fn kept_locations() -> Vec<Location> {
    serde_json::from_str(&text(js_kept_locations()).await.unwrap_or_default()).unwrap_or_default()
}

/// Waits until answers are kept for the time without signal; for ever where they are not. Gives whether it is time to
/// ask for everything again.
pub async fn keeping() -> bool {
    JsFuture::from(js_keeping()).await.is_ok_and(|due| due.is_truthy())
}

/// Notes that everything was asked for.
pub async fn kept_all() {
    let _ = text(js_kept_all()).await;
}
