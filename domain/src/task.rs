//! Tasks: what a manager asks of a rep, and how far it is.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    employee::{EmployeeRef, Role, TeamRef},
    id::{EmployeeId, LocationId, TaskId},
    text::{Name, Notes},
    visit::PhotoRef,
};

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
    /// Where.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// Who is to do it: a rep.
    pub assignee_id: EmployeeId,
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
    /// Whether it should have been done before `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.status.is_open() && self.due_date.is_some_and(|due| due < today)
    }

    /// What lists of open tasks are ordered by: most pressing first, then soonest due.
    pub fn urgency(&self) -> (Priority, NaiveDate, TaskId) {
        (self.priority, self.due_date.unwrap_or(NaiveDate::MAX), self.id)
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
