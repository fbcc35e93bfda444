//! Signing in.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::employee::Credentials;

use super::{
    shell::{Brand, Languages},
    start::home,
};
use crate::{
    api,
    components::{
        form::{Form, Invalid, TextField, use_form},
        title::PageTitle,
    },
    loaded::use_loaded,
    platform,
    route::Route,
};

/// E-mail and password; afterwards the page that was asked for.
#[component]
pub fn SignInPage(next: String) -> Element {
    let settings = use_loaded(|| async { (api::settings().await, api::setup_needed().await) })?;
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let navigator = use_navigator();
    // Nothing may be sent with the next person's cookie, and what the last one saw is not theirs to see.
    use_future(|| platform::set_owner(None));
    let (demo, needed) = match settings.now() {
        Some((Ok(settings), needed)) => (settings.demo, needed == Ok(true)),
        _ => (false, false),
    };
    use_effect(move || {
        if needed {
            navigator.replace(Route::SetUpPage {});
        }
    });
    let form = use_form(move |typed| {
        let next = next.clone();
        async move {
            let [email, password] = ["email", "password"].map(|name| typed.text(name).to_owned());
            let who = api::sign_in(&Credentials { email, password }).await?;
            // Only addresses of our own: a link must not send somebody who signs in elsewhere.
            if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') {
                platform::go(&next);
            } else {
                platform::go(&home(who.role).to_string());
            }
            Ok(())
        }
    });
    rsx! {
        PageTitle { text: t!("sign-in") }
        main { class: "sole",
            Form { form, class: "card sign-in", method: "post",
                div { class: "sole-head",
                    span { class: "brand", Brand {} }
                    Languages {}
                }
                h1 { {t!("sign-in")} }
                TextField {
                    label: t!("email"), name: "email", value: email, r#type: "email", autocomplete: "username",
                    "inputmode": "email", required: true, autofocus: true,
                }
                TextField {
                    label: t!("password"), name: "password", value: password, r#type: "password",
                    autocomplete: "current-password", required: true,
                }
                Invalid { field: "" }
                button { class: "button primary wide", r#type: "submit", disabled: form.is_busy(),
                    if form.is_busy() { {t!("signing-in")} } else { {t!("sign-in")} }
                }
                if demo {
                    div { class: "demo-note",
                        p { {t!("demo-accounts")} }
                        for account in ["manager1@ekenko.test", "rep1@ekenko.test", "admin@ekenko.test"] {
                            button {
                                key: "{account}", class: "button quiet", r#type: "button",
                                onclick: move |_| {
                                    email.set(account.into());
                                    password.set("ekenko-demo".into());
                                },
                                "{account}"
                            }
                        }
                    }
                }
            }
        }
    }
}
