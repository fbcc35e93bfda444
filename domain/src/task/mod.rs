//! Tasks: what a manager asks of a rep, and how far it is.

mod batch;
mod repeat;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use batch::*;
pub use repeat::*;

use crate::{
    codes::codes,
    employee::{EmployeeRef, Role, TeamRef},
    id::{AttachmentId, BatchId, EmployeeId, LocationId, TaskId},
    staff::TimeOfDay,
    text::{Name, Notes},
    visit::PhotoRef,
};

/// The most files that go with a task.
pub const MOST_ATTACHMENTS: usize = 5;

/// How pressing a task is; most pressing first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Priority {
    Urgent,
    High,
    #[default]
    Normal,
    Low,
}
codes!(Priority { Urgent = "urgent", High = "high", Normal = "normal", Low = "low" });

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not begun.
    Todo,
    /// The rep is at it.
    InProgress,
    /// Done.
    Completed,
    /// Called off by a manager.
    Cancelled,
}
codes!(TaskStatus {
    Todo = "todo",
    InProgress = "in_progress",
    Completed = "completed",
    Cancelled = "cancelled",
});

impl TaskStatus {
    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Todo | Self::InProgress)
    }

    /// Whether somebody of this role may bring a task from here to there: the rep begins it, puts it back and completes
    /// it, in that order; only managers call off. What is over stays over.
    pub fn may_become(self, to: Self, by: Role) -> bool {
        match (by, self, to) {
            (Role::Rep, Self::Todo, Self::InProgress)
            | (Role::Rep, Self::InProgress, Self::Todo | Self::Completed) => true,
            (Role::Manager | Role::Admin, from, Self::Cancelled) => from.is_open(),
            _ => false,
        }
    }
}

/// `POST /tasks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewTask {
    /// Made by the sender; the same id again is the same task.
    pub id: TaskId,
    /// What to do, in one line.
    pub title: Name,
    /// More of it.
    #[serde(default)]
    pub details: Option<Notes>,
    /// How pressing it is.
    #[serde(default)]
    pub priority: Priority,
    /// The business day by whose end it is to be done.
    #[serde(default)]
    pub due_date: Option<NaiveDate>,
    /// By when on that day, on the organisation's clock; left out by its end.
    #[serde(default)]
    pub due_time: Option<TimeOfDay>,
    /// How often it comes again, from its due date on.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// The last day it may come again; left out until it is ended.
    #[serde(default)]
    pub repeat_until: Option<NaiveDate>,
    /// Where.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// Who is to do it: a rep.
    pub assignee_id: EmployeeId,
}

/// `PUT /tasks/{id}`: all that can be changed of an open task. Given to another rep it begins anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditTask {
    /// What to do, in one line.
    pub title: Name,
    /// More of it.
    #[serde(default)]
    pub details: Option<Notes>,
    /// How pressing it is.
    #[serde(default)]
    pub priority: Priority,
    /// The business day by whose end it is to be done.
    #[serde(default)]
    pub due_date: Option<NaiveDate>,
    /// By when on that day.
    #[serde(default)]
    pub due_time: Option<TimeOfDay>,
    /// Where.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// Who is to do it: a rep.
    pub assignee_id: EmployeeId,
}

/// A file that goes with a task; its bytes are at `/tasks/{id}/attachments/{attachment_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// As its sender called it.
    pub name: String,
    /// `image/jpeg`, `image/png`, `image/webp` or `application/pdf`.
    pub media_type: String,
    /// How large it is.
    pub size_bytes: i64,
    /// Of its bytes, lower-case hex.
    pub sha256: String,
}

/// `POST /tasks/{id}/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveTask {
    /// Where it goes.
    pub status: TaskStatus,
    /// What there is to say of it.
    #[serde(default)]
    pub comment: Option<Notes>,
}

/// A place as a task names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRef {
    /// Which.
    pub id: LocationId,
    /// As written on the screen.
    pub name: String,
}

/// A task, as every answer and event carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Which.
    pub id: TaskId,
    /// What to do.
    pub title: String,
    /// More of it; empty when there is none.
    pub details: String,
    /// How pressing it is.
    pub priority: Priority,
    /// How far it is.
    pub status: TaskStatus,
    /// The business day by whose end it is to be done.
    pub due_date: Option<NaiveDate>,
    /// By when on that day, on the organisation's clock.
    #[serde(default)]
    pub due_time: Option<TimeOfDay>,
    /// How often it comes again; `null` when it does not.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// The due date of the first of its series.
    #[serde(default)]
    pub repeat_from: Option<NaiveDate>,
    /// The last day it may come again.
    #[serde(default)]
    pub repeat_until: Option<NaiveDate>,
    /// When it comes again; `null` once it has, or when it will not.
    #[serde(default)]
    pub next_date: Option<NaiveDate>,
    /// The first task of its series.
    #[serde(default)]
    pub series_id: Option<TaskId>,
    /// The tasks it was given together with.
    #[serde(default)]
    pub batch_id: Option<BatchId>,
    /// Files that go with it.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Where.
    pub location: Option<PlaceRef>,
    /// Who is to do it.
    pub assignee: EmployeeRef,
    /// The rep's team when it was given.
    pub team: TeamRef,
    /// Who gave it.
    pub created_by: EmployeeRef,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The last change.
    pub changed_at: DateTime<Utc>,
    /// When it was completed or called off.
    pub closed_at: Option<DateTime<Utc>>,
    /// What was said at the last move; empty when nothing was.
    pub comment: String,
    /// Shows that it was done; its bytes are at `/tasks/{id}/photo`.
    pub photo: Option<PhotoRef>,
}

impl Task {
    /// Whether it should have been done by `now` on the organisation's clock.
    pub fn is_overdue(&self, now: NaiveDateTime) -> bool {
        self.status.is_open() && self.due_date.is_some_and(|due| !is_in_time(now, due, self.due_time))
    }

    /// What lists of open tasks are ordered by: most pressing first, then soonest due.
    pub fn urgency(&self) -> (Priority, NaiveDate, u16, TaskId) {
        let minutes = self.due_time.map_or(24 * 60, TimeOfDay::minutes);
        (self.priority, self.due_date.unwrap_or(NaiveDate::MAX), minutes, self.id)
    }
}

/// Whether `at` is not too late for something due then; the minute named is still in time.
pub fn is_in_time(at: NaiveDateTime, due: NaiveDate, time: Option<TimeOfDay>) -> bool {
    match time {
        None => at.date() <= due,
        Some(time) => at < due.and_time(time.time()) + TimeDelta::minutes(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_status() -> impl Strategy<Value = TaskStatus> {
        prop::sample::select(TaskStatus::ALL)
    }
    fn any_role() -> impl Strategy<Value = Role> {
        prop::sample::select(Role::ALL)
    }

    #[test]
    fn a_rep_begins_and_completes_and_a_manager_calls_off() {
        use {Role::*, TaskStatus::*};
        assert!(Todo.may_become(InProgress, Rep));
        assert!(InProgress.may_become(Completed, Rep));
        assert!(InProgress.may_become(Todo, Rep));
        assert!(!Todo.may_become(Completed, Rep), "begun before it is completed");
        for open in [Todo, InProgress] {
            assert!(!open.may_become(Cancelled, Rep));
            assert!(open.may_become(Cancelled, Manager) && open.may_become(Cancelled, Admin));
            assert!(!open.may_become(Completed, Manager), "who did not do it cannot say that it is done");
        }
    }

    #[test]
    fn a_task_is_in_time_through_the_minute_it_is_due() {
        let in_time = |at: &str, time: Option<&str>| {
            is_in_time(
                at.parse().unwrap(),
                "2026-11-21".parse().unwrap(),
                time.map(|time| time.parse().unwrap()),
            )
        };
        assert!(in_time("2026-11-21T23:59:59", None) && !in_time("2026-11-22T00:00:00", None));
        assert!(
            in_time("2026-11-21T14:30:59", Some("14:30")) && !in_time("2026-11-21T14:31:00", Some("14:30"))
        );
        assert!(in_time("2026-11-20T20:00:00", Some("08:00")));
        assert!(
            in_time("2026-11-21T23:59:30", Some("23:59")) && !in_time("2026-11-22T00:00:00", Some("23:59"))
        );
    }

    proptest! {
        #[test]
        fn what_is_over_stays_over(moves in prop::collection::vec((any_status(), any_role()), 0..40)) {
            let mut status = TaskStatus::Todo;
            for (to, by) in moves {
                if status.may_become(to, by) {
                    prop_assert!(status.is_open() && to != status);
                    status = to;
                }
            }
        }
    }

    #[test]
    fn codes_are_what_json_says() {
        for status in TaskStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.code());
            assert_eq!(TaskStatus::from_code(status.code()), Some(*status));
        }
        for priority in Priority::ALL {
            assert_eq!(serde_json::to_value(priority).unwrap(), priority.code());
            assert_eq!(Priority::from_code(priority.code()), Some(*priority));
        }
    }
}
