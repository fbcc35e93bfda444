//! One visit: for its rep the photo, the outcome and the check-out; for everybody who may see it the evidence.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    board::Pin,
    day::TimeZone,
    event::{Kind, Offsets},
    id::VisitId,
    problem::Problem,
    text::Notes,
    visit::{CheckOut, NewReview, Outcome, Visit},
};
use serde_json::json;

use super::{
    feed::{Reasons, VisitPhoto, distance},
    review::{Decide, Reviewed, may_review},
    shell::{use_me, use_settings},
};
use crate::{
    api::verification,
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        radios::Radios,
        title::PageTitle,
        toast::{explain, use_action, use_teller},
        verdict::VisitBadges,
        waiting::WaitingNotice,
    },
    i18n,
    live::{News, use_live},
    loaded::use_loaded,
    offline::{self, Subject, use_refresh},
    platform,
    route::Route,
};

/// Loads the visit.
#[component]
pub fn VisitPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: VisitId = id().parse().map_err(|e| Problem::invalid("id", e))?;
        offline::visit(id).await
    })?;
    use_refresh(move || {
        if loaded.peek().as_ref().is_some_and(Result::is_err) {
            loaded.restart();
        }
    });
    match loaded.now() {
        Some(Ok(visit)) => rsx! { TheVisit { key: "{visit.id}", first: visit } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { Loading { rows: 4 } },
    }
}

#[component]
fn TheVisit(first: Visit) -> Element {
    let (me, settings) = (use_me(), use_settings());
    let mut shown = use_signal(|| first);
    let visit = shown();
    let id = visit.id;
    use_refresh(move || {
        spawn(async move {
            if let Ok(fresh) = offline::visit(id).await {
                shown.set(fresh);
            }
        });
    });
    use_live(Offsets::new(), move |news| {
        if let News::Event(event) = news
            && event.kind == Kind::VisitVerified
            && let Ok(told) = serde_json::from_value::<Visit>(event.data)
            && told.id == id
        {
            // The rest of it may wait on this device to be sent.
            shown.write().review = told.review;
        }
    });
    let (mut rejecting, mut busy) = (use_signal(|| false), use_signal(|| false));
    let decide = use_action(move |review: Option<NewReview>| async move {
        busy.set(true);
        let told = verification::review(id, review.as_ref()).await;
        busy.set(false);
        shown.set(told?);
        rejecting.set(false);
        Ok(())
    });
    let zone = me.organisation.time_zone.clone();
    let mine = visit.employee.id == me.id;
    let mut points = vec![json!({
        "id": visit.location.id, "lat": visit.evidence.pin.lat, "lng": visit.evidence.pin.lng,
        "verdict": "location", "label": visit.location.name, "open": false,
    })];
    if visit.evidence.fix.is_some() {
        points.push(json!(Pin::from(&visit)));
    }
    let circle = Circle {
        lat: visit.evidence.pin.lat.get(),
        lng: visit.evidence.pin.lng.get(),
        radius_m: visit.evidence.radius_m,
    };
    rsx! {
        PageTitle { text: visit.location.name.clone() }
        div { class: "page narrow",
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"),
                    to: Route::VisitsPage { date: visit.business_date.to_string() },
                    Icon { name: Name::ArrowLeft }
                }
                div {
                    h1 { "{visit.location.name}" }
                    p { class: "muted",
                        if !mine { "{visit.employee.name} · " }
                        {i18n::purpose(&visit.purpose)}
                        " · {i18n::date(visit.business_date)} {i18n::time(visit.checked_in_at, &zone)}"
                        if let Some(out) = visit.checked_out_at { "–{i18n::time(out, &zone)}" }
                    }
                }
            }
            section { class: "card verdict-card",
                div { class: "verdict-head",
                    VisitBadges { visit: visit.clone() }
                    span { {distance(&visit)} }
                    if let Some(fix) = visit.evidence.fix {
                        span { class: "muted", {t!("accuracy", distance: i18n::distance(fix.accuracy_m.get()))} }
                    }
                }
                Reasons { visit: visit.clone() }
                Reviewed { visit: visit.clone(), zone: zone.clone() }
                WaitingNotice { subject: Subject::Visit(id) }
                Judged { visit: visit.clone(), zone: zone.clone() }
                if may_review(&me, &visit) {
                    Decide { visit: visit.clone(), rejecting, busy: busy(), ondecide: decide }
                }
            }
            if mine && visit.is_open() {
                Finish { shown }
            } else {
                Done { visit: visit.clone() }
            }
            section { class: "card place-map", "aria-label": t!("map-of-visit"),
                MapView {
                    id: "visit-map", label: t!("map-of-visit"),
                    points: serde_json::to_string(&points).unwrap_or_default(),
                    me: visit.evidence.fix, circle, fit_key: "{visit.id}", settings, onselect: |_| {},
                }
            }
        }
    }
}

/// What came of a visit that is over, or of one somebody else is still at.
#[component]
fn Done(visit: Visit) -> Element {
    rsx! {
        section { class: "card done",
            Photos { visit: visit.clone() }
            dl { class: "facts",
                if let Some(outcome) = visit.outcome {
                    dt { {t!("outcome")} }
                    dd { {i18n::outcome(&outcome)} }
                }
                if visit.estimated {
                    dt { {t!("duration")} }
                    dd { {t!("estimated-hint")} }
                } else if let Some(seconds) = visit.duration_s {
                    dt { {t!("duration")} }
                    dd { "{i18n::duration(seconds)}" }
                }
                dt { {t!("address")} }
                dd { if visit.location.address_line().is_empty() { "–" } else { "{visit.location.address_line()}" } }
                if let Some(notes) = visit.notes.clone().filter(|notes| !notes.is_empty()) {
                    dt { {t!("notes")} }
                    dd { class: "notes", "{notes}" }
                }
            }
            if visit.is_open() {
                p { class: "notice", Icon { name: Name::Clock } {t!("still-on-site")} }
            }
        }
    }
}

/// Every photo of a visit, small.
#[component]
fn Photos(visit: Visit) -> Element {
    rsx! {
        if !visit.photos.is_empty() {
            div { class: "photos",
                for photo in visit.photos {
                    VisitPhoto { key: "{photo.sha256}", visit: visit.id, sha256: photo.sha256 }
                }
            }
        }
    }
}

/// What the verdict was judged by, for whoever must trust it.
#[component]
pub fn Judged(visit: Visit, zone: TimeZone, #[props(default)] open: bool) -> Element {
    let evidence = visit.evidence;
    let photo = evidence.photo.clone().unwrap_or_default();
    let seconds = |seconds: f64| i18n::duration(seconds.abs().round() as i64);
    rsx! {
        details { class: "judged", open,
            summary { {t!("evidence")} }
            dl { class: "facts",
                dt { {t!("evidence-radius")} }
                dd { "{i18n::distance(evidence.radius_m)}" }
                if let Some(age) = evidence.fix_age_s {
                    dt { {t!("evidence-fix-age")} }
                    dd { {seconds(age)} }
                }
                if let Some(speed) = evidence.speed_mps {
                    dt { {t!("evidence-speed")} }
                    dd { {t!("kilometres-an-hour", speed: (speed * 3.6).round() as i64)} }
                }
                if let Some(offset) = evidence.clock_offset_s {
                    dt { {t!("evidence-clock")} }
                    dd { if offset.abs() < 1.0 { {t!("evidence-clock-right")} } else if offset > 0.0 { {t!("evidence-clock-slow", time: seconds(offset))} } else { {t!("evidence-clock-fast", time: seconds(offset))} } }
                }
                if evidence.offline {
                    dt { {t!("evidence-received")} }
                    dd { {t!("evidence-offline", time: i18n::moment(evidence.received_at, &zone))} }
                }
                if let Some(metres) = photo.distance_m {
                    dt { {t!("evidence-photo-place")} }
                    dd { {t!("from-pin", distance: i18n::distance(metres))} }
                }
                if let Some(age) = photo.age_s {
                    dt { {t!("evidence-photo-time")} }
                    dd { if age >= 0 { {t!("evidence-before", time: i18n::duration(age))} } else { {t!("evidence-after", time: i18n::duration(-age))} } }
                }
                if let Some(other) = photo.same_as.or(photo.similar_to) {
                    dt { {t!("evidence-photo-same")} }
                    dd { Link { to: Route::VisitPage { id: other.to_string() }, {t!("open-visit")} } }
                }
            }
        }
    }
}

/// The rep's way out: photo, outcome, notes, check-out.
#[component]
fn Finish(shown: Signal<Visit>) -> Element {
    let teller = use_teller();
    let mut outcome = use_signal(|| None::<Outcome>);
    let mut notes = use_signal(String::new);
    let mut sending = use_signal(|| false);
    let mut photo_problem = use_signal(|| None::<Problem>);
    let mut unanswered = use_signal(|| None::<CheckOut>);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let visit = shown();
    let take = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        sending.set(true);
        photo_problem.set(None);
        let sent = match file.read_bytes().await {
            Ok(bytes) => {
                let visit = shown();
                offline::put_photo(&visit, bytes.to_vec()).await
            }
            Err(error) => Err(Problem::new(0, "unreadable", error.to_string())),
        };
        match sent {
            Ok(visit) => {
                let mut shown = shown;
                shown.set(visit);
            }
            Err(error) => photo_problem.set(Some(error)),
        }
        sending.set(false);
    };
    let check_out = move |event: FormEvent| {
        event.prevent_default();
        async move {
            let Some(outcome) = outcome() else {
                return problem.set(Some(Problem::invalid("outcome", t!("choose-outcome"))));
            };
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let done = match Notes::parse(notes()) {
                Ok(notes) => {
                    let now = CheckOut { outcome, notes: Some(notes), occurred_at: Some(platform::now()) };
                    // The same time again for the same check-out: it may have arrived, and only its answer got lost.
                    let same =
                        unanswered().filter(|sent| (sent.outcome, &sent.notes) == (now.outcome, &now.notes));
                    let command = same.unwrap_or(now);
                    let visit = shown();
                    let done = offline::check_out(&visit, &command).await;
                    unanswered.set(done.as_ref().is_err_and(Problem::is_passing).then_some(command));
                    done
                }
                Err(error) => Err(Problem::invalid("notes", error)),
            };
            match done {
                Ok(visit) => {
                    let mut shown = shown;
                    shown.set(visit);
                    teller.done(t!("checked-out"));
                }
                Err(error) => problem.set(Some(error)),
            }
            busy.set(false);
        }
    };
    rsx! {
        form { class: "finish", onsubmit: check_out, novalidate: true,
            section { class: "card photo-card",
                h2 { {t!("photo")} }
                Photos { visit: visit.clone() }
                label { class: if visit.photo.is_some() { "button wide tall file" } else { "button primary wide tall file" }, "aria-busy": if sending() { "true" } else { "false" },
                    input { r#type: "file", name: "photo", accept: "image/jpeg,image/png,image/webp", capture: "environment", disabled: sending(), onchange: take }
                    Icon { name: Name::Camera }
                    if sending() { {t!("sending-photo")} } else if visit.photo.is_some() { {t!("another-photo")} } else { {t!("take-photo")} }
                }
                if let Some(problem) = photo_problem() {
                    p { class: "error", role: "alert", "{explain(&problem)}" }
                }
            }
            Radios {
                legend: t!("outcome"), name: "outcome", options: i18n::outcomes(), chosen: outcome().map(|outcome| outcome.code().to_owned()).unwrap_or_default(),
                onchoose: move |code: String| {
                    outcome.set(code.parse().ok().map(Outcome));
                    problem.set(None);
                },
            }
            label { class: "field",
                span { {t!("notes")} }
                textarea { name: "notes", rows: 3, maxlength: 4000, value: "{notes}", oninput: move |event| notes.set(event.value()) }
            }
            if let Some(problem) = problem() {
                p { class: "error", role: "alert", "{explain(&problem)}" }
            }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy() || sending() || visit.photo.is_none(),
                    Icon { name: Name::Check }
                    if busy() { {t!("checking-out")} } else { {t!("check-out")} }
                }
                if visit.photo.is_none() {
                    p { class: "muted", {t!("photo-first")} }
                }
            }
        }
    }
}
