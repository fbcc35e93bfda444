//! Tasks that come again.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// How often a task comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Every day.
    Daily,
    /// From Monday to Friday.
    Weekdays,
    /// On the first one's day of the week.
    Weekly,
    /// On the first one's day of the month, or on the last of a month that is too short.
    Monthly,
}
crate::codes::codes!(Repeat { Daily = "daily", Weekdays = "weekdays", Weekly = "weekly", Monthly = "monthly" });

fn is_weekday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

impl Repeat {
    /// The last day by `by` on which a task that began on `first` comes; `None` before it began.
    pub fn latest(self, first: NaiveDate, by: NaiveDate) -> Option<NaiveDate> {
        let days = u64::try_from((by - first).num_days()).ok()?;
        let found = match self {
            Self::Daily => Some(by),
            Self::Weekdays => by.iter_days().rev().take(3).find(|date| is_weekday(*date)),
            Self::Weekly => first.checked_add_days(Days::new(days / 7 * 7)),
            Self::Monthly => {
                let months = (by.year() - first.year()) * 12 + by.month() as i32 - first.month() as i32;
                let after = |months: i32| first.checked_add_months(Months::new(u32::try_from(months).ok()?));
                after(months).filter(|date| *date <= by).or_else(|| after(months - 1))
            }
        };
        found.map(|date| date.max(first))
    }

    /// The first day after `date` on which it comes.
    pub fn after(self, first: NaiveDate, date: NaiveDate) -> Option<NaiveDate> {
        // No two are further apart than two months less a day.
        date.iter_days().skip(1).take(62).find(|day| self.latest(first, *day) == Some(*day))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn series(repeat: Repeat, first: &str, count: usize) -> Vec<String> {
        let mut dates = vec![day(first)];
        while dates.len() < count {
            dates.push(repeat.after(dates[0], dates[dates.len() - 1]).unwrap());
        }
        dates.into_iter().map(|date| date.to_string()).collect()
    }

    #[test]
    fn each_comes_on_its_days() {
        assert_eq!(series(Repeat::Daily, "2026-11-29", 3), ["2026-11-29", "2026-11-30", "2026-12-01"]);
        assert_eq!(
            series(Repeat::Weekdays, "2026-11-19", 4),
            ["2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"]
        );
        assert_eq!(
            series(Repeat::Weekdays, "2026-11-21", 2),
            ["2026-11-21", "2026-11-23"],
            "begun on a Saturday"
        );
        assert_eq!(series(Repeat::Weekly, "2026-12-25", 3), ["2026-12-25", "2027-01-01", "2027-01-08"]);
        assert_eq!(
            series(Repeat::Monthly, "2027-12-31", 4),
            ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]
        );
    }

    #[test]
    fn after_days_away_only_the_latest_counts() {
        let latest =
            |repeat: Repeat, first, by| repeat.latest(day(first), day(by)).map(|date| date.to_string());
        assert_eq!(latest(Repeat::Weekdays, "2026-11-02", "2026-11-22").as_deref(), Some("2026-11-20"));
        assert_eq!(latest(Repeat::Weekly, "2026-11-02", "2026-11-22").as_deref(), Some("2026-11-16"));
        assert_eq!(latest(Repeat::Monthly, "2026-01-31", "2026-03-30").as_deref(), Some("2026-02-28"));
        assert_eq!(latest(Repeat::Weekdays, "2026-11-21", "2026-11-22").as_deref(), Some("2026-11-21"));
        assert_eq!(latest(Repeat::Daily, "2026-11-21", "2026-11-20"), None);
    }

    proptest! {
        #[test]
        fn latest_and_after_agree(
            repeat in prop::sample::select(Repeat::ALL), first in 0i64..20_000, ahead in 0i64..2_000,
        ) {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + chrono::TimeDelta::days(first);
            let by = first + chrono::TimeDelta::days(ahead);
            let latest = repeat.latest(first, by).unwrap();
            prop_assert!(first <= latest && latest <= by);
            let next = repeat.after(first, latest).unwrap();
            prop_assert!(next > by, "{latest} is the last by {by}, yet {next} comes");
            prop_assert_eq!(repeat.latest(first, next), Some(next));
        }
    }
}
