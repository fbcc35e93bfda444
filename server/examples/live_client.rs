//! Prints the check-ins a manager may see, over restarts, broken lines and expired tokens.
//!
//! `cargo run -p ekenko-server --example live_client -- http://127.0.0.1:8080 manager1@ekenko.test ekenko-demo`

use std::{collections::VecDeque, time::Duration};

use ekenko_domain::{
    event::{Kind, Offsets},
    follower::{Act, Follower, Heard},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

type Error = Box<dyn std::error::Error>;

/// The API, as somebody.
struct Api {
    http: reqwest::Client,
    server: String,
    account: Value,
    token: String,
}

impl Api {
    async fn sign_in(&mut self) -> Result<(), Error> {
        let answer =
            self.http.post(format!("{}/api/v1/auth/login", self.server)).json(&self.account).send().await?;
        let tokens: Value = answer.error_for_status()?.json().await?;
        self.token = tokens["access_token"].as_str().unwrap_or_default().to_owned();
        Ok(())
    }

    /// The day so far, and the offsets it is true at.
    async fn snapshot(&self) -> Result<Offsets, Error> {
        let answer =
            self.http.get(format!("{}/api/v1/board", self.server)).bearer_auth(&self.token).send().await?;
        let board: Value = answer.error_for_status()?.json().await?;
        let visits: i64 =
            board["reps"].as_array().into_iter().flatten().filter_map(|rep| rep["visits"].as_i64()).sum();
        println!("{visits} check-ins so far");
        Ok(serde_json::from_value(board["streams"].clone())?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let (Some(server), Some(email), Some(password)) = (args.next(), args.next(), args.next()) else {
        return Err("live_client SERVER EMAIL PASSWORD".into());
    };
    let account = json!({ "email": email, "password": password });
    let mut api = Api { http: reqwest::Client::new(), server, account, token: String::new() };
    api.sign_in().await?;
    let mut follower = Follower::new(api.snapshot().await?);
    let mut socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>> = None;
    let mut timer = Instant::now();
    let mut acts = VecDeque::from([Act::Open]);
    loop {
        let heard = match acts.pop_front() {
            Some(Act::Open) => {
                match connect_async(format!("{}/api/v1/live", api.server.replacen("http", "ws", 1))).await {
                    Ok((open, _)) => {
                        socket = Some(open);
                        Heard::Opened(Some(api.token.clone()))
                    }
                    Err(error) => {
                        eprintln!("cannot connect: {error}");
                        Heard::Closed(1006)
                    }
                }
            }
            Some(Act::Refresh) => Heard::Refreshed(api.sign_in().await.is_ok()),
            Some(Act::SignIn) => return Err("the account is closed".into()),
            Some(Act::Say(frame)) => {
                if let Some(socket) = &mut socket {
                    // A broken line is heard of below.
                    let _ = socket.send(Message::text(serde_json::to_string(&frame)?)).await;
                }
                continue;
            }
            Some(Act::Drop) => {
                socket = None;
                continue;
            }
            Some(Act::Wait(millis)) => {
                timer = Instant::now() + Duration::from_millis(millis.into());
                continue;
            }
            Some(Act::Tell(event)) => {
                if event.kind == Kind::VisitCheckedIn && event.stream.to_string().starts_with("team:") {
                    let visit = &event.data;
                    println!(
                        "{} {} {}",
                        visit["employee"]["name"], visit["location"]["name"], visit["verdict"]
                    );
                }
                continue;
            }
            Some(Act::Reload) => {
                api.snapshot().await?;
                continue;
            }
            Some(Act::Live(live)) => {
                println!("{}", if live { "live" } else { "not connected" });
                continue;
            }
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
                            Err(_) => continue,
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
