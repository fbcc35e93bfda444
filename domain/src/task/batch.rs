//! Tasks for many reps at once: one a rep, each with its own status.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Priority, Repeat, Task, TaskStatus};
use crate::{
    id::{BatchId, EmployeeId, LocationId},
    staff::TimeOfDay,
    text::{Name, Notes},
};

/// The most reps of a batch.
pub const MOST_ASSIGNEES: usize = 500;

/// 1 to [`MOST_ASSIGNEES`] reps, none twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<EmployeeId>", into = "Vec<EmployeeId>")]
pub struct Assignees(Vec<EmployeeId>);

/// These cannot be the reps of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAssignees {
    /// Nobody.
    #[error("must name at least one rep")]
    None,
    /// Too many at once.
    #[error("must be at most {MOST_ASSIGNEES} reps")]
    TooMany,
    /// The same one again.
    #[error("must not name a rep twice")]
    Twice,
}

impl Assignees {
    /// Who they are.
    pub fn ids(&self) -> &[EmployeeId] {
        &self.0
    }
}
impl TryFrom<Vec<EmployeeId>> for Assignees {
    type Error = InvalidAssignees;
    fn try_from(ids: Vec<EmployeeId>) -> Result<Self, InvalidAssignees> {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        match ids.len() {
            0 => Err(InvalidAssignees::None),
            n if n > MOST_ASSIGNEES => Err(InvalidAssignees::TooMany),
            n if n > sorted.len() => Err(InvalidAssignees::Twice),
            _ => Ok(Self(ids)),
        }
    }
}
impl From<Assignees> for Vec<EmployeeId> {
    fn from(assignees: Assignees) -> Self {
        assignees.0
    }
}

/// `POST /tasks/batches`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewBatch {
    /// Made by the sender; the same id again is the same batch.
    pub id: BatchId,
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
    /// Who is to do it: reps, each of them.
    pub assignee_ids: Assignees,
}

/// How many tasks are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskCounts {
    /// All of them.
    pub total: usize,
    /// Not begun.
    pub todo: usize,
    /// Begun.
    pub in_progress: usize,
    /// Done.
    pub completed: usize,
    /// Called off.
    pub cancelled: usize,
}

impl TaskCounts {
    /// Counts them.
    pub fn of(tasks: &[Task]) -> Self {
        let count = |status| tasks.iter().filter(|task| task.status == status).count();
        Self {
            total: tasks.len(),
            todo: count(TaskStatus::Todo),
            in_progress: count(TaskStatus::InProgress),
            completed: count(TaskStatus::Completed),
            cancelled: count(TaskStatus::Cancelled),
        }
    }

    /// Those that are to be done or were.
    pub fn wanted(self) -> usize {
        self.total - self.cancelled
    }
}

/// `GET /tasks/batches/{id}`: those of its tasks the caller may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Which.
    pub id: BatchId,
    /// Its tasks, by rep.
    pub tasks: Vec<Task>,
    /// How far they are.
    pub counts: TaskCounts,
}

impl Batch {
    /// These tasks.
    pub fn of(id: BatchId, tasks: Vec<Task>) -> Self {
        Self { id, counts: TaskCounts::of(&tasks), tasks }
    }

    /// Takes in a task that changed; those of other batches are passed over.
    pub fn take_in(&mut self, task: &Task) {
        if task.batch_id != Some(self.id) {
            return;
        }
        match self.tasks.iter_mut().find(|known| known.id == task.id) {
            Some(known) => known.clone_from(task),
            None => self.tasks.push(task.clone()),
        }
        self.counts = TaskCounts::of(&self.tasks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_for_somebody_and_for_nobody_twice() {
        let id = |n: u128| EmployeeId(uuid::Uuid::from_u128(n));
        let of = |ids: Vec<EmployeeId>| Assignees::try_from(ids).map(|assignees| assignees.ids().len());
        assert_eq!(of(vec![]), Err(InvalidAssignees::None));
        assert_eq!(of(vec![id(2), id(1), id(2)]), Err(InvalidAssignees::Twice));
        assert_eq!(of((1..=500).map(id).collect()), Ok(500));
        assert_eq!(of((1..=501).map(id).collect()), Err(InvalidAssignees::TooMany));
    }
}
