//! Tasks for those who give them.

use ekenko_domain::{
    id::{AttachmentId, BatchId, TaskId},
    page::Page,
    problem::Problem,
    task::{Batch, EditTask, NewBatch, Task, TaskStatus},
};

use super::{Answer, escaped, get, page, post, problem, put, read, send};
use crate::platform::{self, Content, Request};

/// Which tasks a page shows, as its address says; what is empty lets all through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskFilter {
    /// A team's id.
    pub team: String,
    /// A rep's id.
    pub rep: String,
    /// A priority's code.
    pub priority: String,
    /// A location's id.
    pub customer: String,
    /// `true` for those that should have been done by now.
    pub overdue: String,
}

impl TaskFilter {
    /// Whether it lets a task through; `now` is the time on the organisation's clock.
    pub fn lets_through(&self, task: &Task, now: chrono::NaiveDateTime) -> bool {
        let is = |wanted: &str, id: String| wanted.is_empty() || wanted == id;
        is(&self.team, task.team.id.to_string())
            && is(&self.rep, task.assignee.id.to_string())
            && is(&self.priority, task.priority.code().into())
            && is(
                &self.customer,
                task.location.as_ref().map(|place| place.id.to_string()).unwrap_or_default(),
            )
            && (self.overdue != "true" || task.is_overdue(now))
    }

    /// Whether it lets every task through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn query(&self) -> String {
        let [team, rep, priority, customer, overdue] =
            [&self.team, &self.rep, &self.priority, &self.customer, &self.overdue].map(|text| escaped(text));
        format!(
            "&team_id={team}&assignee_id={rep}&priority={priority}&location_id={customer}&overdue={overdue}"
        )
    }
}

/// Open tasks or those that are over.
pub async fn list(filter: &TaskFilter, closed: bool, cursor: Option<&str>) -> Answer<Page<Task>> {
    let state = if closed { "closed" } else { "open" };
    page(format!("/tasks?limit=50&state={state}{}", filter.query()), cursor).await
}

/// Those just so far.
pub async fn at(filter: &TaskFilter, status: TaskStatus, cursor: Option<&str>) -> Answer<Page<Task>> {
    page(format!("/tasks?limit=50&status={}{}", status.code(), filter.query()), cursor).await
}

/// The first of each, in the order of [`TaskStatus::ALL`].
pub async fn board(filter: TaskFilter) -> Answer<Vec<Page<Task>>> {
    let columns = TaskStatus::ALL.iter().map(|status| at(&filter, *status, None));
    futures_util::future::join_all(columns).await.into_iter().collect()
}

/// Gives many reps a task each.
pub async fn give(new: &NewBatch) -> Answer<Batch> {
    post("/tasks/batches".into(), new).await
}

/// Tasks given together.
pub async fn batch(id: BatchId) -> Answer<Batch> {
    get(format!("/tasks/batches/{id}")).await
}

/// Changes a task.
pub async fn edit(id: TaskId, edit: &EditTask) -> Answer<Task> {
    put(format!("/tasks/{id}"), edit).await
}

/// Lets it come again no more.
pub async fn end_series(id: TaskId) -> Answer<Task> {
    read(&send("DELETE", format!("/tasks/{id}/repeat"), Content::None).await?)
}

/// What a file is added to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Holder {
    /// One task.
    Task(TaskId),
    /// Each of those given together.
    Batch(BatchId),
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// Made once, however often it must be sent.
    pub id: AttachmentId,
    /// As it is called on this device.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Adds a file; `progress` hears how much of it is sent, from 0 to 1.
pub async fn attach(to: Holder, file: Upload, progress: impl FnMut(f64) + 'static) -> Answer<()> {
    let of = match to {
        Holder::Task(id) => format!("{id}"),
        Holder::Batch(id) => format!("batches/{id}"),
    };
    let path = format!("/api/v1/tasks/{of}/attachments/{}?name={}", file.id, escaped(&file.name));
    let request = Request { method: "PUT", path, body: Content::Bytes(file.bytes) };
    let answer = platform::upload(request, progress).await?;
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(problem(&answer)) }
}

/// Takes a file from a task.
pub async fn detach(id: TaskId, attachment: AttachmentId) -> Answer<Task> {
    read(&send("DELETE", format!("/tasks/{id}/attachments/{attachment}"), Content::None).await?)
}

/// The id of a batch in a page's address.
pub fn batch_id(text: &str) -> Answer<BatchId> {
    text.parse().map_err(|error| Problem::new(404, "batch_not_found", format!("{error}")))
}
