//! Carries frames to the other processes: each stream is a channel of Redis, heard by those processes that have a watcher of
//! it. One process needs none: the hub hears its own publications directly.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ekenko_domain::{event::Stream, id::OrganisationId};
use futures_util::StreamExt;
use redis::{
    Client, RedisError,
    aio::{MultiplexedConnection, PubSubSink},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, interval_at, sleep, timeout},
};

use super::frame::Frame;

/// How many frames may wait for Redis; what does not fit is found through its gap.
const WAITING: usize = 4096;
/// Frames sent with one round trip, and channels opened with one.
const TOGETHER: usize = 256;
/// How long Redis may take for anything before it counts as away, and how long until it is tried again.
const WITHIN: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_secs(1);
/// How often a quiet connection is asked whether it still is one.
const PING_EVERY: Duration = Duration::from_secs(5);

const PREFIX: &str = "ekenko:";

/// What comes from the other processes.
pub enum Published {
    /// An event.
    Frame(OrganisationId, Frame),
    /// They are heard again; what they said meanwhile is lost.
    Connected,
}

/// The way to the other processes.
pub enum Bus {
    /// There are none.
    Memory,
    /// Redis pub/sub.
    Redis {
        /// What is to be published.
        outbound: mpsc::Sender<(OrganisationId, Frame)>,
        /// Which streams are heard.
        wishes: mpsc::UnboundedSender<Wish>,
        /// Whether the other processes are heard.
        up: Arc<AtomicBool>,
    },
}

/// A change of the streams heard.
pub enum Wish {
    /// Hear of these; answered when they are, or when Redis is away.
    Open(Vec<Stream>, oneshot::Sender<()>),
    /// No longer.
    Shut(Stream),
}

impl Bus {
    /// Passes what other processes publish to `inbound`. Redis being away is survived: the hub finds missed frames in the
    /// table, and both directions connect again by themselves.
    pub fn redis(url: &str, inbound: mpsc::Sender<Published>) -> Result<Self, RedisError> {
        let client = Client::open(url)?;
        let (outbound, queue) = mpsc::channel(WAITING);
        let (wishes, wished) = mpsc::unbounded_channel();
        let up = Arc::new(AtomicBool::new(false));
        // Tells our own messages from others'.
        let me: u64 = rand::random();
        tokio::spawn(send(client.clone(), me, queue));
        let ear = Ear { client, me, inbound, wished, open: HashMap::new(), up: up.clone() };
        tokio::spawn(ear.run());
        Ok(Self::Redis { outbound, wishes, up })
    }

    /// Whether the other processes are heard; true when there are none.
    pub fn is_up(&self) -> bool {
        match self {
            Self::Memory => true,
            Self::Redis { up, .. } => up.load(Ordering::Relaxed),
        }
    }

    /// Hands a frame to the other processes. Never waits.
    pub fn publish(&self, organisation: OrganisationId, frame: &Frame) {
        if let Self::Redis { outbound, .. } = self
            && outbound.try_send((organisation, frame.clone())).is_err()
            && self.is_up()
        {
            tracing::warn!(stream = %frame.stream, "bus queue full: other processes will read the event from the table");
        }
    }

    /// Returns when these streams are heard, or cannot be for now. Each is opened as often as it is shut.
    pub async fn open(&self, streams: &[Stream]) {
        if let Self::Redis { wishes, .. } = self {
            let (done, opened) = oneshot::channel();
            let _ = wishes.send(Wish::Open(streams.to_vec(), done));
            let _ = opened.await;
        }
    }

    /// This stream is heard once less.
    pub fn shut(&self, stream: Stream) {
        if let Self::Redis { wishes, .. } = self {
            let _ = wishes.send(Wish::Shut(stream));
        }
    }
}

async fn send(client: Client, me: u64, mut queue: mpsc::Receiver<(OrganisationId, Frame)>) {
    let mut connection: Option<MultiplexedConnection> = None;
    let mut frames = Vec::new();
    while queue.recv_many(&mut frames, TOGETHER).await > 0 {
        let mut pipe = redis::pipe();
        for (organisation, frame) in frames.drain(..) {
            let message = format!("{me} {organisation} {} {}", frame.offset, frame.text());
            pipe.publish(format!("{PREFIX}{}", frame.stream), message).ignore();
        }
        // A second try covers a connection that had gone stale; beyond that the table serves.
        for _ in 0..2 {
            if connection.is_none() {
                match timeout(WITHIN, client.get_multiplexed_async_connection()).await {
                    Ok(Ok(open)) => connection = Some(open),
                    Ok(Err(error)) => tracing::debug!(%error, "cannot reach Redis to publish"),
                    Err(_) => tracing::debug!("cannot reach Redis to publish"),
                }
            }
            let Some(open) = connection.as_mut() else {
                sleep(AGAIN).await;
                break;
            };
            match timeout(WITHIN, pipe.query_async::<()>(open)).await {
                Ok(Ok(())) => break,
                _ => connection = None,
            }
        }
    }
}

/// Listens to the other processes.
struct Ear {
    client: Client,
    me: u64,
    inbound: mpsc::Sender<Published>,
    wished: mpsc::UnboundedReceiver<Wish>,
    /// Streams heard, and by how many turns.
    open: HashMap<Stream, usize>,
    up: Arc<AtomicBool>,
}

/// Nobody listens any more.
struct Over;

impl Ear {
    async fn run(mut self) {
        loop {
            let ended = self.listen().await;
            if self.up.swap(false, Ordering::Relaxed) {
                tracing::warn!("Redis is away: events of other processes come late, from the table");
            }
            if ended.is_err() || self.meanwhile(sleep(AGAIN)).await.is_err() {
                return;
            }
        }
    }

    /// Waits, and notes wishes: while Redis is away, nobody waits for it.
    async fn meanwhile<T>(&mut self, wait: impl Future<Output = T>) -> Result<T, Over> {
        tokio::pin!(wait);
        loop {
            tokio::select! {
                done = &mut wait => return Ok(done),
                wish = self.wished.recv() => match wish {
                    None => return Err(Over),
                    Some(Wish::Open(streams, done)) => {
                        self.note(&streams);
                        let _ = done.send(());
                    }
                    Some(Wish::Shut(stream)) => {
                        self.drop(stream);
                    }
                }
            }
        }
    }

    /// Counts streams; gives those that were not heard before.
    fn note(&mut self, streams: &[Stream]) -> Vec<Stream> {
        let mut new = Vec::new();
        for stream in streams {
            let count = self.open.entry(*stream).or_insert(0);
            *count += 1;
            if *count == 1 {
                new.push(*stream);
            }
        }
        new
    }

    /// Counts a stream less; tells whether it was the last.
    fn drop(&mut self, stream: Stream) -> bool {
        let Some(count) = self.open.get_mut(&stream) else { return false };
        *count -= 1;
        let last = *count == 0;
        if last {
            self.open.remove(&stream);
        }
        last
    }

    /// Listens until the connection breaks.
    async fn listen(&mut self) -> Result<(), Over> {
        let client = self.client.clone();
        let Ok(Ok(subscription)) = self.meanwhile(timeout(WITHIN, client.get_async_pubsub())).await? else {
            return Ok(());
        };
        let (mut sink, mut messages) = subscription.split();
        let open: Vec<_> = self.open.keys().copied().collect();
        if !subscribe(&mut sink, &open).await {
            return Ok(());
        }
        if !self.up.swap(true, Ordering::Relaxed) {
            tracing::info!("Redis is heard");
        }
        if self.inbound.send(Published::Connected).await.is_err() {
            return Err(Over);
        }
        let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => self.heard(&message),
                    None => return Ok(()),
                },
                wish = self.wished.recv() => match wish {
                    None => return Err(Over),
                    Some(Wish::Open(streams, done)) => {
                        let new = self.note(&streams);
                        let works = subscribe(&mut sink, &new).await;
                        let _ = done.send(());
                        if !works {
                            return Ok(());
                        }
                    }
                    Some(Wish::Shut(stream)) => {
                        if self.drop(stream) && !matches!(timeout(WITHIN, sink.unsubscribe(channel(stream))).await, Ok(Ok(()))) {
                            return Ok(());
                        }
                    }
                },
                _ = ping.tick() => {
                    if !matches!(timeout(WITHIN, sink.ping::<redis::Value>()).await, Ok(Ok(_))) {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn heard(&self, message: &redis::Msg) {
        match self.parse(message) {
            Some(Some((organisation, frame))) => {
                // Waiting here would let Redis drop the connection; the gap is found instead.
                let _ = self.inbound.try_send(Published::Frame(organisation, frame));
            }
            Some(None) => {}
            None => {
                tracing::warn!(channel = message.get_channel_name(), "a message on our channel is not ours")
            }
        }
    }

    /// What a message says; nothing when we said it.
    fn parse(&self, message: &redis::Msg) -> Option<Option<(OrganisationId, Frame)>> {
        let stream: Stream = message.get_channel_name().strip_prefix(PREFIX)?.parse().ok()?;
        let mut parts = std::str::from_utf8(message.get_payload_bytes()).ok()?.splitn(4, ' ');
        if parts.next()?.parse::<u64>().ok()? == self.me {
            return Some(None);
        }
        let organisation = parts.next()?.parse().ok()?;
        let offset = parts.next()?.parse().ok()?;
        Some(Some((organisation, Frame::new(stream, offset, parts.next()?))))
    }
}

fn channel(stream: Stream) -> String {
    format!("{PREFIX}{stream}")
}

async fn subscribe(sink: &mut PubSubSink, streams: &[Stream]) -> bool {
    for some in streams.chunks(TOGETHER) {
        let channels: Vec<_> = some.iter().map(|stream| channel(*stream)).collect();
        if !matches!(timeout(WITHIN, sink.subscribe(&channels)).await, Ok(Ok(()))) {
            return false;
        }
    }
    true
}
