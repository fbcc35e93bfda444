//! The live hub alone, for measuring: the product's own sockets, sessions, authorisation, queues and offsets over events that
//! are kept in memory.
//!
//! `hub_only PORT TOKENS [REDIS]`: serves `/live` and writes 5,000 access tokens to the file `TOKENS`, a line each; what comes on the
//! websocket `/pub` is told to everybody as the data of an event. With the address of a Redis, publications reach the watchers through
//! it, as from another process. `make bench-live` measures it; docs/benchmarks.md has the figures.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::SecondsFormat;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::{EmployeeId, OrganisationId, SessionId},
    live::Close,
};
use ekenko_server::{
    context::{Context, Outside, System, lock, new_id},
    db::StoreError,
    http::{Ends, serve},
    identity::tokens::Signer,
    live::{
        fanout::{Limits, Page},
        frame::Frame,
        gate::{Gate, Holder, Refusal, Times},
        hub::{Hub, Setup, turns},
        session,
        table::Table,
        upgrade::Upgrade,
        wire::{Decoder, Message},
    },
};
use futures_util::future::BoxFuture;

/// Events kept a stream.
const KEPT: usize = 10_000;

#[derive(Default)]
struct Memory(Mutex<HashMap<Stream, (i64, VecDeque<Frame>)>>);

impl Memory {
    fn append(&self, outside: &dyn Outside, stream: Stream, data: &str) -> Frame {
        let mut streams = lock(&self.0);
        let (head, frames) = streams.entry(stream).or_default();
        *head += 1;
        let at = outside.now().to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let text = format!(
            r#"{{"event":{{"stream":"{stream}","offset":{head},"id":"{}","kind":"visit.checked_in","at":"{at}","data":{data}}}}}"#,
            new_id(outside)
        );
        let frame = Frame::new(stream, *head, &text);
        frames.push_back(frame.clone());
        if frames.len() > KEPT {
            frames.pop_front();
        }
        frame
    }
}

impl Table for Memory {
    fn heads<'a>(
        &'a self,
        _: OrganisationId,
        streams: &'a [Stream],
    ) -> BoxFuture<'a, Result<Offsets, StoreError>> {
        let known = lock(&self.0);
        let heads =
            streams.iter().map(|stream| (*stream, known.get(stream).map_or(0, |(head, _)| *head))).collect();
        Box::pin(async { Ok(heads) })
    }
    fn after(
        &self,
        _: OrganisationId,
        stream: Stream,
        offset: i64,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        let known = lock(&self.0);
        let page = known.get(&stream).map_or(Page { head: 0, frames: Vec::new() }, |(head, frames)| Page {
            head: *head,
            frames: frames.iter().filter(|frame| frame.offset > offset).take(200).cloned().collect(),
        });
        Box::pin(async { Ok(page) })
    }
    fn grown(&self) -> BoxFuture<'_, Result<Vec<(Stream, i64)>, StoreError>> {
        let heads = lock(&self.0).iter().map(|(stream, (head, _))| (*stream, *head)).collect();
        Box::pin(async { Ok(heads) })
    }
}

struct Bench {
    signer: Signer,
    outside: Context,
    organisation: OrganisationId,
    table: Arc<Memory>,
    watched: Arc<Hub>,
    told: Arc<Hub>,
}

impl Gate for Door {
    type Who = ();
    async fn admit(&self, token: Option<String>) -> Result<Holder<()>, Refusal> {
        let token = token.or_else(|| self.token.clone());
        let now = self.bench.outside.now();
        let Some(claims) = token.and_then(|token| self.bench.signer.read(&token, now)) else {
            return Err(Refusal::quiet(Close::SignIn, "sign in first"));
        };
        let own = Stream::Employee(claims.sub);
        let may = BTreeSet::from([own, Stream::Org(self.bench.organisation)]);
        Ok(Holder { organisation: self.bench.organisation, own, may, who: () })
    }
    async fn may(&self, holder: &Holder<()>) -> Result<BTreeSet<Stream>, Refusal> {
        Ok(holder.may.clone())
    }
    fn heard(&self, _: &Holder<()>) {}
}

struct Door {
    bench: Arc<Bench>,
    token: Option<String>,
}

async fn live(State(bench): State<Arc<Bench>>, mut request: Request) -> Response {
    let Some(upgrade) = Upgrade::of(&mut request) else { return "websocket, please".into_response() };
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token = token.map(str::to_owned);
    let hub = bench.watched.clone();
    upgrade.answer(move |io, early| session::serve(hub, Door { bench, token }, io, early))
}

async fn publish(State(bench): State<Arc<Bench>>, mut request: Request) -> Response {
    let Some(upgrade) = Upgrade::of(&mut request) else { return "websocket, please".into_response() };
    upgrade.answer(async move |io, early| {
        let mut decoder = Decoder::new(1 << 20);
        let mut bytes = early.to_vec();
        loop {
            let mut input = &bytes[..];
            let mut frames = Vec::new();
            while let Ok(Some(message)) = decoder.next(&mut input) {
                let Message::Text(data) = message else { continue };
                frames.push(bench.table.append(&*bench.outside, Stream::Org(bench.organisation), &data));
            }
            bench.told.publish(bench.organisation, frames);
            bytes.resize(64 * 1024, 0);
            if io.readable().await.is_err() {
                return;
            }
            match io.try_read(&mut bytes) {
                Ok(0) => return,
                Ok(count) => bytes.truncate(count),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => bytes.clear(),
                Err(_) => return,
            }
        }
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(port), Some(tokens)) = (args.next(), args.next()) else {
        return Err("hub_only PORT TOKENS [REDIS]".into());
    };
    let outside: Context = Arc::new(System);
    let signer = Signer::new(b"a secret of the benchmark, 32 bytes");
    let token = |_| signer.sign(EmployeeId(new_id(&*outside)), SessionId(new_id(&*outside)), outside.now());
    std::fs::write(tokens, (0..5000).map(token).collect::<Result<Vec<_>, _>>()?.join("\n"))?;
    let redis = args.next();
    let table = Arc::new(Memory::default());
    let hub = || {
        let setup = Setup {
            redis: redis.clone(),
            turns: turns(),
            drain: std::time::Duration::ZERO,
            times: Times::default(),
            limits: Limits::default(),
        };
        Hub::start(table.clone(), outside.clone(), setup)
    };
    let watched = hub()?;
    let told = if redis.is_some() { hub()? } else { watched.clone() };
    let organisation = OrganisationId(new_id(&*outside));
    let bench = Arc::new(Bench {
        signer,
        outside: outside.clone(),
        organisation,
        table: table.clone(),
        watched,
        told,
    });
    let router = Router::new().route("/live", get(live)).route("/pub", get(publish)).with_state(bench);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    serve(listener, router, std::future::pending(), Ends::default()).await;
    Ok(())
}
