//! A rep's plan of a day over HTTP.

use std::sync::Arc;

use axum::{Json, extract::State};
use ekenko_domain::plan::{Plan, SetPlan};

use super::{
    error::ApiError,
    extract::{Body, Caller, Query},
};
use crate::App;

/// `GET /plan?date=…`: the caller's stops of a day, and whom to visit besides.
pub async fn plan(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Plan>, ApiError> {
    Ok(Json(app.plans.plan(&caller, query.date()?).await?))
}

/// `PUT /plan?date=…`: sets the stops.
pub async fn set(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
    Body(command): Body<SetPlan>,
) -> Result<Json<Plan>, ApiError> {
    Ok(Json(app.plans.set(&caller, query.date()?, &command).await?))
}
