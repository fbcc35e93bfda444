//! Reading the whole chain again.

use ekenko_domain::id::OrganisationId;
use uuid::Uuid;

use super::chain::{Chain, Line};
use crate::db::{Access, Db, On, StoreError, query};

/// Lines read at once.
const PIECE: i64 = 1000;

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The line, or its MAC, is not as it was written.
    Edited(i64),
    /// So many lines from here on are gone, or stand elsewhere.
    Removed(i64, i64),
    /// The log ends here, yet it had gone on to there.
    Cut(i64, i64),
    /// The head is not ours, or there is none.
    Head,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Edited(at) => write!(f, "line {at} was changed"),
            Self::Removed(at, 1) => write!(f, "line {at} was removed"),
            Self::Removed(at, count) => write!(f, "{count} lines from {at} on were removed"),
            Self::Cut(end, known) => write!(f, "the log was cut: it ends at line {end} and had {known}"),
            Self::Head => f.write_str("the head of the log was changed or removed"),
        }
    }
}

/// A log that was read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// How many lines there are.
    pub lines: i64,
    /// What is wrong, in the order it was found.
    pub faults: Vec<Fault>,
}

#[derive(sqlx::FromRow)]
struct SealedRow {
    #[sqlx(flatten)]
    line: Line,
    seal: Vec<u8>,
}

const ORGANISATIONS: &str = "SELECT id, name FROM organisations ORDER BY name, id";
const LINES: &str =
    "SELECT position, id, employee_id, at, kind, subject, origin, old_data, new_data, seal FROM activities
    WHERE organisation_id = $1 AND position > $2 ORDER BY position LIMIT $3";
const HEAD: &str = "SELECT position, seal, head_seal FROM activity_heads WHERE organisation_id = $1";

/// Reads every organisation's log again.
pub async fn verify(db: &Db, chain: &Chain) -> Result<Vec<Verified>, StoreError> {
    // One moment for all, so that what is written meanwhile looks like no fault.
    let mut db = db.snapshot().await?;
    let organisations = query!(&mut db, fetch_all as (Uuid, String), ORGANISATIONS).on("organisations")?;
    let mut all = Vec::new();
    for (id, name) in organisations {
        all.push(one(&mut db, chain, OrganisationId(id), name).await?);
    }
    Ok(all)
}

async fn one(
    db: &mut impl Access,
    chain: &Chain,
    organisation: OrganisationId,
    name: String,
) -> Result<Verified, StoreError> {
    // Read first: what is written apart may only lag behind.
    let kept = chain.kept(organisation);
    let mut faults = Vec::new();
    let (mut last, mut seal, mut lines) = (0, Vec::new(), 0);
    loop {
        let rows =
            query!(&mut *db, fetch_all as SealedRow, LINES, organisation.0, last, PIECE).on("activities")?;
        let full = rows.len() as i64 == PIECE;
        for row in rows {
            let at = row.line.position;
            if at != last + 1 {
                faults.push(Fault::Removed(last + 1, at - last - 1));
            } else if chain.seal(organisation, &seal, &row.line) != row.seal {
                faults.push(Fault::Edited(at));
            }
            if kept.as_ref().is_some_and(|head| head.position == at && head.seal != hex::encode(&row.seal)) {
                faults.push(Fault::Edited(at));
            }
            (last, seal, lines) = (at, row.seal, lines + 1);
        }
        if !full {
            break;
        }
    }
    faults.dedup();
    let head = query!(&mut *db, fetch_optional as (i64, Vec<u8>, Vec<u8>), HEAD, organisation.0);
    let known = match head.on("activity_heads")? {
        Some((position, end, own)) if chain.seal_head(organisation, position, &end) == own => {
            if position == last && end != seal {
                faults.push(Fault::Edited(last));
            }
            position
        }
        None if last == 0 && kept.is_none() => 0,
        _ => {
            faults.push(Fault::Head);
            0
        }
    };
    let known = known.max(kept.map_or(0, |head| head.position));
    if known > last {
        faults.push(Fault::Cut(last, known));
    }
    Ok(Verified { organisation, name, lines, faults })
}
