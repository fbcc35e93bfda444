//! The picture one shows of oneself, over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use ekenko_domain::employee::Me;

use super::{
    error::ApiError,
    extract::{Caller, path_id},
    photo::{photo_body, picture},
};
use crate::App;

/// `PUT /me/avatar`: the photo's bytes are the body.
pub async fn put(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    request: Request,
) -> Result<Json<Me>, ApiError> {
    let bytes = photo_body(request).await?;
    Ok(Json(app.identity.put_avatar(&caller, bytes).await?))
}

/// `DELETE /me/avatar`
pub async fn remove(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<StatusCode, ApiError> {
    app.identity.remove_avatar(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /employees/{id}/avatar/{sha256}`: a JPEG of 256 by 256 pixels.
pub async fn avatar(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Path((id, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Ok(picture(&headers, app.identity.avatar(&caller, path_id(&id)?, &sha256).await?))
}
