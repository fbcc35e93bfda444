//! All there is to judge a visit by: what its photos say of themselves, the rep's day, what else happened at the place.

use chrono::NaiveDateTime;
use ekenko_domain::{
    day::local,
    geo::Position,
    id::VisitId,
    visit::{Case, PhotoClaim, Visit, legs},
};

use super::{VisitError, Visits, row::corrupt, store};
use crate::{
    db::{Access, On, StoreError, query},
    identity::Caller,
    page,
};

/// Other visits to the place that are shown.
const AT_PLACE: usize = 10;
/// The most visits of a rep's day that are shown.
const OF_DAY: i64 = 100;

const CLAIMS: &str = "SELECT sha256, exif_lat, exif_lng, exif_taken_at FROM photos
    WHERE organisation_id = $1 AND visit_id = $2 ORDER BY received_at, sha256";

/// How a camera writes a time.
pub(super) const CAMERA_TIME: &str = "%Y-%m-%d %H:%M:%S";

async fn claims(db: &mut impl Access, caller: &Caller, visit: &Visit) -> Result<Vec<PhotoClaim>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (String, Option<f64>, Option<f64>, Option<String>),
        CLAIMS,
        caller.organisation.id.0,
        visit.id.0
    )
    .on("photos")?;
    let (pin, local) = (visit.evidence.pin, local(visit.checked_in_at, &caller.organisation.time_zone));
    rows.into_iter()
        .map(|(sha256, lat, lng, taken_at)| {
            let at = lat.zip(lng).map(|(lat, lng)| Position::new(lat, lng)).transpose();
            let at = at.map_err(|error| corrupt("exif_lat", error))?;
            let taken_at = taken_at.and_then(|text| NaiveDateTime::parse_from_str(&text, CAMERA_TIME).ok());
            Ok(PhotoClaim::new(sha256, at, taken_at, pin, local))
        })
        .collect()
}

impl Visits {
    /// All there is to judge a visit by that the caller may see.
    pub async fn case(&self, caller: &Caller, id: VisitId) -> Result<Case, VisitError> {
        let mut db = self.db.snapshot().await?;
        let visit = store::by_id(&mut db, caller, id).await?.ok_or(VisitError::NotFound)?;
        let photos = claims(&mut db, caller, &visit).await?;
        let (date, rep) = (visit.business_date, Some(visit.employee.id));
        let day = store::by_day(&mut db, caller, date, rep, page::NEWEST, OF_DAY).await?;
        let mut place = store::at(&mut db, caller, visit.location.id, AT_PLACE as i64 + 1).await?;
        place.retain(|other| other.id != id);
        place.truncate(AT_PLACE);
        let same_photo = visit.evidence.photo.as_ref().and_then(|photo| photo.same_as.or(photo.similar_to));
        let same_photo_visit = match same_photo {
            Some(other) => store::by_id(&mut db, caller, other).await?,
            None => None,
        };
        Ok(Case { visit, photos, day: legs(day), place, same_photo, same_photo_visit })
    }
}
