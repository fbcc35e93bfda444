//! Tasks over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{self, Path, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use ekenko_domain::{
    id::{BatchId, EmployeeId, LocationId, TaskId, TeamId},
    page::Page,
    problem::Problem,
    task::{Batch, EditTask, MoveTask, NewBatch, NewTask, Priority, Task, TaskStatus},
    text::Name,
    visit::PhotoRef,
};

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query, path_id, raw},
    photo::{photo_body, picture},
};
use crate::{
    App,
    tasks::{AttachmentError, Filter, MAX_ATTACHMENT_BYTES, State, TaskError},
};

/// `POST /tasks`: 201 for a new task, 200 for one sent before.
pub async fn create(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewTask>,
) -> Result<(StatusCode, Json<Task>), ApiError> {
    let (task, new) = app.tasks.create(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(task)))
}

/// `GET /tasks?state=open|closed&assignee_id=…`, or `status=…` for those just so far.
pub async fn list(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Task>>, ApiError> {
    let state = query.with("state", |text| match text {
        "open" => Ok(State::Open),
        "closed" => Ok(State::Closed),
        _ => Err("must be open or closed"),
    })?;
    let status = query.code("status", TaskStatus::ALL, TaskStatus::code)?;
    let overdue = query.with("overdue", |text| text.parse::<bool>().map_err(|_| "must be true or false"))?;
    let filter = Filter {
        state: status.map(State::Only).or(state).unwrap_or_default(),
        assignee: query.get::<EmployeeId>("assignee_id")?,
        team: query.get::<TeamId>("team_id")?,
        location: query.get::<LocationId>("location_id")?,
        priority: query.code("priority", Priority::ALL, Priority::code)?,
        overdue: overdue.unwrap_or(false),
        limit: query.limit(50, 500)?,
        cursor: query.text("cursor").map(str::to_owned),
    };
    Ok(Json(app.tasks.list(&caller, &filter).await?))
}

/// `GET /tasks/{id}`
pub async fn task(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.task(&caller, id).await?))
}

/// `PUT /tasks/{id}`
pub async fn edit(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    Body(edit): Body<EditTask>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.edit(&caller, id, &edit).await?))
}

/// `DELETE /tasks/{id}/repeat`: it does not come again.
pub async fn end_series(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.end_series(&caller, id).await?))
}

/// `POST /tasks/batches`: 201 for a new batch, 200 for one sent before.
pub async fn create_batch(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewBatch>,
) -> Result<(StatusCode, Json<Batch>), ApiError> {
    let (batch, new) = app.tasks.create_batch(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(batch)))
}

/// `GET /tasks/batches/{id}`
pub async fn batch(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<BatchId>,
) -> Result<Json<Batch>, ApiError> {
    Ok(Json(app.tasks.batch(&caller, id).await?))
}

/// What goes with a file: its name, and its bytes as the body.
async fn file(query: &Query, request: Request) -> Result<(Name, Bytes), ApiError> {
    let name = query
        .with("name", |text| Name::parse(text))?
        .ok_or_else(|| Problem::invalid("name", "must be given"))?;
    match raw(request, MAX_ATTACHMENT_BYTES).await {
        Err(ApiError(problem)) if problem.status == 413 => {
            Err(TaskError::from(AttachmentError::TooLarge).into())
        }
        other => Ok((name, other?)),
    }
}

/// `PUT /tasks/{id}/attachments/{attachment_id}?name=…`: the file's bytes are the body.
pub async fn attach(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Path((id, attachment)): Path<(String, String)>,
    query: Query,
    request: Request,
) -> Result<Json<Task>, ApiError> {
    let (id, attachment) = (path_id(&id)?, path_id(&attachment)?);
    let (name, bytes) = file(&query, request).await?;
    Ok(Json(app.tasks.attach(&caller, id, attachment, &name, bytes).await?))
}

/// `PUT /tasks/batches/{id}/attachments/{attachment_id}?name=…`: the same for each task of a batch.
pub async fn attach_to_batch(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Path((id, attachment)): Path<(String, String)>,
    query: Query,
    request: Request,
) -> Result<Json<Batch>, ApiError> {
    let (id, attachment) = (path_id(&id)?, path_id(&attachment)?);
    let (name, bytes) = file(&query, request).await?;
    Ok(Json(app.tasks.attach_to_batch(&caller, id, attachment, &name, bytes).await?))
}

/// `DELETE /tasks/{id}/attachments/{attachment_id}`
pub async fn detach(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.detach(&caller, path_id(&id)?, path_id(&attachment)?).await?))
}

/// `GET /tasks/{id}/attachments/{attachment_id}`: to be kept as a file, never shown as a page.
pub async fn attachment(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let found = app.tasks.attachment(&caller, path_id(&id)?, path_id(&attachment)?).await?;
    let mut name = String::new();
    for byte in found.attachment.name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            name.push(byte as char);
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    let headers = [
        (header::CONTENT_TYPE, found.attachment.media_type),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, found.bytes).into_response())
}

/// `POST /tasks/{id}/status`
pub async fn move_to(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    Body(command): Body<MoveTask>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.move_to(&caller, id, &command).await?))
}

/// `PUT /tasks/{id}/photo`: the photo's bytes are the body.
pub async fn put_photo(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    request: Request,
) -> Result<Json<PhotoRef>, ApiError> {
    let bytes = photo_body(request).await?;
    Ok(Json(app.tasks.put_photo(&caller, id, bytes).await?))
}

/// `GET /tasks/{id}/photo`: the photo as it was sent.
pub async fn photo(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.tasks.photo(&caller, id).await?))
}

/// `GET /tasks/{id}/thumbnail`: a JPEG of 480 pixels at most.
pub async fn thumbnail(
    extract::State(app): extract::State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.tasks.thumbnail(&caller, id).await?))
}
