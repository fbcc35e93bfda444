//! The hub of one process: its turns, what they need from bus and table, and how everybody is told to come back later.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId},
};
use tokio::sync::{Semaphore, mpsc, watch};

use super::{
    bus::{Bus, Published},
    fanout::{Do, Fanout, Limits, Need},
    frame::Frame,
    gate::Times,
    table::Table,
    turn::{self, Deed, Peer},
};
use crate::{context::Context, db::StoreError};

/// What may wait for a turn; an event that finds no room is found in the table.
const WAITING: usize = 16 * 1024;
/// How often the table is asked for events nobody told us of.
const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// Reads of the table a turn has under way at most.
const READS: usize = 4;
/// How many sockets a stopping process closes: one in so long, unless there are too many for that.
const CLOSE_EVERY: Duration = Duration::from_millis(2);
/// Things a turn needs that are looked at together: heads of many streams are one read.
const TOGETHER: usize = 1024;

/// How a hub is set up.
pub struct Setup {
    /// The address of Redis, when there are other processes.
    pub redis: Option<String>,
    /// How many tasks share the sockets.
    pub turns: usize,
    /// Over how long sockets are closed when the process stops.
    pub drain: Duration,
    /// How long sockets are waited for.
    pub times: Times,
    /// How much of everything.
    pub limits: Limits,
}

/// One for each processor there is.
pub fn turns() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(8)
}

/// The hub of this process.
pub struct Hub {
    outside: Context,
    table: Arc<dyn Table>,
    bus: Bus,
    turns: Vec<mpsc::Sender<Deed>>,
    next: AtomicU64,
    sessions: AtomicUsize,
    drain: Duration,
    times: Times,
    stopping: watch::Sender<bool>,
}

impl Hub {
    /// Starts the hub; with Redis it hears other processes too.
    pub fn start(
        table: Arc<dyn Table>,
        outside: Context,
        setup: Setup,
    ) -> Result<Arc<Self>, redis::RedisError> {
        let (inbound, heard) = mpsc::channel(WAITING);
        let bus = match &setup.redis {
            Some(url) => Bus::redis(url, inbound)?,
            None => Bus::Memory,
        };
        let mut turns = Vec::new();
        let mut needs = Vec::new();
        for _ in 0..setup.turns.max(1) {
            let (deeds, queue) = mpsc::channel(WAITING);
            let (need, wanted) = mpsc::unbounded_channel();
            tokio::spawn(turn::run(Fanout::new(setup.limits.clone(), outside.clone()), queue, need));
            turns.push(deeds);
            needs.push(wanted);
        }
        let hub = Arc::new(Self {
            outside,
            table,
            bus,
            turns,
            next: AtomicU64::new(0),
            sessions: AtomicUsize::new(0),
            drain: setup.drain,
            times: setup.times,
            stopping: watch::channel(false).0,
        });
        for (turn, wanted) in needs.into_iter().enumerate() {
            tokio::spawn(Self::errands(Arc::downgrade(&hub), turn, wanted));
        }
        tokio::spawn(Self::hear(Arc::downgrade(&hub), heard));
        tokio::spawn(Self::watch_table(Arc::downgrade(&hub)));
        Ok(hub)
    }

    /// Sends committed frames on their way. Never waits, so a caller that goes away right after its commit cannot
    /// keep them from going out.
    pub fn publish(&self, organisation: OrganisationId, frames: Vec<Frame>) {
        for frame in frames {
            self.bus.publish(organisation, &frame);
            self.arrived(organisation, &frame);
        }
    }

    fn arrived(&self, organisation: OrganisationId, frame: &Frame) {
        for turn in &self.turns {
            let _ = turn.try_send(Do::Arrived { organisation, frame: frame.clone() });
        }
    }

    /// Gives a socket its place. Dropping the seat takes it away.
    pub async fn seat(
        self: &Arc<Self>,
        organisation: OrganisationId,
        session: SessionId,
        pipe: Arc<Peer>,
    ) -> Seat {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let turn = self.turns[id as usize % self.turns.len()].clone();
        let seat = Seat { id, turn };
        seat.tell(Do::Join { id, organisation, session, pipe }).await;
        seat
    }

    /// Counts a session for as long as the guard lives.
    pub fn enter(self: &Arc<Self>) -> Guest {
        self.sessions.fetch_add(1, Ordering::AcqRel);
        Guest(self.clone())
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.sessions.load(Ordering::Acquire)
    }

    /// Whether other processes are heard; true when there are none.
    pub fn hears(&self) -> bool {
        self.bus.is_up()
    }

    /// Tells every socket to close, spread over the time set, with "come back now".
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Becomes true when the process is stopping.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Over how long the sockets there are now are closed: few of them come back at once and harm nobody.
    pub fn drain(&self) -> Duration {
        let sessions = u32::try_from(self.sessions()).unwrap_or(u32::MAX);
        self.drain.min(CLOSE_EVERY.saturating_mul(sessions))
    }

    /// How long sockets are waited for.
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Returns once every session has ended.
    pub async fn drained(&self) {
        while self.sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn hear(hub: Weak<Self>, mut heard: mpsc::Receiver<Published>) {
        while let Some(published) = heard.recv().await {
            let Some(hub) = hub.upgrade() else { return };
            match published {
                Published::Frame(organisation, frame) => hub.arrived(organisation, &frame),
                // What was said while nobody listened is in the table.
                Published::Connected => hub.swept().await,
            }
        }
    }

    async fn watch_table(hub: Weak<Self>) {
        let mut every = tokio::time::interval(SWEEP_EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let Some(hub) = hub.upgrade() else { return };
            if *hub.stopping.borrow() {
                return;
            }
            if hub.sessions() > 0 {
                hub.swept().await;
            }
        }
    }

    async fn swept(&self) {
        if let Err(error) = self.sweep().await {
            tracing::error!(%error, "the hub could not read the event table");
        }
    }

    /// Finds events whose message was lost: by Redis, by a full queue, or with a process that died between commit
    /// and publication.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let grown = self.table.grown().await?;
        for turn in &self.turns {
            let _ = turn.send(Do::Heads(grown.clone())).await;
        }
        Ok(())
    }

    /// Does what a turn asks for.
    async fn errands(hub: Weak<Self>, turn: usize, mut wanted: mpsc::UnboundedReceiver<Need>) {
        let reads = Arc::new(Semaphore::new(READS));
        let mut needs = Vec::new();
        while wanted.recv_many(&mut needs, TOGETHER).await > 0 {
            let Some(hub) = hub.upgrade() else { return };
            let mut opens: BTreeMap<OrganisationId, Vec<Stream>> = BTreeMap::new();
            for need in needs.drain(..) {
                match need {
                    Need::Open(organisation, stream) => opens.entry(organisation).or_default().push(stream),
                    // Opened and shut within one look cannot be: a stream lingers for longer.
                    Need::Shut(stream) => hub.bus.shut(stream),
                    Need::Read(organisation, stream, after) => {
                        let (hub, reads) = (hub.clone(), reads.clone());
                        tokio::spawn(async move {
                            let _permit = reads.acquire().await;
                            let page = hub.table.after(organisation, stream, after).await;
                            let page = page
                                .inspect_err(|error| tracing::error!(%error, "events could not be read"))
                                .ok();
                            let _ = hub.turns[turn].send(Do::Read { stream, after, page }).await;
                        });
                    }
                }
            }
            for (organisation, streams) in opens {
                hub.open(turn, organisation, streams).await;
            }
        }
    }

    async fn open(&self, turn: usize, organisation: OrganisationId, streams: Vec<Stream>) {
        // Heard first, read then: what comes between is told twice over, never missed.
        self.bus.open(&streams).await;
        let heads = match self.table.heads(organisation, &streams).await {
            Ok(heads) => Some(heads),
            Err(error) => {
                tracing::error!(%error, "the heads of streams could not be read");
                None
            }
        };
        for stream in streams {
            let head = heads.as_ref().map(|heads: &Offsets| heads.get(&stream).copied().unwrap_or_default());
            let _ = self.turns[turn].send(Do::Opened { stream, head }).await;
        }
    }

    /// The clock.
    pub fn outside(&self) -> &Context {
        &self.outside
    }
}

/// A socket's place in a turn.
pub struct Seat {
    id: u64,
    turn: mpsc::Sender<Deed>,
}

impl Seat {
    /// Tells the turn; waits when it has much to do.
    pub async fn tell(&self, deed: Deed) {
        let _ = self.turn.send(deed).await;
    }

    /// The socket's number.
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let leave = Do::Leave { id: self.id };
        if let Err(mpsc::error::TrySendError::Full(leave)) = self.turn.try_send(leave) {
            let turn = self.turn.clone();
            tokio::spawn(async move { turn.send(leave).await });
        }
    }
}

/// A session that is counted.
pub struct Guest(Arc<Hub>);

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, Ordering::AcqRel);
    }
}
