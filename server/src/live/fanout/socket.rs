//! One socket as the fan-out knows it: what it follows, and what waits to be written.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId},
};

/// What happened to bytes offered to a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// So many were taken.
    Some(usize),
    /// None now; it asks again when it takes more.
    Full,
    /// None ever again.
    Broken,
}

/// What a session is told beside what goes to its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// It may see something else than before.
    Check,
    /// Its pipe is full: say when it takes more.
    Full,
    /// Nothing more is written: the last was, or cannot be.
    Done,
}

/// The way to one client.
pub trait Pipe {
    /// Writes what it takes without waiting.
    fn write(&self, bytes: &[u8]) -> Wrote;
    /// Tells the session.
    fn nudge(&self, nudge: Nudge);
}

/// One followed stream.
#[derive(Debug, Clone, Copy)]
pub struct Followed {
    /// The line's place in the table of lines.
    pub line: usize,
    /// The last offset written, or begun and kept in `out`.
    pub cursor: i64,
    /// Missed events are being read.
    pub reading: bool,
    /// Nothing of it is written.
    pub muted: bool,
}

/// A follow whose streams' heads are not all known yet.
pub struct Pending {
    pub socket: u64,
    pub streams: Vec<Stream>,
    pub resume: Offsets,
    /// So many heads are not known yet; one could not be read.
    pub missing: usize,
    pub failed: bool,
}

pub struct Socket<P> {
    pub id: u64,
    pub organisation: OrganisationId,
    pub session: SessionId,
    pub pipe: P,
    /// Sorted by line.
    pub follows: Vec<Followed>,
    /// Goes out before anything else.
    out: VecDeque<Bytes>,
    /// The first of `out` was begun.
    begun: bool,
    /// Since when the pipe is full.
    pub full_since: Option<u64>,
    /// What is in `out` is the last.
    pub last: bool,
}

impl<P: Pipe> Socket<P> {
    pub fn new(id: u64, organisation: OrganisationId, session: SessionId, pipe: P) -> Self {
        Self {
            id,
            organisation,
            session,
            pipe,
            follows: Vec::new(),
            out: VecDeque::new(),
            begun: false,
            full_since: None,
            last: false,
        }
    }

    pub fn followed(&mut self, line: usize) -> Option<&mut Followed> {
        let at = self.follows.binary_search_by_key(&line, |followed| followed.line).ok()?;
        self.follows.get_mut(at)
    }

    /// Puts something in line, whole frames.
    pub fn say(&mut self, bytes: Bytes) {
        if !self.last && !bytes.is_empty() {
            self.out.push_back(bytes);
        }
    }

    /// The rest of a frame that was begun from the log, ahead of what was said since.
    pub fn finish(&mut self, rest: Bytes) {
        if !rest.is_empty() {
            self.out.push_front(rest);
            self.begun = true;
        }
    }

    /// Says this and nothing more; what was not begun is dropped when it is `instead` of that.
    pub fn say_last(&mut self, bytes: Bytes, instead: bool) {
        if instead {
            self.out.truncate(usize::from(self.begun));
        }
        self.say(bytes);
        self.last = true;
    }

    /// Bytes and pieces that wait.
    pub fn waiting(&self) -> (usize, usize) {
        (self.out.iter().map(Bytes::len).sum(), self.out.len())
    }

    /// Writes what waits. False when some is left.
    pub fn drain(&mut self, now: u64) -> Result<bool, Gone> {
        while let Some(first) = self.out.front_mut() {
            match self.pipe.write(first) {
                Wrote::Some(count) if count == first.len() => {
                    self.out.pop_front();
                    self.begun = false;
                    self.full_since = None;
                }
                Wrote::Some(count) => {
                    first.advance(count);
                    self.begun |= count > 0;
                    self.full(now, count > 0);
                    return Ok(false);
                }
                Wrote::Full => {
                    self.full(now, false);
                    return Ok(false);
                }
                Wrote::Broken => return Err(Gone),
            }
        }
        if self.out.capacity() > 8 {
            self.out = VecDeque::new();
        }
        Ok(true)
    }

    /// Notes that the pipe takes no more for now.
    pub fn full(&mut self, now: u64, moved: bool) {
        if moved || self.full_since.is_none() {
            self.full_since = Some(now);
        }
        self.pipe.nudge(Nudge::Full);
    }
}

/// The client's side is closed.
pub struct Gone;
