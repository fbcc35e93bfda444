//! An announcement as its readers see it.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{announcement::Announcement, id::AnnouncementId};

use super::{
    icon::{Icon, Name},
    picture,
};
use crate::platform;

/// Its picture, small; a click opens the original.
#[component]
pub fn Picture(id: AnnouncementId, sha256: String) -> Element {
    rsx! {
        picture::Picture {
            original: format!("/api/v1/announcements/{id}/picture?{sha256}"),
            thumbnail: format!("/api/v1/announcements/{id}/thumbnail?{sha256}"),
            alt: t!("photo"),
        }
    }
}

/// The whole of it, until it expires. `onseen` is told once it has really been on screen, `ondismiss` when its reader puts it away; a
/// pinned one stays.
#[component]
pub fn Banner(
    announcement: Announcement,
    onseen: EventHandler<AnnouncementId>,
    ondismiss: EventHandler<Announcement>,
) -> Element {
    let shown = announcement.clone();
    let id = shown.id;
    let mut seen = use_signal(|| shown.read_at.is_some());
    let mut over = use_signal(|| false);
    use_effect(use_reactive!(|announcement| {
        over.set(announcement.is_expired(platform::now()));
        let Some(left) = announcement.expires_at.map(|at| (at - platform::now()).num_milliseconds()) else {
            return;
        };
        // Longer than a timer can wait, no page stays open.
        if let Ok(left) = i32::try_from(left.max(0)) {
            spawn(async move {
                platform::sleep(left.unsigned_abs()).await;
                over.set(announcement.is_expired(platform::now()));
            });
        }
    }));
    if over() {
        return rsx! {};
    }
    rsx! {
        div { class: "banner", role: "status", "data-pinned": shown.pinned,
            onvisible: move |event| {
                if !seen() && event.data().is_intersecting().unwrap_or(false) {
                    seen.set(true);
                    onseen(id);
                }
            },
            Icon { name: if shown.pinned { Name::Pin } else { Name::Megaphone } }
            div { class: "banner-text",
                strong { "{shown.title}" }
                if !shown.body.is_empty() {
                    p { "{shown.body}" }
                }
                if let Some(picture) = shown.picture.clone() {
                    Picture { id, sha256: picture.sha256 }
                }
                p { class: "muted",
                    "{shown.author.name}"
                    if shown.pinned { " · " {t!("pinned")} }
                }
            }
            if !shown.pinned {
                button { class: "button quiet icon-only", "aria-label": t!("put-away"), title: t!("put-away"),
                    onclick: move |_| ondismiss(announcement.clone()),
                    Icon { name: Name::X }
                }
            }
        }
    }
}
