//! What a judgement looks back on: the rep's earlier fixes, and photos sent before.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    id::VisitId,
    visit::{Fix, PastFix, REMEMBERED, same_picture},
};
use uuid::Uuid;

use super::row::corrupt;
use crate::{
    db::{Access, On, StoreError, query},
    identity::Caller,
    photos::Processed,
};

const FIXES: &str = "SELECT fix_lat, fix_lng, fix_accuracy_m, fix_taken_at, checked_in_at FROM visits
    WHERE organisation_id = $1 AND employee_id = $2 AND checked_in_at <= $3 AND fix_taken_at IS NOT NULL
    ORDER BY checked_in_at DESC LIMIT $4";

/// The caller's last fixes up to `before`, latest first.
pub async fn past_fixes(
    db: &mut impl Access,
    caller: &Caller,
    before: DateTime<Utc>,
) -> Result<Vec<PastFix>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (f64, f64, f64, DateTime<Utc>, DateTime<Utc>),
        FIXES,
        caller.organisation.id.0,
        caller.employee.id.0,
        before,
        REMEMBERED as i64
    )
    .on("visits")?;
    rows.into_iter()
        .map(|(lat, lng, accuracy, taken_at, at)| {
            let fix = Fix {
                lat: lat.try_into().map_err(|e| corrupt("fix_lat", e))?,
                lng: lng.try_into().map_err(|e| corrupt("fix_lng", e))?,
                accuracy_m: accuracy.try_into().map_err(|e| corrupt("fix_accuracy_m", e))?,
                taken_at,
            };
            Ok(PastFix { fix, at })
        })
        .collect()
}

const SAME_FILE: &str =
    "SELECT visit_id FROM photos WHERE organisation_id = $1 AND sha256 = $2 AND visit_id <> $3
    ORDER BY received_at LIMIT 1";

/// Another visit of the organisation with the very same file.
pub async fn same_file(
    db: &mut impl Access,
    caller: &Caller,
    id: VisitId,
    sha256: &str,
) -> Result<Option<VisitId>, StoreError> {
    let row = query!(db, fetch_optional as (Uuid,), SAME_FILE, caller.organisation.id.0, sha256, id.0)
        .on("photos")?;
    Ok(row.map(|(id,)| VisitId(id)))
}

/// How many of a rep's photos are compared: some three months of work.
const COMPARED: i64 = 1_000;

const PICTURES: &str = "SELECT p.visit_id, p.picture FROM visits v
    JOIN photos p ON p.organisation_id = v.organisation_id AND p.visit_id = v.id
    WHERE v.organisation_id = $1 AND v.employee_id = $2 AND v.id <> $3 AND p.picture IS NOT NULL
    ORDER BY v.checked_in_at DESC LIMIT $4";

/// Another visit of the same rep with the same picture, the latest such.
pub async fn same_picture_of_rep(
    db: &mut impl Access,
    caller: &Caller,
    id: VisitId,
    photo: &Processed,
) -> Result<Option<VisitId>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (Uuid, Vec<u8>),
        PICTURES,
        caller.organisation.id.0,
        caller.employee.id.0,
        id.0,
        COMPARED
    )
    .on("photos")?;
    Ok(rows.into_iter().find(|(_, picture)| same_picture(picture, &photo.picture)).map(|(id, _)| VisitId(id)))
}
