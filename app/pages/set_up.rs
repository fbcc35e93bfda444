//! The first page of an empty installation: its organisation and its first admin.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    day::TimeZone,
    employee::{Credentials, Setup},
    text::{Email, Name, NewPassword},
};

use super::shell::{Brand, Languages};
use crate::{
    api,
    components::{
        form::{Form, Invalid, TextField, use_form},
        title::PageTitle,
    },
    platform,
};

/// Organisation, name, address, password; then signs in.
#[component]
pub fn SetUpPage() -> Element {
    let form = use_form(|typed| async move {
        let setup = Setup {
            organisation: typed.read("organisation", Name::parse)?,
            time_zone: TimeZone::bangkok(),
            name: typed.read("name", Name::parse)?,
            email: typed.read("email", Email::parse)?,
            password: typed.read("password", NewPassword::parse)?,
        };
        api::set_up(&setup).await?;
        api::sign_in(&Credentials { email: setup.email.into(), password: setup.password.into() }).await?;
        platform::go("/");
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("set-up-title") }
        main { class: "sole",
            Form { form, class: "card sign-in", method: "post",
                div { class: "sole-head",
                    span { class: "brand", Brand {} }
                    Languages {}
                }
                h1 { {t!("set-up-title")} }
                p { class: "muted", {t!("set-up-hint")} }
                TextField { label: t!("organisation"), name: "organisation", autocomplete: "organization" }
                TextField { label: t!("your-name"), name: "name", autocomplete: "name" }
                TextField { label: t!("email"), name: "email", r#type: "email", autocomplete: "username" }
                TextField { label: t!("password"), name: "password", r#type: "password", autocomplete: "new-password" }
                Invalid { field: "" }
                button { class: "button primary wide", r#type: "submit", disabled: form.is_busy(), {t!("set-up-do")} }
            }
        }
    }
}
