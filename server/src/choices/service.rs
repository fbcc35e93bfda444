//! Reading and changing the lists.

use ekenko_domain::{
    choices::{Choices, Outcome, Purpose},
    employee::Role,
    event::{Kind, Stream},
    id::OrganisationId,
    problem::Problem,
};

use super::store::{self, OUTCOME, PURPOSE};
use crate::{
    activity::Activity,
    db::{Access, Db, StoreError, Write},
    identity::Caller,
    outbox::Outbox,
};

/// Why a change was refused.
#[derive(Debug, thiserror::Error)]
pub enum ChoicesError {
    /// Everybody of the organisation sees them, so few may change them.
    #[error("only admins change what a visit may be for")]
    NotAnAdmin,
    /// Lists that cannot be.
    #[error(transparent)]
    Invalid(#[from] Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives a new organisation what is built in.
pub(crate) async fn fill(db: &mut Write, organisation: OrganisationId) -> Result<(), StoreError> {
    store::write(db, organisation, &Choices::default()).await
}

/// The lists of this installation's organisations.
pub struct ChoiceLists {
    db: Db,
    outbox: Outbox,
}

impl ChoiceLists {
    /// Lists in `db`.
    pub fn new(db: Db, outbox: Outbox) -> Self {
        Self { db, outbox }
    }

    /// Both lists of the caller's organisation.
    pub async fn lists(&self, caller: &Caller) -> Result<Choices, StoreError> {
        self.lists_in(&mut self.db.snapshot().await?, caller).await
    }

    /// The same in somebody's snapshot.
    pub async fn lists_in(&self, db: &mut impl Access, caller: &Caller) -> Result<Choices, StoreError> {
        store::read(db, caller.organisation.id).await
    }

    /// Sets both lists; gives them as they then are, with whatever was left out retired.
    pub async fn change(&self, caller: &Caller, lists: Choices) -> Result<Choices, ChoicesError> {
        if caller.role != Role::Admin {
            return Err(ChoicesError::NotAnAdmin);
        }
        lists.check()?;
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        store::hold(&mut db, organisation).await?;
        let known = store::read(&mut db, organisation).await?;
        let lists = lists.over(known.clone());
        if lists == known {
            return Ok(lists);
        }
        // Again, for the retired ones count as well.
        lists.check()?;
        store::write(&mut db, organisation, &lists).await?;
        let activity = Activity::of(caller, Kind::ChoicesChanged, organisation).from(Some(&known));
        self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &lists).await?;
        Ok(lists)
    }

    /// Whether a visit may be for this: retired or not, for a device may have been without signal.
    pub async fn has_purpose(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        purpose: Purpose,
    ) -> Result<bool, StoreError> {
        store::has(db, caller.organisation.id, PURPOSE, purpose.0).await
    }

    /// Whether this may come of a visit: retired or not, as above.
    pub async fn has_outcome(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        outcome: Outcome,
    ) -> Result<bool, StoreError> {
        store::has(db, caller.organisation.id, OUTCOME, outcome.0).await
    }
}
