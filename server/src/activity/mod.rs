//! The activity log: who did what when.

use chrono::{DateTime, Utc};
use ekenko_domain::event::Kind;
use uuid::Uuid;

use crate::{
    db::{On, StoreError, Write, query},
    identity::Caller,
};

const INSERT: &str = "INSERT INTO activities (organisation_id, id, employee_id, at, kind, subject)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Notes an activity in the transaction of the change it tells of.
pub async fn record(
    db: &mut Write,
    caller: &Caller,
    id: Uuid,
    at: DateTime<Utc>,
    kind: Kind,
    subject: &str,
) -> Result<(), StoreError> {
    query!(db, execute, INSERT, caller.organisation.id.0, id, caller.employee.id.0, at, kind.code(), subject)
        .on("activities")?;
    Ok(())
}
