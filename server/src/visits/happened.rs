//! Two clocks: when something happened, by ours.

use chrono::{DateTime, TimeDelta, Utc};
use ekenko_domain::visit::OFFLINE;

use super::VisitError;

/// The longest a device may keep what happened before telling us.
pub const LATEST: TimeDelta = TimeDelta::days(30);

/// When something happened, by our clock.
pub struct Happened {
    /// The moment.
    pub at: DateTime<Utc>,
    /// Our clock minus the device's, when the device told.
    pub clock_offset: Option<TimeDelta>,
}

impl Happened {
    /// `occurred_at` and `device_now` are both by the device's clock, so their difference is how long it was kept.
    pub fn read(
        occurred_at: Option<DateTime<Utc>>,
        device_now: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Self, VisitError> {
        let told_ahead = occurred_at.filter(|at| *at > now).map(|at| now - at);
        let clock_offset = device_now.map(|device| now - device).or(told_ahead);
        let Some(occurred_at) = occurred_at else { return Ok(Self { at: now, clock_offset }) };
        let at = (occurred_at + clock_offset.unwrap_or_default()).min(now);
        if now - at > LATEST {
            return Err(VisitError::TooLate);
        }
        // What arrives at once happened when it arrived.
        Ok(Self { at: if now - at > OFFLINE { at } else { now }, clock_offset })
    }
}
