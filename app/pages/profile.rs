//! The reader's own page: what a rep did, and the password.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::{ChangePassword, Role},
    problem::Problem,
    statistics::Statistics,
    text::NewPassword,
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        bars::{Bar, VisitsChart},
        feedback::{Failed, Loading},
        form::{Form, Invalid, TextField, use_form},
        icon::{Icon, Name},
        person::Avatar,
        title::PageTitle,
        toast::{use_action, use_teller},
    },
    i18n,
    loaded::use_loaded,
    route::Route,
};

/// Who, what was done, and the password.
#[component]
pub fn ProfilePage() -> Element {
    let me = use_me();
    let mut changed = use_signal(|| 0);
    let teams = me.teams.iter().map(|team| team.name.clone()).collect::<Vec<_>>().join(", ");
    rsx! {
        PageTitle { text: t!("profile") }
        div { class: "page narrow",
            div { class: "profile-head",
                Portrait {}
                div {
                    h1 { "{me.name}" }
                    p { class: "muted", "{me.email}" }
                    p { class: "muted", "{teams}" }
                }
            }
            if me.role == Role::Rep {
                Sums {}
            }
            if me.role == Role::Admin {
                Link { class: "button", to: Route::SettingsPage {},
                    Icon { name: Name::Settings }
                    {t!("settings")}
                }
            }
            // Every change leaves a new form behind, empty and open.
            {rsx! { Password { key: "{changed}", onchanged: move |()| changed += 1 } }}
        }
    }
}

/// The reader's picture, and the way to another.
#[component]
fn Portrait() -> Element {
    let (me, teller) = (use_me(), use_teller());
    let mut sha256 = use_signal(|| me.avatar.clone());
    let mut busy = use_signal(|| false);
    let take = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        busy.set(true);
        let sent = match file.read_bytes().await {
            Ok(bytes) => api::put_avatar(bytes.to_vec()).await,
            Err(error) => Err(Problem::new(0, "unreadable", error.to_string())),
        };
        match sent {
            Ok(me) => sha256.set(me.avatar),
            Err(problem) => teller.failed(&problem),
        }
        busy.set(false);
    };
    let remove = use_action(move |()| async move {
        let before = sha256();
        sha256.set(None);
        let removed = api::remove_avatar().await;
        if removed.is_err() {
            sha256.set(before);
        }
        removed
    });
    rsx! {
        div { class: "portrait", "aria-busy": if busy() { "true" } else { "false" },
            Avatar { name: me.name.clone(), id: me.id, sha256: sha256() }
            label { class: "button file", title: t!("avatar-change"),
                input { r#type: "file", name: "avatar", "aria-label": t!("avatar-change"), accept: "image/jpeg,image/png,image/webp", disabled: busy(), onchange: take }
                Icon { name: Name::Camera, size: 16 }
                if busy() { {t!("sending-photo")} } else { {t!("avatar-change")} }
            }
            if sha256().is_some() {
                button { class: "button quiet", disabled: busy(), onclick: move |_| remove(()), {t!("avatar-remove")} }
            }
        }
    }
}

#[component]
fn Sums() -> Element {
    let mut loaded = use_loaded(api::statistics)?;
    match loaded.now() {
        Some(Ok(statistics)) => rsx! { Charts { statistics } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { Loading { rows: 3 } },
    }
}

/// Some weeks' work in numbers and by the day.
#[component]
pub fn Charts(statistics: Statistics) -> Element {
    let coverage = match statistics.customers {
        0 => "–".to_owned(),
        all => i18n::percent(Some(f64::from(statistics.customers_visited) / f64::from(all))),
    };
    let bars = statistics
        .days
        .iter()
        .map(|day| Bar {
            label: t!("day-sums", date: i18n::date(day.date), visits: i64::from(day.visits), verified: i64::from(day.verified)),
            all: day.visits,
            good: day.verified,
        })
        .collect::<Vec<_>>();
    let [first, last] = [statistics.days.first(), statistics.days.last()]
        .map(|day| day.map(|day| i18n::date(day.date)).unwrap_or_default());
    rsx! {
        section { class: "section",
            h2 { {t!("last-30-days")} }
            dl { class: "numbers",
                div { class: "card number",
                    dt { {t!("number-visits")} }
                    dd { "{i18n::number(statistics.visits)}" }
                }
                div { class: "card number",
                    dt { {t!("number-verified")} }
                    dd { {i18n::percent(statistics.verified_share)} }
                }
                div { class: "card number",
                    dt { {t!("average-duration")} }
                    dd { if let Some(seconds) = statistics.average_duration_s { "{i18n::duration(seconds)}" } else { "–" } }
                }
                div { class: "card number",
                    dt { {t!("customers-visited")} }
                    dd { "{coverage}" span { class: "of", " {i18n::number(statistics.customers_visited)} / {i18n::number(statistics.customers)}" } }
                }
            }
            VisitsChart { first, last, bars }
        }
    }
}

/// Another password for the reader.
#[component]
pub fn Password(onchanged: EventHandler<()>) -> Element {
    let teller = use_teller();
    let form = use_form(move |typed| async move {
        let change = ChangePassword {
            old_password: typed.text("old_password").to_owned(),
            new_password: typed.read("new_password", NewPassword::parse)?,
        };
        api::change_password(&change).await?;
        teller.done(t!("password-changed"));
        onchanged(());
        Ok(())
    });
    rsx! {
        section { class: "section",
            h2 { {t!("password-change")} }
            Form { form, class: "card done", method: "post",
                TextField { label: t!("password-old"), name: "old_password", r#type: "password", autocomplete: "current-password" }
                TextField { label: t!("password-new"), name: "new_password", r#type: "password", autocomplete: "new-password" }
                p { class: "muted", {t!("password-hint")} }
                Invalid { field: "" }
                button { class: "button", r#type: "submit", disabled: form.is_busy(), {t!("password-change")} }
            }
        }
    }
}
