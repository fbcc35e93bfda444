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
    address::Area,
    company::{Company, CompanyDetails, EditCompany, NewCompany},
    customer::{
        Contact, CustomerDetails, EditContact, EditLocation, Grade, Location, LocationStatus, NewLocation,
        Provinces, SetOwner, SetStatus, StatusHistory,
    },
    duplicate::{DismissDuplicate, Duplicate, Merge},
    geo::{Metres, Position},
    id::{CompanyId, ContactId, LocationId},
    import::{ImportPreview, Mapping},
    page::Page,
    problem::Problem,
    text::{Line, Query as Words},
};
use serde_json::json;
use tokio::sync::mpsc;

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query, raw},
    reports,
};
use crate::{
    App,
    customers::{ImportError, Narrow, Near, OfStatus, Reading, Search, addresses},
    identity,
};

/// `GET /locations?near=LAT,LNG&radius_m=…&q=…&status=…&grade=…&owner=…&team=…&province=…&limit=…&cursor=…`
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
        limit: query.limit(20, 200)?,
        cursor: query.text("cursor").map(str::to_owned),
        ..wanted(&query, &caller)?
    };
    Ok(Json(app.customers.search(&caller, &search).await?))
}

/// Which locations a query asks for, wherever they are and however many.
fn wanted(query: &Query, caller: &identity::Caller) -> Result<Search, ApiError> {
    let mine = query.get::<bool>("mine")?.unwrap_or(false).then_some(caller.employee.id);
    let owner = query.get("owner")?;
    if mine.is_some() && owner.is_some() && mine != owner {
        return Err(Problem::invalid("owner", "is not needed beside mine").into());
    }
    let status = query.code("status", LocationStatus::ALL, LocationStatus::code)?;
    Ok(Search {
        q: query.with("q", |text| Words::parse(text))?,
        owner: mine.or(owner),
        narrow: Narrow {
            grade: query.code("grade", Grade::ALL, Grade::code)?,
            status: status.map(OfStatus::Only),
            province: query.with("province", |text| Line::parse(text))?.map(String::from),
            team: query.get("team")?,
            company: query.get("company")?,
        },
        ..Search::default()
    })
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

/// `PUT /locations/{id}`
pub async fn edit(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
    Body(edit): Body<EditLocation>,
) -> Result<Json<Location>, ApiError> {
    Ok(Json(app.customers.edit(&caller, id, &edit).await?))
}

/// `PUT /locations/{id}/status`
pub async fn set_status(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
    Body(set): Body<SetStatus>,
) -> Result<Json<Location>, ApiError> {
    Ok(Json(app.customers.set_status(&caller, id, &set).await?))
}

/// `GET /locations/{id}/statuses`
pub async fn statuses(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
) -> Result<Json<StatusHistory>, ApiError> {
    Ok(Json(StatusHistory { statuses: app.customers.statuses(&caller, id).await? }))
}

/// `GET /locations/provinces`
pub async fn provinces(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<Json<Provinces>, ApiError> {
    Ok(Json(Provinces { provinces: app.customers.provinces(&caller).await? }))
}

/// `GET /locations/export?format=csv&status=…&…`: the whole list by name, as a file.
pub async fn export(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (format, language) = reports::wanted(&query, &headers, "must be csv or xlsx")?;
    let search = wanted(&query, &caller)?;
    Ok(reports::download(app.customers.export(&caller, search, format, language).await?))
}

/// `GET /locations/duplicates?limit=…&cursor=…`
pub async fn duplicates(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Duplicate>>, ApiError> {
    let limit = query.limit(20, 100)?;
    Ok(Json(app.customers.duplicates(&caller, limit, query.text("cursor")).await?))
}

/// `POST /locations/duplicates/dismiss`
pub async fn dismiss_duplicate(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(pair): Body<DismissDuplicate>,
) -> Result<StatusCode, ApiError> {
    app.customers.dismiss_duplicate(&caller, &pair).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /locations/{id}/merge`
pub async fn merge(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<LocationId>,
    Body(merge): Body<Merge>,
) -> Result<Json<Location>, ApiError> {
    Ok(Json(app.merges.merge(&caller, id, merge.into).await?))
}

/// `GET /addresses?q=…&limit=…`
pub async fn areas(Caller(_): Caller, query: Query) -> Result<Json<Page<Area>>, ApiError> {
    let q = query.with("q", |text| Words::parse(text))?;
    let limit = query.limit(10, 50)?;
    let items = q.map(|q| addresses(q.as_str(), limit)).unwrap_or_default();
    Ok(Json(Page { items, next: None }))
}

/// `GET /companies?q=…&limit=…&cursor=…`
pub async fn companies(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Company>>, ApiError> {
    let q = query.with("q", |text| Words::parse(text))?;
    let limit = query.limit(20, 200)?;
    Ok(Json(app.customers.companies(&caller, q.as_ref(), limit, query.text("cursor")).await?))
}

/// `POST /companies`: 201 for a new one, 200 for one sent before.
pub async fn add_company(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewCompany>,
) -> Result<(StatusCode, Json<Company>), ApiError> {
    let (company, new) = app.customers.add_company(&caller, new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(company)))
}

/// `GET /companies/{id}`
pub async fn company(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<CompanyId>,
) -> Result<Json<CompanyDetails>, ApiError> {
    Ok(Json(app.customers.company(&caller, id).await?))
}

/// `PUT /companies/{id}`
pub async fn edit_company(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<CompanyId>,
    Body(edit): Body<EditCompany>,
) -> Result<Json<CompanyDetails>, ApiError> {
    Ok(Json(app.customers.edit_company(&caller, id, edit).await?))
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

/// `POST /imports/locations/preview`: the file's bytes are the body.
pub async fn preview_import(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    request: Request,
) -> Result<Json<ImportPreview>, ApiError> {
    if !caller.role.manages() {
        return Err(Problem::new(403, "forbidden", "only managers and admins import customers").into());
    }
    let bytes = raw(request, crate::customers::MAX_BYTES).await?;
    Ok(Json(app.customers.preview_import(bytes.to_vec()).await?))
}

/// `POST /imports/locations?dry_run=true&mapping=name:0,lat:3,lng:4`: the file's bytes are the body. A client that accepts `application/x-ndjson`
/// gets a line `{"progress":{"done":…,"total":…}}` for every thousand rows, and `{"report":…}` or `{"problem":…}` last.
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
    let reading = Reading {
        mapping: query.get::<Mapping>("mapping")?,
        owners: app.identity.reps_by_name(&caller).await?,
    };
    let bytes = raw(request, crate::customers::MAX_BYTES).await?.to_vec();
    let lines = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("application/x-ndjson"));
    // Its own task either way: once begun, an import ends even when the browser goes away.
    if !lines {
        let import =
            async move { app.customers.import_as(&caller, bytes, reading, dry_run, &|_, _| {}).await };
        let report = tokio::spawn(import).await.map_err(|error| ImportError::Failed(error.to_string()))??;
        return Ok(Json(report).into_response());
    }
    let (send, receive) = mpsc::unbounded_channel::<String>();
    tokio::spawn(async move {
        let progress = |done, total| {
            let _ = send.send(json!({ "progress": { "done": done, "total": total } }).to_string());
        };
        let last = match app.customers.import_as(&caller, bytes, reading, dry_run, &progress).await {
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
