//! The rep's day, put together at one moment.

use ekenko_domain::{dashboard::Dashboard, plan::PlanSummary};

use super::Boards;
use crate::{db::StoreError, identity::Caller, live::stream};

impl Boards {
    /// The caller's own day, true at the offsets it comes with.
    pub async fn dashboard(&self, caller: &Caller) -> Result<Dashboard, StoreError> {
        let date = self.visits.today(caller);
        let mut db = self.db.snapshot().await?;
        let streams = stream::heads_of(&mut db, caller).await?;
        let (visits, verified) = self.visits.own_day(&mut db, caller, date).await?;
        Ok(Dashboard {
            date,
            visits,
            verified,
            target: caller.organisation.visit_target,
            open_visit: self.visits.own_open(&mut db, caller).await?,
            plan: PlanSummary::of(&self.plans.stops(&mut db, caller, date).await?),
            tasks: self.tasks.pressing(&mut db, caller, date).await?,
            announcements: self.announcements.shown_in(&mut db, caller).await?,
            streams,
        })
    }
}
