//! The photos of a visit.

use bytes::Bytes;
use chrono::NaiveDateTime;
use ekenko_domain::{
    day::local,
    event::Kind,
    id::VisitId,
    visit::{MOST_PHOTOS, PhotoClues, PhotoRef, Verdict, Visit, judge_photo},
};

use super::{VisitError, Visits, changes, clues, evidence::CAMERA_TIME, store};
use crate::{
    db::{StoreError, Write},
    identity::Caller,
    photos::{Picture, Processed},
};

impl Visits {
    /// Adds a photo to an open visit. The same photo again, even after check-out, gives the same answer.
    pub async fn put_photo(
        &self,
        caller: &Caller,
        id: VisitId,
        bytes: Bytes,
    ) -> Result<PhotoRef, VisitError> {
        self.own(&mut self.db.read().await?, caller, id).await?;
        let photo = self.photos.take(caller.organisation.id, bytes).await?;
        let mut db = self.db.begin().await?;
        let visit = self.own(&mut db, caller, id).await?;
        let answer = photo.photo_ref();
        if visit.photos.contains(&answer) {
            return Ok(answer);
        }
        if visit.photos.len() >= MOST_PHOTOS {
            return Err(VisitError::TooManyPhotos);
        }
        let now = self.outside.now();
        let Some(photos) = changes::add_photo(&mut db, caller, id, &photo, now).await? else {
            return Err(VisitError::CheckedOut);
        };
        // As it is now that its row is held: it may have been reviewed meanwhile.
        let mut visit = self.own(&mut db, caller, id).await?;
        visit.photos = photos;
        visit.photo = Some(answer.clone());
        self.judge_again(&mut db, caller, &mut visit, &photo).await?;
        self.tell_of(db, caller, Kind::VisitPhoto, &visit).await?;
        Ok(answer)
    }

    /// Adds what a photo says of itself to the judgement. What an earlier photo added stays.
    async fn judge_again(
        &self,
        db: &mut Write,
        caller: &Caller,
        visit: &mut Visit,
        photo: &Processed,
    ) -> Result<(), StoreError> {
        let clues = PhotoClues {
            position: photo.exif.position,
            taken_at: photo
                .exif
                .taken_at
                .as_deref()
                .and_then(|text| NaiveDateTime::parse_from_str(text, CAMERA_TIME).ok()),
            same_as: clues::same_file(db, caller, visit.id, &photo.sha256).await?,
            similar_to: clues::same_picture_of_rep(db, caller, visit.id, photo).await?,
        };
        let local = local(visit.checked_in_at, &caller.organisation.time_zone);
        let (reasons, evidence) = judge_photo(visit.evidence.pin, local, &clues);
        let first = visit.evidence.photo.is_none();
        if reasons.is_empty() && !first {
            return Ok(());
        }
        for reason in reasons {
            if !visit.reasons.contains(&reason) {
                visit.reasons.push(reason);
                visit.review = None;
            }
        }
        visit.verdict = Verdict::of(&visit.reasons);
        changes::judge_again(db, caller, visit.id, visit.verdict, &visit.reasons, &evidence).await?;
        visit.evidence.photo = Some(evidence);
        Ok(())
    }

    /// One of the photos of a visit the caller may see: that of the hash, else the latest.
    async fn seen_photo(
        &self,
        caller: &Caller,
        id: VisitId,
        sha256: Option<&str>,
    ) -> Result<PhotoRef, VisitError> {
        let mut photos = self.visit(caller, id).await?.photos;
        let found = match sha256 {
            Some(sha256) => photos.into_iter().find(|photo| photo.sha256 == sha256),
            None => photos.pop(),
        };
        found.ok_or(VisitError::NotFound)
    }

    /// A photo of a visit the caller may see, as it was sent.
    pub async fn photo(
        &self,
        caller: &Caller,
        id: VisitId,
        sha256: Option<&str>,
    ) -> Result<Picture, VisitError> {
        let photo = self.seen_photo(caller, id, sha256).await?;
        let media_type = store::media_type(&mut self.db.read().await?, caller, id, &photo.sha256)
            .await?
            .ok_or(VisitError::NotFound)?;
        Ok(self.photos.original(caller.organisation.id, photo, media_type).await?)
    }

    /// The small JPEG of such a photo.
    pub async fn thumbnail(
        &self,
        caller: &Caller,
        id: VisitId,
        sha256: Option<&str>,
    ) -> Result<Picture, VisitError> {
        let photo = self.seen_photo(caller, id, sha256).await?;
        Ok(self.photos.thumbnail(caller.organisation.id, photo).await?)
    }
}
