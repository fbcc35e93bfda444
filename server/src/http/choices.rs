//! What a visit may be for and what may come of it, over HTTP.

use std::sync::Arc;

use axum::{Json, extract::State};
use ekenko_domain::choices::Choices;

use super::{
    error::ApiError,
    extract::{Body, Caller},
};
use crate::App;

/// `GET /choices`: both lists, retired choices last.
pub async fn lists(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<Json<Choices>, ApiError> {
    Ok(Json(app.choices.lists(&caller).await?))
}

/// `PUT /choices`: sets both lists; what is left out is retired.
pub async fn change(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(lists): Body<Choices>,
) -> Result<Json<Choices>, ApiError> {
    Ok(Json(app.choices.change(&caller, lists).await?))
}
