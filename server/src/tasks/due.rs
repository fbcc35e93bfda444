//! Tasks due in a period, for reports of a year: a rep's in one row, for a row each would cost more than all the rest.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    day::{TimeZone, local},
    id::{EmployeeId, TeamId},
    report::{About, By, DueTask, Period, PlaceNumber, RepDay, is_on_time},
    task::TaskStatus,
};
use uuid::Uuid;

use super::row::{corrupt, due_time};
use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
};

/// A rep's tasks, called off ones left out, in four texts: when they are due, by day and time, when completed ones were
/// closed, and the numbers of their locations.
macro_rules! due {
    ($strung:literal, $date:literal, $closed:literal, $place:literal, $places:literal) => {
        concat!(
            "SELECT t.employee_id, t.team_id, ",
            $strung,
            "(",
            $date,
            ", ',') AS dates, ",
            $strung,
            "(COALESCE(t.due_time, ''), ',') AS times, ",
            $strung,
            "(COALESCE(CASE t.status WHEN 'completed' THEN ",
            $closed,
            " END, ''), ',') AS closed, ",
            $strung,
            "(",
            $place,
            ", ',') AS places FROM tasks t ",
            $places,
            wall!("t"),
            "AND t.due_date BETWEEN $4 AND $5 AND t.status <> 'cancelled'
            AND ($6 IS NULL OR t.team_id = $6) AND ($7 IS NULL OR t.employee_id = $7)
            AND ($8 IS NULL OR t.location_id IN
            (SELECT l.id FROM locations l WHERE l.organisation_id = $1 AND l.company_id = $8))
            GROUP BY t.employee_id, t.team_id"
        )
    };
}
/// Without and with the location, which only rows of customers need.
macro_rules! with_and_without {
    ($strung:literal, $date:literal, $closed:literal) => {
        [
            due!($strung, $date, $closed, "''", ""),
            due!(
                $strung,
                $date,
                $closed,
                "COALESCE(CAST(p.number AS TEXT), '')",
                "LEFT JOIN locations p ON p.organisation_id = t.organisation_id AND p.id = t.location_id "
            ),
        ]
    };
}
const DUE_SQLITE: [&str; 2] = with_and_without!("group_concat", "t.due_date", "t.closed_at");
const DUE_POSTGRES: [&str; 2] =
    with_and_without!("string_agg", "t.due_date::TEXT", "(t.closed_at AT TIME ZONE 'UTC')::TEXT || 'Z'");

#[derive(sqlx::FromRow)]
struct DueRow {
    employee_id: Uuid,
    team_id: Uuid,
    dates: String,
    times: String,
    closed: String,
    places: String,
}

/// Tasks due in a period, called off ones left out; with their places for rows of customers.
pub async fn due(
    db: &mut impl Access,
    caller: &Caller,
    period: Period,
    about: &About,
    by: By,
) -> Result<Vec<DueTask>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (team, employee, company) = about.ids();
    let (from, to) = (period.from, period.to);
    let due = db.either(DUE_SQLITE, DUE_POSTGRES)[usize::from(by == By::Customer)];
    let rows =
        query!(db, fetch_all as DueRow, due, organisation, role, me, from, to, team, employee, company)
            .on("tasks")?;
    let zone = &caller.organisation.time_zone;
    let mut all = Vec::new();
    for row in rows {
        let (employee, team) = (EmployeeId(row.employee_id), TeamId(row.team_id));
        let [mut times, mut closed, mut places] =
            [&row.times, &row.closed, &row.places].map(|text| text.split(','));
        for date in row.dates.split(',') {
            let (Some(time), Some(closed), Some(place)) = (times.next(), closed.next(), places.next()) else {
                return Err(corrupt("due_date", &row.dates));
            };
            let date = date.parse().map_err(|_| corrupt("due_date", date))?;
            let on_time = is_done_on_time(date, time, closed, zone)?;
            let place = match place {
                "" => None,
                number => Some(PlaceNumber(number.parse().map_err(|_| corrupt("number", number))?)),
            };
            all.push(DueTask { of: RepDay { date, employee, team }, place, on_time });
        }
    }
    Ok(all)
}

fn is_done_on_time(date: NaiveDate, time: &str, closed: &str, zone: &TimeZone) -> Result<bool, StoreError> {
    if closed.is_empty() {
        return Ok(false);
    }
    let time = due_time((!time.is_empty()).then(|| time.to_owned()))?;
    let at: DateTime<Utc> = closed.parse().map_err(|_| corrupt("closed_at", closed))?;
    Ok(is_on_time(TaskStatus::Completed, date, time, Some(local(at, zone))))
}
