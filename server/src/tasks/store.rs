//! The tasks table.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    day::business_date,
    employee::{EmployeeRef, TeamRef},
    feed::Whose,
    id::{EmployeeId, LocationId, TaskId, TeamId},
    report::{About, DueTask, Period, RepDay, is_due, is_on_time},
    task::{MoveTask, PlaceRef, Priority, Task, TaskStatus},
    visit::PhotoRef,
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::{Caller, wall},
    page::Before,
    photos::Processed,
};

#[derive(sqlx::FromRow)]
struct TaskRow {
    id: Uuid,
    employee_id: Uuid,
    employee_name: String,
    team_id: Uuid,
    team_name: String,
    location_id: Option<Uuid>,
    location_name: Option<String>,
    author_id: Uuid,
    author_name: String,
    title: String,
    details: String,
    priority: String,
    status: String,
    due_date: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    comment: String,
    photo_sha256: Option<String>,
    photo_width: Option<i64>,
    photo_height: Option<i64>,
}

fn corrupt(column: &'static str, value: impl ToString) -> StoreError {
    StoreError::Corrupt { table: "tasks", column, value: value.to_string() }
}

impl TryFrom<TaskRow> for Task {
    type Error = StoreError;
    fn try_from(row: TaskRow) -> Result<Self, StoreError> {
        let pixels = |n: i64| u32::try_from(n).map_err(|e| corrupt("photo_width", e));
        let photo = match (row.photo_sha256, row.photo_width, row.photo_height) {
            (Some(sha256), Some(width), Some(height)) => {
                Some(PhotoRef { sha256, width: pixels(width)?, height: pixels(height)? })
            }
            _ => None,
        };
        Ok(Self {
            id: TaskId(row.id),
            title: row.title,
            details: row.details,
            priority: Priority::from_code(&row.priority).ok_or_else(|| corrupt("priority", &row.priority))?,
            status: TaskStatus::from_code(&row.status).ok_or_else(|| corrupt("status", &row.status))?,
            due_date: row.due_date,
            location: row
                .location_id
                .zip(row.location_name)
                .map(|(id, name)| PlaceRef { id: LocationId(id), name }),
            assignee: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
            team: TeamRef { id: TeamId(row.team_id), name: row.team_name },
            created_by: EmployeeRef { id: EmployeeId(row.author_id), name: row.author_name },
            created_at: row.created_at,
            changed_at: row.changed_at,
            closed_at: row.closed_at,
            comment: row.comment,
            photo,
        })
    }
}

/// Columns and joins of the tasks the caller may see.
macro_rules! tasks {
    ($($tail:expr),+) => {
        concat!(
            "SELECT t.id, t.employee_id, e.name AS employee_name, t.team_id, m.name AS team_name, t.location_id, l.name AS location_name,
            a.id AS author_id, a.name AS author_name, t.title, t.details, t.priority, t.status, t.due_date, t.created_at, t.changed_at,
            t.closed_at, t.comment, t.photo_sha256, t.photo_width, t.photo_height
            FROM tasks t
            JOIN employees e ON e.organisation_id = t.organisation_id AND e.id = t.employee_id
            JOIN employees a ON a.organisation_id = t.organisation_id AND a.id = t.created_by
            JOIN teams m ON m.organisation_id = t.organisation_id AND m.id = t.team_id
            LEFT JOIN locations l ON l.organisation_id = t.organisation_id AND l.id = t.location_id
            ",
            wall!("t"),
            $($tail),+
        )
    };
}

/// What open tasks are sorted by, most pressing first; `$5` stands for no due date.
macro_rules! urgency {
    () => {
        "CASE t.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END, COALESCE(t.due_date, $5), t.id"
    };
}

fn tasks(rows: Vec<TaskRow>) -> Result<Vec<Task>, StoreError> {
    rows.into_iter().map(Task::try_from).collect()
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
pub type After = (i64, NaiveDate, Uuid);

/// Before every open task.
pub fn most_pressing() -> After {
    (-1, NaiveDate::default(), Uuid::nil())
}

/// The same key as `urgency!` makes.
pub fn urgency(task: &Task) -> After {
    (task.priority as i64, task.due_date.unwrap_or(never()), task.id.0)
}

/// Later than any date one may give; the same on both engines.
pub fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

const OPEN: &str = tasks!(
    "AND t.closed_at IS NULL AND ($4 IS NULL OR t.employee_id = $4) AND (",
    urgency!(),
    ") > ($6, $7, $8) ORDER BY ",
    urgency!(),
    " LIMIT $9"
);

/// Open tasks after `after`, most pressing first.
pub async fn open(
    db: &mut impl Access,
    caller: &Caller,
    assignee: Option<EmployeeId>,
    after: After,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let assignee = assignee.map(|id| id.0);
    let rows = query!(
        db,
        fetch_all as TaskRow,
        OPEN,
        organisation,
        role,
        me,
        assignee,
        never(),
        after.0,
        after.1,
        after.2,
        limit
    )
    .on("tasks")?;
    tasks(rows)
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
    tasks(rows)
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
    let (team, employee) = (whose.team.map(|id| id.0), whose.employee.map(|id| id.0));
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
    tasks(rows)
}

const CLOSED: &str = tasks!(
    "AND t.closed_at IS NOT NULL AND ($4 IS NULL OR t.employee_id = $4) AND (t.closed_at, t.id) < ($5, $6)
    ORDER BY t.closed_at DESC, t.id DESC LIMIT $7"
);

/// Tasks that are over, closed before (`time`, `id`), latest first.
pub async fn closed(
    db: &mut impl Access,
    caller: &Caller,
    assignee: Option<EmployeeId>,
    before: Before,
    limit: i64,
) -> Result<Vec<Task>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let assignee = assignee.map(|id| id.0);
    let rows =
        query!(db, fetch_all as TaskRow, CLOSED, organisation, role, me, assignee, before.0, before.1, limit)
            .on("tasks")?;
    tasks(rows)
}

#[derive(sqlx::FromRow)]
struct DueRow {
    due_date: NaiveDate,
    employee_id: Uuid,
    team_id: Uuid,
    location_id: Option<Uuid>,
    status: String,
    closed_at: Option<DateTime<Utc>>,
}

const DUE: &str = concat!(
    "SELECT t.due_date, t.employee_id, t.team_id, t.location_id, t.status, t.closed_at FROM tasks t ",
    wall!("t"),
    "AND t.due_date BETWEEN $4 AND $5 AND ($6 IS NULL OR t.team_id = $6) AND ($7 IS NULL OR t.employee_id = $7)
    AND ($8 IS NULL OR t.location_id IN
    (SELECT l.id FROM locations l WHERE l.organisation_id = $1 AND l.company_id = $8))"
);

/// Tasks due in a period, called off ones left out.
pub async fn due(
    db: &mut impl Access,
    caller: &Caller,
    period: Period,
    about: &About,
) -> Result<Vec<DueTask>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (team, employee) = (about.team.map(|id| id.0), about.employee.map(|id| id.0));
    let company = about.company.map(|id| id.0);
    let (from, to) = (period.from, period.to);
    let rows =
        query!(db, fetch_all as DueRow, DUE, organisation, role, me, from, to, team, employee, company)
            .on("tasks")?;
    let mut due = Vec::new();
    for row in rows {
        let status = TaskStatus::from_code(&row.status).ok_or_else(|| corrupt("status", &row.status))?;
        if is_due(status) {
            let closed = row.closed_at.map(|at| business_date(at, &caller.organisation.time_zone));
            due.push(DueTask {
                of: RepDay {
                    date: row.due_date,
                    employee: EmployeeId(row.employee_id),
                    team: TeamId(row.team_id),
                },
                location: row.location_id.map(LocationId),
                on_time: is_on_time(status, row.due_date, closed),
            });
        }
    }
    Ok(due)
}

const INSERT: &str =
    "INSERT INTO tasks (organisation_id, id, employee_id, team_id, location_id, created_by, title, details,
    priority, status, due_date, created_at, changed_at, comment)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";

/// `false` when the id is taken.
pub async fn insert(db: &mut Write, caller: &Caller, task: &Task) -> Result<bool, StoreError> {
    let inserted = query!(
        db,
        execute,
        INSERT,
        caller.organisation.id.0,
        task.id.0,
        task.assignee.id.0,
        task.team.id.0,
        task.location.as_ref().map(|place| place.id.0),
        task.created_by.id.0,
        &task.title,
        &task.details,
        task.priority.code(),
        task.status.code(),
        task.due_date,
        task.created_at,
        task.changed_at,
        &task.comment
    )
    .on("tasks")?;
    Ok(inserted == 1)
}

const MOVE: &str = "UPDATE tasks SET status = $1, comment = $2, changed_at = $3, closed_at = $4
    WHERE organisation_id = $5 AND id = $6 AND status = $7";

/// `false` when somebody moved it meanwhile.
pub async fn move_to(
    db: &mut Write,
    caller: &Caller,
    task: &Task,
    to: &MoveTask,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let comment = to.comment.as_ref().map_or("", |comment| comment.as_str());
    let closed_at = (!to.status.is_open()).then_some(now);
    let (organisation, from) = (caller.organisation.id.0, task.status.code());
    let moved =
        query!(db, execute, MOVE, to.status.code(), comment, now, closed_at, organisation, task.id.0, from)
            .on("tasks")?;
    Ok(moved == 1)
}

const PHOTO: &str = "UPDATE tasks SET photo_sha256 = $1, photo_width = $2, photo_height = $3, photo_media_type = $4, changed_at = $5
    WHERE organisation_id = $6 AND id = $7";

pub async fn set_photo(
    db: &mut Write,
    caller: &Caller,
    id: TaskId,
    photo: &Processed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (width, height) = (i64::from(photo.width), i64::from(photo.height));
    let (sha256, media_type) = (&photo.sha256, photo.media_type);
    query!(db, execute, PHOTO, sha256, width, height, media_type, now, caller.organisation.id.0, id.0)
        .on("tasks")?;
    Ok(())
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
