//! What differs between the places our pages run: a browser, a desktop window, the server that renders the first
//! paint. Everything else in the app is the same everywhere.

use chrono::{DateTime, NaiveDateTime, Utc};
use ekenko_domain::{day::TimeZone, problem::Problem};

#[cfg(feature = "server")]
#[path = "server.rs"]
mod here;
#[cfg(all(feature = "desktop", not(feature = "server")))]
#[path = "desktop.rs"]
mod here;
#[cfg(all(feature = "web", not(feature = "server"), not(feature = "desktop")))]
#[path = "web.rs"]
mod here;

#[cfg(all(feature = "web", not(feature = "server"), not(feature = "desktop")))]
mod outbox;
#[cfg(any(feature = "server", feature = "desktop"))]
#[path = "direct.rs"]
mod outbox;

use dioxus::prelude::*;

pub use here::*;
pub use outbox::*;

/// Whether the server answered when it was last asked.
pub static REACHED: GlobalSignal<bool> = Signal::global(|| true);

/// Notes whether the server answered.
pub fn note_reached(yes: bool) {
    if *REACHED.peek() != yes {
        *REACHED.write() = yes;
    }
}

/// What became of a command.
pub enum Outcome {
    /// The server did it.
    Sent(Response),
    /// It will not do it, or nothing could be kept.
    Refused(Problem),
    /// It is written down on this device and will be sent.
    Kept,
}

/// The language chosen before, as a cookie header keeps it.
#[cfg(any(feature = "server", feature = "web"))]
fn chosen_language(cookies: &str) -> Option<String> {
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix("ekenko_lang=").map(str::to_owned))
}

/// The moment clocks in that zone show this.
pub fn moment(shown: NaiveDateTime, zone: &TimeZone) -> DateTime<Utc> {
    let ahead = |at: DateTime<Utc>| here::local(at, zone) - at.naive_utc();
    let guess = shown.and_utc();
    // Once more, for what the first guess says of the other side of a change of the clocks.
    guess - ahead(guess - ahead(guess))
}

/// A request to our own API.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// From `/api` on, with its query.
    pub path: String,
    /// What goes with it.
    pub body: Content,
}

/// What goes with a request.
#[derive(Debug, Clone, Default)]
pub enum Content {
    /// Nothing.
    #[default]
    None,
    /// JSON.
    Json(String),
    /// A file's bytes.
    Bytes(Vec<u8>),
}

impl Content {
    /// The media type to announce.
    pub fn media_type(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Json(_) => Some("application/json"),
            Self::Bytes(_) => Some("application/octet-stream"),
        }
    }

    /// The bytes to send.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Json(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// An answer of our own API.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// This device's clock, for the server to see how far it is off.
#[cfg(not(feature = "server"))]
fn device_time() -> String {
    here::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The server could not be reached.
pub fn unreachable(reason: impl ToString) -> Problem {
    Problem::new(0, "unreachable", reason.to_string())
}

/// Why the device gave no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPosition {
    /// The person said no.
    Denied,
    /// No satellite, no network, or too slow.
    Unavailable,
    /// This device has no such thing.
    Unsupported,
}

/// What a device notices of its network and its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feeling {
    /// There is a network again.
    Online,
    /// There is none.
    Offline,
    /// The reader looks at the page again.
    Shown,
}

/// What came over a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A text frame.
    Text(String),
    /// The socket closed with this code; 1006 when it just broke.
    Closed(u16),
}
