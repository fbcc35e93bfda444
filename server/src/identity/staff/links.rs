//! Links that let their holder set a password, once.

use chrono::{DateTime, Utc};
use ekenko_domain::id::{EmployeeId, OrganisationId, SessionId};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::tokens::Secret,
};

const FORGET: &str = "DELETE FROM password_links WHERE organisation_id = $1 AND employee_id = $2";
const INSERT: &str = "INSERT INTO password_links (organisation_id, id, employee_id, secret_hash, expires_at)
    VALUES ($1, $2, $3, $4, $5)";

/// Keeps a link for a person who has none.
pub async fn insert(
    db: &mut Write,
    organisation: OrganisationId,
    employee: EmployeeId,
    secret: &Secret,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(db, execute, INSERT, organisation.0, secret.session.0, employee.0, secret.hash(), expires_at)
        .on("password_links")
        .map(drop)
}

/// Makes a person's links worthless.
pub async fn forget(
    db: &mut Write,
    organisation: OrganisationId,
    employee: EmployeeId,
) -> Result<(), StoreError> {
    query!(db, execute, FORGET, organisation.0, employee.0).on("password_links").map(drop)
}

/// Whom a link is for.
#[derive(sqlx::FromRow)]
pub struct Holder {
    pub organisation_id: Uuid,
    pub employee_id: Uuid,
    pub name: String,
    pub email: String,
    secret_hash: Vec<u8>,
}

const HOLDER: &str =
    "SELECT l.organisation_id, l.employee_id, e.name, e.email, l.secret_hash FROM password_links l
    JOIN employees e ON e.organisation_id = l.organisation_id AND e.id = l.employee_id
    WHERE l.id = $1 AND l.expires_at > $2 AND e.active = TRUE";

/// The active person a link that is still good is for.
pub async fn holder(
    db: &mut impl Access,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, StoreError> {
    let Some(secret) = Secret::parse(token) else { return Ok(None) };
    let SessionId(id) = secret.session;
    let holder = query!(db, fetch_optional as Holder, HOLDER, id, now).on("password_links")?;
    Ok(holder.filter(|holder| secret.matches(&holder.secret_hash)))
}
