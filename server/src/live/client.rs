//! The reading side of a socket: from its first bytes to its last.

use std::{collections::VecDeque, io::ErrorKind, sync::Arc};

use bytes::Bytes;
use ekenko_domain::{
    event::Offsets,
    live::{ClientFrame, Close, Hello, Refused, ServerFrame},
};
use tokio::{sync::watch, time::timeout};

use super::{
    fanout::{Do, Nudge, said},
    gate::{Gate, Holder, Refusal},
    hub::{Hub, Seat},
    turn::Peer,
    wire::{self, Decoder, Message},
};

/// The largest frame a client may send, in bytes.
const LARGEST: usize = 64 * 1024;
/// Bytes read at once. On the stack while they are looked at, so that an idle socket has no buffer.
const READ: usize = 4 * 1024;

/// Why a session ends.
pub enum End {
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

/// The reading side.
pub struct Client {
    /// Its connection.
    pub peer: Arc<Peer>,
    decoder: Decoder,
    /// Messages read and not yet looked at.
    came: VecDeque<Message>,
}

impl Client {
    /// Nothing was read yet.
    pub fn new(peer: Arc<Peer>) -> Self {
        Self { peer, decoder: Decoder::new(LARGEST), came: VecDeque::new() }
    }

    /// Takes bytes apart.
    pub fn take(&mut self, mut bytes: &[u8]) -> Result<(), wire::Fault> {
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
    pub async fn next(&mut self) -> Result<Message, End> {
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

    /// Waits for the hello and has it looked at.
    pub async fn hello<G: Gate>(&mut self, hub: &Hub, gate: &G) -> Result<(Holder<G::Who>, Offsets), End> {
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
    pub async fn part(&mut self, last: Option<Bytes>, ours: bool, seat: Option<Seat>) -> Result<(), End> {
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

/// An error frame.
pub fn refused(code: &str, message: String) -> Bytes {
    said(&ServerFrame::Error(Refused { code: code.into(), message }))
}

/// Returns when the process is stopping.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// The process is stopping.
pub fn restart() -> End {
    End::Close(Close::Restart as u16, "the server is restarting")
}
