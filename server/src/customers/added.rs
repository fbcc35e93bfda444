//! Customers somebody added, one by one.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    feed::Whose,
    id::{EmployeeId, LocationId, OrganisationId},
};

use super::Customers;
use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

const MADE_BY: &str = "UPDATE locations SET created_by = $1 WHERE organisation_id = $2 AND id = $3";

/// Notes who added a location.
pub async fn made_by(
    db: &mut Write,
    organisation: OrganisationId,
    location: LocationId,
    employee: EmployeeId,
) -> Result<(), StoreError> {
    query!(db, execute, MADE_BY, employee.0, organisation.0, location.0).on("locations")?;
    Ok(())
}

const ADDED: &str = "SELECT l.created_at FROM locations l
    JOIN employees e ON e.organisation_id = l.organisation_id AND e.id = l.created_by
    WHERE l.organisation_id = $1 AND l.created_by IS NOT NULL AND l.created_at >= $4 AND l.created_at < $5
    AND ($2 IN ('admin', 'analyst') OR e.id = $3 OR ($2 = 'manager' AND e.team_id IN
        (SELECT w.team_id FROM team_managers w WHERE w.organisation_id = $1 AND w.employee_id = $3)))
    AND ($6 IS NULL OR e.team_id = $6) AND ($7 IS NULL OR e.id = $7)";

impl Customers {
    /// When locations were added from one moment up to another, by people whose work the caller may see, in somebody's
    /// snapshot.
    pub async fn added(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        whose: Whose,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let (organisation, role, me) = caller.wall();
        let (team, employee) = whose.ids();
        let rows = query!(
            db,
            fetch_all as (DateTime<Utc>,),
            ADDED,
            organisation,
            role,
            me,
            from,
            to,
            team,
            employee
        )
        .on("locations")?;
        Ok(rows.into_iter().map(|(at,)| at).collect())
    }
}
