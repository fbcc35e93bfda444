//! A manager gives a task.

use dioxus::prelude::*;
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
        form::{Form, Select, Submit, TextField, use_form},
        icon::{Icon, Name},
        radios::Radios,
        search_box::SearchBox,
        title::{PageHead, PageTitle},
        toast::{explain, use_teller},
    },
    i18n::named,
    loaded::use_loaded,
    route::Route,
};

/// Who, what, where, until when.
#[component]
pub fn NewTaskPage() -> Element {
    let mut board = use_loaded(|| api::board(None, Default::default()))?;
    match board.now() {
        Some(Ok(board)) => {
            let reps = board.reps.into_iter().map(|day| day.employee).collect::<Vec<_>>();
            rsx! { TaskForm { reps } }
        }
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| board.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn TaskForm(reps: Vec<EmployeeRef>) -> Element {
    let (teller, navigator) = (use_teller(), use_navigator());
    // One id for this task, however often it must be sent.
    let id = use_hook(|| TaskId(uuid::Uuid::new_v4()));
    let mut priority = use_signal(Priority::default);
    let place = use_signal(|| None::<Location>);
    let form = use_form(move |typed| async move {
        let new = NewTask {
            id,
            title: typed.read("title", Title::parse)?,
            details: Some(typed.read("details", Notes::parse)?),
            priority: priority(),
            due_date: typed.optional("due_date", str::parse)?,
            location_id: place().map(|place| place.id),
            assignee_id: typed.read("assignee_id", str::parse)?,
        };
        let task = api::new_task(&new).await?;
        teller.done(t!("task-given", name: task.assignee.name));
        navigator.replace(Route::TasksPage { state: String::new() });
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("task-new") }
        Form { form, class: "page narrow",
            PageHead { title: t!("task-new"), back: Route::TasksPage { state: String::new() } }
            TextField { label: t!("task-title"), name: "title", autofocus: true, maxlength: 200 }
            Select { label: t!("assignee"), name: "assignee_id",
                for rep in reps {
                    option { key: "{rep.id}", value: "{rep.id}", "{rep.name}" }
                }
            }
            Radios {
                legend: t!("priority"), name: "priority", chosen: priority().code(),
                options: Priority::ALL.iter().map(|priority| (priority.code().to_owned(), named("priority", priority.code()))).collect::<Vec<_>>(),
                onchoose: move |code: String| if let Some(choice) = Priority::from_code(&code) { priority.set(choice) },
            }
            TextField { label: t!("due"), name: "due_date", r#type: "date" }
            Where { place }
            TextField { label: t!("details"), name: "details", rows: 4, maxlength: 4000 }
            Submit { text: t!("task-give") }
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
                Some(Err(problem)) => rsx! { span { class: "error", role: "alert", "{explain(&problem)}" } },
                None => rsx! {},
            }
        }
    }
}
