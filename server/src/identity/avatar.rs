//! The picture one shows of oneself.

use bytes::Bytes;
use ekenko_domain::{employee::Me, id::EmployeeId};

use super::{Caller, Identity};
use crate::{
    db::{Access, On, StoreError, query},
    photos::{PhotoError, Picture},
};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum AvatarError {
    /// Nobody of the caller's organisation shows this one.
    #[error("there is no such picture")]
    NotFound,
    /// The photo was refused.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const AVATAR: &str = "SELECT avatar_sha256 FROM employees WHERE organisation_id = $1 AND id = $2";

/// The hash of the picture somebody of the caller's organisation shows.
pub(super) async fn avatar(
    db: &mut impl Access,
    caller: &Caller,
    employee: EmployeeId,
) -> Result<Option<String>, StoreError> {
    let row = query!(db, fetch_optional as (Option<String>,), AVATAR, caller.organisation.id.0, employee.0)
        .on("employees")?;
    Ok(row.and_then(|(sha256,)| sha256))
}

const SET: &str = "UPDATE employees SET avatar_sha256 = $1 WHERE organisation_id = $2 AND id = $3";

impl Identity {
    /// Shows the middle of a photo as the caller's picture.
    pub async fn put_avatar(&self, caller: &Caller, bytes: Bytes) -> Result<Me, AvatarError> {
        let sha256 = self.photos.take_portrait(caller.organisation.id, bytes).await?;
        self.set_avatar(caller, Some(sha256)).await?;
        Ok(self.me(caller).await?)
    }

    /// Shows no picture of the caller.
    pub async fn remove_avatar(&self, caller: &Caller) -> Result<(), StoreError> {
        self.set_avatar(caller, None).await
    }

    async fn set_avatar(&self, caller: &Caller, sha256: Option<String>) -> Result<(), StoreError> {
        let mut db = self.db.begin().await?;
        query!(&mut db, execute, SET, sha256.as_deref(), caller.organisation.id.0, caller.employee.id.0)
            .on("employees")?;
        db.commit().await
    }

    /// The picture somebody of the caller's organisation shows, if it is this one.
    pub async fn avatar(
        &self,
        caller: &Caller,
        employee: EmployeeId,
        sha256: &str,
    ) -> Result<Picture, AvatarError> {
        match avatar(&mut self.db.read().await?, caller, employee).await? {
            Some(shown) if shown == sha256 => Ok(self.photos.portrait(caller.organisation.id, shown).await?),
            _ => Err(AvatarError::NotFound),
        }
    }
}
