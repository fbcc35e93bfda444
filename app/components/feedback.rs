//! The states a page has besides being full: loading, empty, failed.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::problem::Problem;

use super::{
    icon::{Icon, Name},
    toast::explain,
};

/// Grey shapes where rows will be.
#[component]
pub fn Loading(#[props(default = 4)] rows: u32) -> Element {
    rsx! {
        div { class: "loading", role: "status", "aria-label": t!("loading"),
            for row in 0..rows {
                div { key: "{row}", class: "skeleton" }
            }
        }
    }
}

/// Nothing here yet, and what to do about it.
#[component]
pub fn Empty(icon: Name, title: String, #[props(default)] hint: String, children: Element) -> Element {
    rsx! {
        div { class: "empty",
            Icon { name: icon, size: 28 }
            strong { "{title}" }
            if !hint.is_empty() {
                p { "{hint}" }
            }
            {children}
        }
    }
}

/// It could not be loaded; trying again is one press away.
#[component]
pub fn Failed(problem: Problem, retry: EventHandler<()>) -> Element {
    rsx! {
        div { class: "empty", role: "alert",
            Icon { name: Name::Alert, size: 28 }
            strong { {t!("failed-title")} }
            p { "{explain(&problem)}" }
            button { class: "button", onclick: move |_| retry.call(()), {t!("try-again")} }
        }
    }
}
