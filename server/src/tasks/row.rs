//! A task as the tables hold it.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    employee::{EmployeeRef, TeamRef},
    id::{BatchId, EmployeeId, LocationId, TaskId, TeamId},
    staff::TimeOfDay,
    task::{PlaceRef, Priority, Repeat, Task, TaskStatus},
    visit::PhotoRef,
};
use uuid::Uuid;

use crate::db::StoreError;

#[derive(sqlx::FromRow)]
pub struct TaskRow {
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
    due_time: Option<String>,
    repeat: Option<String>,
    repeat_from: Option<NaiveDate>,
    repeat_until: Option<NaiveDate>,
    next_on: Option<NaiveDate>,
    series_id: Option<Uuid>,
    batch_id: Option<Uuid>,
    attachments: String,
}

pub fn corrupt(column: &'static str, value: impl ToString) -> StoreError {
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
        let repeat = row.repeat.map(|code| Repeat::from_code(&code).ok_or_else(|| corrupt("repeat", &code)));
        Ok(Self {
            id: TaskId(row.id),
            title: row.title,
            details: row.details,
            priority: Priority::from_code(&row.priority).ok_or_else(|| corrupt("priority", &row.priority))?,
            status: TaskStatus::from_code(&row.status).ok_or_else(|| corrupt("status", &row.status))?,
            due_date: row.due_date,
            due_time: due_time(row.due_time)?,
            repeat: repeat.transpose()?,
            repeat_from: row.repeat_from,
            repeat_until: row.repeat_until,
            next_date: row.next_on,
            series_id: row.series_id.map(TaskId),
            batch_id: row.batch_id.map(BatchId),
            attachments: serde_json::from_str(&row.attachments)
                .map_err(|_| corrupt("attachments", row.attachments))?,
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

/// The time of day in a column.
pub fn due_time(text: Option<String>) -> Result<Option<TimeOfDay>, StoreError> {
    text.map(|text| text.parse().map_err(|_| corrupt("due_time", text))).transpose()
}

/// Columns and joins of the tasks the caller may see; after `in` those of an organisation, `$1`.
macro_rules! tasks {
    ($($tail:expr),+) => {
        concat!($crate::tasks::row::tasks!(@columns), $crate::identity::wall!("t"), $($tail),+)
    };
    (@in $tail:expr) => {
        concat!($crate::tasks::row::tasks!(@columns), "WHERE t.organisation_id = $1 ", $tail)
    };
    (@columns) => {
            "SELECT t.id, t.employee_id, e.name AS employee_name, t.team_id, m.name AS team_name, t.location_id, l.name AS location_name,
            a.id AS author_id, a.name AS author_name, t.title, t.details, t.priority, t.status, t.due_date, t.created_at, t.changed_at,
            t.closed_at, t.comment, t.photo_sha256, t.photo_width, t.photo_height, t.due_time, t.repeat, t.repeat_from, t.repeat_until,
            t.next_on, t.series_id, t.batch_id, t.attachments
            FROM tasks t
            JOIN employees e ON e.organisation_id = t.organisation_id AND e.id = t.employee_id
            JOIN employees a ON a.organisation_id = t.organisation_id AND a.id = t.created_by
            JOIN teams m ON m.organisation_id = t.organisation_id AND m.id = t.team_id
            LEFT JOIN locations l ON l.organisation_id = t.organisation_id AND l.id = t.location_id
            "
    };
}
pub(super) use tasks;

pub fn read(rows: Vec<TaskRow>) -> Result<Vec<Task>, StoreError> {
    rows.into_iter().map(Task::try_from).collect()
}
