//! The activity log: who did what when.

use ekenko_domain::{
    event::Kind,
    id::{EmployeeId, OrganisationId},
};
use uuid::Uuid;

use crate::{
    context::{Outside, new_id},
    db::{On, StoreError, Write, query},
    identity::Caller,
};

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
}

impl Activity {
    /// What a caller did.
    pub fn of(caller: &Caller, kind: Kind, subject: impl ToString) -> Self {
        let (organisation, by) = (caller.organisation.id, caller.employee.id);
        Self { organisation, by, kind, subject: subject.to_string() }
    }

    /// What Ekenko did of itself.
    pub fn of_itself(organisation: OrganisationId, kind: Kind, subject: impl ToString) -> Self {
        Self { organisation, by: EmployeeId(Uuid::nil()), kind, subject: subject.to_string() }
    }
}

const INSERT: &str = "INSERT INTO activities (organisation_id, id, employee_id, at, kind, subject)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Notes an activity in the transaction of the change it tells of.
pub async fn record(db: &mut Write, outside: &dyn Outside, activity: &Activity) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        INSERT,
        activity.organisation.0,
        new_id(outside),
        activity.by.0,
        outside.now(),
        activity.kind.code(),
        &activity.subject
    )
    .on("activities")?;
    Ok(())
}
