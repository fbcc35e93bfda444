//! Which tasks somebody gets to see, and in which order.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ekenko_domain::{
    dashboard::MOST_TASKS,
    day::local,
    feed::Whose,
    id::{EmployeeId, LocationId, TaskId, TeamId},
    page::Page,
    report::{About, By, DueTask, Period},
    staff::TimeOfDay,
    task::{Priority, Task, TaskStatus},
};

use super::{
    TaskError, Tasks, due,
    store::{self, After, Wanted},
};
use crate::{
    db::{Access, StoreError},
    identity::Caller,
    page::{self, BadCursor},
};

/// How far the tasks of a list are.
#[derive(Debug, Clone, Copy, Default)]
pub enum State {
    /// Open, most pressing first.
    #[default]
    Open,
    /// Over, latest first.
    Closed,
    /// Just so far, in the order of either.
    Only(TaskStatus),
}

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct Filter {
    /// How far they are.
    pub state: State,
    /// One rep's.
    pub assignee: Option<EmployeeId>,
    /// One team's.
    pub team: Option<TeamId>,
    /// At one place.
    pub location: Option<LocationId>,
    /// So pressing.
    pub priority: Option<Priority>,
    /// Only those that should have been done by now.
    pub overdue: bool,
    /// Most items to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

impl Tasks {
    /// One task the caller may see.
    pub async fn task(&self, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        self.seen(&mut self.db.read().await?, caller, id).await
    }

    /// Tasks the caller may see.
    pub async fn list(&self, caller: &Caller, filter: &Filter) -> Result<Page<Task>, TaskError> {
        let mut db = self.db.read().await?;
        let (limit, cursor) = (filter.limit, filter.cursor.as_deref());
        let (is_open, status) = match filter.state {
            State::Open => (true, None),
            State::Closed => (false, None),
            State::Only(status) => (status.is_open(), Some(status)),
        };
        let now = local(self.outside.now(), &caller.organisation.time_zone);
        let wanted = Wanted {
            assignee: filter.assignee,
            team: filter.team,
            location: filter.location,
            priority: filter.priority,
            status,
            overdue_at: filter.overdue.then_some(now),
        };
        if !is_open {
            let before = page::before(cursor)?;
            if filter.overdue {
                // What is over is not late any more.
                return Ok(Page { items: Vec::new(), next: None });
            }
            let items = store::closed(&mut db, caller, &wanted, before, page::wanted(limit)).await?;
            return Ok(page::cut(items, limit, |last| {
                page::at((last.closed_at.unwrap_or(last.changed_at), last.id.0))
            }));
        }
        let after = match cursor {
            Some(cursor) => page::read::<After>(cursor)?,
            None => store::most_pressing(),
        };
        let (_, date, time, _) = &after;
        let is_time = ["", "24:00"].contains(&time.as_str()) || time.parse::<TimeOfDay>().is_ok();
        if !(NaiveDate::default()..=store::never()).contains(date) || !is_time {
            return Err(BadCursor.into());
        }
        let items = store::open(&mut db, caller, &wanted, after, page::wanted(limit)).await?;
        Ok(page::cut(items, limit, store::urgency))
    }

    /// The caller's own open tasks that are urgent, overdue or due `today`, in somebody's snapshot.
    pub async fn pressing(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        today: NaiveDate,
    ) -> Result<Vec<Task>, StoreError> {
        store::pressing(db, caller, today, MOST_TASKS as i64).await
    }

    /// Urgent tasks that are still to be done and that the caller may see, in somebody's snapshot.
    pub async fn urgent(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        whose: Whose,
    ) -> Result<BTreeSet<TaskId>, StoreError> {
        store::urgent(db, caller, whose).await
    }

    /// Open tasks at a location the caller may see, in somebody's snapshot.
    pub async fn at(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        location: LocationId,
        limit: usize,
    ) -> Result<Vec<Task>, StoreError> {
        store::at(db, caller, location, limit as i64).await
    }

    /// Tasks due in a period that the caller may see, called off ones left out, in somebody's snapshot; with their places
    /// for rows of customers.
    pub async fn due(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        period: Period,
        about: &About,
        by: By,
    ) -> Result<Vec<DueTask>, StoreError> {
        due::due(db, caller, period, about, by).await
    }
}
