//! Who gets what, and when: decided without a clock, a database or a socket of its own, so that a test can try every order
//! of things.
//!
//! Each stream has its latest events in memory as they go out ([`line::Log`]), and each socket a cursor in each stream it
//! follows. A socket that takes no more keeps its cursor and nothing else; one whose cursor is older than the memory has
//! a page read from the table each time it has written the one before. So a session costs the same however slow it is.

mod deed;
mod following;
mod line;
#[cfg(test)]
mod model;
mod socket;

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use ekenko_domain::{
    event::Stream,
    live::{Close, ServerFrame},
};
use slab::Slab;

pub use self::{
    deed::{Do, Limits, Need, Page},
    socket::{Nudge, Pipe, Wrote},
};
use self::{
    line::Line,
    socket::{Gone, Pending, Socket},
};
use super::{frame::Frame, wire};
use crate::context::Context;

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
