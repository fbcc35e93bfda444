//! Customer locations over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body as HttpBody, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use ekenko_domain::{
    customer::{Contact, CustomerDetails, EditContact, Grade, Location, NewLocation, SetOwner},
    geo::{Metres, Position},
    id::{ContactId, LocationId},
    page::Page,
    problem::Problem,
    text::Query as Words,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query, raw},
};
use crate::{
    App,
    customers::{Near, Search},
};

/// `GET /locations?near=LAT,LNG&radius_m=…&q=…&limit=…&cursor=…`
pub async fn search(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Location>>, ApiError> {
    let at = query.with("near", |text| {
        let (lat, lng) = text.split_once(',').ok_or("must be LAT,LNG such as 13.7563,100.5018")?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| "must be two numbers: LAT,LNG");
        Position::new(number(lat)?, number(lng)?).map_err(|e| e.to_string()).map_err(Refusal::Text)
    })?;
    let radius = query.with("radius_m", |text| {
        let metres: f64 = text.parse().map_err(|_| "must be a number of metres".to_owned())?;
        Metres::try_from(metres).map_err(|e| e.to_string())
    })?;
    if radius.is_some() && at.is_none() {
        return Err(Problem::invalid("radius_m", "needs near").into());
    }
    let search = Search {
        near: at.map(|at| Near { at, radius }),
        q: query.with("q", |text| Words::parse(text))?,
        owner: query.get::<bool>("mine")?.unwrap_or(false).then_some(caller.employee.id),
        grade: query.with("grade", |text| Grade::from_code(text).ok_or("must be a, b or c"))?,
        limit: query.limit(20, 200)?,
        cursor: query.text("cursor").map(str::to_owned),
    };
    Ok(Json(app.customers.search(&caller, &search).await?))
}

/// Either a fixed sentence or a made one.
enum Refusal {
    Fixed(&'static str),
    Text(String),
}
impl From<&'static str> for Refusal {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(text) => f.write_str(text),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// `GET /locations/{id}`
pub async fn location(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
) -> Result<Json<Location>, ApiError> {
    let location = app.customers.location(&caller, id).await?;
    Ok(Json(location.ok_or_else(no_location)?))
}

fn no_location() -> Problem {
    let reason = "there is no such location";
    Problem::new(404, "location_not_found", reason).field("id", reason)
}

/// `GET /locations/{id}/details`
pub async fn details(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
) -> Result<Json<CustomerDetails>, ApiError> {
    Ok(Json(app.boards.customer(&caller, id).await?.ok_or_else(no_location)?))
}

/// `POST /locations`: 201 for a new one, 200 for one sent before.
pub async fn add(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewLocation>,
) -> Result<(StatusCode, Json<Location>), ApiError> {
    let (location, new) = app.customers.add(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(location)))
}

/// `PUT /locations/{id}/owner`
pub async fn set_owner(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
    Body(set): Body<SetOwner>,
) -> Result<StatusCode, ApiError> {
    let reps = app.identity.reps(&mut app.db.read().await?, &caller).await?;
    let reps: Vec<_> = reps.into_iter().map(|(rep, _)| rep).collect();
    app.customers.set_owner(&caller, id, set.employee_id, &reps).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /contacts/{id}`
pub async fn put_contact(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ContactId>,
    Body(edit): Body<EditContact>,
) -> Result<Json<Contact>, ApiError> {
    Ok(Json(app.customers.put_contact(&caller, id, &edit).await?))
}

/// `DELETE /contacts/{id}`
pub async fn remove_contact(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ContactId>,
) -> Result<StatusCode, ApiError> {
    app.customers.remove_contact(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /imports/locations?dry_run=true`: the file's bytes are the body. A client that accepts `application/x-ndjson`
/// gets a line `{"progress":{"done":…,"total":…}}` now and then, and `{"report":…}` or `{"problem":…}` last.
pub async fn import(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    if !caller.role.manages() {
        return Err(Problem::new(403, "forbidden", "only managers and admins import customers").into());
    }
    let dry_run = query.get::<bool>("dry_run")?.unwrap_or(false);
    let bytes = raw(request, crate::customers::MAX_BYTES).await?;
    let lines = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("application/x-ndjson"));
    if !lines {
        let report = app.customers.import(&caller, &bytes, dry_run, &|_, _| {}).await?;
        return Ok(Json(report).into_response());
    }
    let (send, receive) = mpsc::unbounded_channel::<String>();
    // Its own task: once begun, an import ends even when the browser goes away.
    tokio::spawn(async move {
        let progress = |done, total| {
            let _ = send.send(json!({ "progress": { "done": done, "total": total } }).to_string());
        };
        let last = match app.customers.import(&caller, &bytes, dry_run, &progress).await {
            Ok(report) => json!({ "report": report }),
            Err(error) => json!({ "problem": ApiError::from(error).0 }),
        };
        let _ = send.send(last.to_string());
    });
    let body = futures_util::stream::unfold(receive, |mut receive| async move {
        let line = receive.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(line + "\n")), receive))
    });
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], HttpBody::from_stream(body)).into_response())
}
