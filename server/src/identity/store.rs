//! Organisations, teams and employees.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    employee::{Calendar, EmployeeRef, OrganisationRef, Role, TeamRef},
    id::{EmployeeId, OrganisationId, SessionId, TeamId},
    plan::{Interval, VisitEvery},
};
use uuid::Uuid;

use super::{Caller, wall};
use crate::db::{Access, Conn, On, StoreError, Write, query};

#[derive(sqlx::FromRow)]
struct AdminRow {
    #[sqlx(flatten)]
    organisation: OrganisationRow,
    employee_id: Uuid,
    employee_name: String,
    email: String,
}

/// What an [`OrganisationRow`] is made of, of an organisation `o`.
macro_rules! organisation {
    () => {
        "o.id AS organisation_id, o.name AS organisation_name, o.time_zone, o.visit_target, o.calendar, o.visit_every_a,
        o.visit_every_b, o.visit_every_c, o.visit_every_d, o.visit_every_other"
    };
}
pub(super) use organisation;

const FIRST_ADMINS: &str = concat!(
    "SELECT ",
    organisation!(),
    ", e.id AS employee_id, e.name AS employee_name, e.email
    FROM organisations o JOIN employees e ON e.organisation_id = o.id AND e.id =
    (SELECT a.id FROM employees a WHERE a.organisation_id = o.id AND a.role = 'admin' AND a.active = TRUE
    ORDER BY a.created_at, a.id LIMIT 1)"
);

/// The first active admin of each organisation.
pub async fn first_admins(db: &mut impl Access) -> Result<Vec<Caller>, StoreError> {
    let rows = query!(db, fetch_all as AdminRow, FIRST_ADMINS).on("employees")?;
    rows.into_iter()
        .map(|row| {
            Ok(Caller {
                organisation: row.organisation.try_into()?,
                employee: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
                email: row.email,
                role: Role::Admin,
                team: None,
                must_change_password: false,
                session: SessionId(Uuid::nil()),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
pub struct OrganisationRow {
    organisation_id: Uuid,
    organisation_name: String,
    time_zone: String,
    visit_target: i64,
    calendar: String,
    visit_every_a: i64,
    visit_every_b: i64,
    visit_every_c: i64,
    visit_every_d: i64,
    visit_every_other: i64,
}

impl TryFrom<OrganisationRow> for OrganisationRef {
    type Error = StoreError;
    fn try_from(row: OrganisationRow) -> Result<Self, StoreError> {
        let corrupt = |column, value: &dyn ToString| StoreError::Corrupt {
            table: "organisations",
            column,
            value: value.to_string(),
        };
        let every = |column, days: i64| {
            let interval = u16::try_from(days).ok().and_then(|days| Interval::try_from(days).ok());
            interval.ok_or_else(|| corrupt(column, &days))
        };
        Ok(Self {
            id: OrganisationId(row.organisation_id),
            name: row.organisation_name,
            time_zone: row.time_zone.parse().map_err(|_| corrupt("time_zone", &row.time_zone))?,
            visit_target: u16::try_from(row.visit_target)
                .map_err(|_| corrupt("visit_target", &row.visit_target))?,
            calendar: Calendar::from_code(&row.calendar).ok_or_else(|| corrupt("calendar", &row.calendar))?,
            visit_every_days: VisitEvery {
                a: every("visit_every_a", row.visit_every_a)?,
                b: every("visit_every_b", row.visit_every_b)?,
                c: every("visit_every_c", row.visit_every_c)?,
                d: every("visit_every_d", row.visit_every_d)?,
                other: every("visit_every_other", row.visit_every_other)?,
            },
        })
    }
}

const CHANGE_ORGANISATION: &str =
    "UPDATE organisations SET visit_target = $1, calendar = $2, visit_every_a = $3,
    visit_every_b = $4, visit_every_c = $5, visit_every_d = $6, visit_every_other = $7 WHERE id = $8";

/// Writes what an admin may change.
pub async fn change_organisation(db: &mut Write, organisation: &OrganisationRef) -> Result<(), StoreError> {
    let [a, b, c, d, other] = days(&organisation.visit_every_days);
    query!(
        db,
        execute,
        CHANGE_ORGANISATION,
        i64::from(organisation.visit_target),
        organisation.calendar.code(),
        a,
        b,
        c,
        d,
        other,
        organisation.id.0
    )
    .on("organisations")?;
    Ok(())
}

/// The columns of the intervals: of A, B, C and the rest.
pub(super) fn days(every: &VisitEvery) -> [i64; 5] {
    [every.a, every.b, every.c, every.d, every.other].map(|interval| i64::from(interval.days()))
}

const TEAMS: &str = "SELECT id, name FROM teams WHERE organisation_id = $1 ORDER BY name, id";
const TEAMS_MANAGED: &str = "SELECT t.id, t.name FROM team_managers m
    JOIN teams t ON t.organisation_id = m.organisation_id AND t.id = m.team_id
    WHERE m.organisation_id = $1 AND m.employee_id = $2 ORDER BY t.name, t.id";

fn team_refs(rows: Vec<(Uuid, String)>) -> Vec<TeamRef> {
    rows.into_iter().map(|(id, name)| TeamRef { id: TeamId(id), name }).collect()
}

pub async fn teams(db: &mut impl Access, organisation: OrganisationId) -> Result<Vec<TeamRef>, StoreError> {
    Ok(team_refs(query!(db, fetch_all as (Uuid, String), TEAMS, organisation.0).on("teams")?))
}

pub async fn teams_managed(
    db: &mut impl Access,
    organisation: OrganisationId,
    manager: EmployeeId,
) -> Result<Vec<TeamRef>, StoreError> {
    Ok(team_refs(
        query!(db, fetch_all as (Uuid, String), TEAMS_MANAGED, organisation.0, manager.0)
            .on("team_managers")?,
    ))
}

const REPS: &str = concat!(
    "SELECT e.id, e.name, t.id, t.name FROM employees e
    JOIN teams t ON t.organisation_id = e.organisation_id AND t.id = e.team_id ",
    wall!("e", "id"),
    "AND e.role = 'rep' AND e.active = TRUE ORDER BY t.name, e.name, e.id"
);

/// The reps the caller may see, with their teams.
pub async fn reps(db: &mut impl Access, caller: &Caller) -> Result<Vec<(EmployeeRef, TeamRef)>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (Uuid, String, Uuid, String),
        REPS,
        caller.organisation.id.0,
        caller.role.code(),
        caller.employee.id.0
    )
    .on("employees")?;
    Ok(rows
        .into_iter()
        .map(|(id, name, team, team_name)| {
            (EmployeeRef { id: EmployeeId(id), name }, TeamRef { id: TeamId(team), name: team_name })
        })
        .collect())
}

const REP_ADDRESSES: &str = concat!(
    "SELECT e.id, e.name, e.email FROM employees e ",
    wall!("e", "id"),
    "AND e.role = 'rep' AND e.active = TRUE"
);

/// The reps the caller may see: id, name and address of each.
pub async fn rep_addresses(
    db: &mut impl Access,
    caller: &Caller,
) -> Result<Vec<(Uuid, String, String)>, StoreError> {
    let (organisation, role, me) = caller.wall();
    query!(db, fetch_all as (Uuid, String, String), REP_ADDRESSES, organisation, role, me).on("employees")
}

const EMPLOYEES: &str = "SELECT id, name FROM employees WHERE organisation_id = $1";

/// The name of everybody, also of those who have left.
pub async fn employees(
    db: &mut impl Access,
    organisation: OrganisationId,
) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid, String), EMPLOYEES, organisation.0).on("employees")?;
    Ok(rows.into_iter().collect())
}

const DEMOS: &str = "SELECT COUNT(*) FROM organisations WHERE demo = TRUE";

/// Whether demo data is among what is stored.
pub async fn has_demo(db: &mut impl Access) -> Result<bool, StoreError> {
    let (count,): (i64,) = query!(db, fetch_one as (i64,), DEMOS).on("organisations")?;
    Ok(count > 0)
}

const COUNT: &str = "SELECT COUNT(*) FROM organisations";

/// Whether nobody has set up this installation yet.
pub async fn is_empty(db: &mut impl Access) -> Result<bool, StoreError> {
    let (count,): (i64,) = query!(db, fetch_one as (i64,), COUNT).on("organisations")?;
    Ok(count == 0)
}

/// Makes whoever else sets up at this moment wait until this transaction ends. On SQLite everybody waits already.
pub async fn lock_organisations(db: &mut Write) -> Result<(), StoreError> {
    match db.conn() {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => {
            let lock = sqlx::query("LOCK TABLE organisations IN SHARE ROW EXCLUSIVE MODE").execute(c);
            lock.await.map(drop).on("organisations")
        }
    }
}

const INSERT_ORGANISATION: &str = "INSERT INTO organisations (id, name, time_zone, demo, created_at, visit_target, calendar,
    visit_every_a, visit_every_b, visit_every_c, visit_every_d, visit_every_other) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

pub async fn insert_organisation(
    db: &mut Write,
    organisation: &OrganisationRef,
    demo: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let [a, b, c, d, other] = days(&organisation.visit_every_days);
    query!(
        db,
        execute,
        INSERT_ORGANISATION,
        organisation.id.0,
        &organisation.name,
        organisation.time_zone.name(),
        demo,
        now,
        i64::from(organisation.visit_target),
        organisation.calendar.code(),
        a,
        b,
        c,
        d,
        other
    )
    .on("organisations")?;
    Ok(())
}

const INSERT_TEAM: &str = "INSERT INTO teams (organisation_id, id, name, created_at) VALUES ($1, $2, $3, $4)";

pub async fn insert_team(
    db: &mut Write,
    organisation: OrganisationId,
    team: &TeamRef,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(db, execute, INSERT_TEAM, organisation.0, team.id.0, &team.name, now).on("teams")?;
    Ok(())
}

const INSERT_EMPLOYEE: &str = "INSERT INTO employees
    (organisation_id, id, team_id, email, name, role, password_hash, active, created_at, search)
    VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, $8, $9) ON CONFLICT (email) DO NOTHING";

/// `false` when the address is taken.
#[allow(clippy::too_many_arguments, reason = "the columns")]
pub async fn insert_employee(
    db: &mut Write,
    organisation: OrganisationId,
    employee: &EmployeeRef,
    team: Option<TeamId>,
    email: &str,
    role: Role,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = query!(
        db,
        execute,
        INSERT_EMPLOYEE,
        organisation.0,
        employee.id.0,
        team.map(|team| team.0),
        email,
        &employee.name,
        role.code(),
        password_hash,
        now,
        super::staff::searched(&employee.name, email)
    )
    .on("employees")?;
    Ok(inserted == 1)
}

const INSERT_MANAGER: &str =
    "INSERT INTO team_managers (organisation_id, team_id, employee_id) VALUES ($1, $2, $3)";

pub async fn insert_manager(
    db: &mut Write,
    organisation: OrganisationId,
    team: TeamId,
    manager: EmployeeId,
) -> Result<(), StoreError> {
    query!(db, execute, INSERT_MANAGER, organisation.0, team.0, manager.0).on("team_managers")?;
    Ok(())
}
