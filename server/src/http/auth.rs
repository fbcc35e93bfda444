//! Signing in and out, the first account, and who asks.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use ekenko_domain::{
    employee::{
        ChangePassword, Credentials, MOST_VISITS_A_DAY, Me, OrganisationRef, OrganisationSettings, Refresh,
        Role, Setup, SignedIn, Tokens,
    },
    problem::Problem,
    statistics::Statistics,
};
use serde_json::{Value, json};

use super::{
    error::ApiError,
    extract::{Body, Caller},
};
use crate::{App, identity::Proof};

/// The browser's session cookie.
pub const COOKIE: &str = "ekenko_session";
/// How long a browser keeps it: as long as a session lasts.
const COOKIE_SECONDS: i64 = 30 * 24 * 3600;

/// The session cookie among a request's headers.
pub fn cookie_of(headers: &HeaderMap) -> Option<String> {
    cookie_named(headers, COOKIE)
}

/// The value of a cookie, unless it is empty.
pub fn cookie_named(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|value| {
        value.split(';').find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == wanted && !value.is_empty()).then(|| value.to_owned())
        })
    })
}

/// The token of an `Authorization: Bearer …` header.
pub fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// What a request proves its caller by. A cookie goes along by itself, so a changing request that relies on it must
/// come from our own pages.
pub fn proof(
    headers: &HeaderMap,
    method: &Method,
    public_url: Option<&str>,
) -> Result<Option<Proof>, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(bearer);
        return token.map(|token| Some(Proof::Bearer(token))).ok_or_else(|| {
            Problem::new(401, "invalid_token", "the Authorization header must be: Bearer <access token>")
                .field("Authorization", "must be: Bearer <access token>")
        });
    }
    let Some(cookie) = cookie_of(headers) else { return Ok(None) };
    if !method.is_safe() && !is_ours(headers, public_url) {
        return Err(Problem::new(
            403,
            "foreign_origin",
            "with a cookie, changes must come from our own pages",
        )
        .field("Origin", "is not ours"));
    }
    Ok(Some(Proof::Cookie(cookie)))
}

/// Whether the request came from a page of this very server.
pub fn is_ours(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text(header::ORIGIN) {
        Some(origin) => {
            let host = text(header::HOST);
            public_url == Some(origin)
                || origin.split_once("://").map(|(_, origin_host)| origin_host) == host && host.is_some()
        }
        None => text(header::HeaderName::from_static("sec-fetch-site")) == Some("same-origin"),
    }
}

fn cookie(value: &str, seconds: i64, app: &App) -> HeaderValue {
    let secure = if app.config.public_url.as_deref().is_some_and(|url| url.starts_with("https:")) {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Refuses a request that another site's page made its reader send.
fn refuse_foreign(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(header::ORIGIN) && !is_ours(headers, app.config.public_url.as_deref()) {
        return Err(
            Problem::new(403, "foreign_origin", "this is for our own pages").field("Origin", "is not ours")
        );
    }
    Ok(())
}

/// `POST /auth/login`: tokens for a program.
pub async fn login(
    State(app): State<Arc<App>>,
    Body(credentials): Body<Credentials>,
) -> Result<Json<Tokens>, ApiError> {
    let started = app.identity.sign_in(&credentials).await?;
    Ok(Json(app.identity.tokens(started)?))
}

/// `POST /auth/refresh`: new tokens for the latest refresh token.
pub async fn refresh(
    State(app): State<Arc<App>>,
    Body(body): Body<Refresh>,
) -> Result<Json<Tokens>, ApiError> {
    Ok(Json(app.identity.refresh(&body.refresh_token).await?))
}

/// `POST /auth/session`: a cookie for a browser; no token reaches its scripts.
pub async fn start_session(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(credentials): Body<Credentials>,
) -> Result<Response, ApiError> {
    // Else another site could sign somebody in to an account of its own.
    refuse_foreign(&app, &headers)?;
    let started = app.identity.sign_in(&credentials).await?;
    let answer: SignedIn = started.caller.signed_in();
    Ok(([(header::SET_COOKIE, cookie(&started.secret, COOKIE_SECONDS, &app))], Json(answer)).into_response())
}

/// `DELETE /auth/session`: signs out.
pub async fn end_session(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<Response, ApiError> {
    app.identity.sign_out(&caller).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie("", 0, &app))]).into_response())
}

/// `GET /setup`: whether the first admin is still to be made.
pub async fn setup_state(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "needed": app.identity.needs_setup().await? })))
}

/// `POST /setup`: the first admin.
pub async fn set_up(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Body(setup): Body<Setup>,
) -> Result<(StatusCode, Json<SignedIn>), ApiError> {
    // Else another site could make its reader's new installation its own.
    refuse_foreign(&app, &headers)?;
    Ok((StatusCode::CREATED, Json(app.identity.set_up(setup).await?)))
}

/// `GET /me`: the caller.
pub async fn me(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<Json<Me>, ApiError> {
    Ok(Json(app.identity.me(&caller).await?))
}

/// `PUT /organisation`: what an admin may change.
pub async fn change_organisation(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(change): Body<OrganisationSettings>,
) -> Result<Json<OrganisationRef>, ApiError> {
    if caller.role != Role::Admin {
        return Err(Problem::new(403, "forbidden", "only admins change the organisation's settings").into());
    }
    if !(1..=MOST_VISITS_A_DAY).contains(&change.visit_target) {
        let reason = format!("must be between 1 and {MOST_VISITS_A_DAY}");
        return Err(Problem::invalid("visit_target", reason).into());
    }
    Ok(Json(app.staff.change_organisation(&caller, &change).await?))
}

/// `POST /me/password`: a new password; every other session of the account ends.
pub async fn change_password(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(change): Body<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    app.staff.change_password(&caller, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /me/statistics`: the caller's last weeks.
pub async fn statistics(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
) -> Result<Json<Statistics>, ApiError> {
    Ok(Json(app.visits.statistics(&caller).await?))
}

/// `GET /settings`: what pages need to know of this installation.
pub async fn settings(State(app): State<Arc<App>>) -> Json<ekenko_domain::settings::Settings> {
    Json(ekenko_domain::settings::Settings {
        map_tiles: app.config.map_tiles.clone(),
        map_attribution: app.config.map_attribution.clone(),
        demo: app.config.demo != crate::config::Demo::Off,
    })
}
