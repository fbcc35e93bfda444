//! What becomes of a location that was the same place as another: the customers' part of it. The merged_locations table
//! leads from its id to the one that stayed.

use chrono::{DateTime, Utc};
use ekenko_domain::{customer::Location, id::LocationId};

use super::{Customers, store};
use crate::{
    db::{Access, Conn, On, StoreError, Write, query},
    identity::Caller,
    page::BadCursor,
};

/// Why locations were not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Reps do not change the customer base so.
    #[error("only managers and admins look for duplicates and merge them")]
    NotAnEditor,
    /// No such location in the caller's organisation.
    #[error("there is no such location")]
    UnknownLocation,
    /// The other one is not there, which the named member tells.
    #[error("there is no such location")]
    UnknownInto(&'static str),
    /// Both are one already, which the named member tells.
    #[error("must be another location")]
    Same(&'static str),
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The search failed.
    #[error("the search for duplicates failed: {0}")]
    Failed(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! held {
    ($lock:literal) => {
        concat!("SELECT id FROM locations WHERE organisation_id = $1 AND id IN ($2, $3) ORDER BY id", $lock)
    };
}
const HELD_FOR_VISITS: &str = held!(" FOR KEY SHARE");
const HELD_FOR_MERGING: &str = held!(" FOR UPDATE");

/// SQLite has one writer, so nothing changes below a transaction that may write.
async fn hold(
    db: &mut Write,
    caller: &Caller,
    ids: [LocationId; 2],
    held: &'static str,
) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = db.conn() {
        let held = sqlx::query(held).bind(caller.organisation.id.0).bind(ids[0].0).bind(ids[1].0);
        held.execute(conn).await.on("locations")?;
    }
    Ok(())
}

const MOVE_CONTACTS: &str =
    "UPDATE contacts SET location_id = $1 WHERE organisation_id = $2 AND location_id = $3";
const MOVE_STATUSES: &str =
    "UPDATE location_statuses SET location_id = $1 WHERE organisation_id = $2 AND location_id = $3";
const MOVE_OWNER: &str = "UPDATE locations SET owner_id = COALESCE(owner_id,
    (SELECT m.owner_id FROM locations m WHERE m.organisation_id = $2 AND m.id = $3)) WHERE organisation_id = $2 AND id = $1";
const LEAD_ON: &str = "UPDATE merged_locations SET into_id = $1 WHERE organisation_id = $2 AND into_id = $3";
const FORGET_DISTINCT: &str = "DELETE FROM distinct_locations WHERE organisation_id = $2 AND (one_id = $3 OR other_id = $3) AND $1 <> $3";
const LEAD: &str =
    "INSERT INTO merged_locations (organisation_id, id, into_id, merged_at) VALUES ($1, $2, $3, $4)";
const REMOVE: &str = "DELETE FROM locations WHERE organisation_id = $1 AND id = $2";

impl Customers {
    /// A location that stays what it is until the transaction ends; the one it was merged into, if it was.
    pub async fn location_held(
        &self,
        db: &mut Write,
        caller: &Caller,
        id: LocationId,
    ) -> Result<Option<Location>, StoreError> {
        hold(db, caller, [id, id], HELD_FOR_VISITS).await?;
        store::by_id(db, caller, id).await
    }

    /// Two locations that nobody else touches until the transaction ends.
    pub(crate) async fn hold_both(
        &self,
        db: &mut Write,
        caller: &Caller,
        ids: [LocationId; 2],
    ) -> Result<[Option<Location>; 2], StoreError> {
        hold(db, caller, ids, HELD_FOR_MERGING).await?;
        Ok([store::by_id(db, caller, ids[0]).await?, store::by_id(db, caller, ids[1]).await?])
    }

    /// Gives contacts and history of `merged` to `kept`, and who looks after it when nobody looks after `kept`; whoever
    /// asks for `merged` from here on gets `kept`. Nothing else may point at `merged` by now.
    pub(crate) async fn absorb(
        &self,
        db: &mut Write,
        caller: &Caller,
        merged: LocationId,
        kept: LocationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let organisation = caller.organisation.id.0;
        for (sql, table) in [
            (MOVE_CONTACTS, "contacts"),
            (MOVE_STATUSES, "location_statuses"),
            (MOVE_OWNER, "locations"),
            (LEAD_ON, "merged_locations"),
            (FORGET_DISTINCT, "distinct_locations"),
        ] {
            query!(db, execute, sql, kept.0, organisation, merged.0).on(table)?;
        }
        query!(db, execute, LEAD, organisation, merged.0, kept.0, now).on("merged_locations")?;
        query!(db, execute, REMOVE, organisation, merged.0).on("locations")?;
        Ok(())
    }
}
