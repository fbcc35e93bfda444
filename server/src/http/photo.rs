//! Photos in requests and answers.

use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{error::ApiError, extract::raw};
use crate::photos::{MAX_BYTES, PhotoError, Picture};

/// A request's body as a photo.
pub async fn photo_body(request: Request) -> Result<Bytes, ApiError> {
    match raw(request, MAX_BYTES).await {
        Err(ApiError(problem)) if problem.status == 413 => Err(PhotoError::TooLarge.into()),
        other => other,
    }
}

/// Browsers may keep it but must ask each time, so that somebody who signed out sees nothing.
pub fn picture(headers: &HeaderMap, picture: Picture) -> Response {
    let tag = format!("\"{}\"", picture.photo.sha256);
    let answer = [
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag.clone()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    (answer, [(header::CONTENT_TYPE, picture.media_type)], picture.bytes).into_response()
}
