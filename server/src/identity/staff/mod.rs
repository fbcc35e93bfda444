//! Staff: the accounts and teams of an organisation, kept by those who run them.

mod accounts;
mod links;
mod own;
mod store;
mod teams;

use std::sync::Arc;

use ekenko_domain::{problem::Problem, staff::LINK_DAYS};

use super::{Identity, password::HashError};
use crate::{
    context::Context,
    db::{Db, StoreError},
    mail::Mail,
    outbox::Outbox,
    page::BadCursor,
};

pub use store::Filter;
pub(super) use store::searched;
pub(crate) use teams::team_settings;

/// Why a change of accounts or teams was refused.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Not this account.
    #[error("managers keep the reps of their own teams; the rest is for admins")]
    NotYours,
    /// No such account for the caller.
    #[error("there is no such employee among yours")]
    NotFound,
    /// No such team for the caller.
    #[error("there is no such team among yours")]
    UnknownTeam,
    /// Not a team the caller may see.
    #[error("there is no such team among yours")]
    NoTeam,
    /// Whoever is to run the team does not.
    #[error("must be an active manager of this organisation")]
    NotAManager,
    /// Somebody signs in with this address already.
    #[error("is taken: somebody signs in with it already")]
    EmailTaken,
    /// The id belongs to another account or team.
    #[error("this id is already used by a different one: make a new id")]
    IdConflict,
    /// Nobody could undo it.
    #[error("this is the last admin: make another one first")]
    LastAdmin,
    /// One's own account.
    #[error("this is your own account: ask another admin")]
    Oneself,
    /// The link is wrong, used or over.
    #[error("the link is wrong, was used already, or is older than {LINK_DAYS} days: ask for a new one")]
    BadLink,
    /// A field does not fit the others.
    #[error("{0:?}")]
    Invalid(Problem),
    /// The cursor is from elsewhere.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The staff of this installation.
pub struct Staff {
    db: Db,
    outside: Context,
    outbox: Outbox,
    identity: Arc<Identity>,
    mail: Option<Mail>,
}

impl Staff {
    /// Staff in `db`; without `mail` links are handed over by whoever makes them.
    pub fn new(
        db: Db,
        outside: Context,
        outbox: Outbox,
        identity: Arc<Identity>,
        mail: Option<Mail>,
    ) -> Self {
        Self { db, outside, outbox, identity, mail }
    }
}
