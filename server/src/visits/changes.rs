//! Changing visits.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    id::{EmployeeId, LocationId, OrganisationId, TeamId, VisitId},
    report::RepDay,
    visit::{CheckOut, PhotoEvidence, PhotoRef, Reason, Review, Verdict, Visit},
};

use uuid::Uuid;

use super::row::corrupt;
use crate::{
    db::{On, StoreError, Write, query},
    identity::Caller,
    photos::Processed,
};

const INSERT: &str = "INSERT INTO visits (organisation_id, id, employee_id, team_id, location_id, purpose, verdict, reasons,
    pin_lat, pin_lng, radius_m, fix_lat, fix_lng, fix_accuracy_m, fix_taken_at, distance_m, fix_age_s, business_date, checked_in_at,
    device_at, clock_offset_s, received_at, speed_mps)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) ON CONFLICT DO NOTHING";

/// `false` when the id is taken or the rep has an open visit.
pub async fn insert(db: &mut Write, caller: &Caller, visit: &Visit) -> Result<bool, StoreError> {
    let evidence = &visit.evidence;
    let inserted = query!(
        db,
        execute,
        INSERT,
        caller.organisation.id.0,
        visit.id.0,
        visit.employee.id.0,
        visit.team.id.0,
        visit.location.id.0,
        visit.purpose.code(),
        visit.verdict.code(),
        words(&visit.reasons),
        evidence.pin.lat.get(),
        evidence.pin.lng.get(),
        evidence.radius_m,
        evidence.fix.map(|f| f.lat.get()),
        evidence.fix.map(|f| f.lng.get()),
        evidence.fix.map(|f| f.accuracy_m.get()),
        evidence.fix.map(|f| f.taken_at),
        visit.distance_m,
        evidence.fix_age_s,
        visit.business_date,
        visit.checked_in_at,
        evidence.device_at,
        evidence.clock_offset_s,
        evidence.received_at,
        evidence.speed_mps
    )
    .on("visits")?;
    Ok(inserted == 1)
}

fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" ")
}

const CHECK_OUT: &str = "UPDATE visits SET checked_out_at = $1, outcome = $2, notes = $3, out_device_at = $4, estimated = FALSE
    WHERE organisation_id = $5 AND id = $6 AND (checked_out_at IS NULL OR estimated) AND photo_sha256 IS NOT NULL";

/// `false` when it was checked out already or has no photo. An estimated check-out gives way to a told one.
pub async fn check_out(
    db: &mut Write,
    caller: &Caller,
    id: VisitId,
    check_out: &CheckOut,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let notes = check_out.notes.as_ref().map(|notes| notes.as_str());
    let (outcome, device_at) = (check_out.outcome.code(), check_out.occurred_at);
    let changed =
        query!(db, execute, CHECK_OUT, at, outcome, notes, device_at, caller.organisation.id.0, id.0)
            .on("visits")?;
    Ok(changed == 1)
}

const MOVE_ALL: &str = "UPDATE visits SET location_id = $1 WHERE organisation_id = $2 AND location_id = $3
    RETURNING business_date, employee_id, team_id";

/// Says that the visits of one location were made at another; gives the day of each. What they were judged by stays.
pub async fn move_all(
    db: &mut Write,
    organisation: OrganisationId,
    from: LocationId,
    to: LocationId,
) -> Result<Vec<RepDay>, StoreError> {
    let rows = query!(db, fetch_all as (NaiveDate, Uuid, Uuid), MOVE_ALL, to.0, organisation.0, from.0);
    let day = |(date, employee, team)| RepDay { date, employee: EmployeeId(employee), team: TeamId(team) };
    Ok(rows.on("visits")?.into_iter().map(day).collect())
}

const CLOSE: &str = "UPDATE visits SET checked_out_at = $1, estimated = TRUE
    WHERE organisation_id = $2 AND id = $3 AND checked_out_at IS NULL";

/// Closes a forgotten visit; `false` when its rep was faster.
pub async fn close(
    db: &mut Write,
    organisation: OrganisationId,
    id: VisitId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(query!(db, execute, CLOSE, at, organisation.0, id.0).on("visits")? == 1)
}

const SHOW_PHOTO: &str = "UPDATE visits SET photo_sha256 = $1, photo_width = $2, photo_height = $3
    WHERE organisation_id = $4 AND id = $5 AND (checked_out_at IS NULL OR estimated) RETURNING photos";
const INSERT_PHOTO: &str = "INSERT INTO photos (organisation_id, visit_id, sha256, media_type, size_bytes, width, height,
    exif_lat, exif_lng, exif_taken_at, received_at, picture) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (organisation_id, visit_id, sha256) DO NOTHING";
const LIST_PHOTOS: &str = "UPDATE visits SET photos = $1 WHERE organisation_id = $2 AND id = $3";

/// Adds a photo and gives all of the visit; `None` when the visit is checked out.
pub async fn add_photo(
    db: &mut Write,
    caller: &Caller,
    id: VisitId,
    photo: &Processed,
    now: DateTime<Utc>,
) -> Result<Option<Vec<PhotoRef>>, StoreError> {
    let (organisation, width, height) =
        (caller.organisation.id.0, i64::from(photo.width), i64::from(photo.height));
    // First, for it holds the visit's row until the list below is written.
    let shown =
        query!(db, fetch_optional as (String,), SHOW_PHOTO, &photo.sha256, width, height, organisation, id.0)
            .on("visits")?;
    let Some((list,)) = shown else { return Ok(None) };
    let mut photos: Vec<PhotoRef> = serde_json::from_str(&list).map_err(|e| corrupt("photos", e))?;
    let at = photo.exif.position;
    query!(
        db,
        execute,
        INSERT_PHOTO,
        organisation,
        id.0,
        &photo.sha256,
        photo.media_type,
        photo.size_bytes,
        width,
        height,
        at.map(|p| p.lat.get()),
        at.map(|p| p.lng.get()),
        photo.exif.taken_at.as_deref(),
        now,
        &photo.picture[..]
    )
    .on("photos")?;
    let added = photo.photo_ref();
    // The same photo may have been faster on another connection.
    if !photos.contains(&added) {
        photos.push(added);
    }
    let list = serde_json::to_string(&photos).map_err(|e| corrupt("photos", e))?;
    query!(db, execute, LIST_PHOTOS, &list, organisation, id.0).on("visits")?;
    Ok(Some(photos))
}

const JUDGE_AGAIN: &str =
    "UPDATE visits SET verdict = $1, review = CASE WHEN reasons = $2 THEN review END, reasons = $2, photo_distance_m = $3, photo_age_s = $4,
    photo_same_as = $5, photo_similar_to = $6 WHERE organisation_id = $7 AND id = $8";

/// Keeps what a photo added to the judgement. A review that did not know of it is void.
pub async fn judge_again(
    db: &mut Write,
    caller: &Caller,
    id: VisitId,
    verdict: Verdict,
    reasons: &[Reason],
    photo: &PhotoEvidence,
) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        JUDGE_AGAIN,
        verdict.code(),
        words(reasons),
        photo.distance_m,
        photo.age_s,
        photo.same_as.map(|id| id.0),
        photo.similar_to.map(|id| id.0),
        caller.organisation.id.0,
        id.0
    )
    .on("visits")?;
    Ok(())
}

const HOLD: &str = "UPDATE visits SET review = review WHERE organisation_id = $1 AND id = $2";

/// Holds a visit's row until the commit, so that what is read of it then is what is changed.
pub async fn hold(db: &mut Write, organisation: OrganisationId, id: VisitId) -> Result<(), StoreError> {
    query!(db, execute, HOLD, organisation.0, id.0).on("visits")?;
    Ok(())
}

const REVIEW: &str = "UPDATE visits SET review = $1, review_reason = $2, reviewed_by = $3, reviewed_at = $4
    WHERE organisation_id = $5 AND id = $6";

/// Sets what was decided about a visit; `None` takes it back.
pub async fn review(
    db: &mut Write,
    organisation: OrganisationId,
    id: VisitId,
    review: Option<&Review>,
) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        REVIEW,
        review.map(|review| review.decision.code()),
        review.and_then(|review| review.reason.as_deref()),
        review.map(|review| review.by.id.0),
        review.map(|review| review.at),
        organisation.0,
        id.0
    )
    .on("visits")?;
    Ok(())
}
