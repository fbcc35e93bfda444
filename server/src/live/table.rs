//! Where events are kept, as the hub sees it.

use chrono::TimeDelta;
use ekenko_domain::{
    event::{Offsets, Stream},
    id::OrganisationId,
};
use futures_util::future::BoxFuture;

use super::{fanout::Page, stream};
use crate::{
    context::Context,
    db::{Db, StoreError},
};

/// Events read at once, and about how many bytes of them: a slow socket holds one such page.
const PAGE: i64 = 200;
const PAGE_BYTES: usize = 64 * 1024;
/// How far back a sweep looks: clocks of several processes may differ.
const SWEEP_BACK: TimeDelta = TimeDelta::seconds(60);

/// Where events are kept.
pub trait Table: Send + Sync + 'static {
    /// The heads of several streams of an organisation.
    fn heads<'a>(
        &'a self,
        organisation: OrganisationId,
        streams: &'a [Stream],
    ) -> BoxFuture<'a, Result<Offsets, StoreError>>;
    /// Events after an offset.
    fn after(
        &self,
        organisation: OrganisationId,
        stream: Stream,
        offset: i64,
    ) -> BoxFuture<'_, Result<Page, StoreError>>;
    /// Streams of every organisation that grew of late, with their heads.
    fn grown(&self) -> BoxFuture<'_, Result<Vec<(Stream, i64)>, StoreError>>;
}

/// The database.
pub struct Stored {
    /// Where.
    pub db: Db,
    /// Its clock.
    pub outside: Context,
}

impl Table for Stored {
    fn heads<'a>(
        &'a self,
        organisation: OrganisationId,
        streams: &'a [Stream],
    ) -> BoxFuture<'a, Result<Offsets, StoreError>> {
        Box::pin(async move { stream::heads(&mut self.db.read().await?, organisation, streams).await })
    }

    fn after(
        &self,
        organisation: OrganisationId,
        stream: Stream,
        offset: i64,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        Box::pin(async move {
            let mut db = self.db.read().await?;
            // The head first: what is committed between the two reads must not look like a hole.
            let (head, _) = stream::head(&mut db, organisation, stream).await?;
            let mut frames = stream::after(&mut db, organisation, stream, offset, PAGE).await?;
            let mut bytes = 0;
            let fit = frames.iter().take_while(|frame| {
                bytes += frame.wire.len();
                bytes <= PAGE_BYTES
            });
            let fit = fit.count().max(1);
            frames.truncate(fit);
            Ok(Page { head, frames })
        })
    }

    fn grown(&self) -> BoxFuture<'_, Result<Vec<(Stream, i64)>, StoreError>> {
        Box::pin(async move {
            let since = self.outside.now() - SWEEP_BACK;
            stream::changed_since(&mut self.db.read().await?, since).await
        })
    }
}
