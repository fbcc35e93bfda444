//! Announcements over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ekenko_domain::{
    announcement::{Announcement, EditAnnouncement, NewAnnouncement, Receipts},
    id::AnnouncementId,
    page::Page,
    visit::PhotoRef,
};

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query},
    photo::{photo_body, picture},
};
use crate::{App, announcements::Shown};

/// `POST /announcements`: 201 for a new one, 200 for one sent before.
pub async fn publish(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewAnnouncement>,
) -> Result<(StatusCode, Json<Announcement>), ApiError> {
    let (announcement, new) = app.announcements.publish(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(announcement)))
}

/// `GET /announcements`: what the caller has not put away; with `mine=true` only what is addressed to them. With
/// `state=scheduled|shown|expired` all the caller may see that stand so.
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Announcement>>, ApiError> {
    let mine = query.with("mine", |text| text.parse::<bool>().map_err(|_| "must be true or false"))?;
    let limit = query.limit(50, 200)?;
    Ok(Json(match query.code("state", &Shown::ALL, Shown::code)? {
        None => Page { items: app.announcements.shown(&caller, mine.unwrap_or(false)).await?, next: None },
        Some(which) => app.announcements.list(&caller, which, limit, query.text("cursor")).await?,
    }))
}

/// `GET /announcements/{id}`
pub async fn announcement(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
) -> Result<Json<Announcement>, ApiError> {
    Ok(Json(app.announcements.announcement(&caller, id).await?))
}

/// `PUT /announcements/{id}`
pub async fn edit(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
    Body(edit): Body<EditAnnouncement>,
) -> Result<Json<Announcement>, ApiError> {
    Ok(Json(app.announcements.edit(&caller, id, &edit).await?))
}

/// `DELETE /announcements/{id}`: withdraws it.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
) -> Result<StatusCode, ApiError> {
    app.announcements.withdraw(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /announcements/{id}/dismiss`: puts one away for the caller.
pub async fn dismiss(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
) -> Result<StatusCode, ApiError> {
    app.announcements.dismiss(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /announcements/{id}/read`: the caller has had it on screen.
pub async fn read(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
) -> Result<StatusCode, ApiError> {
    app.announcements.read(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /announcements/{id}/receipts`: who has read it and who has not.
pub async fn receipts(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
) -> Result<Json<Receipts>, ApiError> {
    Ok(Json(app.announcements.receipts(&caller, id).await?))
}

/// `PUT /announcements/{id}/picture`: the picture's bytes are the body.
pub async fn put_picture(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
    request: Request,
) -> Result<Json<PhotoRef>, ApiError> {
    let bytes = photo_body(request).await?;
    Ok(Json(app.announcements.put_picture(&caller, id, bytes).await?))
}

/// `GET /announcements/{id}/picture`: the picture as it was sent.
pub async fn original(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.announcements.picture(&caller, id).await?))
}

/// `GET /announcements/{id}/thumbnail`: a JPEG of 480 pixels at most.
pub async fn thumbnail(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<AnnouncementId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.announcements.thumbnail(&caller, id).await?))
}
