//! Two locations that are one place become one, with all that hangs on them.

use std::sync::Arc;

use ekenko_domain::{
    customer::Location,
    event::{Kind, Stream},
    id::LocationId,
};
use serde_json::json;

use crate::{
    activity::Activity,
    context::Context,
    customers::{Customers, MergeError},
    db::Db,
    identity::Caller,
    outbox::Outbox,
    plans::Plans,
    tasks::Tasks,
    visits::Visits,
};

/// Merging locations, across the components that point at them.
pub struct Merges {
    db: Db,
    outside: Context,
    outbox: Outbox,
    customers: Arc<Customers>,
    visits: Arc<Visits>,
    plans: Arc<Plans>,
    tasks: Arc<Tasks>,
}

impl Merges {
    /// Merging in `db`.
    pub fn new(
        db: Db,
        outside: Context,
        outbox: Outbox,
        customers: Arc<Customers>,
        visits: Arc<Visits>,
        plans: Arc<Plans>,
        tasks: Arc<Tasks>,
    ) -> Self {
        Self { db, outside, outbox, customers, visits, plans, tasks }
    }

    /// Moves everything of the location `id` to the one that stays, and gives that. What is merged already is left so:
    /// the same command again gives the same location. Visits keep their verdicts.
    pub async fn merge(
        &self,
        caller: &Caller,
        id: LocationId,
        into: LocationId,
    ) -> Result<Location, MergeError> {
        if !caller.role.manages() {
            return Err(MergeError::NotAnEditor);
        }
        if id == into {
            return Err(MergeError::Same("into"));
        }
        let mut db = self.db.begin().await?;
        let [merged, kept] = self.customers.hold_both(&mut db, caller, [id, into]).await?;
        let merged = merged.ok_or(MergeError::UnknownLocation)?;
        let kept = kept.ok_or(MergeError::UnknownInto("into"))?;
        if merged.id == kept.id {
            return if merged.id == id { Err(MergeError::Same("into")) } else { Ok(kept) };
        }
        let visits = self.visits.move_all(&mut db, caller, merged.id, kept.id).await?;
        let tasks = self.tasks.move_all(&mut db, caller, merged.id, kept.id).await?;
        self.plans.move_all(&mut db, caller, merged.id, kept.id).await?;
        self.customers.absorb(&mut db, caller, merged.id, kept.id, self.outside.now()).await?;
        let before = json!({ "merged": merged, "kept": kept });
        let after = json!({ "kept": kept, "visits_moved": visits, "tasks_moved": tasks });
        let activity =
            Activity::of(caller, Kind::CustomerMerged, merged.id).from(Some(&before)).to(Some(&after));
        let told = json!({ "location_id": merged.id, "into": kept });
        self.outbox.tell(db, &activity, &[Stream::Org(caller.organisation.id)], &told).await?;
        Ok(kept)
    }
}
