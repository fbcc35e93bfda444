//! One socket: says hello, follows streams, and hears its client. What goes to the client, its turn writes.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use ekenko_domain::{
    event::Offsets,
    id::SessionId,
    live::{ClientFrame, Close, Pong, ServerFrame},
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};

use super::{
    client::{Client, End, refused, restart, stopped},
    fanout::{Do, Nudge, said},
    gate::{Gate, Holder},
    hub::{Hub, Seat},
    turn::Peer,
    wire::{self, Message},
};
use crate::context::new_id;

/// Frames a client may send at once, and a second in the long run.
const BURST: u32 = 100;
const A_SECOND: u32 = 20;
/// Serves one socket to its end. `early` is what the client sent with its upgrade request.
pub async fn serve<G: Gate>(hub: Arc<Hub>, gate: G, io: TcpStream, early: Bytes) {
    let guest = hub.enter();
    let mut client = Client::new(Arc::new(Peer::new(io)));
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
