//! Reports over HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use ekenko_domain::{
    problem::Problem,
    report::{About, By, Report},
};

use super::{
    auth::cookie_named,
    error::ApiError,
    extract::{Caller, Query},
};
use crate::{
    App,
    reports::{Asked, Export, Format, Language, Piece},
};

/// Where the pages keep the language chosen on them.
const CHOSEN_LANGUAGE: &str = "ekenko_lang";

/// The report a query asks for.
fn asked(query: &Query) -> Result<Asked, ApiError> {
    let by = query.code("by", By::ALL, By::code)?;
    Ok(Asked {
        from: query.day("from")?,
        to: query.day("to")?,
        by: by.unwrap_or_default(),
        about: About {
            team: query.get("team_id")?,
            employee: query.get("employee_id")?,
            company: query.get("company_id")?,
        },
    })
}

/// `GET /reports?from=…&to=…&by=…`: figures of a range of days.
pub async fn report(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Report>, ApiError> {
    let piece = Piece { limit: query.limit(50, 200)?, cursor: query.text("cursor").map(str::to_owned) };
    Ok(Json(app.reports.report(&caller, &asked(&query)?, Some(&piece)).await?))
}

/// `GET /reports/export?…&format=csv`: the same, whole, as a file; `format=pdf&month=2026-11`: a month on paper.
pub async fn export(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = asked(&query)?;
    if query.text("format") == Some("pdf") {
        let language = reader(&headers);
        return Ok(download(app.reports.print(&caller, query.month("month")?, asked.about, language).await?));
    }
    let (format, language) = wanted(&query, &headers, "must be csv, xlsx or pdf")?;
    Ok(download(app.reports.export(&caller, &asked, format, language).await?))
}

/// The language of whoever asks: a link on a page speaks the page's, whatever the browser prefers.
fn reader(headers: &HeaderMap) -> Language {
    let liked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = cookie_named(headers, CHOSEN_LANGUAGE);
    Language::of(chosen.as_deref().or(liked).unwrap_or_default())
}

/// The kind of table file a query asks for, and its reader's language; `must` says what it may ask for.
pub fn wanted(query: &Query, headers: &HeaderMap, must: &str) -> Result<(Format, Language), ApiError> {
    let format = query.text("format").and_then(Format::parse);
    Ok((format.ok_or_else(|| Problem::invalid("format", must))?, reader(headers)))
}

/// A file to take away.
pub fn download(file: Export) -> Response {
    // The name is made of codes and dates.
    let name = HeaderValue::try_from(format!("attachment; filename=\"{}\"", file.name))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static(file.media_type);
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], file.bytes).into_response()
}
