//! How a socket comes to follow streams, and how what it missed reaches it.

use bytes::Bytes;
use ekenko_domain::{
    event::{Offsets, Stream},
    live::{Resync, ServerFrame, Welcome},
};

use super::{
    Fanout, Need, Nudge, Page, Pipe,
    line::{Line, Log},
    said,
    socket::{Followed, Pending},
};
use crate::live::frame::Frame;

impl<P: Pipe> Fanout<P> {
    pub(super) fn follow(&mut self, now: u64, id: u64, streams: Vec<Stream>, resume: Offsets) {
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

    pub(super) fn opened(&mut self, now: u64, stream: Stream, head: Option<i64>) {
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

    pub(super) fn read(&mut self, now: u64, at: usize, after: i64, page: Option<Page>) {
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
}
