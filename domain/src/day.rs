//! Business days: dates in the organisation's time zone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The name of a time zone, such as `Asia/Bangkok` (IANA). The rules behind the name are large: whoever needs them
/// has the feature `zones`; a browser asks its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(String);

impl TimeZone {
    /// Where the first customers work.
    pub fn bangkok() -> Self {
        Self("Asia/Bangkok".into())
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> String {
        zone.0
    }
}

#[cfg(not(feature = "zones"))]
impl From<String> for TimeZone {
    fn from(name: String) -> Self {
        Self(name)
    }
}

#[cfg(feature = "zones")]
mod zones {
    use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
    use chrono_tz::Tz;

    use super::TimeZone;

    /// No zone has this name.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("there is no time zone {0}; an example is Asia/Bangkok")]
    pub struct UnknownZone(String);

    impl std::str::FromStr for TimeZone {
        type Err = UnknownZone;
        fn from_str(name: &str) -> Result<Self, UnknownZone> {
            name.parse::<Tz>().map(|zone| Self(zone.name().into())).map_err(|_| UnknownZone(name.into()))
        }
    }

    impl TryFrom<String> for TimeZone {
        type Error = UnknownZone;
        fn try_from(name: String) -> Result<Self, UnknownZone> {
            name.parse()
        }
    }

    impl TimeZone {
        /// The zone's rules; those of UTC for a name that did not come through [`str::parse`].
        pub fn rules(&self) -> Tz {
            self.0.parse().unwrap_or(Tz::UTC)
        }
    }

    /// What clock and calendar on the organisation's wall show at that moment.
    pub fn local(at: DateTime<Utc>, zone: &TimeZone) -> NaiveDateTime {
        at.with_timezone(&zone.rules()).naive_local()
    }

    /// The date on the wall of the organisation's office at that moment.
    pub fn business_date(at: DateTime<Utc>, zone: &TimeZone) -> NaiveDate {
        local(at, zone).date()
    }

    /// The moment a business day is over: the first of the next one.
    pub fn day_end(date: NaiveDate, zone: &TimeZone) -> DateTime<Utc> {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        moment(next.and_time(chrono::NaiveTime::MIN), zone)
    }

    /// The moment clocks there show this.
    pub fn moment(local: NaiveDateTime, zone: &TimeZone) -> DateTime<Utc> {
        // Where clocks are put forward, what they skip comes an hour or so later.
        let found = (0..4).find_map(|half_hours| {
            zone.rules().from_local_datetime(&(local + TimeDelta::minutes(30 * half_hours))).earliest()
        });
        found.map_or_else(|| local.and_utc(), |found| found.with_timezone(&Utc))
    }
}
#[cfg(feature = "zones")]
pub use zones::*;

/// Cuts a time to microseconds, the finest both databases keep.
pub fn to_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos() % 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "zones")]
    fn a_bangkok_day_begins_at_five_in_the_afternoon_utc() {
        let at = |text: &str| business_date(text.parse().unwrap(), &TimeZone::bangkok()).to_string();
        assert_eq!(at("2026-11-21T16:59:59Z"), "2026-11-21");
        assert_eq!(at("2026-11-21T17:00:00Z"), "2026-11-22");
    }

    #[test]
    #[cfg(feature = "zones")]
    fn a_day_ends_where_the_next_begins_also_where_midnight_is_skipped() {
        let end =
            |date: &str, zone: &str| day_end(date.parse().unwrap(), &zone.parse().unwrap()).to_rfc3339();
        assert_eq!(end("2026-11-21", "Asia/Bangkok"), "2026-11-21T17:00:00+00:00");
        // Beirut put its clocks forward at midnight of 31 March 2024.
        assert_eq!(end("2024-03-30", "Asia/Beirut"), "2024-03-30T22:00:00+00:00");
    }

    #[test]
    fn times_are_cut_not_rounded() {
        let at: DateTime<Utc> = "2026-11-21T10:00:00.123456999Z".parse().unwrap();
        assert_eq!(to_micros(at).to_rfc3339(), "2026-11-21T10:00:00.123456+00:00");
    }
}
