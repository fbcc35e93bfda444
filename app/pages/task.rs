//! One task: for its rep the next step, for a manager calling it off.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets},
    id::{AttachmentId, TaskId},
    problem::Problem,
    task::{MoveTask, Task, TaskStatus},
    text::Notes,
};

use super::{
    shell::{use_me, use_today},
    tasks::{due_text, use_now},
};
use crate::{
    api::tasks,
    components::{
        attachments::{self, Attachments, ChooseFiles, Chosen},
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        picture::Picture,
        priority::PriorityBadge,
        title::PageTitle,
        toast::{explain, use_action, use_teller},
        waiting::WaitingNotice,
    },
    i18n::{self, named},
    live::{News, use_live},
    loaded::use_loaded,
    offline::{self, Subject, use_refresh},
    route::Route,
};

/// Loads the task.
#[component]
pub fn TaskPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: TaskId = id().parse().map_err(|e| Problem::invalid("id", e))?;
        offline::task(id).await
    })?;
    match loaded.now() {
        Some(Ok(task)) => rsx! { TheTask { key: "{task.id}", first: task } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 4 } } },
    }
}

#[component]
fn TheTask(first: Task) -> Element {
    let (me, today, now) = (use_me(), use_today(), use_now());
    let mut shown = use_signal(|| first);
    let id = shown.read().id;
    let reload = move || {
        spawn(async move {
            if let Ok(task) = offline::task(id).await {
                shown.set(task);
            }
        });
    };
    use_refresh(reload);
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if event.kind == Kind::TaskChanged => {
            if let Ok(task) = serde_json::from_value::<Task>(event.data)
                && task.id == id
            {
                shown.set(task);
            }
        }
        News::Event(_) => {}
        News::Resync => reload(),
    });
    let task = shown();
    let zone = me.organisation.time_zone.clone();
    rsx! {
        PageTitle { text: task.title.clone() }
        div { class: "page narrow",
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::tasks(),
                    Icon { name: Name::ArrowLeft }
                }
                div {
                    h1 { "{task.title}" }
                    div { class: "task-head",
                        span { class: "badge status", "data-status": task.status.code(), {named("task-status", task.status.code())} }
                        PriorityBadge { priority: task.priority }
                    }
                }
            }
            section { class: "card done",
                if !task.details.is_empty() {
                    p { class: "notes", "{task.details}" }
                }
                dl { class: "facts",
                    if let Some(due) = task.due_date {
                        dt { {t!("due")} }
                        dd { span { class: "due", "data-late": task.is_overdue(now), {due_text(due, task.due_time, today)} } }
                    }
                    if let Some(repeat) = task.repeat {
                        dt { {t!("repeat")} }
                        dd {
                            {named("repeat", repeat.code())}
                            if let Some(next) = task.next_date { " · " {t!("repeat-next", date: i18n::date(next))} }
                        }
                    }
                    if let Some(batch) = task.batch_id.filter(|_| me.role != Role::Rep) {
                        dt { {t!("batch")} }
                        dd { Link { to: Route::BatchPage { id: batch.to_string() }, {t!("batch-progress")} } }
                    }
                    if let Some(place) = task.location.clone() {
                        dt { {t!("customer")} }
                        dd {
                            if me.role == Role::Rep {
                                Link { to: Route::PlacePage { location: place.id.to_string() }, "{place.name}" }
                            } else {
                                "{place.name}"
                            }
                        }
                    }
                    if me.id != task.assignee.id {
                        dt { {t!("assignee")} }
                        dd { "{task.assignee.name}" }
                    }
                    dt { {t!("given-by")} }
                    dd { "{task.created_by.name} · {i18n::moment(task.created_at, &zone)}" }
                    if let Some(at) = task.closed_at {
                        dt { {named("task-status", task.status.code())} }
                        dd { "{i18n::moment(at, &zone)}" }
                    }
                    if !task.comment.is_empty() {
                        dt { {t!("comment")} }
                        dd { class: "notes", "{task.comment}" }
                    }
                }
                if let Some(photo) = task.photo.clone() {
                    Picture {
                        original: format!("/api/v1/tasks/{id}/photo?{}", photo.sha256),
                        thumbnail: format!("/api/v1/tasks/{id}/thumbnail?{}", photo.sha256),
                        alt: t!("photo"),
                    }
                }
            }
            Files { shown }
            WaitingNotice { subject: Subject::Task(id) }
            if me.id == task.assignee.id && task.status.is_open() {
                Steps { shown }
            } else if me.role.manages() && task.status.is_open() {
                div { class: "actions side",
                    Link { class: "button", to: Route::EditTaskPage { id: id.to_string() },
                        Icon { name: Name::Pencil, size: 16 }
                        {t!("edit")}
                    }
                    CallOff { shown }
                }
            }
            if me.role.manages() && task.next_date.is_some() {
                EndSeries { shown }
            }
        }
    }
}

/// Shows the new status at once; what the server refuses is taken back and told.
async fn go(mut shown: Signal<Task>, to: MoveTask) -> Result<(), Problem> {
    let before = shown();
    shown.write().status = to.status;
    match offline::move_task(&before, &to).await {
        Ok(task) => {
            shown.set(task);
            Ok(())
        }
        Err(problem) => {
            shown.set(before);
            Err(problem)
        }
    }
}

#[component]
fn Steps(shown: Signal<Task>) -> Element {
    let teller = use_teller();
    let mut comment = use_signal(String::new);
    let mut busy = use_signal(|| false);
    let mut sending = use_signal(|| false);
    let mut problem = use_signal(|| None::<Problem>);
    let step = move |status: TaskStatus| async move {
        if busy() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let done = match Notes::parse(comment()) {
            Ok(notes) => go(shown, MoveTask { status, comment: Some(notes) }).await,
            Err(error) => Err(Problem::invalid("comment", error)),
        };
        match done {
            Ok(()) if status == TaskStatus::Completed => teller.done(t!("task-done")),
            Ok(()) => {}
            Err(error) => problem.set(Some(error)),
        }
        busy.set(false);
    };
    let take = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        sending.set(true);
        problem.set(None);
        let sent = match file.read_bytes().await {
            Ok(bytes) => {
                let task = shown();
                offline::put_task_photo(&task, bytes.to_vec()).await
            }
            Err(error) => Err(Problem::new(0, "unreadable", error.to_string())),
        };
        match sent {
            Ok(task) => {
                let mut shown = shown;
                shown.set(task);
            }
            Err(error) => problem.set(Some(error)),
        }
        sending.set(false);
    };
    let begun = shown.read().status == TaskStatus::InProgress;
    rsx! {
        if begun {
            label { class: "field",
                span { {t!("comment")} }
                textarea { name: "comment", rows: 3, maxlength: 4000, value: "{comment}", oninput: move |event| comment.set(event.value()) }
            }
            label { class: "button wide tall file", "aria-busy": if sending() { "true" } else { "false" },
                input { r#type: "file", name: "photo", accept: "image/jpeg,image/png,image/webp", capture: "environment", disabled: sending(), onchange: take }
                Icon { name: Name::Camera }
                if sending() { {t!("sending-photo")} } else if shown.read().photo.is_some() { {t!("another-photo")} } else { {t!("take-photo")} }
            }
        }
        if let Some(problem) = problem() {
            p { class: "error", role: "alert", "{explain(&problem)}" }
        }
        div { class: "actions",
            if begun {
                button { class: "button primary wide tall", disabled: busy() || sending(), onclick: move |_| step(TaskStatus::Completed),
                    Icon { name: Name::Check }
                    {t!("task-complete")}
                }
                button { class: "button quiet wide", disabled: busy(), onclick: move |_| step(TaskStatus::Todo), {t!("task-put-back")} }
            } else {
                button { class: "button primary wide tall", disabled: busy(), onclick: move |_| step(TaskStatus::InProgress),
                    Icon { name: Name::Play }
                    {t!("task-begin")}
                }
            }
        }
    }
}

/// Calling off asks once more: it cannot be taken back.
#[component]
fn CallOff(shown: Signal<Task>) -> Element {
    let teller = use_teller();
    let mut asking = use_signal(|| false);
    let call_off = move |_| async move {
        asking.set(false);
        if let Err(problem) = go(shown, MoveTask { status: TaskStatus::Cancelled, comment: None }).await {
            teller.failed(&problem);
        }
    };
    rsx! {
        if asking() {
            div { class: "notice warn", role: "alert",
                Icon { name: Name::Alert }
                span { {t!("task-cancel-sure")} }
                button { class: "button", onclick: move |_| asking.set(false), {t!("keep")} }
                button { class: "button danger", onclick: call_off, {t!("task-cancel")} }
            }
        } else {
            button { class: "button", onclick: move |_| asking.set(true), {t!("task-cancel")} }
        }
    }
}

/// What goes with it; a manager adds and takes away while it is open.
#[component]
fn Files(shown: Signal<Task>) -> Element {
    let (me, teller) = (use_me(), use_teller());
    let mut files = use_signal(Vec::<tasks::Upload>::new);
    let mut sent = use_signal(|| None::<(usize, f64)>);
    let id = shown.read().id;
    let add = move |event: FormEvent| async move {
        let added = async {
            files.set(attachments::read(&event).await?);
            for (n, file) in files().into_iter().enumerate() {
                sent.set(Some((n, 0.0)));
                tasks::attach(tasks::Holder::Task(id), file, move |part| sent.set(Some((n, part)))).await?;
            }
            offline::task(id).await
        };
        let mut shown = shown;
        match added.await {
            Ok(task) => shown.set(task),
            Err(problem) => teller.failed(&problem),
        }
        files.set(Vec::new());
        sent.set(None);
    };
    let remove = use_action(move |attachment: AttachmentId| async move {
        let mut shown = shown;
        shown.set(tasks::detach(id, attachment).await?);
        Ok(())
    });
    let there = shown.read().attachments.clone();
    let managed = me.role.manages() && shown.read().status.is_open();
    rsx! {
        if managed || !there.is_empty() {
            section { class: "section",
                h2 { {t!("attachments")} }
                Attachments { task: id, files: there.clone(), onremove: managed.then_some(remove) }
                Chosen { files, sent }
                if managed {
                    ChooseFiles { there: there.len(), busy: sent.read().is_some(), onchoose: add }
                }
            }
        }
    }
}

/// Lets it come again no more; those that are there stay.
#[component]
fn EndSeries(shown: Signal<Task>) -> Element {
    let teller = use_teller();
    let mut asking = use_signal(|| false);
    let end = use_action(move |()| async move {
        asking.set(false);
        let mut shown = shown;
        let id = shown.peek().id;
        shown.set(tasks::end_series(id).await?);
        teller.done(t!("repeat-ended"));
        Ok(())
    });
    rsx! {
        if asking() {
            div { class: "notice warn", role: "alert",
                Icon { name: Name::Alert }
                span { {t!("repeat-end-sure")} }
                button { class: "button", onclick: move |_| asking.set(false), {t!("keep")} }
                button { class: "button danger", onclick: move |_| end(()), {t!("repeat-end")} }
            }
        } else {
            button { class: "button", onclick: move |_| asking.set(true), {t!("repeat-end")} }
        }
    }
}
