//! What handlers take: the caller, a JSON body, query values. Each refusal names the field at fault.

use std::{collections::HashMap, str::FromStr, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{Method, request::Parts},
};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use ekenko_domain::{
    day::{TimeZone, moment},
    employee::Role,
    problem::Problem,
    visit::device_time,
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::{auth, error::ApiError};
use crate::{App, identity};

/// The signed-in caller. A handler that takes one cannot be reached by anybody else.
pub struct Caller(pub identity::Caller);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let proof = auth::proof(&parts.headers, &parts.method, app.config.public_url.as_deref())?;
        let proof = proof.ok_or(identity::AuthError::Missing)?;
        let caller = app.identity.authenticate(&proof).await?;
        allowed(&caller, &parts.method, parts.uri.path())?;
        app.identity.heard(&caller);
        Ok(Self(caller))
    }
}

/// What holds for every address: an analyst changes nothing but the own account, and whoever was given a password
/// changes it first.
fn allowed(caller: &identity::Caller, method: &Method, path: &str) -> Result<(), Problem> {
    let reads = [Method::GET, Method::HEAD].contains(method);
    let own = ["/me/password", "/me/avatar", "/auth/session"].contains(&path);
    if caller.must_change_password && !(own || reads && ["/me", "/choices"].contains(&path)) {
        let detail = "somebody else chose your password: change it first";
        return Err(Problem::new(403, "password_change_required", detail));
    }
    if caller.role == Role::Analyst
        && !(reads || own || ["/dismiss", "/read"].iter().any(|end| path.ends_with(end)))
    {
        return Err(Problem::new(403, "forbidden", "analysts read and change nothing"));
    }
    Ok(())
}

/// A JSON body, which is an object.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, ApiError> {
        let bytes = raw(request, MOST_JSON).await?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            // "?" stands for a place it lost track of, "." for the whole.
            let path = error.path().to_string().trim_end_matches(['?', '.']).to_owned();
            let cause = error.into_inner();
            let field = match missing(&cause) {
                Some(name) if path.is_empty() => name,
                Some(name) => format!("{path}.{name}"),
                None if path.is_empty() => "body".into(),
                None => path,
            };
            // serde_json calls a null where a code should be, or 1e999, a matter of syntax.
            let is_json = cause.is_data() || serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
            match is_json {
                true => Problem::invalid(&field, plain(&cause)),
                false => Problem::new(400, "malformed_json", format!("the body is not JSON: {cause}"))
                    .field(field, plain(&cause)),
            }
        })?;
        json.end().map_err(|error| {
            Problem::new(400, "malformed_json", format!("the body goes on after its JSON: {error}"))
                .field("body", plain(&error))
        })?;
        // serde also fills a struct from an array, by position; the contract knows names only.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Problem::invalid("body", "must be an object").into());
        }
        Ok(Self(value))
    }
}

/// serde names a missing field only in its message.
fn missing(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    Some(text.strip_prefix("missing field `")?.split('`').next()?.to_owned())
}

/// The message without "at line 1 column 9".
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// The largest JSON body, in bytes.
const MOST_JSON: usize = 2 * 1024 * 1024;
/// How much more than allowed is read and dropped: a client that is still sending would not see the answer.
const DROPPED: usize = 64 * 1024 * 1024;

/// The body's bytes, `most` at most.
pub async fn raw(request: Request, most: usize) -> Result<Bytes, ApiError> {
    let mut chunks = request.into_body().into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(400, "incomplete_body", "the body did not arrive whole")
                .field("body", "did not arrive whole")
        })?;
        length += chunk.len();
        if length <= most {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if length > most + DROPPED {
            break;
        }
    }
    if length > most {
        return Err(Problem::new(413, "too_large", "the body is too large")
            .field("body", "is too large")
            .into());
    }
    Ok(bytes.into())
}

/// An id in the path; one that cannot be leads nowhere: 404.
pub struct Id<T>(pub T);

impl<T: FromStr> FromRequestParts<Arc<App>> for Id<T>
where
    T::Err: std::fmt::Display,
{
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, app).await.map_err(|e| nowhere(&e.to_string()))?;
        Ok(Self(path_id(&text)?))
    }
}

fn nowhere(message: &str) -> Problem {
    Problem::new(404, "unknown_address", format!("id: {message}")).field("id", message)
}

/// The same of an id among several parts of a path.
pub fn path_id<T: FromStr>(text: &str) -> Result<T, ApiError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| nowhere(&e.to_string()).into())
}

/// `Device-Time`: what the device's clock showed when it sent the request.
pub struct DeviceTime(pub Option<DateTime<Utc>>);

impl FromRequestParts<Arc<App>> for DeviceTime {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("device-time") else { return Ok(Self(None)) };
        let at = device_time(value.to_str().unwrap_or_default());
        Ok(Self(Some(at.map_err(|reason| Problem::invalid("Device-Time", reason))?)))
    }
}

/// The values after the `?`.
pub struct Query(HashMap<String, String>);

impl FromRequestParts<Arc<App>> for Query {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let axum::extract::Query(pairs) =
            axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, app)
                .await
                .map_err(|error| Problem::invalid("query", error.body_text()))?;
        let mut values = HashMap::new();
        for (name, value) in pairs {
            if values.insert(name.clone(), value).is_some() {
                return Err(Problem::invalid(&name, "is given twice").into());
            }
        }
        Ok(Self(values))
    }
}

impl Query {
    /// A value as it is; an empty one counts as left out.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A value read by its type.
    pub fn get<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError>
    where
        T::Err: std::fmt::Display,
    {
        self.with(name, |text| text.parse::<T>().map_err(|e| e.to_string()))
    }

    /// A value read by `read`.
    pub fn with<T, E: std::fmt::Display>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ApiError> {
        self.text(name).map(read).transpose().map_err(|error| Problem::invalid(name, error).into())
    }

    /// A value that is one of `all`, by its code.
    pub fn code<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        code: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, ApiError> {
        self.with(name, |text| {
            let found = all.iter().copied().find(|value| code(*value) == text);
            found.ok_or_else(|| {
                let codes: Vec<_> = all.iter().copied().map(&code).collect();
                format!("must be one of {}", codes.join(", "))
            })
        })
    }

    /// `date`: a business day.
    pub fn date(&self) -> Result<Option<NaiveDate>, ApiError> {
        self.day("date")
    }

    /// A business day under another name.
    pub fn day(&self, name: &str) -> Result<Option<NaiveDate>, ApiError> {
        self.with(name, |text| {
            let date: NaiveDate = text.parse().map_err(|_| "must be a date such as 2026-11-21")?;
            if (1900..=2999).contains(&date.year()) {
                Ok(date)
            } else {
                Err("must be between the years 1900 and 2999")
            }
        })
    }

    /// A time, or in its place a business day where `zone` is: the time so many days after its beginning.
    pub fn moment(&self, name: &str, zone: &TimeZone, days: u64) -> Result<Option<DateTime<Utc>>, ApiError> {
        match self.text(name).is_some_and(|text| text.len() > 10) {
            true => self.get(name),
            false => Ok(self.day(name)?.map(|date| moment((date + Days::new(days)).into(), zone))),
        }
    }

    /// A month such as `2026-11`: its first day.
    pub fn month(&self, name: &str) -> Result<Option<NaiveDate>, ApiError> {
        self.with(name, |text| {
            let first = (text.len() == 7).then(|| format!("{text}-01").parse::<NaiveDate>().ok()).flatten();
            let known = first.filter(|first| (1900..=2999).contains(&first.year()));
            known.ok_or("must be a month such as 2026-11")
        })
    }

    /// `limit`: 1 to `most`, `usual` when left out.
    pub fn limit(&self, usual: usize, most: usize) -> Result<usize, ApiError> {
        let limit = self.with("limit", |text| {
            let limit: usize = text.parse().map_err(|_| format!("must be a number from 1 to {most}"))?;
            if (1..=most).contains(&limit) {
                Ok(limit)
            } else {
                Err(format!("must be a number from 1 to {most}"))
            }
        })?;
        Ok(limit.unwrap_or(usual))
    }
}
