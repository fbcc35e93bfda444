//! A visit wherever one is shown: where, how far, and whether it can be believed.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{day::TimeZone, id::VisitId, visit::Visit};

use crate::{
    components::{
        icon::{Icon, Name},
        picture::Picture,
        verdict::VisitBadges,
    },
    i18n::{self, named},
    route::Route,
};

/// How far the device was from the pin.
pub fn distance(visit: &Visit) -> String {
    match visit.distance_m {
        Some(metres) => t!("from-pin", distance: i18n::distance(metres)),
        None => t!("no-position"),
    }
}

/// How far the visit is.
pub fn state(visit: &Visit) -> String {
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
