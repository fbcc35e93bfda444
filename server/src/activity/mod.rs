//! The activity log: who did what when.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    event::Kind,
    id::{EmployeeId, OrganisationId},
};
use uuid::Uuid;

use crate::db::{On, StoreError, Write, query};

/// Whom the log names for what Ekenko did of itself.
pub const ITSELF: EmployeeId = EmployeeId(Uuid::nil());

const INSERT: &str = "INSERT INTO activities (organisation_id, id, employee_id, at, kind, subject)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Notes an activity in the transaction of the change it tells of.
pub async fn record(
    db: &mut Write,
    organisation: OrganisationId,
    by: EmployeeId,
    id: Uuid,
    at: DateTime<Utc>,
    kind: Kind,
    subject: &str,
) -> Result<(), StoreError> {
    query!(db, execute, INSERT, organisation.0, id, by.0, at, kind.code(), subject).on("activities")?;
    Ok(())
}
