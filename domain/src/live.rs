//! The live protocol, version 1: what goes over `/api/v1/live`. Described in docs/live-protocol.md.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    event::{Event, Offsets, Stream},
    id::SessionId,
};

/// A frame a client sends: an object with one key, its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame.
    Hello(Hello),
    /// Adds streams to the session.
    Follow(Follow),
    /// Takes streams from the session.
    Unfollow(Unfollow),
    /// Asks for a pong.
    Ping(Ping),
}

/// Who connects and how far they have read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// An access token; browsers leave it out and use their cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The last offset seen of each stream; streams left out start at their head.
    #[serde(default)]
    pub resume: Offsets,
}

/// Streams to add.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Follow {
    /// Which.
    pub streams: Vec<Stream>,
    /// The last offset seen of each.
    #[serde(default)]
    pub resume: Offsets,
}

/// Streams to take away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unfollow {
    /// Which.
    pub streams: Vec<Stream>,
}

/// A sign of life; `t` comes back as it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    /// Anything.
    #[serde(default)]
    pub t: serde_json::Value,
}

/// A frame the server sends: an object with one key, its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// Answers hello and follow.
    Welcome(Welcome),
    /// Something happened.
    Event(Event),
    /// Too old to replay: reload the snapshot, continue from `head`.
    Resync(Resync),
    /// Answers ping.
    Pong(Pong),
    /// The frame before was refused; the session goes on unless it is closed.
    Error(Refused),
}

/// The session is set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// This connection.
    pub session: SessionId,
    /// The streams this hello or follow added, with their heads.
    pub streams: Offsets,
    /// To set a clock by.
    pub server_time: DateTime<Utc>,
}

/// A stream that cannot be replayed from where the client was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resync {
    /// Which.
    pub stream: Stream,
    /// Where it is now.
    pub head: i64,
}

/// The answer to a ping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pong {
    /// As sent.
    pub t: serde_json::Value,
    /// To set a clock by.
    pub server_time: DateTime<Utc>,
}

/// Why a frame was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// Stable: `bad_frame`, `unauthenticated`, `forbidden_stream`.
    pub code: String,
    /// For a person.
    pub message: String,
}

/// Why the server closes a socket, and whether to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Close {
    /// The server is stopping: come back now, with the offsets seen.
    Restart = 4000,
    /// What you asked for you did not read: come back now, with the offsets seen.
    Slow = 4001,
    /// The database is away: come back after 10 s.
    Busy = 4002,
    /// More frames than anybody needs: come back after 10 s.
    Flood = 4003,
    /// No or no longer valid credentials: sign in or refresh, then come back.
    SignIn = 4401,
    /// Not speaking the protocol: do not come back before it is mended.
    BadFrame = 4400,
}

/// What a client does after a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Connect again at once.
    Now,
    /// Connect again after so many seconds, doubling up to 30.
    Seconds(u32),
    /// Get fresh credentials first.
    SignIn,
    /// Stay away.
    Never,
}

/// What to do after a socket closed with `code`; anything unknown is a lost connection.
pub fn after_close(code: u16) -> After {
    match code {
        4000 | 4001 => After::Now,
        4002 | 4003 => After::Seconds(10),
        4401 => After::SignIn,
        4400 | 1002 | 1007 | 1009 => After::Never,
        _ => After::Seconds(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_look_as_documented() {
        let hello = r#"{"hello":{"token":"x","resume":{"team:7b0c2f6e-27a8-4b8f-8f0a-0d6c5b3f9a11":812}}}"#;
        let frame: ClientFrame = serde_json::from_str(hello).unwrap();
        assert_eq!(serde_json::to_string(&frame).unwrap(), hello);
        assert!(serde_json::from_str::<ClientFrame>(r#"{"hello":{}}"#).is_ok());
        assert!(serde_json::from_str::<ClientFrame>(r#"{"ping":{"t":17}}"#).is_ok());
        assert!(serde_json::from_str::<ClientFrame>(r#"{"shout":{}}"#).is_err());
        let refused = ServerFrame::Error(Refused { code: "bad_frame".into(), message: "no".into() });
        assert_eq!(
            serde_json::to_string(&refused).unwrap(),
            r#"{"error":{"code":"bad_frame","message":"no"}}"#
        );
    }

    #[test]
    fn close_codes_tell_what_to_do() {
        assert_eq!(after_close(Close::Restart as u16), After::Now);
        assert_eq!(after_close(Close::SignIn as u16), After::SignIn);
        assert_eq!(after_close(1006), After::Seconds(1));
        assert_eq!(after_close(Close::BadFrame as u16), After::Never);
        assert_eq!(after_close(1009), After::Never);
        assert_eq!(after_close(Close::Slow as u16), After::Now);
        assert_eq!(after_close(Close::Flood as u16), After::Seconds(10));
    }
}
