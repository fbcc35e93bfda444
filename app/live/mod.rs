//! The pages' end of the live protocol: stays connected, hands over every event once and in order.

use std::{collections::VecDeque, pin::pin};

use dioxus::prelude::*;
use ekenko_domain::{
    event::{Event, Offsets},
    follower::{Act, Follower, Heard},
    live::ServerFrame,
};
use futures_util::future::{Either, Fuse, FutureExt, LocalBoxFuture, select};

use crate::{
    api,
    platform::{self, Feeling, Feelings, Incoming, Socket},
};

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not yet, or not at the moment.
    Connecting,
    /// Events arrive as they happen.
    Live,
}

/// What the page is told.
pub enum News {
    /// Something happened.
    Event(Box<Event>),
    /// Too much happened: load afresh.
    Resync,
}

/// The time opening a socket may take.
const OPEN_WITHIN_MS: u32 = 10_000;

/// Follows every stream the reader may see from the offsets a snapshot gave, for as long as the component lives.
/// Gives how the connection stands.
pub fn use_live(from: Offsets, news: impl FnMut(News) + 'static) -> Signal<Link> {
    let link = use_signal(|| Link::Connecting);
    let start = use_hook(|| std::rc::Rc::new(std::cell::RefCell::new(Some((from, news)))));
    use_future(move || {
        let start = start.borrow_mut().take();
        async move {
            if let Some((from, news)) = start {
                follow(from, news, link).await;
            }
        }
    });
    link
}

/// What the follower is told next: by its socket, the device, or the clock.
enum Next {
    Came(Incoming),
    Felt(Feeling),
    Timer,
}

async fn follow(from: Offsets, mut news: impl FnMut(News), mut link: Signal<Link>) {
    let mut follower = Follower::new(from);
    let mut feelings = Feelings::new();
    let mut socket: Option<Socket> = None;
    let mut wait = platform::sleep(0).boxed_local().fuse();
    let mut acts = VecDeque::from([Act::Open]);
    loop {
        let heard = match acts.pop_front() {
            Some(Act::Open) => match open().await {
                Some(opened) => {
                    socket = Some(opened);
                    Heard::Opened(Socket::hello_token().await)
                }
                None => Heard::Closed(1006),
            },
            Some(Act::Refresh) => {
                // Asking who we are refreshes a desktop's token; a browser whose session ended goes to sign in.
                Heard::Refreshed(!api::me().await.is_err_and(|problem| problem.status == 401))
            }
            Some(act) => {
                match act {
                    Act::Drop => socket = None,
                    Act::Say(frame) => {
                        if let Some(socket) = &mut socket {
                            socket.send(serde_json::to_string(&frame).unwrap_or_default()).await;
                        }
                    }
                    Act::Wait(millis) => wait = platform::sleep(millis).boxed_local().fuse(),
                    Act::Tell(event) => news(News::Event(event)),
                    Act::Reload => news(News::Resync),
                    Act::Live(live) => link.set(if live { Link::Live } else { Link::Connecting }),
                    Act::SignIn => return platform::go("/sign-in"),
                    Act::Open | Act::Refresh => {}
                }
                continue;
            }
            None => match next(socket.as_mut(), &mut feelings, &mut wait).await {
                Next::Timer => Heard::Timer,
                Next::Felt(Feeling::Online) => Heard::Online,
                Next::Felt(Feeling::Offline) => Heard::Offline,
                Next::Felt(Feeling::Shown) => Heard::Shown,
                Next::Came(Incoming::Closed(code)) => {
                    socket = None;
                    Heard::Closed(code)
                }
                Next::Came(Incoming::Text(text)) => match serde_json::from_str(&text) {
                    Ok(frame) => {
                        if let ServerFrame::Error(refused) = &frame {
                            tracing::warn!("live: {}", refused.message);
                        }
                        Heard::Frame(frame)
                    }
                    // Something this page is too old to know.
                    Err(_) => continue,
                },
            },
        };
        acts.extend(follower.on(heard, platform::chance()));
    }
}

async fn open() -> Option<Socket> {
    let (open, late) = (pin!(Socket::open()), pin!(platform::sleep(OPEN_WITHIN_MS)));
    match select(open, late).await {
        Either::Left((socket, _)) => socket,
        Either::Right(_) => None,
    }
}

async fn next(
    socket: Option<&mut Socket>,
    feelings: &mut Feelings,
    wait: &mut Fuse<LocalBoxFuture<'static, ()>>,
) -> Next {
    let came = async {
        match socket {
            Some(socket) => socket.next().await,
            None => std::future::pending().await,
        }
    };
    let (came, felt) = (pin!(came), pin!(feelings.next()));
    match select(came, select(felt, wait)).await {
        Either::Left((incoming, _)) => Next::Came(incoming),
        Either::Right((Either::Left((feeling, _)), _)) => Next::Felt(feeling),
        Either::Right((Either::Right(((), _)), _)) => Next::Timer,
    }
}
