//! A customer is added in the field: the pin is where one stands.

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

use super::{address::AddressFields, check_in::no_position, shell::use_settings};
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

/// Name, pin, and what else is known.
#[component]
pub fn NewCustomerPage() -> Element {
    let (settings, teller, navigator) = (use_settings(), use_teller(), use_navigator());
    let id = use_hook(|| LocationId(uuid::Uuid::new_v4()));
    let mut fix = use_signal(|| None::<Result<Fix, NoPosition>>);
    let look = move || async move {
        fix.set(None);
        fix.set(Some(platform::position().await));
    };
    use_future(look);
    let form = use_form(move |typed| async move {
        let Some(Ok(fix)) = fix() else { return Err(Problem::invalid("lat", t!("pin-needed"))) };
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
            lat: fix.lat,
            lng: fix.lng,
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
            match fix() {
                None => rsx! { p { class: "notice", role: "status", Icon { name: Name::Navigation } {t!("looking-for-position")} } },
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
            Invalid { field: "lat" }
            TextField { label: t!("name"), name: "name", autocomplete: "off", maxlength: 200 }
            Select { label: t!("status"), name: "status",
                for status in [LocationStatus::Active, LocationStatus::Lead] {
                    option { key: "{status.code()}", value: status.code(), {named("location-status", status.code())} }
                }
            }
            TextField { label: t!("phone"), name: "phone", r#type: "tel", autocomplete: "off", maxlength: 200 }
            TextField { label: t!("address"), name: "address", autocomplete: "off", maxlength: 200 }
            AddressFields {}
            TextField { label: t!("legal-name"), name: "legal_name", autocomplete: "off", maxlength: 200 }
            TextField { label: t!("tax-id"), name: "tax_id", "inputmode": "numeric", autocomplete: "off", maxlength: 200 }
            Submit { text: t!("customer-add") }
        }
    }
}
