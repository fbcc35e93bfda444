//! Tasks: a rep's own, a manager's teams'; as a list or as a board. Changes appear by themselves.

use chrono::{NaiveDate, NaiveDateTime};
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets, Stream},
    page::Page,
    staff::TimeOfDay,
    task::{Priority, Task},
};

use super::{
    shell::{use_me, use_today},
    task_board::TaskBoard,
    task_filters::Filters,
};
use crate::{
    api::tasks::{self as api, TaskFilter},
    components::{
        attachments::FileCount,
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        priority::PriorityBadge,
        show_more::{ShowMore, use_pages},
        tab::Tab,
        title::PageTitle,
        toast::use_action,
    },
    i18n::{self, named},
    live::{Link as Connection, News, use_live},
    loaded::use_loaded,
    offline::{self, use_refresh},
    platform,
    route::Route,
};

/// What clocks of the organisation show as the page is drawn.
pub fn use_now() -> NaiveDateTime {
    platform::local(platform::now(), &use_me().organisation.time_zone)
}

/// Open tasks, or those that are over; or all of them by how far they are.
#[component]
pub fn TasksPage(
    state: ReadSignal<String>,
    view: ReadSignal<String>,
    team: ReadSignal<String>,
    rep: ReadSignal<String>,
    priority: ReadSignal<String>,
    customer: ReadSignal<String>,
    overdue: ReadSignal<String>,
) -> Element {
    let me = use_me();
    let filter = use_memo(move || TaskFilter {
        team: team(),
        rep: rep(),
        priority: priority(),
        customer: customer(),
        overdue: overdue(),
    });
    let is_board = view() == "board";
    let closed = state() == "closed";
    let to = move |state: &str, view: &str, filter: TaskFilter| Route::TasksPage {
        state: state.to_owned(),
        view: view.to_owned(),
        team: filter.team,
        rep: filter.rep,
        priority: filter.priority,
        customer: filter.customer,
        overdue: filter.overdue,
    };
    rsx! {
        PageTitle { text: t!("nav-tasks") }
        div { class: if is_board { "page wide" } else { "page narrow" },
            div { class: "page-head",
                h1 { {t!("nav-tasks")} }
                nav { class: "tabs", "aria-label": t!("nav-tasks"),
                    for (state, view, name) in [("", "", t!("tasks-open")), ("closed", "", t!("tasks-closed")), ("", "board", t!("tasks-board"))] {
                        Tab { key: "{state}{view}", to: to(state, view, filter()), here: is_board == (view == "board") && (is_board || closed == (state == "closed")), {name} }
                    }
                }
                if me.role.manages() {
                    Link { class: "button primary", to: Route::NewTaskPage {},
                        Icon { name: Name::Plus }
                        {t!("task-new")}
                    }
                }
            }
            if me.role != Role::Rep {
                Filters { filter, to: move |filter| to(&state(), &view(), filter) }
            }
            if is_board {
                TaskBoard { filter }
            } else {
                Listed { key: "{closed}", closed, filter }
            }
        }
    }
}

async fn load(filter: TaskFilter, closed: bool) -> crate::api::Answer<Page<Task>> {
    if filter.is_empty() { offline::tasks(closed).await } else { api::list(&filter, closed, None).await }
}

#[component]
fn Listed(closed: bool, filter: Memo<TaskFilter>) -> Element {
    let mut loaded = use_loaded(move || load(filter(), closed))?;
    match loaded.now() {
        Some(Ok(page)) => rsx! { List { first: page, closed, filter } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { Loading { rows: 6 } },
    }
}

#[component]
fn List(first: Page<Task>, closed: bool, filter: Memo<TaskFilter>) -> Element {
    let (me, today) = (use_me(), use_today());
    let (mut list, more) =
        use_pages(first, move |cursor| async move { api::list(&filter(), closed, Some(&cursor)).await });
    let with_rep = me.role != Role::Rep;
    let (id, zone) = (me.id, me.organisation.time_zone);
    let reload = use_action(move |()| async move {
        list.set(load(filter(), closed).await?);
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
                let now = platform::local(platform::now(), &zone);
                // One that was given to another rep is no longer theirs who had it.
                let mine = with_rep || task.assignee.id == id;
                let items = &mut list.write().items;
                items.retain(|known| known.id != task.id);
                if mine && task.status.is_open() != closed && filter.peek().lets_through(&task, now) {
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
        if !filter.read().is_empty() {
            return rsx! { Empty { icon: Name::Search, title: t!("nothing-found"), hint: t!("nothing-found-hint") } };
        }
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
    let now = use_now();
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
                    Due { task: task.clone(), today, late: task.is_overdue(now) }
                } else {
                    span { class: "muted", {named("task-status", task.status.code())} }
                }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

/// When a task is due, whether it comes again, and how many files go with it.
#[component]
pub fn Due(task: Task, today: NaiveDate, late: bool) -> Element {
    rsx! {
        span { class: "marks",
            FileCount { count: task.attachments.len() }
            if let Some(repeat) = task.repeat {
                span { class: "mark", title: named("repeat", repeat.code()), role: "img", "aria-label": named("repeat", repeat.code()),
                    Icon { name: Name::Repeat, size: 14 }
                }
            }
            if let Some(due) = task.due_date {
                // Of what is over only the day still matters.
                span { class: "due", "data-late": late, {due_text(due, task.due_time, if task.status.is_open() { today } else { NaiveDate::MIN })} }
            }
        }
    }
}

/// When a task is due, as people say it.
pub fn due_text(due: NaiveDate, time: Option<TimeOfDay>, today: NaiveDate) -> String {
    let day = match (due - today).num_days() {
        0 => t!("due-today"),
        1 => t!("due-tomorrow"),
        days if days < 0 => t!("due-late", days: -days),
        _ => i18n::date(due),
    };
    match time {
        Some(time) => format!("{day} {time}"),
        None => day,
    }
}
