//! What a person did: numbers, visits on a map and as a list, tasks, and the log.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{board::Pin, id::EmployeeId, page::Page, problem::Problem, task::Task, visit::Visit};

use super::{
    super::{
        feed::VisitRow,
        profile::Charts,
        shell::{use_me, use_settings, use_today},
        tasks::TaskRow,
    },
    activity::OfPerson,
};
use crate::{
    api::staff,
    components::{
        feedback::{Empty, Failed, Loading},
        icon::Name,
        map_view::MapView,
        show_more::{ShowMore, use_pages},
    },
    route::Route,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Visits,
    Tasks,
    Activity,
}

/// A rep's history.
#[component]
pub fn History(id: EmployeeId) -> Element {
    let mut part = use_signal(|| Part::Visits);
    let mut sums = use_resource(move || staff::statistics_of(id));
    rsx! {
        match sums() {
            Some(Ok(statistics)) => rsx! { Charts { statistics } },
            Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| sums.restart() } },
            None => rsx! { Loading { rows: 3 } },
        }
        div { class: "tabs", role: "group", "aria-label": t!("history"),
            for (choice, name) in [(Part::Visits, t!("nav-visits")), (Part::Tasks, t!("nav-tasks")), (Part::Activity, t!("activity"))] {
                button { key: "{choice:?}", class: "tab", r#type: "button", "aria-pressed": if part() == choice { "true" } else { "false" },
                    onclick: move |_| part.set(choice),
                    {name}
                }
            }
        }
        match part() {
            Part::Visits => rsx! { Visits { id } },
            Part::Tasks => rsx! { Tasks { id } },
            Part::Activity => rsx! { OfPerson { id } },
        }
    }
}

/// The first piece of a list, and what stands there until it is or when it has nothing.
pub fn first_piece<T: Clone>(
    mut loaded: Resource<Result<Page<T>, Problem>>,
    empty: String,
    list: impl FnOnce(Page<T>) -> Element,
) -> Element {
    match loaded() {
        None => rsx! { Loading { rows: 6 } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        Some(Ok(page)) if page.items.is_empty() => {
            rsx! { Empty { icon: Name::Inbox, title: empty, hint: String::new() } }
        }
        Some(Ok(page)) => list(page),
    }
}

#[component]
fn Visits(id: EmployeeId) -> Element {
    let loaded = use_resource(move || staff::visits_of(id, None));
    first_piece(loaded, t!("no-visits-yet"), |page| rsx! { VisitList { id, page } })
}

#[component]
fn VisitList(id: EmployeeId, page: Page<Visit>) -> Element {
    let (zone, settings, navigator) = (use_me().organisation.time_zone, use_settings(), use_navigator());
    let (list, more) =
        use_pages(page, move |cursor| async move { staff::visits_of(id, Some(&cursor)).await });
    let points = use_memo(move || {
        let pins: Vec<Pin> = list.read().items.iter().map(Pin::from).collect();
        serde_json::to_string(&pins).unwrap_or_default()
    });
    rsx! {
        div { class: "history-map card",
            MapView { id: "history-map", label: t!("history-map"), points: points(), settings,
                onselect: move |id| { navigator.push(Route::VisitPage { id }); },
            }
        }
        div { class: "card rows",
            for visit in list.read().items.clone() {
                VisitRow { key: "{visit.id}", visit, zone: zone.clone(), with_rep: false, with_day: true }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

#[component]
fn Tasks(id: EmployeeId) -> Element {
    let loaded = use_resource(move || async move {
        let mut open = staff::tasks_of(id, false, None).await?;
        // What is over goes on behind what is open.
        let closed = staff::tasks_of(id, true, None).await?;
        open.items.extend(closed.items);
        open.next = closed.next;
        Ok(open)
    });
    first_piece(loaded, t!("no-tasks-yet"), |page| rsx! { TaskList { id, page } })
}

#[component]
fn TaskList(id: EmployeeId, page: Page<Task>) -> Element {
    let today = use_today();
    let (list, more) =
        use_pages(page, move |cursor| async move { staff::tasks_of(id, true, Some(&cursor)).await });
    rsx! {
        div { class: "card rows",
            for task in list.read().items.clone() {
                TaskRow { key: "{task.id}", task, today, with_rep: false }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}
