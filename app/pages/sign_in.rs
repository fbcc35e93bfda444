//! Signing in.

use dioxus::prelude::*;
use dioxus_fullstack_core::use_server_future;
use dioxus_i18n::t;
use ekenko_domain::{employee::Credentials, problem::Problem};

use super::{
    shell::{Brand, Languages},
    start::home,
};
use crate::{
    api,
    components::{title::PageTitle, toast::explain},
    platform,
    route::Route,
};

/// E-mail and password; afterwards the page that was asked for.
#[component]
pub fn SignInPage(next: String) -> Element {
    let settings = use_server_future(|| async { (api::settings().await, api::setup_needed().await) })?;
    let mut email = use_signal(String::new);
    let mut password = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let navigator = use_navigator();
    // Nothing may be sent with the next person's cookie, and what the last one saw is not theirs to see.
    use_future(|| platform::set_owner(None));
    let (demo, needed) = match settings() {
        Some((Ok(settings), needed)) => (settings.demo, needed == Ok(true)),
        _ => (false, false),
    };
    use_effect(move || {
        if needed {
            navigator.replace(Route::SetUpPage {});
        }
    });
    let submit = move |event: FormEvent| {
        event.prevent_default();
        let next = next.clone();
        // As they stand in the form: typed before the page answered, they never reached the signals.
        let typed = |name| match event.get_first(name) {
            Some(FormValue::Text(text)) => text,
            _ => String::new(),
        };
        let credentials = Credentials { email: typed("email"), password: typed("password") };
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            match api::sign_in(&credentials).await {
                // Only addresses of our own: a link must not send somebody who signs in elsewhere.
                Ok(_) if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') => {
                    platform::go(&next)
                }
                Ok(who) => platform::go(&home(who.role).to_string()),
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("sign-in") }
        main { class: "sole",
            form { class: "card sign-in", method: "post", onsubmit: submit, novalidate: true,
                div { class: "sole-head",
                    span { class: "brand", Brand {} }
                    Languages {}
                }
                h1 { {t!("sign-in")} }
                label { class: "field",
                    span { {t!("email")} }
                    input {
                        r#type: "email", name: "email", autocomplete: "username", inputmode: "email", required: true,
                        autofocus: true, value: "{email}", oninput: move |event| email.set(event.value()),
                    }
                }
                label { class: "field",
                    span { {t!("password")} }
                    input {
                        r#type: "password", name: "password", autocomplete: "current-password", required: true,
                        value: "{password}", oninput: move |event| password.set(event.value()),
                    }
                }
                if let Some(problem) = problem() {
                    p { class: "error", role: "alert", "{explain(&problem)}" }
                }
                button { class: "button primary wide", r#type: "submit", disabled: busy(),
                    if busy() { {t!("signing-in")} } else { {t!("sign-in")} }
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
