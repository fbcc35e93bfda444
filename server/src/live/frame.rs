//! An event as it goes out.

use bytes::Bytes;
use ekenko_domain::event::{Kind, Stream};

use super::wire;

/// An event ready to go out: encoded and framed once, its bytes shared by everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The line it stands in.
    pub stream: Stream,
    /// Its place in the line.
    pub offset: i64,
    /// The whole websocket frame.
    pub wire: Bytes,
}

impl Frame {
    /// Frames the text of an event.
    pub fn new(stream: Stream, offset: i64, text: &str) -> Self {
        Self { stream, offset, wire: wire::text(text) }
    }

    /// The event as JSON text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(wire::payload(&self.wire)).unwrap_or_default()
    }

    /// Whether somebody whose stream this is in may now see something else than before, or nothing.
    pub fn changes_access(&self) -> bool {
        // What stands before the data is ours and holds no quotes of others.
        let head = self.text().split_once(r#""data""#).map_or("", |(head, _)| head);
        matches!(self.stream, Stream::Employee(_))
            && [Kind::EmployeeChanged, Kind::TeamChanged]
                .iter()
                .any(|kind| head.contains(&format!(r#""kind":"{}""#, kind.code())))
    }
}
