//! The base as reports count it.

use std::collections::{HashMap, HashSet};

use ekenko_domain::{
    customer::Grade,
    id::{CompanyId, EmployeeId, LocationId, TeamId},
    report::{About, LookedAfter},
};
use uuid::Uuid;

use super::Customers;
use crate::{
    db::{Access, Conn, On, StoreError, query},
    identity::{Caller, wall},
};

/// A rep's customers one behind another, so that a hundred thousand are some hundred rows. Bytes are strung together in
/// each engine's own way; to SQLite they are a text meanwhile, which it leaves as it is. And SQLite takes
/// a cross join in the order written: from the few reps to their customers.
macro_rules! looked_after {
    ($strung:literal) => {
        concat!(
            "SELECT e.id, e.team_id, ",
            $strung,
            " FROM employees e CROSS JOIN locations l ",
            wall!("e", "id"),
            "AND l.organisation_id = e.organisation_id AND l.owner_id = e.id AND l.status IN ('lead', 'active') AND e.team_id IS NOT NULL AND ($4 IS NULL OR e.team_id = $4) AND ($5 IS NULL OR e.id = $5)
            AND ($6 IS NULL OR l.company_id = $6) GROUP BY e.id, e.team_id"
        )
    };
}
const LOOKED_AFTER_SQLITE: &str = looked_after!("CAST(group_concat(l.id, '') AS BLOB)");
const LOOKED_AFTER_POSTGRES: &str = looked_after!("string_agg(uuid_send(l.id), '')");
const AT_COMPANY: &str = "SELECT id FROM locations WHERE organisation_id = $1 AND company_id = $2";
const GRADES: &str = "SELECT l.id, c.grade FROM locations l
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1 AND c.grade IS NOT NULL";
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
        let (team, employee, company) = about.ids();
        let looked_after = match db.conn() {
            Conn::Sqlite(_) => LOOKED_AFTER_SQLITE,
            Conn::Postgres(_) => LOOKED_AFTER_POSTGRES,
        };
        let rows = query!(
            db,
            fetch_all as (Uuid, Uuid, Vec<u8>),
            looked_after,
            organisation,
            role,
            me,
            team,
            employee,
            company
        )
        .on("locations")?;
        let mut all = Vec::new();
        for (owner, team, strung) in rows {
            let ids = strung.as_chunks::<16>().0.iter().map(|id| LocationId(Uuid::from_bytes(*id)));
            let (owner, team) = (EmployeeId(owner), TeamId(team));
            all.extend(ids.map(|location| LookedAfter { location, owner, team }));
        }
        Ok(all)
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

    /// The grade of every location that has one, in somebody's snapshot.
    pub async fn grades(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<Uuid, Grade>, StoreError> {
        let rows =
            query!(db, fetch_all as (Uuid, String), GRADES, caller.organisation.id.0).on("companies")?;
        Ok(rows.into_iter().filter_map(|(id, code)| Some((id, Grade::from_code(&code)?))).collect())
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
