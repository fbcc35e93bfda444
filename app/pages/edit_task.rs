//! A manager changes a task, or gives it to another rep.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::Location,
    id::TaskId,
    problem::Problem,
    task::{EditTask, Priority, Task},
    text::{Name as Title, Notes},
};

use super::new_task::{Rep, Where, reps};
use crate::{
    api::{self, tasks},
    components::{
        feedback::{Failed, Loading},
        form::{Form, Select, Submit, TextField, use_form},
        radios::Radios,
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    i18n::named,
    loaded::use_loaded,
    route::Route,
};

/// Loads the task, who may get it, and where it is.
#[component]
pub fn EditTaskPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: TaskId = id().parse().map_err(|error| Problem::invalid("id", error))?;
        let task = api::task(id).await?;
        let place = match &task.location {
            Some(place) => Some(api::location(place.id).await?),
            None => None,
        };
        Ok::<_, Problem>((task, reps().await?, place))
    })?;
    match loaded.now() {
        Some(Ok((task, reps, place))) => rsx! { Editor { key: "{task.id}", task, reps, at: place } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Editor(task: Task, reps: Vec<Rep>, at: Option<Location>) -> Element {
    let (teller, navigator) = (use_teller(), use_navigator());
    let id = task.id;
    let back = Route::TaskPage { id: id.to_string() };
    let mut priority = use_signal(|| task.priority);
    let place = use_signal(|| at);
    let form = use_form(move |typed| async move {
        let edit = EditTask {
            title: typed.read("title", Title::parse)?,
            details: Some(typed.read("details", Notes::parse)?),
            priority: priority(),
            due_date: typed.optional("due_date", str::parse)?,
            due_time: typed.optional("due_time", str::parse)?,
            location_id: place().map(|place| place.id),
            assignee_id: typed.read("assignee_id", str::parse)?,
        };
        let task = tasks::edit(id, &edit).await?;
        teller.done(t!("task-saved"));
        navigator.replace(Route::TaskPage { id: task.id.to_string() });
        Ok(())
    });
    rsx! {
        PageTitle { text: t!("task-edit") }
        Form { form, class: "page narrow",
            PageHead { title: t!("task-edit"), back }
            TextField { label: t!("task-title"), name: "title", first: task.title, autofocus: true, maxlength: 200 }
            Select { label: t!("assignee"), name: "assignee_id",
                for (rep, team) in reps {
                    option { key: "{rep.id}", value: "{rep.id}", selected: rep.id == task.assignee.id, "{rep.name} · {team.name}" }
                }
            }
            Radios {
                legend: t!("priority"), name: "priority", chosen: priority().code(),
                options: Priority::ALL.iter().map(|priority| (priority.code().to_owned(), named("priority", priority.code()))).collect::<Vec<_>>(),
                onchoose: move |code: String| if let Some(choice) = Priority::from_code(&code) { priority.set(choice) },
            }
            div { class: "two",
                TextField { label: t!("due"), name: "due_date", r#type: "date", first: task.due_date.map(|date| date.to_string()).unwrap_or_default() }
                TextField { label: t!("due-time"), name: "due_time", r#type: "time", first: task.due_time.map(|time| time.to_string()).unwrap_or_default() }
            }
            Where { place }
            TextField { label: t!("details"), name: "details", rows: 4, maxlength: 4000, first: task.details }
            Submit { text: t!("save") }
        }
    }
}
