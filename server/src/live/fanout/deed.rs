//! What happens to a fan-out, what it needs, and how much of everything it keeps.

use bytes::Bytes;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId},
};

use super::super::frame::Frame;

/// How much of everything.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Frames and bytes of a stream kept in memory.
    pub log: (usize, usize),
    /// Bytes and frames that may wait for one socket, beside its cursors.
    pub out: (usize, usize),
    /// A socket that takes nothing for so long is gone, in milliseconds.
    pub stuck_ms: u64,
    /// A stream nobody watches is kept for so long, in milliseconds: who was cut off comes back.
    pub linger_ms: u64,
    /// The most a client may be behind before a reload is cheaper, in events.
    pub farthest: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log: (512, 64 * 1024),
            out: (256 * 1024, 256),
            stuck_ms: 20_000,
            linger_ms: 30_000,
            farthest: 10_000,
        }
    }
}

/// A page of the table: the stream's head, read before the events, which follow an offset without a hole.
#[derive(Debug, Clone)]
pub struct Page {
    /// The last offset given out.
    pub head: i64,
    /// Some events from the one after the offset asked for on, or from the first still kept.
    pub frames: Vec<Frame>,
}

/// What happens to a fan-out.
pub enum Do<P> {
    /// A socket came; `id` is never used again.
    Join { id: u64, organisation: OrganisationId, session: SessionId, pipe: P },
    /// It follows streams, from `resume` or their heads on, and is welcomed when all of them are live.
    Follow { id: u64, streams: Vec<Stream>, resume: Offsets },
    /// It follows some no more.
    Unfollow { id: u64, streams: Vec<Stream> },
    /// It follows one without being written to: for what its session must know.
    Mute { id: u64, stream: Stream },
    /// A frame for it alone.
    Say { id: u64, frame: Bytes },
    /// The last frame for it.
    Close { id: u64, frame: Bytes },
    /// It went away.
    Leave { id: u64 },
    /// Its pipe takes more.
    Writable { id: u64 },
    /// An event was published.
    Arrived { organisation: OrganisationId, frame: Frame },
    /// Streams grew to these heads, as the table says.
    Heads(Vec<(Stream, i64)>),
    /// A stream is heard of from now on and this was its head then; `None` when the table could not be read.
    Opened { stream: Stream, head: Option<i64> },
    /// The events after an offset; `None` when the table could not be read.
    Read { stream: Stream, after: i64, page: Option<Page> },
    /// Time passes.
    Tick,
}

/// What a fan-out needs from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Hear of this stream, then read its head.
    Open(OrganisationId, Stream),
    /// Nobody watches it any more.
    Shut(Stream),
    /// Events after an offset, as many as the reader likes.
    Read(OrganisationId, Stream, i64),
}
