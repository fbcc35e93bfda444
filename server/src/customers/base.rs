//! The base as reports count it.

use std::collections::{HashMap, HashSet};

use ekenko_domain::{
    customer::Grade,
    id::{CompanyId, EmployeeId, LocationId, TeamId},
    report::{About, LookedAfter, PlaceNumber},
};
use serde_json::json;
use uuid::Uuid;

use super::Customers;
use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
};

/// The numbers of a rep's customers as one text, so that a hundred thousand are some hundred rows; each rep's by
/// themselves, so that nothing is sorted.
macro_rules! looked_after {
    ($strung:literal) => {
        concat!(
            "SELECT e.id, e.team_id, (SELECT ",
            $strung,
            " FROM locations l WHERE l.organisation_id = e.organisation_id AND l.owner_id = e.id
            AND l.status IN ('lead', 'active') AND ($6 IS NULL OR l.company_id = $6)) FROM employees e ",
            wall!("e", "id"),
            "AND e.team_id IS NOT NULL AND ($4 IS NULL OR e.team_id = $4) AND ($5 IS NULL OR e.id = $5)"
        )
    };
}
const LOOKED_AFTER_SQLITE: &str = looked_after!("group_concat(l.number, ',')");
const LOOKED_AFTER_POSTGRES: &str = looked_after!("string_agg(l.number::TEXT, ',')");
const AT_COMPANY: &str = "SELECT number FROM locations WHERE organisation_id = $1 AND company_id = $2";
const GRADES: &str = "SELECT l.number, c.grade FROM locations l
    JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1 AND c.grade IS NOT NULL";
macro_rules! numbered {
    ($only:literal) => {
        concat!("SELECT number, id, name FROM locations WHERE organisation_id = $1", $only)
    };
}
const NUMBERED: &str = numbered!("");
const SOME_SQLITE: &str = numbered!(" AND number IN (SELECT value FROM json_each($2))");
const SOME_POSTGRES: &str =
    numbered!(" AND number IN (SELECT value::INT FROM jsonb_array_elements($2::JSONB))");

fn corrupt(number: impl ToString) -> StoreError {
    StoreError::Corrupt { table: "locations", column: "number", value: number.to_string() }
}

fn number(number: i32) -> Result<PlaceNumber, StoreError> {
    number.try_into().map(PlaceNumber).map_err(|_| corrupt(number))
}

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
        let looked_after = db.either(LOOKED_AFTER_SQLITE, LOOKED_AFTER_POSTGRES);
        let rows = query!(
            db,
            fetch_all as (Uuid, Uuid, Option<String>),
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
            let (owner, team) = (EmployeeId(owner), TeamId(team));
            for text in strung.iter().flat_map(|strung| strung.split(',')) {
                let number = text.parse().map_err(|_| corrupt(text))?;
                all.push(LookedAfter { place: PlaceNumber(number), owner, team });
            }
        }
        Ok(all)
    }

    /// The locations of a company, in somebody's snapshot; none when there is no such company.
    pub async fn at_company(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        company: CompanyId,
    ) -> Result<HashSet<PlaceNumber>, StoreError> {
        let rows = query!(db, fetch_all as (i32,), AT_COMPANY, caller.organisation.id.0, company.0)
            .on("locations")?;
        rows.into_iter().map(|(at,)| number(at)).collect()
    }

    /// The grade of every location that has one, in somebody's snapshot.
    pub async fn grades(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<PlaceNumber, Grade>, StoreError> {
        let rows =
            query!(db, fetch_all as (i32, String), GRADES, caller.organisation.id.0).on("companies")?;
        let grade = |(at, code): (i32, String)| {
            let grade = Grade::from_code(&code)?;
            Some(number(at).map(|place| (place, grade)))
        };
        rows.into_iter().filter_map(grade).collect()
    }

    /// Which locations have these numbers, and what they are called, in somebody's snapshot; all without numbers.
    pub async fn numbered(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        only: Option<&[PlaceNumber]>,
    ) -> Result<HashMap<PlaceNumber, (LocationId, String)>, StoreError> {
        let organisation = caller.organisation.id.0;
        let rows = match only {
            None => query!(db, fetch_all as (i32, Uuid, String), NUMBERED, organisation),
            Some(only) => {
                let some = db.either(SOME_SQLITE, SOME_POSTGRES);
                let only = json!(only.iter().map(|number| number.0).collect::<Vec<_>>()).to_string();
                query!(db, fetch_all as (i32, Uuid, String), some, organisation, only)
            }
        };
        let rows = rows.on("locations")?.into_iter();
        rows.map(|(at, id, name)| Ok((number(at)?, (LocationId(id), name)))).collect()
    }
}
