//! A thousand watchers on one thread. After the handshake they read frames by hand: a full websocket client a socket
//! would cost more than the server it measures.

use std::time::Duration;

use ekenko_domain::live::{ClientFrame, Hello};
use futures_util::{SinkExt, StreamExt, future::join_all};
use tokio::{io::AsyncReadExt, net::TcpStream, sync::mpsc};
use tokio_tungstenite::{MaybeTlsStream, connect_async, tungstenite::Message};

use crate::{Failure, now};

/// Connects all, says so on `open`, and gives the latency of every event frame until `expected` came or 10 s passed
/// without any.
pub fn all(
    url: &str,
    token: &str,
    watchers: usize,
    expected: usize,
    open: &mpsc::Sender<()>,
) -> Result<Vec<Duration>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut sockets = Vec::new();
        for _ in 0..watchers {
            sockets.push(connect(url, token).await?);
        }
        open.send(()).await?;
        let each = expected / watchers;
        let latencies = join_all(sockets.into_iter().map(|socket| tokio::spawn(read(socket, each)))).await;
        Ok(latencies.into_iter().flatten().flatten().collect())
    })
}

async fn connect(url: &str, token: &str) -> Result<TcpStream, Failure> {
    let (mut socket, _) = connect_async(url).await?;
    let hello = ClientFrame::Hello(Hello { token: Some(token.into()), ..Hello::default() });
    socket.send(Message::Text(serde_json::to_string(&hello)?.into())).await?;
    socket.next().await.ok_or("no welcome")??;
    match socket.into_inner() {
        MaybeTlsStream::Plain(stream) => Ok(stream),
        _ => Err("loopback is not encrypted".into()),
    }
}

async fn read(mut socket: TcpStream, expected: usize) -> Vec<Duration> {
    let (mut latencies, mut waiting) = (Vec::with_capacity(expected), Vec::with_capacity(16 * 1024));
    while latencies.len() < expected {
        match tokio::time::timeout(Duration::from_secs(10), socket.read_buf(&mut waiting)).await {
            Ok(Ok(read)) if read > 0 => {}
            _ => break,
        }
        let arrived = now();
        let mut start = 0;
        while let Some((body, end)) = frame(&waiting, start) {
            if let Some(at) = time(&waiting[body..end]) {
                latencies.push((arrived - at).to_std().unwrap_or_default());
            }
            start = end;
        }
        waiting.drain(..start);
    }
    latencies
}

/// Where the body of the frame at `start` begins and ends, once it is there whole. Servers do not mask (RFC 6455, 5.1).
pub fn frame(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let head = bytes.get(start..)?;
    let (length, header) = match *head.get(1)? {
        126 => (usize::from(u16::from_be_bytes(head.get(2..4)?.try_into().ok()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(head.get(2..10)?.try_into().ok()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let (body, end) = (start + header, start + header + length);
    (bytes.len() >= end).then_some((body, end))
}

/// The event's time, from among its first members.
pub fn time(frame: &[u8]) -> Option<chrono::DateTime<chrono::Utc>> {
    const KEY: &[u8] = br#""at":""#;
    let begin = frame.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let end = begin + frame.get(begin..)?.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&frame[begin..end]).ok()?.parse().ok()
}
