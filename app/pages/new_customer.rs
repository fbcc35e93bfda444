//! A customer is added: in the field where one stands, at a desk where one puts the pin.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{DEFAULT_RADIUS_M, LocationStatus, NewLocation},
    id::LocationId,
    problem::Problem,
    tax_id::TaxId,
    text::{Line, Name as Called},
    visit::Fix,
};

use super::{
    address::AddressFields,
    check_in::no_position,
    edit_customer::number,
    shell::{use_me, use_settings},
};
use crate::{
    api,
    components::{
        form::{Form, Invalid, Select, Submit, TextField, use_form},
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    i18n::{self, named},
    platform::{self, NoPosition},
    route::Route,
};

/// Where the pin waits to be moved, in degrees north and east.
const UNPLACED: (f64, f64) = (13.7563, 100.5018);

/// Name, pin, and what else is known. Whoever runs a team enters customers at a desk, and moves the pin there; a rep
/// stands at the door.
#[component]
pub fn NewCustomerPage() -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let id = use_hook(|| LocationId(uuid::Uuid::new_v4()));
    let fix = use_signal(|| None::<Result<Fix, NoPosition>>);
    let (lat, lng) = (use_signal(String::new), use_signal(String::new));
    let by_hand = me.role.manages();
    let form = use_form(move |typed| async move {
        let (lat, lng) = match fix() {
            _ if by_hand => (typed.read("lat", number)?, typed.read("lng", number)?),
            Some(Ok(fix)) => (fix.lat, fix.lng),
            _ => return Err(Problem::invalid("lat", t!("pin-needed"))),
        };
        let new = NewLocation {
            id,
            name: typed.read("name", Called::parse)?,
            company_id: None,
            legal_name: typed.optional("legal_name", Line::parse)?,
            tax_id: typed.optional("tax_id", |text| TaxId::parse(text.trim()))?,
            address: typed.optional("address", Line::parse)?,
            subdistrict: typed.optional("subdistrict", Line::parse)?,
            district: typed.optional("district", Line::parse)?,
            province: typed.optional("province", Line::parse)?,
            postcode: typed.optional("postcode", Line::parse)?,
            phone: typed.optional("phone", Line::parse)?,
            lat,
            lng,
            radius_m: None,
            status: LocationStatus::from_code(typed.text("status")).unwrap_or_default(),
        };
        let location = api::add_customer(&new).await?;
        teller.done(t!("customer-added"));
        navigator.replace(Route::CustomerPage { id: location.id.to_string() });
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("customer-new") }
        Form { form, class: "page narrow",
            PageHead { title: t!("customer-new"), back: Route::customers() }
            if by_hand {
                ByHand { lat, lng }
            } else {
                AtDoor { fix }
                Invalid { field: "lat" }
            }
            TextField { label: t!("name"), name: "name", autocomplete: "off", maxlength: 200 }
            Select { label: t!("status"), name: "status",
                for status in [LocationStatus::Active, LocationStatus::Lead] {
                    option { key: "{status.code()}", value: status.code(), {named("location-status", status.code())} }
                }
            }
            TextField { label: t!("phone"), name: "phone", r#type: "tel", autocomplete: "off", maxlength: 200 }
            AddressFields {}
            TextField { label: t!("legal-name"), name: "legal_name", autocomplete: "off", maxlength: 200 }
            TextField { label: t!("tax-id"), name: "tax_id", "inputmode": "numeric", autocomplete: "off", maxlength: 200 }
            Submit { text: t!("customer-add") }
        }
    }
}

/// The pin where the device is.
#[component]
fn AtDoor(mut fix: Signal<Option<Result<Fix, NoPosition>>>) -> Element {
    let settings = use_settings();
    let look = move || async move {
        fix.set(None);
        fix.set(Some(platform::position().await));
    };
    use_future(look);
    match fix() {
        None => {
            rsx! { p { class: "notice", role: "status", Icon { name: Name::Navigation } {t!("looking-for-position")} } }
        }
        Some(Err(why)) => rsx! {
            p { class: "notice warn", role: "status",
                Icon { name: Name::Alert }
                span { {no_position(why)} }
                button { class: "button", r#type: "button", onclick: move |_| look(), {t!("try-again")} }
            }
        },
        Some(Ok(here)) => rsx! {
            section { class: "card place-map", "aria-label": t!("map-of-place"),
                MapView {
                    id: "new-customer-map", label: t!("map-of-place"), points: "[]", me: here,
                    circle: Circle { lat: here.lat.get(), lng: here.lng.get(), radius_m: DEFAULT_RADIUS_M },
                    fit_key: "{here.lat.get()},{here.lng.get()}", settings, onselect: |_| {},
                }
            }
            p { class: "notice",
                Icon { name: Name::MapPin }
                span { {t!("pin-here", distance: i18n::distance(here.accuracy_m.get()))} }
                button { class: "button", r#type: "button", onclick: move |_| look(), {t!("measure-again")} }
            }
        },
    }
}

/// The pin where somebody drags it, types it, or is.
#[component]
fn ByHand(mut lat: Signal<String>, mut lng: Signal<String>) -> Element {
    let settings = use_settings();
    let mut place = move |(north, east): (f64, f64)| {
        lat.set(format!("{north:.6}"));
        lng.set(format!("{east:.6}"));
    };
    let mut here = use_signal(|| None::<Result<Fix, NoPosition>>);
    let pin = number(&lat.read()).ok().zip(number(&lng.read()).ok());
    let circle = pin.map(|(lat, lng)| Circle { lat, lng, radius_m: DEFAULT_RADIUS_M });
    let found = here().and_then(Result::ok);
    rsx! {
        section { class: "card place-map tall", "aria-label": t!("map-of-place"),
            MapView {
                id: "new-customer-map", label: t!("map-of-place"), points: "[]", circle, pin: pin.unwrap_or(UNPLACED), settings,
                fit: found.is_some(), fit_key: found.map(|fix| format!("{},{}", fix.lat.get(), fix.lng.get())).unwrap_or_default(),
                onselect: |_| {}, onmove: place,
            }
        }
        p { class: "muted", {t!("pin-place-hint")} }
        div { class: "two",
            TextField { label: t!("latitude"), name: "lat", value: lat, "inputmode": "decimal", autocomplete: "off" }
            TextField { label: t!("longitude"), name: "lng", value: lng, "inputmode": "decimal", autocomplete: "off" }
        }
        div {
            button { class: "button", r#type: "button",
                onclick: move |_| async move {
                    let found = platform::position().await;
                    if let Ok(fix) = &found {
                        place((fix.lat.get(), fix.lng.get()));
                    }
                    here.set(Some(found));
                },
                Icon { name: Name::Navigation }
                {t!("pin-where-i-am")}
            }
        }
        if let Some(Err(why)) = here() {
            p { class: "notice warn", role: "status",
                Icon { name: Name::Alert }
                span { {no_position(why)} }
            }
        }
    }
}
