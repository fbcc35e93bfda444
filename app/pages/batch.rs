//! Tasks given together: how far each rep is, as it happens.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    event::{Kind, Offsets},
    task::{Batch, Task},
};

use super::tasks::due_text;
use crate::{
    api::tasks as api,
    components::{
        attachments::Attachments,
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        person::Avatar,
        priority::PriorityBadge,
        title::{PageHead, PageTitle},
        toast::use_action,
    },
    i18n::{self, named},
    live::{News, use_live},
    loaded::use_loaded,
    route::Route,
};

/// Loads the batch.
#[component]
pub fn BatchPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move { api::batch(api::batch_id(&id())?).await })?;
    match loaded.now() {
        Some(Ok(batch)) => rsx! { TheBatch { key: "{batch.id}", first: batch } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("nav-tasks"), back: Route::tasks() }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 6 } } },
    }
}

#[component]
fn TheBatch(first: Batch) -> Element {
    let mut batch = use_signal(|| first);
    let id = batch.peek().id;
    let reload = use_action(move |()| async move {
        batch.set(api::batch(id).await?);
        Ok(())
    });
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if matches!(event.kind, Kind::TaskChanged | Kind::TaskCreated) => {
            if let Ok(task) = serde_json::from_value::<Task>(event.data) {
                batch.write().take_in(&task);
            }
        }
        News::Event(_) => {}
        News::Resync => reload(()),
    });
    let now = super::tasks::use_now();
    let counts = batch.read().counts;
    let Some(one) = batch.read().tasks.first().cloned() else { return rsx! {} };
    rsx! {
        PageTitle { text: one.title.clone() }
        div { class: "page narrow",
            PageHead { title: one.title.clone(), back: Route::tasks(),
                div { class: "task-head",
                    PriorityBadge { priority: one.priority }
                    if let Some(due) = one.due_date {
                        span { class: "muted", {due_text(due, one.due_time, now.date())} }
                    }
                    if let Some(repeat) = one.repeat {
                        span { class: "muted", {named("repeat", repeat.code())} }
                    }
                }
            }
            section { class: "card day-progress",
                div { class: "day-count",
                    strong { "{i18n::number(counts.completed as i64)}" }
                    span { class: "muted", role: "status", {t!("batch-done", done: counts.completed as i64, all: counts.wanted() as i64)} }
                    span { class: "day-verified", {t!("batch-begun", count: counts.in_progress as i64)} }
                }
                progress { max: "{counts.wanted().max(1)}", value: "{counts.completed}", "aria-label": t!("batch-progress") }
            }
            if !one.details.is_empty() {
                p { class: "notes", "{one.details}" }
            }
            Attachments { task: one.id, files: one.attachments.clone() }
            div { class: "card rows",
                for task in batch.read().tasks.clone() {
                    Link { key: "{task.id}", class: "row", to: Route::TaskPage { id: task.id.to_string() },
                        Avatar { name: task.assignee.name.clone() }
                        span { class: "row-main",
                            strong { "{task.assignee.name}" }
                            span { class: "muted", "{task.team.name}" }
                        }
                        span { class: "row-side",
                            span { class: "badge status", "data-status": task.status.code(), {named("task-status", task.status.code())} }
                            if task.is_overdue(now) {
                                span { class: "due", "data-late": true, {t!("overdue")} }
                            }
                        }
                        Icon { name: Name::ChevronRight, size: 16 }
                    }
                }
            }
        }
    }
}
