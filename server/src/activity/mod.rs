//! The activity log: who did what when.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    activity::Entry,
    event::Kind,
    id::{EmployeeId, OrganisationId},
};
use uuid::Uuid;

use crate::{
    context::{Outside, new_id},
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
    page::Before,
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

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: Uuid,
    at: DateTime<Utc>,
    employee_id: Uuid,
    kind: String,
    subject: String,
}

const OF: &str = "SELECT id, at, employee_id, kind, subject FROM activities
    WHERE organisation_id = $1 AND employee_id = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5";

/// What one person did before a moment, latest first; whoever asks has made sure the caller may see the person.
pub async fn of_employee(
    db: &mut impl Access,
    caller: &Caller,
    employee: EmployeeId,
    before: Before,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let organisation = caller.organisation.id.0;
    let rows = query!(db, fetch_all as EntryRow, OF, organisation, employee.0, before.0, before.1, limit);
    let rows = rows.on("activities")?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            id: row.id,
            at: row.at,
            by: EmployeeId(row.employee_id),
            kind: Kind::from_code(&row.kind).unwrap_or(Kind::Unknown),
            subject: row.subject,
        })
        .collect())
}
