//! The base as reports count it.

use std::collections::{HashMap, HashSet};

use ekenko_domain::{
    id::{CompanyId, EmployeeId, LocationId, TeamId},
    report::{About, LookedAfter},
};
use uuid::Uuid;

use super::Customers;
use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
};

const LOOKED_AFTER: &str = concat!(
    "SELECT l.id, l.owner_id, e.team_id FROM employees e
    JOIN locations l ON l.organisation_id = e.organisation_id AND l.owner_id = e.id ",
    wall!("e", "id"),
    "AND e.team_id IS NOT NULL AND ($4 IS NULL OR e.team_id = $4) AND ($5 IS NULL OR e.id = $5)
    AND ($6 IS NULL OR l.company_id = $6)"
);
const AT_COMPANY: &str = "SELECT id FROM locations WHERE organisation_id = $1 AND company_id = $2";
const NAMES: &str = "SELECT id, name FROM locations WHERE organisation_id = $1";

impl Customers {
    /// The customers that reps the caller may see look after, in somebody's snapshot.
    pub async fn looked_after(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        about: &About,
    ) -> Result<Vec<LookedAfter>, StoreError> {
        let (organisation, role, me) = caller.wall();
        let (team, employee) = (about.team.map(|id| id.0), about.employee.map(|id| id.0));
        let company = about.company.map(|id| id.0);
        let rows = query!(
            db,
            fetch_all as (Uuid, Uuid, Uuid),
            LOOKED_AFTER,
            organisation,
            role,
            me,
            team,
            employee,
            company
        )
        .on("locations")?;
        let looked_after = |(location, owner, team)| LookedAfter {
            location: LocationId(location),
            owner: EmployeeId(owner),
            team: TeamId(team),
        };
        Ok(rows.into_iter().map(looked_after).collect())
    }

    /// The locations of a company, in somebody's snapshot; none when there is no such company.
    pub async fn at_company(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        company: CompanyId,
    ) -> Result<HashSet<LocationId>, StoreError> {
        let rows = query!(db, fetch_all as (Uuid,), AT_COMPANY, caller.organisation.id.0, company.0)
            .on("locations")?;
        Ok(rows.into_iter().map(|(id,)| LocationId(id)).collect())
    }

    /// The name of every location, in somebody's snapshot.
    pub async fn names(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<Uuid, String>, StoreError> {
        let rows =
            query!(db, fetch_all as (Uuid, String), NAMES, caller.organisation.id.0).on("locations")?;
        Ok(rows.into_iter().collect())
    }
}
