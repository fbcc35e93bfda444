//! Scheduled announcements: published when their time has come.

use std::{sync::Arc, time::Duration};

use ekenko_domain::event::Kind;

use super::{Announcements, store};
use crate::{activity::Activity, db::StoreError};

/// How often those whose time has come are looked for.
const EVERY: Duration = Duration::from_secs(5);
/// Most published at once; the others follow at the next look.
const AT_ONCE: i64 = 100;

impl Announcements {
    /// Publishes what is due, now and every few seconds.
    pub async fn publish_due(self: Arc<Self>) {
        let mut often = tokio::time::interval(EVERY);
        loop {
            often.tick().await;
            if let Err(error) = self.publish_due_once().await {
                tracing::error!(%error, "scheduled announcements could not be published");
            }
        }
    }

    /// Publishes announcements whose time has come and is not over yet. Gives the number published. Several processes
    /// may do it at once: each announcement is published by one.
    pub async fn publish_due_once(&self) -> Result<u64, StoreError> {
        let now = self.outside.now();
        let due = store::due(&mut self.db.read().await?, now, AT_ONCE).await?;
        let mut published = 0;
        for (organisation, id) in due {
            let mut db = self.db.begin().await?;
            if !store::publish(&mut db, organisation, id, now).await? {
                continue;
            }
            let Some(announcement) = store::in_organisation(&mut db, organisation, id).await? else {
                continue;
            };
            let streams = self.hearers(&mut db, organisation, &announcement).await?;
            let activity = Activity::of_itself(organisation, Kind::AnnouncementPublished, id);
            self.outbox.tell(db, &activity, &streams, &announcement).await?;
            published += 1;
        }
        Ok(published)
    }
}
