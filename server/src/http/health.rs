//! Whether the process lives and whether it can work.

use std::sync::Arc;

use axum::{Json, extract::State};
use ekenko_domain::problem::Problem;
use serde_json::{Value, json};

use super::error::ApiError;
use crate::App;

/// `GET /health`: the process answers.
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /ready`: it can also reach its database and is not stopping. `degraded` when it does not hear the other processes: it works, but
/// their events come late.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    if *app.hub.stopping().borrow() {
        return Err(Problem::new(503, "stopping", "this process is stopping").into());
    }
    app.identity.needs_setup().await?;
    if !app.hub.hears() {
        return Ok(Json(
            json!({ "status": "degraded", "reason": "Redis is away: events of other processes come late" }),
        ));
    }
    Ok(Json(json!({ "status": "ready" })))
}
