//! One case: where the rep was, what the photo shows and says, what else is known of rep and place.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    board::Pin,
    day::TimeZone,
    id::VisitId,
    problem::Problem,
    visit::{Case as TheCase, Leg, NewReview, PhotoClaim, Visit},
};
use serde_json::json;

use super::{
    super::{
        feed::{Reasons, VisitRow, distance},
        review::{Decide, Reviewed, may_review},
        shell::{use_me, use_settings},
        visit::Judged,
    },
    to,
};
use crate::{
    api::verification::{self as api, Asked},
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        picture::Picture,
        verdict::VisitBadges,
    },
    i18n,
    route::Route,
};

/// Loads a case, again when `stale` grows, and lays its visit on the desk as `seen`.
#[component]
pub fn Case(
    id: String,
    stale: Signal<u32>,
    seen: Signal<Option<Visit>>,
    rejecting: Signal<bool>,
    busy: bool,
    zone: TimeZone,
    back: Route,
    asked: Asked,
    ondecide: EventHandler<Option<NewReview>>,
) -> Element {
    let mut seen = seen;
    let mut loaded = use_resource(move || {
        let (_, id) = (stale(), id.clone());
        async move {
            let id: VisitId = id.parse().map_err(|e| Problem::invalid("visit", e))?;
            api::case(id).await
        }
    });
    use_effect(move || seen.set(loaded().and_then(Result::ok).map(|case| case.visit)));
    rsx! {
        section { class: "case", "aria-label": t!("case"),
            Link { class: "button quiet only-phone", to: back,
                Icon { name: Name::ArrowLeft }
                {t!("waiting-list")}
            }
            match loaded() {
                Some(Ok(case)) => rsx! { Laid { case, rejecting, busy, zone, asked, ondecide } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                None => rsx! { Loading { rows: 6 } },
            }
        }
    }
}

#[component]
fn Laid(
    case: TheCase,
    rejecting: Signal<bool>,
    busy: bool,
    zone: TimeZone,
    asked: Asked,
    ondecide: EventHandler<Option<NewReview>>,
) -> Element {
    let me = use_me();
    let visit = case.visit.clone();
    let rep = visit.employee.id.to_string();
    rsx! {
        header { class: "case-head",
            h2 { Link { to: Route::VisitPage { id: visit.id.to_string() }, "{visit.location.name}" } }
            p { class: "muted",
                "{visit.employee.name} · {visit.team.name} · {i18n::purpose(&visit.purpose)} · {i18n::moment(visit.checked_in_at, &zone)}"
                if let Some(out) = visit.checked_out_at { "–{i18n::time(out, &zone)}" }
            }
            div { class: "verdict-head",
                VisitBadges { visit: visit.clone() }
                span { {distance(&visit)} }
                if visit.is_open() {
                    span { class: "muted", {t!("still-on-site")} }
                }
            }
            Reasons { visit: visit.clone() }
            Reviewed { visit: visit.clone(), zone: zone.clone() }
        }
        div { class: "case-proof",
            Where { visit: visit.clone(), photos: case.photos.clone() }
            Shots { case: case.clone(), zone: zone.clone() }
        }
        section { class: "card verdict-card",
            Judged { visit: visit.clone(), zone: zone.clone(), open: true }
        }
        section { class: "section",
            div { class: "section-head",
                h2 { {t!("reps-day", name: visit.employee.name.clone(), date: i18n::date(visit.business_date))} }
                if asked.rep != rep {
                    Link { class: "more", to: to(Asked { rep, ..asked }, String::new()), {t!("only-this-rep")} }
                }
            }
            Day { legs: case.day, of: visit.id, zone: zone.clone() }
        }
        section { class: "section",
            div { class: "section-head", h2 { {t!("place-history")} } }
            if case.place.is_empty() {
                p { class: "muted", {t!("visits-none")} }
            } else {
                div { class: "card rows",
                    for other in case.place {
                        VisitRow { key: "{other.id}", visit: other, zone: zone.clone(), with_rep: true, with_date: true }
                    }
                }
            }
        }
        if may_review(&me, &visit) {
            div { class: "case-decide",
                Decide { visit, rejecting, busy, keys: true, ondecide }
            }
        }
    }
}

/// The map: pin and radius, the fix with its circle, and where photos say they were taken.
#[component]
fn Where(visit: Visit, photos: Vec<PhotoClaim>) -> Element {
    let (settings, evidence) = (use_settings(), &visit.evidence);
    let place = |id: &str, at: ekenko_domain::geo::Position, label: String| json!({ "id": id, "lat": at.lat, "lng": at.lng, "verdict": "location", "label": label, "open": false });
    let mut points = vec![place("pin", evidence.pin, visit.location.name.clone())];
    for claim in &photos {
        if let Some(at) = claim.position {
            points.push(place(&claim.sha256, at, t!("photo-taken-here")));
        }
    }
    if evidence.fix.is_some() {
        points.push(json!(Pin::from(&visit)));
    }
    let circle =
        Circle { lat: evidence.pin.lat.get(), lng: evidence.pin.lng.get(), radius_m: evidence.radius_m };
    rsx! {
        // Arrows move the map while it has the focus.
        section { class: "card case-map", "aria-label": t!("map-of-visit"), onkeydown: move |event| event.stop_propagation(),
            MapView {
                id: "case-map", label: t!("map-of-visit"), points: serde_json::to_string(&points).unwrap_or_default(),
                me: evidence.fix, circle, fit_key: "{visit.id}", settings, onselect: |_| {},
            }
        }
    }
}

/// The photos, each with what it says of itself, and the other visit that has the same picture.
#[component]
fn Shots(case: TheCase, zone: TimeZone) -> Element {
    let id = case.visit.id;
    rsx! {
        section { class: "card case-photos", "aria-label": t!("photo"),
            if case.photos.is_empty() {
                p { class: "muted", {t!("no-photo-yet")} }
            }
            for claim in case.photos {
                figure { key: "{claim.sha256}",
                    Shot { visit: id, sha256: claim.sha256.clone() }
                    figcaption { Claim { claim } }
                }
            }
            if case.same_photo.is_some() {
                div { class: "same-photo",
                    h3 { {t!("evidence-photo-same")} }
                    if let Some(other) = case.same_photo_visit {
                        if let Some(photo) = other.photo.clone() {
                            Shot { visit: other.id, sha256: photo.sha256 }
                        }
                        VisitRow { visit: other, zone, with_rep: true, with_day: true }
                    } else {
                        p { class: "muted", {t!("visit-of-others")} }
                    }
                }
            }
        }
    }
}

/// A photo as it was sent.
#[component]
fn Shot(visit: VisitId, sha256: String) -> Element {
    let original = format!("/api/v1/visits/{visit}/photos/{sha256}");
    rsx! { Picture { thumbnail: original.clone(), original, alt: t!("photo-of-visit") } }
}

#[component]
fn Claim(claim: PhotoClaim) -> Element {
    let (elsewhere, another_day) = (claim.is_elsewhere(), claim.is_of_another_day());
    let age = claim.age_s.map(|age| match age {
        0.. => t!("evidence-before", time: i18n::duration(age)),
        _ => t!("evidence-after", time: i18n::duration(-age)),
    });
    rsx! {
        dl { class: "facts",
            dt { {t!("evidence-photo-place")} }
            dd { "data-differs": elsewhere,
                if elsewhere { Icon { name: Name::Alert, size: 14 } }
                match (claim.position, claim.distance_m) {
                    (Some(at), Some(metres)) => rsx! { {t!("from-pin", distance: i18n::distance(metres))} " " span { class: "muted", "{at.lat.get():.5}, {at.lng.get():.5}" } },
                    _ => rsx! { {t!("photo-says-nothing")} },
                }
            }
            dt { {t!("evidence-photo-time")} }
            dd { "data-differs": another_day,
                if another_day { Icon { name: Name::Alert, size: 14 } }
                match (claim.taken_at, age) {
                    (Some(at), Some(age)) => rsx! { {i18n::date(at.date())} " " {at.format("%H:%M:%S").to_string()} " " span { class: "muted", {age} } },
                    _ => rsx! { {t!("photo-says-nothing")} },
                }
            }
        }
    }
}

/// The rep's visits of the day in their order, with the ways between them.
#[component]
fn Day(legs: Vec<Leg>, of: VisitId, zone: TimeZone) -> Element {
    rsx! {
        ol { class: "card day-legs",
            for (n, leg) in legs.into_iter().enumerate() {
                li { key: "{leg.visit.id}", "aria-current": if leg.visit.id == of { "true" } else { "false" },
                    if let (Some(way), Some(speed)) = (leg.way_m, leg.speed_mps) {
                        p { class: "leg muted", {t!("leg", way: i18n::distance(way), speed: (speed * 3.6).round() as i64)} }
                    }
                    Link { class: "row", to: Route::VisitPage { id: leg.visit.id.to_string() },
                        span { class: "stop-number", {(n + 1).to_string()} }
                        time { class: "row-time", "{i18n::time(leg.visit.checked_in_at, &zone)}" }
                        span { class: "row-main", strong { "{leg.visit.location.name}" } span { class: "muted", {distance(&leg.visit)} } }
                        VisitBadges { visit: leg.visit.clone() }
                    }
                }
            }
        }
    }
}
