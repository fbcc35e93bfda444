//! Tasks over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ekenko_domain::{
    id::{EmployeeId, TaskId},
    page::Page,
    task::{MoveTask, NewTask, Task},
    visit::PhotoRef,
};

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query},
    photo::{photo_body, picture},
};
use crate::{App, tasks::Filter};

/// `POST /tasks`: 201 for a new task, 200 for one sent before.
pub async fn create(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewTask>,
) -> Result<(StatusCode, Json<Task>), ApiError> {
    let (task, new) = app.tasks.create(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(task)))
}

/// `GET /tasks?state=open|closed&assignee_id=…`
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Task>>, ApiError> {
    let closed = query.with("state", |text| match text {
        "open" => Ok(false),
        "closed" => Ok(true),
        _ => Err("must be open or closed"),
    })?;
    let filter = Filter {
        closed: closed.unwrap_or(false),
        assignee: query.get::<EmployeeId>("assignee_id")?,
        limit: query.limit(50, 500)?,
        cursor: query.text("cursor").map(str::to_owned),
    };
    Ok(Json(app.tasks.list(&caller, &filter).await?))
}

/// `GET /tasks/{id}`
pub async fn task(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.task(&caller, id).await?))
}

/// `POST /tasks/{id}/status`
pub async fn move_to(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    Body(command): Body<MoveTask>,
) -> Result<Json<Task>, ApiError> {
    Ok(Json(app.tasks.move_to(&caller, id, &command).await?))
}

/// `PUT /tasks/{id}/photo`: the photo's bytes are the body.
pub async fn put_photo(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    request: Request,
) -> Result<Json<PhotoRef>, ApiError> {
    let bytes = photo_body(request).await?;
    Ok(Json(app.tasks.put_photo(&caller, id, bytes).await?))
}

/// `GET /tasks/{id}/photo`: the photo as it was sent.
pub async fn photo(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.tasks.photo(&caller, id).await?))
}

/// `GET /tasks/{id}/thumbnail`: a JPEG of 480 pixels at most.
pub async fn thumbnail(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TaskId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.tasks.thumbnail(&caller, id).await?))
}
