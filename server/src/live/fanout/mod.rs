//! Who gets what, and when: decided without a clock, a database or a socket of its own, so that a test can try every order
//! of things.
//!
//! Each stream has its latest events in memory as they go out ([`line::Log`]), and each socket a cursor in each stream it
//! follows. A socket that takes no more keeps its cursor and nothing else; one whose cursor is older than the memory has
//! a page read from the table each time it has written the one before. So a session costs the same however slow it is.

mod line;
#[cfg(test)]
mod model;
mod socket;

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId},
    live::{Close, Resync, ServerFrame, Welcome},
};
use slab::Slab;

pub use self::socket::{Nudge, Pipe, Wrote};
use self::{
    line::{Line, Log},
    socket::{Followed, Gone, Pending, Socket},
};
use super::{frame::Frame, wire};
use crate::context::Context;

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

/// The sockets of one task and the streams they follow.
pub struct Fanout<P> {
    limits: Limits,
    outside: Context,
    sockets: Slab<Socket<P>>,
    by_id: HashMap<u64, usize>,
    lines: Slab<Line>,
    by_stream: HashMap<Stream, usize>,
    pending: Slab<Pending>,
    /// Lines with news.
    dirty: VecDeque<usize>,
    /// What is asked of the outside; whoever runs this takes it away.
    pub needs: Vec<Need>,
}

impl<P: Pipe> Fanout<P> {
    /// Nobody yet.
    pub fn new(limits: Limits, outside: Context) -> Self {
        Self {
            limits,
            outside,
            sockets: Slab::new(),
            by_id: HashMap::new(),
            lines: Slab::new(),
            by_stream: HashMap::new(),
            pending: Slab::new(),
            dirty: VecDeque::new(),
            needs: Vec::new(),
        }
    }

    /// Takes in what happened at `now`, in milliseconds. Events are only noted: [`Self::flush`] writes them.
    pub fn take(&mut self, now: u64, what: Do<P>) {
        match what {
            Do::Join { id, organisation, session, pipe } => {
                let at = self.sockets.insert(Socket::new(id, organisation, session, pipe));
                self.by_id.insert(id, at);
            }
            Do::Follow { id, streams, resume } => self.follow(now, id, streams, resume),
            Do::Unfollow { id, streams } => {
                if let Some(&at) = self.by_id.get(&id) {
                    for stream in streams {
                        let Some(&line) = self.by_stream.get(&stream) else { continue };
                        let follows = &mut self.sockets[at].follows;
                        if let Ok(known) = follows.binary_search_by_key(&line, |followed| followed.line) {
                            follows.remove(known);
                            self.forget_member(now, at, line);
                        }
                    }
                }
            }
            Do::Mute { id, stream } => {
                if let (Some(&at), Some(&line)) = (self.by_id.get(&id), self.by_stream.get(&stream))
                    && let Some(followed) = self.sockets[at].followed(line)
                {
                    followed.muted = true;
                }
            }
            Do::Say { id, frame } => {
                if let Some(&at) = self.by_id.get(&id) {
                    self.say(now, at, frame);
                }
            }
            Do::Close { id, frame } => {
                if let Some(&at) = self.by_id.get(&id) {
                    self.close(now, at, frame, false);
                }
            }
            Do::Leave { id } => {
                if let Some(&at) = self.by_id.get(&id) {
                    self.remove(now, at);
                }
            }
            Do::Writable { id } => {
                if let Some(&at) = self.by_id.get(&id) {
                    self.pour(now, at);
                }
            }
            Do::Arrived { organisation, frame } => {
                if let Some(&at) = self.by_stream.get(&frame.stream)
                    && self.lines[at].organisation == organisation
                {
                    self.append(at, &frame);
                    self.fill(at);
                }
            }
            Do::Heads(heads) => {
                for (stream, head) in heads {
                    if let Some(&at) = self.by_stream.get(&stream) {
                        self.lines[at].known = self.lines[at].known.max(head);
                        self.fill(at);
                    }
                }
            }
            Do::Opened { stream, head } => self.opened(now, stream, head),
            Do::Read { stream, after, page } => {
                if let Some(&at) = self.by_stream.get(&stream) {
                    self.read(now, at, after, page);
                }
            }
            Do::Tick => self.tick(now),
        }
    }

    /// Writes news to at most `most` sockets. True when others still wait.
    pub fn flush(&mut self, now: u64, most: usize) -> bool {
        let mut left = most;
        while let Some(&at) = self.dirty.front() {
            while let Some(line) = self.lines.get_mut(at)
                && let Some(&member) = line.members.get(line.written)
            {
                if left == 0 {
                    return true;
                }
                left -= 1;
                line.written += 1;
                if self.sockets[member].full_since.is_none() {
                    self.pour(now, member);
                }
            }
            self.dirty.pop_front();
            if let Some(line) = self.lines.get_mut(at) {
                line.dirty = false;
                if let Some(log) = &mut line.log {
                    log.trim(self.limits.log.0, self.limits.log.1);
                }
            }
        }
        false
    }

    fn follow(&mut self, now: u64, id: u64, streams: Vec<Stream>, resume: Offsets) {
        let Some(&at) = self.by_id.get(&id) else { return };
        let organisation = self.sockets[at].organisation;
        let mut waits = Vec::new();
        for &stream in &streams {
            let line = *self.by_stream.entry(stream).or_insert_with(|| {
                self.needs.push(Need::Open(organisation, stream));
                self.lines.insert(Line::new(organisation, stream, now))
            });
            if self.lines[line].log.is_none() && !waits.contains(&line) {
                waits.push(line);
            }
        }
        let pending = Pending { socket: id, streams, resume, missing: waits.len(), failed: false };
        if waits.is_empty() {
            return self.welcome(now, pending);
        }
        let key = self.pending.insert(pending);
        for line in waits {
            self.lines[line].awaited_by.push(key);
        }
    }

    /// The streams of a follow are live: the socket is welcomed, and its cursors begin.
    fn welcome(&mut self, now: u64, pending: Pending) {
        let Some(&at) = self.by_id.get(&pending.socket) else { return };
        let live = |stream| self.by_stream.get(stream).is_some_and(|line| self.lines[*line].log.is_some());
        if !pending.streams.iter().all(live) {
            // One was given up meanwhile.
            return self.follow(now, pending.socket, pending.streams, pending.resume);
        }
        let socket = &mut self.sockets[at];
        if socket.last {
            return;
        }
        let mut heads = Offsets::new();
        let mut afresh = Vec::new();
        for stream in pending.streams {
            let Some(&line_at) = self.by_stream.get(&stream) else { continue };
            let line = &mut self.lines[line_at];
            // An id belongs to one organisation; should two ever claim one, nothing passes between them.
            if line.organisation != socket.organisation {
                continue;
            }
            let head = line.head();
            heads.insert(stream, head);
            let mut cursor = pending.resume.get(&stream).copied().unwrap_or(head);
            if cursor < 0 || head.saturating_sub(cursor) > self.limits.farthest {
                afresh.push(Resync { stream, head });
                cursor = head;
            }
            // An offset above the head was told by a process that knew more, or is from another database: the table says.
            let reading = cursor > head;
            if reading {
                line.ask(cursor, Some(at), &mut self.needs);
            }
            let followed = Followed { line: line_at, cursor, reading, muted: false };
            match socket.follows.binary_search_by_key(&line_at, |followed| followed.line) {
                Ok(known) => socket.follows[known] = followed,
                Err(place) => {
                    socket.follows.insert(place, followed);
                    line.members.push(at);
                }
            }
        }
        let server_time = self.outside.now();
        socket.say(said(&ServerFrame::Welcome(Welcome {
            session: socket.session,
            streams: heads,
            server_time,
        })));
        for resync in afresh {
            socket.say(said(&ServerFrame::Resync(resync)));
        }
        self.pour(now, at);
    }

    fn forget_member(&mut self, now: u64, at: usize, line_at: usize) {
        let line = &mut self.lines[line_at];
        if let Some(index) = line.members.iter().rposition(|member| *member == at) {
            line.members.swap_remove(index);
            // Who took the place may not have been written to.
            line.written = line.written.min(index);
        }
        line.idle_since = now;
    }

    fn say(&mut self, now: u64, at: usize, frame: Bytes) {
        let socket = &mut self.sockets[at];
        socket.say(frame);
        let (bytes, pieces) = socket.waiting();
        if bytes > self.limits.out.0 || pieces > self.limits.out.1 {
            self.close(
                now,
                at,
                wire::close(Some(Close::Slow as u16), "read what you ask for, and resume"),
                true,
            );
        } else if socket.full_since.is_none() {
            self.pour(now, at);
        }
    }

    /// Nothing follows this frame; what was not begun is dropped when it comes `instead` of that.
    fn close(&mut self, now: u64, at: usize, frame: Bytes, instead: bool) {
        let socket = &mut self.sockets[at];
        socket.say_last(frame, instead);
        for followed in std::mem::take(&mut socket.follows) {
            self.forget_member(now, at, followed.line);
        }
        self.pour(now, at);
    }

    fn busy(&mut self, now: u64, at: usize) {
        let frame = wire::close(Some(Close::Busy as u16), "the server cannot read its events right now");
        self.close(now, at, frame, false);
    }

    fn remove(&mut self, now: u64, at: usize) {
        let socket = self.sockets.remove(at);
        self.by_id.remove(&socket.id);
        for followed in &socket.follows {
            self.forget_member(now, at, followed.line);
        }
        socket.pipe.nudge(Nudge::Done);
    }

    /// Writes all that a socket may get now.
    fn pour(&mut self, now: u64, at: usize) {
        let socket = &mut self.sockets[at];
        let done = match socket.drain(now) {
            Ok(false) => return,
            Ok(true) if socket.last => true,
            Ok(true) => self.pour_lines(now, at).is_err(),
            Err(Gone) => true,
        };
        if done {
            self.remove(now, at);
        }
    }

    fn pour_lines(&mut self, now: u64, at: usize) -> Result<(), Gone> {
        let socket = &mut self.sockets[at];
        for index in 0..socket.follows.len() {
            let followed = &mut socket.follows[index];
            let line = &mut self.lines[followed.line];
            let head = line.head();
            if followed.reading || followed.muted || followed.cursor >= head {
                continue;
            }
            let Some((log, news)) =
                line.log.as_ref().and_then(|log| Some((log, log.after(followed.cursor)?)))
            else {
                followed.reading = true;
                line.ask(followed.cursor, Some(at), &mut self.needs);
                continue;
            };
            match socket.pipe.write(news) {
                Wrote::Some(count) if count == news.len() => followed.cursor = head,
                Wrote::Some(count) => {
                    let (cursor, rest) = log.broken_off(followed.cursor, count);
                    followed.cursor = cursor;
                    socket.finish(rest);
                    socket.full(now, count > 0);
                    return Ok(());
                }
                Wrote::Full => {
                    socket.full(now, false);
                    return Ok(());
                }
                Wrote::Broken => return Err(Gone),
            }
        }
        socket.full_since = None;
        Ok(())
    }

    /// Notes an event that is next in its line.
    fn append(&mut self, at: usize, frame: &Frame) {
        let line = &mut self.lines[at];
        if !line.append(frame) {
            return;
        }
        if frame.changes_access() {
            for member in &line.members {
                self.sockets[*member].pipe.nudge(Nudge::Check);
            }
        }
        self.mark(at);
    }

    /// Everybody who watches this line is to be written.
    fn mark(&mut self, at: usize) {
        let line = &mut self.lines[at];
        line.written = 0;
        if !std::mem::replace(&mut line.dirty, true) {
            self.dirty.push_back(at);
        }
    }

    /// Asks for what is known to be missing from a line.
    fn fill(&mut self, at: usize) {
        let line = &mut self.lines[at];
        let head = line.head();
        if line.log.is_some() && line.known > head && line.filling.is_none() {
            line.filling = Some(head);
            line.ask(head, None, &mut self.needs);
        }
    }

    fn opened(&mut self, now: u64, stream: Stream, head: Option<i64>) {
        let Some(&at) = self.by_stream.get(&stream) else { return };
        let line = &mut self.lines[at];
        if line.log.is_some() {
            return;
        }
        line.log = head.map(Log::new);
        let awaited = std::mem::take(&mut line.awaited_by);
        if head.is_none() {
            self.shut(at);
        } else {
            self.fill(at);
        }
        for key in awaited {
            let Some(pending) = self.pending.get_mut(key) else { continue };
            pending.missing -= 1;
            pending.failed |= head.is_none();
            if pending.missing > 0 {
                continue;
            }
            let pending = self.pending.remove(key);
            if !pending.failed {
                self.welcome(now, pending);
            } else if let Some(&socket) = self.by_id.get(&pending.socket) {
                self.busy(now, socket);
            }
        }
    }

    fn read(&mut self, now: u64, at: usize, after: i64, page: Option<Page>) {
        let line = &mut self.lines[at];
        line.filling.take_if(|from| *from == after);
        let mut waiting = line.reads.remove(&after).unwrap_or_default();
        // Some may have gone, or begun the stream again, since they asked.
        waiting.retain(|member| {
            let followed = self.sockets.get_mut(*member).and_then(|socket| socket.followed(at));
            followed.is_some_and(|followed| followed.cursor == after && std::mem::take(&mut followed.reading))
        });
        let Some(page) = page else {
            for member in waiting {
                self.busy(now, member);
            }
            return;
        };
        let line = &mut self.lines[at];
        let next = page.frames.first().map_or(page.head + 1, |frame| frame.offset);
        if after == line.head() && next > after + 1 {
            // What lies between is no longer kept.
            line.log = Some(Log::new(next - 1));
            self.mark(at);
        } else if page.frames.is_empty() && page.head <= after && after == line.head() {
            // The table knows nothing of what was heard of; it will tell when it does.
            line.known = after;
        }
        let line = &mut self.lines[at];
        line.known = line.known.max(page.head);
        for frame in &page.frames {
            self.append(at, frame);
        }
        self.fill(at);
        self.catch_up(now, at, after, &page, waiting);
    }

    /// Passes a page to those who waited for it.
    fn catch_up(&mut self, now: u64, at: usize, after: i64, page: &Page, waiting: Vec<usize>) {
        let stream = self.lines[at].stream;
        let (cursor, bytes) = match page.frames.first() {
            Some(first) if first.offset == after + 1 => {
                let all: Vec<u8> = page.frames.iter().flat_map(|frame| frame.wire.iter().copied()).collect();
                (after + page.frames.len() as i64, Bytes::from(all))
            }
            None if page.head == after => (after, Bytes::new()),
            _ => (page.head, said(&ServerFrame::Resync(Resync { stream, head: page.head }))),
        };
        let check = page.frames.iter().any(Frame::changes_access);
        for member in waiting {
            let socket = &mut self.sockets[member];
            if let Some(followed) = socket.followed(at) {
                followed.cursor = cursor;
            }
            socket.say(bytes.clone());
            if check {
                socket.pipe.nudge(Nudge::Check);
            }
            if socket.full_since.is_none() {
                self.pour(now, member);
            }
        }
    }

    fn tick(&mut self, now: u64) {
        let stuck = |since: u64| now.saturating_sub(since) >= self.limits.stuck_ms;
        let gone: Vec<_> =
            self.sockets.iter().filter(|(_, s)| s.full_since.is_some_and(stuck)).map(|(at, _)| at).collect();
        for at in gone {
            self.remove(now, at);
        }
        let idle = |line: &Line| {
            line.members.is_empty()
                && line.awaited_by.is_empty()
                && now.saturating_sub(line.idle_since) >= self.limits.linger_ms
        };
        let idle: Vec<_> = self.lines.iter().filter(|(_, line)| idle(line)).map(|(at, _)| at).collect();
        for at in idle {
            self.shut(at);
        }
    }

    fn shut(&mut self, at: usize) {
        let line = self.lines.remove(at);
        self.by_stream.remove(&line.stream);
        self.needs.push(Need::Shut(line.stream));
    }
}

/// A frame of ours that is no event.
pub fn said(frame: &ServerFrame) -> Bytes {
    wire::text(&serde_json::to_string(frame).unwrap_or_default())
}
