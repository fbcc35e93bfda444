//! Reading the tasks table.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use ekenko_domain::{
    feed::Whose,
    id::{BatchId, EmployeeId, LocationId, TaskId, TeamId},
    task::{Priority, Task, TaskStatus},
};
use uuid::Uuid;

use super::row::{TaskRow, read, tasks};
use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::{Caller, wall},
    page::Before,
};

/// What open tasks are sorted by, most pressing first; `$5` stands for no due date.
macro_rules! urgency {
    () => {
        "CASE t.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, COALESCE(t.due_date, $5),
        COALESCE(t.due_time, '24:00'), t.id"
    };
}

const BY_ID: &str = tasks!("AND t.id = $4");

pub async fn by_id(db: &mut impl Access, caller: &Caller, id: TaskId) -> Result<Option<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    query!(db, fetch_optional as TaskRow, BY_ID, organisation, role, me, id.0)
        .on("tasks")?
        .map(Task::try_from)
        .transpose()
}

/// Where a list of open tasks goes on: the urgency of its last one.
pub type After = (i64, NaiveDate, String, Uuid);

/// Before every open task.
pub fn most_pressing() -> After {
    (-1, NaiveDate::default(), String::new(), Uuid::nil())
}

/// The same key as `urgency!` makes.
pub fn urgency(task: &Task) -> After {
    let time = task.due_time.map_or_else(|| "24:00".to_owned(), |time| time.to_string());
    (task.priority as i64, task.due_date.unwrap_or(never()), time, task.id.0)
}

/// Later than any date one may give; the same on both engines.
pub fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Which tasks a list is of, besides whether they are open; what is `None` lets all through.
#[derive(Debug, Default)]
pub struct Wanted {
    pub assignee: Option<EmployeeId>,
    pub team: Option<TeamId>,
    pub location: Option<LocationId>,
    pub priority: Option<Priority>,
    pub status: Option<TaskStatus>,
    /// Those that should have been done by then, on the organisation's clock.
    pub overdue_at: Option<NaiveDateTime>,
}

const OPEN: &str = tasks!(
    "AND t.closed_at IS NULL AND ($4 IS NULL OR t.employee_id = $4) AND ($11 IS NULL OR t.team_id = $11)
    AND ($12 IS NULL OR t.location_id = $12) AND ($13 IS NULL OR t.priority = $13) AND ($14 IS NULL OR t.status = $14)
    AND ($15 IS NULL OR t.due_date < $15 OR (t.due_date = $15 AND t.due_time < $16)) AND (",
    urgency!(),
    ") > ($6, $7, $8, $9) ORDER BY ",
    urgency!(),
    " LIMIT $10"
);

/// Open tasks after `after`, most pressing first.
pub async fn open(
    db: &mut impl Access,
    caller: &Caller,
    wanted: &Wanted,
    after: After,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(
        db,
        fetch_all as TaskRow,
        OPEN,
        organisation,
        role,
        me,
        wanted.assignee.map(|id| id.0),
        never(),
        after.0,
        after.1,
        &after.2,
        after.3,
        limit,
        wanted.team.map(|id| id.0),
        wanted.location.map(|id| id.0),
        wanted.priority.map(Priority::code),
        wanted.status.map(TaskStatus::code),
        wanted.overdue_at.map(|at| at.date()),
        wanted.overdue_at.map(|at| at.format("%H:%M").to_string())
    )
    .on("tasks")?;
    read(rows)
}

const PRESSING: &str = tasks!(
    "AND t.closed_at IS NULL AND t.employee_id = $3 AND (t.priority = 'urgent' OR t.due_date <= $4) ORDER BY ",
    urgency!(),
    " LIMIT $6"
);

/// The caller's open tasks that are urgent or due by `today`, most pressing first.
pub async fn pressing(
    db: &mut impl Access,
    caller: &Caller,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(db, fetch_all as TaskRow, PRESSING, organisation, role, me, today, never(), limit)
        .on("tasks")?;
    read(rows)
}

const URGENT: &str = concat!(
    "SELECT t.id FROM tasks t ",
    wall!("t"),
    "AND t.priority = 'urgent' AND t.closed_at IS NULL AND ($4 IS NULL OR t.team_id = $4) AND ($5 IS NULL OR t.employee_id = $5)"
);

/// Urgent tasks that are still to be done.
pub async fn urgent(
    db: &mut impl Access,
    caller: &Caller,
    whose: Whose,
) -> Result<BTreeSet<TaskId>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (team, employee) = whose.ids();
    let rows =
        query!(db, fetch_all as (Uuid,), URGENT, organisation, role, me, team, employee).on("tasks")?;
    Ok(rows.into_iter().map(|(id,)| TaskId(id)).collect())
}

const AT: &str = tasks!("AND t.closed_at IS NULL AND t.location_id = $4 ORDER BY ", urgency!(), " LIMIT $6");

/// Open tasks at a location the caller may see, most pressing first.
pub async fn at(
    db: &mut impl Access,
    caller: &Caller,
    location: LocationId,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(db, fetch_all as TaskRow, AT, organisation, role, me, location.0, never(), limit)
        .on("tasks")?;
    read(rows)
}

const CLOSED: &str = tasks!(
    "AND t.closed_at IS NOT NULL AND ($4 IS NULL OR t.employee_id = $4) AND (t.closed_at, t.id) < ($5, $6)
    AND ($8 IS NULL OR t.team_id = $8) AND ($9 IS NULL OR t.location_id = $9) AND ($10 IS NULL OR t.priority = $10)
    AND ($11 IS NULL OR t.status = $11) ORDER BY t.closed_at DESC, t.id DESC LIMIT $7"
);

/// Tasks that are over, closed before (`time`, `id`), latest first.
pub async fn closed(
    db: &mut impl Access,
    caller: &Caller,
    wanted: &Wanted,
    before: Before,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(
        db,
        fetch_all as TaskRow,
        CLOSED,
        organisation,
        role,
        me,
        wanted.assignee.map(|id| id.0),
        before.0,
        before.1,
        limit,
        wanted.team.map(|id| id.0),
        wanted.location.map(|id| id.0),
        wanted.priority.map(Priority::code),
        wanted.status.map(TaskStatus::code)
    )
    .on("tasks")?;
    read(rows)
}

const OF_BATCH: &str = tasks!("AND t.batch_id = $4 ORDER BY e.name, t.id");

/// The tasks of a batch the caller may see, by rep.
pub async fn of_batch(db: &mut impl Access, caller: &Caller, id: BatchId) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    read(query!(db, fetch_all as TaskRow, OF_BATCH, organisation, role, me, id.0).on("tasks")?)
}

const BATCH_IS_KNOWN: &str = "SELECT COUNT(*) FROM tasks WHERE organisation_id = $1 AND batch_id = $2";

/// Whether anybody of the caller's organisation gave tasks under this id.
pub async fn batch_is_known(db: &mut impl Access, caller: &Caller, id: BatchId) -> Result<bool, StoreError> {
    let (count,) =
        query!(db, fetch_one as (i64,), BATCH_IS_KNOWN, caller.organisation.id.0, id.0).on("tasks")?;
    Ok(count > 0)
}

const MEDIA_TYPE: &str = "SELECT photo_media_type FROM tasks WHERE organisation_id = $1 AND id = $2";

pub async fn media_type(
    db: &mut impl Access,
    caller: &Caller,
    id: TaskId,
) -> Result<Option<String>, StoreError> {
    let row = query!(db, fetch_optional as (Option<String>,), MEDIA_TYPE, caller.organisation.id.0, id.0)
        .on("tasks")?;
    Ok(row.and_then(|(media_type,)| media_type))
}

const MOVE_ALL: &str = "UPDATE tasks SET location_id = $1 WHERE organisation_id = $2 AND location_id = $3";

/// Moves the tasks of one location to another; gives how many.
pub async fn move_all(
    db: &mut Write,
    caller: &Caller,
    from: LocationId,
    to: LocationId,
) -> Result<u64, StoreError> {
    query!(db, execute, MOVE_ALL, to.0, caller.organisation.id.0, from.0).on("tasks")
}
