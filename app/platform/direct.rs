//! Where nothing is kept on the device: while the server renders, and in a desktop window, where nobody checks in.

use ekenko_domain::customer::Location;
use futures_util::stream::{Pending, pending};

use super::{Content, Outcome, Request, here};
use crate::offline::{Command, Waiting};

/// Sends a command.
pub async fn submit(command: Command, photo: Option<Vec<u8>>) -> Outcome {
    let body = match (photo, command.body) {
        (Some(bytes), _) => Content::Bytes(bytes),
        (None, Some(json)) => Content::Json(json),
        (None, None) => Content::None,
    };
    match here::send(Request { method: command.method, path: command.path, body }).await {
        Ok(answer) if (200..300).contains(&answer.status) => Outcome::Sent(answer),
        Ok(answer) => Outcome::Refused(crate::api::problem(&answer)),
        Err(problem) => Outcome::Refused(problem),
    }
}

/// What was not confirmed: nothing.
pub async fn waiting() -> Vec<Waiting> {
    Vec::new()
}

/// Changes of what waits: none.
pub fn outbox_changes() -> Pending<bool> {
    pending()
}

/// Lets a refused command be tried again.
pub async fn retry(_seq: u64) {}

/// Sends everything now.
pub async fn retry_all() {}

/// Forgets a command.
pub async fn discard(_seq: u64) {}

/// Says who is signed in.
pub async fn set_owner(_employee: Option<String>) {}

/// Keeps locations for the time without signal.
pub async fn keep_locations(_locations: &[Location]) {}

/// The locations kept.
pub async fn kept_locations() -> Vec<Location> {
    Vec::new()
}

/// Waits until answers are kept for the time without signal: for ever.
pub async fn keeping() -> bool {
    std::future::pending().await
}

/// Notes that everything was asked for.
pub async fn kept_all() {}
