//! A customer is added in the field: the pin is where one stands.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{DEFAULT_RADIUS_M, NewLocation},
    id::LocationId,
    problem::Problem,
    tax_id::TaxId,
    text::{Line, Name as Called},
    visit::Fix,
};

use super::{check_in::no_position, shell::use_settings};
use crate::{
    api,
    components::{
        field::Invalid,
        icon::{Icon, Name},
        map_view::{Circle, MapView},
        title::PageTitle,
        toast::use_teller,
    },
    i18n,
    platform::{self, NoPosition},
    route::Route,
};

/// What is typed, field by field.
#[derive(Clone, Default, PartialEq)]
struct Typed {
    name: String,
    phone: String,
    address: String,
    district: String,
    province: String,
    postcode: String,
    legal_name: String,
    tax_id: String,
}

/// Name, pin, and what else is known.
#[component]
pub fn NewCustomerPage() -> Element {
    let (settings, teller, navigator) = (use_settings(), use_teller(), use_navigator());
    let id = use_hook(|| LocationId(uuid::Uuid::new_v4()));
    let mut fix = use_signal(|| None::<Result<Fix, NoPosition>>);
    let mut typed = use_signal(Typed::default);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let look = move || async move {
        fix.set(None);
        fix.set(Some(platform::position().await));
    };
    use_future(look);
    let read = move || -> Result<NewLocation, Problem> {
        let Some(Ok(fix)) = fix() else { return Err(Problem::invalid("lat", t!("pin-needed"))) };
        let typed = typed();
        let line = |field: &str, text: String| match text.trim() {
            "" => Ok(None),
            _ => Line::parse(text).map(Some).map_err(|e| Problem::invalid(field, e)),
        };
        Ok(NewLocation {
            id,
            name: Called::parse(typed.name).map_err(|e| Problem::invalid("name", e))?,
            company_id: None,
            legal_name: line("legal_name", typed.legal_name)?,
            tax_id: match typed.tax_id.trim() {
                "" => None,
                text => Some(TaxId::parse(text).map_err(|e| Problem::invalid("tax_id", e))?),
            },
            address: line("address", typed.address)?,
            district: line("district", typed.district)?,
            province: line("province", typed.province)?,
            postcode: line("postcode", typed.postcode)?,
            phone: line("phone", typed.phone)?,
            lat: fix.lat,
            lng: fix.lng,
            radius_m: None,
        })
    };
    let add = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let added = match read() {
                Ok(new) => api::add_customer(&new).await,
                Err(error) => Err(error),
            };
            match added {
                Ok(location) => {
                    teller.done(t!("customer-added"));
                    navigator.replace(Route::CustomerPage { id: location.id.to_string() });
                }
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("customer-new") }
        form { class: "page narrow", onsubmit: add, novalidate: true, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::customers(),
                    Icon { name: Name::ArrowLeft }
                }
                div { h1 { {t!("customer-new")} } }
            }
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
            Invalid { problem: problem(), field: "lat" }
            Text { label: t!("name"), name: "name", problem: problem(), value: typed.read().name.clone(), oninput: move |v| typed.write().name = v }
            Text { label: t!("phone"), name: "phone", problem: problem(), value: typed.read().phone.clone(), oninput: move |v| typed.write().phone = v }
            Text { label: t!("address"), name: "address", problem: problem(), value: typed.read().address.clone(), oninput: move |v| typed.write().address = v }
            div { class: "two",
                Text { label: t!("district"), name: "district", problem: problem(), value: typed.read().district.clone(), oninput: move |v| typed.write().district = v }
                Text { label: t!("province"), name: "province", problem: problem(), value: typed.read().province.clone(), oninput: move |v| typed.write().province = v }
            }
            Text { label: t!("postcode"), name: "postcode", problem: problem(), value: typed.read().postcode.clone(), oninput: move |v| typed.write().postcode = v }
            Text { label: t!("legal-name"), name: "legal_name", problem: problem(), value: typed.read().legal_name.clone(), oninput: move |v| typed.write().legal_name = v }
            Text { label: t!("tax-id"), name: "tax_id", problem: problem(), value: typed.read().tax_id.clone(), oninput: move |v| typed.write().tax_id = v }
            Invalid { problem: problem(), field: "" }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy(), {t!("customer-add")} }
            }
        }
    }
}

#[component]
fn Text(
    label: String,
    name: &'static str,
    problem: Option<Problem>,
    value: String,
    oninput: EventHandler<String>,
) -> Element {
    let (kind, mode) = match name {
        "phone" => ("tel", "tel"),
        "postcode" | "tax_id" => ("text", "numeric"),
        _ => ("text", "text"),
    };
    rsx! {
        label { class: "field",
            span { "{label}" }
            input { r#type: kind, name, inputmode: mode, autocomplete: "off", maxlength: 200, value: "{value}", oninput: move |event| oninput(event.value()) }
            Invalid { problem, field: name }
        }
    }
}
