//! One socket: says hello, follows streams, gets every event of them once and in order.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use ekenko_domain::{
    event::{Offsets, Stream},
    id::SessionId,
    live::{ClientFrame, Close, Pong, Refused, Resync, ServerFrame, Welcome},
};
use tokio::time::{Instant, timeout};

use super::{
    hub::Subscription,
    stream::{self, Frame},
};
use crate::{
    App,
    context::new_id,
    db::StoreError,
    identity::{Caller, Proof},
};

/// The time a client has for its hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// A client that takes longer than this to take a frame is gone.
const SEND_WITHIN: Duration = Duration::from_secs(20);
/// How often an idle socket is pinged; two unanswered pings end it.
const PING_EVERY: Duration = Duration::from_secs(25);
/// How often the account behind a socket is looked at again.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// Events replayed at once, and the most a client may be behind before a reload is cheaper.
const PAGE: i64 = 500;
const FARTHEST: i64 = 10_000;

/// Why a session ends.
enum End {
    /// The other side went away.
    Gone,
    /// We close, with a code that tells the client what to do.
    Close(Close, &'static str),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "live session");
        Self::Close(Close::Busy, "the server cannot read its events right now")
    }
}

struct Session {
    app: Arc<App>,
    socket: WebSocket,
    subscription: Subscription,
    caller: Caller,
    proof: Proof,
    id: SessionId,
    /// Every stream the caller may follow.
    may: BTreeSet<Stream>,
    /// Every followed stream with the last offset sent.
    cursors: BTreeMap<Stream, i64>,
}

/// Serves one socket to its end. `cookie` is what the browser's upgrade request proved, if anything.
pub async fn serve(app: Arc<App>, mut socket: WebSocket, cookie: Option<Proof>) {
    let end = match hello(&app, &mut socket, cookie).await {
        Ok((caller, proof, resume)) => {
            let id = SessionId(new_id(&*app.outside));
            let subscription = app.hub.subscribe();
            let mut session = Session {
                app,
                socket,
                subscription,
                caller,
                proof,
                id,
                may: BTreeSet::new(),
                cursors: BTreeMap::new(),
            };
            let end = match session.run(resume).await {
                Err(end) => end,
                Ok(never) => match never {},
            };
            session.app.hub.unfollow(&session.subscription, session.cursors.keys());
            socket = session.socket;
            end
        }
        Err(end) => end,
    };
    if let End::Close(code, reason) = end {
        let frame = CloseFrame { code: code as u16, reason: Utf8Bytes::from_static(reason) };
        let _ = timeout(SEND_WITHIN, socket.send(Message::Close(Some(frame)))).await;
    }
}

async fn hello(
    app: &App,
    socket: &mut WebSocket,
    cookie: Option<Proof>,
) -> Result<(Caller, Proof, Offsets), End> {
    let late = End::Close(Close::BadFrame, "the first frame must be a hello, within 10 s");
    let text = loop {
        match timeout(HELLO_WITHIN, socket.recv()).await {
            Err(_) => return Err(late),
            Ok(Some(Ok(Message::Text(text)))) => break text,
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Ok(Message::Binary(_)))) => return Err(late),
            Ok(_) => return Err(End::Gone),
        }
    };
    let hello = match serde_json::from_str(&text) {
        Ok(ClientFrame::Hello(hello)) => hello,
        Ok(_) => return Err(late),
        Err(error) => {
            refuse(socket, "bad_frame", error.to_string()).await?;
            return Err(End::Close(Close::BadFrame, "the first frame must be a hello"));
        }
    };
    let proof = hello.token.map(Proof::Bearer).or(cookie);
    let caller = match &proof {
        Some(proof) => app.identity.authenticate(proof).await,
        None => Err(crate::identity::AuthError::Missing),
    };
    match (caller, proof) {
        (Ok(caller), Some(_)) if caller.must_change_password => {
            refuse(socket, "password_change_required", "change your password first".into()).await?;
            Err(End::Close(Close::SignIn, "change your password first"))
        }
        (Ok(caller), Some(proof)) => Ok((caller, proof, hello.resume)),
        (Err(error), _) => {
            refuse(socket, "unauthenticated", error.to_string()).await?;
            Err(End::Close(Close::SignIn, "sign in first"))
        }
        (Ok(_), None) => Err(End::Close(Close::SignIn, "sign in first")),
    }
}

async fn send(socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), End> {
    match timeout(SEND_WITHIN, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

async fn refuse(socket: &mut WebSocket, code: &str, message: String) -> Result<(), End> {
    let frame = ServerFrame::Error(Refused { code: code.into(), message });
    send(socket, stream::text(&frame).into()).await
}

async fn allowed(app: &App, caller: &Caller) -> Result<BTreeSet<Stream>, StoreError> {
    Ok(caller.streams(&mut app.db.read().await?).await?.into_iter().collect())
}

impl Session {
    async fn run(&mut self, resume: Offsets) -> Result<std::convert::Infallible, End> {
        self.may = allowed(&self.app, &self.caller).await?;
        let streams: Vec<_> = self.may.iter().copied().collect();
        self.follow(&streams, &resume).await?;
        let mut stopping = self.app.hub.stopping();
        let mut ping = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut check = tokio::time::interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
        let mut unanswered = 0;
        let behind = self.subscription.behind.clone();
        loop {
            tokio::select! {
                // In this order: an event for a thousand sockets should cost each no look at anything else.
                biased;
                () = async { let _ = stopping.wait_for(|stop| *stop).await; } => {
                    return Err(End::Close(Close::Restart, "the server is restarting"));
                }
                frame = self.subscription.frames.recv() => match frame {
                    Some(frame) => self.event(frame).await?,
                    None => return Err(End::Gone),
                },
                () = behind.notified() => {
                    for stream in self.cursors.keys().copied().collect::<Vec<_>>() {
                        self.replay(stream).await?;
                    }
                }
                message = self.socket.recv() => {
                    unanswered = 0;
                    if matches!(message, Some(Ok(_))) {
                        self.app.identity.heard(&self.caller);
                    }
                    match message {
                        Some(Ok(Message::Text(text))) => self.client_frame(&text).await?,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Binary(_))) => {
                            return Err(End::Close(Close::BadFrame, "frames are JSON text"));
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                    }
                }
                _ = ping.tick() => {
                    unanswered += 1;
                    if unanswered > 2 || !matches!(timeout(SEND_WITHIN, self.socket.send(Message::Ping(bytes::Bytes::new()))).await, Ok(Ok(()))) {
                        return Err(End::Gone);
                    }
                }
                _ = check.tick() => self.check().await?,
            }
        }
    }

    /// The stream that tells what concerns the caller alone.
    fn own(&self) -> Stream {
        Stream::Employee(self.caller.employee.id)
    }

    /// Ends the session when its token ran out, its account was closed, or what it may see changed.
    async fn check(&mut self) -> Result<(), End> {
        match self.app.identity.authenticate(&self.proof).await {
            Ok(caller) if caller == self.caller && allowed(&self.app, &self.caller).await? == self.may => {
                Ok(())
            }
            Ok(_) => Err(End::Close(Close::Restart, "what you may see has changed")),
            Err(crate::identity::AuthError::Store(error)) => Err(error.into()),
            Err(_) => Err(End::Close(Close::SignIn, "sign in again")),
        }
    }

    async fn client_frame(&mut self, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(ClientFrame::Ping(ping)) => {
                let pong = ServerFrame::Pong(Pong { t: ping.t, server_time: self.app.outside.now() });
                send(&mut self.socket, stream::text(&pong).into()).await
            }
            Ok(ClientFrame::Follow(follow)) => {
                let allowed = allowed(&self.app, &self.caller).await?;
                if let Some(stream) = follow.streams.iter().find(|stream| !allowed.contains(stream)) {
                    let message = format!("{stream} is not yours to follow");
                    return refuse(&mut self.socket, "forbidden_stream", message).await;
                }
                self.follow(&follow.streams, &follow.resume).await
            }
            Ok(ClientFrame::Unfollow(unfollow)) => {
                // One's own stream is heard in any case: it tells when the account is closed.
                let own = self.own();
                let others = unfollow.streams.iter().filter(|stream| **stream != own);
                self.app.hub.unfollow(&self.subscription, others);
                for stream in &unfollow.streams {
                    self.cursors.remove(stream);
                }
                Ok(())
            }
            Ok(ClientFrame::Hello(_)) => {
                refuse(&mut self.socket, "bad_frame", "hello comes once".into()).await
            }
            Err(error) => refuse(&mut self.socket, "bad_frame", error.to_string()).await,
        }
    }

    async fn follow(&mut self, streams: &[Stream], resume: &Offsets) -> Result<(), End> {
        let heads = self.app.hub.follow(&self.subscription, self.caller.organisation.id, streams).await?;
        let welcome = ServerFrame::Welcome(Welcome {
            session: self.id,
            streams: heads.clone(),
            server_time: self.app.outside.now(),
        });
        send(&mut self.socket, stream::text(&welcome).into()).await?;
        for (&stream, &head) in &heads {
            let from = resume.get(&stream).copied().unwrap_or(head);
            self.cursors.insert(stream, from);
            // An offset above the head is from another database; either way the client must load afresh.
            if from > head || from < 0 || head - from > FARTHEST {
                self.resync(stream, head).await?;
            }
            self.replay(stream).await?;
        }
        Ok(())
    }

    async fn resync(&mut self, stream: Stream, head: i64) -> Result<(), End> {
        self.cursors.insert(stream, head);
        send(&mut self.socket, stream::text(&ServerFrame::Resync(Resync { stream, head })).into()).await
    }

    /// Sends a frame that is next in its line; after a gap, reads the table.
    async fn event(&mut self, frame: Frame) -> Result<(), End> {
        let told = frame.stream == self.own() && stream::changes_access(&frame);
        self.pass_on(frame).await?;
        if told { self.check().await } else { Ok(()) }
    }

    async fn pass_on(&mut self, frame: Frame) -> Result<(), End> {
        match self.cursors.get_mut(&frame.stream) {
            Some(cursor) if frame.offset == *cursor + 1 => {
                *cursor = frame.offset;
                send(&mut self.socket, frame.text).await
            }
            Some(cursor) if frame.offset > *cursor => self.replay(frame.stream).await,
            // Already sent by a replay, or no longer followed.
            _ => Ok(()),
        }
    }

    /// Sends everything after the cursor that the table holds.
    async fn replay(&mut self, stream: Stream) -> Result<(), End> {
        let organisation = self.caller.organisation.id;
        while let Some(&cursor) = self.cursors.get(&stream) {
            let mut db = self.app.db.read().await?;
            // The head first: what is committed between the two reads must not look like a hole.
            let (head, _) = stream::head(&mut db, organisation, stream).await?;
            let frames = stream::after(&mut db, organisation, stream, cursor, PAGE).await?;
            drop(db);
            if frames.first().map_or(head > cursor, |first| first.offset != cursor + 1) {
                return self.resync(stream, head).await;
            }
            let full = frames.len() as i64 == PAGE;
            let told = stream == self.own() && frames.iter().any(stream::changes_access);
            for frame in frames {
                self.cursors.insert(stream, frame.offset);
                send(&mut self.socket, frame.text).await?;
            }
            if told {
                self.check().await?;
            }
            if !full {
                break;
            }
        }
        Ok(())
    }
}
