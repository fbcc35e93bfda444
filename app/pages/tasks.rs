//! Tasks: a rep's own, a manager's teams'. Changes appear by themselves.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets, Stream},
    page::Page,
    task::{Priority, Task},
};

use super::shell::{use_me, use_today};
use crate::{
    api,
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        priority::PriorityBadge,
        show_more::{ShowMore, use_pages},
        title::PageTitle,
        toast::use_action,
    },
    i18n::{self, named},
    live::{Link as Connection, News, use_live},
    loaded::use_loaded,
    offline::{self, use_refresh},
    route::Route,
};

/// Open tasks, or those that are over.
#[component]
pub fn TasksPage(state: ReadSignal<String>) -> Element {
    let me = use_me();
    let closed = use_memo(move || state() == "closed");
    let mut loaded = use_loaded(move || offline::tasks(closed()))?;
    let tab = |closed: bool| Route::TasksPage { state: if closed { "closed".into() } else { String::new() } };
    rsx! {
        PageTitle { text: t!("nav-tasks") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { {t!("nav-tasks")} }
                nav { class: "tabs", "aria-label": t!("nav-tasks"),
                    for (over, name) in [(false, t!("tasks-open")), (true, t!("tasks-closed"))] {
                        Link { key: "{over}", class: "tab", to: tab(over), "aria-current": if closed() == over { "page" } else { "false" }, {name} }
                    }
                }
                if me.role.manages() {
                    Link { class: "button primary", to: Route::NewTaskPage {},
                        Icon { name: Name::Plus }
                        {t!("task-new")}
                    }
                }
            }
            match loaded.now() {
                Some(Ok(page)) => rsx! { List { key: "{closed}", first: page, closed: closed() } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                None => rsx! { Loading { rows: 6 } },
            }
        }
    }
}

#[component]
fn List(first: Page<Task>, closed: bool) -> Element {
    let (me, today) = (use_me(), use_today());
    let (mut list, more) =
        use_pages(first, move |cursor| async move { api::tasks(closed, Some(&cursor)).await });
    let with_rep = me.role != Role::Rep;
    let reload = use_action(move |()| async move {
        list.set(offline::tasks(closed).await?);
        Ok(())
    });
    use_refresh(move || reload(()));
    let link = use_live(Offsets::new(), move |news| match news {
        News::Event(event) => {
            let told = matches!(event.kind, Kind::TaskCreated | Kind::TaskChanged);
            // A manager hears it in the team's stream, a rep in the own one.
            let ours = matches!(event.stream, Stream::Team(_)) == with_rep;
            if told
                && ours
                && let Ok(task) = serde_json::from_value::<Task>(event.data)
            {
                let items = &mut list.write().items;
                items.retain(|known| known.id != task.id);
                if task.status.is_open() != closed {
                    items.push(task);
                    if closed {
                        items.sort_by_key(|task| std::cmp::Reverse(task.closed_at));
                    } else {
                        items.sort_by_key(Task::urgency);
                    }
                }
            }
        }
        News::Resync => reload(()),
    });
    // What happened between the list and the first word of the socket.
    let mut was_live = use_signal(|| false);
    use_effect(move || {
        if link() == Connection::Live && !*was_live.peek() {
            was_live.set(true);
            reload(());
        }
    });
    if list.read().items.is_empty() {
        let hint = if with_rep { t!("tasks-empty-hint-manager") } else { t!("tasks-empty-hint") };
        return rsx! {
            Empty { icon: Name::Tasks, title: if closed { t!("tasks-none-closed") } else { t!("tasks-none-open") }, hint: if closed { String::new() } else { hint } }
        };
    }
    rsx! {
        div { class: "card rows",
            for task in list.read().items.clone() {
                TaskRow { key: "{task.id}", task, today, with_rep }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

/// A task in a list.
#[component]
pub fn TaskRow(task: Task, today: NaiveDate, with_rep: bool) -> Element {
    rsx! {
        Link { class: "row", to: Route::TaskPage { id: task.id.to_string() },
            span { class: "row-main",
                strong { "{task.title}" }
                span { class: "muted",
                    if with_rep { "{task.assignee.name} · " }
                    if let Some(place) = &task.location { "{place.name}" } else { {named("task-status", task.status.code())} }
                }
            }
            span { class: "row-side",
                if task.priority != Priority::Normal && task.status.is_open() {
                    PriorityBadge { priority: task.priority }
                }
                if task.status.is_open() {
                    if let Some(due) = task.due_date {
                        span { class: "due", "data-late": task.is_overdue(today), {due_text(due, today)} }
                    }
                } else {
                    span { class: "muted", {named("task-status", task.status.code())} }
                }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

/// When a task is due, as people say it.
pub fn due_text(due: NaiveDate, today: NaiveDate) -> String {
    match (due - today).num_days() {
        0 => t!("due-today"),
        1 => t!("due-tomorrow"),
        days if days < 0 => t!("due-late", days: -days),
        _ => i18n::date(due),
    }
}
