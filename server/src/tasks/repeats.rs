//! Tasks that come again: the next one is made when its day begins on the organisation's clock.

use std::{sync::Arc, time::Duration};

use chrono::{Days, NaiveDate};
use ekenko_domain::{
    day::{TimeZone, business_date},
    employee::{EmployeeRef, TeamRef},
    event::Kind,
    id::{BatchId, EmployeeId, OrganisationId, TaskId, TeamId},
    task::{Repeat, Task, TaskStatus},
};
use uuid::Uuid;

use super::{
    TaskError, Tasks, changes, derived,
    row::{TaskRow, tasks},
};
use crate::{
    activity::Activity,
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

/// How often tasks that come again are looked for.
const EVERY: Duration = Duration::from_secs(30);
/// Most made at once; the others follow at the next look.
const AT_ONCE: i64 = 500;

// A day ahead of UTC has begun in some zone.
const TO_REPEAT: &str = "SELECT t.organisation_id, t.id, t.next_on, o.time_zone FROM tasks t
    JOIN organisations o ON o.id = t.organisation_id
    WHERE t.next_on IS NOT NULL AND t.next_on <= $1 ORDER BY t.next_on, t.id LIMIT $2";

const BY_ID: &str = tasks!(@in "AND t.id = $2");

const REP: &str = "SELECT e.id, e.name, t.id, t.name FROM employees e
    JOIN teams t ON t.organisation_id = e.organisation_id AND t.id = e.team_id
    WHERE e.organisation_id = $1 AND e.id = $2 AND e.role = 'rep' AND e.active = TRUE";

const END: &str = "UPDATE tasks SET next_on = NULL WHERE organisation_id = $1 AND series_id = $2";

async fn by_id(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: TaskId,
) -> Result<Option<Task>, StoreError> {
    let row = query!(db, fetch_optional as TaskRow, BY_ID, organisation.0, id.0).on("tasks")?;
    row.map(Task::try_from).transpose()
}

/// Somebody who is a rep at this moment, with the team.
async fn rep(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: EmployeeId,
) -> Result<Option<(EmployeeRef, TeamRef)>, StoreError> {
    let row = query!(db, fetch_optional as (Uuid, String, Uuid, String), REP, organisation.0, id.0)
        .on("employees")?;
    Ok(row.map(|(id, name, team, team_name)| {
        (EmployeeRef { id: EmployeeId(id), name }, TeamRef { id: TeamId(team), name: team_name })
    }))
}

/// When a series that began on `first` comes after `date`, if it still does.
pub fn next(
    repeat: Repeat,
    first: NaiveDate,
    date: NaiveDate,
    until: Option<NaiveDate>,
) -> Option<NaiveDate> {
    repeat.after(first, date).filter(|next| until.is_none_or(|until| *next <= until))
}

impl Tasks {
    /// Makes tasks that come again, now and twice a minute.
    pub async fn repeat(self: Arc<Self>) {
        let mut often = tokio::time::interval(EVERY);
        loop {
            often.tick().await;
            if let Err(error) = self.repeat_once().await {
                tracing::error!(%error, "tasks that come again could not be made");
            }
        }
    }

    /// Makes the tasks whose day has begun, of days missed only the latest. Gives the number made. Several processes may
    /// do it at once: each task is made by one.
    pub async fn repeat_once(&self) -> Result<u64, StoreError> {
        let now = self.outside.now();
        let ahead = now.date_naive() + Days::new(1);
        let found = query!(
            &mut self.db.read().await?,
            fetch_all as (Uuid, Uuid, NaiveDate, String),
            TO_REPEAT,
            ahead,
            AT_ONCE
        )
        .on("tasks")?;
        let mut made = 0;
        for (organisation, id, date, zone) in found {
            let zone: TimeZone = zone.parse().map_err(|_| StoreError::Corrupt {
                table: "organisations",
                column: "time_zone",
                value: zone.clone(),
            })?;
            let today = business_date(now, &zone);
            if date <= today {
                let mut db = self.db.begin().await?;
                let (organisation, id) = (OrganisationId(organisation), TaskId(id));
                if changes::claim(&mut db, organisation, id, date).await? {
                    made += u64::from(self.make_next(db, organisation, id, today).await?);
                }
            }
        }
        Ok(made)
    }

    /// Makes what follows a task that was claimed; `false` when its series is over.
    async fn make_next(
        &self,
        mut db: Write,
        organisation: OrganisationId,
        id: TaskId,
        today: NaiveDate,
    ) -> Result<bool, StoreError> {
        let last = by_id(&mut db, organisation, id).await?;
        let Some((last, repeat, first)) = last.and_then(|last| {
            let (repeat, first) = (last.repeat?, last.repeat_from?);
            Some((last, repeat, first))
        }) else {
            db.commit().await?;
            return Ok(false);
        };
        let current =
            repeat.latest(first, today).filter(|date| last.repeat_until.is_none_or(|until| *date <= until));
        let (Some(date), Some((assignee, team))) =
            (current, rep(&mut db, organisation, last.assignee.id).await?)
        else {
            // Its last day has passed, or there is nobody to do it: the series ends.
            db.commit().await?;
            return Ok(false);
        };
        let now = self.outside.now();
        let day = date.to_string();
        let series = last.series_id.unwrap_or(last.id);
        let task = Task {
            id: TaskId(derived(series.0, day.as_bytes())),
            status: TaskStatus::Todo,
            due_date: Some(date),
            next_date: next(repeat, first, date, last.repeat_until),
            series_id: Some(series),
            // Those given together come again together.
            batch_id: last.batch_id.map(|batch| BatchId(derived(batch.0, day.as_bytes()))),
            assignee,
            team,
            created_at: now,
            changed_at: now,
            closed_at: None,
            comment: String::new(),
            photo: None,
            ..last
        };
        if !changes::insert(&mut db, organisation, &task).await? {
            db.commit().await?;
            return Ok(false);
        }
        let activity = Activity::of_itself(organisation, Kind::TaskCreated, task.id);
        self.outbox.tell(db, &activity, &Self::streams(None, &task), &task).await?;
        Ok(true)
    }

    /// Ends the series a task belongs to: those made stay, no more are made. Twice is once.
    pub async fn end_series(&self, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        if !caller.role.manages() {
            return Err(TaskError::NotAManager);
        }
        let mut db = self.db.begin().await?;
        changes::lock(&mut db, caller, id).await?;
        let old = self.seen(&mut db, caller, id).await?;
        let Some(series) = old.series_id else { return Ok(old) };
        if query!(&mut db, execute, END, caller.organisation.id.0, series.0).on("tasks")? == 0 {
            return Ok(old);
        }
        let task = self.seen(&mut db, caller, id).await?;
        self.tell(db, caller, Some(&old), &task).await?;
        Ok(task)
    }
}
