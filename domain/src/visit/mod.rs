//! A visit: a rep at a customer's location, from check-in to check-out.

mod case;
mod photo;
mod review;
mod verdict;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use case::*;
pub use photo::*;
pub use review::*;
pub use verdict::*;

pub use crate::choices::{Outcome, Purpose};
use crate::{
    customer::Location,
    day::to_micros,
    employee::{EmployeeRef, TeamRef},
    geo::{Latitude, Longitude, Metres, Position},
    id::{LocationId, VisitId},
    text::Notes,
};

/// Where a device says it was, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Degrees north.
    pub lat: Latitude,
    /// Degrees east.
    pub lng: Longitude,
    /// Radius in metres the device is 68 % (Android) or 95 % (W3C Geolocation) sure to be within.
    pub accuracy_m: Metres,
    /// When the position was measured, by the device's clock; kept to the microsecond.
    #[serde(deserialize_with = "time")]
    pub taken_at: DateTime<Utc>,
}

/// A device's time, to the microsecond: RFC 3339, of the years 2000 to 2999.
pub fn device_time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let at = DateTime::parse_from_rfc3339(text)
        .map_err(|_| "must be a time such as 2026-11-21T09:30:00Z (RFC 3339)")?
        .with_timezone(&Utc);
    if (2000..=2999).contains(&chrono::Datelike::year(&at)) {
        Ok(to_micros(at))
    } else {
        Err("must be a time between the years 2000 and 2999")
    }
}

fn time<'de, D: serde::Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    device_time(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

fn maybe_time<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| device_time(&text)).transpose().map_err(serde::de::Error::custom)
}

impl Fix {
    /// The point without its circle.
    pub fn position(&self) -> Position {
        Position { lat: self.lat, lng: self.lng }
    }
}

/// `POST /visits`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
    /// Made by the device; the same id again is the same visit.
    pub id: VisitId,
    /// The customer's location.
    pub location_id: LocationId,
    /// Why the rep is there.
    pub purpose: Purpose,
    /// Where the device says it is; `null` when it cannot say, but never left out.
    #[serde(deserialize_with = "Option::deserialize")]
    pub fix: Option<Fix>,
    /// When the rep pressed, by the device's clock. Left out it is taken to have happened on arrival.
    #[serde(default, deserialize_with = "maybe_time", skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// The most photos of one visit.
pub const MOST_PHOTOS: usize = 12;

/// `POST /visits/{id}/check-out`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckOut {
    /// What came of it.
    pub outcome: Outcome,
    /// Free text.
    #[serde(default)]
    pub notes: Option<Notes>,
    /// When the rep pressed, by the device's clock. Left out it is taken to have happened on arrival.
    #[serde(default, deserialize_with = "maybe_time", skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<DateTime<Utc>>,
}

/// A photo of a visit, as the API tells it; its bytes are at `/visits/{id}/photos/{sha256}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoRef {
    /// Of the bytes as sent, lower-case hex.
    pub sha256: String,
    /// Pixels across, as seen upright.
    pub width: u32,
    /// Pixels down, as seen upright.
    pub height: u32,
}

/// A visit, as every answer and event carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Which.
    pub id: VisitId,
    /// Whose.
    pub employee: EmployeeRef,
    /// The rep's team at check-in.
    pub team: TeamRef,
    /// Where.
    pub location: Location,
    /// Why.
    pub purpose: Purpose,
    /// Frozen at check-in; a photo that does not add up can still make it `suspicious`, nothing makes it better.
    pub verdict: Verdict,
    /// Why the verdict is not `verified`.
    pub reasons: Vec<Reason>,
    /// What a manager decided about it; beside the verdict, which it does not change.
    #[serde(default)]
    pub review: Option<Review>,
    /// Metres between pin and fix at check-in; `null` without a fix.
    pub distance_m: Option<f64>,
    /// What the verdict was judged by.
    pub evidence: Evidence,
    /// By the server's clock; for a check-in told later, the device's time corrected by what its clock was off.
    pub checked_in_at: DateTime<Utc>,
    /// The same of the check-out; `null` while the visit is open.
    pub checked_out_at: Option<DateTime<Utc>>,
    /// Whole seconds between the two.
    pub duration_s: Option<i64>,
    /// Whether the check-out was forgotten and the day's end stands in for it; left out of average durations.
    #[serde(default)]
    pub estimated: bool,
    /// The date of the check-in in the organisation's time zone.
    pub business_date: NaiveDate,
    /// Told at check-out.
    pub outcome: Option<Outcome>,
    /// Told at check-out.
    pub notes: Option<String>,
    /// The latest photo.
    pub photo: Option<PhotoRef>,
    /// Every photo, in the order they came.
    #[serde(default)]
    pub photos: Vec<PhotoRef>,
}

impl Visit {
    /// Whether the rep is still there.
    pub fn is_open(&self) -> bool {
        self.checked_out_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<CheckIn, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }
    fn body(fix: &str) -> String {
        format!(
            r#"{{"id":"5b6962dd-3f90-4c93-8f61-eabfa4a803e2","location_id":"0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11","purpose":"offer"{fix}}}"#
        )
    }

    #[test]
    fn a_fix_may_be_null_but_not_left_out() {
        assert_eq!(parse(&body(r#","fix":null"#)).unwrap().fix, None);
        assert!(parse(&body("")).unwrap_err().contains("missing field `fix`"));
    }

    #[test]
    fn bad_numbers_and_times_are_refused() {
        for (fix, why) in [
            (r#"{"lat":91,"lng":100,"accuracy_m":5,"taken_at":"2026-11-21T03:00:00Z"}"#, "latitude"),
            (r#"{"lat":13,"lng":181,"accuracy_m":5,"taken_at":"2026-11-21T03:00:00Z"}"#, "longitude"),
            (r#"{"lat":13,"lng":100,"accuracy_m":-1,"taken_at":"2026-11-21T03:00:00Z"}"#, "metres"),
            (r#"{"lat":"NaN","lng":100,"accuracy_m":5,"taken_at":"2026-11-21T03:00:00Z"}"#, "invalid type"),
            (r#"{"lat":13,"lng":100,"accuracy_m":5,"taken_at":"yesterday"}"#, "RFC 3339"),
            (r#"{"lat":13,"lng":100,"accuracy_m":5,"taken_at":"0001-01-01T00:00:00Z"}"#, "2000"),
        ] {
            let error = parse(&body(&format!(r#","fix":{fix}"#))).unwrap_err();
            assert!(error.contains(why), "{fix}: {error}");
        }
    }

    #[test]
    fn codes_are_what_json_says() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.code());
        }
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
        for decision in Decision::ALL {
            assert_eq!(serde_json::to_value(decision).unwrap(), decision.code());
        }
    }
}
