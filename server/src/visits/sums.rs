//! What the manager's day counts of visits.

use std::collections::BTreeSet;

use chrono::Timelike;
use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    board::{DaySums, RepDay},
    day::local,
    employee::{EmployeeRef, TeamRef},
    feed::Whose,
    id::VisitId,
};
use uuid::Uuid;

use super::{Visits, row::verified};
use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
};

/// How one rep's day went.
#[derive(sqlx::FromRow)]
struct CountRow {
    employee_id: Uuid,
    visits: i64,
    verified: i64,
    open: i64,
    last_check_in_at: DateTime<Utc>,
}

const COUNTS: &str = concat!(
    "SELECT v.employee_id, COUNT(*) AS visits,
    COUNT(CASE WHEN ",
    verified!("v"),
    " THEN 1 END) AS verified,
    COUNT(CASE WHEN v.checked_out_at IS NULL THEN 1 END) AS open, MAX(v.checked_in_at) AS last_check_in_at
    FROM visits v
    ",
    wall!("v"),
    "AND v.business_date = $4 AND ($5 IS NULL OR v.team_id = $5) AND ($6 IS NULL OR v.employee_id = $6) GROUP BY v.employee_id"
);
const UNVERIFIED: &str = concat!(
    "SELECT v.id FROM visits v ",
    wall!("v"),
    "AND v.business_date = $4 AND ($5 IS NULL OR v.team_id = $5) AND ($6 IS NULL OR v.employee_id = $6) AND CASE WHEN ",
    verified!("v"),
    " THEN 0 ELSE 1 END = 1"
);
const TIMES: &str = concat!(
    "SELECT v.checked_in_at FROM visits v ",
    wall!("v"),
    "AND v.business_date = $4 AND ($5 IS NULL OR v.team_id = $5) AND ($6 IS NULL OR v.employee_id = $6)"
);
const DAYS: &str = concat!(
    "SELECT v.business_date, COUNT(*), COUNT(DISTINCT v.employee_id) FROM visits v ",
    wall!("v"),
    "AND v.business_date >= $4 AND v.business_date <= $5 AND v.checked_in_at <= $6
    AND ($7 IS NULL OR v.team_id = $7) AND ($8 IS NULL OR v.employee_id = $8)
    GROUP BY v.business_date ORDER BY v.business_date"
);

fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Visits {
    /// The day of each of `reps`, in somebody's snapshot.
    pub async fn rep_days(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
        whose: Whose,
        reps: Vec<(EmployeeRef, TeamRef)>,
    ) -> Result<Vec<RepDay>, StoreError> {
        let ((organisation, role, me), (team, employee)) = (caller.wall(), whose.ids());
        let counts = query!(db, fetch_all as CountRow, COUNTS, organisation, role, me, date, team, employee)
            .on("visits")?;
        Ok(reps
            .into_iter()
            .map(|(employee, team)| {
                let count = counts.iter().find(|count| count.employee_id == employee.id.0);
                RepDay {
                    employee,
                    team,
                    visits: count.map_or(0, |c| number(c.visits)),
                    verified: count.map_or(0, |c| number(c.verified)),
                    open: count.map_or(0, |c| number(c.open)),
                    last_check_in_at: count.map(|c| c.last_check_in_at),
                    seen_at: None,
                }
            })
            .collect())
    }

    /// The day's visits that do not count as verified, in somebody's snapshot.
    pub async fn unverified(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
        whose: Whose,
    ) -> Result<BTreeSet<VisitId>, StoreError> {
        let ((organisation, role, me), (team, employee)) = (caller.wall(), whose.ids());
        let rows = query!(db, fetch_all as (Uuid,), UNVERIFIED, organisation, role, me, date, team, employee)
            .on("visits")?;
        Ok(rows.into_iter().map(|(id,)| VisitId(id)).collect())
    }

    /// The day's check-ins by the hour of the organisation's clock, in somebody's snapshot.
    pub async fn by_hour(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
        whose: Whose,
    ) -> Result<Vec<u32>, StoreError> {
        let ((organisation, role, me), (team, employee)) = (caller.wall(), whose.ids());
        let rows =
            query!(db, fetch_all as (DateTime<Utc>,), TIMES, organisation, role, me, date, team, employee)
                .on("visits")?;
        let mut hours = vec![0; 24];
        for (at,) in rows {
            hours[local(at, &caller.organisation.time_zone).hour() as usize] += 1;
        }
        Ok(hours)
    }

    /// Check-ins and active reps of each day from one to another, up to a moment, in somebody's snapshot. Days without any are left
    /// out.
    pub async fn day_sums(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        (from, to): (NaiveDate, NaiveDate),
        until: DateTime<Utc>,
        whose: Whose,
    ) -> Result<Vec<DaySums>, StoreError> {
        let ((organisation, role, me), (team, employee)) = (caller.wall(), whose.ids());
        let rows = query!(
            db,
            fetch_all as (NaiveDate, i64, i64),
            DAYS,
            organisation,
            role,
            me,
            from,
            to,
            until,
            team,
            employee
        )
        .on("visits")?;
        let sums = rows.into_iter().map(|(date, visits, reps)| DaySums {
            date,
            visits: number(visits),
            active_reps: number(reps),
            new_customers: 0,
        });
        Ok(sums.collect())
    }
}
