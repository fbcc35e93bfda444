//! How pressing a task is: never by colour alone.

use dioxus::prelude::*;
use ekenko_domain::task::Priority;

use super::icon::{Icon, Name};
use crate::i18n::named;

/// The priority with its sign.
#[component]
pub fn PriorityBadge(priority: Priority) -> Element {
    let code = priority.code();
    rsx! {
        span { class: "badge", "data-priority": code,
            Icon { name: Name::Flag, size: 14 }
            {named("priority", code)}
        }
    }
}
