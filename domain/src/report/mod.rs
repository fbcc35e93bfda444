//! Reports: what was done in a range of days, by day, rep, customer and more.

mod reckoning;
mod sums;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use reckoning::*;

use crate::{
    codes::codes,
    id::{CompanyId, EmployeeId, TeamId},
    staff::TimeOfDay,
    task::{TaskStatus, is_in_time},
};

/// The most days of a report, both ends counted.
pub const MOST_DAYS: i64 = 366;

/// What the rows of a report are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Business days.
    #[default]
    Day,
    /// Months, of which the first and the last may be cut short.
    Month,
    /// Reps.
    Rep,
    /// Teams.
    Team,
    /// Customers' locations.
    Customer,
    /// What visits were for.
    Purpose,
    /// What came of visits.
    Outcome,
}
codes!(By {
    Day = "day",
    Month = "month",
    Rep = "rep",
    Team = "team",
    Customer = "customer",
    Purpose = "purpose",
    Outcome = "outcome",
});

/// Business days from one to another, both counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

/// The days cannot be reported on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    /// The last is before the first.
    #[error("must not be before from")]
    Backwards,
    /// More than [`MOST_DAYS`].
    #[error("must be at most {MOST_DAYS} days from the first to the last")]
    TooLong,
}

impl Period {
    /// The days asked for. Without a last day it goes up to `today`, without a first one it begins with the last one's
    /// month.
    pub fn new(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, InvalidPeriod> {
        let to = to.unwrap_or(today);
        let from = from.unwrap_or(month(to));
        if to < from {
            return Err(InvalidPeriod::Backwards);
        }
        if (to - from).num_days() >= MOST_DAYS {
            return Err(InvalidPeriod::TooLong);
        }
        Ok(Self { from, to })
    }

    /// Every day, in order.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |date| *date <= self.to)
    }
}

/// The first day of a date's month.
pub fn month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// Whose work, at whose places, a report is about; what is left out does not narrow it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct About {
    /// One team's.
    pub team: Option<TeamId>,
    /// One rep's.
    pub employee: Option<EmployeeId>,
    /// Only at one company's locations.
    pub company: Option<CompanyId>,
}

impl About {
    /// Team, rep and company as a database knows them.
    pub fn ids(&self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        (self.team.map(|id| id.0), self.employee.map(|id| id.0), self.company.map(|id| id.0))
    }
}

/// The figures of a row or of all. What makes no sense for a row is `null`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Check-ins.
    pub visits: u32,
    /// Visits with a told check-out; those open and those with an estimated one are left out.
    pub timed: u32,
    /// Seconds from check-in to check-out, of those.
    pub on_site_s: i64,
    /// The same on average; `null` without one.
    pub average_on_site_s: Option<i64>,
    /// Visits that count as verified: so judged and not rejected, or approved.
    pub verified: u32,
    /// Visits judged `out_of_range` that nobody reviewed.
    pub out_of_range: u32,
    /// Visits judged `unverifiable` that nobody reviewed.
    pub unverifiable: u32,
    /// Visits judged `suspicious` that nobody reviewed.
    pub suspicious: u32,
    /// Visits a manager rejected; with the four above they are all.
    #[serde(default)]
    pub rejected: u32,
    /// The share that counts as verified, 0 to 1; `null` without a visit.
    pub verified_share: Option<f64>,
    /// Different locations visited.
    pub customers_visited: u32,
    /// Locations the row's reps look after.
    pub customers: Option<u32>,
    /// Those of them visited.
    pub customers_covered: Option<u32>,
    /// The share of them visited, 0 to 1; `null` without one to look after.
    pub coverage: Option<f64>,
    /// Tasks due, those called off left out.
    pub tasks_due: Option<u32>,
    /// Those of them completed by the end of the day they were due.
    pub tasks_on_time: Option<u32>,
    /// The share completed in time, 0 to 1; `null` without one due.
    pub on_time_share: Option<f64>,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// A date, a month such as `2026-11`, an id or a code; `null` for visits nothing was told to have come of.
    pub key: Option<String>,
    /// As written on the screen; `null` for dates, months and what is built in, which the reader's language names.
    pub name: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// `GET /reports`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The first business day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// What the rows are.
    pub by: By,
    /// The figures of all, the same whatever the rows are.
    pub total: Figures,
    /// The rows; of customers a piece.
    pub rows: Vec<Row>,
    /// Where the next piece begins; `null` at the end.
    pub next: Option<String>,
}

/// A part of a whole, 0 to 1; `None` without a whole.
pub fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// Seconds on average, cut to whole ones; `None` without a visit.
pub fn average(seconds: i64, visits: u32) -> Option<i64> {
    seconds.checked_div(i64::from(visits))
}

/// Whether a task was done by the time it was due, or by the end of that day; `closed` is when it was closed on the
/// organisation's clock.
pub fn is_on_time(
    status: TaskStatus,
    due: NaiveDate,
    time: Option<TimeOfDay>,
    closed: Option<NaiveDateTime>,
) -> bool {
    status == TaskStatus::Completed && closed.is_some_and(|closed| is_in_time(closed, due, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn period(from: Option<&str>, to: Option<&str>) -> Result<(String, String), InvalidPeriod> {
        let period = Period::new(from.map(day), to.map(day), day("2026-11-21"))?;
        Ok((period.from.to_string(), period.to.to_string()))
    }

    #[test]
    fn without_days_it_is_the_month_so_far() {
        let of = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(period(None, None), of("2026-11-01", "2026-11-21"));
        assert_eq!(period(Some("2026-11-20"), None), of("2026-11-20", "2026-11-21"));
        assert_eq!(period(None, Some("2026-02-28")), of("2026-02-01", "2026-02-28"));
        assert_eq!(period(Some("2026-11-21"), Some("2026-11-21")), of("2026-11-21", "2026-11-21"));
    }

    #[test]
    fn a_report_is_of_366_days_at_most_and_not_backwards() {
        assert!(period(Some("2024-01-01"), Some("2024-12-31")).is_ok());
        assert_eq!(period(Some("2024-01-01"), Some("2025-01-01")), Err(InvalidPeriod::TooLong));
        assert_eq!(period(Some("2020-01-01"), None), Err(InvalidPeriod::TooLong));
        assert_eq!(period(Some("2026-11-22"), Some("2026-11-21")), Err(InvalidPeriod::Backwards));
        assert_eq!(period(Some("2026-11-22"), None), Err(InvalidPeriod::Backwards));
        let days: Vec<_> = Period { from: day("2026-02-27"), to: day("2026-03-01") }.days().collect();
        assert_eq!(days, [day("2026-02-27"), day("2026-02-28"), day("2026-03-01")]);
    }

    #[test]
    fn shares_and_averages_need_something_to_be_of() {
        assert_eq!((share(1, 4), share(0, 3), share(0, 0)), (Some(0.25), Some(0.0), None));
        assert_eq!((average(91, 2), average(0, 3), average(0, 0)), (Some(45), Some(0), None));
    }

    #[test]
    fn a_task_is_on_time_when_completed_on_its_day_or_before() {
        use TaskStatus::*;
        let due = day("2026-11-21");
        let closed = |date: &str| Some(format!("{date}T15:00:00").parse().unwrap());
        assert!(is_on_time(Completed, due, None, closed("2026-11-21")));
        assert!(is_on_time(Completed, due, None, closed("2026-11-01")));
        assert!(!is_on_time(Completed, due, None, closed("2026-11-22")));
        let at = |time: &str| Some(time.parse().unwrap());
        assert!(is_on_time(Completed, due, at("15:00"), closed("2026-11-21")));
        assert!(!is_on_time(Completed, due, at("14:59"), closed("2026-11-21")));
        assert!(!is_on_time(Todo, due, None, None) && !is_on_time(InProgress, due, None, None));
        assert!(!is_on_time(Cancelled, due, None, closed("2026-11-20")));
    }
}
