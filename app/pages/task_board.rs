//! Tasks as a board: a column for each step, and a way from one to the next.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets, Stream},
    page::Page,
    task::{MoveTask, Priority, Task, TaskStatus},
};

use super::{
    shell::{use_me, use_today},
    tasks::{Due, use_now},
};
use crate::{
    api::tasks::{self as api, TaskFilter},
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        priority::PriorityBadge,
        show_more::{ShowMore, append},
        toast::{use_action, use_teller},
    },
    i18n::{self, named},
    live::{Link as Connection, News, use_live},
    loaded::use_loaded,
    offline, platform,
    route::Route,
};

/// The first tasks of each column.
#[component]
pub fn TaskBoard(filter: Memo<TaskFilter>) -> Element {
    let mut loaded = use_loaded(move || api::board(filter()))?;
    match loaded.now() {
        Some(Ok(columns)) => rsx! { Columns { first: columns, filter } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { Loading { rows: 6 } },
    }
}

/// Puts a task where it belongs now, and nowhere else.
fn put(columns: &mut [Page<Task>], task: Task, shown: bool) {
    for column in columns.iter_mut() {
        column.items.retain(|known| known.id != task.id);
    }
    let at = TaskStatus::ALL.iter().position(|status| *status == task.status);
    if let Some(column) = at.and_then(|at| columns.get_mut(at)).filter(|_| shown) {
        let open = task.status.is_open();
        column.items.push(task);
        if open {
            column.items.sort_by_key(Task::urgency);
        } else {
            column.items.sort_by_key(|task| std::cmp::Reverse(task.closed_at));
        }
    }
}

#[component]
fn Columns(first: Vec<Page<Task>>, filter: Memo<TaskFilter>) -> Element {
    let me = use_me();
    let rep = me.role == Role::Rep;
    let (id, zone) = (me.id, me.organisation.time_zone);
    let mut columns = use_signal(|| first.clone());
    use_effect(use_reactive!(|first| columns.set(first)));
    let reload = use_action(move |()| async move {
        columns.set(api::board(filter()).await?);
        Ok(())
    });
    let link = use_live(Offsets::new(), move |news| match news {
        News::Event(event) => {
            let told = matches!(event.kind, Kind::TaskCreated | Kind::TaskChanged);
            // A manager hears it in the team's stream, a rep in the own one.
            if told
                && matches!(event.stream, Stream::Team(_)) != rep
                && let Ok(task) = serde_json::from_value::<Task>(event.data)
            {
                let now = platform::local(platform::now(), &zone);
                let shown = filter.peek().lets_through(&task, now) && (!rep || task.assignee.id == id);
                put(&mut columns.write(), task, shown);
            }
        }
        News::Resync => reload(()),
    });
    // What happened between the board and the first word of the socket.
    let mut was_live = use_signal(|| false);
    use_effect(move || {
        if link() == Connection::Live && !*was_live.peek() {
            was_live.set(true);
            reload(());
        }
    });
    let more = use_action(move |(at, cursor): (usize, String)| async move {
        let Some(status) = TaskStatus::ALL.get(at) else { return Ok(()) };
        let piece = api::at(&filter(), *status, Some(&cursor)).await?;
        if let Some(column) = columns.write().get_mut(at) {
            append(column, &cursor, piece);
        }
        Ok(())
    });
    let onmoved = move |task: Task| put(&mut columns.write(), task, true);
    rsx! {
        div { class: "task-board", tabindex: "0", role: "group", "aria-label": t!("tasks-board"),
            for (at, status) in TaskStatus::ALL.iter().copied().enumerate() {
                section { key: "{status.code()}", class: "task-column", "aria-label": named("task-status", status.code()),
                    h2 {
                        {named("task-status", status.code())}
                        span { class: "muted tabular", "{count(&columns.read()[at])}" }
                    }
                    for task in columns.read()[at].items.clone() {
                        Card { key: "{task.id}", task, onmoved }
                    }
                    if columns.read()[at].items.is_empty() {
                        p { class: "muted nothing", {t!("column-empty")} }
                    }
                    ShowMore { next: columns.read()[at].next.clone(), onmore: move |cursor| more((at, cursor)) }
                }
            }
        }
    }
}

fn count(column: &Page<Task>) -> String {
    let more = if column.next.is_some() { "+" } else { "" };
    format!("{}{more}", i18n::number(column.items.len() as i64))
}

/// A task, and the steps that are open to the reader.
#[component]
fn Card(task: Task, onmoved: EventHandler<Task>) -> Element {
    let (me, today, now) = (use_me(), use_today(), use_now());
    let teller = use_teller();
    let mut asking = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let shown = task.clone();
    let go = use_callback(move |status: TaskStatus| {
        let task = task.clone();
        spawn(async move {
            asking.set(false);
            busy.set(true);
            match offline::move_task(&task, &MoveTask { status, comment: None }).await {
                Ok(task) => onmoved(task),
                Err(problem) => teller.failed(&problem),
            }
            busy.set(false);
        });
    });
    let own = me.role != Role::Rep || me.id == shown.assignee.id;
    let steps = TaskStatus::ALL.iter().copied().filter(|to| own && shown.status.may_become(*to, me.role));
    rsx! {
        article { class: "card task-card", "aria-busy": busy(),
            Link { class: "task-card-title", to: Route::TaskPage { id: shown.id.to_string() }, "{shown.title}" }
            span { class: "muted",
                if me.role != Role::Rep { "{shown.assignee.name}" }
                if let Some(place) = &shown.location { " · {place.name}" }
            }
            div { class: "task-card-foot",
                if shown.priority != Priority::Normal {
                    PriorityBadge { priority: shown.priority }
                }
                Due { task: shown.clone(), today, late: shown.is_overdue(now) }
                if let Some(batch) = shown.batch_id {
                    Link { class: "mark", to: Route::BatchPage { id: batch.to_string() }, title: t!("batch-progress"), "aria-label": t!("batch-progress"),
                        Icon { name: Name::Users, size: 14 }
                    }
                }
            }
            if asking() {
                div { class: "task-card-ask", role: "alert",
                    span { {t!("task-cancel-sure")} }
                    button { class: "button", onclick: move |_| asking.set(false), {t!("keep")} }
                    button { class: "button danger", disabled: busy(), onclick: move |_| go(TaskStatus::Cancelled), {t!("task-cancel")} }
                }
            } else {
                div { class: "task-card-steps",
                    for to in steps {
                        button { key: "{to.code()}", class: "button quiet", disabled: busy(),
                            // Calling off cannot be taken back, so it is asked for twice.
                            onclick: move |_| if to == TaskStatus::Cancelled { asking.set(true) } else { go(to) },
                            {named("task-move", to.code())}
                        }
                    }
                }
            }
        }
    }
}
