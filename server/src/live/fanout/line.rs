//! One stream as a process knows it: its latest events in memory, and who watches.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use ekenko_domain::{event::Stream, id::OrganisationId};

use super::{super::frame::Frame, Need};

/// The latest frames of a stream, one after the other as they go out.
pub struct Log {
    bytes: Vec<u8>,
    /// Where each frame ends, counted from the first byte ever kept.
    ends: VecDeque<u64>,
    /// Bytes and frames dropped from the front.
    dropped: u64,
    /// The offset before the first frame kept.
    before: i64,
}

impl Log {
    /// Nothing yet; the next frame is the one after `head`.
    pub fn new(head: i64) -> Self {
        Self { bytes: Vec::new(), ends: VecDeque::new(), dropped: 0, before: head }
    }

    /// The offset of the last frame.
    pub fn head(&self) -> i64 {
        self.before + self.ends.len() as i64
    }

    pub fn push(&mut self, frame: &Frame) {
        self.bytes.extend_from_slice(&frame.wire);
        self.ends.push_back(self.dropped + self.bytes.len() as u64);
    }

    /// Where the frame after `offset` begins; `None` when it is no longer, or not yet, kept.
    fn start(&self, offset: i64) -> Option<usize> {
        let kept = usize::try_from(offset.checked_sub(self.before)?).ok()?;
        match kept {
            0 => Some(0),
            kept => self.ends.get(kept - 1).map(|end| (end - self.dropped) as usize),
        }
    }

    /// Every frame after `offset`, as bytes; `None` when some are no longer kept.
    pub fn after(&self, offset: i64) -> Option<&[u8]> {
        self.bytes.get(self.start(offset)?..)
    }

    /// Of the frames after `offset` so many bytes were written: the last offset begun, and what is left of its frame.
    pub fn broken_off(&self, offset: i64, written: usize) -> (i64, Bytes) {
        let at = self.dropped + (self.start(offset).unwrap_or_default() + written) as u64;
        let whole = self.ends.partition_point(|end| *end <= at);
        let begins = match whole {
            0 => self.dropped,
            _ => self.ends[whole - 1],
        };
        match self.ends.get(whole) {
            Some(end) if begins < at => {
                let rest = &self.bytes[(at - self.dropped) as usize..(end - self.dropped) as usize];
                (self.before + whole as i64 + 1, Bytes::copy_from_slice(rest))
            }
            _ => (self.before + whole as i64, Bytes::new()),
        }
    }

    /// Forgets the older half when there is more than `frames` or `bytes`.
    pub fn trim(&mut self, frames: usize, bytes: usize) {
        if self.ends.len() <= frames && self.bytes.len() <= bytes {
            return;
        }
        let cut = self.dropped + (self.bytes.len() - (bytes / 2).min(self.bytes.len())) as u64;
        let heavy = (self.ends.partition_point(|end| *end < cut) + 1).min(self.ends.len());
        let go = heavy.max(self.ends.len().saturating_sub(frames / 2));
        if let Some(end) = go.checked_sub(1).and_then(|last| self.ends.get(last).copied()) {
            self.bytes.drain(..(end - self.dropped) as usize);
            self.bytes.shrink_to(bytes);
            self.dropped = end;
        }
        self.ends.drain(..go);
        self.before += go as i64;
    }
}

/// One stream with whoever watches it.
pub struct Line {
    pub organisation: OrganisationId,
    pub stream: Stream,
    /// `None` until its head is known.
    pub log: Option<Log>,
    /// The highest offset heard of.
    pub known: i64,
    /// The gap after this offset is being read.
    pub filling: Option<i64>,
    /// Who watches, by place in the table of sockets.
    pub members: Vec<usize>,
    /// Follows that wait for the head.
    pub awaited_by: Vec<usize>,
    /// Reads under way, by the offset they start after, with who waits for them.
    pub reads: BTreeMap<i64, Vec<usize>>,
    /// Since when nobody watches.
    pub idle_since: u64,
    /// Has news, which so many members were already written.
    pub dirty: bool,
    pub written: usize,
}

impl Line {
    pub fn new(organisation: OrganisationId, stream: Stream, now: u64) -> Self {
        Self {
            organisation,
            stream,
            log: None,
            known: 0,
            filling: None,
            members: Vec::new(),
            awaited_by: Vec::new(),
            reads: BTreeMap::new(),
            idle_since: now,
            dirty: false,
            written: 0,
        }
    }

    pub fn head(&self) -> i64 {
        self.log.as_ref().map_or(0, Log::head)
    }

    /// Asks for the events after an offset; several who want the same ask once.
    pub fn ask(&mut self, after: i64, who: Option<usize>, needs: &mut Vec<Need>) {
        let (organisation, stream) = (self.organisation, self.stream);
        self.reads
            .entry(after)
            .or_insert_with(|| {
                needs.push(Need::Read(organisation, stream, after));
                Vec::new()
            })
            .extend(who);
    }

    /// Takes a frame that is next; tells whether it was.
    pub fn append(&mut self, frame: &Frame) -> bool {
        self.known = self.known.max(frame.offset);
        match &mut self.log {
            Some(log) if frame.offset == log.head() + 1 => {
                log.push(frame);
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::wire;
    use ekenko_domain::id::TeamId;

    fn frame(offset: i64, length: usize) -> Frame {
        Frame {
            stream: Stream::Team(TeamId(uuid::Uuid::nil())),
            offset,
            wire: wire::text(&"x".repeat(length)),
        }
    }

    #[test]
    fn a_log_gives_back_what_follows_an_offset_and_knows_what_it_forgot() {
        let mut log = Log::new(40);
        for offset in 41..=50 {
            assert_eq!(log.head(), offset - 1);
            log.push(&frame(offset, 8));
        }
        assert_eq!(log.after(40).map(<[u8]>::len), Some(100));
        assert_eq!(log.after(47).map(<[u8]>::len), Some(30));
        assert_eq!(log.after(50).map(<[u8]>::len), Some(0));
        assert_eq!(
            (log.after(39), log.after(51), log.after(i64::MIN), log.after(i64::MAX)),
            (None, None, None, None)
        );
        log.trim(100, 99);
        assert_eq!((log.head(), log.after(45), log.after(46).map(<[u8]>::len)), (50, None, Some(40)));
        log.trim(3, 1000);
        assert_eq!((log.head(), log.after(48), log.after(49).map(<[u8]>::len)), (50, None, Some(10)));
        log.push(&frame(51, 2000));
        log.trim(3, 1000);
        assert_eq!((log.head(), log.after(51).map(<[u8]>::len), log.after(50)), (51, Some(0), None));
        log.push(&frame(52, 1));
        assert_eq!(log.after(51).map(<[u8]>::len), Some(3));
    }

    #[test]
    fn a_frame_broken_off_in_the_middle_is_finished_from_what_is_left() {
        let mut log = Log::new(0);
        for offset in 1..=3 {
            log.push(&frame(offset, 8));
        }
        assert_eq!(log.broken_off(0, 0), (0, Bytes::new()));
        assert_eq!(log.broken_off(0, 10), (1, Bytes::new()));
        assert_eq!(log.broken_off(1, 10), (2, Bytes::new()));
        assert_eq!(log.broken_off(0, 11), (2, Bytes::from_static(b"\x08xxxxxxxx")));
        assert_eq!(log.broken_off(1, 19), (3, Bytes::from_static(b"x")));
    }
}
