//! What has not reached the server yet, wherever it matters.

use dioxus::prelude::*;
use dioxus_i18n::t;

use super::icon::{Icon, Name};
use crate::{
    api,
    offline::{Subject, use_outbox},
    platform::{self, REACHED},
    route::Route,
};

/// How often a page asks whether the server is back, in milliseconds.
const ASK_AGAIN_MS: u32 = 5_000;

/// Above every page: that there is no signal, and how much waits to be sent.
#[component]
pub fn OutboxBar() -> Element {
    let waiting = use_outbox().waiting();
    let refused = waiting.iter().filter(|item| item.problem.is_some()).count();
    use_future(|| async {
        loop {
            platform::sleep(ASK_AGAIN_MS).await;
            if !*REACHED.peek() {
                // The answer does not matter here: that one came does.
                let _ = api::me().await;
            }
        }
    });
    let count = i64::try_from(waiting.len()).unwrap_or_default();
    rsx! {
        div { class: "outbox-bar", role: "status", "data-bad": refused > 0,
            if !REACHED() || count > 0 {
                Link { to: Route::QueuePage {},
                    if !REACHED() {
                        Icon { name: Name::CloudOff, size: 18 }
                        span { if count > 0 { {t!("offline-waiting", count: count)} } else { {t!("offline")} } }
                    } else if refused > 0 {
                        Icon { name: Name::Alert, size: 18 }
                        span { {t!("refused-count", count: refused)} }
                    } else {
                        Icon { name: Name::CloudUpload, size: 18 }
                        span { {t!("waiting-count", count: count)} }
                    }
                    Icon { name: Name::ChevronRight, size: 16 }
                }
            }
        }
    }
}

/// On the page of a visit or a task: what is shown is not confirmed yet.
#[component]
pub fn WaitingNotice(subject: Subject) -> Element {
    let about = use_outbox().about(subject);
    let refused = about.iter().any(|item| item.problem.is_some());
    rsx! {
        if !about.is_empty() {
            Link { class: if refused { "notice warn" } else { "notice" }, to: Route::QueuePage {},
                Icon { name: if refused { Name::Alert } else { Name::CloudUpload } }
                span { if refused { {t!("refused-notice")} } else { {t!("waiting-notice")} } }
                Icon { name: Name::ChevronRight, size: 16 }
            }
        }
    }
}
