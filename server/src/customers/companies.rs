//! The companies table.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    company::{Company, CreditDays, CreditLimit},
    customer::Grade,
    id::{CompanyId, OrganisationId},
    tax_id::TaxId,
    text::fold,
};
use serde_json::json;
use uuid::Uuid;

use super::find::Place;
use crate::db::{Access, On, StoreError, Write, containing, query};

#[derive(sqlx::FromRow)]
struct CompanyRow {
    id: Uuid,
    name: String,
    legal_name: String,
    tax_id: Option<String>,
    grade: Option<String>,
    credit_days: Option<i64>,
    credit_limit: Option<i64>,
}

impl TryFrom<CompanyRow> for Company {
    type Error = StoreError;
    fn try_from(row: CompanyRow) -> Result<Self, StoreError> {
        let corrupt = |column, value: &dyn ToString| StoreError::Corrupt {
            table: "companies",
            column,
            value: value.to_string(),
        };
        let days = |days: i64| u16::try_from(days).ok().and_then(|days| CreditDays::try_from(days).ok());
        let limit =
            |limit: i64| u64::try_from(limit).ok().and_then(|limit| CreditLimit::try_from(limit).ok());
        Ok(Self {
            id: CompanyId(row.id),
            name: row.name,
            legal_name: row.legal_name,
            tax_id: row.tax_id.map(|id| TaxId::parse(&id).map_err(|_| corrupt("tax_id", &id))).transpose()?,
            grade: row
                .grade
                .map(|grade| Grade::from_code(&grade).ok_or_else(|| corrupt("grade", &grade)))
                .transpose()?,
            credit_days: row
                .credit_days
                .map(|n| days(n).ok_or_else(|| corrupt("credit_days", &n)))
                .transpose()?,
            credit_limit: row
                .credit_limit
                .map(|n| limit(n).ok_or_else(|| corrupt("credit_limit", &n)))
                .transpose()?,
        })
    }
}

macro_rules! companies {
    ($tail:literal) => {
        concat!(
            "SELECT id, name, legal_name, tax_id, grade, credit_days, credit_limit FROM companies WHERE organisation_id = $1",
            $tail
        )
    };
}
const BY_ID: &str = companies!(" AND id = $2");
const BY_NAME: &str =
    companies!(" AND (name, id) > ($2, $3) AND search LIKE $4 ESCAPE '\\' ORDER BY name, id LIMIT $5");
const ALL: &str = companies!("");
// Texts of a JSON array, as each engine takes it apart; names first, then taxpayer numbers, each by its own index.
const ALIKE_SQLITE: [&str; 2] = [
    companies!(" AND name IN (SELECT value FROM json_each($2))"),
    companies!(" AND tax_id IN (SELECT value FROM json_each($2))"),
];
const ALIKE_POSTGRES: [&str; 2] = [
    companies!(" AND name IN (SELECT jsonb_array_elements_text($2::JSONB))"),
    companies!(" AND tax_id IN (SELECT jsonb_array_elements_text($2::JSONB))"),
];

pub async fn by_id(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: CompanyId,
) -> Result<Option<Company>, StoreError> {
    let row = query!(db, fetch_optional as CompanyRow, BY_ID, organisation.0, id.0).on("companies")?;
    row.map(Company::try_from).transpose()
}

/// Companies that hold a folded text, by name after `after`.
pub async fn by_name(
    db: &mut impl Access,
    organisation: OrganisationId,
    text: &str,
    after: &Place,
    limit: i64,
) -> Result<Vec<Company>, StoreError> {
    let (name, id) = (&after.0, after.1);
    let rows =
        query!(db, fetch_all as CompanyRow, BY_NAME, organisation.0, name, id, containing(text), limit);
    rows.on("companies")?.into_iter().map(Company::try_from).collect()
}

/// Every company of the organisation.
pub async fn all(db: &mut impl Access, organisation: OrganisationId) -> Result<Vec<Company>, StoreError> {
    let rows = query!(db, fetch_all as CompanyRow, ALL, organisation.0).on("companies")?;
    rows.into_iter().map(Company::try_from).collect()
}

/// The companies of these very names or taxpayer numbers, by name.
pub async fn alike(
    db: &mut impl Access,
    organisation: OrganisationId,
    names: &[&str],
    tax_ids: &[&str],
) -> Result<Vec<Company>, StoreError> {
    let alike = db.either(ALIKE_SQLITE, ALIKE_POSTGRES);
    let mut all = HashMap::new();
    for (sql, texts) in alike.into_iter().zip([names, tax_ids]) {
        if !texts.is_empty() {
            let texts = json!(texts).to_string();
            let rows = query!(db, fetch_all as CompanyRow, sql, organisation.0, texts).on("companies")?;
            for row in rows {
                all.insert(row.id, Company::try_from(row)?);
            }
        }
    }
    let mut all: Vec<Company> = all.into_values().collect();
    all.sort_unstable_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(all)
}

const INSERT: &str = "INSERT INTO companies
    (organisation_id, id, name, legal_name, tax_id, grade, credit_days, credit_limit, search, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const UPDATE: &str =
    "UPDATE companies SET name = $3, legal_name = $4, tax_id = $5, grade = $6, credit_days = $7,
    credit_limit = $8, search = $9 WHERE organisation_id = $1 AND id = $2";

/// `false` when the id is taken.
pub async fn insert(
    db: &mut Write,
    organisation: OrganisationId,
    company: &Company,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Kept { tax_id, grade, days, limit, search } = Kept::of(company);
    let inserted = query!(
        db,
        execute,
        INSERT,
        organisation.0,
        company.id.0,
        &company.name,
        &company.legal_name,
        tax_id,
        grade,
        days,
        limit,
        search,
        now
    )
    .on("companies")?;
    Ok(inserted == 1)
}

pub async fn update(
    db: &mut Write,
    organisation: OrganisationId,
    company: &Company,
) -> Result<(), StoreError> {
    let Kept { tax_id, grade, days, limit, search } = Kept::of(company);
    query!(
        db,
        execute,
        UPDATE,
        organisation.0,
        company.id.0,
        &company.name,
        &company.legal_name,
        tax_id,
        grade,
        days,
        limit,
        search
    )
    .on("companies")?;
    Ok(())
}

/// A company's values as the columns hold them.
struct Kept<'a> {
    tax_id: Option<&'a str>,
    grade: Option<&'static str>,
    days: Option<i64>,
    limit: Option<i64>,
    search: String,
}

impl<'a> Kept<'a> {
    fn of(company: &'a Company) -> Self {
        let tax_id = company.tax_id.as_ref().map(TaxId::digits);
        Self {
            tax_id,
            grade: company.grade.map(Grade::code),
            days: company.credit_days.map(|days| u16::from(days).into()),
            // Less than 2^53.
            limit: company.credit_limit.map(|limit| u64::from(limit) as i64),
            search: fold(&format!("{} {} {}", company.name, company.legal_name, tax_id.unwrap_or_default())),
        }
    }
}
