//! A manager gives a task, to one rep or to many.

use std::collections::BTreeMap;

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::Location,
    employee::{EmployeeRef, TeamRef},
    id::{BatchId, EmployeeId, TaskId, TeamId},
    page::Page,
    problem::Problem,
    task::{Assignees, NewBatch, NewTask, Priority, Repeat},
    text::{Name as Title, Notes},
};

use crate::{
    api::{self, tasks},
    components::{
        attachments::{self, ChooseFiles, Chosen},
        feedback::{Failed, Loading},
        form::{Form, Invalid, Select, Submit, TextField, use_form},
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

/// A rep one may give tasks to.
pub type Rep = (EmployeeRef, TeamRef);

/// The reps the reader runs.
pub async fn reps() -> Result<Vec<Rep>, Problem> {
    Ok(api::board(None, Default::default())
        .await?
        .reps
        .into_iter()
        .map(|day| (day.employee, day.team))
        .collect())
}

/// Who, what, where, until when.
#[component]
pub fn NewTaskPage() -> Element {
    let mut loaded = use_loaded(reps)?;
    match loaded.now() {
        Some(Ok(reps)) => rsx! { TaskForm { reps } },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn TaskForm(reps: Vec<Rep>) -> Element {
    let (teller, navigator) = (use_teller(), use_navigator());
    // One id for these tasks, however often they must be sent.
    let id = use_hook(uuid::Uuid::new_v4);
    let mut priority = use_signal(Priority::default);
    let place = use_signal(|| None::<Location>);
    let chosen = use_signal(Vec::<EmployeeId>::new);
    let mut files = use_signal(Vec::<tasks::Upload>::new);
    let mut sent = use_signal(|| None::<(usize, f64)>);
    let form = use_form(move |typed| async move {
        let title = typed.read("title", Title::parse)?;
        let details = Some(typed.read("details", Notes::parse)?);
        let due_date = typed.optional("due_date", str::parse)?;
        let due_time = typed.optional("due_time", str::parse)?;
        let repeat = Repeat::from_code(typed.text("repeat"));
        let repeat_until = typed.optional("repeat_until", str::parse)?.filter(|_| repeat.is_some());
        let location_id = place().map(|place| place.id);
        let assignee_ids =
            Assignees::try_from(chosen()).map_err(|error| Problem::invalid("assignee_ids", error))?;
        let (holder, to, name) = match assignee_ids.ids() {
            [assignee_id] => {
                let new = NewTask {
                    id: TaskId(id),
                    title,
                    details,
                    priority: priority(),
                    due_date,
                    due_time,
                    repeat,
                    repeat_until,
                    location_id,
                    assignee_id: *assignee_id,
                };
                let task = api::new_task(&new).await?;
                let holder = tasks::Holder::Task(task.id);
                (holder, Route::tasks(), t!("task-given", name: task.assignee.name))
            }
            many => {
                let count = many.len() as i64;
                let new = NewBatch {
                    id: BatchId(id),
                    title,
                    details,
                    priority: priority(),
                    due_date,
                    due_time,
                    repeat,
                    repeat_until,
                    location_id,
                    assignee_ids,
                };
                let batch = tasks::give(&new).await?;
                let to = Route::BatchPage { id: batch.id.to_string() };
                (tasks::Holder::Batch(batch.id), to, t!("tasks-given", count: count))
            }
        };
        // Sent again after a failure, what is there already is not there twice.
        for (n, file) in files().into_iter().enumerate() {
            sent.set(Some((n, 0.0)));
            if let Err(problem) = tasks::attach(holder, file, move |part| sent.set(Some((n, part)))).await {
                sent.set(None);
                return Err(problem);
            }
        }
        teller.done(name);
        navigator.replace(to);
        Ok(())
    });
    let choose = move |event: FormEvent| async move {
        match attachments::read(&event).await {
            Ok(more) => {
                let mut files = files.write();
                files.extend(more);
                files.truncate(ekenko_domain::task::MOST_ATTACHMENTS);
            }
            Err(problem) => teller.failed(&problem),
        }
    };
    rsx! {
        PageTitle { text: t!("task-new") }
        Form { form, class: "page narrow",
            PageHead { title: t!("task-new"), back: Route::tasks() }
            TextField { label: t!("task-title"), name: "title", autofocus: true, maxlength: 200 }
            Who { reps, chosen }
            Radios {
                legend: t!("priority"), name: "priority", chosen: priority().code(),
                options: Priority::ALL.iter().map(|priority| (priority.code().to_owned(), named("priority", priority.code()))).collect::<Vec<_>>(),
                onchoose: move |code: String| if let Some(choice) = Priority::from_code(&code) { priority.set(choice) },
            }
            div { class: "two",
                TextField { label: t!("due"), name: "due_date", r#type: "date" }
                TextField { label: t!("due-time"), name: "due_time", r#type: "time" }
            }
            div { class: "two",
                Select { label: t!("repeat"), name: "repeat",
                    option { value: "", {t!("repeat-never")} }
                    for repeat in Repeat::ALL.iter().copied() {
                        option { key: "{repeat.code()}", value: repeat.code(), {named("repeat", repeat.code())} }
                    }
                }
                TextField { label: t!("repeat-until"), name: "repeat_until", r#type: "date" }
            }
            Where { place }
            TextField { label: t!("details"), name: "details", rows: 4, maxlength: 4000 }
            div { class: "field",
                ChooseFiles { there: files.read().len(), busy: form.is_busy(), onchoose: choose }
                Chosen { files, sent }
                Invalid { field: "file" }
            }
            Submit { text: if chosen.read().len() > 1 { t!("task-give-many", count: chosen.read().len() as i64) } else { t!("task-give") } }
        }
    }
}

/// Reps to tick, by team; a whole team at once.
#[component]
fn Who(reps: Vec<Rep>, chosen: Signal<Vec<EmployeeId>>) -> Element {
    let mut q = use_signal(String::new);
    let wanted = q.read().trim().to_lowercase();
    let mut teams: BTreeMap<(String, TeamId), Vec<EmployeeRef>> = BTreeMap::new();
    for (rep, team) in reps {
        teams.entry((team.name, team.id)).or_default().push(rep);
    }
    let mut set = move |ids: &[EmployeeId], on: bool| {
        let mut chosen = chosen.write();
        chosen.retain(|id| !ids.contains(id));
        if on {
            chosen.extend(ids);
        }
    };
    rsx! {
        fieldset { class: "who",
            legend {
                {t!("assignee")}
                span { class: "muted tabular", role: "status", {t!("chosen-count", count: chosen.read().len() as i64)} }
            }
            SearchBox { value: q, label: t!("search-people"), onsearch: move |text: String| q.set(text) }
            div { class: "card who-list", tabindex: "0", role: "group", "aria-label": t!("assignee"),
                for ((name, team), reps) in teams {
                    WhoTeam {
                        key: "{team}",
                        name,
                        reps: reps.into_iter().filter(|rep| rep.name.to_lowercase().contains(&wanted)).collect::<Vec<_>>(),
                        chosen,
                        onset: move |(ids, on): (Vec<EmployeeId>, bool)| set(&ids, on),
                    }
                }
            }
            Invalid { field: "assignee_ids" }
            Invalid { field: "assignee_id" }
        }
    }
}

#[component]
fn WhoTeam(
    name: String,
    reps: Vec<EmployeeRef>,
    chosen: Signal<Vec<EmployeeId>>,
    onset: EventHandler<(Vec<EmployeeId>, bool)>,
) -> Element {
    if reps.is_empty() {
        return rsx! {};
    }
    let all: Vec<EmployeeId> = reps.iter().map(|rep| rep.id).collect();
    let whole = all.iter().all(|id| chosen.read().contains(id));
    rsx! {
        label { class: "tick whole",
            input { r#type: "checkbox", checked: whole, onchange: move |event| onset((all.clone(), event.checked())) }
            strong { {t!("whole-team", name: name)} }
        }
        for rep in reps {
            label { key: "{rep.id}", class: "tick",
                input { r#type: "checkbox", value: "{rep.id}", checked: chosen.read().contains(&rep.id), onchange: move |event| onset((vec![rep.id], event.checked())) }
                span { "{rep.name}" }
            }
        }
    }
}

/// A customer, found by name; none is fine too.
#[component]
pub fn Where(place: Signal<Option<Location>>) -> Element {
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
