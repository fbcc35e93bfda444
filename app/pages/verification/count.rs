//! How much waits for a manager's word, in the navigation.

use dioxus::prelude::*;
use ekenko_domain::{
    event::{Kind, Offsets, Stream},
    visit::{MOST_WAITING, Verdict, Visit},
};

use crate::{
    api::verification::{self as api, Asked},
    i18n,
    live::{News, use_live},
    platform,
};

/// How long news is gathered before asking how much it is now, in milliseconds.
const GATHERED_MS: u32 = 700;

/// The number of visits that wait; nothing while there is none. Always current.
#[component]
pub fn WaitingCount() -> Element {
    let mut total = use_signal(|| 0u32);
    let mut asking = use_signal(|| false);
    let ask = move || async move {
        // A number that could not be had is not worth a word; the next news brings it.
        if let Ok(queue) = api::queue(&Asked::default(), 1, None).await {
            total.set(queue.total);
        }
    };
    use_future(ask);
    use_live(Offsets::new(), move |news| {
        let matters = match news {
            News::Event(event) => match event.kind {
                Kind::VisitVerified => matches!(event.stream, Stream::Team(_)),
                Kind::VisitCheckedIn | Kind::VisitPhoto if matches!(event.stream, Stream::Team(_)) => {
                    let visit = serde_json::from_value::<Visit>(event.data);
                    visit.is_ok_and(|visit| visit.verdict != Verdict::Verified)
                }
                _ => false,
            },
            News::Resync => true,
        };
        if matters && !*asking.peek() {
            asking.set(true);
            spawn(async move {
                platform::sleep(GATHERED_MS).await;
                asking.set(false);
                ask().await;
            });
        }
    });
    let shown = match total() {
        0 => return VNode::empty(),
        MOST_WAITING.. => format!("{}+", i18n::number(MOST_WAITING - 1)),
        few => i18n::number(few),
    };
    rsx! { span { class: "count", "{shown}" } }
}
