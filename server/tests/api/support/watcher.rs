//! A program at the live socket.

use std::{future::Future, time::Duration};

use ekenko_domain::{
    event::Event,
    live::{Resync, ServerFrame, Welcome},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use super::{Client, TestApp};

/// Waits for something that must happen soon.
pub async fn within<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), wait)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

pub struct Watcher {
    socket: WebSocketStream<TcpStream>,
}

impl Watcher {
    /// Connects without a word. A small `buffer` makes a client that holds nothing it has not read.
    pub async fn connect(
        app: &TestApp,
        headers: &[(&'static str, &str)],
        buffer: Option<u32>,
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{}/api/v1/live", app.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let tcp = tokio::net::TcpSocket::new_v4().unwrap();
        if let Some(bytes) = buffer {
            tcp.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = tcp.connect(app.address.parse().unwrap()).await.unwrap();
        match within("the socket", tokio_tungstenite::client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn silent(app: &TestApp) -> Self {
        Self::connect(app, &[], None).await.unwrap()
    }

    /// Connects and says hello.
    pub async fn hello(app: &TestApp, client: &Client, resume: Value) -> (Self, Welcome) {
        let mut watcher = Self::silent(app).await;
        let welcome = watcher.greet(client, resume).await;
        (watcher, welcome)
    }

    pub async fn greet(&mut self, client: &Client, resume: Value) -> Welcome {
        self.say(json!({ "hello": { "token": client.token, "resume": resume } })).await;
        self.welcome().await
    }

    pub async fn say(&mut self, frame: Value) {
        self.say_text(&frame.to_string()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    pub async fn send(&mut self, message: Message) {
        within("sending", self.socket.send(message)).await.unwrap();
    }

    /// Sends bytes as they are, which may be no frame at all.
    pub async fn raw(&mut self, bytes: &[u8]) {
        within("sending", self.socket.get_mut().write_all(bytes)).await.unwrap();
    }

    /// The next message that is not about the connection itself.
    pub async fn message(&mut self) -> Message {
        loop {
            match within("a frame", self.socket.next()).await.expect("the socket is open").unwrap() {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    pub async fn text(&mut self) -> String {
        match self.message().await {
            Message::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    pub async fn frame(&mut self) -> ServerFrame {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    pub async fn welcome(&mut self) -> Welcome {
        match self.frame().await {
            ServerFrame::Welcome(welcome) => welcome,
            other => panic!("{other:?}"),
        }
    }

    pub async fn event(&mut self) -> Event {
        match self.frame().await {
            ServerFrame::Event(event) => event,
            other => panic!("{other:?}"),
        }
    }

    /// The next event of this stream; others are passed over.
    pub async fn event_of(&mut self, stream: &str) -> Event {
        loop {
            let event = self.event().await;
            if event.stream.to_string() == stream {
                return event;
            }
        }
    }

    pub async fn resync(&mut self) -> Resync {
        match self.frame().await {
            ServerFrame::Resync(resync) => resync,
            other => panic!("{other:?}"),
        }
    }

    /// The code of the error frame that comes next.
    pub async fn refused(&mut self) -> String {
        match self.frame().await {
            ServerFrame::Error(refused) => refused.code,
            other => panic!("{other:?}"),
        }
    }

    /// The code the socket closes with; other frames are passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.message().await {
                return frame.expect("a close has a code").code.into();
            }
        }
    }
}
