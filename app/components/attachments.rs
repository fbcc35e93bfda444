//! Files that go with a task: chosen, on their way, there.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    id::{AttachmentId, TaskId},
    problem::Problem,
    task::{Attachment, MOST_ATTACHMENTS},
};

use super::icon::{Icon, Name};
use crate::{api::tasks::Upload, i18n};

/// What may be chosen.
const ACCEPTED: &str = "application/pdf,image/jpeg,image/png,image/webp";

/// A size as people say it.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Files to read on this device; one that cannot be read is told of.
pub async fn read(event: &FormEvent) -> Result<Vec<Upload>, Problem> {
    let mut files = Vec::new();
    for file in event.files() {
        let unreadable = |error: String| Problem::new(0, "unreadable", error);
        let bytes = file.read_bytes().await.map_err(|error| unreadable(error.to_string()))?;
        let id = AttachmentId(uuid::Uuid::new_v4());
        files.push(Upload { id, name: file.name(), bytes: bytes.to_vec() });
    }
    Ok(files)
}

/// The button that lets one choose files, while there is room for more.
#[component]
pub fn ChooseFiles(there: usize, busy: bool, onchoose: EventHandler<FormEvent>) -> Element {
    let full = there >= MOST_ATTACHMENTS;
    rsx! {
        label { class: "button file", "aria-disabled": full,
            input { r#type: "file", name: "attachments", multiple: true, accept: ACCEPTED, "aria-label": t!("attachment-add"), disabled: full || busy, onchange: onchoose }
            Icon { name: Name::Paperclip, size: 16 }
            {t!("attachment-add")}
        }
    }
}

/// Files chosen, each with a way to leave it out; `sent` is how many are there and how much of the next one is.
#[component]
pub fn Chosen(files: Signal<Vec<Upload>>, sent: ReadSignal<Option<(usize, f64)>>) -> Element {
    let mut files = files;
    rsx! {
        if !files.read().is_empty() {
            ul { class: "files",
                for (n, file) in files().into_iter().enumerate() {
                    li { key: "{file.id}", class: "file-line",
                        Icon { name: Name::Paperclip, size: 16 }
                        span { class: "row-main", "{file.name}" }
                        if let Some((done, part)) = sent() {
                            progress { max: "100", value: "{percent(n, done, part)}", "aria-label": "{file.name}" }
                        } else {
                            span { class: "muted tabular", "{size(file.bytes.len() as i64)}" }
                            button { class: "button quiet icon-only", r#type: "button", "aria-label": t!("attachment-remove", name: file.name.clone()),
                                onclick: move |_| files.write().retain(|known| known.id != file.id),
                                Icon { name: Name::X, size: 16 }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn percent(n: usize, done: usize, part: f64) -> u32 {
    match n.cmp(&done) {
        std::cmp::Ordering::Less => 100,
        std::cmp::Ordering::Equal => (part * 100.0) as u32,
        std::cmp::Ordering::Greater => 0,
    }
}

/// Files of a task, to be kept; without `onremove` they can only be read.
#[component]
pub fn Attachments(
    task: TaskId,
    files: Vec<Attachment>,
    onremove: Option<EventHandler<AttachmentId>>,
) -> Element {
    rsx! {
        if !files.is_empty() {
            ul { class: "files", "aria-label": t!("attachments"),
                for file in files {
                    li { key: "{file.id}", class: "file-line",
                        Icon { name: Name::Paperclip, size: 16 }
                        a { class: "row-main", href: "/api/v1/tasks/{task}/attachments/{file.id}", download: "{file.name}", "{file.name}" }
                        span { class: "muted tabular", "{size(file.size_bytes)}" }
                        if let Some(onremove) = onremove {
                            button { class: "button quiet icon-only", r#type: "button", "aria-label": t!("attachment-remove", name: file.name.clone()),
                                onclick: move |_| onremove(file.id),
                                Icon { name: Name::X, size: 16 }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many files there are, beside a task's title.
#[component]
pub fn FileCount(count: usize) -> Element {
    rsx! {
        if count > 0 {
            span { class: "mark tabular", title: t!("attachments"),
                Icon { name: Name::Paperclip, size: 14 }
                "{i18n::number(count as i64)}"
            }
        }
    }
}
