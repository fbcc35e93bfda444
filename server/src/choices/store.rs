//! The choices table.

use ekenko_domain::{
    choices::{Choice, Choices, Code},
    id::OrganisationId,
    text::Name,
};

use crate::db::{Access, On, StoreError, Write, query};

/// The kind of a row: what a visit is for.
pub const PURPOSE: &str = "purpose";
/// The kind of a row: what came of it.
pub const OUTCOME: &str = "outcome";

const LIST: &str = "SELECT code, name, active FROM choices WHERE organisation_id = $1 AND kind = $2
    ORDER BY position, code";

async fn list(
    db: &mut impl Access,
    organisation: OrganisationId,
    kind: &'static str,
) -> Result<Vec<Choice>, StoreError> {
    let rows =
        query!(db, fetch_all as (String, Option<String>, bool), LIST, organisation.0, kind).on("choices")?;
    let corrupt = |column, value: &str| StoreError::Corrupt { table: "choices", column, value: value.into() };
    rows.into_iter()
        .map(|(code, name, active)| {
            Ok(Choice {
                code: code.parse().map_err(|_| corrupt("code", &code))?,
                name: name
                    .map(|name| Name::parse(name.as_str()).map_err(|_| corrupt("name", &name)))
                    .transpose()?,
                active,
            })
        })
        .collect()
}

/// Both lists of an organisation.
pub async fn read(db: &mut impl Access, organisation: OrganisationId) -> Result<Choices, StoreError> {
    Ok(Choices {
        purposes: list(db, organisation, PURPOSE).await?,
        outcomes: list(db, organisation, OUTCOME).await?,
    })
}

const HOLD: &str = "UPDATE choices SET position = position WHERE organisation_id = $1";

/// Makes whoever else changes the lists wait until this transaction ends.
pub async fn hold(db: &mut Write, organisation: OrganisationId) -> Result<(), StoreError> {
    query!(db, execute, HOLD, organisation.0).on("choices")?;
    Ok(())
}

const PUT: &str = "INSERT INTO choices (organisation_id, kind, code, name, position, active)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (organisation_id, kind, code)
    DO UPDATE SET name = excluded.name, position = excluded.position, active = excluded.active";

/// Writes both lists in their order. What is not among them stays as it is.
pub async fn write(db: &mut Write, organisation: OrganisationId, lists: &Choices) -> Result<(), StoreError> {
    for (kind, choices) in [(PURPOSE, &lists.purposes), (OUTCOME, &lists.outcomes)] {
        for (position, choice) in (0_i64..).zip(choices) {
            let name = choice.name.as_ref().map(Name::as_str);
            let code = choice.code.as_str();
            query!(db, execute, PUT, organisation.0, kind, code, name, position, choice.active)
                .on("choices")?;
        }
    }
    Ok(())
}

const HAS: &str = "SELECT COUNT(*) FROM choices WHERE organisation_id = $1 AND kind = $2 AND code = $3";

/// Whether the organisation has this choice, active or retired.
pub async fn has(
    db: &mut impl Access,
    organisation: OrganisationId,
    kind: &'static str,
    code: Code,
) -> Result<bool, StoreError> {
    let (count,): (i64,) =
        query!(db, fetch_one as (i64,), HAS, organisation.0, kind, code.as_str()).on("choices")?;
    Ok(count > 0)
}
