//! Whether a visit can be believed: judged at check-in and kept with its evidence.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Fix, PhotoEvidence};
use crate::{codes::codes, geo::Position};

/// A fix less exact than this, in metres, says nothing about which shop the rep is in.
pub const COARSEST_M: f64 = 200.0;
/// A fix older than this was not taken at the door.
pub const OLDEST: TimeDelta = TimeDelta::minutes(5);
/// Device clocks may differ from ours by this much.
pub const SKEW: TimeDelta = TimeDelta::minutes(2);
/// Nobody drives between two shops faster than this, in metres a second (180 km/h).
pub const FASTEST_MPS: f64 = 50.0;
/// Jumps shorter than this, in metres, are the receiver's, not the rep's.
pub const JUMP_M: f64 = 1_000.0;
/// So many of the rep's last [`REMEMBERED`] fixes with the very same coordinates are not chance: a receiver's last
/// digits move even when it stands still.
pub const REPEATS: usize = 3;
/// How many of the rep's earlier fixes are looked at.
pub const REMEMBERED: usize = 20;
/// A check-in that reached us later than this after it happened was made without signal.
pub const OFFLINE: TimeDelta = TimeDelta::seconds(60);

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

impl Verdict {
    /// The verdict that follows from all reasons together: what does not add up outweighs where the rep was.
    pub fn of(reasons: &[Reason]) -> Self {
        let worst = reasons.iter().map(|reason| reason.points_to()).max_by_key(|verdict| match verdict {
            Self::Verified => 0,
            Self::Unverifiable => 1,
            Self::OutOfRange => 2,
            Self::Suspicious => 3,
        });
        worst.unwrap_or(Self::Verified)
    }
}

/// Why a visit is not simply verified.
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
    /// The fix claims to be from after the check-in, by more than [`SKEW`].
    ClockAhead,
    /// The device's clock differs from ours by more than [`SKEW`].
    ClockSkew,
    /// Faster than [`FASTEST_MPS`] from the rep's last check-in.
    ImpossibleTravel,
    /// The same coordinates to the last digit, again and again.
    RepeatedFix,
    /// The very same file was sent for another visit.
    PhotoReused,
    /// The same picture was sent for another visit, cropped, shrunk or saved again.
    PhotoSimilar,
    /// The photo says it was taken farther than [`PHOTO_FAR_M`] from the pin.
    PhotoElsewhere,
    /// The photo says it was taken more than [`PHOTO_OLD`] before or after the check-in.
    PhotoOld,
}
codes!(Reason {
    NoFix = "no_fix",
    CoarseFix = "coarse_fix",
    MaybeInside = "maybe_inside",
    OutsideRadius = "outside_radius",
    StaleFix = "stale_fix",
    ClockAhead = "clock_ahead",
    ClockSkew = "clock_skew",
    ImpossibleTravel = "impossible_travel",
    RepeatedFix = "repeated_fix",
    PhotoReused = "photo_reused",
    PhotoSimilar = "photo_similar",
    PhotoElsewhere = "photo_elsewhere",
    PhotoOld = "photo_old",
});

impl Reason {
    /// The verdict this reason alone would give.
    pub fn points_to(self) -> Verdict {
        match self {
            Self::NoFix | Self::CoarseFix | Self::MaybeInside => Verdict::Unverifiable,
            Self::OutsideRadius => Verdict::OutOfRange,
            _ => Verdict::Suspicious,
        }
    }
}

/// What a verdict was judged by, kept as it was.
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
    /// Metres a second from the rep's last check-in, circles deducted; when there was one within reach.
    #[serde(default)]
    pub speed_mps: Option<f64>,
    /// When the check-in was made, by the device's clock; when the device said.
    #[serde(default)]
    pub device_at: Option<DateTime<Utc>>,
    /// Seconds our clock was ahead of the device's; when the device said what its clock showed.
    #[serde(default)]
    pub clock_offset_s: Option<f64>,
    /// When it reached us, by our clock.
    pub received_at: DateTime<Utc>,
    /// Whether it was made without signal and told later.
    #[serde(default)]
    pub offline: bool,
    /// What the photo said of itself, once there is one.
    #[serde(default)]
    pub photo: Option<PhotoEvidence>,
}

/// What a device claims about a check-in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Where it says it is.
    pub fix: Option<Fix>,
    /// When the check-in was made, by our clock.
    pub at: DateTime<Utc>,
    /// When, by the device's clock; when the device said.
    pub device_at: Option<DateTime<Utc>>,
    /// Our clock minus the device's; when the device said what its clock showed.
    pub clock_offset: Option<TimeDelta>,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
}

/// A fix of an earlier check-in of the same rep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastFix {
    /// Where the device said it was.
    pub fix: Fix,
    /// When that check-in was made, by our clock.
    pub at: DateTime<Utc>,
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

/// Judges a check-in against the location's pin and radius and the rep's earlier fixes, latest first.
///
/// The fix's accuracy can make a check-in unverifiable, never verified: a wide circle that reaches the shop
/// proves nothing.
pub fn judge(pin: Position, radius_m: f64, claim: &Claim, past: &[PastFix]) -> Judgement {
    let mut evidence = Evidence {
        pin,
        radius_m,
        fix: claim.fix,
        distance_m: None,
        fix_age_s: None,
        speed_mps: None,
        device_at: claim.device_at,
        clock_offset_s: claim.clock_offset.map(seconds),
        received_at: claim.received_at,
        offline: claim.received_at - claim.at > OFFLINE,
        photo: None,
    };
    let mut reasons = Vec::new();
    if claim.clock_offset.is_some_and(|offset| offset.abs() > SKEW) {
        reasons.push(Reason::ClockSkew);
    }
    if let Some(fix) = claim.fix {
        // On the device's own clock where it is known: a clock that is wrong does not make a fix old.
        let age = claim.device_at.unwrap_or(claim.at) - fix.taken_at;
        evidence.fix_age_s = Some(seconds(age));
        evidence.speed_mps = past.first().and_then(|last| speed(last, fix, claim.at));
        if age > OLDEST {
            reasons.push(Reason::StaleFix);
        } else if -age > SKEW {
            reasons.push(Reason::ClockAhead);
        }
        if evidence.speed_mps.is_some_and(|speed| speed > FASTEST_MPS) {
            reasons.push(Reason::ImpossibleTravel);
        }
        let same =
            |past: &&PastFix| past.fix.position() == fix.position() && past.fix.taken_at != fix.taken_at;
        if past.iter().take(REMEMBERED).filter(same).count() >= REPEATS {
            reasons.push(Reason::RepeatedFix);
        }
        let distance = pin.distance_m(fix.position());
        evidence.distance_m = Some(decimetres(distance));
        reasons.extend(place(distance, radius_m, fix.accuracy_m.get()));
    } else {
        reasons.push(Reason::NoFix);
    }
    Judgement { verdict: Verdict::of(&reasons), reasons, evidence }
}

fn place(distance: f64, radius_m: f64, accuracy: f64) -> Option<Reason> {
    if accuracy > COARSEST_M {
        Some(Reason::CoarseFix)
    } else if distance <= radius_m {
        None
    } else if distance - accuracy <= radius_m {
        Some(Reason::MaybeInside)
    } else {
        Some(Reason::OutsideRadius)
    }
}

/// Metres a second between two fixes at the least: their circles may both help. `None` when they are less than
/// [`JUMP_M`] apart or one is too coarse to tell.
fn speed(last: &PastFix, fix: Fix, at: DateTime<Utc>) -> Option<f64> {
    let circles = last.fix.accuracy_m.get() + fix.accuracy_m.get();
    let way = last.fix.position().distance_m(fix.position()) - circles;
    if way < JUMP_M || last.fix.accuracy_m.get() > COARSEST_M || fix.accuracy_m.get() > COARSEST_M {
        return None;
    }
    let time = seconds(at - last.at).abs().max(1.0);
    Some((way / time * 10.0).round() / 10.0)
}

fn seconds(time: TimeDelta) -> f64 {
    time.num_milliseconds() as f64 / 1000.0
}

pub(super) fn decimetres(metres: f64) -> f64 {
    (metres * 10.0).round() / 10.0
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
    fn north(metres: f64) -> f64 {
        13.7563 + (metres / crate::geo::EARTH_RADIUS_M).to_degrees()
    }
    /// A fix `north_m` metres north of the pin, `age_s` seconds old.
    fn fix(north_m: f64, accuracy_m: f64, age_s: i64) -> Option<Fix> {
        Some(Fix {
            lat: north(north_m).try_into().unwrap(),
            lng: 100.5018.try_into().unwrap(),
            accuracy_m: accuracy_m.try_into().unwrap(),
            taken_at: now() - TimeDelta::seconds(age_s),
        })
    }
    fn claim(fix: Option<Fix>) -> Claim {
        Claim { fix, at: now(), device_at: None, clock_offset: None, received_at: now() }
    }
    /// An earlier check-in, `ago_s` seconds before this one.
    fn past(north_m: f64, accuracy_m: f64, ago_s: i64) -> PastFix {
        PastFix { fix: fix(north_m, accuracy_m, ago_s).unwrap(), at: now() - TimeDelta::seconds(ago_s) }
    }
    fn judged(claim: &Claim, past: &[PastFix]) -> (Verdict, Vec<Reason>) {
        let judged = judge(pin(), 150.0, claim, past);
        (judged.verdict, judged.reasons)
    }
    fn verdict(fix: Option<Fix>) -> (Verdict, Vec<Reason>) {
        judged(&claim(fix), &[])
    }

    #[test]
    fn each_rule_of_place_and_time_in_turn() {
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
    fn a_wrong_clock_is_told_from_an_old_fix() {
        let behind = TimeDelta::minutes(10);
        let device_at = now() - behind;
        // Taken three seconds before the press, by the same slow clock.
        let told =
            Claim { device_at: Some(device_at), clock_offset: Some(behind), ..claim(fix(0.0, 10.0, 603)) };
        assert_eq!(judged(&told, &[]), (Verdict::Suspicious, vec![Reason::ClockSkew]));
        let slightly = Claim { clock_offset: Some(TimeDelta::seconds(-119)), ..told };
        assert_eq!(judged(&slightly, &[]), (Verdict::Verified, vec![]));
    }

    #[test]
    fn a_check_in_told_later_says_so() {
        let later = Claim { received_at: now() + TimeDelta::hours(3), ..claim(fix(0.0, 10.0, 3)) };
        let judgement = judge(pin(), 150.0, &later, &[]);
        assert!(judgement.evidence.offline);
        assert_eq!(judgement.verdict, Verdict::Verified);
        assert!(!judge(pin(), 150.0, &claim(fix(0.0, 10.0, 3)), &[]).evidence.offline);
    }

    #[test]
    fn nobody_drives_that_fast() {
        let here = claim(fix(0.0, 10.0, 3));
        // 30 km in ten minutes is 50 metres a second; the circles of 10 m each make it a little less.
        assert_eq!(judged(&here, &[past(30_000.0, 10.0, 600)]).0, Verdict::Verified);
        assert_eq!(
            judged(&here, &[past(31_000.0, 10.0, 600)]),
            (Verdict::Suspicious, vec![Reason::ImpossibleTravel])
        );
        // The circles together reach 400 m.
        assert_eq!(judged(&here, &[past(30_100.0, 200.0, 600)]).0, Verdict::Verified);
        // Too short, too coarse, or not the last one.
        assert_eq!(judged(&here, &[past(1_015.0, 10.0, 1)]).0, Verdict::Verified);
        assert_eq!(judged(&here, &[past(90_000.0, 900.0, 60)]).0, Verdict::Verified);
        assert_eq!(judged(&here, &[past(500.0, 10.0, 600), past(90_000.0, 10.0, 700)]).0, Verdict::Verified);
    }

    #[test]
    fn the_same_digits_again_and_again_are_no_receiver() {
        let here = claim(fix(12.0, 10.0, 3));
        let same = |n: usize| (1..=n).map(|n| past(12.0, 10.0, 3600 * n as i64)).collect::<Vec<_>>();
        assert_eq!(judged(&here, &same(2)).0, Verdict::Verified);
        assert_eq!(judged(&here, &same(3)), (Verdict::Suspicious, vec![Reason::RepeatedFix]));
        // One fix told three times is one fix.
        let once = vec![past(12.0, 10.0, 3); 3];
        assert_eq!(judged(&here, &once).0, Verdict::Verified);
    }

    #[test]
    fn the_evidence_is_what_was_judged() {
        let judged = judge(pin(), 150.0, &claim(fix(400.0, 12.0, 3)), &[past(20_000.0, 10.0, 1_000)]);
        assert_eq!(judged.evidence.distance_m, Some(400.0));
        assert_eq!(judged.evidence.fix_age_s, Some(3.0));
        assert_eq!(judged.evidence.speed_mps, Some(19.6));
        assert_eq!(judged.evidence.pin, pin());
    }

    prop_compose! {
        fn any_past()(north in -50_000.0..50_000.0f64, accuracy in 0.0..500.0f64, ago in 0i64..90_000) -> PastFix {
            past(north, accuracy, ago)
        }
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
        fn outside_the_radius_is_never_verified(north in 150.2..100_000.0f64, accuracy in 0.0..10_000.0f64, age in -600i64..600, past in prop::collection::vec(any_past(), 0..5)) {
            prop_assert_ne!(judged(&claim(fix(north, accuracy, age)), &past).0, Verdict::Verified);
        }

        #[test]
        fn verified_means_no_reasons(north in 0.0..500.0f64, accuracy in 0.0..500.0f64, age in -600i64..600, past in prop::collection::vec(any_past(), 0..5)) {
            let (verdict, reasons) = judged(&claim(fix(north, accuracy, age)), &past);
            prop_assert_eq!(verdict == Verdict::Verified, reasons.is_empty());
        }
    }
}
