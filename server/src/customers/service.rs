//! The customer base, as the other components see it.

use ekenko_domain::{customer::Location, id::LocationId};

use super::store;
use crate::{
    context::Context,
    db::{Access, Db, StoreError},
    identity::Caller,
    outbox::Outbox,
};

/// The customer base.
pub struct Customers {
    pub(super) db: Db,
    pub(super) outside: Context,
    pub(super) outbox: Outbox,
}

impl Customers {
    /// The customer base in `db`.
    pub fn new(db: Db, outside: Context, outbox: Outbox) -> Self {
        Self { db, outside, outbox }
    }

    /// One location of the caller's organisation.
    pub async fn location(&self, caller: &Caller, id: LocationId) -> Result<Option<Location>, StoreError> {
        store::by_id(&mut self.db.read().await?, caller, id).await
    }

    /// The same inside somebody's transaction.
    pub async fn location_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: LocationId,
    ) -> Result<Option<Location>, StoreError> {
        store::by_id(db, caller, id).await
    }

    /// The provinces the organisation has locations in.
    pub async fn provinces(&self, caller: &Caller) -> Result<Vec<String>, StoreError> {
        store::provinces(&mut self.db.read().await?, caller.organisation.id).await
    }
}
