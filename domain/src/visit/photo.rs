//! Whether a visit's photo can be believed: it can make the visit suspicious, nothing else.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::verdict::{Reason, decimetres};
use crate::{geo::Position, id::VisitId};

/// A photo's own position farther than this from the pin, in metres, is of another place.
pub const PHOTO_FAR_M: f64 = 1_000.0;
/// A photo's own time farther than this from the check-in is of another day, whatever zone the camera was set to.
pub const PHOTO_OLD: TimeDelta = TimeDelta::hours(24);
/// Bits in which two perceptual hashes of [`PICTURE_BITS`] may differ and still be of the same picture.
pub const PICTURE_NEAR: u32 = 10;
/// Bits of a perceptual hash.
pub const PICTURE_BITS: usize = 256;

/// What a photo said, kept as it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhotoEvidence {
    /// Metres between the pin and the position in the file, to the decimetre.
    pub distance_m: Option<f64>,
    /// Seconds from the time in the file, read in the organisation's time zone, to the check-in.
    pub age_s: Option<i64>,
    /// Another visit with the very same file.
    pub same_as: Option<VisitId>,
    /// Another visit with the same picture.
    pub similar_to: Option<VisitId>,
}

/// What is known of a photo besides its picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PhotoClues {
    /// Where the file says it was taken.
    pub position: Option<Position>,
    /// When, on the wall clock of wherever it was taken.
    pub taken_at: Option<NaiveDateTime>,
    /// Another visit with the very same file.
    pub same_as: Option<VisitId>,
    /// Another visit with the same picture.
    pub similar_to: Option<VisitId>,
}

/// Judges a photo of a check-in at a pin; `local` is the check-in on the organisation's wall clock. A file without
/// position and time is no offence: many phones leave them out.
pub fn judge_photo(pin: Position, local: NaiveDateTime, clues: &PhotoClues) -> (Vec<Reason>, PhotoEvidence) {
    let evidence = PhotoEvidence {
        distance_m: clues.position.map(|at| decimetres(pin.distance_m(at))),
        age_s: clues.taken_at.map(|taken| (local - taken).num_seconds()),
        same_as: clues.same_as,
        similar_to: clues.similar_to,
    };
    let mut reasons = Vec::new();
    if clues.same_as.is_some() {
        reasons.push(Reason::PhotoReused);
    } else if clues.similar_to.is_some() {
        reasons.push(Reason::PhotoSimilar);
    }
    if evidence.distance_m.is_some_and(|metres| metres > PHOTO_FAR_M) {
        reasons.push(Reason::PhotoElsewhere);
    }
    if evidence.age_s.is_some_and(|age| age.abs() > PHOTO_OLD.num_seconds()) {
        reasons.push(Reason::PhotoOld);
    }
    (reasons, evidence)
}

/// Whether two perceptual hashes are of the same picture; hashes of different length never are.
pub fn same_picture(one: &[u8], other: &[u8]) -> bool {
    let differing: u32 = one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum();
    !one.is_empty() && one.len() == other.len() && differing <= PICTURE_NEAR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{geo::EARTH_RADIUS_M, visit::Verdict};
    use proptest::prelude::*;

    fn pin() -> Position {
        Position::new(13.7563, 100.5018).unwrap()
    }
    fn north(metres: f64) -> Position {
        Position::new(13.7563 + (metres / EARTH_RADIUS_M).to_degrees(), 100.5018).unwrap()
    }
    fn checked_in() -> NaiveDateTime {
        "2026-11-21T12:00:00".parse().unwrap()
    }

    #[test]
    fn what_a_photo_says_of_itself() {
        let other = VisitId(uuid::Uuid::from_u128(7));
        let none = PhotoClues::default();
        let reasons = |clues: PhotoClues| judge_photo(pin(), checked_in(), &clues).0;
        assert_eq!(reasons(none), vec![]);
        assert_eq!(reasons(PhotoClues { position: Some(north(900.0)), ..none }), vec![]);
        assert_eq!(
            reasons(PhotoClues { position: Some(north(1_100.0)), ..none }),
            vec![Reason::PhotoElsewhere]
        );
        let taken = |text: &str| PhotoClues { taken_at: Some(text.parse().unwrap()), ..none };
        assert_eq!(reasons(taken("2026-11-20T12:00:00")), vec![]);
        assert_eq!(reasons(taken("2026-11-20T11:59:59")), vec![Reason::PhotoOld]);
        assert_eq!(reasons(taken("2026-11-23T11:59:59")), vec![Reason::PhotoOld]);
        let both = PhotoClues { same_as: Some(other), similar_to: Some(other), ..none };
        assert_eq!(reasons(both), vec![Reason::PhotoReused]);
        assert_eq!(reasons(PhotoClues { similar_to: Some(other), ..none }), vec![Reason::PhotoSimilar]);
    }

    #[test]
    fn pictures_are_the_same_within_a_few_bits() {
        let one = [0u8; PICTURE_BITS / 8];
        let mut other = one;
        other[0] = 0b1111_1111;
        other[9] = 0b0000_0011;
        assert!(same_picture(&one, &other));
        other[20] = 1;
        assert!(!same_picture(&one, &other));
        assert!(!same_picture(&one, &one[..31]));
        assert!(!same_picture(&[], &[]));
    }

    proptest! {
        #[test]
        fn a_photo_only_makes_it_worse(
            mut reasons in prop::sample::subsequence(Reason::ALL.to_vec(), 0..4),
            far in 0.0..5_000.0f64,
            hours in -100i64..100,
        ) {
            let before = Verdict::of(&reasons);
            let clues = PhotoClues {
                position: Some(north(far)),
                taken_at: Some(checked_in() + TimeDelta::hours(hours)),
                ..PhotoClues::default()
            };
            reasons.extend(judge_photo(pin(), checked_in(), &clues).0);
            let after = Verdict::of(&reasons);
            prop_assert!(after == before || after == Verdict::Suspicious);
        }
    }
}
