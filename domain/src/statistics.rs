//! What a rep did over some weeks.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Days looked back on, today included.
pub const DAYS: u64 = 30;

/// One day of a rep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// The business day.
    pub date: NaiveDate,
    /// Check-ins.
    pub visits: u32,
    /// Those that count as verified.
    pub verified: u32,
}

/// `GET /me/statistics`: the last [`DAYS`] days of the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Every day, oldest first, also those without a visit.
    pub days: Vec<DayCount>,
    /// Check-ins in all.
    pub visits: u32,
    /// The share that counts as verified, 0 to 1; `null` without a visit.
    pub verified_share: Option<f64>,
    /// Seconds from check-in to check-out on average, forgotten check-outs left out; `null` without one.
    pub average_duration_s: Option<i64>,
    /// Customers the caller looks after.
    pub customers: u32,
    /// Those of them visited.
    pub customers_visited: u32,
}

/// What counts of a visit.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// Its business day.
    pub date: NaiveDate,
    /// Whether it counts as verified.
    pub verified: bool,
    /// When it began.
    pub checked_in_at: DateTime<Utc>,
    /// When it ended, unless that is estimated or still to come.
    pub checked_out_at: Option<DateTime<Utc>>,
}

impl Statistics {
    /// Sums up the visits of the days up to `today`; older ones are left out.
    pub fn of(visits: &[Counted], today: NaiveDate, customers: u32, customers_visited: u32) -> Self {
        let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
        let visits: Vec<_> = visits.iter().filter(|v| (first..=today).contains(&v.date)).collect();
        let verified = |v: &&&Counted| v.verified;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let days = first
            .iter_days()
            .take_while(|date| *date <= today)
            .map(|date| {
                let of_day = visits.iter().filter(|v| v.date == date);
                DayCount {
                    date,
                    visits: count(of_day.clone().count()),
                    verified: count(of_day.filter(verified).count()),
                }
            })
            .collect();
        let stays: Vec<_> =
            visits.iter().filter_map(|v| Some((v.checked_out_at? - v.checked_in_at).num_seconds())).collect();
        let all = visits.len();
        Self {
            days,
            visits: count(all),
            verified_share: (all > 0).then(|| visits.iter().filter(verified).count() as f64 / all as f64),
            average_duration_s: (!stays.is_empty()).then(|| stays.iter().sum::<i64>() / stays.len() as i64),
            customers,
            customers_visited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(date: &str, verified: bool, minutes: Option<i64>) -> Counted {
        let at: DateTime<Utc> = format!("{date}T03:00:00Z").parse().unwrap();
        let out = minutes.map(|minutes| at + chrono::TimeDelta::minutes(minutes));
        Counted { date: date.parse().unwrap(), verified, checked_in_at: at, checked_out_at: out }
    }

    #[test]
    fn forgotten_and_older_visits_do_not_count_into_the_averages() {
        let visits = [
            visit("2026-11-21", true, Some(10)),
            visit("2026-11-21", false, Some(30)),
            visit("2026-11-20", true, None),
            visit("2026-10-23", true, Some(20)),
            visit("2026-10-22", false, Some(600)),
        ];
        let sums = Statistics::of(&visits, "2026-11-21".parse().unwrap(), 20, 3);
        assert_eq!((sums.days.len(), sums.visits), (30, 4));
        assert_eq!(sums.days[29], DayCount { date: "2026-11-21".parse().unwrap(), visits: 2, verified: 1 });
        assert_eq!(sums.days[0].visits, 1);
        assert_eq!((sums.verified_share, sums.average_duration_s), (Some(0.75), Some(20 * 60)));
    }

    #[test]
    fn without_a_visit_there_is_no_average() {
        let sums = Statistics::of(&[], "2026-11-21".parse().unwrap(), 0, 0);
        assert_eq!((sums.visits, sums.verified_share, sums.average_duration_s), (0, None, None));
        assert_eq!(sums.days.len(), 30);
    }
}
