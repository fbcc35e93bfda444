//! The activity log: who did what when, from where, and what it was before and after. Each line is sealed.

mod chain;
mod read;
mod verify;

use ekenko_domain::{
    event::Kind,
    id::{EmployeeId, OrganisationId},
};
use serde::Serialize;
use uuid::Uuid;

pub use chain::{Chain, Head};
pub use read::{Filter, before, list};
pub use verify::{Fault, Verified, verify};

use crate::{
    context::{Outside, new_id},
    db::{On, StoreError, Write, query},
    identity::Caller,
};

tokio::task_local! {
    /// The address the request at hand came from.
    pub static ORIGIN: String;
}

/// Something somebody did.
pub struct Activity {
    /// Where.
    pub organisation: OrganisationId,
    /// Who.
    pub by: EmployeeId,
    /// What.
    pub kind: Kind,
    /// What it was done to: an id as a rule.
    pub subject: String,
    /// What that was before, as JSON.
    old: Option<String>,
    /// What it was after, where that is more than watchers are told.
    new: Option<String>,
}

impl Activity {
    /// What a caller did.
    pub fn of(caller: &Caller, kind: Kind, subject: impl ToString) -> Self {
        Self::of_person(caller.organisation.id, caller.employee.id, kind, subject)
    }

    /// What somebody did who has not signed in.
    pub fn of_person(
        organisation: OrganisationId,
        by: EmployeeId,
        kind: Kind,
        subject: impl ToString,
    ) -> Self {
        Self { organisation, by, kind, subject: subject.to_string(), old: None, new: None }
    }

    /// What Ekenko did of itself.
    pub fn of_itself(organisation: OrganisationId, kind: Kind, subject: impl ToString) -> Self {
        Self::of_person(organisation, EmployeeId(Uuid::nil()), kind, subject)
    }

    /// With what it was before.
    pub fn from(self, old: Option<&impl Serialize>) -> Self {
        Self { old: old.and_then(|old| serde_json::to_string(old).ok()), ..self }
    }

    /// With what it was after, where watchers are told less.
    pub fn to(self, new: Option<&impl Serialize>) -> Self {
        Self { new: new.and_then(|new| serde_json::to_string(new).ok()), ..self }
    }
}

const NEXT: &str = "INSERT INTO activity_heads (organisation_id, position, seal, head_seal) VALUES ($1, 1, $2, $2)
    ON CONFLICT (organisation_id) DO UPDATE SET position = activity_heads.position + 1 RETURNING position, seal";
const INSERT: &str = "INSERT INTO activities
    (organisation_id, id, employee_id, at, kind, subject, position, origin, old_data, new_data, seal)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const HEAD: &str = "UPDATE activity_heads SET seal = $1, head_seal = $2 WHERE organisation_id = $3";

/// Notes an activity, with what it led to, in the transaction of the change it tells of. Gives the head to note once
/// that is committed. Until then whoever else writes to this organisation's log waits.
pub async fn record(
    db: &mut Write,
    outside: &dyn Outside,
    chain: &Chain,
    activity: &Activity,
    new: &impl Serialize,
) -> Result<Head, StoreError> {
    let organisation = activity.organisation;
    let (position, before) = query!(db, fetch_one as (i64, Vec<u8>), NEXT, organisation.0, Vec::<u8>::new())
        .on("activity_heads")?;
    let line = chain::Line {
        position,
        id: new_id(outside),
        employee_id: activity.by.0,
        at: outside.now(),
        kind: activity.kind.code().to_owned(),
        subject: activity.subject.clone(),
        origin: ORIGIN.try_with(Clone::clone).unwrap_or_default(),
        old_data: activity.old.clone(),
        new_data: activity.new.clone().or_else(|| serde_json::to_string(new).ok()),
    };
    let seal = chain.seal(organisation, &before, &line);
    query!(
        db,
        execute,
        INSERT,
        organisation.0,
        line.id,
        line.employee_id,
        line.at,
        &line.kind,
        &line.subject,
        position,
        &line.origin,
        &line.old_data,
        &line.new_data,
        &seal
    )
    .on("activities")?;
    let head_seal = chain.seal_head(organisation, position, &seal);
    query!(db, execute, HEAD, &seal, head_seal, organisation.0).on("activity_heads")?;
    Ok(Head { position, seal: hex::encode(seal) })
}
