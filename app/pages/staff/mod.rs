//! Staff: people and teams, for those who keep them.

pub mod edit_person;
pub mod history;
pub mod people;
pub mod person;
pub mod set_password;
pub mod team;
pub mod teams;

use dioxus::prelude::*;
use dioxus_i18n::t;

use crate::route::Route;

/// People or teams.
#[component]
fn StaffTabs(teams: bool) -> Element {
    rsx! {
        nav { class: "tabs", "aria-label": t!("nav-people"),
            Link { class: "tab", to: Route::people(), "aria-current": if teams { "false" } else { "page" }, {t!("people")} }
            Link { class: "tab", to: Route::TeamsPage {}, "aria-current": if teams { "page" } else { "false" }, {t!("teams")} }
        }
    }
}
