//! A visit as the database holds it.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    customer::{CompanyRef, Grade, Location, LocationStatus},
    employee::{EmployeeRef, TeamRef},
    geo::Position,
    id::{CompanyId, EmployeeId, LocationId, TeamId, VisitId},
    visit::{
        Decision, Evidence, Fix, OFFLINE, Outcome, PhotoEvidence, PhotoRef, Purpose, Reason, Review, Verdict,
        Visit,
    },
};
use uuid::Uuid;

use crate::db::StoreError;

#[derive(sqlx::FromRow)]
pub struct VisitRow {
    id: Uuid,
    employee_id: Uuid,
    employee_name: String,
    team_id: Uuid,
    team_name: String,
    location_id: Uuid,
    location_name: String,
    company_id: Uuid,
    company_name: String,
    address: String,
    subdistrict: String,
    district: String,
    province: String,
    postcode: String,
    phone: String,
    lat: f64,
    lng: f64,
    location_radius_m: f64,
    status: String,
    grade: Option<String>,
    purpose: String,
    verdict: String,
    reasons: String,
    pin_lat: f64,
    pin_lng: f64,
    radius_m: f64,
    fix_lat: Option<f64>,
    fix_lng: Option<f64>,
    fix_accuracy_m: Option<f64>,
    fix_taken_at: Option<DateTime<Utc>>,
    distance_m: Option<f64>,
    fix_age_s: Option<f64>,
    business_date: NaiveDate,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    outcome: Option<String>,
    notes: Option<String>,
    photos: String,
    device_at: Option<DateTime<Utc>>,
    clock_offset_s: Option<f64>,
    received_at: Option<DateTime<Utc>>,
    speed_mps: Option<f64>,
    estimated: bool,
    photo_distance_m: Option<f64>,
    photo_age_s: Option<i64>,
    photo_same_as: Option<Uuid>,
    photo_similar_to: Option<Uuid>,
    review: Option<String>,
    review_reason: Option<String>,
    reviewed_by: Option<Uuid>,
    reviewer_name: Option<String>,
    reviewed_at: Option<DateTime<Utc>>,
}

pub fn corrupt(column: &'static str, value: impl ToString) -> StoreError {
    StoreError::Corrupt { table: "visits", column, value: value.to_string() }
}

/// The decision a code stands for.
pub fn decision(code: Option<&str>) -> Result<Option<Decision>, StoreError> {
    code.map(|code| Decision::from_code(code).ok_or_else(|| corrupt("review", code))).transpose()
}

impl TryFrom<VisitRow> for Visit {
    type Error = StoreError;
    fn try_from(row: VisitRow) -> Result<Self, StoreError> {
        let pin = Position::new(row.pin_lat, row.pin_lng).map_err(|e| corrupt("pin", e))?;
        let fix = match (row.fix_lat, row.fix_lng, row.fix_accuracy_m, row.fix_taken_at) {
            (Some(lat), Some(lng), Some(accuracy), Some(taken_at)) => Some(Fix {
                lat: lat.try_into().map_err(|e| corrupt("fix_lat", e))?,
                lng: lng.try_into().map_err(|e| corrupt("fix_lng", e))?,
                accuracy_m: accuracy.try_into().map_err(|e| corrupt("fix_accuracy_m", e))?,
                taken_at,
            }),
            _ => None,
        };
        let reasons = row
            .reasons
            .split_whitespace()
            .map(|code| Reason::from_code(code).ok_or_else(|| corrupt("reasons", code)))
            .collect::<Result<_, _>>()?;
        let outcome = match row.outcome {
            Some(code) => Some(Outcome(code.parse().map_err(|_| corrupt("outcome", &code))?)),
            None => None,
        };
        let photos: Vec<PhotoRef> = serde_json::from_str(&row.photos).map_err(|e| corrupt("photos", e))?;
        // Rows from before both clocks were kept were all told at once.
        let received_at = row.received_at.unwrap_or(row.checked_in_at);
        let photo_evidence = (!photos.is_empty()).then_some(PhotoEvidence {
            distance_m: row.photo_distance_m,
            age_s: row.photo_age_s,
            same_as: row.photo_same_as.map(VisitId),
            similar_to: row.photo_similar_to.map(VisitId),
        });
        let review = match (decision(row.review.as_deref())?, row.reviewed_by, row.reviewed_at) {
            (Some(decision), Some(by), Some(at)) => {
                let by = EmployeeRef { id: EmployeeId(by), name: row.reviewer_name.unwrap_or_default() };
                Some(Review { decision, reason: row.review_reason, by, at })
            }
            _ => None,
        };
        Ok(Self {
            id: VisitId(row.id),
            employee: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
            team: TeamRef { id: TeamId(row.team_id), name: row.team_name },
            location: Location {
                id: LocationId(row.location_id),
                name: row.location_name,
                company: CompanyRef { id: CompanyId(row.company_id), name: row.company_name },
                address: row.address,
                subdistrict: row.subdistrict,
                district: row.district,
                province: row.province,
                postcode: row.postcode,
                phone: row.phone,
                lat: row.lat,
                lng: row.lng,
                radius_m: row.location_radius_m,
                grade: row.grade.as_deref().and_then(Grade::from_code),
                status: LocationStatus::from_code(&row.status).unwrap_or_default(),
                distance_m: None,
            },
            purpose: Purpose(row.purpose.parse().map_err(|_| corrupt("purpose", &row.purpose))?),
            verdict: Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
            reasons,
            review,
            distance_m: row.distance_m,
            evidence: Evidence {
                pin,
                radius_m: row.radius_m,
                fix,
                distance_m: row.distance_m,
                fix_age_s: row.fix_age_s,
                speed_mps: row.speed_mps,
                device_at: row.device_at,
                clock_offset_s: row.clock_offset_s,
                received_at,
                offline: received_at - row.checked_in_at > OFFLINE,
                photo: photo_evidence,
            },
            duration_s: row.checked_out_at.map(|out| (out - row.checked_in_at).num_seconds()),
            checked_in_at: row.checked_in_at,
            checked_out_at: row.checked_out_at,
            estimated: row.estimated,
            business_date: row.business_date,
            outcome,
            notes: row.notes,
            photo: photos.last().cloned(),
            photos,
        })
    }
}

/// Columns and joins of the visits the caller may see.
macro_rules! visits {
    ($tail:literal) => {
        visits!(wall!("v"), $tail)
    };
    (ORGANISATION $tail:literal) => {
        visits!("WHERE v.organisation_id = $1 ", $tail)
    };
    ($wall:expr, $tail:literal) => {
        concat!(
            "SELECT v.id, v.employee_id, e.name AS employee_name, v.team_id, t.name AS team_name, v.location_id,
            l.name AS location_name, c.id AS company_id, c.name AS company_name, l.address, l.subdistrict, l.district, l.province, l.postcode,
            l.phone, l.lat, l.lng, l.radius_m AS location_radius_m, l.status, c.grade, v.purpose, v.verdict, v.reasons, v.pin_lat, v.pin_lng, v.radius_m,
            v.fix_lat, v.fix_lng, v.fix_accuracy_m, v.fix_taken_at, v.distance_m, v.fix_age_s, v.business_date,
            v.checked_in_at, v.checked_out_at, v.outcome, v.notes, v.photos, v.device_at, v.clock_offset_s, v.received_at, v.speed_mps,
            v.estimated, v.photo_distance_m, v.photo_age_s, v.photo_same_as, v.photo_similar_to,
            v.review, v.review_reason, v.reviewed_by, r.name AS reviewer_name, v.reviewed_at
            FROM visits v
            JOIN employees e ON e.organisation_id = v.organisation_id AND e.id = v.employee_id
            JOIN teams t ON t.organisation_id = v.organisation_id AND t.id = v.team_id
            JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
            JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
            LEFT JOIN employees r ON r.organisation_id = v.organisation_id AND r.id = v.reviewed_by
            ",
            $wall,
            $tail
        )
    };
}

/// Whether a visit counts as verified, as `counts_as_verified` in the domain has it.
macro_rules! verified {
    ($rows:literal) => {
        concat!(
            "(",
            $rows,
            ".review = 'approved' OR (",
            $rows,
            ".review IS NULL AND ",
            $rows,
            ".verdict = 'verified'))"
        )
    };
}

pub(super) use verified;
pub(super) use visits;
