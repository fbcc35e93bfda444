//! The manager's and the rep's day, put together at one moment.

mod customer;
mod dashboard;
mod feed;

use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use ekenko_domain::{
    board::{Board, DaySums, FEED_LINES, Pins, TREND_DAYS},
    day::{business_date, day_end},
    feed::{FeedPage, Topic, Whose},
    page::Page,
};
use uuid::Uuid;

use crate::{
    announcements::Announcements,
    context::Context,
    customers::Customers,
    db::{Db, StoreError},
    identity::{Caller, Identity},
    live::stream,
    page::{self, BadCursor, Before, NEWEST},
    plans::Plans,
    tasks::Tasks,
    visits::Visits,
};

/// Most pins a map gets.
const MOST_PINS: usize = 20_000;

/// Reads boards.
pub struct Boards {
    db: Db,
    outside: Context,
    identity: Arc<Identity>,
    customers: Arc<Customers>,
    visits: Arc<Visits>,
    plans: Arc<Plans>,
    tasks: Arc<Tasks>,
    announcements: Arc<Announcements>,
}

/// Why a piece of the feed was refused.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// A cursor from elsewhere.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Boards {
    /// Boards over these services.
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        db: Db,
        outside: Context,
        identity: Arc<Identity>,
        customers: Arc<Customers>,
        visits: Arc<Visits>,
        plans: Arc<Plans>,
        tasks: Arc<Tasks>,
        announcements: Arc<Announcements>,
    ) -> Self {
        Self { db, outside, identity, customers, visits, plans, tasks, announcements }
    }

    /// A day's numbers and the feed up to its end, all true at the offsets they come with.
    pub async fn board(
        &self,
        caller: &Caller,
        date: Option<NaiveDate>,
        whose: Whose,
    ) -> Result<Board, StoreError> {
        let (now, today, zone) =
            (self.outside.now(), self.visits.today(caller), &caller.organisation.time_zone);
        let date = date.unwrap_or(today);
        let mut db = self.db.snapshot().await?;
        let streams = stream::heads_of(&mut db, caller).await?;
        let mut reps = self.identity.reps(&mut db, caller).await?;
        reps.retain(|(employee, team)| whose.holds(team.id, employee.id));
        let mut reps = self.visits.rep_days(&mut db, caller, date, whose, reps).await?;
        let seen = self.identity.seen(&mut db, caller).await?;
        for rep in &mut reps {
            rep.seen_at = seen.get(&rep.employee.id).copied();
        }
        let first = date - Days::new(TREND_DAYS - 1);
        let mut trend: Vec<_> = first.iter_days().take(TREND_DAYS as usize).map(no_sums).collect();
        // The day's own visits are summed from its reps.
        let before = (first, date - Days::new(1));
        for sums in self.visits.day_sums(&mut db, caller, before, NEWEST.0, whose).await? {
            if let Some(day) = trend.iter_mut().find(|day| day.date == sums.date) {
                *day = sums;
            }
        }
        let added = self
            .customers
            .added(&mut db, caller, whose, day_end(first - Days::new(1), zone), day_end(date, zone))
            .await?;
        for at in &added {
            let on = business_date(*at, zone);
            if let Some(day) = trend.iter_mut().find(|day| day.date == on) {
                day.new_customers += 1;
            }
        }
        let new_customers = trend.pop().map_or(0, |day| day.new_customers);
        let week_ago = date - Days::new(7);
        // Half a day is held against half a day.
        let until = if date == today { now - TimeDelta::days(7) } else { NEWEST.0 };
        let visits = self.visits.day_sums(&mut db, caller, (week_ago, week_ago), until, whose).await?;
        let mut last_week = visits.into_iter().next().unwrap_or(no_sums(week_ago));
        let added = added.iter().filter(|at| business_date(**at, zone) == week_ago && **at <= until);
        last_week.new_customers = u32::try_from(added.count()).unwrap_or(u32::MAX);
        Ok(Board {
            date,
            at: now,
            reps,
            unverified: self.visits.unverified(&mut db, caller, date, whose).await?,
            by_hour: self.visits.by_hour(&mut db, caller, date, whose).await?,
            new_customers,
            urgent_tasks: self.tasks.urgent(&mut db, caller, whose).await?,
            last_week,
            trend,
            feed: self
                .feed_in(&mut db, caller, &streams, None, whose, self.end(caller, Some(date)), FEED_LINES)
                .await?,
            streams,
        })
    }

    /// A piece of the feed up to the end of a day, true at the offsets it comes with.
    pub async fn feed(
        &self,
        caller: &Caller,
        date: Option<NaiveDate>,
        topic: Option<Topic>,
        whose: Whose,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FeedPage, FeedError> {
        let before = page::before(cursor)?.min(self.end(caller, date));
        let mut db = self.db.snapshot().await?;
        let streams = stream::heads_of(&mut db, caller).await?;
        let Page { items, next } =
            self.feed_in(&mut db, caller, &streams, topic, whose, before, limit).await?;
        Ok(FeedPage { items, next, streams })
    }

    /// A day's pins, all true at the offsets they come with.
    pub async fn pins(
        &self,
        caller: &Caller,
        date: Option<NaiveDate>,
        whose: Whose,
    ) -> Result<Pins, StoreError> {
        let date = date.unwrap_or_else(|| self.visits.today(caller));
        let mut db = self.db.snapshot().await?;
        let streams = stream::heads_of(&mut db, caller).await?;
        Ok(Pins { pins: self.visits.pins(&mut db, caller, date, whose, MOST_PINS).await?, streams })
    }

    /// Where a feed up to a day begins: at the end of that day if it is over, else with the latest.
    fn end(&self, caller: &Caller, date: Option<NaiveDate>) -> Before {
        let over = date.filter(|date| *date < self.visits.today(caller));
        over.map_or(NEWEST, |date| (day_end(date, &caller.organisation.time_zone), Uuid::nil()))
    }
}

fn no_sums(date: NaiveDate) -> DaySums {
    DaySums { date, visits: 0, active_reps: 0, new_customers: 0 }
}
