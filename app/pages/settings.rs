//! What an admin sets for the whole organisation.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::{Calendar, MOST_VISITS_A_DAY, OrganisationSettings},
    problem::Problem,
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        field::Invalid,
        icon::{Icon, Name},
        title::PageTitle,
    },
    i18n::named,
    platform,
    route::Route,
};

/// The day's target and the calendar.
#[component]
pub fn SettingsPage() -> Element {
    let organisation = use_me().organisation;
    let mut target = use_signal(|| organisation.visit_target.to_string());
    let mut calendar = use_signal(|| organisation.calendar);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let save = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let saved = match target().trim().parse::<u16>() {
                Ok(visit_target) if (1..=MOST_VISITS_A_DAY).contains(&visit_target) => {
                    let calendar = calendar();
                    api::change_organisation(&OrganisationSettings {
                        visit_target,
                        calendar,
                        visit_every_days: None,
                    })
                    .await
                }
                _ => Err(Problem::invalid(
                    "visit_target",
                    t!("target-range", most: i64::from(MOST_VISITS_A_DAY)),
                )),
            };
            match saved {
                // Every page writes dates by the new calendar, so everything is read afresh.
                Ok(_) => platform::go("/settings"),
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("settings") }
        form { class: "page narrow", onsubmit: save, novalidate: true, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::ProfilePage {},
                    Icon { name: Name::ArrowLeft }
                }
                div {
                    h1 { {t!("settings")} }
                    p { class: "muted", "{organisation.name}" }
                }
            }
            label { class: "field",
                span { {t!("visit-target")} }
                input { r#type: "number", name: "visit_target", inputmode: "numeric", min: 1, max: "{MOST_VISITS_A_DAY}", value: "{target}", oninput: move |event| target.set(event.value()) }
                Invalid { problem: problem(), field: "visit_target" }
            }
            fieldset { class: "choices",
                legend { {t!("calendar")} }
                for choice in Calendar::ALL.iter().copied() {
                    label { key: "{choice.code()}", class: "choice",
                        input { r#type: "radio", name: "calendar", value: choice.code(), checked: calendar() == choice, onchange: move |_| calendar.set(choice) }
                        span { {named("calendar", choice.code())} }
                    }
                }
            }
            Invalid { problem: problem(), field: "" }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy(), {t!("save")} }
            }
        }
    }
}
