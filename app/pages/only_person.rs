//! The one person a list is narrowed to, and the way back to all.

use dioxus::prelude::*;

use crate::{
    api::staff,
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
    rsx! {
        Link { class: "button", to, "aria-label": "{others}", title: "{others}",
            "{name().unwrap_or_default()}"
            Icon { name: Name::X, size: 16 }
        }
    }
}
