//! The activity feed: who did what, where and when. What is new comes to the top without moving what is read.

use std::rc::Rc;

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    feed::{FeedItem, Told, put},
    task::{Task, TaskStatus},
    visit::Visit,
};

use super::{
    super::feed::{distance, state},
    super::shell::use_me,
    kept::Kept,
};
use crate::{
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        person::Avatar,
        priority::PriorityBadge,
        verdict::VisitBadges,
    },
    i18n, platform,
    route::Route,
};

/// How far down, in pixels, still counts as being at the top.
const TOP_PX: f64 = 24.0;

/// The lines, latest first.
#[component]
pub fn Feed(kept: Kept, past: bool) -> Element {
    let (mut reading, mut held, mut lines) = (kept.reading, kept.held, kept.lines);
    let mut top = use_signal(|| None::<Rc<MountedData>>);
    let zone = use_me().organisation.time_zone;
    let items = match &*lines.read() {
        None => return rsx! { Loading { rows: 5 } },
        Some(Err(problem)) => {
            return rsx! { Failed { problem: problem.clone(), retry: move |()| kept.load_feed.call(()) } };
        }
        Some(Ok(page)) if page.items.is_empty() && page.next.is_none() && held.read().is_empty() => {
            let hint = if past { String::new() } else { t!("feed-empty-hint") };
            return rsx! { Empty { icon: Name::Inbox, title: t!("feed-empty"), hint } };
        }
        Some(Ok(page)) => page.items.clone(),
    };
    let next = lines.read().as_ref().and_then(|page| page.as_ref().ok()?.next.clone());
    let waiting = held.read().len();
    let up = move |_| {
        let mut all = lines.write();
        if let Some(Ok(page)) = all.as_mut() {
            for line in held.write().drain(..) {
                put(&mut page.items, line);
            }
        }
        reading.set(false);
        if let Some(top) = top() {
            spawn(async move {
                let _ = top.scroll_to(ScrollBehavior::Instant).await;
            });
        }
    };
    let mut before = None;
    let days: Vec<(Option<NaiveDate>, FeedItem)> = items
        .into_iter()
        .map(|line| {
            let day = platform::local(line.at, &zone).date();
            let heading = (before.replace(day) != Some(day)).then_some(day);
            (heading, line)
        })
        .collect();
    let today = kept.board.read().date;
    rsx! {
        div { class: "feed",
            onscroll: move |event| {
                let below = event.scroll_top() > TOP_PX;
                if below != reading() {
                    reading.set(below);
                }
            },
            // On a phone it is the page that scrolls.
            div { class: "feed-top", onmounted: move |event| top.set(Some(event.data())),
                onvisible: move |event| {
                    let above = event.get_bounding_client_rect().is_ok_and(|rect| rect.origin.y < 0.0);
                    let passed = !event.is_intersecting().unwrap_or(true) && above;
                    if passed != reading() {
                        reading.set(passed);
                    }
                },
            }
            if waiting > 0 {
                button { class: "button primary feed-new", r#type: "button", onclick: up,
                    Icon { name: Name::ChevronUp, size: 16 }
                    {t!("feed-new", count: waiting as i64)}
                }
            }
            ol {
                for (day, line) in days {
                    Line { key: "{line.id}", day: day.filter(|day| *day != today), line, kept }
                }
            }
            if let Some(next) = next {
                button { class: "button feed-older", r#type: "button", onclick: move |_| kept.older.call(next.clone()), {t!("load-older")} }
            }
        }
    }
}

/// A line, below the date when it is the first of an earlier day.
#[component]
fn Line(day: Option<NaiveDate>, line: FeedItem, kept: Kept) -> Element {
    rsx! {
        if let Some(day) = day {
            li { class: "feed-day", {i18n::date(day)} }
        }
        Happened { line, kept }
    }
}

#[component]
fn Happened(line: FeedItem, kept: Kept) -> Element {
    let zone = use_me().organisation.time_zone;
    let (at, time) = (line.at.to_rfc3339(), i18n::time(line.at, &zone));
    match line.told {
        Told::Visit(visit) => rsx! { VisitLine { visit, kept, time } },
        Told::TaskCreated(task) => {
            let text =
                t!("feed-task-given", by: task.created_by.name.clone(), to: task.assignee.name.clone());
            rsx! { TaskLine { task, text, at, time } }
        }
        Told::TaskChanged(task) => {
            let name = task.assignee.name.clone();
            let text = match task.status {
                TaskStatus::Todo => t!("feed-task-todo", name: name),
                TaskStatus::InProgress => t!("feed-task-begun", name: name),
                TaskStatus::Completed => t!("feed-task-done", name: name),
                TaskStatus::Cancelled => t!("feed-task-cancelled", name: name),
            };
            rsx! { TaskLine { task, text, at, time } }
        }
        Told::Customer(location) => rsx! {
            Plain { icon: Name::Building, to: Route::CustomerPage { id: location.id.to_string() }, at, time,
                text: t!("feed-customer"), title: location.name.clone(), detail: location.address_line(),
            }
        },
        Told::Announcement(said) => rsx! {
            Plain { icon: Name::Megaphone, at, time,
                text: t!("feed-announcement", name: said.author.name),
                title: said.title, detail: said.team.map(|team| team.name).unwrap_or_default(),
            }
        },
    }
}

#[component]
fn VisitLine(visit: Visit, kept: Kept, time: String) -> Element {
    let mut selected = kept.selected;
    let id = visit.id.to_string();
    let open = selected() == id;
    let toggle = {
        let id = id.clone();
        move |_| selected.set(if open { String::new() } else { id.clone() })
    };
    rsx! {
        li { class: "feed-item", "data-visit": "{id}", "data-selected": open,
            button { class: "feed-row", "aria-pressed": if open { "true" } else { "false" }, onclick: toggle,
                Avatar { name: visit.employee.name.clone() }
                span { class: "feed-text",
                    span { class: "feed-who",
                        strong { "{visit.employee.name}" }
                        time { datetime: "{visit.checked_in_at.to_rfc3339()}", "{time}" }
                    }
                    span { class: "feed-where", "{visit.location.name}" }
                    span { class: "feed-facts",
                        VisitBadges { visit: visit.clone() }
                        span { class: "feed-distance", {distance(&visit)} }
                        span { class: "feed-state", {state(&visit)} }
                    }
                }
            }
        }
    }
}

#[component]
fn TaskLine(task: Task, text: String, at: String, time: String) -> Element {
    rsx! {
        Plain { icon: Name::Tasks, to: Route::TaskPage { id: task.id.to_string() }, at, time, text, title: task.title,
            detail: task.location.map(|place| place.name).unwrap_or_default(),
            if task.status.is_open() { PriorityBadge { priority: task.priority } }
        }
    }
}

/// A line that is not a visit; it leads to what it is about.
#[component]
fn Plain(
    icon: Name,
    to: Option<Route>,
    at: String,
    time: String,
    text: String,
    title: String,
    detail: String,
    children: Element,
) -> Element {
    let inside = rsx! {
        span { class: "feed-sign", Icon { name: icon, size: 16 } }
        span { class: "feed-text",
            span { class: "feed-who",
                span { class: "feed-told", "{text}" }
                time { datetime: "{at}", "{time}" }
            }
            span { class: "feed-where", strong { "{title}" } }
            span { class: "feed-facts",
                if !detail.is_empty() { span { "{detail}" } }
                {children}
            }
        }
    };
    rsx! {
        li { class: "feed-item",
            match to {
                Some(to) => rsx! { Link { class: "feed-row", to, {inside} } },
                None => rsx! { div { class: "feed-row", {inside} } },
            }
        }
    }
}
