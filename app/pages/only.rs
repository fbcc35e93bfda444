//! The one a list is narrowed to, and the way back to all.

use dioxus::prelude::*;

use crate::{
    api::{customers, staff},
    components::icon::{Icon, Name},
    route::Route,
};

/// The person of this id by name; `to` is the list of all, which `others` names.
#[component]
pub fn OnlyPerson(id: ReadSignal<String>, others: String, to: Route) -> Element {
    let name = use_resource(move || async move {
        match id().parse() {
            Ok(id) => staff::employee(id).await.map(|employee| employee.name).unwrap_or_default(),
            Err(_) => String::new(),
        }
    });
    rsx! { Only { name: name().unwrap_or_default(), others, to } }
}

/// The company of this id by name; `to` is the list of all, which `others` names.
#[component]
pub fn OnlyCompany(id: ReadSignal<String>, others: String, to: Route) -> Element {
    let name = use_resource(move || async move {
        match id().parse() {
            Ok(id) => customers::company(id).await.map(|details| details.company.name).unwrap_or_default(),
            Err(_) => String::new(),
        }
    });
    rsx! { Only { name: name().unwrap_or_default(), others, to } }
}

#[component]
fn Only(name: String, others: String, to: Route) -> Element {
    rsx! {
        Link { class: "button", to, "aria-label": "{others}", title: "{others}",
            "{name}"
            Icon { name: Name::X, size: 16 }
        }
    }
}
