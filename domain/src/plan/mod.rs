//! A rep's plan of a day: where to go, and which customers have waited too long.

mod route;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use route::*;

use crate::{
    customer::{Grade, Location},
    id::{LocationId, VisitId},
};

/// The most stops of a day.
pub const MOST_STOPS: usize = 60;
/// The most overdue customers a plan shows.
pub const MOST_OVERDUE: usize = 50;

/// From one visit to the next: 1 to 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Interval(u16);

/// The number cannot be an interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be between 1 and 365 days")]
pub struct InvalidInterval;

impl Interval {
    /// The number of days.
    pub fn days(self) -> u16 {
        self.0
    }
}
impl TryFrom<u16> for Interval {
    type Error = InvalidInterval;
    fn try_from(days: u16) -> Result<Self, InvalidInterval> {
        if (1..=365).contains(&days) { Ok(Self(days)) } else { Err(InvalidInterval) }
    }
}
impl From<Interval> for u16 {
    fn from(interval: Interval) -> u16 {
        interval.0
    }
}

/// How often customers should be visited, by grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitEvery {
    /// Grade A.
    pub a: Interval,
    /// Grade B.
    pub b: Interval,
    /// Grade C.
    pub c: Interval,
    /// Those nobody graded.
    pub other: Interval,
}

impl Default for VisitEvery {
    /// When nobody set others: 7, 14, 30 and 60 days.
    fn default() -> Self {
        Self { a: Interval(7), b: Interval(14), c: Interval(30), other: Interval(60) }
    }
}

impl VisitEvery {
    /// The interval of a grade.
    pub fn of(&self, grade: Option<Grade>) -> Interval {
        match grade {
            Some(Grade::A) => self.a,
            Some(Grade::B) => self.b,
            Some(Grade::C) => self.c,
            None => self.other,
        }
    }
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Where.
    pub location: Location,
    /// The rep's first visit there that day.
    pub visit: Option<VisitId>,
    /// When it was checked in.
    pub visited_at: Option<DateTime<Utc>>,
}

/// A customer who has waited too long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overdue {
    /// Where.
    pub location: Location,
    /// The business day anybody was last there.
    pub last_visit: Option<NaiveDate>,
    /// When a visit was due: the grade's interval after the last one; for a place never visited, the day it was added.
    pub due: NaiveDate,
    /// Days since then, 1 at least.
    pub days_overdue: u32,
}

/// `GET /plan`: a rep's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The business day.
    pub date: NaiveDate,
    /// Where to go, in the rep's order.
    pub stops: Vec<Stop>,
    /// The rep's own customers who have waited too long by then and are no stops: those furthest over their interval
    /// first, [`MOST_OVERDUE`] at most.
    pub overdue: Vec<Overdue>,
    /// How many more there are.
    pub more_overdue: u32,
}

/// The stops of a day, as the event tells them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayStops {
    /// The business day.
    pub date: NaiveDate,
    /// Where to go, in the rep's order.
    pub stops: Vec<Stop>,
}

/// `PUT /plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPlan {
    /// Where to go, in this order.
    pub stops: StopList,
}

/// Up to [`MOST_STOPS`] locations, none twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<LocationId>", into = "Vec<LocationId>")]
pub struct StopList(Vec<LocationId>);

/// The locations cannot be a day's stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStops {
    /// More than anybody visits in a day.
    #[error("must be at most {MOST_STOPS} stops")]
    TooMany,
    /// The same location again.
    #[error("must not name a location twice")]
    Twice,
}

impl StopList {
    /// In the rep's order.
    pub fn ids(&self) -> &[LocationId] {
        &self.0
    }
}
impl TryFrom<Vec<LocationId>> for StopList {
    type Error = InvalidStops;
    fn try_from(ids: Vec<LocationId>) -> Result<Self, InvalidStops> {
        if ids.len() > MOST_STOPS {
            Err(InvalidStops::TooMany)
        } else if ids.iter().enumerate().any(|(n, id)| ids[..n].contains(id)) {
            Err(InvalidStops::Twice)
        } else {
            Ok(Self(ids))
        }
    }
}
impl From<StopList> for Vec<LocationId> {
    fn from(list: StopList) -> Self {
        list.0
    }
}

/// How far a day's plan is, as the dashboard shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// How many stops were planned.
    pub stops: u32,
    /// Those not visited yet, in the rep's order.
    pub open: Vec<Location>,
}

impl PlanSummary {
    /// Of a day's stops.
    pub fn of(stops: &[Stop]) -> Self {
        let open = stops.iter().filter(|stop| stop.visit.is_none());
        Self { stops: count(stops.len()), open: open.map(|stop| stop.location.clone()).collect() }
    }

    /// How many stops were visited.
    pub fn visited(&self) -> u32 {
        self.stops.saturating_sub(count(self.open.len()))
    }

    /// The first stop not visited yet.
    pub fn next(&self) -> Option<&Location> {
        self.open.first()
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A customer the rep looks after, and how long nobody was there.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Where.
    pub location: Location,
    /// The business day anybody was last there.
    pub last_visit: Option<NaiveDate>,
    /// The business day the place was added.
    pub added: NaiveDate,
}

impl Plan {
    /// A rep's day from its stops and from all customers of the rep.
    pub fn of(date: NaiveDate, stops: Vec<Stop>, customers: Vec<Waiting>, every: &VisitEvery) -> Self {
        let mut overdue: Vec<Overdue> = customers
            .into_iter()
            .filter(|customer| stops.iter().all(|stop| stop.location.id != customer.location.id))
            .filter_map(|customer| customer.overdue(date, every))
            .collect();
        overdue.sort_by(|a, b| {
            // days / interval, without dividing
            let share = |this: &Overdue, other: &Overdue| {
                u64::from(this.days_overdue) * u64::from(every.of(other.location.grade).days())
            };
            let (left, right) = (&a.location, &b.location);
            share(b, a).cmp(&share(a, b)).then_with(|| (&left.name, left.id).cmp(&(&right.name, right.id)))
        });
        let more_overdue = count(overdue.len().saturating_sub(MOST_OVERDUE));
        overdue.truncate(MOST_OVERDUE);
        Self { date, stops, overdue, more_overdue }
    }
}

impl Waiting {
    fn overdue(self, date: NaiveDate, every: &VisitEvery) -> Option<Overdue> {
        let interval = Days::new(every.of(self.location.grade).days().into());
        let due = match self.last_visit {
            Some(last) => last.checked_add_days(interval)?,
            None => self.added,
        };
        let days_overdue = u32::try_from((date - due).num_days()).ok().filter(|days| *days > 0)?;
        Some(Overdue { location: self.location, last_visit: self.last_visit, due, days_overdue })
    }
}
