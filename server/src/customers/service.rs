//! Finding customers.

use ekenko_domain::{
    customer::{Grade, Location},
    geo::{Metres, Position},
    id::{EmployeeId, LocationId},
    page::Page,
    text::{Query, fold},
};
use uuid::Uuid;

use super::store::{self, Only};
use crate::{
    context::Context,
    db::{Access, Db, StoreError},
    identity::Caller,
    outbox::Outbox,
    page::{self, BadCursor},
};

/// The first circle searched around a point; each further one is four times as wide.
const FIRST_CIRCLE_M: f64 = 600.0;
/// Half the Earth's circumference: nothing is farther.
const ANYWHERE_M: f64 = 20_037_508.0;

/// A search for locations.
#[derive(Debug, Default)]
pub struct Search {
    /// Nearest first around here.
    pub near: Option<Near>,
    /// A part of name, company or address.
    pub q: Option<Query>,
    /// Those this rep looks after.
    pub owner: Option<EmployeeId>,
    /// Those of companies of this grade.
    pub grade: Option<Grade>,
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

/// The customer base.
pub struct Customers {
    pub(super) db: Db,
    pub(super) outside: Context,
    pub(super) outbox: Outbox,
}

impl Customers {
    /// The customer base in `db`.
    pub fn new(db: Db, outside: Context, outbox: Outbox) -> Self {
        Self { db, outside, outbox }
    }

    /// One location of the caller's organisation.
    pub async fn location(&self, caller: &Caller, id: LocationId) -> Result<Option<Location>, StoreError> {
        store::by_id(&mut self.db.read().await?, caller, id).await
    }

    /// The same inside somebody's transaction.
    pub async fn location_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: LocationId,
    ) -> Result<Option<Location>, StoreError> {
        store::by_id(db, caller, id).await
    }

    /// Locations near a point, nearest first, or by name.
    pub async fn search(&self, caller: &Caller, search: &Search) -> Result<Page<Location>, SearchError> {
        let only = Only { pattern: pattern(search.q.as_ref()), owner: search.owner, grade: search.grade };
        let mut db = self.db.read().await?;
        let want = page::wanted(search.limit);
        let Some(near) = search.near else {
            let (name, id) = match &search.cursor {
                Some(cursor) => page::read::<(String, Uuid)>(cursor)?,
                None => (String::new(), Uuid::nil()),
            };
            if name.contains('\0') {
                return Err(BadCursor.into());
            }
            let items = store::by_name(&mut db, caller, &only, (&name, id), want).await?;
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
        let widest = near.radius.map_or(ANYWHERE_M, Metres::get);
        // A text matches few places anywhere, so circle after circle would find too little: one wide look is cheaper.
        let narrow = search.q.is_some() || search.owner.is_some() || search.grade.is_some();
        let mut radius = if narrow { widest } else { FIRST_CIRCLE_M.min(widest) };
        loop {
            let items = store::near(&mut db, caller, near.at, radius, &only, after, want).await?;
            if items.len() as i64 >= want || radius >= widest {
                let found = page::cut(items, search.limit, |(last, chord)| (chord.to_bits(), last.id.0));
                return Ok(found.map(|(location, _)| location));
            }
            radius = (radius * 4.0).min(widest);
        }
    }
}

/// A LIKE pattern that finds the folded text anywhere.
fn pattern(q: Option<&Query>) -> String {
    let text = q.map(|q| fold(q.as_str())).unwrap_or_default();
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    if escaped.is_empty() { "%".into() } else { format!("%{escaped}%") }
}
