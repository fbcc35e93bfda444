//! The manager's and the rep's day, put together at one moment.

mod customer;
mod dashboard;

use std::sync::Arc;

use chrono::NaiveDate;
use ekenko_domain::board::{Board, LATEST, Pins};

use crate::{
    announcements::Announcements,
    customers::Customers,
    db::{Db, StoreError},
    identity::{Caller, Identity},
    live::stream,
    plans::Plans,
    tasks::Tasks,
    visits::Visits,
};

/// Most pins a map gets.
const MOST_PINS: usize = 20_000;

/// Reads boards.
pub struct Boards {
    db: Db,
    identity: Arc<Identity>,
    customers: Arc<Customers>,
    visits: Arc<Visits>,
    plans: Arc<Plans>,
    tasks: Arc<Tasks>,
    announcements: Arc<Announcements>,
}

impl Boards {
    /// Boards over these services.
    pub fn new(
        db: Db,
        identity: Arc<Identity>,
        customers: Arc<Customers>,
        visits: Arc<Visits>,
        plans: Arc<Plans>,
        tasks: Arc<Tasks>,
        announcements: Arc<Announcements>,
    ) -> Self {
        Self { db, identity, customers, visits, plans, tasks, announcements }
    }

    /// A day's numbers and latest visits, all true at the offsets they come with.
    pub async fn board(&self, caller: &Caller, date: Option<NaiveDate>) -> Result<Board, StoreError> {
        let date = date.unwrap_or_else(|| self.visits.today(caller));
        let mut db = self.db.snapshot().await?;
        let followed = caller.streams(&mut db).await?;
        let streams = stream::heads(&mut db, caller.organisation.id, &followed).await?;
        let reps = self.identity.reps(&mut db, caller).await?;
        let reps = self.visits.rep_days(&mut db, caller, date, reps).await?;
        let latest = self.visits.latest(&mut db, caller, date, LATEST).await?;
        Ok(Board { date, reps, latest, streams })
    }

    /// A day's pins, all true at the offsets they come with.
    pub async fn pins(&self, caller: &Caller, date: Option<NaiveDate>) -> Result<Pins, StoreError> {
        let date = date.unwrap_or_else(|| self.visits.today(caller));
        let mut db = self.db.snapshot().await?;
        let followed = caller.streams(&mut db).await?;
        let streams = stream::heads(&mut db, caller.organisation.id, &followed).await?;
        Ok(Pins { pins: self.visits.pins(&mut db, caller, date, MOST_PINS).await?, streams })
    }
}
