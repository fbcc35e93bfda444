//! Announcements over HTTP.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use ekenko_domain::{
    announcement::{Announcement, NewAnnouncement},
    id::AnnouncementId,
    page::Page,
};

use super::{
    error::ApiError,
    extract::{Body, Caller, Id},
};
use crate::App;

/// `POST /announcements`: 201 for a new one, 200 for one sent before.
pub async fn publish(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewAnnouncement>,
) -> Result<(StatusCode, Json<Announcement>), ApiError> {
    let (announcement, new) = app.announcements.publish(&caller, &new).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(announcement)))
}

/// `GET /announcements`: what the caller has not put away.
pub async fn shown(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<Json<Page<Announcement>>, ApiError> {
    Ok(Json(Page { items: app.announcements.shown(&caller).await?, next: None }))
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
