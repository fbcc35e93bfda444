//! Staff: people and teams, for those who keep them.

pub mod activity;
pub mod edit_person;
pub mod history;
pub mod people;
pub mod person;
pub mod set_password;
pub mod team;
pub mod teams;

use dioxus::prelude::*;
use dioxus_i18n::t;

use crate::{api::staff, components::tab, route::Route};

/// The pages of staff.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tab {
    People,
    Teams,
    Activity,
}

/// The way from one to the other.
#[component]
fn StaffTabs(tab: Tab) -> Element {
    let tabs = [
        (Tab::People, Route::people(), t!("people")),
        (Tab::Teams, Route::TeamsPage {}, t!("teams")),
        (Tab::Activity, staff::Activities::default().route(), t!("activity")),
    ];
    rsx! {
        nav { class: "tabs", "aria-label": t!("nav-people"),
            for (there, to, name) in tabs {
                tab::Tab { key: "{name}", to, here: there == tab, {name} }
            }
        }
    }
}
