//! Addresses on the services: the JSON API under `/api/v1`, the live socket, photos, health.

mod announcements;
mod auth;
mod avatar;
mod choices;
mod customers;
mod error;
mod extract;
mod health;
mod live;
mod photo;
mod plans;
mod reports;
mod serve;
mod staff;
mod tasks;
mod visits;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, State},
    http::{HeaderValue, Method, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use ekenko_domain::problem::Problem;

pub use auth::{COOKIE, cookie_of};
pub use error::ApiError;
pub use serve::{Ends, serve};

use crate::{App, activity::ORIGIN};

/// The API's description, served at `/api/v1/openapi.json`.
pub const OPENAPI: &str = include_str!("openapi.json");

/// Every address of the API and of the health checks.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/auth/login", post(auth::login))
        .route("/auth/refresh", post(auth::refresh))
        .route("/auth/session", post(auth::start_session).delete(auth::end_session))
        .route("/setup", get(auth::setup_state).post(auth::set_up))
        .route("/me", get(auth::me))
        .route("/me/password", post(auth::change_password))
        .route("/me/avatar", put(avatar::put).delete(avatar::remove))
        .route("/auth/set-password", post(staff::set_password))
        .route("/employees", get(staff::list).post(staff::add))
        .route("/employees/{id}", get(staff::employee).put(staff::edit))
        .route("/employees/{id}/deactivate", post(staff::deactivate))
        .route("/employees/{id}/activate", post(staff::activate))
        .route("/employees/{id}/reset-password", post(staff::reset))
        .route("/employees/{id}/statistics", get(staff::statistics))
        .route("/activities", get(staff::activities))
        .route("/teams", get(staff::teams))
        .route("/teams/{id}", get(staff::team).put(staff::put_team))
        .route("/employees/{id}/avatar/{sha256}", get(avatar::avatar))
        .route("/me/statistics", get(auth::statistics))
        .route("/settings", get(auth::settings))
        .route("/organisation", put(auth::change_organisation))
        .route("/choices", get(choices::lists).put(choices::change))
        .route("/locations", get(customers::search).post(customers::add))
        .route("/locations/provinces", get(customers::provinces))
        .route("/locations/export", get(customers::export))
        .route("/locations/duplicates", get(customers::duplicates))
        .route("/locations/duplicates/dismiss", post(customers::dismiss_duplicate))
        .route("/locations/{id}/merge", post(customers::merge))
        .route("/locations/{id}", get(customers::location).put(customers::edit))
        .route("/locations/{id}/details", get(customers::details))
        .route("/locations/{id}/owner", put(customers::set_owner))
        .route("/locations/{id}/status", put(customers::set_status))
        .route("/locations/{id}/statuses", get(customers::statuses))
        .route("/addresses", get(customers::areas))
        .route("/companies", get(customers::companies).post(customers::add_company))
        .route("/companies/{id}", get(customers::company).put(customers::edit_company))
        .route("/contacts/{id}", put(customers::put_contact).delete(customers::remove_contact))
        .route("/imports/locations", post(customers::import))
        .route("/imports/locations/preview", post(customers::preview_import))
        .route("/visits", post(visits::check_in).get(visits::list))
        .route("/visits/queue", get(visits::queue))
        .route("/visits/{id}", get(visits::visit))
        .route("/visits/{id}/evidence", get(visits::evidence))
        .route("/visits/{id}/review", post(visits::review).delete(visits::withdraw))
        .route("/visits/{id}/photo", put(visits::put_photo).get(visits::photo))
        .route("/visits/{id}/thumbnail", get(visits::thumbnail))
        .route("/visits/{id}/photos/{sha256}", get(visits::photo))
        .route("/visits/{id}/photos/{sha256}/thumbnail", get(visits::thumbnail))
        .route("/visits/{id}/check-out", post(visits::check_out))
        .route("/tasks", post(tasks::create).get(tasks::list))
        .route("/tasks/batches", post(tasks::create_batch))
        .route("/tasks/batches/{id}", get(tasks::batch))
        .route("/tasks/batches/{id}/attachments/{attachment_id}", put(tasks::attach_to_batch))
        .route("/tasks/{id}", get(tasks::task).put(tasks::edit))
        .route("/tasks/{id}/repeat", delete(tasks::end_series))
        .route(
            "/tasks/{id}/attachments/{attachment_id}",
            put(tasks::attach).get(tasks::attachment).delete(tasks::detach),
        )
        .route("/tasks/{id}/status", post(tasks::move_to))
        .route("/tasks/{id}/photo", put(tasks::put_photo).get(tasks::photo))
        .route("/tasks/{id}/thumbnail", get(tasks::thumbnail))
        .route("/announcements", post(announcements::publish).get(announcements::list))
        .route(
            "/announcements/{id}",
            get(announcements::announcement).put(announcements::edit).delete(announcements::withdraw),
        )
        .route("/announcements/{id}/dismiss", post(announcements::dismiss))
        .route("/announcements/{id}/read", post(announcements::read))
        .route("/announcements/{id}/receipts", get(announcements::receipts))
        .route("/announcements/{id}/picture", put(announcements::put_picture).get(announcements::original))
        .route("/announcements/{id}/thumbnail", get(announcements::thumbnail))
        .route("/plan", get(plans::plan).put(plans::set))
        .route("/reports", get(reports::report))
        .route("/reports/export", get(reports::export))
        .route("/dashboard", get(visits::dashboard))
        .route("/board", get(visits::board))
        .route("/board/pins", get(visits::pins))
        .route("/feed", get(visits::feed))
        .route("/presence", get(visits::presence))
        .route("/live", get(live::live))
        .route("/openapi.json", get(openapi))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method);
    Router::new()
        .nest("/api/v1", api)
        .route("/api/{*rest}", get(unknown).fallback(unknown))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .layer(middleware::from_fn(never_cached))
        .layer(middleware::from_fn_with_state(app.clone(), from_where))
        .with_state(app)
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

async fn unknown(uri: Uri) -> ApiError {
    Problem::new(404, "unknown_address", format!("there is nothing at {}", uri.path())).into()
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    Problem::new(405, "method_not_allowed", format!("{} does not take {method}", uri.path())).into()
}

/// Notes where a request came from, for the activity log. Behind a proxy, which a public address tells of, that is the
/// last address the proxy added; anybody can write those before it.
async fn from_where(State(app): State<Arc<App>>, request: axum::extract::Request, next: Next) -> Response {
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let origin = match app.config.public_url {
        Some(_) => forwarded.or(peer),
        None => peer,
    };
    let origin = origin.map(|address| address.to_canonical().to_string()).unwrap_or_default();
    ORIGIN.scope(origin, next.run(request)).await
}

/// Answers are for this caller at this moment, unless a handler said otherwise.
async fn never_cached(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
