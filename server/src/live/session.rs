//! One socket: says hello, follows streams, and hears its client. What goes to the client, its turn writes.

use std::{
    collections::{BTreeSet, VecDeque},
    convert::Infallible,
    io::ErrorKind,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{OrganisationId, SessionId},
    live::{ClientFrame, Close, Hello, Pong, Refused, ServerFrame},
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{
    fanout::{Do, Nudge, said},
    hub::{Hub, Seat},
    turn::Peer,
    wire::{self, Decoder, Message},
};
use crate::context::new_id;

/// The largest frame a client may send, in bytes.
pub const LARGEST: usize = 64 * 1024;
/// Frames a client may send at once, and a second in the long run.
pub const BURST: u32 = 100;
const A_SECOND: u32 = 20;
/// Bytes read at once. On the stack while they are looked at, so that an idle socket has no buffer.
const READ: usize = 4 * 1024;

/// How long a client is waited for.
#[derive(Debug, Clone)]
pub struct Times {
    /// For its hello.
    pub hello: Duration,
    /// Once it is told to go, until it says so, too.
    pub leave: Duration,
    /// How often an idle socket is pinged; two unanswered pings end it.
    pub ping: Duration,
    /// How often the account behind a socket is looked at again.
    pub check: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { hello: seconds(10), leave: seconds(2), ping: seconds(25), check: seconds(60) }
    }
}

/// Whom a socket belongs to.
pub struct Holder<W> {
    /// Where they work.
    pub organisation: OrganisationId,
    /// The stream that tells what concerns them alone.
    pub own: Stream,
    /// Every stream they may follow.
    pub may: BTreeSet<Stream>,
    /// Who they are, as the gate knows them.
    pub who: W,
}

/// Why a socket may not be, or not be any longer, and the error frame told before.
pub struct Refusal {
    /// The code to close with.
    pub close: Close,
    /// For a person.
    pub reason: &'static str,
    /// What the error frame says, if there is one.
    pub error: Option<(&'static str, String)>,
}

impl Refusal {
    /// Closes without an error frame.
    pub fn quiet(close: Close, reason: &'static str) -> Self {
        Self { close, reason, error: None }
    }
}

/// Knows who may watch what.
pub trait Gate: Send + Sync + 'static {
    /// What it keeps of somebody let in.
    type Who: Send + Sync;
    /// Lets somebody in who said hello with this token, or none.
    fn admit(&self, token: Option<String>)
    -> impl Future<Output = Result<Holder<Self::Who>, Refusal>> + Send;
    /// What somebody may follow now; refused when they may not be here any longer.
    fn may(
        &self,
        holder: &Holder<Self::Who>,
    ) -> impl Future<Output = Result<BTreeSet<Stream>, Refusal>> + Send;
    /// Their device was heard of.
    fn heard(&self, holder: &Holder<Self::Who>);
}

/// Why a session ends.
enum End {
    /// The other side went away.
    Gone,
    /// Its turn let go of it, and said why.
    LetGo,
    /// The client said goodbye, with this code if any.
    Left(Option<u16>),
    /// We close.
    Close(u16, &'static str),
}

impl From<wire::Fault> for End {
    fn from(fault: wire::Fault) -> Self {
        let why = match fault {
            wire::Fault::Protocol(why) => why,
            wire::Fault::Utf8 => "text must be UTF-8",
            wire::Fault::TooLarge(_) => "a frame may have 64 KiB",
        };
        Self::Close(fault.code(), why)
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Close(refusal.close as u16, refusal.reason)
    }
}

/// Serves one socket to its end. `early` is what the client sent with its upgrade request.
pub async fn serve<G: Gate>(hub: Arc<Hub>, gate: G, io: TcpStream, early: Bytes) {
    let guest = hub.enter();
    let peer = Arc::new(Peer::new(io));
    let mut client = Client { peer: peer.clone(), decoder: Decoder::new(LARGEST), came: VecDeque::new() };
    let mut seat = None;
    let Err(end) = attend(&hub, &gate, &mut client, &early, &mut seat).await;
    let last = match end {
        End::Gone => None,
        End::LetGo => Some((None, true)),
        End::Left(code) => Some((Some(wire::close(code, "")), false)),
        End::Close(code, reason) => Some((Some(wire::close(Some(code), reason)), true)),
    };
    if let Some((last, ours)) = last {
        let _ = timeout(hub.times().leave, client.part(last, ours, seat)).await;
    }
    drop(guest);
}

async fn attend<G: Gate>(
    hub: &Arc<Hub>,
    gate: &G,
    client: &mut Client,
    early: &[u8],
    place: &mut Option<Seat>,
) -> Result<Infallible, End> {
    client.take(early)?;
    // Boxed: what saying hello takes is not kept for as long as the session lasts.
    let (holder, resume) = Box::pin(client.hello(hub, gate)).await?;
    let session = SessionId(new_id(&**hub.outside()));
    let seat = place.insert(hub.seat(holder.organisation, session, client.peer.clone()).await);
    let (allowance, counted) = (BURST, Instant::now());
    Session { hub, gate, client, seat, holder, allowance, counted }.run(resume).await
}

/// The reading side.
struct Client {
    peer: Arc<Peer>,
    decoder: Decoder,
    /// Messages read and not yet looked at.
    came: VecDeque<Message>,
}

impl Client {
    /// Takes bytes apart.
    fn take(&mut self, mut bytes: &[u8]) -> Result<(), wire::Fault> {
        while let Some(message) = self.decoder.next(&mut bytes)? {
            self.came.push_back(message);
        }
        Ok(())
    }

    /// Reads what there is, without waiting.
    fn read(&mut self) -> Result<(), End> {
        let mut buffer = [0; READ];
        match self.peer.io.try_read(&mut buffer) {
            Ok(0) => Err(End::Gone),
            Ok(count) => Ok(self.take(&buffer[..count])?),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(End::Gone),
        }
    }

    /// The next message. Cancelling loses nothing.
    async fn next(&mut self) -> Result<Message, End> {
        loop {
            if let Some(message) = self.came.pop_front() {
                return Ok(message);
            }
            self.peer.io.readable().await.map_err(|_| End::Gone)?;
            self.read()?;
        }
    }

    /// Writes a frame itself: before the socket has a turn.
    async fn say(&self, frame: &[u8]) -> Result<(), End> {
        let mut left = frame;
        while !left.is_empty() {
            self.peer.io.writable().await.map_err(|_| End::Gone)?;
            match self.peer.io.try_write(left) {
                Ok(count) => left = &left[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return Err(End::Gone),
            }
        }
        Ok(())
    }

    async fn hello<G: Gate>(&mut self, hub: &Hub, gate: &G) -> Result<(Holder<G::Who>, Offsets), End> {
        const LATE: End = End::Close(Close::BadFrame as u16, "the first frame must be a hello, within 10 s");
        let mut stopping = hub.stopping();
        let first = async {
            loop {
                match self.next().await? {
                    Message::Text(text) => return Ok(text),
                    Message::Ping(payload) => self.say(&wire::pong(&payload)).await?,
                    Message::Pong => {}
                    Message::Binary(_) => return Err(LATE),
                    Message::Close(code) => return Err(End::Left(code)),
                }
            }
        };
        let text = tokio::select! {
            first = timeout(hub.times().hello, first) => first.unwrap_or(Err(LATE))?,
            () = stopped(&mut stopping) => return Err(restart()),
        };
        let Hello { token, resume } = match serde_json::from_str(&text) {
            Ok(ClientFrame::Hello(hello)) => hello,
            Ok(_) => return Err(LATE),
            Err(error) => {
                self.say(&refused("bad_frame", error.to_string())).await?;
                return Err(End::Close(Close::BadFrame as u16, "the first frame must be a hello"));
            }
        };
        match gate.admit(token).await {
            Ok(holder) => Ok((holder, resume)),
            Err(refusal) => {
                if let Some((code, message)) = &refusal.error {
                    self.say(&refused(code, message.clone())).await?;
                }
                Err(refusal.into())
            }
        }
    }

    /// Says the last frame and waits until the client has heard it: closing at once could take it away from them.
    async fn part(&mut self, last: Option<Bytes>, ours: bool, seat: Option<Seat>) -> Result<(), End> {
        match (last, &seat) {
            (None, _) => {}
            (Some(last), Some(seat)) => {
                seat.tell(Do::Close { id: seat.id(), frame: last }).await;
                loop {
                    let told = self.peer.word().await;
                    if told.has(Nudge::Done) {
                        break;
                    }
                    if told.has(Nudge::Full) {
                        self.peer.io.writable().await.map_err(|_| End::Gone)?;
                        seat.tell(Do::Writable { id: seat.id() }).await;
                    }
                }
            }
            (Some(last), None) => self.say(&last).await?,
        }
        while ours {
            if let Message::Close(_) = self.next().await? {
                break;
            }
        }
        Ok(())
    }
}

fn refused(code: &str, message: String) -> Bytes {
    said(&ServerFrame::Error(Refused { code: code.into(), message }))
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn restart() -> End {
    End::Close(Close::Restart as u16, "the server is restarting")
}

struct Session<'a, G: Gate> {
    hub: &'a Hub,
    gate: &'a G,
    client: &'a mut Client,
    seat: &'a Seat,
    holder: Holder<G::Who>,
    /// Frames the client may send now, counted when.
    allowance: u32,
    counted: Instant,
}

impl<G: Gate> Session<'_, G> {
    async fn run(&mut self, resume: Offsets) -> Result<Infallible, End> {
        let streams = self.holder.may.iter().copied().collect();
        self.seat.tell(Do::Follow { id: self.seat.id(), streams, resume }).await;
        let mut stopping = self.hub.stopping();
        let peer = self.client.peer.clone();
        let mut full = false;
        let mut unanswered = 0;
        let (times, start) = (self.hub.times(), Instant::now());
        let (mut ping, mut check) = (start + times.ping, start + times.check);
        let mut close_at = None;
        loop {
            let wake = ping.min(check).min(close_at.unwrap_or(ping));
            tokio::select! {
                told = peer.word() => {
                    full |= told.has(Nudge::Full);
                    if told.has(Nudge::Done) {
                        return Err(End::LetGo);
                    }
                    if told.has(Nudge::Check) {
                        self.check().await?;
                    }
                }
                ready = peer.io.writable(), if full => {
                    ready.map_err(|_| End::Gone)?;
                    full = false;
                    self.seat.tell(Do::Writable { id: self.seat.id() }).await;
                }
                message = self.client.next() => {
                    let message = message?;
                    unanswered = 0;
                    self.gate.heard(&self.holder);
                    self.heard(message).await?;
                }
                () = stopped(&mut stopping), if close_at.is_none() => {
                    close_at = Some(Instant::now() + self.share_of(self.hub.drain()));
                }
                () = sleep_until(wake) => {
                    let now = Instant::now();
                    if close_at.is_some_and(|at| at <= now) {
                        return Err(restart());
                    }
                    if ping <= now {
                        ping = now + times.ping;
                        unanswered += 1;
                        if unanswered > 2 {
                            return Err(End::Gone);
                        }
                        self.say(wire::ping()).await;
                    }
                    if check <= now {
                        check = now + times.check;
                        self.check().await?;
                    }
                }
            }
        }
    }

    /// A part of a time, by chance: not everybody at once.
    fn share_of(&self, whole: Duration) -> Duration {
        let mut random = [0];
        self.hub.outside().fill(&mut random);
        whole * u32::from(random[0]) / 256
    }

    async fn say(&self, frame: Bytes) {
        self.seat.tell(Do::Say { id: self.seat.id(), frame }).await;
    }

    /// Ends the session when its token ran out, its account was closed, or what it may see changed.
    async fn check(&mut self) -> Result<(), End> {
        if Box::pin(self.gate.may(&self.holder)).await? == self.holder.may {
            return Ok(());
        }
        Err(End::Close(Close::Restart as u16, "what you may see has changed"))
    }

    /// Counts a frame; a client that never stops is closed.
    fn count(&mut self) -> Result<(), End> {
        let earned = self.counted.elapsed().as_millis() * u128::from(A_SECOND) / 1000;
        if earned > 0 {
            self.allowance = u32::try_from(earned).unwrap_or(BURST).saturating_add(self.allowance).min(BURST);
            self.counted = Instant::now();
        }
        match self.allowance.checked_sub(1) {
            Some(left) => self.allowance = left,
            None => return Err(End::Close(Close::Flood as u16, "fewer frames, please")),
        }
        Ok(())
    }

    async fn heard(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => {
                self.count()?;
                self.client_frame(&text).await
            }
            Message::Ping(payload) => {
                self.count()?;
                self.say(wire::pong(&payload)).await;
                Ok(())
            }
            Message::Pong => self.count(),
            Message::Binary(_) => Err(End::Close(Close::BadFrame as u16, "frames are JSON text")),
            Message::Close(code) => Err(End::Left(code)),
        }
    }

    async fn client_frame(&mut self, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(ClientFrame::Ping(ping)) => {
                let pong = Pong { t: ping.t, server_time: self.hub.outside().now() };
                self.say(said(&ServerFrame::Pong(pong))).await;
            }
            Ok(ClientFrame::Follow(follow)) => {
                let allowed = Box::pin(self.gate.may(&self.holder)).await?;
                match follow.streams.iter().find(|stream| !allowed.contains(stream)) {
                    Some(stream) => {
                        self.say(refused("forbidden_stream", format!("{stream} is not yours to follow")))
                            .await;
                    }
                    None => {
                        let (id, streams, resume) = (self.seat.id(), follow.streams, follow.resume);
                        self.seat.tell(Do::Follow { id, streams, resume }).await;
                    }
                }
            }
            Ok(ClientFrame::Unfollow(unfollow)) => {
                // One's own stream is heard in any case: it tells when the account is closed.
                let own = self.holder.own;
                let (mine, streams): (Vec<_>, _) =
                    unfollow.streams.into_iter().partition(|stream| *stream == own);
                self.seat.tell(Do::Unfollow { id: self.seat.id(), streams }).await;
                if !mine.is_empty() {
                    self.seat.tell(Do::Mute { id: self.seat.id(), stream: own }).await;
                }
            }
            Ok(ClientFrame::Hello(_)) => self.say(refused("bad_frame", "hello comes once".into())).await,
            Err(error) => self.say(refused("bad_frame", error.to_string())).await,
        }
        Ok(())
    }
}
