//! The first page of an empty installation: its organisation and its first admin.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    day::TimeZone,
    employee::{Credentials, Setup},
    problem::Problem,
    text::{Email, Name, NewPassword},
};

use super::shell::{Brand, Languages};
use crate::{
    api,
    components::{title::PageTitle, toast::explain},
    i18n, platform,
};

/// Checks a field with the domain's own rule, so that page and server cannot disagree.
fn checked<T, E: ToString>(field: &str, value: Result<T, E>) -> Result<T, Problem> {
    value.map_err(|error| Problem::invalid(field, error.to_string()))
}

/// Organisation, name, address, password; then signs in.
#[component]
pub fn SetUpPage() -> Element {
    let mut organisation = use_signal(String::new);
    let mut name = use_signal(String::new);
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let submit = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            let done: Result<(), Problem> = async {
                let setup = Setup {
                    organisation: checked("organisation", Name::parse(organisation()))?,
                    time_zone: TimeZone::bangkok(),
                    name: checked("name", Name::parse(name()))?,
                    email: checked("email", Email::parse(email()))?,
                    password: checked("password", NewPassword::parse(password()))?,
                };
                api::set_up(&setup).await?;
                api::sign_in(&Credentials { email: email(), password: password() }).await?;
                Ok(())
            }
            .await;
            match done {
                Ok(()) => platform::go("/"),
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    let wrong = move |field: &str| {
        problem().and_then(|p| p.errors.iter().find(|e| e.field == field).map(|e| i18n::reason(&e.message)))
    };
    rsx! {
        PageTitle { text: t!("set-up-title") }
        main { class: "sole",
            form { class: "card sign-in", method: "post", onsubmit: submit, novalidate: true,
                div { class: "sole-head",
                    span { class: "brand", Brand {} }
                    Languages {}
                }
                h1 { {t!("set-up-title")} }
                p { class: "muted", {t!("set-up-hint")} }
                Field { label: t!("organisation"), name: "organisation", kind: "text", complete: "organization", wrong: wrong("organisation"), value: organisation(), oninput: move |v| organisation.set(v) }
                Field { label: t!("your-name"), name: "name", kind: "text", complete: "name", wrong: wrong("name"), value: name(), oninput: move |v| name.set(v) }
                Field { label: t!("email"), name: "email", kind: "email", complete: "username", wrong: wrong("email"), value: email(), oninput: move |v| email.set(v) }
                Field { label: t!("password"), name: "password", kind: "password", complete: "new-password", wrong: wrong("password"), value: password(), oninput: move |v| password.set(v) }
                if let Some(problem) = problem().filter(|p| p.errors.is_empty()) {
                    p { class: "error", role: "alert", "{explain(&problem)}" }
                }
                button { class: "button primary wide", r#type: "submit", disabled: busy(), {t!("set-up-do")} }
            }
        }
    }
}

#[component]
fn Field(
    label: String,
    name: &'static str,
    kind: &'static str,
    complete: &'static str,
    wrong: Option<String>,
    value: String,
    oninput: EventHandler<String>,
) -> Element {
    rsx! {
        label { class: "field",
            span { "{label}" }
            input {
                r#type: kind, name, autocomplete: complete, value: "{value}",
                "aria-invalid": if wrong.is_some() { "true" } else { "false" },
                oninput: move |event| oninput.call(event.value()),
            }
            if let Some(wrong) = &wrong {
                span { class: "error", role: "alert", "{wrong}" }
            }
        }
    }
}
