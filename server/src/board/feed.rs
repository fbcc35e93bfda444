//! The feed: visits as they stand, and what the streams tell of tasks, customers and announcements.

use ekenko_domain::{
    event::Offsets,
    feed::{FeedItem, Topic, Whose},
    page::Page,
};

use super::Boards;
use crate::{
    db::{Access, StoreError},
    identity::Caller,
    live::stream,
    page::{self, Before},
};

/// Events looked through for one piece. Streams of others are passed over, so that a piece may have fewer lines than
/// asked for although there are more.
const LOOKED_THROUGH: i64 = 2_000;

impl Boards {
    /// A piece of the feed before (`time`, `id`), latest first. Tasks, customers and announcements go back as far as events
    /// are kept, and come from `streams` alone.
    #[allow(clippy::too_many_arguments)]
    pub(super) async fn feed_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        streams: &Offsets,
        topic: Option<Topic>,
        whose: Whose,
        before: Before,
        limit: usize,
    ) -> Result<Page<FeedItem>, StoreError> {
        let want = page::wanted(limit);
        let wanted = |one| topic.is_none_or(|topic| topic == one);
        let mut lines = Vec::new();
        // Behind this not everything has been looked at.
        let mut reach = None;
        if wanted(Topic::Visits) {
            let visits = self.visits.before(db, caller, whose, before, want).await?;
            lines.extend(visits.into_iter().map(FeedItem::visit));
        }
        for kind in Topic::ALL.iter().copied().filter(|one| wanted(*one)).flat_map(Topic::kinds) {
            let events = stream::of_kind(db, caller, *kind, before, LOOKED_THROUGH).await?;
            if let Some(last) = events.last().filter(|_| events.len() as i64 == LOOKED_THROUGH) {
                reach = reach.max(Some((last.at, last.id.0)));
            }
            let seen =
                events.iter().filter(|event| streams.contains_key(&event.stream)).filter_map(FeedItem::of);
            let mut seen: Vec<_> = seen.filter(|line| line.told.is_of(whose)).collect();
            seen.dedup_by_key(|line| line.id);
            lines.extend(seen.into_iter().take(limit + 1));
        }
        lines.sort_by_key(FeedItem::place);
        if let Some(reach) = reach {
            lines.retain(|line| (line.at, line.id) >= reach);
            if lines.len() <= limit {
                return Ok(Page { items: lines, next: Some(page::cursor(&page::at(reach))) });
            }
        }
        Ok(page::cut(lines, limit, |last| page::at((last.at, last.id))))
    }
}
