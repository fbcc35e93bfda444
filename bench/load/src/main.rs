//! Measures a release bundle from outside, over loopback: `cargo run --release -p ekenko-load -- dist/ekenko`.
//!
//! It makes an installation of its own in a temporary folder, starts the binary on it, and stops it by its process id.
//! `-- live PROGRAM` measures the live hub alone, `-- chaos BINARY` breaks processes and compares what watchers saw, `-- reports` measures reports of a million visits instead, inside this process.
//!
//! With the address of a PostgreSQL server in EKENKO_TEST_POSTGRES it does the same again in a database there. Every
//! part is bounded by a count, so it ends by itself.

mod chaos;
mod live;
mod prepare;
mod reads;
mod reports;
mod watch;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use chrono::Utc;
use ekenko_domain::{
    customer::Location,
    employee::Tokens,
    id::{LocationId, VisitId},
    visit::{CheckIn, Fix, Purpose},
};
use futures_util::{StreamExt, future::join_all};
use prepare::{Installation, LOCATIONS};
use sqlx::{Connection, postgres::PgConnection};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const CLIENTS: usize = 16;
const CHECK_INS: usize = 4_000;
/// Of these, so many come at a steady 500 a second; the others as fast as 16 clients can.
const PACED: usize = 1_500;
const PACE: Duration = Duration::from_millis(2);
const WATCHERS: usize = 1_000;
const WATCHED_CHECK_INS: usize = 100;
const REPS: usize = CHECK_INS + WATCHED_CHECK_INS;
const PASSWORD: &str = "load-test-only";
const SECRET: &str = "load-test-only-load-test-only-load-test-only";

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    if let (Some("live"), Some(program)) = (args.next().as_deref(), args.next()) {
        return live::run(program.as_ref());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("chaos"), Some(binary)) => runtime.block_on(chaos::run(binary.as_ref())),
        _ => runtime.block_on(all()),
    }
}

async fn all() -> Result<(), Failure> {
    let binary = std::env::args().nth(1).unwrap_or_else(|| "dist/ekenko".into());
    println!("== SQLite");
    run(&binary, None).await?;
    if let Ok(server) = std::env::var("EKENKO_TEST_POSTGRES") {
        println!("== PostgreSQL");
        let database = Database::create(&server).await?;
        let done = run(&binary, Some(database.url.clone())).await;
        database.drop().await?;
        done?;
    }
    Ok(())
}

async fn run(binary: &str, database_url: Option<String>) -> Result<(), Failure> {
    if binary == "reports" {
        return reports::run(database_url).await;
    }
    let installation = Installation { data: tempfile::tempdir()?, database_url };
    let begun = Instant::now();
    installation.fill(1, REPS).await?;
    println!("{LOCATIONS} locations and {REPS} reps made in {:.0} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let mut server = Server::start(binary, &installation).await?;
    println!("start to /ready: {:.0} ms", ms(begun.elapsed()));
    let done = measure(&server.base).await;
    server.stop().await;
    done
}

async fn measure(base: &str) -> Result<(), Failure> {
    let http = reqwest::Client::new();
    let manager = sign_in(&http, base, "manager").await?;
    let locations = reads::nearby(&http, base, &manager).await?;
    reads::search(&http, base, &manager).await?;
    let tokens = sign_in_all(&http, base, 0..REPS).await?;
    let (burst, watched) = tokens.split_at(CHECK_INS);

    health(&http, base).await?;
    let (paced, burst) = burst.split_at(PACED);
    paced_check_ins(&http, base, paced, &locations).await?;
    reads::dashboards(&http, base, paced).await?;
    check_ins(&http, base, burst, &locations).await?;
    watchers(&http, base, &manager, watched, &locations).await
}

/// A database of its own on a PostgreSQL server.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    async fn execute(server: &str, sql: String) -> Result<(), Failure> {
        let mut server = PgConnection::connect(server).await?;
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut server).await?;
        Ok(())
    }

    async fn create(server: &str) -> Result<Self, Failure> {
        let name = format!("ekenko_load_{}", uuid::Uuid::new_v4().simple());
        let (address, _) = server.rsplit_once('/').ok_or("the address of PostgreSQL ends with a database")?;
        Self::execute(server, format!("CREATE DATABASE {name}")).await?;
        Ok(Self { url: format!("{address}/{name}"), server: server.into(), name })
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn drop(self) -> Result<(), Failure> {
        Self::execute(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
    }
}

/// 0 to 1, the same for the same `n`.
fn spread(n: u64) -> f64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (z >> 11) as f64 / (1u64 << 53) as f64
}

struct Server {
    process: tokio::process::Child,
    base: String,
}

impl Server {
    async fn start(binary: &str, installation: &Installation) -> Result<Self, Failure> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = tokio::process::Command::new(binary)
            .envs(installation.settings())
            .env("IP", "127.0.0.1")
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let base = format!("http://127.0.0.1:{port}");
        let http = reqwest::Client::new();
        for _ in 0..2_000 {
            if http.get(format!("{base}/ready")).send().await.is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(Self { process, base });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the server did not become ready within 10 s".into())
    }

    async fn stop(&mut self) {
        let _ = self.process.kill().await;
    }
}

async fn sign_in(http: &reqwest::Client, base: &str, who: &str) -> Result<String, Failure> {
    let body = serde_json::json!({ "email": format!("{who}@load.test"), "password": PASSWORD });
    let answer =
        http.post(format!("{base}/api/v1/auth/login")).json(&body).send().await?.error_for_status()?;
    Ok(answer.json::<Tokens>().await?.access_token)
}

async fn sign_in_all(
    http: &reqwest::Client,
    base: &str,
    reps: std::ops::Range<usize>,
) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = reps.map(|rep| format!("rep{rep}")).collect();
    let tokens = futures_util::stream::iter(names)
        .map(|name| async move { sign_in(http, base, &name).await })
        .buffered(CLIENTS)
        .collect::<Vec<_>>()
        .await;
    tokens.into_iter().collect()
}

/// What the client and HTTP alone cost.
async fn health(http: &reqwest::Client, base: &str) -> Result<(), Failure> {
    let begun = Instant::now();
    let rounds = join_all((0..CLIENTS).map(|_| async move {
        let mut times = Vec::new();
        for _ in 0..CHECK_INS / CLIENTS {
            let begun = Instant::now();
            http.get(format!("{base}/health")).send().await?.error_for_status()?.bytes().await?;
            times.push(begun.elapsed());
        }
        Ok::<_, Failure>(times)
    }))
    .await;
    let mut times = rounds.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    println!(
        "GET /health, {CLIENTS} clients: {:.0} a second",
        times.len() as f64 / begun.elapsed().as_secs_f64()
    );
    report("GET /health", &mut times);
    Ok(())
}

async fn check_in(
    http: &reqwest::Client,
    base: &str,
    token: &str,
    location: &Location,
) -> Result<VisitId, Failure> {
    let fix = Fix {
        lat: location.lat.try_into()?,
        lng: location.lng.try_into()?,
        accuracy_m: 12.0.try_into()?,
        taken_at: now(),
    };
    let id = VisitId(uuid::Uuid::new_v4());
    let command = CheckIn {
        id,
        location_id: LocationId(location.id.0),
        purpose: Purpose::OFFER,
        fix: Some(fix),
        occurred_at: None,
    };
    let answer = http.post(format!("{base}/api/v1/visits")).bearer_auth(token).json(&command).send().await?;
    answer.error_for_status()?.bytes().await?;
    Ok(id)
}

/// One check-in every 2 ms, whether or not those before it are answered; a late start counts as waiting.
async fn paced_check_ins(
    http: &reqwest::Client,
    base: &str,
    tokens: &[String],
    locations: &[Location],
) -> Result<(), Failure> {
    let begun = Instant::now();
    let rounds = join_all(tokens.iter().enumerate().map(|(n, token)| async move {
        let due = begun + PACE * n as u32;
        tokio::time::sleep_until(due.into()).await;
        check_in(http, base, token, &locations[n % locations.len()]).await?;
        Ok::<_, Failure>(due.elapsed())
    }))
    .await;
    let mut times = rounds.into_iter().collect::<Result<Vec<_>, _>>()?;
    report("check-in, 500 a second", &mut times);
    Ok(())
}

async fn check_ins(
    http: &reqwest::Client,
    base: &str,
    tokens: &[String],
    locations: &[Location],
) -> Result<(), Failure> {
    let begun = Instant::now();
    let rounds = join_all(tokens.chunks(tokens.len().div_ceil(CLIENTS)).enumerate().map(
        |(client, tokens)| async move {
            let mut times = Vec::new();
            for (n, token) in tokens.iter().enumerate() {
                let location = &locations[(client * 31 + n) % locations.len()];
                let begun = Instant::now();
                check_in(http, base, token, location).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, Failure>(times)
        },
    ))
    .await;
    let mut times = rounds.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    println!(
        "check-in, {CLIENTS} clients: {:.0} a second",
        times.len() as f64 / begun.elapsed().as_secs_f64()
    );
    report("check-in, 16 clients", &mut times);
    Ok(())
}

/// From the event's time, taken before its commit, to the frame in each watcher's hands.
async fn watchers(
    http: &reqwest::Client,
    base: &str,
    manager: &str,
    tokens: &[String],
    locations: &[Location],
) -> Result<(), Failure> {
    let expected = WATCHERS * tokens.len();
    let (open, mut opened) = tokio::sync::mpsc::channel(1);
    let (url, manager) = (format!("{}/api/v1/live", base.replacen("http", "ws", 1)), manager.to_owned());
    let watching = std::thread::spawn(move || watch::all(&url, &manager, WATCHERS, expected, &open));
    opened.recv().await.ok_or("the watchers could not connect")?;
    for (n, token) in tokens.iter().enumerate() {
        check_in(http, base, token, &locations[n % locations.len()]).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut times = watching.join().map_err(|_| "the watchers failed")??;
    println!("{} of {expected} frames arrived", times.len());
    report("check-in to a watcher's socket, 1,000 watchers", &mut times);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "measures against the machine's clock")]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().map_or(f64::NAN, ms);
    println!(
        "{what}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms ({} times)",
        at(0.5),
        at(0.95),
        at(0.99),
        times.len()
    );
}
