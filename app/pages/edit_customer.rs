//! What is kept of a customer's place: its name, where it is, who looks after it.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{CustomerDetails, EditLocation},
    employee::EmployeeRef,
    id::LocationId,
    problem::Problem,
    text::{Line, Name as Called},
};

use super::{address::AddressFields, shell::use_settings};
use crate::{
    api::{self, customers},
    components::{
        feedback::{Failed, Loading},
        form::{Form, Select, Submit, TextField, use_form},
        map_view::{Circle, MapView},
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    loaded::use_loaded,
    route::Route,
};

/// Loads the customer and who may look after it.
#[component]
pub fn EditCustomerPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: LocationId = id().parse().map_err(|e| Problem::invalid("id", e))?;
        Ok::<_, Problem>((api::customer(id).await?, customers::choices().await?.0))
    })?;
    match loaded.now() {
        Some(Ok((details, reps))) => rsx! { Editor { key: "{details.location.id}", details, reps } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("edit"), back: Route::customers() }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 6 } } },
    }
}

/// A number as typed, within its range.
pub fn number<T: TryFrom<f64, Error: ToString>>(text: &str) -> Result<T, String> {
    let number: f64 = text.trim().parse().map_err(|_| t!("number-wanted"))?;
    T::try_from(number).map_err(|e| e.to_string())
}

#[component]
fn Editor(details: CustomerDetails, reps: Vec<EmployeeRef>) -> Element {
    let (settings, teller, navigator) = (use_settings(), use_teller(), use_navigator());
    let location = details.location;
    let (id, owner) = (location.id, details.owner.map(|owner| owner.id));
    let mut lat = use_signal(|| location.lat.to_string());
    let mut lng = use_signal(|| location.lng.to_string());
    let radius = use_signal(|| location.radius_m.to_string());
    let form = use_form(move |typed| async move {
        let edit = EditLocation {
            name: typed.read("name", Called::parse)?,
            company_id: None,
            address: typed.optional("address", Line::parse)?,
            subdistrict: typed.optional("subdistrict", Line::parse)?,
            district: typed.optional("district", Line::parse)?,
            province: typed.optional("province", Line::parse)?,
            postcode: typed.optional("postcode", Line::parse)?,
            phone: typed.optional("phone", Line::parse)?,
            lat: typed.read("lat", number)?,
            lng: typed.read("lng", number)?,
            radius_m: typed.optional("radius_m", number)?,
        };
        let chosen = typed.optional("employee_id", str::parse)?;
        customers::edit(id, &edit).await?;
        if chosen != owner {
            customers::set_owner(id, chosen).await?;
        }
        teller.done(t!("saved"));
        navigator.replace(Route::CustomerPage { id: id.to_string() });
        Ok(())
    });
    let pin = number(&lat.read()).ok().zip(number(&lng.read()).ok());
    let radius_m = number(&radius.read()).unwrap_or_default();
    let circle = pin.map(|(lat, lng)| Circle { lat, lng, radius_m });
    // Somebody of another team looks after it: that is not for this reader to take away unknowingly.
    let kept = owner.filter(|owner| reps.iter().all(|rep| rep.id != *owner));
    rsx! {
        PageTitle { text: location.name.clone() }
        Form { form, class: "page narrow",
            PageHead { title: location.name.clone(), back: Route::CustomerPage { id: id.to_string() },
                p { class: "muted",
                    Link { to: Route::CompanyPage { id: location.company.id.to_string() }, "{location.company.name}" }
                }
            }
            TextField { label: t!("name"), name: "name", first: location.name.clone(), autocomplete: "off", maxlength: 200 }
            TextField { label: t!("phone"), name: "phone", first: location.phone.clone(), r#type: "tel", autocomplete: "off", maxlength: 200 }
            AddressFields { first: location.clone() }
            section { class: "card place-map tall", "aria-label": t!("map-of-place"),
                MapView {
                    id: "edit-map", label: t!("map-of-place"), points: "[]", circle, pin, settings, fit_key: "{id}", onselect: |_| {},
                    onmove: move |(north, east): (f64, f64)| {
                        lat.set(format!("{north:.6}"));
                        lng.set(format!("{east:.6}"));
                    },
                }
            }
            p { class: "muted", {t!("pin-drag-hint")} }
            div { class: "three",
                TextField { label: t!("latitude"), name: "lat", value: lat, "inputmode": "decimal", autocomplete: "off" }
                TextField { label: t!("longitude"), name: "lng", value: lng, "inputmode": "decimal", autocomplete: "off" }
                TextField { label: t!("radius"), name: "radius_m", value: radius, "inputmode": "numeric", autocomplete: "off" }
            }
            Select { label: t!("owner"), name: "employee_id",
                option { value: "", selected: owner.is_none(), "–" }
                if let Some(kept) = kept {
                    option { value: "{kept}", selected: true, {t!("owner-other-team")} }
                }
                for rep in reps {
                    option { key: "{rep.id}", value: "{rep.id}", selected: owner == Some(rep.id), "{rep.name}" }
                }
            }
            Submit { text: t!("save") }
        }
    }
}
