//! The pages' end of the live protocol: stays connected, hands over every event once and in order.

use dioxus::prelude::*;
use ekenko_domain::{
    event::{Event, Offsets},
    live::{After, ClientFrame, Hello, Ping, ServerFrame, after_close},
};
use futures_util::future::{Either, select};

use crate::platform::{self, Incoming, Socket};

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

/// A dead connection shows no sign of it: silence this long gets a ping, twice as long ends it.
const QUIET_MS: u32 = 15_000;
/// Waits between attempts: the first, and the longest.
const FIRST_WAIT_MS: u32 = 300;
const LONGEST_WAIT_MS: u32 = 5_000;

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

async fn follow(mut seen: Offsets, mut news: impl FnMut(News), mut link: Signal<Link>) {
    let mut wait = FIRST_WAIT_MS;
    loop {
        let mut after = After::Seconds(1);
        if let Some(mut socket) = Socket::open().await {
            let hello = Hello { token: Socket::hello_token().await, resume: seen.clone() };
            socket.send(text(&ClientFrame::Hello(hello))).await;
            let code = listen(&mut socket, &mut seen, &mut news, &mut link, &mut wait).await;
            after = after_close(code);
        }
        if link() != Link::Connecting {
            link.set(Link::Connecting);
        }
        match after {
            After::Never => return,
            After::SignIn => {
                // Asking who we are refreshes a desktop's token; a browser whose session ended goes to sign in.
                if crate::api::me().await.is_err_and(|problem| problem.status == 401) {
                    return platform::go("/sign-in");
                }
            }
            After::Now => {}
            After::Seconds(seconds) => wait = wait.max(seconds.saturating_sub(1) * 1000),
        }
        platform::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT_MS);
    }
}

async fn listen(
    socket: &mut Socket,
    seen: &mut Offsets,
    news: &mut impl FnMut(News),
    link: &mut Signal<Link>,
    wait: &mut u32,
) -> u16 {
    let mut pinged = false;
    loop {
        let incoming = {
            let (next, quiet) = (std::pin::pin!(socket.next()), std::pin::pin!(platform::sleep(QUIET_MS)));
            match select(next, quiet).await {
                Either::Left((incoming, _)) => Some(incoming),
                Either::Right(_) => None,
            }
        };
        let frame = match incoming {
            Some(Incoming::Closed(code)) => return code,
            Some(Incoming::Text(frame)) => frame,
            None if pinged => return 1006,
            None => {
                pinged = true;
                socket.send(text(&ClientFrame::Ping(Ping::default()))).await;
                continue;
            }
        };
        pinged = false;
        match serde_json::from_str(&frame) {
            Ok(ServerFrame::Welcome(welcome)) => {
                for (stream, head) in welcome.streams {
                    seen.entry(stream).or_insert(head);
                }
                *wait = FIRST_WAIT_MS;
                link.set(Link::Live);
            }
            Ok(ServerFrame::Event(event)) => {
                // A page cannot count twice what it saw once.
                if seen.get(&event.stream).is_none_or(|last| event.offset > *last) {
                    seen.insert(event.stream, event.offset);
                    news(News::Event(Box::new(event)));
                }
            }
            Ok(ServerFrame::Resync(resync)) => {
                seen.insert(resync.stream, resync.head);
                news(News::Resync);
            }
            Ok(ServerFrame::Pong(_)) | Err(_) => {}
            Ok(ServerFrame::Error(refused)) => tracing::warn!("live: {}", refused.message),
        }
    }
}

fn text(frame: &ClientFrame) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}
