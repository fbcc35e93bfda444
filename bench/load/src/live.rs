//! The live hub alone (`server/examples/hub_only.rs`) under N watchers: how many deliveries a second, how late, at what cost, and
//! whether any was lost.

use std::{
    cell::Cell,
    path::Path,
    process::Stdio,
    rc::Rc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use tokio::{io::AsyncReadExt, net::TcpStream, process::Command, sync::Notify};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    Failure, ms, now,
    watch::{frame, time},
};

const WATCHERS: [usize; 3] = [200, 1_000, 5_000];
/// Deliveries of a run that keeps events in flight, and how many of them.
const DELIVERIES: usize = 2_000_000;
const IN_FLIGHT: usize = 16;
/// Events a second of a calm run, and how many.
const RATE: u32 = 50;
const CALM: usize = 300;
/// Every so many watchers one notes how late events are; all count them.
const NOTED: usize = 16;
/// Silence after which what has not come is lost.
const PATIENCE: Duration = Duration::from_secs(3);
/// Where an event's offset begins: `{"event":{"stream":"org:<uuid>","offset":`.
const OFFSET_AT: usize = r#"{"event":{"stream":"org:","offset":"#.len() + 36;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Measures on both buses. Each run has a process of its own, stopped by its id.
pub fn run(program: &Path) -> Result<(), Failure> {
    let redis = std::env::var("EKENKO_TEST_REDIS").ok();
    for bus in [None, redis.as_deref()].into_iter().take(1 + usize::from(redis.is_some())) {
        println!("== {}", if bus.is_some() { "two hubs, over Redis" } else { "one hub, in memory" });
        println!(
            "watchers  in flight: /s  CPU s/M | {RATE}/s: p50  p99  max ms | KiB each  connects/s | lost  out of order"
        );
        for watchers in WATCHERS {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            tokio::task::LocalSet::new().block_on(&runtime, measure(program, bus, watchers))?;
        }
    }
    Ok(())
}

/// What the watchers have seen together.
#[derive(Default)]
struct Seen {
    delivered: Cell<usize>,
    disordered: Cell<usize>,
    late: std::cell::RefCell<Vec<Duration>>,
    more: Notify,
}

async fn measure(program: &Path, redis: Option<&str>, watchers: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let tokens = folder.path().join("tokens");
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut hub = Command::new(program)
        .arg(port.to_string())
        .arg(&tokens)
        .args(redis)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let pid = hub.id().ok_or("the hub did not start")?;
    let base = format!("ws://127.0.0.1:{port}");
    let mut publisher = patiently(&format!("{base}/pub")).await?;
    let tokens: Vec<_> = std::fs::read_to_string(&tokens)?.lines().map(str::to_owned).collect();

    let empty = rss_kib(pid)?;
    let begun = Instant::now();
    let seen = Rc::new(Seen::default());
    let mut sockets = Vec::new();
    for number in 0..watchers {
        sockets.push(follow(&base, &tokens[number % tokens.len()]).await?);
    }
    let connects = watchers as f64 / begun.elapsed().as_secs_f64();
    for (number, socket) in sockets.into_iter().enumerate() {
        tokio::task::spawn_local(watch(socket, seen.clone(), number % NOTED == 0));
    }

    let events = DELIVERIES / watchers;
    let (cpu, begun) = (cpu_s(pid)?, Instant::now());
    for event in 0..events {
        if event >= IN_FLIGHT {
            arrived(&seen, (event - IN_FLIGHT + 1) * watchers).await;
        }
        publisher.send(Message::text(check_in(event))).await?;
    }
    arrived(&seen, events * watchers).await;
    let rate = seen.delivered.get() as f64 / begun.elapsed().as_secs_f64();
    let cost = (cpu_s(pid)? - cpu) / seen.delivered.get() as f64 * 1e6;

    seen.late.borrow_mut().clear();
    let mut pace = tokio::time::interval(Duration::from_secs(1) / RATE);
    for event in 0..CALM {
        pace.tick().await;
        publisher.send(Message::text(check_in(event))).await?;
    }
    let expected = (events + CALM) * watchers;
    arrived(&seen, expected).await;
    let mut late = seen.late.take();
    let each = (rss_kib(pid)? - empty) / watchers as f64;
    late.sort_unstable();
    let at = |share: f64| {
        late.get((late.len() as f64 * share) as usize).or(late.last()).copied().map_or(f64::NAN, ms)
    };
    let [p50, p99, max] = [0.5, 0.99, 1.].map(at);
    println!(
        "{watchers:8}  {rate:13.0}  {cost:7.2} | {p50:9.1} {p99:5.1} {max:6.1}   | {each:8.1}  {connects:10.0} | {:4}  {}",
        expected - seen.delivered.get(),
        seen.disordered.get()
    );
    hub.kill().await?;
    Ok(())
}

/// Waits for so many deliveries in all, or until nothing comes any more.
async fn arrived(seen: &Seen, expected: usize) {
    while seen.delivered.get() < expected {
        if tokio::time::timeout(PATIENCE, seen.more.notified()).await.is_err() {
            return;
        }
    }
}

/// About 300 bytes, as a check-in's event.
fn check_in(number: usize) -> String {
    let note = "visit shelf audit display stock photo order ".repeat(4);
    format!(
        r#"{{"rep":{},"site":"S-{:05}","lat":13.{:06},"lng":100.{:06},"note":"{note}"}}"#,
        number % 977,
        number,
        number,
        number
    )
}

async fn patiently(address: &str) -> Result<Socket, Failure> {
    for _ in 0..100 {
        if let Ok((socket, _)) = connect_async(address).await {
            return Ok(socket);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("nobody answers at {address}").into())
}

async fn follow(base: &str, token: &str) -> Result<TcpStream, Failure> {
    let mut request = format!("{base}/live").into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    let (mut socket, _) = connect_async(request).await?;
    socket.send(Message::text(r#"{"hello":{}}"#)).await?;
    socket.next().await.ok_or("no welcome")??;
    match socket.into_inner() {
        MaybeTlsStream::Plain(stream) => Ok(stream),
        _ => Err("loopback is not encrypted".into()),
    }
}

/// Reads frames by hand: a full websocket client a watcher would cost more than the hub.
async fn watch(mut socket: TcpStream, seen: Rc<Seen>, noted: bool) {
    let mut waiting = Vec::new();
    let mut last = 0;
    while let Ok(1..) = socket.read_buf(&mut waiting).await {
        let arrived = now();
        let mut start = 0;
        while let Some((body, end)) = frame(&waiting, start) {
            let offset = offset(&waiting[body..end]);
            if offset > 0 {
                seen.delivered.set(seen.delivered.get() + 1);
                seen.disordered.set(seen.disordered.get() + usize::from(offset != last + 1));
                last = offset;
                if noted && let Some(at) = time(&waiting[body..end]) {
                    seen.late.borrow_mut().push((arrived - at).to_std().unwrap_or_default());
                }
            }
            start = end;
        }
        waiting.drain(..start);
        waiting.shrink_to(4096);
        seen.more.notify_one();
    }
}

/// The offset of an event; 0 of any other frame.
fn offset(frame: &[u8]) -> u64 {
    if !frame.starts_with(br#"{"event""#) {
        return 0;
    }
    let digits = frame.iter().skip(OFFSET_AT).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

fn stat(pid: u32, file: &str) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(format!("/proc/{pid}/{file}"))?)
}

/// Processor time so far, in seconds; Linux counts hundredths.
fn cpu_s(pid: u32) -> Result<f64, Failure> {
    let stat = stat(pid, "stat")?;
    let rest = stat.rsplit_once(") ").ok_or("stat")?.1;
    let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.)
}

/// Memory in use, in KiB.
fn rss_kib(pid: u32) -> Result<f64, Failure> {
    let status = stat(pid, "status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
