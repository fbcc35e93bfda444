//! Two processes on one PostgreSQL and one Redis, killed and frozen while people write and watch: afterwards every watcher must have
//! exactly the committed events, each once and in order.

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use ekenko_domain::{
    event::{Offsets, Stream},
    follower::{Act, Follower, Heard},
};
use futures_util::{SinkExt, StreamExt};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio::{
    process::{Child, Command},
    time::{sleep, sleep_until},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    Database, Failure,
    prepare::{Installation, people},
    sign_in,
};

const WATCHERS: usize = 12;
const WRITERS: usize = 4;
/// How long everything is broken, and how long it may take to settle afterwards.
const FOR: Duration = Duration::from_secs(60);
const SETTLES_WITHIN: Duration = Duration::from_secs(40);

/// Everything one watcher was told, in the order it was told.
type Told = Arc<Mutex<Vec<(Stream, i64, String)>>>;

/// Breaks things for a minute, then compares. `EKENKO_SEED=n` breaks them in the same order again.
pub async fn run(binary: &Path) -> Result<(), Failure> {
    let server = std::env::var("EKENKO_TEST_POSTGRES").map_err(|_| "scripts/chaos starts this")?;
    let seed = std::env::var("EKENKO_SEED").ok().map_or_else(|| Ok(rand::random()), |seed| seed.parse())?;
    println!("EKENKO_SEED={seed}");
    let database = Database::create(&server).await?;
    let done = broken(binary, &server, &database, StdRng::seed_from_u64(seed)).await;
    database.drop().await?;
    done
}

fn free_port() -> Result<u16, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A process that is started again at the same port.
struct Phoenix {
    command: Command,
    child: Child,
}

impl Phoenix {
    fn start(mut command: Command) -> Result<Self, Failure> {
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn()?;
        Ok(Self { command, child })
    }
    /// Ends it without a word (kill -9) and starts it again after a while.
    async fn die(&mut self, away: Duration) -> Result<(), Failure> {
        self.child.kill().await?;
        sleep(away).await;
        self.child = self.command.spawn()?;
        Ok(())
    }
    /// Holds it still for a while.
    async fn freeze(&self, still: Duration) -> Result<(), Failure> {
        let pid = self.child.id().ok_or("it runs")?.to_string();
        for (signal, then) in [("-STOP", still), ("-CONT", Duration::ZERO)] {
            Command::new("kill").args([signal, &pid]).status().await?;
            sleep(then).await;
        }
        Ok(())
    }
}

async fn broken(binary: &Path, server: &str, database: &Database, mut rng: StdRng) -> Result<(), Failure> {
    let installation = Installation { data: tempfile::tempdir()?, database_url: Some(database.url.clone()) };
    let app = installation.open().await?;
    people(&app, 1, 1).await?;
    app.db.close().await;

    let redis_port = free_port()?;
    let mut command = Command::new("redis-server");
    command.args([
        "--port",
        &redis_port.to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]);
    let mut redis = Phoenix::start(command)?;
    let mut nodes = Vec::new();
    let mut bases = Vec::new();
    for _ in 0..2 {
        let port = free_port()?;
        let mut command = Command::new(binary);
        command.envs(installation.settings()).env("PORT", port.to_string());
        command.env("REDIS_URL", format!("redis://127.0.0.1:{redis_port}"));
        nodes.push(Phoenix::start(command)?);
        bases.push(format!("http://127.0.0.1:{port}"));
    }
    let bases: Arc<[String]> = bases.into();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    for base in bases.iter() {
        for _ in 0..200 {
            if http.get(format!("{base}/ready")).send().await.is_ok_and(|answer| answer.status().is_success())
            {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
    let token = sign_in(&http, &bases[0], "admin").await?;
    let board = http.get(format!("{}/api/v1/board", bases[0])).bearer_auth(&token).send().await?;
    let board: serde_json::Value = board.error_for_status()?.json().await?;
    let streams: Offsets = serde_json::from_value(board["streams"].clone())?;
    let all: Offsets = streams.into_keys().map(|stream| (stream, 0)).collect();

    let told: Vec<Told> = (0..WATCHERS).map(|_| Told::default()).collect();
    let watchers: Vec<_> = told
        .iter()
        .enumerate()
        .map(|(number, told)| {
            tokio::spawn(watch(bases.clone(), number, token.clone(), all.clone(), told.clone()))
        })
        .collect();
    let stop = Instant::now() + FOR;
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| tokio::spawn(write(http.clone(), bases.clone(), token.clone(), number, stop)))
        .collect();

    let mut broke: BTreeMap<&str, usize> = BTreeMap::new();
    while Instant::now() < stop {
        sleep(Duration::from_millis(rng.random_range(500..3_000))).await;
        let away = Duration::from_millis(rng.random_range(0..2_000));
        let node = rng.random_range(0..nodes.len());
        let what = match rng.random_range(0..4) {
            0 => nodes[node].die(away).await.map(|()| "process killed"),
            1 => nodes[node].freeze(away).await.map(|()| "process frozen"),
            2 => redis.die(away).await.map(|()| "Redis killed"),
            _ => cut_off(server, database).await.map(|()| "database connections cut"),
        }?;
        *broke.entry(what).or_default() += 1;
    }
    let mut written = 0;
    for writer in writers {
        written += writer.await?;
    }
    println!("{written} announcements written; {broke:?}");
    let settled = settle(&database.url, &all, &told).await;
    for watcher in watchers {
        watcher.abort();
    }
    settled
}

/// Ends every connection to the database, as a failover does.
async fn cut_off(server: &str, database: &Database) -> Result<(), Failure> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
        .bind(database.name())
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// Writes announcements, each until some process says that it has it. Gives how many.
async fn write(
    http: reqwest::Client,
    bases: Arc<[String]>,
    token: String,
    number: usize,
    stop: Instant,
) -> usize {
    let mut written = 0;
    while Instant::now() < stop {
        let body = json!({ "id": uuid::Uuid::new_v4(), "title": format!("{written} by {number}") });
        for attempt in number.. {
            let base = &bases[attempt % bases.len()];
            let sent = http
                .post(format!("{base}/api/v1/announcements"))
                .bearer_auth(&token)
                .json(&body)
                .send()
                .await;
            if sent.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        written += 1;
        sleep(Duration::from_millis(20)).await;
    }
    written
}

/// Watches from the first event on, now at one process, now at the other.
async fn watch(bases: Arc<[String]>, number: usize, token: String, from: Offsets, told: Told) {
    let mut follower = Follower::new(from);
    let mut socket = None;
    let mut timer = tokio::time::Instant::now();
    let mut attempt = number;
    let mut acts = VecDeque::from([Act::Open]);
    loop {
        let heard = match acts.pop_front() {
            Some(Act::Open) => {
                attempt += 1;
                let address =
                    format!("{}/api/v1/live", bases[attempt % bases.len()].replacen("http", "ws", 1));
                match tokio::time::timeout(Duration::from_secs(3), connect_async(address)).await {
                    Ok(Ok((open, _))) => {
                        socket = Some(open);
                        Heard::Opened(Some(token.clone()))
                    }
                    _ => Heard::Closed(1006),
                }
            }
            Some(Act::Say(frame)) => {
                if let Some(socket) = &mut socket {
                    let text = serde_json::to_string(&frame).unwrap_or_default();
                    let _ =
                        tokio::time::timeout(Duration::from_secs(3), socket.send(Message::text(text))).await;
                }
                continue;
            }
            Some(Act::Drop) => {
                socket = None;
                continue;
            }
            Some(Act::Wait(millis)) => {
                timer = tokio::time::Instant::now() + Duration::from_millis(millis.into());
                continue;
            }
            Some(Act::Tell(event)) => {
                if let Ok(mut told) = told.lock() {
                    told.push((event.stream, event.offset, event.id.to_string()));
                }
                continue;
            }
            // The token outlives the test, and nothing is forgotten in a minute.
            Some(Act::Refresh | Act::SignIn | Act::Reload) => panic!("a watcher was sent away"),
            Some(Act::Live(_)) => continue,
            None => {
                let came = async {
                    match &mut socket {
                        Some(socket) => socket.next().await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = sleep_until(timer) => {
                        timer += Duration::from_secs(3600);
                        Heard::Timer
                    }
                    came = came => match came {
                        Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                            Ok(frame) => Heard::Frame(frame),
                            Err(error) => panic!("{error}: {text}"),
                        },
                        Some(Ok(Message::Close(frame))) => {
                            socket = None;
                            Heard::Closed(frame.map_or(1006, |frame| frame.code.into()))
                        }
                        Some(Ok(_)) => continue,
                        Some(Err(_)) | None => {
                            socket = None;
                            Heard::Closed(1006)
                        }
                    },
                }
            }
        };
        acts.extend(follower.on(heard, rand::random()));
    }
}

/// Waits until every watcher has everything, then looks at each event.
async fn settle(database: &str, streams: &Offsets, told: &[Told]) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut connection = PgConnection::connect(database).await?;
    let rows: Vec<(String, i64, uuid::Uuid)> =
        sqlx::query_as("SELECT stream, position, id FROM events ORDER BY stream, position")
            .fetch_all(&mut connection)
            .await?;
    let mut committed: BTreeMap<Stream, Vec<(i64, String)>> = BTreeMap::new();
    for (stream, offset, id) in rows {
        committed.entry(stream.parse()?).or_default().push((offset, id.to_string()));
    }
    committed.retain(|stream, _| streams.contains_key(stream));
    let all: usize = committed.values().map(Vec::len).sum();
    let missing = || {
        told.iter().map(|told| all.saturating_sub(told.lock().map_or(0, |told| told.len()))).sum::<usize>()
    };
    while missing() > 0 && begun.elapsed() < SETTLES_WITHIN {
        sleep(Duration::from_millis(100)).await;
    }
    println!(
        "settled after {:.1} s: {all} events to each of {} watchers",
        begun.elapsed().as_secs_f64(),
        told.len()
    );
    for (number, told) in told.iter().enumerate() {
        let told = told.lock().map_err(|_| "a watcher panicked")?;
        let mut heard: BTreeMap<Stream, Vec<(i64, String)>> = BTreeMap::new();
        for (stream, offset, id) in told.iter() {
            heard.entry(*stream).or_default().push((*offset, id.clone()));
        }
        for (stream, committed) in &committed {
            let heard = heard.remove(stream).unwrap_or_default();
            if heard != *committed {
                return Err(format!(
                    "watcher {number} heard {} of {} events of {stream}, or others",
                    heard.len(),
                    committed.len()
                )
                .into());
            }
        }
        if !heard.is_empty() {
            return Err(format!("watcher {number} heard what nobody committed: {:?}", heard.keys()).into());
        }
    }
    println!("every watcher has exactly the committed events");
    Ok(())
}
