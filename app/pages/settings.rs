//! What an admin sets for the whole organisation.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::{Calendar, MOST_VISITS_A_DAY, OrganisationSettings},
    plan::{Interval, VisitEvery},
    problem::Problem,
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        form::{Form, Submit, TextField, Typed, use_form},
        icon::{Icon, Name},
        radios::Radios,
        title::{PageHead, PageTitle},
    },
    i18n::named,
    platform,
    route::Route,
};

/// Reads the days between visits.
pub fn interval(typed: &Typed, field: &str) -> Result<Interval, Problem> {
    typed.read(field, |text| {
        let days = text.trim().parse::<u16>().ok().and_then(|days| Interval::try_from(days).ok());
        days.ok_or_else(|| t!("interval-range"))
    })
}

/// The day's target, how often customers are visited, and the calendar.
#[component]
pub fn SettingsPage() -> Element {
    let organisation = use_me().organisation;
    let mut calendar = use_signal(|| organisation.calendar);
    let form = use_form(move |typed| async move {
        let visit_target = typed.read("visit_target", |text| match text.trim().parse() {
            Ok(target) if (1..=MOST_VISITS_A_DAY).contains(&target) => Ok(target),
            _ => Err(t!("target-range", most: i64::from(MOST_VISITS_A_DAY))),
        })?;
        let visit_every_days = Some(VisitEvery {
            a: interval(&typed, "visit_every_days.a")?,
            b: interval(&typed, "visit_every_days.b")?,
            c: interval(&typed, "visit_every_days.c")?,
            d: interval(&typed, "visit_every_days.d")?,
            other: interval(&typed, "visit_every_days.other")?,
        });
        let settings = OrganisationSettings { visit_target, calendar: calendar(), visit_every_days };
        api::change_organisation(&settings).await?;
        // Every page writes dates by the new calendar, so everything is read afresh.
        platform::go("/settings");
        Ok(())
    });
    let every = organisation.visit_every_days;
    rsx! {
        PageTitle { text: t!("settings") }
        Form { form, class: "page narrow",
            PageHead { title: t!("settings"), back: Route::ProfilePage {},
                p { class: "muted", "{organisation.name}" }
            }
            Link { class: "card row settings-link", to: Route::ChoicesPage {},
                Icon { name: Name::List }
                span { class: "row-main",
                    strong { {t!("choices-title")} }
                    span { class: "muted", {t!("choices-hint")} }
                }
                Icon { name: Name::ChevronRight, size: 16 }
            }
            TextField {
                label: t!("visit-target"), name: "visit_target", first: "{organisation.visit_target}",
                r#type: "number", "inputmode": "numeric", min: 1, max: MOST_VISITS_A_DAY,
            }
            fieldset { class: "intervals",
                legend { {t!("visit-every")} }
                TextField { label: t!("grade-a"), name: "visit_every_days.a", first: "{every.a.days()}", r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
                TextField { label: t!("grade-b"), name: "visit_every_days.b", first: "{every.b.days()}", r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
                TextField { label: t!("grade-c"), name: "visit_every_days.c", first: "{every.c.days()}", r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
                TextField { label: t!("grade-d"), name: "visit_every_days.d", first: "{every.d.days()}", r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
                TextField { label: t!("grade-none"), name: "visit_every_days.other", first: "{every.other.days()}", r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
            }
            Radios {
                legend: t!("calendar"), name: "calendar", chosen: calendar().code(),
                options: Calendar::ALL.iter().map(|calendar| (calendar.code().to_owned(), named("calendar", calendar.code()))).collect::<Vec<_>>(),
                onchoose: move |code: String| if let Some(choice) = Calendar::from_code(&code) { calendar.set(choice) },
            }
            Submit { text: t!("save") }
        }
    }
}
