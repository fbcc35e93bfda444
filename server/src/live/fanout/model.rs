//! Every watcher gets every committed event once and in order, whatever happens between: tried against histories by
//! chance. `EKENKO_SEED=n` tries one alone.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    sync::Arc,
};

use chrono::DateTime;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId, TeamId},
    live::ServerFrame,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::{Do, Fanout, Limits, Need, Nudge, Page, Pipe, Wrote};
use crate::{
    context::Replay,
    live::{frame::Frame, wire},
};

const ID: u128 = 0x6f1c5f0e_2f6b_4a0e_9c3f_1a2b3c4d5e00;
const ORGANISATION: OrganisationId = OrganisationId(Uuid::from_u128(ID));

/// A client's end of a socket: bytes that came, and how many more it takes.
#[derive(Default)]
struct Wire {
    came: Vec<u8>,
    room: usize,
    asked: bool,
    done: bool,
    broken: bool,
}

#[derive(Clone)]
struct Link(Rc<RefCell<Wire>>);

impl Pipe for Link {
    fn write(&self, bytes: &[u8]) -> Wrote {
        let mut wire = self.0.borrow_mut();
        if wire.broken {
            return Wrote::Broken;
        }
        match bytes.len().min(wire.room) {
            0 => Wrote::Full,
            count => {
                wire.came.extend_from_slice(&bytes[..count]);
                wire.room -= count;
                Wrote::Some(count)
            }
        }
    }
    fn nudge(&self, nudge: Nudge) {
        let mut wire = self.0.borrow_mut();
        wire.asked |= nudge == Nudge::Full;
        wire.done |= nudge == Nudge::Done;
    }
}

/// What is committed: the only truth.
#[derive(Default)]
struct Table {
    streams: BTreeMap<Stream, (Vec<Frame>, usize)>,
}

impl Table {
    fn commit(&mut self, rng: &mut StdRng, stream: Stream) -> Frame {
        let (frames, _) = self.streams.entry(stream).or_default();
        let offset = frames.len() as i64 + 1;
        let padding = "x".repeat(rng.random_range(0..200));
        let event = serde_json::json!({ "event": {
            "stream": stream, "offset": offset, "id": Uuid::from_u128(ID), "kind": "visit.checked_in",
            "at": "2026-01-01T00:00:00Z", "data": padding } });
        frames.push(Frame::new(stream, offset, &event.to_string()));
        frames[frames.len() - 1].clone()
    }
    fn head(&self, stream: Stream) -> i64 {
        self.streams.get(&stream).map_or(0, |(frames, _)| frames.len() as i64)
    }
    fn page(&self, stream: Stream, after: i64, most: usize) -> Page {
        let empty = (Vec::new(), 0);
        let (frames, trimmed) = self.streams.get(&stream).unwrap_or(&empty);
        let from = usize::try_from(after).unwrap_or(0).max(*trimmed).min(frames.len());
        Page { head: frames.len() as i64, frames: frames[from..].iter().take(most).cloned().collect() }
    }
}

/// One watcher: what it has seen over all its connections.
struct Client {
    streams: Vec<Stream>,
    seen: Offsets,
    /// Where its socket is: node, id, and this end of it.
    socket: Option<(usize, u64, Rc<RefCell<Wire>>)>,
    welcomed: bool,
    /// Events missed on purpose, because the table forgot them.
    reloads: usize,
}

impl Client {
    /// Reads whole frames of what came.
    fn read(&mut self, table: &Table) {
        let Some((_, _, wire)) = &self.socket else { return };
        let mut wire = wire.borrow_mut();
        loop {
            let Some(length) = whole(&wire.came) else { return };
            let frame: Vec<u8> = wire.came.drain(..length).collect();
            if frame[0] == 0x88 {
                continue;
            }
            match serde_json::from_slice(wire::payload(&frame)).unwrap() {
                ServerFrame::Welcome(welcome) => {
                    self.welcomed = true;
                    for (stream, head) in welcome.streams {
                        assert!(head <= table.head(stream), "a head nobody committed");
                        self.seen.entry(stream).or_insert(head);
                    }
                }
                ServerFrame::Event(event) => {
                    assert!(self.welcomed, "an event before the welcome");
                    let seen = self.seen.get_mut(&event.stream).unwrap();
                    assert_eq!(event.offset, *seen + 1, "{}: a hole or a double", event.stream);
                    assert_eq!(
                        wire::payload(&table.streams[&event.stream].0[event.offset as usize - 1].wire),
                        wire::payload(&frame)
                    );
                    *seen = event.offset;
                }
                ServerFrame::Resync(resync) => {
                    let (_, trimmed) = &table.streams[&resync.stream];
                    let seen = self.seen.get_mut(&resync.stream).unwrap();
                    let far = resync.head - *seen > 40;
                    assert!(
                        (*seen as usize) < *trimmed || far,
                        "told to load afresh with {seen} seen and {trimmed} forgotten"
                    );
                    assert!(resync.head >= *seen);
                    *seen = resync.head;
                    self.reloads += 1;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The length of the first frame, when it is all there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let length = match *bytes.get(1)? {
        126 => 4 + usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        short => 2 + usize::from(short),
    };
    (bytes.len() >= length).then_some(length)
}

struct Node {
    fanout: Fanout<Link>,
    needs: VecDeque<Need>,
    /// Messages of the bus on their way, and streams it hears of.
    inbox: VecDeque<Frame>,
    hears: Vec<Stream>,
}

struct World {
    rng: StdRng,
    now: u64,
    table: Table,
    nodes: Vec<Node>,
    clients: Vec<Client>,
    streams: Vec<Stream>,
    next_id: u64,
    /// Whether anything may be lost or fail, and what is up now.
    lossy: bool,
    bus: bool,
    database: bool,
}

fn node() -> Node {
    let limits = Limits { log: (6, 900), out: (8_000, 20), stuck_ms: 5_000, linger_ms: 3_000, farthest: 40 };
    let outside = Arc::new(Replay::new(DateTime::UNIX_EPOCH, 1));
    Node {
        fanout: Fanout::new(limits, outside),
        needs: VecDeque::new(),
        inbox: VecDeque::new(),
        hears: Vec::new(),
    }
}

impl World {
    fn new(seed: u64, lossy: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let streams: Vec<_> =
            (0..rng.random_range(1..4u128)).map(|n| Stream::Team(TeamId(Uuid::from_u128(ID + n)))).collect();
        let nodes = (0..rng.random_range(1..4)).map(|_| node()).collect();
        let clients = (0..rng.random_range(1..6))
            .map(|_| {
                let mut streams = streams.clone();
                streams.retain(|_| rng.random_bool(0.8));
                Client { streams, seen: Offsets::new(), socket: None, welcomed: false, reloads: 0 }
            })
            .collect();
        Self {
            rng,
            now: 0,
            table: Table::default(),
            nodes,
            clients,
            streams,
            next_id: 1,
            lossy,
            bus: true,
            database: true,
        }
    }

    /// Commits an event and tells the nodes, who may not hear.
    fn publish(&mut self) {
        let stream = self.streams[self.rng.random_range(0..self.streams.len())];
        let frame = self.table.commit(&mut self.rng, stream);
        let here = self.rng.random_range(0..self.nodes.len());
        // The process may die right after the commit.
        let told = !self.lossy || self.rng.random_bool(0.9);
        for (at, node) in self.nodes.iter_mut().enumerate() {
            let hears = at == here || (self.bus && node.hears.contains(&stream));
            if told && hears && (!self.lossy || self.rng.random_bool(0.9)) {
                node.inbox.push_back(frame.clone());
                if self.rng.random_bool(0.1) {
                    node.inbox.push_back(frame.clone());
                }
                // Other connections than the one that told first: late ones come, too.
                if self.rng.random_bool(0.1) && node.inbox.len() > 1 {
                    let last = node.inbox.len() - 1;
                    node.inbox.swap(last, last - 1);
                }
            }
        }
    }

    fn hear(&mut self, at: usize) {
        let now = self.now;
        if let Some(frame) = self.nodes[at].inbox.pop_front() {
            self.nodes[at].fanout.take(now, Do::Arrived { organisation: ORGANISATION, frame });
        }
    }

    /// Does one thing a node asked for, maybe not the first.
    fn errand(&mut self, at: usize, fair: bool) {
        let now = self.now;
        let node = &mut self.nodes[at];
        node.needs.extend(node.fanout.needs.drain(..));
        if node.needs.is_empty() {
            return;
        }
        let pick = if fair { 0 } else { self.rng.random_range(0..node.needs.len()) };
        let Some(need) = node.needs.remove(pick) else { return };
        let works = fair || !self.lossy || (self.database && self.rng.random_bool(0.95));
        let what = match need {
            Need::Open(_, stream) => {
                node.hears.push(stream);
                Do::Opened { stream, head: works.then(|| self.table.head(stream)) }
            }
            // Heard as often as it was opened.
            Need::Shut(stream) => {
                if let Some(heard) = node.hears.iter().position(|heard| *heard == stream) {
                    node.hears.swap_remove(heard);
                }
                return;
            }
            Need::Read(_, stream, after) => {
                let most = self.rng.random_range(1..5);
                Do::Read { stream, after, page: works.then(|| self.table.page(stream, after, most)) }
            }
        };
        node.fanout.take(now, what);
    }

    fn connect(&mut self, at: usize) {
        let (node, id) = (self.rng.random_range(0..self.nodes.len()), self.next_id);
        self.next_id += 1;
        let client = &mut self.clients[at];
        let wire = Rc::new(RefCell::new(Wire { room: self.rng.random_range(0..2_000), ..Wire::default() }));
        client.socket = Some((node, id, wire.clone()));
        client.welcomed = false;
        let now = self.now;
        let fanout = &mut self.nodes[node].fanout;
        fanout.take(
            now,
            Do::Join {
                id,
                organisation: ORGANISATION,
                session: SessionId(Uuid::from_u128(ID)),
                pipe: Link(wire),
            },
        );
        fanout.take(now, Do::Follow { id, streams: client.streams.clone(), resume: client.seen.clone() });
    }

    fn drop_socket(&mut self, at: usize) {
        if let Some((node, id, _)) = self.clients[at].socket.take() {
            let now = self.now;
            self.nodes[node].fanout.take(now, Do::Leave { id });
        }
    }

    fn read(&mut self, at: usize, more: usize) {
        let now = self.now;
        let client = &mut self.clients[at];
        client.read(&self.table);
        let Some((node, id, wire)) = &client.socket else { return };
        let (node, id) = (*node, *id);
        let (asked, done) = {
            let mut wire = wire.borrow_mut();
            wire.room += more;
            (std::mem::take(&mut wire.asked), wire.done)
        };
        if done {
            client.socket = None;
        } else if asked {
            self.nodes[node].fanout.take(now, Do::Writable { id });
        }
        self.clients[at].read(&self.table);
    }

    fn sweep(&mut self, at: usize) {
        let now = self.now;
        let heads = self.streams.iter().map(|stream| (*stream, self.table.head(*stream))).collect();
        self.nodes[at].fanout.take(now, Do::Heads(heads));
    }

    fn step(&mut self) {
        let node = self.rng.random_range(0..self.nodes.len());
        let client = self.rng.random_range(0..self.clients.len());
        let now = self.now;
        match self.rng.random_range(0..100) {
            0..25 => self.publish(),
            25..45 => self.hear(node),
            45..60 => self.errand(node, false),
            60..72 => {
                let more = self.rng.random_range(0..600);
                self.read(client, more);
            }
            72..82 => {
                let most = self.rng.random_range(1..4);
                self.nodes[node].fanout.flush(now, most);
            }
            82..90 if self.clients[client].socket.is_none() => self.connect(client),
            90..92 => self.drop_socket(client),
            92 => {
                if let Some((_, _, wire)) = &self.clients[client].socket {
                    wire.borrow_mut().broken = true;
                }
            }
            93 => {
                if let Some((node, id, _)) = &self.clients[client].socket {
                    let streams = self.clients[client].streams.clone();
                    let resume = self.clients[client].seen.clone();
                    let fanout = &mut self.nodes[*node].fanout;
                    // A stream left and begun again goes on from where the client was.
                    if wire_is_quiet(&self.clients[client]) {
                        fanout.take(now, Do::Unfollow { id: *id, streams: streams.clone() });
                        fanout.take(now, Do::Follow { id: *id, streams, resume });
                    }
                }
            }
            94 => self.sweep(node),
            95 => {
                self.now += self.rng.random_range(0..4_000);
                let now = self.now;
                self.nodes[node].fanout.take(now, Do::Tick);
            }
            96 if self.lossy => self.bus = self.rng.random_bool(0.7),
            97 if self.lossy => self.database = self.rng.random_bool(0.8),
            98 => {
                // A process is killed and another takes its place.
                self.nodes[node] = self::node();
                for client in &mut self.clients {
                    if client.socket.as_ref().is_some_and(|(at, _, _)| *at == node) {
                        client.read(&self.table);
                        client.socket = None;
                    }
                }
            }
            99 => {
                let stream = self.streams[self.rng.random_range(0..self.streams.len())];
                if let Some((frames, trimmed)) = self.table.streams.get_mut(&stream) {
                    *trimmed = self.rng.random_range(*trimmed..=frames.len());
                }
            }
            _ => {}
        }
    }

    /// Everything works again and everybody reads: what is left to do is done. With `swept` also what nobody heard of.
    fn settle(&mut self, swept: bool) {
        (self.bus, self.database) = (true, true);
        for round in 0..2_000 {
            for at in 0..self.clients.len() {
                self.read(at, 1_000_000);
                if self.clients[at].socket.is_none() {
                    self.connect(at);
                }
            }
            for at in 0..self.nodes.len() {
                if swept && round % 10 == 0 {
                    self.sweep(at);
                }
                while !self.nodes[at].inbox.is_empty() {
                    self.hear(at);
                }
                self.errand(at, true);
                let now = self.now;
                while self.nodes[at].fanout.flush(now, 2) {}
            }
            let done = self.clients.iter().all(|client| {
                client.socket.is_some()
                    && client
                        .streams
                        .iter()
                        .all(|stream| client.seen.get(stream) == Some(&self.table.head(*stream)))
            });
            if done && round > 10 {
                return;
            }
        }
        let left: Vec<_> = self.clients.iter().map(|client| (&client.streams, &client.seen)).collect();
        let heads: Vec<_> = self.streams.iter().map(|stream| self.table.head(*stream)).collect();
        panic!("it does not settle: {left:?} of {heads:?}");
    }
}

fn wire_is_quiet(client: &Client) -> bool {
    let (Some((_, _, wire)), true) = (&client.socket, client.welcomed) else { return false };
    let wire = wire.borrow();
    wire.came.is_empty() && wire.room > 0 && !wire.asked
}

fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let one = std::env::var("EKENKO_SEED").ok().map(|seed| seed.parse().expect("EKENKO_SEED is a number"));
    one.map_or(0..count, |seed: u64| seed..seed + 1)
}

fn history(seed: u64, lossy: bool) {
    let told = std::panic::catch_unwind(|| {
        let mut world = World::new(seed, lossy);
        for _ in 0..150 {
            world.step();
        }
        world.settle(lossy);
    });
    assert!(told.is_ok(), "the history of EKENKO_SEED={seed} failed");
}

#[test]
fn after_any_history_every_watcher_has_exactly_the_committed_events() {
    for seed in seeds(10_000) {
        history(seed, true);
    }
}

#[test]
fn where_nothing_is_lost_nobody_waits_for_the_table_to_be_looked_through() {
    for seed in seeds(2_000) {
        history(seed, false);
    }
}
