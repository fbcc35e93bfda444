//! At one customer: the position on the map, the purpose, and the check-in.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::Location,
    geo::Position,
    id::{LocationId, VisitId},
    visit::{CheckIn, Fix, Purpose},
};
use serde_json::json;

use super::{
    check_in::no_position,
    shell::{use_choices, use_me, use_settings},
};
use crate::{
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        radios::Radios,
        title::PageTitle,
        toast::use_teller,
    },
    i18n,
    loaded::use_loaded,
    offline, platform,
    route::Route,
};

/// Checks in at a location.
#[component]
pub fn PlacePage(location: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: LocationId =
            location().parse().map_err(|e| ekenko_domain::problem::Problem::invalid("location", e))?;
        offline::location(id).await
    })?;
    match loaded.now() {
        Some(Ok(location)) => rsx! { Place { location } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { Loading { rows: 4 } },
    }
}

#[component]
fn Place(location: Location) -> Element {
    let (me, settings, teller, navigator) = (use_me(), use_settings(), use_teller(), use_navigator());
    let mut fix = use_signal(|| None::<Result<Fix, platform::NoPosition>>);
    let first = use_choices().purposes.into_iter().find(|choice| choice.active);
    let mut purpose = use_signal(|| first.map(|choice| Purpose(choice.code)));
    let mut unanswered = use_signal(|| None::<CheckIn>);
    let mut busy = use_signal(|| false);
    // One id for this visit, however often it must be sent.
    let id = use_hook(|| VisitId(uuid::Uuid::new_v4()));
    let look = move || async move {
        fix.set(None);
        fix.set(Some(platform::position().await));
    };
    use_future(look);
    let pin = Position::new(location.lat, location.lng).ok();
    let distance = match (fix(), pin) {
        (Some(Ok(fix)), Some(pin)) => Some(pin.distance_m(fix.position())),
        _ => None,
    };
    let place = location.clone();
    let check_in = move |_| {
        let (me, place) = (me.clone(), place.clone());
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            let command = match unanswered() {
                // The very same again: it may have arrived, and only its answer got lost.
                Some(command) => command,
                None => CheckIn {
                    id,
                    location_id: place.id,
                    purpose: purpose().unwrap_or(Purpose::OTHER),
                    // Measured at the press: the one from when the page opened may be minutes old.
                    fix: platform::position().await.ok(),
                    occurred_at: Some(platform::now()),
                },
            };
            match offline::check_in(&me, &place, &command).await {
                Ok(visit) => {
                    navigator.replace(Route::VisitPage { id: visit.id.to_string() });
                }
                Err(problem) => {
                    unanswered.set(problem.is_passing().then_some(command));
                    teller.failed(&problem);
                    busy.set(false);
                }
            }
        }
    };
    let points = json!([{ "id": location.id, "lat": location.lat, "lng": location.lng, "verdict": "location", "label": location.name, "open": false }]);
    rsx! {
        PageTitle { text: location.name.clone() }
        div { class: "page narrow place-page",
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::CheckInPage { q: String::new() },
                    Icon { name: Name::ArrowLeft }
                }
                div {
                    h1 { "{location.name}" }
                    if location.company.name != location.name {
                        p { class: "muted", "{location.company.name}" }
                    }
                    p { class: "muted", "{location.address_line()}" }
                }
            }
            section { class: "card place-map", "aria-label": t!("map-of-place"),
                MapView {
                    id: "place-map",
                    label: t!("map-of-place"),
                    points: points.to_string(),
                    me: fix().and_then(Result::ok),
                    circle: Circle { lat: location.lat, lng: location.lng, radius_m: location.radius_m },
                    fit_key: if fix().is_some() { "fixed" } else { "pin" },
                    settings,
                    onselect: |_| {},
                }
            }
            match fix() {
                None => rsx! { p { class: "notice", role: "status", Icon { name: Name::Navigation } {t!("looking-for-position")} } },
                Some(Ok(fix)) => rsx! {
                    p { class: "notice", role: "status", "data-near": distance.is_some_and(|d| d <= location.radius_m),
                        Icon { name: Name::MapPin }
                        span {
                            {t!("from-pin", distance: i18n::distance(distance.unwrap_or_default()))}
                            " · "
                            {t!("accuracy", distance: i18n::distance(fix.accuracy_m.get()))}
                        }
                    }
                },
                Some(Err(why)) => rsx! {
                    p { class: "notice warn", role: "status",
                        Icon { name: Name::Alert }
                        span { {no_position(why)} }
                        button { class: "button", onclick: move |_| look(), {t!("try-again")} }
                    }
                },
            }
            Radios {
                legend: t!("purpose"), name: "purpose", options: i18n::purposes(), chosen: purpose().map(|purpose| purpose.code().to_owned()).unwrap_or_default(),
                onchoose: move |code: String| {
                    purpose.set(code.parse().ok().map(Purpose));
                    unanswered.set(None);
                },
            }
            div { class: "actions",
                button { class: "button primary wide tall", disabled: busy(), onclick: check_in,
                    Icon { name: Name::MapPin }
                    if busy() { {t!("checking-in")} } else { {t!("check-in-here")} }
                }
            }
        }
    }
}
