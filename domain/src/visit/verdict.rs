//! Whether a check-in can be believed: judged once, at check-in, and kept with its evidence.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Fix;
use crate::{codes::codes, geo::Position};

/// A fix less exact than this, in metres, says nothing about which shop the rep is in.
pub const COARSEST_M: f64 = 200.0;
/// A fix older than this was not taken at the door.
pub const OLDEST: TimeDelta = TimeDelta::minutes(5);
/// Device clocks may run ahead of ours by this much.
pub const AHEAD: TimeDelta = TimeDelta::minutes(2);

/// The judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A good fix inside the radius.
    Verified,
    /// A good fix outside it, even at the favourable edge of its circle.
    OutOfRange,
    /// No fix, or one too coarse to tell.
    Unverifiable,
    /// Something does not add up.
    Suspicious,
}
codes!(Verdict {
    Verified = "verified",
    OutOfRange = "out_of_range",
    Unverifiable = "unverifiable",
    Suspicious = "suspicious",
});

/// Why a check-in is not simply verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The device gave no position.
    NoFix,
    /// The fix's circle is wider than [`COARSEST_M`].
    CoarseFix,
    /// Outside the radius, but the fix's circle reaches in.
    MaybeInside,
    /// Outside the radius by more than the fix's circle.
    OutsideRadius,
    /// The fix is older than [`OLDEST`].
    StaleFix,
    /// The fix claims to be from the future, by more than [`AHEAD`].
    ClockAhead,
}
codes!(Reason {
    NoFix = "no_fix",
    CoarseFix = "coarse_fix",
    MaybeInside = "maybe_inside",
    OutsideRadius = "outside_radius",
    StaleFix = "stale_fix",
    ClockAhead = "clock_ahead",
});

/// What a verdict was judged by, kept as it was at check-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The location's pin.
    pub pin: Position,
    /// The location's radius in metres.
    pub radius_m: f64,
    /// What the device said.
    pub fix: Option<Fix>,
    /// Metres between pin and fix, to the decimetre.
    pub distance_m: Option<f64>,
    /// Seconds between the fix and the check-in; negative when the fix claims to be later.
    pub fix_age_s: Option<f64>,
}

/// Verdict, reasons and evidence together.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The judgement.
    pub verdict: Verdict,
    /// Why it is not `verified`.
    pub reasons: Vec<Reason>,
    /// What it was judged by.
    pub evidence: Evidence,
}

/// Judges a check-in at `now` against the location's pin and radius.
///
/// The fix's accuracy can make a check-in unverifiable, never verified: a wide circle that reaches the shop
/// proves nothing.
pub fn judge(pin: Position, radius_m: f64, fix: Option<Fix>, now: DateTime<Utc>) -> Judgement {
    let mut evidence = Evidence { pin, radius_m, fix, distance_m: None, fix_age_s: None };
    let Some(fix) = fix else {
        return Judgement { verdict: Verdict::Unverifiable, reasons: vec![Reason::NoFix], evidence };
    };
    let distance = pin.distance_m(fix.position());
    let age = now - fix.taken_at;
    evidence.distance_m = Some((distance * 10.0).round() / 10.0);
    evidence.fix_age_s = Some(age.num_milliseconds() as f64 / 1000.0);

    let accuracy = fix.accuracy_m.get();
    let place = if accuracy > COARSEST_M {
        Some((Verdict::Unverifiable, Reason::CoarseFix))
    } else if distance <= radius_m {
        None
    } else if distance - accuracy <= radius_m {
        Some((Verdict::Unverifiable, Reason::MaybeInside))
    } else {
        Some((Verdict::OutOfRange, Reason::OutsideRadius))
    };
    let time = if age > OLDEST {
        Some(Reason::StaleFix)
    } else if -age > AHEAD {
        Some(Reason::ClockAhead)
    } else {
        None
    };
    let verdict = match (time, place) {
        (Some(_), _) => Verdict::Suspicious,
        (None, Some((verdict, _))) => verdict,
        (None, None) => Verdict::Verified,
    };
    let reasons = time.into_iter().chain(place.map(|(_, reason)| reason)).collect();
    Judgement { verdict, reasons, evidence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: &str = "2026-11-21T05:00:00Z";
    fn now() -> DateTime<Utc> {
        NOON.parse().unwrap()
    }
    fn pin() -> Position {
        Position::new(13.7563, 100.5018).unwrap()
    }
    /// A fix `north_m` metres north of the pin, `age_s` seconds old.
    fn fix(north_m: f64, accuracy_m: f64, age_s: i64) -> Option<Fix> {
        let lat = 13.7563 + (north_m / crate::geo::EARTH_RADIUS_M).to_degrees();
        Some(Fix {
            lat: lat.try_into().unwrap(),
            lng: 100.5018.try_into().unwrap(),
            accuracy_m: accuracy_m.try_into().unwrap(),
            taken_at: now() - TimeDelta::seconds(age_s),
        })
    }
    fn verdict(fix: Option<Fix>) -> (Verdict, Vec<Reason>) {
        let judged = judge(pin(), 150.0, fix, now());
        (judged.verdict, judged.reasons)
    }

    #[test]
    fn each_rule_in_turn() {
        use {Reason::*, Verdict::*};
        assert_eq!(verdict(fix(40.0, 12.0, 3)), (Verified, vec![]));
        assert_eq!(verdict(fix(149.9, 200.0, 300)), (Verified, vec![]));
        assert_eq!(verdict(fix(400.0, 12.0, 3)), (OutOfRange, vec![OutsideRadius]));
        assert_eq!(verdict(fix(170.0, 30.0, 3)), (Unverifiable, vec![MaybeInside]));
        assert_eq!(verdict(fix(0.0, 201.0, 3)), (Unverifiable, vec![CoarseFix]));
        assert_eq!(verdict(None), (Unverifiable, vec![NoFix]));
        assert_eq!(verdict(fix(0.0, 10.0, 301)), (Suspicious, vec![StaleFix]));
        assert_eq!(verdict(fix(0.0, 10.0, -119)), (Verified, vec![]));
        assert_eq!(verdict(fix(0.0, 10.0, -121)), (Suspicious, vec![ClockAhead]));
        assert_eq!(verdict(fix(900.0, 10.0, 3600)), (Suspicious, vec![StaleFix, OutsideRadius]));
    }

    #[test]
    fn the_evidence_is_what_was_judged() {
        let judged = judge(pin(), 150.0, fix(400.0, 12.0, 3), now());
        assert_eq!(judged.evidence.distance_m, Some(400.0));
        assert_eq!(judged.evidence.fix_age_s, Some(3.0));
        assert_eq!(judged.evidence.pin, pin());
    }

    proptest! {
        #[test]
        fn a_worse_fix_never_helps(north in 0.0..5_000.0f64, sharp in 0.0..1_000.0f64, blur in 0.0..1_000.0f64, age in -600i64..600) {
            let (before, _) = verdict(fix(north, sharp, age));
            let (after, _) = verdict(fix(north, sharp + blur, age));
            if before != Verdict::Verified {
                prop_assert_ne!(after, Verdict::Verified);
            }
        }

        #[test]
        fn outside_the_radius_is_never_verified(north in 150.2..100_000.0f64, accuracy in 0.0..10_000.0f64, age in -600i64..600) {
            prop_assert_ne!(verdict(fix(north, accuracy, age)).0, Verdict::Verified);
        }

        #[test]
        fn verified_means_no_reasons(north in 0.0..500.0f64, accuracy in 0.0..500.0f64, age in -600i64..600) {
            let (verdict, reasons) = verdict(fix(north, accuracy, age));
            prop_assert_eq!(verdict == Verdict::Verified, reasons.is_empty());
        }
    }
}
