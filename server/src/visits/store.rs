//! Reading visits.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    board::Pin,
    customer::Grade,
    feed::Whose,
    id::{EmployeeId, LocationId, OrganisationId, TeamId, VisitId},
    visit::{Verdict, Visit},
};
use uuid::Uuid;

use super::row::{VisitRow, corrupt, decision, verified, visits};
use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
    page::Before,
};

const BY_ID: &str = visits!("AND v.id = $4");

pub async fn by_id(db: &mut impl Access, caller: &Caller, id: VisitId) -> Result<Option<Visit>, StoreError> {
    query!(
        db,
        fetch_optional as VisitRow,
        BY_ID,
        caller.organisation.id.0,
        caller.role.code(),
        caller.employee.id.0,
        id.0
    )
    .on("visits")?
    .map(Visit::try_from)
    .transpose()
}

const BY_DAY: &str = visits!(
    "AND v.business_date = $4 AND ($5 IS NULL OR v.employee_id = $5)
    AND (v.checked_in_at < $6 OR (v.checked_in_at = $6 AND v.id < $7))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $8"
);
const SINCE: &str = visits!(
    "AND v.business_date >= $4 AND ($5 IS NULL OR v.employee_id = $5)
    AND (v.checked_in_at < $6 OR (v.checked_in_at = $6 AND v.id < $7))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $8"
);
const OPEN: &str = visits!(
    "AND v.checked_out_at IS NULL AND ($4 IS NULL OR v.employee_id = $4)
    AND (v.checked_in_at < $5 OR (v.checked_in_at = $5 AND v.id < $6))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $7"
);

fn visits(rows: Vec<VisitRow>) -> Result<Vec<Visit>, StoreError> {
    rows.into_iter().map(Visit::try_from).collect()
}

/// The visits of a day before (`time`, `id`), latest first.
pub async fn by_day(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
    employee: Option<EmployeeId>,
    before: Before,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    dated(db, caller, BY_DAY, date, employee, before, limit).await
}

/// The same of all days from one on.
pub async fn since(
    db: &mut impl Access,
    caller: &Caller,
    from: NaiveDate,
    employee: Option<EmployeeId>,
    before: Before,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    dated(db, caller, SINCE, from, employee, before, limit).await
}

async fn dated(
    db: &mut impl Access,
    caller: &Caller,
    sql: &'static str,
    date: NaiveDate,
    employee: Option<EmployeeId>,
    before: Before,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let employee = employee.map(|employee| employee.0);
    visits(
        query!(
            db,
            fetch_all as VisitRow,
            sql,
            organisation,
            role,
            me,
            date,
            employee,
            before.0,
            before.1,
            limit
        )
        .on("visits")?,
    )
}

/// Visits still open before (`time`, `id`), latest first.
pub async fn open(
    db: &mut impl Access,
    caller: &Caller,
    employee: Option<EmployeeId>,
    before: Before,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let employee = employee.map(|employee| employee.0);
    visits(
        query!(db, fetch_all as VisitRow, OPEN, organisation, role, me, employee, before.0, before.1, limit)
            .on("visits")?,
    )
}

#[derive(sqlx::FromRow)]
struct PinRow {
    id: Uuid,
    lat: f64,
    lng: f64,
    verdict: String,
    employee_id: Uuid,
    employee_name: String,
    location_name: String,
    team_id: Uuid,
    grade: Option<String>,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    review: Option<String>,
}

const PINS: &str = concat!(
    "SELECT v.id, COALESCE(v.fix_lat, v.pin_lat) AS lat, COALESCE(v.fix_lng, v.pin_lng) AS lng, v.verdict, v.employee_id,
    e.name AS employee_name, l.name AS location_name, v.team_id, c.grade, v.checked_in_at, v.checked_out_at, v.review
    FROM visits v
    JOIN employees e ON e.organisation_id = v.organisation_id AND e.id = v.employee_id
    JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    ",
    wall!("v"),
    "AND v.business_date = $4 AND ($5 IS NULL OR v.team_id = $5) AND ($6 IS NULL OR v.employee_id = $6)
    ORDER BY v.checked_in_at DESC LIMIT $7"
);

/// Pins of a day, latest first.
pub async fn pins(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
    whose: Whose,
    limit: i64,
) -> Result<Vec<Pin>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (team, employee) = whose.ids();
    let rows = query!(db, fetch_all as PinRow, PINS, organisation, role, me, date, team, employee, limit)
        .on("visits")?;
    rows.into_iter()
        .map(|row| {
            Ok(Pin {
                id: VisitId(row.id),
                lat: row.lat,
                lng: row.lng,
                verdict: Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
                label: Pin::label(&row.employee_name, &row.location_name),
                open: row.checked_out_at.is_none(),
                at: row.checked_in_at,
                employee_id: EmployeeId(row.employee_id),
                team_id: TeamId(row.team_id),
                grade: row.grade.as_deref().and_then(Grade::from_code),
                review: decision(row.review.as_deref())?,
            })
        })
        .collect()
}

const BEFORE: &str = visits!(
    "AND ($4 IS NULL OR v.team_id = $4) AND ($5 IS NULL OR v.employee_id = $5)
    AND (v.checked_in_at < $6 OR (v.checked_in_at = $6 AND v.id < $7))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $8"
);

/// Visits of any day before (`time`, `id`), latest first.
pub async fn before(
    db: &mut impl Access,
    caller: &Caller,
    whose: Whose,
    before: Before,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (team, employee) = whose.ids();
    visits(
        query!(
            db,
            fetch_all as VisitRow,
            BEFORE,
            organisation,
            role,
            me,
            team,
            employee,
            before.0,
            before.1,
            limit
        )
        .on("visits")?,
    )
}

const MEDIA_TYPE: &str =
    "SELECT media_type FROM photos WHERE organisation_id = $1 AND visit_id = $2 AND sha256 = $3";

/// The media type of one of a visit's photos.
pub async fn media_type(
    db: &mut impl Access,
    caller: &Caller,
    id: VisitId,
    sha256: &str,
) -> Result<Option<String>, StoreError> {
    let row = query!(db, fetch_optional as (String,), MEDIA_TYPE, caller.organisation.id.0, id.0, sha256)
        .on("photos")?;
    Ok(row.map(|(media_type,)| media_type))
}

const TAKEN: &str = "SELECT COUNT(*) FROM visits WHERE organisation_id = $1 AND id = $2";

/// Whether the id is taken, by whomever.
pub async fn is_taken(db: &mut impl Access, caller: &Caller, id: VisitId) -> Result<bool, StoreError> {
    let (count,): (i64,) =
        query!(db, fetch_one as (i64,), TAKEN, caller.organisation.id.0, id.0).on("visits")?;
    Ok(count > 0)
}

const OUT_DEVICE_AT: &str = "SELECT out_device_at FROM visits WHERE organisation_id = $1 AND id = $2";

/// The device's time of the check-out, when it told one.
pub async fn out_device_at(
    db: &mut impl Access,
    caller: &Caller,
    id: VisitId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (at,) =
        query!(db, fetch_one as (Option<DateTime<Utc>>,), OUT_DEVICE_AT, caller.organisation.id.0, id.0)
            .on("visits")?;
    Ok(at)
}

const IN_ORGANISATION: &str = visits!(ORGANISATION "AND v.id = $2");

/// A visit for the organisation's own jobs, which see all of it.
pub async fn in_organisation(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: VisitId,
) -> Result<Option<Visit>, StoreError> {
    query!(db, fetch_optional as VisitRow, IN_ORGANISATION, organisation.0, id.0)
        .on("visits")?
        .map(Visit::try_from)
        .transpose()
}

const OWN_DAY: &str = concat!(
    "SELECT COUNT(*), COUNT(CASE WHEN ",
    verified!("v"),
    " THEN 1 END) FROM visits v
    WHERE v.organisation_id = $1 AND v.employee_id = $2 AND v.business_date = $3"
);

/// The caller's visits of a day: all, and those verified.
pub async fn own_day(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
) -> Result<(u32, u32), StoreError> {
    let (all, verified) =
        query!(db, fetch_one as (i64, i64), OWN_DAY, caller.organisation.id.0, caller.employee.id.0, date)
            .on("visits")?;
    Ok((u32::try_from(all).unwrap_or(u32::MAX), u32::try_from(verified).unwrap_or(u32::MAX)))
}

const AT: &str = visits!("AND v.location_id = $4 ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $5");

/// The latest visits of a location the caller may see.
pub async fn at(
    db: &mut impl Access,
    caller: &Caller,
    location: LocationId,
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = caller.wall();
    visits(query!(db, fetch_all as VisitRow, AT, organisation, role, me, location.0, limit).on("visits")?)
}

const LAST_AT: &str = "SELECT MAX(checked_in_at) FROM visits WHERE organisation_id = $1 AND location_id = $2";

/// When anybody was last at a location.
pub async fn last_at(
    db: &mut impl Access,
    caller: &Caller,
    location: LocationId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let (at,) =
        query!(db, fetch_one as (Option<DateTime<Utc>>,), LAST_AT, caller.organisation.id.0, location.0)
            .on("visits")?;
    Ok(at)
}
