//! Echoes every message over the live hub's own upgrade and frames, for the conformance tests of websocket servers: `scripts/autobahn`.
//!
//! `echo PORT`

use axum::{Router, extract::Request, response::IntoResponse, response::Response, routing::get};
use bytes::Bytes;
use ekenko_server::{
    http::{Ends, serve},
    live::{
        upgrade::Upgrade,
        wire::{self, Decoder, Message},
    },
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Cases of the suite send up to 16 MiB.
const LARGEST: usize = 16 * 1024 * 1024;

async fn echo(mut io: TcpStream, early: Bytes) {
    let mut decoder = Decoder::new(LARGEST);
    let mut bytes = early.to_vec();
    loop {
        let mut input = &bytes[..];
        loop {
            let (answer, last) = match decoder.next(&mut input) {
                Ok(None) => break,
                Ok(Some(Message::Text(text))) => (wire::text(&text), false),
                Ok(Some(Message::Binary(payload))) => (wire::binary(&payload), false),
                Ok(Some(Message::Ping(payload))) => (wire::pong(&payload), false),
                Ok(Some(Message::Pong)) => continue,
                Ok(Some(Message::Close(code))) => (wire::close(code, ""), true),
                Err(fault) => (wire::close(Some(fault.code()), &fault.to_string()), true),
            };
            if io.write_all(&answer).await.is_err() || last {
                let _ = io.shutdown().await;
                return;
            }
        }
        bytes.resize(4096, 0);
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
}

async fn upgrade(mut request: Request) -> Response {
    match Upgrade::of(&mut request) {
        Some(upgrade) => upgrade.answer(echo),
        None => "websocket, please".into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).ok_or("echo PORT")?;
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    serve(listener, Router::new().route("/", get(upgrade)), std::future::pending(), Ends::default()).await;
    Ok(())
}
