//! Locations that may be the same place entered twice: what is suggested, and what somebody said is not so.

use std::{cmp::Reverse, collections::HashSet};

use ekenko_domain::{
    duplicate::{DismissDuplicate, Duplicate, Pair, Suspect, pairs},
    geo::Position,
    id::{CompanyId, LocationId},
    page::Page,
};
use uuid::Uuid;

use super::{Customers, MergeError, store};
use crate::{
    db::{Access, On, StoreError, query},
    identity::Caller,
    page::{self},
};

#[derive(sqlx::FromRow)]
struct SuspectRow {
    id: Uuid,
    name: String,
    company_id: Uuid,
    tax_id: Option<String>,
    lat: f64,
    lng: f64,
}

const SUSPECTS: &str = "SELECT l.id, l.name, l.company_id, c.tax_id, l.lat, l.lng FROM locations l
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id WHERE l.organisation_id = $1";

async fn suspects(db: &mut impl Access, caller: &Caller) -> Result<Vec<Suspect>, StoreError> {
    let rows = query!(db, fetch_all as SuspectRow, SUSPECTS, caller.organisation.id.0).on("locations")?;
    let suspect = |row: SuspectRow| {
        let pin = Position::new(row.lat, row.lng).ok()?;
        let (id, company) = (LocationId(row.id), CompanyId(row.company_id));
        Some(Suspect { id, name: row.name, company, tax_id: row.tax_id, pin })
    };
    Ok(rows.into_iter().filter_map(suspect).collect())
}

const DISTINCT: &str = "SELECT one_id, other_id FROM distinct_locations WHERE organisation_id = $1";
const DISMISS: &str = "INSERT INTO distinct_locations (organisation_id, one_id, other_id, employee_id, at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

/// Where a pair stands in the list: those with more reasons first, then those whose names are more alike.
fn key(pair: &Pair) -> (usize, u64, Uuid, Uuid) {
    // No likeness is below zero, so its bits are in its order.
    (pair.reasons.len(), pair.name_likeness.to_bits(), pair.one.0, pair.other.0)
}

impl Customers {
    /// Pairs of locations that may be one, the likeliest first.
    pub async fn duplicates(
        &self,
        caller: &Caller,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Duplicate>, MergeError> {
        if caller.role == ekenko_domain::employee::Role::Rep {
            return Err(MergeError::NotAnEditor);
        }
        let after: Option<(usize, u64, Uuid, Uuid)> = cursor.map(page::read).transpose()?;
        let mut db = self.db.snapshot().await?;
        let suspects = suspects(&mut db, caller).await?;
        let rows = query!(&mut db, fetch_all as (Uuid, Uuid), DISTINCT, caller.organisation.id.0);
        let distinct: HashSet<(Uuid, Uuid)> = rows.on("distinct_locations")?.into_iter().collect();
        // A hundred thousand keep a core busy for a moment.
        let found = tokio::task::spawn_blocking(move || pairs(&suspects)).await;
        let mut found = found.map_err(|error| MergeError::Failed(error.to_string()))?;
        found.retain(|pair| !distinct.contains(&(pair.one.0, pair.other.0)));
        if let Some((reasons, likeness, one, other)) = after {
            let after = (Reverse(reasons), Reverse(likeness), one, other);
            found.retain(|pair| {
                let (reasons, likeness, one, other) = key(pair);
                (Reverse(reasons), Reverse(likeness), one, other) > after
            });
        }
        found.truncate(limit.saturating_add(1));
        let Page { items, next } = page::cut(found, limit, key);
        let mut duplicates = Vec::with_capacity(items.len());
        for pair in items {
            let one = store::by_id(&mut db, caller, pair.one).await?;
            let other = store::by_id(&mut db, caller, pair.other).await?;
            duplicates.extend(one.zip(other).map(|(one, other)| Duplicate {
                one,
                other,
                reasons: pair.reasons,
                distance_m: (pair.distance_m * 10.0).round() / 10.0,
                name_likeness: (pair.name_likeness * 100.0).round() / 100.0,
            }));
        }
        Ok(Page { items: duplicates, next })
    }

    /// Keeps that two locations are two places: they are suggested no more.
    pub async fn dismiss_duplicate(
        &self,
        caller: &Caller,
        pair: &DismissDuplicate,
    ) -> Result<(), MergeError> {
        if !caller.role.manages() {
            return Err(MergeError::NotAnEditor);
        }
        let mut db = self.db.begin().await?;
        let one = store::by_id(&mut db, caller, pair.one_id).await?.ok_or(MergeError::UnknownLocation)?.id;
        let other = store::by_id(&mut db, caller, pair.other_id)
            .await?
            .ok_or(MergeError::UnknownInto("other_id"))?
            .id;
        if one == other {
            return Err(MergeError::Same("other_id"));
        }
        let (one, other) = if one < other { (one, other) } else { (other, one) };
        let (organisation, now) = (caller.organisation.id.0, self.outside.now());
        let me = caller.employee.id.0;
        query!(&mut db, execute, DISMISS, organisation, one.0, other.0, me, now).on("distinct_locations")?;
        self.tell_change(db, caller, one, None::<&()>, Some(&serde_json::json!({ "distinct_from": other })))
            .await?;
        Ok(())
    }
}
