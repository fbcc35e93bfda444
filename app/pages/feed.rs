//! The activity feed: who, where, when, how far, and whether it can be believed.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{day::TimeZone, id::VisitId, visit::Visit};

use crate::{
    components::{
        feedback::Empty,
        icon::{Icon, Name},
        person::Avatar,
        picture::Picture,
        verdict::VisitBadges,
    },
    i18n::{self, named},
    route::Route,
};

/// The latest visits, newest first. The selected one is open.
#[component]
pub fn Feed(visits: Vec<Visit>, selected: Signal<String>, zone: TimeZone, past: bool) -> Element {
    if visits.is_empty() {
        let hint = if past { String::new() } else { t!("feed-empty-hint") };
        return rsx! { Empty { icon: Name::Inbox, title: t!("feed-empty"), hint } };
    }
    rsx! {
        ol { class: "feed",
            for visit in visits {
                FeedItem { key: "{visit.id}", visit, selected, zone: zone.clone() }
            }
        }
    }
}

#[component]
fn FeedItem(visit: Visit, selected: Signal<String>, zone: TimeZone) -> Element {
    let mut selected = selected;
    let id = visit.id.to_string();
    let open = selected() == id;
    let toggle = {
        let id = id.clone();
        move |_| selected.set(if open { String::new() } else { id.clone() })
    };
    rsx! {
        li { class: "feed-item", "data-visit": "{id}", "data-selected": open,
            button { class: "feed-row", "aria-expanded": if open { "true" } else { "false" }, onclick: toggle,
                Avatar { name: visit.employee.name.clone() }
                span { class: "feed-text",
                    span { class: "feed-who",
                        strong { "{visit.employee.name}" }
                        time { datetime: "{visit.checked_in_at.to_rfc3339()}", "{i18n::time(visit.checked_in_at, &zone)}" }
                    }
                    span { class: "feed-where", "{visit.location.name}" }
                    span { class: "feed-facts",
                        VisitBadges { visit: visit.clone() }
                        span { class: "feed-distance", {distance(&visit)} }
                        span { class: "feed-state", {state(&visit)} }
                    }
                }
            }
            if open {
                div { class: "feed-more",
                    if let Some(photo) = visit.photo.clone() {
                        VisitPhoto { visit: visit.id, sha256: photo.sha256 }
                    }
                    Reasons { visit: visit.clone() }
                    Link { class: "button", to: Route::VisitPage { id: id.clone() }, {t!("open-visit")} }
                }
            }
        }
    }
}

/// How far the device was from the pin.
pub fn distance(visit: &Visit) -> String {
    match visit.distance_m {
        Some(metres) => t!("from-pin", distance: i18n::distance(metres)),
        None => t!("no-position"),
    }
}

fn state(visit: &Visit) -> String {
    match (visit.duration_s, visit.outcome) {
        (Some(seconds), Some(outcome)) => {
            format!("{} · {}", i18n::duration(seconds), i18n::outcome(&outcome))
        }
        (Some(_), None) => t!("check-out-forgotten"),
        _ => t!("on-site"),
    }
}

/// Why the verdict is what it is, in plain words.
#[component]
pub fn Reasons(visit: Visit) -> Element {
    if visit.reasons.is_empty() {
        return rsx! {};
    }
    rsx! {
        ul { class: "reasons",
            for reason in visit.reasons {
                li { key: "{reason.code()}", {named("reason", reason.code())} }
            }
        }
    }
}

/// One of a visit's photos.
#[component]
pub fn VisitPhoto(visit: VisitId, sha256: String) -> Element {
    let original = format!("/api/v1/visits/{visit}/photos/{sha256}");
    let thumbnail = format!("{original}/thumbnail");
    rsx! { Picture { original, thumbnail, alt: t!("photo-of-visit") } }
}

/// A visit in a list: its place, its times, its verdict.
#[component]
pub fn VisitRow(
    visit: Visit,
    zone: TimeZone,
    with_rep: bool,
    #[props(default)] with_date: bool,
    #[props(default)] with_day: bool,
) -> Element {
    rsx! {
        Link { class: "row", to: Route::VisitPage { id: visit.id.to_string() },
            time { class: "row-time", datetime: "{visit.checked_in_at.to_rfc3339()}", "{i18n::time(visit.checked_in_at, &zone)}" }
            span { class: "row-main",
                strong { if with_date { {i18n::date(visit.business_date)} } else { "{visit.location.name}" } }
                span { class: "muted",
                    if with_rep { "{visit.employee.name} · " }
                    if with_day { {i18n::date(visit.business_date)} " · " }
                    {distance(&visit)}
                }
            }
            span { class: "row-state", {state(&visit)} }
            VisitBadges { visit: visit.clone() }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}
