//! The plan_stops table, and the customers a rep looks after.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    day::business_date,
    id::{LocationId, VisitId},
    plan::{Stop, Waiting},
};
use uuid::Uuid;

use crate::{
    customers::{self, LocationRow},
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

#[derive(sqlx::FromRow)]
struct StopRow {
    #[sqlx(flatten)]
    location: LocationRow,
    position: i64,
    visit_id: Option<Uuid>,
    checked_in_at: Option<DateTime<Utc>>,
}

const STOPS: &str = concat!(
    "SELECT ",
    customers::columns!(),
    ", s.position, v.id AS visit_id, v.checked_in_at
    FROM plan_stops s
    JOIN locations l ON l.organisation_id = s.organisation_id AND l.id = s.location_id
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    LEFT JOIN visits v ON v.organisation_id = s.organisation_id AND v.employee_id = s.employee_id
    AND v.business_date = s.business_date AND v.location_id = s.location_id
    WHERE s.organisation_id = $1 AND s.employee_id = $2 AND s.business_date = $3"
);

/// The caller's stops of a day in their order, each with the first visit there.
pub async fn stops(db: &mut impl Access, caller: &Caller, date: NaiveDate) -> Result<Vec<Stop>, StoreError> {
    let (organisation, _, me) = caller.wall();
    let mut rows = query!(db, fetch_all as StopRow, STOPS, organisation, me, date).on("plan_stops")?;
    // A place visited again that day has a row for each visit. They are put in order here: for visits in order, SQLite
    // would go through all of the organisation's that day.
    rows.sort_by_key(|row| (row.position, row.checked_in_at, row.visit_id));
    rows.dedup_by_key(|row| row.location.id);
    let stop = |row: StopRow| Stop {
        location: row.location.into(),
        visit: row.visit_id.map(VisitId),
        visited_at: row.checked_in_at,
    };
    Ok(rows.into_iter().map(stop).collect())
}

const PUT: &str =
    "INSERT INTO plan_stops (organisation_id, employee_id, business_date, position, location_id)
    SELECT $1, $2, $3, $4, l.id FROM locations l WHERE l.organisation_id = $1 AND l.id =
    COALESCE((SELECT m.into_id FROM merged_locations m WHERE m.organisation_id = $1 AND m.id = $5), $5)
    ON CONFLICT (organisation_id, employee_id, business_date, position)
    DO UPDATE SET location_id = excluded.location_id";

/// Makes a location the caller's stop at this position; `false` when the organisation has no such location.
pub async fn put(
    db: &mut Write,
    caller: &Caller,
    date: NaiveDate,
    position: i64,
    id: LocationId,
) -> Result<bool, StoreError> {
    let (organisation, _, me) = caller.wall();
    Ok(query!(db, execute, PUT, organisation, me, date, position, id.0).on("plan_stops")? == 1)
}

const CUT: &str = "DELETE FROM plan_stops
    WHERE organisation_id = $1 AND employee_id = $2 AND business_date = $3 AND position >= $4";

/// Leaves the first `length` of the caller's stops of a day.
pub async fn cut(db: &mut Write, caller: &Caller, date: NaiveDate, length: usize) -> Result<(), StoreError> {
    let (organisation, _, me) = caller.wall();
    query!(db, execute, CUT, organisation, me, date, length as i64).on("plan_stops")?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct CustomerRow {
    #[sqlx(flatten)]
    location: LocationRow,
    created_at: DateTime<Utc>,
    last_visit: Option<NaiveDate>,
}

const CUSTOMERS: &str = concat!(
    "SELECT ",
    customers::columns!(),
    ", l.created_at, (SELECT v.business_date FROM visits v
        WHERE v.organisation_id = l.organisation_id AND v.location_id = l.id
        ORDER BY v.checked_in_at DESC LIMIT 1) AS last_visit
    FROM locations l
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1 AND l.owner_id = $2 AND l.status IN ('lead', 'active')"
);

/// The customers the caller looks after, inactive ones aside, and when anybody was last there.
pub async fn customers(db: &mut impl Access, caller: &Caller) -> Result<Vec<Waiting>, StoreError> {
    let (organisation, _, me) = caller.wall();
    let rows = query!(db, fetch_all as CustomerRow, CUSTOMERS, organisation, me).on("locations")?;
    let waiting = |row: CustomerRow| Waiting {
        location: row.location.into(),
        last_visit: row.last_visit,
        added: business_date(row.created_at, &caller.organisation.time_zone),
    };
    Ok(rows.into_iter().map(waiting).collect())
}

// Whoever meant to go to both goes to the one.
const LEAVE_OUT: &str = "DELETE FROM plan_stops WHERE organisation_id = $2 AND location_id = $3 AND EXISTS
    (SELECT 1 FROM plan_stops k WHERE k.organisation_id = $2 AND k.employee_id = plan_stops.employee_id
    AND k.business_date = plan_stops.business_date AND k.location_id = $1)";
const MOVE_ALL: &str =
    "UPDATE plan_stops SET location_id = $1 WHERE organisation_id = $2 AND location_id = $3";

/// Makes the stops at one location stops at another.
pub async fn move_all(
    db: &mut Write,
    caller: &Caller,
    from: LocationId,
    to: LocationId,
) -> Result<(), StoreError> {
    for sql in [LEAVE_OUT, MOVE_ALL] {
        query!(db, execute, sql, to.0, caller.organisation.id.0, from.0).on("plan_stops")?;
    }
    Ok(())
}
