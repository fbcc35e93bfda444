//! The live socket's address.

use std::sync::Arc;

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, header},
    response::Response,
};
use ekenko_domain::problem::Problem;

use super::{auth, error::ApiError};
use crate::{App, identity::Proof, live::session};

/// The largest frame a client may send, in bytes.
const LARGEST: usize = 64 * 1024;
/// The read buffer of a socket, in bytes. It is cleared at every look for input, once a frame sent: the library's own
/// 128 KiB cost more than the sending.
const READ_BUFFER: usize = 4 * 1024;

/// `GET /live`: upgrades to the live protocol. A browser's cookie counts only when the page is ours; programs send
/// their token in the hello or as a Bearer header.
pub async fn live(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|_| {
        Problem::new(426, "upgrade_required", "this address speaks websocket; see docs/live-protocol.md")
    })?;
    let ours = auth::is_ours(&headers, app.config.public_url.as_deref());
    if headers.contains_key(header::ORIGIN) && !ours {
        return Err(Problem::new(
            403,
            "foreign_origin",
            "the live socket takes browsers from our own pages only",
        )
        .field("Origin", "is not ours")
        .into());
    }
    let proof = match headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        Some(value) => auth::bearer(value).map(Proof::Bearer),
        None if ours => auth::cookie_of(&headers).map(Proof::Cookie),
        None => None,
    };
    Ok(upgrade
        .max_message_size(LARGEST)
        .max_frame_size(LARGEST)
        .read_buffer_size(READ_BUFFER)
        .on_upgrade(move |socket| session::serve(app, socket, proof)))
}
