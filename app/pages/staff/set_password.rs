//! Where a link leads: its holder chooses a password.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Credentials,
    staff::{LinkHolder, SetPassword},
    text::NewPassword,
};

use super::super::shell::{Brand, Languages};
use crate::{
    api::{self, staff},
    components::{
        feedback::Failed,
        form::{Form, Invalid, TextField, use_form},
        title::PageTitle,
    },
    loaded::use_loaded,
    platform,
};

/// A password for whoever holds the link; then signs in.
#[component]
pub fn SetPasswordPage(token: ReadSignal<String>) -> Element {
    let mut holder = use_loaded(move || async move {
        staff::set_password(&SetPassword { token: token(), new_password: None }).await
    })?;
    rsx! {
        PageTitle { text: t!("set-password") }
        main { class: "sole",
            match holder.now() {
                Some(Ok(holder)) => rsx! { Choose { token, holder } },
                Some(Err(problem)) => rsx! {
                    div { class: "card sign-in",
                        div { class: "sole-head",
                            span { class: "brand", Brand {} }
                            Languages {}
                        }
                        Failed { problem, retry: move |()| holder.restart() }
                    }
                },
                None => rsx! {},
            }
        }
    }
}

#[component]
fn Choose(token: ReadSignal<String>, holder: LinkHolder) -> Element {
    let email = holder.email.clone();
    let form = use_form(move |typed| {
        let email = email.clone();
        async move {
            let new_password = typed.read("new_password", NewPassword::parse)?;
            let password = String::from(new_password.clone());
            staff::set_password(&SetPassword { token: token(), new_password: Some(new_password) }).await?;
            api::sign_in(&Credentials { email, password }).await?;
            platform::go("/");
            Ok(())
        }
    });
    rsx! {
        Form { form, class: "card sign-in", method: "post",
            div { class: "sole-head",
                span { class: "brand", Brand {} }
                Languages {}
            }
            h1 { {t!("hello-name", name: holder.name.clone())} }
            p { class: "muted", {t!("set-password-hint")} }
            TextField { label: t!("email"), name: "email", first: holder.email.clone(), r#type: "email", autocomplete: "username", readonly: true }
            TextField { label: t!("password-new"), name: "new_password", r#type: "password", autocomplete: "new-password", autofocus: true }
            Invalid { field: "" }
            button { class: "button primary wide", r#type: "submit", disabled: form.is_busy(), {t!("set-password-do")} }
        }
    }
}
