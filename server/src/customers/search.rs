//! Searching for customers: which way is the quickest to the first page.

use ekenko_domain::{
    customer::Location,
    geo::{Metres, Position},
    id::EmployeeId,
    page::Page,
    text::{Query, fold},
};
use uuid::Uuid;

use super::{
    Customers,
    find::{self, Around, Narrow, OfStatus, Only, Place},
    text_index,
};
use crate::{
    db::{Access, StoreError},
    identity::Caller,
    page::{self, BadCursor},
};

/// The first circle searched around a point; each further one is four times as wide.
const FIRST_CIRCLE_M: f64 = 600.0;
/// A circle as wide as this holds too many places to look for a text in each, when an index knows it.
const WIDE_CIRCLE_M: f64 = 5_000.0;
/// Half the Earth's circumference: nothing is farther.
const ANYWHERE_M: f64 = 20_037_508.0;
/// Names looked through for each location wanted, before the index of texts is asked.
const NAMES_EACH: i64 = 50;
/// To sort more places than these for each wanted takes longer than to walk on until enough are met: by name, and by
/// distance, for which each is read whole.
const SORTED_BY_NAME_EACH: i64 = 1_000;
const SORTED_BY_DISTANCE_EACH: i64 = 100;
/// And more than this in all.
const MOST_SORTED: i64 = 20_000;

/// A search for locations.
#[derive(Debug, Default)]
pub struct Search {
    /// Nearest first around here.
    pub near: Option<Near>,
    /// A part of name, company or address.
    pub q: Option<Query>,
    /// Those this rep looks after.
    pub owner: Option<EmployeeId>,
    /// What else they are. Around a point those that are inactive are left out, unless a status is asked for.
    pub narrow: Narrow,
    /// Most items to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

/// A circle on the ground.
#[derive(Debug, Clone, Copy)]
pub struct Near {
    /// Its centre.
    pub at: Position,
    /// Its radius; without one, as far as needed.
    pub radius: Option<Metres>,
}

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Customers {
    /// Locations near a point, nearest first, or by name.
    pub async fn search(&self, caller: &Caller, search: &Search) -> Result<Page<Location>, SearchError> {
        self.search_in(&mut self.db.read().await?, caller, search).await
    }

    /// The same in somebody's snapshot.
    pub(super) async fn search_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        search: &Search,
    ) -> Result<Page<Location>, SearchError> {
        let text = search.q.as_ref().map(|q| fold(q.as_str())).unwrap_or_default();
        let mut only = Only { text, owner: search.owner, narrow: search.narrow.clone() };
        if search.near.is_some() {
            only.narrow.status.get_or_insert(OfStatus::Current);
        }
        let want = page::wanted(search.limit);
        let Some(near) = search.near else {
            let after: Place = match &search.cursor {
                Some(cursor) => page::read(cursor)?,
                None => (String::new(), Uuid::nil()),
            };
            if after.0.contains('\0') {
                return Err(BadCursor.into());
            }
            let items = by_name(db, caller, &only, &after, want).await?;
            return Ok(page::cut(items, search.limit, |last| (last.name.clone(), last.id.0)));
        };
        let after = match &search.cursor {
            // The bits, so that the number comes back exactly as the database compared it.
            Some(cursor) => page::read(cursor).map(|(bits, id)| (f64::from_bits(bits), id))?,
            None => (-1.0, Uuid::nil()),
        };
        if !after.0.is_finite() {
            return Err(BadCursor.into());
        }
        let items = nearest(db, caller, &only, near, after, want).await?;
        let found = page::cut(items, search.limit, |(last, chord)| (chord.to_bits(), last.id.0));
        Ok(found.map(|(location, _)| location))
    }
}

/// A text that many places hold is soon met on a walk through the names, and too many to sort; a text that few hold is
/// found by the index. How many hold it is not known beforehand, so a short walk comes first.
async fn by_name(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    after: &Place,
    want: i64,
) -> Result<Vec<Location>, StoreError> {
    // What somebody looks after are few.
    if only.text.is_empty() || only.owner.is_some() {
        return find::by_name(db, caller, only, after, want).await;
    }
    let Some(to) = find::place(db, caller, after, want * NAMES_EACH).await? else {
        return find::by_name(db, caller, only, after, want).await;
    };
    let mut items = find::by_name_to(db, caller, only, after, &to, want).await?;
    let missing = want - items.len() as i64;
    if missing == 0 {
        return Ok(items);
    }
    let most = (want * SORTED_BY_NAME_EACH).min(MOST_SORTED);
    items.extend(if text_index::is_common(db, caller, &only.text, most).await? {
        find::by_name(db, caller, only, &to, missing).await?
    } else {
        text_index::by_name(db, caller, only, &to, missing).await?
    });
    Ok(items)
}

/// Circle after circle; a text that few places hold is found by the index instead, once the circles grow wide.
async fn nearest(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    near: Near,
    after: (f64, Uuid),
    want: i64,
) -> Result<Vec<(Location, f64)>, StoreError> {
    let widest = near.radius.map_or(ANYWHERE_M, Metres::get);
    let mut around = Around { at: near.at, radius_m: widest, after };
    // What somebody looks after are few, and of what is asked for there may be none: one wide look is cheaper.
    if only.owner.is_some() || (only.text.is_empty() && only.narrow.is_narrow()) {
        return find::near(db, caller, &around, only, want).await;
    }
    around.radius_m = FIRST_CIRCLE_M.min(widest);
    let mut ask_index = !only.text.is_empty();
    loop {
        if ask_index && around.radius_m > WIDE_CIRCLE_M {
            let most = (want * SORTED_BY_DISTANCE_EACH).min(MOST_SORTED);
            if !text_index::is_common(db, caller, &only.text, most).await? {
                around.radius_m = widest;
                return text_index::near(db, caller, &around, only, want).await;
            }
            ask_index = false;
        }
        let items = find::near(db, caller, &around, only, want).await?;
        if items.len() as i64 >= want || around.radius_m >= widest {
            return Ok(items);
        }
        around.radius_m = (around.radius_m * 4.0).min(widest);
    }
}
