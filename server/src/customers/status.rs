//! How far business with a location is, and how it came to that: the location_statuses table.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::{Location, LocationStatus, SetStatus, StatusChange},
    employee::EmployeeRef,
    id::{EmployeeId, LocationId},
};
use uuid::Uuid;

use super::{Customers, EditError, store};
use crate::{
    context::new_id,
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

#[derive(sqlx::FromRow)]
struct ChangeRow {
    at: DateTime<Utc>,
    employee_id: Uuid,
    employee_name: String,
    old_status: String,
    new_status: String,
    reason: String,
}

const HISTORY: &str = "SELECT s.at, s.employee_id, e.name AS employee_name, s.old_status, s.new_status, s.reason
    FROM location_statuses s JOIN employees e ON e.organisation_id = s.organisation_id AND e.id = s.employee_id
    WHERE s.organisation_id = $1 AND s.location_id = $2 ORDER BY s.at DESC, s.id DESC";

async fn history(
    db: &mut impl Access,
    caller: &Caller,
    id: LocationId,
) -> Result<Vec<StatusChange>, StoreError> {
    let rows = query!(db, fetch_all as ChangeRow, HISTORY, caller.organisation.id.0, id.0);
    let status = |code: String| {
        LocationStatus::from_code(&code).ok_or(StoreError::Corrupt {
            table: "location_statuses",
            column: "status",
            value: code,
        })
    };
    let change = |row: ChangeRow| {
        Ok(StatusChange {
            at: row.at,
            by: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
            from: status(row.old_status)?,
            to: status(row.new_status)?,
            reason: row.reason,
        })
    };
    rows.on("location_statuses")?.into_iter().map(change).collect()
}

const SET: &str = "UPDATE locations SET status = $1 WHERE organisation_id = $2 AND id = $3";
const NOTE: &str = "INSERT INTO location_statuses
    (organisation_id, id, location_id, employee_id, at, old_status, new_status, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

async fn set(
    db: &mut Write,
    caller: &Caller,
    location: LocationId,
    id: Uuid,
    change: &StatusChange,
) -> Result<(), StoreError> {
    let organisation = caller.organisation.id.0;
    let (from, to) = (change.from.code(), change.to.code());
    query!(db, execute, SET, to, organisation, location.0).on("locations")?;
    query!(
        db,
        execute,
        NOTE,
        organisation,
        id,
        location.0,
        caller.employee.id.0,
        change.at,
        from,
        to,
        &change.reason
    )
    .on("location_statuses")?;
    Ok(())
}

impl Customers {
    /// Says how far business with a location is, and why. What it is already is left as it is.
    pub async fn set_status(
        &self,
        caller: &Caller,
        id: LocationId,
        command: &SetStatus,
    ) -> Result<Location, EditError> {
        if !caller.role.manages() {
            return Err(EditError::NotAnEditor);
        }
        let mut db = self.db.begin().await?;
        let mut location = store::by_id(&mut db, caller, id).await?.ok_or(EditError::UnknownLocation)?;
        if location.status == command.status {
            return Ok(location);
        }
        let change = StatusChange {
            at: self.outside.now(),
            by: caller.employee.clone(),
            from: location.status,
            to: command.status,
            reason: command.reason.as_str().trim().to_owned(),
        };
        set(&mut db, caller, location.id, new_id(&*self.outside), &change).await?;
        self.tell_change(db, caller, location.id, Some(&location.status), Some(&change)).await?;
        location.status = command.status;
        Ok(location)
    }

    /// How a location came to its status, the latest change first.
    pub async fn statuses(&self, caller: &Caller, id: LocationId) -> Result<Vec<StatusChange>, EditError> {
        let mut db = self.db.snapshot().await?;
        let location = store::by_id(&mut db, caller, id).await?.ok_or(EditError::UnknownLocation)?;
        Ok(history(&mut db, caller, location.id).await?)
    }
}
