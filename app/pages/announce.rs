//! A manager or admin announces something.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    announcement::NewAnnouncement,
    employee::Role,
    id::AnnouncementId,
    text::{Name, Notes},
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        form::{Form, Select, Submit, TextField, use_form},
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    route::Route,
};

/// To whom, and what.
#[component]
pub fn AnnouncePage() -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let id = use_hook(|| AnnouncementId(uuid::Uuid::new_v4()));
    let form = use_form(move |typed| async move {
        let new = NewAnnouncement {
            id,
            title: typed.read("title", Name::parse)?,
            body: Some(typed.read("body", Notes::parse)?),
            team_id: typed.optional("team_id", str::parse)?,
            expires_at: None,
        };
        api::announce(&new).await?;
        teller.done(t!("announced"));
        navigator.replace(Route::board());
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("announce") }
        Form { form, class: "page narrow",
            PageHead { title: t!("announce"), back: Route::board() }
            Select { label: t!("announce-to"), name: "team_id",
                if me.role == Role::Admin {
                    option { value: "", {t!("everybody")} }
                }
                for team in me.teams {
                    option { key: "{team.id}", value: "{team.id}", "{team.name}" }
                }
            }
            TextField { label: t!("announce-title"), name: "title", autofocus: true, maxlength: 200 }
            TextField { label: t!("details"), name: "body", rows: 5, maxlength: 4000 }
            Submit { text: t!("publish") }
        }
    }
}
