//! What waits on this device to be sent: how far it is, what was refused and why, and what to do about it.

use dioxus::prelude::*;
use dioxus_i18n::t;

use super::shell::use_me;
use crate::{
    components::{
        feedback::Empty,
        icon::{Icon, Name},
        title::PageTitle,
        toast::explain,
    },
    i18n::{self, named},
    offline::{Kind, Subject, Waiting, use_outbox},
    platform::{self, REACHED},
    route::Route,
};

/// Everything that was not confirmed by the server, by what it is about.
#[component]
pub fn QueuePage() -> Element {
    let waiting = use_outbox().waiting();
    let mut sending = use_signal(|| false);
    let send_all = move |_| async move {
        sending.set(true);
        platform::retry_all().await;
        sending.set(false);
    };
    let mut groups: Vec<Vec<Waiting>> = Vec::new();
    for item in waiting {
        match groups.iter_mut().find(|group| group[0].subject == item.subject) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    rsx! {
        PageTitle { text: t!("queue-title") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { {t!("queue-title")} }
                if !groups.is_empty() {
                    button { class: "button primary", disabled: sending(), onclick: send_all,
                        Icon { name: Name::CloudUpload }
                        if sending() { {t!("sending")} } else { {t!("send-now")} }
                    }
                }
            }
            if groups.is_empty() {
                Empty { icon: Name::Check, title: t!("queue-empty"), hint: t!("queue-empty-hint") }
            } else {
                p { class: "muted", if REACHED() { {t!("queue-hint")} } else { {t!("queue-hint-offline")} } }
            }
            for group in groups {
                Group { key: "{group[0].seq}", items: group }
            }
        }
    }
}

#[component]
fn Group(items: Vec<Waiting>) -> Element {
    let to = match items[0].subject {
        Subject::Visit(id) => Route::VisitPage { id: id.to_string() },
        Subject::Task(id) => Route::TaskPage { id: id.to_string() },
    };
    rsx! {
        section { class: "card queue-group",
            h2 { Link { to, "{items[0].title}" } }
            ul {
                for item in items {
                    Item { key: "{item.seq}", item }
                }
            }
        }
    }
}

#[component]
fn Item(item: Waiting) -> Element {
    let zone = use_me().organisation.time_zone;
    let mut asking = use_signal(|| false);
    let seq = item.seq;
    rsx! {
        li { class: "queue-item",
            span { class: "row-main",
                strong { {named("queue", item.kind.code())} }
                span { class: "muted", "{i18n::moment(item.made_at, &zone)}" }
            }
            span { class: "badge status", "data-state": if item.problem.is_some() { "refused" } else { "waiting" },
                if item.problem.is_some() { {t!("queue-refused")} } else { {t!("queue-waiting")} }
            }
            if let Some(problem) = item.problem.clone() {
                p { class: "error", "{explain(&problem)}" }
            }
            if asking() {
                div { class: "notice warn", role: "alert",
                    span { if item.kind == Kind::CheckIn { {t!("discard-visit-sure")} } else { {t!("discard-sure")} } }
                    button { class: "button", onclick: move |_| asking.set(false), {t!("keep")} }
                    button { class: "button danger", onclick: move |_| platform::discard(seq), {t!("discard")} }
                }
            } else {
                div { class: "queue-actions",
                    if item.problem.is_some() {
                        button { class: "button", onclick: move |_| platform::retry(seq), {t!("try-again")} }
                    }
                    button { class: "button quiet", onclick: move |_| asking.set(true), {t!("discard")} }
                }
            }
        }
    }
}
