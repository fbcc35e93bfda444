//! One customer: how to reach it, whom to speak to, what was and what is to be done there.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{CustomerDetails, Location},
    employee::Role,
    id::LocationId,
    problem::Problem,
};
use serde_json::json;

use super::{
    contacts::Contacts,
    feed::VisitRow,
    shell::{use_me, use_settings, use_today},
    standing::Standing,
    tasks::TaskRow,
};
use crate::{
    api,
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        title::{PageHead, PageTitle},
    },
    i18n,
    loaded::use_loaded,
    route::Route,
};

/// Loads the customer.
#[component]
pub fn CustomerPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: LocationId = id().parse().map_err(|e| Problem::invalid("id", e))?;
        api::customer(id).await
    })?;
    match loaded.now() {
        Some(Ok(details)) => rsx! { Customer { key: "{details.location.id}", details } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Customer(details: CustomerDetails) -> Element {
    let (me, today) = (use_me(), use_today());
    let zone = me.organisation.time_zone.clone();
    let (location, company) = (details.location, details.company);
    let rep = me.role == Role::Rep;
    rsx! {
        PageTitle { text: location.name.clone() }
        div { class: "page narrow",
            PageHead { title: location.name.clone(), back: Route::customers(),
                p { class: "muted",
                    Link { to: Route::CompanyPage { id: company.id.to_string() }, "{company.name}" }
                }
                p { class: "muted", "{location.address_line()}" }
            }
            div { class: "quick",
                if rep {
                    Link { class: "button primary tall", to: Route::PlacePage { location: location.id.to_string() },
                        Icon { name: Name::MapPin }
                        {t!("nav-check-in")}
                    }
                }
                if !location.phone.is_empty() {
                    a { class: "button tall", href: "tel:{dialled(&location.phone)}",
                        Icon { name: Name::Phone }
                        {t!("call")}
                    }
                }
                if me.role.manages() {
                    Link { class: "button tall", to: Route::EditCustomerPage { id: location.id.to_string() },
                        Icon { name: Name::Pencil }
                        {t!("edit")}
                    }
                }
                a { class: "button tall", href: "https://www.google.com/maps/search/?api=1&query={location.lat},{location.lng}", target: "_blank", rel: "noopener noreferrer",
                    Icon { name: Name::ExternalLink }
                    "Google Maps"
                }
            }
            Place { location: location.clone() }
            Contacts { location: location.id, first: details.contacts }
            Standing { location: location.id, first: location.status }
            section { class: "section",
                h2 { {t!("open-tasks")} }
                if details.tasks.is_empty() {
                    p { class: "muted", {t!("tasks-none-open")} }
                } else {
                    div { class: "card rows",
                        for task in details.tasks {
                            TaskRow { key: "{task.id}", task, today, with_rep: !rep }
                        }
                    }
                }
            }
            section { class: "section",
                h2 { {t!("visit-history")} }
                if details.visits.is_empty() {
                    p { class: "muted", {t!("visits-none")} }
                } else {
                    div { class: "card rows",
                        for visit in details.visits {
                            VisitRow { key: "{visit.id}", visit, zone: zone.clone(), with_rep: !rep, with_date: true }
                        }
                    }
                }
            }
            section { class: "card done",
                dl { class: "facts",
                    if let Some(grade) = company.grade {
                        dt { {t!("grade")} }
                        dd { "{grade.code().to_uppercase()}" }
                    }
                    dt { {t!("owner")} }
                    dd { if let Some(owner) = details.owner { "{owner.name}" } else { "–" } }
                    dt { {t!("last-visit")} }
                    dd { if let Some(at) = details.last_visit_at { "{i18n::moment(at, &zone)}" } else { "–" } }
                    if !company.legal_name.is_empty() {
                        dt { {t!("legal-name")} }
                        dd { "{company.legal_name}" }
                    }
                    if let Some(tax_id) = company.tax_id {
                        dt { {t!("tax-id")} }
                        dd { "{tax_id}" }
                    }
                }
            }
        }
    }
}

#[component]
fn Place(location: Location) -> Element {
    let settings = use_settings();
    let points = json!([{ "id": location.id, "lat": location.lat, "lng": location.lng, "verdict": "location", "label": location.name, "open": false }]);
    rsx! {
        section { class: "card place-map", "aria-label": t!("map-of-place"),
            MapView {
                id: "customer-map", label: t!("map-of-place"), points: points.to_string(),
                circle: Circle { lat: location.lat, lng: location.lng, radius_m: location.radius_m },
                fit_key: "{location.id}", settings, onselect: |_| {},
            }
        }
    }
}

/// A phone number as a dialler takes it.
pub fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
