//! Business days: dates in the organisation's time zone.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

/// The date on the wall of the organisation's office at that moment.
pub fn business_date(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Cuts a time to microseconds, the finest both databases keep.
pub fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos() % 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bangkok_day_begins_at_five_in_the_afternoon_utc() {
        let at = |text: &str| business_date(text.parse().unwrap(), chrono_tz::Asia::Bangkok).to_string();
        assert_eq!(at("2026-11-21T16:59:59Z"), "2026-11-21");
        assert_eq!(at("2026-11-21T17:00:00Z"), "2026-11-22");
    }

    #[test]
    fn times_are_cut_not_rounded() {
        let at: DateTime<Utc> = "2026-11-21T10:00:00.123456999Z".parse().unwrap();
        assert_eq!(to_micros(at).to_rfc3339(), "2026-11-21T10:00:00.123456+00:00");
    }
}
