//! A task that runs a [`Fanout`] and alone writes to its sockets: no event waits for a lock, and what gathers while it
//! writes goes out with one write a socket.

use std::{
    io::ErrorKind,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::TcpStream,
    sync::{Notify, mpsc},
    time::{Instant, MissedTickBehavior, interval},
};

use super::fanout::{Do, Fanout, Need, Nudge, Pipe, Wrote};

/// Things taken in between two writes.
const BATCH: usize = 256;
/// Sockets written before others of this thread have a turn.
const WRITES: usize = 512;
const TICK: Duration = Duration::from_secs(1);

/// One client's connection, shared by its session, which reads, and its turn, which writes.
pub struct Peer {
    /// The connection.
    pub io: TcpStream,
    word: Notify,
    told: AtomicU8,
}

impl Peer {
    /// Nobody was told anything yet.
    pub fn new(io: TcpStream) -> Self {
        Self { io, word: Notify::new(), told: AtomicU8::new(0) }
    }

    /// Waits for what the session is told, and takes it.
    pub async fn word(&self) -> Told {
        loop {
            let told = self.told.swap(0, Ordering::AcqRel);
            if told != 0 {
                return Told(told);
            }
            self.word.notified().await;
        }
    }
}

/// What a session was told since it last asked.
#[derive(Debug, Clone, Copy)]
pub struct Told(u8);

impl Told {
    /// Whether this was among it.
    pub fn has(self, nudge: Nudge) -> bool {
        self.0 & bit(nudge) != 0
    }
}

fn bit(nudge: Nudge) -> u8 {
    match nudge {
        Nudge::Check => 1,
        Nudge::Full => 2,
        Nudge::Done => 4,
    }
}

impl Pipe for Arc<Peer> {
    fn write(&self, bytes: &[u8]) -> Wrote {
        match self.io.try_write(bytes) {
            Ok(count) => Wrote::Some(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Wrote::Full,
            Err(_) => Wrote::Broken,
        }
    }

    fn nudge(&self, nudge: Nudge) {
        self.told.fetch_or(bit(nudge), Ordering::AcqRel);
        self.word.notify_one();
    }
}

/// What happens to a turn's sockets.
pub type Deed = Do<Arc<Peer>>;

/// Runs until nobody is left who could tell it anything.
pub async fn run(
    mut fanout: Fanout<Arc<Peer>>,
    mut deeds: mpsc::Receiver<Deed>,
    needs: mpsc::UnboundedSender<Need>,
) {
    let start = Instant::now();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            biased;
            _ = tick.tick() => batch.push(Do::Tick),
            count = deeds.recv_many(&mut batch, BATCH) => if count == 0 { return },
        }
        // Whoever else has something to say says it now: one write for all of it.
        tokio::task::yield_now().await;
        while batch.len() < BATCH
            && let Ok(deed) = deeds.try_recv()
        {
            batch.push(deed);
        }
        let now = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        for deed in batch.drain(..) {
            fanout.take(now, deed);
        }
        while fanout.flush(now, WRITES) {
            tokio::task::yield_now().await;
        }
        for need in fanout.needs.drain(..) {
            let _ = needs.send(need);
        }
    }
}
