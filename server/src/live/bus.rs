//! Carries frames to the other processes. One process needs none: the hub hears its own publications directly.

use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use ekenko_domain::{event::Stream, id::OrganisationId};
use futures_util::StreamExt;
use redis::AsyncCommands;
use tokio::sync::mpsc;

use super::stream::Frame;

/// How many frames may wait for Redis or for the hub; what does not fit is found through its gap.
pub const WAITING: usize = 4096;

const CHANNEL: &str = "ekenko:events";

/// A frame with the organisation it belongs to.
pub type Published = (OrganisationId, Frame);

/// The way to the other processes.
pub enum Bus {
    /// There are none.
    Memory,
    /// Redis pub/sub.
    Redis(mpsc::Sender<Published>),
}

impl Bus {
    /// Connects to Redis and passes what other processes publish to `inbound`. Redis being away is survived: the hub
    /// finds missed frames in the table, and both directions connect again by themselves.
    pub fn redis(url: &str, inbound: mpsc::Sender<Published>) -> Result<Self, redis::RedisError> {
        let client = redis::Client::open(url)?;
        let (outbound, queue) = mpsc::channel(WAITING);
        tokio::spawn(send(client.clone(), queue));
        tokio::spawn(receive(client, inbound));
        Ok(Self::Redis(outbound))
    }

    /// Hands a frame to the other processes. Never waits.
    pub fn publish(&self, organisation: OrganisationId, frame: &Frame) {
        if let Self::Redis(outbound) = self
            && outbound.try_send((organisation, frame.clone())).is_err()
        {
            tracing::warn!(stream = %frame.stream, "bus queue full: other processes will read the event from the table");
        }
    }
}

async fn send(client: redis::Client, mut queue: mpsc::Receiver<Published>) {
    let mut connection = None;
    while let Some((organisation, frame)) = queue.recv().await {
        let message = format!("{organisation} {} {} {}", frame.stream, frame.offset, frame.text.as_str());
        // A second try covers a connection that had gone stale; beyond that the table serves.
        for _ in 0..2 {
            if connection.is_none() {
                match client.get_multiplexed_async_connection().await {
                    Ok(open) => connection = Some(open),
                    Err(error) => {
                        tracing::warn!(%error, "cannot reach Redis to publish");
                        break;
                    }
                }
            }
            if let Some(open) = connection.as_mut() {
                match open.publish::<_, _, ()>(CHANNEL, &message).await {
                    Ok(()) => break,
                    Err(error) => {
                        tracing::warn!(%error, "Redis did not take an event");
                        connection = None;
                    }
                }
            }
        }
    }
}

async fn receive(client: redis::Client, inbound: mpsc::Sender<Published>) {
    loop {
        if let Err(error) = listen(&client, &inbound).await {
            tracing::warn!(%error, "not listening to Redis; trying again");
        }
        if inbound.is_closed() {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn listen(client: &redis::Client, inbound: &mpsc::Sender<Published>) -> Result<(), redis::RedisError> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe(CHANNEL).await?;
    let mut messages = subscription.into_on_message();
    while let Some(message) = messages.next().await {
        let text: String = message.get_payload()?;
        match parse(&text) {
            Some(published) => {
                // Waiting here would let Redis drop the connection; the gap is found instead.
                let _ = inbound.try_send(published);
            }
            None => tracing::warn!("a message on {CHANNEL} is not ours"),
        }
    }
    Ok(())
}

fn parse(message: &str) -> Option<Published> {
    let mut parts = message.splitn(4, ' ');
    let organisation = parts.next()?.parse().ok()?;
    let stream: Stream = parts.next()?.parse().ok()?;
    let offset = parts.next()?.parse().ok()?;
    Some((organisation, Frame { stream, offset, text: Utf8Bytes::from(parts.next()?) }))
}
