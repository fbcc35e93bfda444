//! A manager or admin announces something.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    announcement::NewAnnouncement,
    employee::Role,
    id::AnnouncementId,
    problem::Problem,
    text::{Name as Title, Notes},
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        field::Invalid,
        icon::{Icon, Name},
        title::PageTitle,
        toast::use_teller,
    },
    route::Route,
};

/// To whom, and what.
#[component]
pub fn AnnouncePage() -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let id = use_hook(|| AnnouncementId(uuid::Uuid::new_v4()));
    let to_all = me.role == Role::Admin;
    let first = if to_all {
        String::new()
    } else {
        me.teams.first().map(|team| team.id.to_string()).unwrap_or_default()
    };
    let mut team = use_signal(|| first);
    let mut title = use_signal(String::new);
    let mut body = use_signal(String::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let read = move || -> Result<NewAnnouncement, Problem> {
        Ok(NewAnnouncement {
            id,
            title: Title::parse(title()).map_err(|e| Problem::invalid("title", e))?,
            body: Some(Notes::parse(body()).map_err(|e| Problem::invalid("body", e))?),
            team_id: match team().as_str() {
                "" => None,
                id => Some(id.parse().map_err(|e| Problem::invalid("team_id", e))?),
            },
            expires_at: None,
        })
    };
    let publish = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let published = match read() {
                Ok(new) => api::announce(&new).await,
                Err(error) => Err(error),
            };
            match published {
                Ok(_) => {
                    teller.done(t!("announced"));
                    navigator.replace(Route::BoardPage { date: String::new() });
                }
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("announce") }
        form { class: "page narrow", onsubmit: publish, novalidate: true, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::BoardPage { date: String::new() },
                    Icon { name: Name::ArrowLeft }
                }
                div { h1 { {t!("announce")} } }
            }
            label { class: "field",
                span { {t!("announce-to")} }
                select { name: "team_id", value: "{team}", onchange: move |event| team.set(event.value()),
                    if to_all {
                        option { value: "", {t!("everybody")} }
                    }
                    for team in me.teams {
                        option { key: "{team.id}", value: "{team.id}", "{team.name}" }
                    }
                }
                Invalid { problem: problem(), field: "team_id" }
            }
            label { class: "field",
                span { {t!("announce-title")} }
                input { name: "title", autofocus: true, maxlength: 200, value: "{title}", oninput: move |event| title.set(event.value()) }
                Invalid { problem: problem(), field: "title" }
            }
            label { class: "field",
                span { {t!("details")} }
                textarea { name: "body", rows: 5, maxlength: 4000, value: "{body}", oninput: move |event| body.set(event.value()) }
                Invalid { problem: problem(), field: "body" }
            }
            Invalid { problem: problem(), field: "" }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy(), {t!("publish")} }
            }
        }
    }
}
