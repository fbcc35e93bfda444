//! Tasks due in a period, for reports of a year: a rep's as one text, for a row each would cost more than all the rest.

use chrono::{DateTime, NaiveDate};
use ekenko_domain::{
    day::{TimeZone, local},
    id::{EmployeeId, TeamId},
    report::{About, By, DueTask, Period, PlaceNumber, RepDay, is_on_time},
    task::TaskStatus,
};
use uuid::Uuid;

use super::row::{corrupt, due_time};
use crate::{
    db::{Access, Conn, On, StoreError, query},
    identity::{Caller, wall},
};

/// A rep's tasks, called off ones left out, as lines of the due date, the due time, when a completed one was closed, and
/// the location's number.
macro_rules! due {
    ($date:literal, $closed:literal, $place:literal, $places:literal, $strung:literal) => {
        concat!(
            "SELECT t.employee_id, t.team_id, ",
            $strung,
            "(",
            $date,
            " || ',' || COALESCE(t.due_time, '') || ',' || COALESCE(CASE t.status WHEN 'completed' THEN ",
            $closed,
            " END, '') || ',' || ",
            $place,
            ", ';') FROM tasks t ",
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
macro_rules! due_sqlite {
    ($place:literal, $places:literal) => {
        due!("t.due_date", "t.closed_at", $place, $places, "group_concat")
    };
}
macro_rules! due_postgres {
    ($place:literal, $places:literal) => {
        due!(
            "t.due_date::TEXT",
            r#"to_char(t.closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#,
            $place,
            $places,
            "string_agg"
        )
    };
}
/// Without and with the location, which only rows of customers need.
macro_rules! with_and_without {
    ($engine:ident) => {
        [
            $engine!("''", ""),
            $engine!(
                "COALESCE(CAST(p.number AS TEXT), '')",
                "LEFT JOIN locations p ON p.organisation_id = t.organisation_id AND p.id = t.location_id "
            ),
        ]
    };
}
const DUE_SQLITE: [&str; 2] = with_and_without!(due_sqlite);
const DUE_POSTGRES: [&str; 2] = with_and_without!(due_postgres);

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
    let due = match db.conn() {
        Conn::Sqlite(_) => DUE_SQLITE,
        Conn::Postgres(_) => DUE_POSTGRES,
    }[usize::from(by == By::Customer)];
    let rows = query!(
        db,
        fetch_all as (Uuid, Uuid, String),
        due,
        organisation,
        role,
        me,
        from,
        to,
        team,
        employee,
        company
    )
    .on("tasks")?;
    let zone = &caller.organisation.time_zone;
    let mut all = Vec::new();
    for (employee, team, lines) in rows {
        let (employee, team) = (EmployeeId(employee), TeamId(team));
        for line in lines.split(';') {
            let (date, place, on_time) = read(line, zone)?;
            all.push(DueTask { of: RepDay { date, employee, team }, place, on_time });
        }
    }
    Ok(all)
}

/// When and where a task is due, and whether it was done in time.
fn read(line: &str, zone: &TimeZone) -> Result<(NaiveDate, Option<PlaceNumber>, bool), StoreError> {
    let mut parts = line.split(',');
    let mut next = || parts.next().unwrap_or_default();
    let (date, time, closed, place) = (next(), next(), next(), next());
    let date = date.parse().map_err(|_| corrupt("due_date", date))?;
    let time = due_time((!time.is_empty()).then(|| time.to_owned()))?;
    let on_time = match closed {
        "" => false,
        closed => {
            let at = DateTime::parse_from_rfc3339(closed).map_err(|_| corrupt("closed_at", closed))?;
            is_on_time(TaskStatus::Completed, date, time, Some(local(at.to_utc(), zone)))
        }
    };
    let place = match place {
        "" => None,
        number => Some(PlaceNumber(number.parse().map_err(|_| corrupt("number", number))?)),
    };
    Ok((date, place, on_time))
}
