//! The transactional outbox: what changed, who did it and whom it is told to are committed together.

use std::sync::Arc;

use ekenko_domain::event::Stream;
use serde::Serialize;

use crate::{
    activity::{self, Activity},
    context::Context,
    db::{StoreError, Write},
    live::{hub::Hub, stream},
};

/// Tells what happened.
#[derive(Clone)]
pub struct Outbox {
    outside: Context,
    hub: Arc<Hub>,
}

impl Outbox {
    /// Tells through `hub`.
    pub fn new(outside: Context, hub: Arc<Hub>) -> Self {
        Self { outside, hub }
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
        activity::record(&mut db, outside, activity).await?;
        let frames = stream::append(&mut db, outside, organisation, streams, activity.kind, data).await?;
        db.commit().await?;
        self.hub.publish(organisation, frames);
        Ok(())
    }
}
