//! A visit, looked at without leaving the map.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{problem::Problem, visit::Visit};

use super::super::{
    feed::{Reasons, VisitPhoto, distance, state},
    shell::use_me,
};
use crate::{
    api,
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        verdict::VisitBadges,
    },
    i18n,
    route::Route,
};

/// One visit with its photo; `fresh` is the latest heard of it. Escape closes it.
#[component]
pub fn Peek(id: String, fresh: Signal<Option<Visit>>, onclose: EventHandler<()>) -> Element {
    let zone = use_me().organisation.time_zone;
    let asked = id.clone();
    let mut loaded = use_resource(move || {
        let id = asked.parse().map_err(|error| Problem::new(404, "visit_not_found", format!("{error}")));
        async move { api::visit(id?).await }
    });
    let heard = fresh().filter(|visit| visit.id.to_string() == id);
    rsx! {
        div { class: "peek card", role: "dialog", "aria-label": t!("open-visit"),
            onkeydown: move |event| if event.key() == Key::Escape { onclose(()) },
            button { class: "button quiet icon-only peek-close", r#type: "button", "aria-label": t!("close"),
                onmounted: move |event| async move { let _ = event.set_focus(true).await; },
                onclick: move |_| onclose(()),
                Icon { name: Name::X }
            }
            match heard.map(Ok).or(loaded()) {
                None => rsx! { Loading { rows: 2 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                Some(Ok(visit)) => rsx! {
                    div { class: "peek-head",
                        strong { "{visit.location.name}" }
                        span { class: "muted", "{visit.employee.name} · {i18n::time(visit.checked_in_at, &zone)}" }
                    }
                    div { class: "peek-body",
                        if let Some(photo) = visit.photo.clone() {
                            VisitPhoto { visit: visit.id, sha256: photo.sha256 }
                        } else {
                            p { class: "muted", {t!("no-photo-yet")} }
                        }
                        div { class: "peek-facts",
                            span { class: "feed-facts",
                                VisitBadges { visit: visit.clone() }
                                span { {distance(&visit)} }
                                span { {state(&visit)} }
                            }
                            Reasons { visit: visit.clone() }
                            Link { class: "button", to: Route::VisitPage { id: visit.id.to_string() }, {t!("open-visit")} }
                        }
                    }
                },
            }
        }
    }
}
