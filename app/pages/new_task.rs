//! A manager gives a task.

use dioxus::prelude::*;
use dioxus_fullstack_core::use_server_future;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::Location,
    employee::EmployeeRef,
    id::TaskId,
    page::Page,
    problem::Problem,
    task::{NewTask, Priority},
    text::{Name as Title, Notes},
};

use crate::{
    api,
    components::{
        feedback::{Failed, Loading},
        field::Invalid,
        icon::{Icon, Name},
        search_box::SearchBox,
        title::PageTitle,
        toast::use_teller,
    },
    i18n::named,
    route::Route,
};

/// Who, what, where, until when.
#[component]
pub fn NewTaskPage() -> Element {
    let mut board = use_server_future(|| api::board(None))?;
    match board() {
        Some(Ok(board)) => {
            let reps = board.reps.into_iter().map(|day| day.employee).collect::<Vec<_>>();
            rsx! { Form { reps } }
        }
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| board.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Form(reps: Vec<EmployeeRef>) -> Element {
    let (teller, navigator) = (use_teller(), use_navigator());
    // One id for this task, however often it must be sent.
    let id = use_hook(|| TaskId(uuid::Uuid::new_v4()));
    let first = reps.first().map(|rep| rep.id.to_string()).unwrap_or_default();
    let mut assignee = use_signal(|| first);
    let mut title = use_signal(String::new);
    let mut details = use_signal(String::new);
    let mut due = use_signal(String::new);
    let mut priority = use_signal(Priority::default);
    let place = use_signal(|| None::<Location>);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let read = move || -> Result<NewTask, Problem> {
        Ok(NewTask {
            id,
            title: Title::parse(title()).map_err(|e| Problem::invalid("title", e))?,
            details: Some(Notes::parse(details()).map_err(|e| Problem::invalid("details", e))?),
            priority: priority(),
            due_date: match due().as_str() {
                "" => None,
                date => Some(date.parse().map_err(|e| Problem::invalid("due_date", e))?),
            },
            location_id: place().map(|place| place.id),
            assignee_id: assignee().parse().map_err(|e| Problem::invalid("assignee_id", e))?,
        })
    };
    let give = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let given = match read() {
                Ok(new) => api::new_task(&new).await,
                Err(error) => Err(error),
            };
            match given {
                Ok(task) => {
                    teller.done(t!("task-given", name: task.assignee.name.clone()));
                    navigator.replace(Route::TasksPage { state: String::new() });
                }
                Err(error) => {
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("task-new") }
        form { class: "page narrow", onsubmit: give, novalidate: true, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            div { class: "place-head",
                Link { class: "button quiet icon-only", "aria-label": t!("back"), to: Route::TasksPage { state: String::new() },
                    Icon { name: Name::ArrowLeft }
                }
                div { h1 { {t!("task-new")} } }
            }
            label { class: "field",
                span { {t!("task-title")} }
                input { name: "title", autofocus: true, maxlength: 200, value: "{title}", oninput: move |event| title.set(event.value()) }
                Invalid { problem: problem(), field: "title" }
            }
            label { class: "field",
                span { {t!("assignee")} }
                select { name: "assignee_id", value: "{assignee}", onchange: move |event| assignee.set(event.value()),
                    for rep in reps {
                        option { key: "{rep.id}", value: "{rep.id}", "{rep.name}" }
                    }
                }
                Invalid { problem: problem(), field: "assignee_id" }
            }
            fieldset { class: "choices",
                legend { {t!("priority")} }
                for choice in Priority::ALL.iter().copied() {
                    label { key: "{choice.code()}", class: "choice",
                        input { r#type: "radio", name: "priority", value: choice.code(), checked: priority() == choice, onchange: move |_| priority.set(choice) }
                        span { {named("priority", choice.code())} }
                    }
                }
            }
            label { class: "field",
                span { {t!("due")} }
                input { r#type: "date", name: "due_date", value: "{due}", oninput: move |event| due.set(event.value()) }
                Invalid { problem: problem(), field: "due_date" }
            }
            Where { place }
            label { class: "field",
                span { {t!("details")} }
                textarea { name: "details", rows: 4, maxlength: 4000, value: "{details}", oninput: move |event| details.set(event.value()) }
                Invalid { problem: problem(), field: "details" }
            }
            Invalid { problem: problem(), field: "" }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy(), {t!("task-give")} }
            }
        }
    }
}

/// A customer, found by name; none is fine too.
#[component]
fn Where(place: Signal<Option<Location>>) -> Element {
    let mut q = use_signal(String::new);
    let mut found = use_signal(|| None::<Result<Page<Location>, Problem>>);
    let search = move |text: String| async move {
        q.set(text.clone());
        found.set(if text.trim().is_empty() { None } else { Some(api::locations(None, &text, None).await) });
    };
    if let Some(chosen) = place() {
        return rsx! {
            div { class: "field",
                span { {t!("customer")} }
                div { class: "card row",
                    span { class: "row-main",
                        strong { "{chosen.name}" }
                        span { class: "muted", "{chosen.address_line()}" }
                    }
                    button { class: "button quiet icon-only", r#type: "button", "aria-label": t!("remove"), onclick: move |_| place.set(None),
                        Icon { name: Name::X }
                    }
                }
            }
        };
    }
    rsx! {
        div { class: "field",
            span { {t!("customer-optional")} }
            SearchBox { value: q, label: t!("search-customers"), onsearch: search }
            match found() {
                Some(Ok(page)) if page.items.is_empty() => rsx! { p { class: "muted", {t!("nothing-found")} } },
                Some(Ok(page)) => rsx! {
                    div { class: "card rows",
                        for location in page.items.into_iter().take(6) {
                            button { key: "{location.id}", class: "row pick", r#type: "button",
                                onclick: {
                                    let location = location.clone();
                                    move |_| place.set(Some(location.clone()))
                                },
                                span { class: "row-main",
                                    strong { "{location.name}" }
                                    span { class: "muted", "{location.address_line()}" }
                                }
                            }
                        }
                    }
                },
                Some(Err(problem)) => rsx! { Invalid { problem: Some(problem), field: "" } },
                None => rsx! {},
            }
        }
    }
}
