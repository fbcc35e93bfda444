//! What an admin sets for the whole organisation.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::employee::{Calendar, MOST_VISITS_A_DAY, OrganisationSettings};

use super::shell::use_me;
use crate::{
    api,
    components::{
        form::{Form, Submit, TextField, use_form},
        title::{PageHead, PageTitle},
    },
    i18n::named,
    platform,
    route::Route,
};

/// The day's target and the calendar.
#[component]
pub fn SettingsPage() -> Element {
    let organisation = use_me().organisation;
    let mut calendar = use_signal(|| organisation.calendar);
    let form = use_form(move |typed| async move {
        let visit_target = typed.read("visit_target", |text| match text.trim().parse() {
            Ok(target) if (1..=MOST_VISITS_A_DAY).contains(&target) => Ok(target),
            _ => Err(t!("target-range", most: i64::from(MOST_VISITS_A_DAY))),
        })?;
        api::change_organisation(&OrganisationSettings { visit_target, calendar: calendar() }).await?;
        // Every page writes dates by the new calendar, so everything is read afresh.
        platform::go("/settings");
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("settings") }
        Form { form, class: "page narrow",
            PageHead { title: t!("settings"), back: Route::ProfilePage {},
                p { class: "muted", "{organisation.name}" }
            }
            TextField {
                label: t!("visit-target"), name: "visit_target", first: "{organisation.visit_target}",
                r#type: "number", "inputmode": "numeric", min: 1, max: MOST_VISITS_A_DAY,
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
            Submit { text: t!("save") }
        }
    }
}
