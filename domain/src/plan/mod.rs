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
    /// Grade D; 45 days when left out.
    #[serde(default = "usual_d")]
    pub d: Interval,
    /// Those nobody graded.
    pub other: Interval,
}

impl Default for VisitEvery {
    /// When nobody set others: 7, 14, 30, 45 and 60 days.
    fn default() -> Self {
        Self { a: Interval(7), b: Interval(14), c: Interval(30), d: usual_d(), other: Interval(60) }
    }
}

fn usual_d() -> Interval {
    Interval(45)
}

impl VisitEvery {
    /// The interval of a grade.
    pub fn of(&self, grade: Option<Grade>) -> Interval {
        match grade {
            Some(Grade::A) => self.a,
            Some(Grade::B) => self.b,
            Some(Grade::C) => self.c,
            Some(Grade::D) => self.d,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        customer::{CompanyRef, LocationStatus},
        id::CompanyId,
    };

    fn location(n: u128, name: &str, grade: Option<Grade>) -> Location {
        let id = uuid::Uuid::from_u128(n);
        Location {
            id: LocationId(id),
            name: name.into(),
            company: CompanyRef { id: CompanyId(id), name: name.into() },
            address: String::new(),
            subdistrict: String::new(),
            district: String::new(),
            province: String::new(),
            postcode: String::new(),
            phone: String::new(),
            lat: 0.0,
            lng: 0.0,
            radius_m: 150.0,
            grade,
            status: LocationStatus::Active,
            distance_m: None,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn waiting(n: u128, name: &str, grade: Option<Grade>, last_visit: Option<&str>) -> Waiting {
        let location = location(n, name, grade);
        Waiting { location, last_visit: last_visit.map(day), added: day("2026-11-01") }
    }

    #[test]
    fn a_customer_is_overdue_the_day_after_the_interval_of_its_grade() {
        let every = VisitEvery::default();
        for (grade, last, due) in [
            (Some(Grade::A), "2026-11-13", "2026-11-20"),
            (Some(Grade::B), "2026-11-06", "2026-11-20"),
            (Some(Grade::C), "2026-10-21", "2026-11-20"),
            (Some(Grade::D), "2026-10-06", "2026-11-20"),
            (None, "2026-09-21", "2026-11-20"),
        ] {
            let on =
                |date: &str| Plan::of(day(date), vec![], vec![waiting(1, "x", grade, Some(last))], &every);
            assert_eq!(on(due).overdue, [], "{grade:?}: on the day it is only due");
            let [late] = &on("2026-11-22").overdue[..] else { panic!("{grade:?}") };
            assert_eq!((late.due, late.days_overdue, late.last_visit), (day(due), 2, Some(day(last))));
        }
    }

    #[test]
    fn a_place_never_visited_is_due_when_it_was_added() {
        let on = |date| {
            Plan::of(day(date), vec![], vec![waiting(1, "x", Some(Grade::C), None)], &VisitEvery::default())
        };
        assert_eq!(on("2026-11-01").overdue, []);
        let [late] = &on("2026-11-02").overdue[..] else { panic!() };
        assert_eq!((late.due, late.days_overdue, late.last_visit), (day("2026-11-01"), 1, None));
    }

    #[test]
    fn those_furthest_over_their_interval_come_first() {
        let customers = vec![
            // 14 of 14 days over, 7 of 7, 15 of 14, 60 of 60, and one not yet.
            waiting(1, "b", Some(Grade::B), Some("2026-10-24")),
            waiting(2, "a", Some(Grade::A), Some("2026-11-07")),
            waiting(3, "z", Some(Grade::B), Some("2026-10-23")),
            waiting(4, "a", None, Some("2026-07-24")),
            waiting(5, "y", Some(Grade::A), Some("2026-11-20")),
        ];
        let plan = Plan::of(day("2026-11-21"), vec![], customers, &VisitEvery::default());
        let ids: Vec<u128> = plan.overdue.iter().map(|late| late.location.id.0.as_u128()).collect();
        assert_eq!(ids, [3, 2, 4, 1]);
    }

    #[test]
    fn stops_are_left_out_and_so_is_what_is_too_much() {
        let stop = Stop { location: location(3, "x", None), visit: None, visited_at: None };
        let customers: Vec<_> = (1..=53).map(|n| waiting(n, &format!("{n:02}"), None, None)).collect();
        let plan = Plan::of(day("2026-11-21"), vec![stop.clone()], customers, &VisitEvery::default());
        assert_eq!((plan.overdue.len(), plan.more_overdue, &plan.stops), (MOST_OVERDUE, 2, &vec![stop]));
        assert!(plan.overdue.iter().all(|late| late.location.name != "03"));
        assert_eq!(plan.overdue[49].location.name, "51");
    }

    #[test]
    fn a_summary_counts_and_names_the_next_stop() {
        let visit = Some(VisitId(uuid::Uuid::from_u128(9)));
        let stops = [(1, visit), (2, None), (3, None)].map(|(n, visit)| Stop {
            location: location(n, "x", None),
            visit,
            visited_at: None,
        });
        let summary = PlanSummary::of(&stops);
        assert_eq!((summary.stops, summary.visited(), summary.next()), (3, 1, Some(&stops[1].location)));
        assert_eq!(PlanSummary::of(&[]), PlanSummary::default());
        assert_eq!(PlanSummary::of(&stops[..1]).next(), None);
    }

    #[test]
    fn what_cannot_be_a_days_stops_says_why() {
        let of = |ids: &[u128]| {
            let ids: Vec<_> = ids.iter().map(|n| LocationId(uuid::Uuid::from_u128(*n))).collect();
            StopList::try_from(ids).map(|list| list.ids().len())
        };
        let most: Vec<u128> = (1..=61).collect();
        assert_eq!(of(&most[..60]), Ok(60));
        assert_eq!(of(&most), Err(InvalidStops::TooMany));
        assert_eq!(of(&[1, 2, 1]), Err(InvalidStops::Twice));
        assert_eq!(of(&[]), Ok(0));
    }

    #[test]
    fn an_interval_is_one_day_to_a_year() {
        let of = |days: i64| serde_json::from_value::<Interval>(days.into()).is_ok();
        assert_eq!([-1, 0, 1, 365, 366, 100_000].map(of), [false, false, true, true, false, false]);
    }
}
