//! All there is to judge a visit by, for whoever reviews it.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::{PHOTO_FAR_M, PHOTO_OLD, Visit, verdict::decimetres};
use crate::{geo::Position, id::VisitId};

/// What one of a visit's photos says of itself. Anyone can write anything there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoClaim {
    /// Which photo.
    pub sha256: String,
    /// Where the file says it was taken.
    pub position: Option<Position>,
    /// Metres between that and the pin, to the decimetre.
    pub distance_m: Option<f64>,
    /// When, on the wall clock of wherever it was taken.
    pub taken_at: Option<NaiveDateTime>,
    /// Seconds from then to the check-in, read in the organisation's time zone; negative when it claims to be later.
    pub age_s: Option<i64>,
}

impl PhotoClaim {
    /// The claim of a photo at a pin; `local` is the check-in on the organisation's wall clock.
    pub fn new(
        sha256: String,
        position: Option<Position>,
        taken_at: Option<NaiveDateTime>,
        pin: Position,
        local: NaiveDateTime,
    ) -> Self {
        Self {
            sha256,
            position,
            distance_m: position.map(|at| decimetres(pin.distance_m(at))),
            taken_at,
            age_s: taken_at.map(|taken| (local - taken).num_seconds()),
        }
    }

    /// Whether it claims to be of another place.
    pub fn is_elsewhere(&self) -> bool {
        self.distance_m.is_some_and(|metres| metres > PHOTO_FAR_M)
    }

    /// Whether it claims to be of another day.
    pub fn is_of_another_day(&self) -> bool {
        self.age_s.is_some_and(|age| age.abs() > PHOTO_OLD.num_seconds())
    }
}

/// A visit of a rep's day, and the way to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// The visit.
    pub visit: Visit,
    /// Metres in a straight line from the visit before; `null` for the first.
    pub way_m: Option<f64>,
    /// Metres a second that takes, from leaving there, where that was told, to checking in here.
    pub speed_mps: Option<f64>,
}

/// A rep's visits of a day in their order, with the ways between them.
pub fn legs(mut visits: Vec<Visit>) -> Vec<Leg> {
    visits.sort_by_key(|visit| (visit.checked_in_at, visit.id));
    let at = |visit: &Visit| visit.evidence.fix.map_or(visit.evidence.pin, |fix| fix.position());
    let mut legs: Vec<Leg> = Vec::with_capacity(visits.len());
    for visit in visits {
        let before = legs.last().map(|leg| &leg.visit);
        let way_m = before.map(|before| decimetres(at(before).distance_m(at(&visit))));
        let speed_mps = before.zip(way_m).map(|(before, way)| {
            let left = before.checked_out_at.filter(|_| !before.estimated).unwrap_or(before.checked_in_at);
            let seconds = (visit.checked_in_at - left).num_seconds().max(1);
            decimetres(way / seconds as f64)
        });
        legs.push(Leg { visit, way_m, speed_mps });
    }
    legs
}

/// `GET /visits/{id}/evidence`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The visit.
    pub visit: Visit,
    /// What its photos say of themselves, in the order they came.
    pub photos: Vec<PhotoClaim>,
    /// The rep's day, this visit among the others, in their order.
    pub day: Vec<Leg>,
    /// The latest other visits to the place, latest first, as far as the caller may see them.
    pub place: Vec<Visit>,
    /// Another visit with the same picture.
    pub same_photo: Option<VisitId>,
    /// The same, where the caller may see it.
    pub same_photo_visit: Option<Visit>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta, Utc};

    const NOON: &str = "2026-11-21T05:00:00Z";

    fn visit(north_m: f64, minutes: i64, stay: Option<i64>) -> Visit {
        let id = uuid::Uuid::from_u128(minutes as u128 + 1);
        let at: DateTime<Utc> = NOON.parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes);
        let lat = 13.7 + (north_m / crate::geo::EARTH_RADIUS_M).to_degrees();
        let person = serde_json::json!({ "id": id, "name": "x" });
        serde_json::from_value(serde_json::json!({
            "id": id, "employee": person, "team": person, "purpose": "offer", "verdict": "verified", "reasons": [],
            "location": { "id": id, "name": "x", "company": person, "address": "", "district": "", "province": "",
                "postcode": "", "phone": "", "lat": lat, "lng": 100.5, "radius_m": 150.0, "grade": null },
            "evidence": { "pin": { "lat": lat, "lng": 100.5 }, "radius_m": 150.0, "received_at": at },
            "checked_in_at": at, "checked_out_at": stay.map(|stay| at + TimeDelta::minutes(stay)),
            "business_date": "2026-11-21",
        }))
        .unwrap()
    }

    #[test]
    fn a_day_is_told_in_its_order_with_the_ways_between() {
        let later = visit(12_000.0, 50, Some(5));
        let legs = legs(vec![later, visit(0.0, 0, Some(30)), visit(12_000.0, 90, None)]);
        let told: Vec<_> = legs.iter().map(|leg| (leg.way_m, leg.speed_mps)).collect();
        // 12 km in the twenty minutes after the first was left.
        assert_eq!(told, [(None, None), (Some(12_000.0), Some(10.0)), (Some(0.0), Some(0.0))]);
    }

    #[test]
    fn a_photo_claims_a_place_and_a_time() {
        let pin = Position::new(13.7, 100.5).unwrap();
        let noon: NaiveDateTime = "2026-11-21T12:00:00".parse().unwrap();
        let claim = |at, taken| PhotoClaim::new("a".into(), at, taken, pin, noon);
        let far = claim(Position::new(13.8, 100.5).ok(), Some(noon - TimeDelta::days(2)));
        assert!(far.is_elsewhere() && far.is_of_another_day());
        assert_eq!((far.distance_m, far.age_s), (Some(11_119.5), Some(172_800)));
        let none = claim(None, None);
        assert!(!none.is_elsewhere() && !none.is_of_another_day());
        let here = claim(Some(pin), Some(noon + TimeDelta::minutes(1)));
        assert!(!here.is_elsewhere() && !here.is_of_another_day());
        assert_eq!(here.age_s, Some(-60));
    }
}
