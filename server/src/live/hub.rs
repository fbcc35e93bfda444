//! The hub of one process: which sockets watch which streams, and getting every frame to them in order.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::OrganisationId,
};
use tokio::sync::{Notify, mpsc, watch};

use super::{
    bus::{Bus, Published, WAITING},
    stream::{self, Frame},
};
use crate::{
    context::{Context, lock},
    db::{Db, StoreError},
};

/// Frames that may wait for one socket. A socket that falls further behind reads on from the table.
pub const QUEUE: usize = 256;
/// A gap wider than this is not worth filling for everybody: sockets read it for themselves.
const WIDEST_GAP: i64 = 500;
/// How often the table is asked for events nobody told us of, and how far back it looks: clocks of several processes
/// may differ.
const SWEEP_EVERY: Duration = Duration::from_secs(2);
const SWEEP_BACK: TimeDelta = TimeDelta::seconds(60);

/// The receiving end of one socket.
pub struct Subscription {
    id: u64,
    /// Frames of every followed stream.
    pub frames: mpsc::Receiver<Frame>,
    /// Notified when frames were left out: time to read the table.
    pub behind: Arc<Notify>,
    sender: mpsc::Sender<Frame>,
}

struct Watcher {
    sender: mpsc::Sender<Frame>,
    behind: Arc<Notify>,
}

struct Channel {
    organisation: OrganisationId,
    head: i64,
    watchers: HashMap<u64, Watcher>,
}

impl Channel {
    fn deliver(&mut self, frame: &Frame) {
        self.head = frame.offset;
        for watcher in self.watchers.values() {
            if watcher.sender.try_send(frame.clone()).is_err() {
                watcher.behind.notify_one();
            }
        }
    }

    fn skip_to(&mut self, head: i64) {
        self.head = head;
        for watcher in self.watchers.values() {
            watcher.behind.notify_one();
        }
    }
}

/// The hub of this process.
pub struct Hub {
    db: Db,
    outside: Context,
    bus: Bus,
    inbound: mpsc::Sender<Published>,
    channels: Mutex<HashMap<Stream, Channel>>,
    next: AtomicU64,
    stopping: watch::Sender<bool>,
}

impl Hub {
    /// Starts the hub; with `redis` it hears other processes too.
    pub fn start(db: Db, outside: Context, redis: Option<&str>) -> Result<Arc<Self>, redis::RedisError> {
        let (inbound, queue) = mpsc::channel(WAITING);
        let bus = match redis {
            Some(url) => Bus::redis(url, inbound.clone())?,
            None => Bus::Memory,
        };
        let hub = Arc::new(Self {
            db,
            outside,
            bus,
            inbound,
            channels: Mutex::default(),
            next: AtomicU64::new(1),
            stopping: watch::channel(false).0,
        });
        tokio::spawn(Self::run(Arc::downgrade(&hub), queue));
        Ok(hub)
    }

    /// Sends committed frames on their way. Never waits, so a caller that goes away right after its commit cannot
    /// keep them from going out.
    pub fn publish(&self, organisation: OrganisationId, frames: Vec<Frame>) {
        for frame in frames {
            self.bus.publish(organisation, &frame);
            let _ = self.inbound.try_send((organisation, frame));
        }
    }

    /// A new socket that follows nothing yet.
    pub fn subscribe(&self) -> Subscription {
        let (sender, frames) = mpsc::channel(QUEUE);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        Subscription { id, frames, behind: Arc::default(), sender }
    }

    /// Adds streams to a socket and tells their heads. Frames above those heads arrive from here on.
    pub async fn follow(
        &self,
        subscription: &Subscription,
        organisation: OrganisationId,
        streams: &[Stream],
    ) -> Result<Offsets, StoreError> {
        let known = {
            let mut channels = lock(&self.channels);
            streams
                .iter()
                .filter(|stream| Self::join(&mut channels, subscription, **stream))
                .copied()
                .collect::<Vec<_>>()
        };
        // Heads are read after joining: what comes in between is queued twice over, never missed.
        let mut db = self.db.read().await?;
        let heads = stream::heads(&mut db, organisation, streams).await?;
        let mut channels = lock(&self.channels);
        for (&stream, &head) in &heads {
            if !known.contains(&stream) {
                channels.entry(stream).or_insert_with(|| Channel {
                    organisation,
                    head,
                    watchers: HashMap::new(),
                });
                Self::join(&mut channels, subscription, stream);
            }
        }
        Ok(heads)
    }

    fn join(channels: &mut HashMap<Stream, Channel>, subscription: &Subscription, stream: Stream) -> bool {
        let Some(channel) = channels.get_mut(&stream) else { return false };
        let watcher = Watcher { sender: subscription.sender.clone(), behind: subscription.behind.clone() };
        channel.watchers.insert(subscription.id, watcher);
        true
    }

    /// Takes streams from a socket.
    pub fn unfollow<'a>(&self, subscription: &Subscription, streams: impl IntoIterator<Item = &'a Stream>) {
        let mut channels = lock(&self.channels);
        for stream in streams {
            if let Some(channel) = channels.get_mut(stream) {
                channel.watchers.remove(&subscription.id);
                if channel.watchers.is_empty() {
                    channels.remove(stream);
                }
            }
        }
    }

    /// How many streams somebody watches here.
    pub fn watched(&self) -> usize {
        lock(&self.channels).len()
    }

    /// Tells every socket to close with "come back now".
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Becomes true when the process is stopping.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    async fn run(hub: std::sync::Weak<Self>, mut queue: mpsc::Receiver<Published>) {
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let published = tokio::select! {
                published = queue.recv() => published,
                _ = sweep.tick() => None,
            };
            let Some(hub) = hub.upgrade() else { return };
            let done = match published {
                Some((organisation, frame)) => hub.arrived(organisation, frame).await,
                None => hub.sweep().await,
            };
            if let Err(error) = done {
                tracing::error!(%error, "the hub could not read the event table");
            }
        }
    }

    /// Delivers a frame that is next in its line; one that is ahead first brings in those before it.
    async fn arrived(&self, organisation: OrganisationId, frame: Frame) -> Result<(), StoreError> {
        {
            let mut channels = lock(&self.channels);
            let Some(channel) = channels.get_mut(&frame.stream) else { return Ok(()) };
            if channel.organisation != organisation || frame.offset <= channel.head {
                return Ok(());
            }
            if frame.offset == channel.head + 1 {
                channel.deliver(&frame);
                return Ok(());
            }
        }
        self.catch_up(organisation, frame.stream, frame.offset).await
    }

    async fn catch_up(
        &self,
        organisation: OrganisationId,
        stream: Stream,
        head: i64,
    ) -> Result<(), StoreError> {
        let from = match lock(&self.channels).get_mut(&stream) {
            None => return Ok(()),
            Some(channel) if head - channel.head > WIDEST_GAP => {
                channel.skip_to(head);
                return Ok(());
            }
            Some(channel) => channel.head,
        };
        let frames =
            stream::after(&mut self.db.read().await?, organisation, stream, from, WIDEST_GAP).await?;
        if let Some(channel) = lock(&self.channels).get_mut(&stream) {
            for frame in frames.iter().filter(|frame| frame.offset > from) {
                if frame.offset == channel.head + 1 {
                    channel.deliver(frame);
                }
            }
        }
        Ok(())
    }

    /// Finds events whose message was lost: by Redis, by a full queue, or with a process that died between commit
    /// and publication.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        if self.watched() == 0 {
            return Ok(());
        }
        let since = self.outside.now() - SWEEP_BACK;
        let changed = stream::changed_since(&mut self.db.read().await?, since).await?;
        for (organisation, stream, head) in changed {
            let missed = lock(&self.channels).get(&stream).is_some_and(|channel| channel.head < head);
            if missed {
                self.catch_up(organisation, stream, head).await?;
            }
        }
        Ok(())
    }
}
