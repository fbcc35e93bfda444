//! How far business with a customer is, how it came to that, and why.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{LocationStatus, SetStatus},
    id::LocationId,
    text::Line,
};

use super::shell::use_me;
use crate::{
    api::customers as api,
    components::{
        form::{Form, Invalid, Select, TextField, use_form},
        icon::{Icon, Name},
        toast::explain,
    },
    i18n::{self, named},
    loaded::use_loaded,
};

/// A status as a badge.
#[component]
pub fn StatusBadge(status: LocationStatus) -> Element {
    rsx! { span { class: "badge status", "data-business": status.code(), {named("location-status", status.code())} } }
}

/// The status of a location with its history; managers change it.
#[component]
pub fn Standing(location: LocationId, first: LocationStatus) -> Element {
    let me = use_me();
    let mut status = use_signal(|| first);
    let mut changing = use_signal(|| false);
    let mut history = use_loaded(move || api::statuses(location))?;
    let zone = me.organisation.time_zone.clone();
    rsx! {
        section { class: "section",
            div { class: "section-head",
                h2 { {t!("status")} " " StatusBadge { status: status() } }
                if me.role.manages() && !changing() {
                    button { class: "button quiet", onclick: move |_| changing.set(true),
                        Icon { name: Name::Pencil }
                        {t!("status-change")}
                    }
                }
            }
            if changing() {
                Change { location, status: status(), oncancel: move |()| changing.set(false),
                    onkept: move |to| {
                        status.set(to);
                        changing.set(false);
                        history.restart();
                    },
                }
            }
            match history.now() {
                None => rsx! {},
                // Without signal the status alone is known.
                Some(Err(problem)) if problem.is_passing() => rsx! {},
                Some(Err(problem)) => rsx! { p { class: "error", role: "alert", "{explain(&problem)}" } },
                Some(Ok(history)) if history.statuses.is_empty() => rsx! { p { class: "muted", {t!("status-never-changed")} } },
                Some(Ok(history)) => rsx! {
                    ul { class: "card rows log",
                        for (n, change) in history.statuses.into_iter().enumerate() {
                            li { key: "{n}", class: "row log-line",
                                span { class: "row-main",
                                    span {
                                        {named("location-status", change.from.code())} " → "
                                        strong { {named("location-status", change.to.code())} }
                                    }
                                    span { "{change.reason}" }
                                    span { class: "muted", "{change.by.name} · {i18n::moment(change.at, &zone)}" }
                                }
                            }
                        }
                    }
                },
            }
        }
    }
}

#[component]
fn Change(
    location: LocationId,
    status: LocationStatus,
    onkept: EventHandler<LocationStatus>,
    oncancel: EventHandler<()>,
) -> Element {
    let form = use_form(move |typed| async move {
        let set = SetStatus {
            status: LocationStatus::from_code(typed.text("status")).unwrap_or_default(),
            reason: typed.read("reason", Line::parse)?,
        };
        onkept(api::set_status(location, &set).await?.status);
        Ok(())
    });
    rsx! {
        Form { form, class: "card done",
            Select { label: t!("status-new"), name: "status",
                for choice in LocationStatus::ALL.iter().copied().filter(|choice| *choice != status) {
                    option { key: "{choice.code()}", value: choice.code(), {named("location-status", choice.code())} }
                }
            }
            TextField { label: t!("status-reason"), name: "reason", autocomplete: "off", maxlength: 500 }
            Invalid { field: "" }
            div { class: "two",
                button { class: "button", r#type: "button", onclick: move |_| oncancel(()), {t!("cancel")} }
                button { class: "button primary", r#type: "submit", disabled: form.is_busy(), {t!("save")} }
            }
        }
    }
}
