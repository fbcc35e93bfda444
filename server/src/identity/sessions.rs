//! Sessions, and what an account signs in with.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    employee::{EmployeeRef, Role, TeamRef},
    id::{EmployeeId, OrganisationId, SessionId, TeamId},
};
use uuid::Uuid;

use super::{
    Caller,
    store::{OrganisationRow, organisation},
};
use crate::db::{Access, On, StoreError, Write, query};

#[derive(sqlx::FromRow)]
struct AccountRow {
    organisation_id: Uuid,
    id: Uuid,
    password_hash: String,
}

/// An account that may sign in.
pub struct Account {
    pub organisation: OrganisationId,
    pub employee: EmployeeId,
    pub password_hash: String,
}

const BY_EMAIL: &str = "SELECT organisation_id, id, password_hash FROM employees WHERE email = $1 AND active = TRUE AND password_hash <> ''";

pub async fn by_email(db: &mut impl Access, email: &str) -> Result<Option<Account>, StoreError> {
    let row = query!(db, fetch_optional as AccountRow, BY_EMAIL, email).on("employees")?;
    Ok(row.map(|row| Account {
        organisation: OrganisationId(row.organisation_id),
        employee: EmployeeId(row.id),
        password_hash: row.password_hash,
    }))
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    #[sqlx(flatten)]
    organisation: OrganisationRow,
    employee_id: Uuid,
    employee_name: String,
    email: String,
    role: String,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    must_change_password: bool,
    secret_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

const SESSION: &str = concat!(
    "SELECT ",
    organisation!(),
    ", e.id AS employee_id, e.name AS employee_name, e.email, e.role, t.id AS team_id, t.name AS team_name, e.must_change_password, s.secret_hash, s.expires_at, s.ended_at
    FROM sessions s
    JOIN organisations o ON o.id = s.organisation_id
    JOIN employees e ON e.organisation_id = s.organisation_id AND e.id = s.employee_id
    LEFT JOIN teams t ON t.organisation_id = e.organisation_id AND t.id = e.team_id
    WHERE s.id = $1 AND e.active = TRUE"
);

/// A session and the person who signed in, as long as the account is active.
pub struct Session {
    pub caller: Caller,
    pub secret_hash: Vec<u8>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

pub async fn session(db: &mut impl Access, id: SessionId) -> Result<Option<Session>, StoreError> {
    let Some(row) = query!(db, fetch_optional as SessionRow, SESSION, id.0).on("sessions")? else {
        return Ok(None);
    };
    let corrupt =
        |column, value: &str| StoreError::Corrupt { table: "employees", column, value: value.into() };
    Ok(Some(Session {
        caller: Caller {
            organisation: row.organisation.try_into()?,
            employee: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
            email: row.email,
            role: Role::from_code(&row.role).ok_or_else(|| corrupt("role", &row.role))?,
            team: row.team_id.zip(row.team_name).map(|(id, name)| TeamRef { id: TeamId(id), name }),
            must_change_password: row.must_change_password,
            session: id,
        },
        secret_hash: row.secret_hash,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
    }))
}

const INSERT_SESSION: &str =
    "INSERT INTO sessions (organisation_id, id, employee_id, secret_hash, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

pub async fn insert_session(
    db: &mut Write,
    account: &Account,
    id: SessionId,
    secret_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        INSERT_SESSION,
        account.organisation.0,
        id.0,
        account.employee.0,
        secret_hash,
        now,
        expires_at
    )
    .on("sessions")?;
    Ok(())
}

const ROTATE: &str = "UPDATE sessions SET secret_hash = $1, expires_at = $2
    WHERE id = $3 AND secret_hash = $4 AND ended_at IS NULL";

/// Replaces the secret; `false` when somebody was faster.
pub async fn rotate(
    db: &mut Write,
    id: SessionId,
    old: &[u8],
    new: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(query!(db, execute, ROTATE, new, expires_at, id.0, old).on("sessions")? == 1)
}

const END: &str = "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";

pub async fn end(db: &mut Write, id: SessionId, now: DateTime<Utc>) -> Result<(), StoreError> {
    query!(db, execute, END, now, id.0).on("sessions")?;
    Ok(())
}

const END_OTHERS: &str = "UPDATE sessions SET ended_at = $1
    WHERE organisation_id = $2 AND employee_id = $3 AND id <> $4 AND ended_at IS NULL";

/// Ends every session of an account but one.
pub async fn end_others(
    db: &mut Write,
    organisation: OrganisationId,
    employee: EmployeeId,
    but: SessionId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(db, execute, END_OTHERS, now, organisation.0, employee.0, but.0).on("sessions")?;
    Ok(())
}

/// Ends every session of an account.
pub async fn end_all(
    db: &mut Write,
    organisation: OrganisationId,
    employee: EmployeeId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    end_others(db, organisation, employee, SessionId(Uuid::nil()), now).await
}

const PASSWORD: &str = "SELECT password_hash FROM employees WHERE organisation_id = $1 AND id = $2";

pub async fn password_hash(
    db: &mut impl Access,
    organisation: OrganisationId,
    employee: EmployeeId,
) -> Result<Option<String>, StoreError> {
    let row =
        query!(db, fetch_optional as (String,), PASSWORD, organisation.0, employee.0).on("employees")?;
    Ok(row.map(|(hash,)| hash))
}

const SET_PASSWORD: &str = "UPDATE employees SET password_hash = $1, must_change_password = FALSE
    WHERE organisation_id = $2 AND id = $3 AND password_hash = $4";

/// `false` when the old hash is no longer the one given.
pub async fn set_password(
    db: &mut Write,
    organisation: OrganisationId,
    employee: EmployeeId,
    old: Option<&str>,
    new: &str,
) -> Result<bool, StoreError> {
    Ok(query!(db, execute, SET_PASSWORD, new, organisation.0, employee.0, old).on("employees")? == 1)
}
