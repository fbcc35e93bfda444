//! A manager or admin announces something, or changes what was announced.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    announcement::{Announcement, AnnouncementStatus, EditAnnouncement, NewAnnouncement},
    employee::Role,
    id::AnnouncementId,
    problem::Problem,
    text::{Name as Title, Notes},
};

use super::shell::use_me;
use crate::{
    api::announcements as api,
    components::{
        banner::Picture,
        feedback::{Failed, Loading},
        form::{Form, Invalid, MomentField, Select, Submit, TextField, use_form},
        icon::{Icon, Name},
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    i18n::named,
    loaded::use_loaded,
    platform,
    route::Route,
};

/// To whom, what, and when.
#[component]
pub fn AnnouncePage() -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let id = use_hook(|| AnnouncementId(uuid::Uuid::new_v4()));
    let picture = use_signal(|| None::<Chosen>);
    let zone = me.organisation.time_zone.clone();
    let manager = me.role == Role::Manager;
    let form = use_form(move |typed| {
        let zone = zone.clone();
        async move {
            let team_id = typed.optional("team_id", str::parse)?;
            let role = Role::from_code(typed.text("role"));
            let new = NewAnnouncement {
                id,
                title: typed.read("title", Title::parse)?,
                body: Some(typed.read("body", Notes::parse)?),
                team_id,
                // Everybody in a manager's teams who is not a manager is a rep.
                role: role.or((manager && team_id.is_none()).then_some(Role::Rep)),
                publish_at: typed.moment("publish_at", &zone)?,
                expires_at: typed.moment("expires_at", &zone)?,
                pinned: typed.is_checked("pinned"),
            };
            let said = api::announce(&new).await?;
            send_picture(id, picture()).await?;
            teller.done(match said.status {
                AnnouncementStatus::Scheduled => t!("announce-scheduled"),
                _ => t!("announced"),
            });
            navigator.replace(Route::AnnouncementPage { id: id.to_string() });
            Ok(())
        }
    });
    rsx! {
        PageTitle { text: t!("announce") }
        Form { form, class: "page narrow",
            PageHead { title: t!("announce"), back: Route::announcements() }
            div { class: "two",
                Select { label: t!("announce-to"), name: "team_id",
                    option { value: "", if manager { {t!("all-my-teams")} } else { {t!("everybody")} } }
                    for (n, team) in me.teams.into_iter().enumerate() {
                        option { key: "{team.id}", value: "{team.id}", selected: manager && n == 0, "{team.name}" }
                    }
                }
                Select { label: t!("role"), name: "role",
                    option { value: "", {t!("any")} }
                    for role in Role::ALL.iter().copied().filter(|role| !manager || matches!(role, Role::Rep | Role::Manager)) {
                        option { key: "{role.code()}", value: role.code(), {named("role", role.code())} }
                    }
                }
            }
            Fields { picture, scheduled: true }
            Submit { text: t!("publish") }
        }
    }
}

/// One that is there already.
#[component]
pub fn EditAnnouncementPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move { api::announcement(api::id(&id())?).await })?;
    match loaded.now() {
        Some(Ok(announcement)) => rsx! { Editor { key: "{announcement.id}", announcement } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Editor(announcement: Announcement) -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let id = announcement.id;
    let picture = use_signal(|| None::<Chosen>);
    let zone = me.organisation.time_zone.clone();
    let scheduled = announcement.status == AnnouncementStatus::Scheduled;
    let form = use_form(move |typed| {
        let zone = zone.clone();
        async move {
            let edit = EditAnnouncement {
                title: typed.read("title", Title::parse)?,
                body: Some(typed.read("body", Notes::parse)?),
                publish_at: typed.moment("publish_at", &zone)?,
                expires_at: typed.moment("expires_at", &zone)?,
                pinned: typed.is_checked("pinned"),
            };
            api::edit(id, &edit).await?;
            send_picture(id, picture()).await?;
            teller.done(t!("announcement-saved"));
            navigator.replace(Route::AnnouncementPage { id: id.to_string() });
            Ok(())
        }
    });
    rsx! {
        PageTitle { text: t!("announcement-edit") }
        Form { form, class: "page narrow",
            PageHead { title: t!("announcement-edit"), back: Route::AnnouncementPage { id: id.to_string() } }
            Fields { picture, scheduled, first: announcement }
            Submit { text: t!("save") }
        }
    }
}

/// A picture that was chosen: its bytes, and where the page can show it from.
#[derive(Clone, PartialEq)]
struct Chosen {
    bytes: Vec<u8>,
    address: String,
}

async fn send_picture(id: AnnouncementId, picture: Option<Chosen>) -> Result<(), Problem> {
    match picture {
        // The announcement is made by now: sending the form again sends the picture again and nothing twice.
        Some(picture) => api::put_picture(id, picture.bytes).await.map(drop),
        None => Ok(()),
    }
}

/// What is said, until when, and how it will look.
#[component]
fn Fields(picture: Signal<Option<Chosen>>, scheduled: bool, first: Option<Announcement>) -> Element {
    let me = use_me();
    let zone = me.organisation.time_zone.clone();
    let title = use_signal(|| first.as_ref().map(|known| known.title.clone()).unwrap_or_default());
    let body = use_signal(|| first.as_ref().map(|known| known.body.clone()).unwrap_or_default());
    let mut unreadable = use_signal(|| false);
    let known = first.as_ref().filter(|known| known.picture.is_some()).map(|known| known.id);
    let choose = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        match file.read_bytes().await {
            Ok(bytes) => {
                let bytes = bytes.to_vec();
                let address = platform::shown(&bytes);
                unreadable.set(false);
                picture.set(Some(Chosen { bytes, address }));
            }
            Err(_) => unreadable.set(true),
        }
    };
    rsx! {
        TextField { label: t!("announce-title"), name: "title", value: title, autofocus: true, maxlength: 200 }
        TextField { label: t!("details"), name: "body", value: body, rows: 5, maxlength: 4000 }
        div { class: "field",
            label { class: "button wide file",
                input { r#type: "file", name: "picture", "aria-label": t!("picture-add"), accept: "image/jpeg,image/png,image/webp", onchange: choose }
                Icon { name: Name::Camera }
                if picture.read().is_some() || known.is_some() { {t!("picture-change")} } else { {t!("picture-add")} }
            }
            if unreadable() {
                span { class: "error", role: "alert", {t!("problem-photo_broken")} }
            }
            Invalid { field: "photo" }
        }
        div { class: "two",
            if scheduled {
                MomentField { label: t!("publish-at"), name: "publish_at", first: first.as_ref().and_then(|known| known.publish_at), zone: zone.clone() }
            }
            MomentField { label: t!("expires-at"), name: "expires_at", first: first.as_ref().and_then(|known| known.expires_at), zone }
        }
        label { class: "switch",
            input { r#type: "checkbox", name: "pinned", value: "true", checked: first.as_ref().is_some_and(|known| known.pinned) }
            span { {t!("announcement-pin")} }
        }
        if !title.read().is_empty() || picture.read().is_some() {
            section { class: "preview", "aria-label": t!("preview"),
                h2 { {t!("preview")} }
                div { class: "banner",
                    Icon { name: Name::Megaphone }
                    div { class: "banner-text",
                        strong { "{title}" }
                        if !body.read().is_empty() {
                            p { "{body}" }
                        }
                        if let Some(picture) = &*picture.read() {
                            img { class: "banner-picture", src: "{picture.address}", alt: t!("photo") }
                        } else if let Some(id) = known {
                            Picture { id, sha256: first.as_ref().and_then(|known| known.picture.clone()).map(|picture| picture.sha256).unwrap_or_default() }
                        }
                        p { class: "muted", "{me.name}" }
                    }
                }
            }
        }
    }
}
