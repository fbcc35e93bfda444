//! Visits and the manager's board over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ekenko_domain::{
    board::{Board, Pins, Seen},
    dashboard::Dashboard,
    employee::Role,
    feed::{FeedPage, Topic, Whose},
    id::{EmployeeId, VisitId},
    page::Page,
    problem::Problem,
    visit::{Case, CheckIn, CheckOut, NewReview, PhotoRef, Queue, Verdict, Visit},
};

use super::{
    error::ApiError,
    extract::{Body, Caller, DeviceTime, Id, Query, path_id},
    photo::{photo_body, picture},
};
use crate::{
    App,
    visits::{Filter, Waiting},
};

/// `POST /visits`: 201 for a new visit, 200 for one sent before.
pub async fn check_in(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    DeviceTime(device_now): DeviceTime,
    Body(command): Body<CheckIn>,
) -> Result<(StatusCode, Json<Visit>), ApiError> {
    let (visit, new) = app.visits.check_in(&caller, &command, device_now).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(visit)))
}

/// `GET /visits?date=YYYY-MM-DD&from=YYYY-MM-DD&employee_id=…&open=true`
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Visit>>, ApiError> {
    let filter = Filter {
        date: query.date()?,
        from: query.day("from")?,
        employee: query.get::<EmployeeId>("employee_id")?,
        open: query.get::<bool>("open")?.unwrap_or(false),
        limit: query.limit(50, 500)?,
        cursor: query.text("cursor").map(str::to_owned),
    };
    if caller.role == Role::Rep && filter.employee.is_some_and(|employee| employee != caller.employee.id) {
        let reason = "a rep sees own visits only";
        return Err(Problem::new(403, "forbidden", reason).field("employee_id", reason).into());
    }
    Ok(Json(app.visits.list(&caller, &filter).await?))
}

/// `GET /visits/{id}`
pub async fn visit(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
) -> Result<Json<Visit>, ApiError> {
    Ok(Json(app.visits.visit(&caller, id).await?))
}

/// `GET /visits/queue?team=…&rep=…&verdict=…`: what waits for a manager's word.
pub async fn queue(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Queue>, ApiError> {
    let waiting = Waiting {
        team: query.get("team")?,
        employee: query.get("rep")?,
        verdict: query.code("verdict", Verdict::ALL, Verdict::code)?,
        limit: query.limit(50, 200)?,
        cursor: query.text("cursor").map(str::to_owned),
    };
    Ok(Json(app.visits.queue(&caller, &waiting).await?))
}

/// `GET /visits/{id}/evidence`: all there is to judge it by.
pub async fn evidence(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
) -> Result<Json<Case>, ApiError> {
    Ok(Json(app.visits.case(&caller, id).await?))
}

/// `POST /visits/{id}/review`
pub async fn review(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
    Body(review): Body<NewReview>,
) -> Result<Json<Visit>, ApiError> {
    Ok(Json(app.visits.review(&caller, id, Some(&review)).await?))
}

/// `DELETE /visits/{id}/review`: takes it back.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
) -> Result<Json<Visit>, ApiError> {
    Ok(Json(app.visits.review(&caller, id, None).await?))
}

/// `PUT /visits/{id}/photo`: the photo's bytes are the body.
pub async fn put_photo(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
    request: Request,
) -> Result<Json<PhotoRef>, ApiError> {
    let bytes = photo_body(request).await?;
    Ok(Json(app.visits.put_photo(&caller, id, bytes).await?))
}

/// `GET /visits/{id}/photo` and `/visits/{id}/photos/{sha256}`: a photo as it was sent; the latest without a hash.
pub async fn photo(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Path(which): Path<WhichPhoto>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (id, sha256) = which.read()?;
    Ok(picture(&headers, app.visits.photo(&caller, id, sha256).await?))
}

/// `GET /visits/{id}/thumbnail` and `/visits/{id}/photos/{sha256}/thumbnail`: a JPEG of 480 pixels at most.
pub async fn thumbnail(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Path(which): Path<WhichPhoto>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (id, sha256) = which.read()?;
    Ok(picture(&headers, app.visits.thumbnail(&caller, id, sha256).await?))
}

/// A visit's photo in an address.
#[derive(serde::Deserialize)]
pub struct WhichPhoto {
    id: String,
    sha256: Option<String>,
}

impl WhichPhoto {
    fn read(&self) -> Result<(VisitId, Option<&str>), ApiError> {
        Ok((path_id(&self.id)?, self.sha256.as_deref()))
    }
}

/// `POST /visits/{id}/check-out`
pub async fn check_out(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<VisitId>,
    DeviceTime(device_now): DeviceTime,
    Body(command): Body<CheckOut>,
) -> Result<Json<Visit>, ApiError> {
    Ok(Json(app.visits.check_out(&caller, id, &command, device_now).await?))
}

/// Whose work a query asks for.
fn whose(query: &Query) -> Result<Whose, ApiError> {
    Ok(Whose { team: query.get("team_id")?, employee: query.get("employee_id")? })
}

/// `GET /board?date=…&team_id=…&employee_id=…`: the day's numbers and the beginning of the feed.
pub async fn board(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Board>, ApiError> {
    Ok(Json(app.boards.board(&caller, query.date()?, whose(&query)?).await?))
}

/// `GET /dashboard`: the rep's own day.
pub async fn dashboard(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<Json<Dashboard>, ApiError> {
    if caller.role != Role::Rep {
        return Err(
            Problem::new(403, "forbidden", "only reps have a dashboard; the others have a board").into()
        );
    }
    Ok(Json(app.boards.dashboard(&caller).await?))
}

/// `GET /board/pins?date=…`: every check-in of the day.
pub async fn pins(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Pins>, ApiError> {
    Ok(Json(app.boards.pins(&caller, query.date()?, whose(&query)?).await?))
}

/// `GET /feed?date=…&topic=…&team_id=…&employee_id=…`: what happened up to the end of a day, latest first.
pub async fn feed(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<FeedPage>, ApiError> {
    let topic = query.code("topic", Topic::ALL, Topic::code)?;
    let (limit, cursor) = (query.limit(50, 200)?, query.text("cursor"));
    Ok(Json(app.boards.feed(&caller, query.date()?, topic, whose(&query)?, cursor, limit).await?))
}

/// `GET /presence`: when the reps' devices were last heard of.
pub async fn presence(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<Json<Seen>, ApiError> {
    Ok(Json(app.identity.presence(&caller).await?))
}
