//! The transactional outbox: what changed, who did it and whom it is told to are committed together.

use std::sync::Arc;

use ekenko_domain::event::Stream;
use serde::Serialize;

use crate::{
    activity::{self, Activity, Chain},
    context::Context,
    db::{StoreError, Write},
    live::{hub::Hub, stream},
};

/// Tells what happened.
#[derive(Clone)]
pub struct Outbox {
    outside: Context,
    chain: Arc<Chain>,
    hub: Arc<Hub>,
}

impl Outbox {
    /// Tells through `hub`, and seals what it notes with `chain`.
    pub fn new(outside: Context, hub: Arc<Hub>, chain: Arc<Chain>) -> Self {
        Self { outside, chain, hub }
    }

    /// Writes activity and event beside the change, commits all three, and only then lets the hub know.
    pub async fn tell(
        &self,
        mut db: Write,
        activity: &Activity,
        streams: &[Stream],
        data: &impl Serialize,
    ) -> Result<(), StoreError> {
        let (organisation, outside) = (activity.organisation, &*self.outside);
        let head = activity::record(&mut db, outside, &self.chain, activity, data).await?;
        let frames = stream::append(&mut db, outside, organisation, streams, activity.kind, data).await?;
        db.commit().await?;
        self.chain.note(organisation, head);
        self.hub.publish(organisation, frames);
        Ok(())
    }

    /// The same of many changes that are committed together, all in one organisation.
    pub async fn tell_all<T: Serialize + Sync>(
        &self,
        mut db: Write,
        changes: &[(Activity, Vec<Stream>, T)],
    ) -> Result<(), StoreError> {
        let (outside, mut told) = (&*self.outside, Vec::with_capacity(changes.len()));
        for (activity, streams, data) in changes {
            let organisation = activity.organisation;
            let head = activity::record(&mut db, outside, &self.chain, activity, data).await?;
            let frames = stream::append(&mut db, outside, organisation, streams, activity.kind, data).await?;
            told.push((organisation, head, frames));
        }
        db.commit().await?;
        for (organisation, head, frames) in told {
            self.chain.note(organisation, head);
            self.hub.publish(organisation, frames);
        }
        Ok(())
    }
}
