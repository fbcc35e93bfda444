//! How a client of the live protocol stays connected and hands over every event once and in order: decided without a socket,
//! a clock or chance of its own, the same in the browser, on the desktop and in a test.

use crate::{
    event::{Event, Offsets},
    live::{After, ClientFrame, Hello, Ping, ServerFrame, after_close},
};

/// A dead connection shows no sign of it: silence this long gets a ping, twice as long ends it. In milliseconds.
const QUIET_MS: u32 = 15_000;
/// The same once the reader looks again, who may have closed the lid for an hour.
const SOON_MS: u32 = 3_000;
/// Waits between attempts grow from the first to the longest.
const FIRST_MS: u32 = 500;
const LONGEST_MS: u32 = 10_000;

/// What happens to a follower.
#[derive(Debug)]
pub enum Heard {
    /// The socket asked for is open; with the token to show, if there is one.
    Opened(Option<String>),
    /// A frame came.
    Frame(ServerFrame),
    /// The socket closed, or could not be opened; 1006 when there is no code.
    Closed(u16),
    /// The time asked for has passed.
    Timer,
    /// The proof asked for is fresh, or there is none any more.
    Refreshed(bool),
    /// The device has a network again.
    Online,
    /// The device has none.
    Offline,
    /// The reader looks at the page again.
    Shown,
}

/// What a follower asks for.
#[derive(Debug, PartialEq)]
pub enum Act {
    /// Open a socket.
    Open,
    /// Drop the socket. It is not told of the end of that one.
    Drop,
    /// Send a frame.
    Say(ClientFrame),
    /// Say `Timer` after so many milliseconds, instead of any time asked for before.
    Wait(u32),
    /// Get a fresh proof and say `Refreshed`.
    Refresh,
    /// Ask the reader to sign in; it is over.
    SignIn,
    /// Something happened.
    Tell(Box<Event>),
    /// Too much happened to tell it one by one: load afresh.
    Reload,
    /// Events arrive as they happen, or no longer do.
    Live(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A socket is being opened.
    Opening,
    /// It is open; whether a ping is unanswered.
    Open { pinged: bool },
    /// Until the timer.
    Waiting,
    /// Until the network is back.
    Offline,
    /// Until the proof is fresh.
    Refreshing,
    /// For good.
    Over,
}

/// A client that follows every stream its reader may see.
#[derive(Debug)]
pub struct Follower {
    seen: Offsets,
    state: State,
    live: bool,
    /// Attempts since the last welcome.
    attempts: u32,
}

impl Follower {
    /// Goes on after what a snapshot was true at; the first thing to do is [`Act::Open`].
    pub fn new(seen: Offsets) -> Self {
        Self { seen, state: State::Opening, live: false, attempts: 0 }
    }

    /// The last offset of each stream that was told.
    pub fn seen(&self) -> &Offsets {
        &self.seen
    }

    /// What to do about what happened. `chance` is from 0 to 1: by it, not everybody comes back at once.
    pub fn on(&mut self, heard: Heard, chance: f64) -> Vec<Act> {
        match (heard, self.state) {
            (_, State::Over) => Vec::new(),
            (Heard::Opened(token), State::Opening) => {
                self.state = State::Open { pinged: false };
                let hello = Hello { token, resume: self.seen.clone() };
                vec![Act::Say(ClientFrame::Hello(hello)), Act::Wait(QUIET_MS)]
            }
            (Heard::Frame(frame), State::Open { .. }) => self.frame(frame),
            (Heard::Closed(code), State::Opening | State::Open { .. }) => {
                self.lost(after_close(code), chance)
            }
            (Heard::Timer, State::Waiting) => self.open(),
            (Heard::Timer, State::Open { pinged: true }) => {
                let mut acts = vec![Act::Drop];
                acts.extend(self.lost(After::Seconds(1), chance));
                acts
            }
            (Heard::Timer, State::Open { pinged: false }) => self.ping(QUIET_MS),
            (Heard::Refreshed(true), State::Refreshing) => self.wait(0, chance),
            (Heard::Refreshed(false), State::Refreshing) => {
                self.state = State::Over;
                vec![Act::SignIn]
            }
            (Heard::Offline, State::Open { .. } | State::Opening) => {
                self.state = State::Offline;
                let mut acts = vec![Act::Drop];
                acts.extend(self.dark());
                acts
            }
            (Heard::Offline, State::Waiting) => {
                self.state = State::Offline;
                Vec::new()
            }
            (Heard::Online, State::Offline | State::Waiting) | (Heard::Shown, State::Waiting) => {
                self.attempts = 0;
                self.open()
            }
            // The device may have slept: what looks open may be long gone.
            (Heard::Shown | Heard::Online, State::Open { .. }) => self.ping(SOON_MS),
            _ => Vec::new(),
        }
    }

    fn open(&mut self) -> Vec<Act> {
        self.state = State::Opening;
        vec![Act::Open]
    }

    fn ping(&mut self, within: u32) -> Vec<Act> {
        self.state = State::Open { pinged: true };
        vec![Act::Say(ClientFrame::Ping(Ping::default())), Act::Wait(within)]
    }

    fn dark(&mut self) -> Option<Act> {
        std::mem::take(&mut self.live).then_some(Act::Live(false))
    }

    fn lost(&mut self, after: After, chance: f64) -> Vec<Act> {
        let mut acts: Vec<_> = self.dark().into_iter().collect();
        match after {
            After::Never => self.state = State::Over,
            After::SignIn => {
                self.state = State::Refreshing;
                acts.push(Act::Refresh);
            }
            After::Now => acts.extend(self.wait(0, chance)),
            After::Seconds(seconds) => acts.extend(self.wait(seconds.saturating_sub(1) * 1000, chance)),
        }
        acts
    }

    /// Waits for `least` and a share, by chance, of a time that doubles with each attempt ("full jitter").
    fn wait(&mut self, least: u32, chance: f64) -> Vec<Act> {
        self.state = State::Waiting;
        let most = FIRST_MS.saturating_mul(1 << self.attempts.min(10)).min(LONGEST_MS);
        self.attempts = self.attempts.saturating_add(1);
        vec![Act::Wait(least + (f64::from(most) * chance.clamp(0., 1.)) as u32)]
    }

    fn frame(&mut self, frame: ServerFrame) -> Vec<Act> {
        self.state = State::Open { pinged: false };
        let mut acts = vec![Act::Wait(QUIET_MS)];
        match frame {
            ServerFrame::Welcome(welcome) => {
                for (stream, head) in welcome.streams {
                    self.seen.entry(stream).or_insert(head);
                }
                self.attempts = 0;
                if !std::mem::replace(&mut self.live, true) {
                    acts.push(Act::Live(true));
                }
            }
            ServerFrame::Event(event) => {
                // What was told once is not told again.
                if self.seen.get(&event.stream).is_none_or(|last| event.offset > *last) {
                    self.seen.insert(event.stream, event.offset);
                    acts.push(Act::Tell(Box::new(event)));
                }
            }
            ServerFrame::Resync(resync) => {
                self.seen.insert(resync.stream, resync.head);
                acts.push(Act::Reload);
            }
            ServerFrame::Pong(_) | ServerFrame::Error(_) => {}
        }
        acts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::{Kind, Stream},
        id::{EventId, SessionId, TeamId},
        live::{Resync, Welcome},
    };
    use chrono::DateTime;
    use uuid::Uuid;

    const ID: Uuid = Uuid::from_u128(0x6f1c5f0e_2f6b_4a0e_9c3f_1a2b3c4d5e00);
    const TEAM: Stream = Stream::Team(TeamId(ID));

    fn event(offset: i64) -> Heard {
        let (id, at) = (EventId(ID), DateTime::UNIX_EPOCH);
        let event =
            Event { stream: TEAM, offset, id, kind: Kind::VisitCheckedIn, at, data: serde_json::Value::Null };
        Heard::Frame(ServerFrame::Event(event))
    }

    fn welcome(head: i64) -> Heard {
        let (session, server_time) = (SessionId(ID), DateTime::UNIX_EPOCH);
        let streams = Offsets::from([(TEAM, head)]);
        Heard::Frame(ServerFrame::Welcome(Welcome { session, streams, server_time }))
    }

    /// One that is connected and has been welcomed.
    fn live(seen: i64) -> Follower {
        let mut follower = Follower::new(Offsets::from([(TEAM, seen)]));
        let hello = Hello { token: None, resume: Offsets::from([(TEAM, seen)]) };
        assert_eq!(
            follower.on(Heard::Opened(None), 0.),
            [Act::Say(ClientFrame::Hello(hello)), Act::Wait(QUIET_MS)]
        );
        assert_eq!(follower.on(welcome(seen), 0.), [Act::Wait(QUIET_MS), Act::Live(true)]);
        follower
    }

    #[test]
    fn events_are_told_once_and_resumed_after_the_last() {
        let mut follower = live(3);
        assert!(matches!(follower.on(event(4), 0.)[..], [Act::Wait(_), Act::Tell(_)]));
        assert_eq!(follower.on(event(4), 0.), [Act::Wait(QUIET_MS)]);
        assert_eq!(follower.on(event(2), 0.), [Act::Wait(QUIET_MS)]);
        assert_eq!(follower.on(Heard::Closed(1006), 0.5), [Act::Live(false), Act::Wait(250)]);
        assert_eq!(follower.on(Heard::Timer, 0.), [Act::Open]);
        let hello = Hello { token: Some("t".into()), resume: Offsets::from([(TEAM, 4)]) };
        let acts = follower.on(Heard::Opened(Some("t".into())), 0.);
        assert_eq!(acts[0], Act::Say(ClientFrame::Hello(hello)));
        let resync = ServerFrame::Resync(Resync { stream: TEAM, head: 9000 });
        assert_eq!(follower.on(Heard::Frame(resync), 0.), [Act::Wait(QUIET_MS), Act::Reload]);
        assert_eq!(follower.seen()[&TEAM], 9000);
    }

    #[test]
    fn a_stream_without_an_offset_begins_at_its_head() {
        let mut follower = Follower::new(Offsets::new());
        follower.on(Heard::Opened(None), 0.);
        follower.on(welcome(7), 0.);
        assert!(matches!(follower.on(event(8), 0.)[..], [_, Act::Tell(_)]));
        follower.on(Heard::Closed(4000), 0.);
        follower.on(Heard::Timer, 0.);
        follower.on(Heard::Opened(None), 0.);
        follower.on(welcome(12), 0.);
        assert_eq!(follower.seen()[&TEAM], 8, "what was missed is still to come");
    }

    #[test]
    fn waits_double_up_to_the_longest_and_chance_takes_a_share_of_them() {
        let mut follower = live(0);
        let mut waits = Vec::new();
        for _ in 0..8 {
            let acts = follower.on(Heard::Closed(1006), 1.);
            let Some(Act::Wait(wait)) = acts.last() else { panic!("{acts:?}") };
            waits.push(*wait);
            assert_eq!(follower.on(Heard::Timer, 1.), [Act::Open]);
        }
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
        assert_eq!(follower.on(Heard::Closed(1006), 0.), [Act::Wait(0)]);
        follower.on(Heard::Timer, 0.);
        follower.on(Heard::Opened(None), 0.);
        follower.on(welcome(0), 0.);
        assert_eq!(
            follower.on(Heard::Closed(4000), 1.),
            [Act::Live(false), Act::Wait(500)],
            "a welcome forgets them"
        );
    }

    #[test]
    fn close_codes_are_obeyed() {
        for (code, expected) in [
            (4000, Act::Wait(0)),
            (4001, Act::Wait(0)),
            (4002, Act::Wait(9000)),
            (4003, Act::Wait(9000)),
            (4401, Act::Refresh),
        ] {
            assert_eq!(live(0).on(Heard::Closed(code), 0.).pop(), Some(expected), "{code}");
        }
        let mut follower = live(0);
        assert_eq!(follower.on(Heard::Closed(4400), 0.), [Act::Live(false)]);
        for heard in [Heard::Timer, Heard::Online, Heard::Shown, Heard::Opened(None)] {
            assert_eq!(follower.on(heard, 0.), [], "it does not come back");
        }
    }

    #[test]
    fn a_proof_that_ran_out_is_renewed_or_asked_for() {
        let mut follower = live(0);
        assert_eq!(follower.on(Heard::Closed(4401), 0.), [Act::Live(false), Act::Refresh]);
        assert_eq!(follower.on(Heard::Refreshed(true), 0.), [Act::Wait(0)]);
        assert_eq!(follower.on(Heard::Timer, 0.), [Act::Open]);
        follower.on(Heard::Closed(4401), 0.);
        assert_eq!(follower.on(Heard::Refreshed(false), 0.), [Act::SignIn]);
    }

    #[test]
    fn silence_is_asked_about_and_then_believed() {
        let mut follower = live(0);
        let ping = || Act::Say(ClientFrame::Ping(Ping::default()));
        assert_eq!(follower.on(Heard::Timer, 0.), [ping(), Act::Wait(QUIET_MS)]);
        follower.on(event(1), 0.);
        assert_eq!(follower.on(Heard::Timer, 0.), [ping(), Act::Wait(QUIET_MS)]);
        assert_eq!(follower.on(Heard::Timer, 0.), [Act::Drop, Act::Live(false), Act::Wait(0)]);
        let mut slept = live(0);
        assert_eq!(slept.on(Heard::Shown, 0.), [ping(), Act::Wait(SOON_MS)]);
        assert_eq!(slept.on(Heard::Timer, 0.), [Act::Drop, Act::Live(false), Act::Wait(0)]);
    }

    #[test]
    fn without_a_network_nothing_is_tried_and_with_one_at_once() {
        let mut follower = live(0);
        assert_eq!(follower.on(Heard::Offline, 0.), [Act::Drop, Act::Live(false)]);
        assert_eq!(follower.on(Heard::Timer, 0.), []);
        assert_eq!(follower.on(Heard::Shown, 0.), []);
        assert_eq!(follower.on(Heard::Online, 0.), [Act::Open]);
        assert_eq!(follower.on(Heard::Closed(1006), 1.), [Act::Wait(500)]);
        assert_eq!(follower.on(Heard::Shown, 1.), [Act::Open], "who looks again does not wait");
    }
}
