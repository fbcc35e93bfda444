//! The reps of the day: whose device is heard of, and how far they are. Never an old sign of life that looks fresh.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::board::{Presence, RepDay};

use super::{super::shell::use_me, View, kept::Kept};
use crate::{
    components::{feedback::Empty, icon::Name, person::Avatar, search_box::SearchBox},
    i18n::{self, named},
    platform,
};

/// Reps, those heard of first. Choosing one keeps the whole board to their day, and the map shows their way.
#[component]
pub fn Reps(kept: Kept, view: ReadSignal<View>, past: bool) -> Element {
    let mut q = use_signal(String::new);
    let now = (kept.now)();
    let wanted = q().to_lowercase();
    let mut reps: Vec<RepDay> = kept
        .board
        .read()
        .reps
        .iter()
        .filter(|day| day.employee.name.to_lowercase().contains(&wanted))
        .cloned()
        .collect();
    reps.sort_by_cached_key(|day| {
        let presence = if past { Presence::Live } else { Presence::of(day.seen_at, now) };
        (presence, Reverse(day.visits), day.employee.name.clone())
    });
    rsx! {
        div { class: "reps",
            SearchBox { value: q, label: t!("search-people"), onsearch: move |text| q.set(text) }
            if reps.is_empty() {
                Empty { icon: Name::Users, title: t!("nothing-found"), hint: String::new() }
            }
            ul {
                for day in reps {
                    Row { key: "{day.employee.id}", day, view, now, past }
                }
            }
        }
    }
}

#[component]
fn Row(day: RepDay, view: ReadSignal<View>, now: DateTime<Utc>, past: bool) -> Element {
    let zone = use_me().organisation.time_zone;
    let id = day.employee.id.to_string();
    let chosen = view.read().rep == id;
    let to = View { rep: if chosen { String::new() } else { id }, ..view() }.route();
    let presence = Presence::of(day.seen_at, now);
    let since = day.seen_at.filter(|_| presence != Presence::Live).map(|seen| {
        let today = platform::local(seen, &zone).date() == platform::local(now, &zone).date();
        let since = if today { i18n::time(seen, &zone) } else { i18n::moment(seen, &zone) };
        t!("since", time: since)
    });
    rsx! {
        li { class: "feed-item", "data-selected": chosen,
            Link { class: "feed-row", to, "aria-current": if chosen { "true" } else { "false" },
                Avatar { name: day.employee.name.clone() }
                span { class: "feed-text",
                    span { class: "feed-who",
                        strong { "{day.employee.name}" }
                        if !past {
                            span { class: "presence", "data-presence": presence.code(),
                                span { class: "dot", "aria-hidden": "true" }
                                {named("presence", presence.code())}
                                if let Some(since) = since { " {since}" }
                            }
                        }
                    }
                    span { class: "feed-facts",
                        span { {t!("rep-day", visits: i64::from(day.visits), verified: i64::from(day.verified))} }
                        if let Some(last) = day.last_check_in_at {
                            span { {t!("last-check-in", time: i18n::time(last, &zone))} }
                        }
                        if day.open > 0 { span { class: "on-site", {t!("on-site")} } }
                    }
                }
            }
        }
    }
}
