//! Reading and setting plans.

use std::sync::Arc;

use chrono::NaiveDate;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Stream},
    id::LocationId,
    plan::{DayStops, Plan, SetPlan, Stop},
};

use super::store;
use crate::{
    activity::Activity,
    db::{Access, Db, StoreError, Write},
    identity::{Caller, team_settings},
    outbox::Outbox,
    visits::Visits,
};

/// Why a plan was refused.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Only reps visit.
    #[error("only reps plan their days")]
    NotARep,
    /// What is over cannot be planned.
    #[error("must not be in the past")]
    Past,
    /// No such location in the caller's organisation.
    #[error("there is no location {0}")]
    UnknownStop(LocationId),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The plans of this installation's reps.
pub struct Plans {
    db: Db,
    outbox: Outbox,
    visits: Arc<Visits>,
}

impl Plans {
    /// Plans in `db`.
    pub fn new(db: Db, outbox: Outbox, visits: Arc<Visits>) -> Self {
        Self { db, outbox, visits }
    }

    /// The caller's plan of a day; today's without a date.
    pub async fn plan(&self, caller: &Caller, date: Option<NaiveDate>) -> Result<Plan, PlanError> {
        if caller.role != Role::Rep {
            return Err(PlanError::NotARep);
        }
        let date = date.unwrap_or_else(|| self.visits.today(caller));
        let mut db = self.db.snapshot().await?;
        let stops = self.stops(&mut db, caller, date).await?;
        let customers = store::customers(&mut db, caller).await?;
        let own = match &caller.team {
            Some(team) => team_settings(&mut db, caller.organisation.id, team.id).await?.visit_every_days,
            None => None,
        };
        let every = own.unwrap_or(caller.organisation.visit_every_days);
        Ok(Plan::of(date, stops, customers, &every))
    }

    /// Sets where the caller means to go on a day, today without a date. The same command again gives the same plan.
    pub async fn set(
        &self,
        caller: &Caller,
        date: Option<NaiveDate>,
        command: &SetPlan,
    ) -> Result<Plan, PlanError> {
        if caller.role != Role::Rep {
            return Err(PlanError::NotARep);
        }
        let today = self.visits.today(caller);
        let date = date.unwrap_or(today);
        if date < today {
            return Err(PlanError::Past);
        }
        let mut db = self.db.begin().await?;
        let known = self.stops(&mut db, caller, date).await?;
        if !known.iter().map(|stop| stop.location.id).eq(command.stops.ids().iter().copied()) {
            for (position, id) in (0..).zip(command.stops.ids()) {
                if !store::put(&mut db, caller, date, position, *id).await? {
                    return Err(PlanError::UnknownStop(*id));
                }
            }
            store::cut(&mut db, caller, date, command.stops.ids().len()).await?;
            let day = DayStops { date, stops: self.stops(&mut db, caller, date).await? };
            let activity = Activity::of(caller, Kind::PlanChanged, date);
            self.outbox.tell(db, &activity, &[Stream::Employee(caller.employee.id)], &day).await?;
        }
        self.plan(caller, Some(date)).await
    }

    /// Makes the stops at one location stops at another.
    pub async fn move_all(
        &self,
        db: &mut Write,
        caller: &Caller,
        from: LocationId,
        to: LocationId,
    ) -> Result<(), StoreError> {
        store::move_all(db, caller, from, to).await
    }

    /// Where the caller means to go on a day, in somebody's snapshot.
    pub async fn stops(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        date: NaiveDate,
    ) -> Result<Vec<Stop>, StoreError> {
        store::stops(db, caller, date).await
    }
}
