//! Companies and locations.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::{CompanyRef, Grade, Location},
    geo::Position,
    id::{CompanyId, LocationId, OrganisationId},
    text::fold,
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

/// Cells a degree: a cell is about 1.1 km tall.
const CELLS: f64 = 100.0;

/// The cell a latitude lies in.
pub fn cell(lat: f64) -> i64 {
    (lat * CELLS).floor() as i64
}

#[derive(sqlx::FromRow)]
pub struct LocationRow {
    pub id: Uuid,
    pub name: String,
    pub address: String,
    pub district: String,
    pub province: String,
    pub postcode: String,
    pub phone: String,
    pub lat: f64,
    pub lng: f64,
    pub radius_m: f64,
    pub company_id: Uuid,
    pub company_name: String,
    pub grade: Option<String>,
}

impl From<LocationRow> for Location {
    fn from(row: LocationRow) -> Self {
        Self {
            id: LocationId(row.id),
            name: row.name,
            company: CompanyRef { id: CompanyId(row.company_id), name: row.company_name },
            address: row.address,
            district: row.district,
            province: row.province,
            postcode: row.postcode,
            phone: row.phone,
            lat: row.lat,
            lng: row.lng,
            radius_m: row.radius_m,
            grade: row.grade.as_deref().and_then(Grade::from_code),
            distance_m: None,
        }
    }
}

/// What a [`LocationRow`] is made of, of a location `l` and its company `c`.
macro_rules! columns {
    () => {
        "l.id, l.name, l.address, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, c.id AS company_id, c.name AS company_name, c.grade"
    };
}
pub(crate) use columns;

macro_rules! locations {
    ($tail:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM locations l JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
            WHERE l.organisation_id = $1",
            $tail
        )
    };
}

const BY_ID: &str = locations!(" AND l.id = $2");

pub async fn by_id(
    db: &mut impl Access,
    caller: &Caller,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    Ok(query!(db, fetch_optional as LocationRow, BY_ID, caller.organisation.id.0, id.0)
        .on("locations")?
        .map(Location::from))
}

const COMPANIES: &str = "SELECT id, name FROM companies WHERE organisation_id = $1";

/// Every company of the organisation, for an import to find its names in.
pub async fn companies(
    db: &mut impl Access,
    organisation: OrganisationId,
) -> Result<Vec<CompanyRef>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid, String), COMPANIES, organisation.0).on("companies")?;
    Ok(rows.into_iter().map(|(id, name)| CompanyRef { id: CompanyId(id), name }).collect())
}

const ALL: &str = locations!("");

/// Every location of the organisation, for an import to know what is there already.
pub async fn all(db: &mut impl Access, organisation: OrganisationId) -> Result<Vec<Location>, StoreError> {
    let rows = query!(db, fetch_all as LocationRow, ALL, organisation.0).on("locations")?;
    Ok(rows.into_iter().map(Location::from).collect())
}

const INSERT_COMPANY: &str =
    "INSERT INTO companies (organisation_id, id, name, grade, created_at) VALUES ($1, $2, $3, $4, $5)";

pub async fn insert_company(
    db: &mut Write,
    organisation: OrganisationId,
    company: &CompanyRef,
    grade: Option<Grade>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        INSERT_COMPANY,
        organisation.0,
        company.id.0,
        &company.name,
        grade.map(Grade::code),
        now
    )
    .on("companies")?;
    Ok(())
}

const INSERT_LOCATION: &str = "INSERT INTO locations
    (organisation_id, id, company_id, name, address, district, province, postcode, phone, lat, lng, radius_m, x, y, z, cell, search, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING";

/// `false` when the id is taken.
pub async fn insert_location(
    db: &mut Write,
    organisation: OrganisationId,
    location: &Location,
    pin: Position,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let [x, y, z] = pin.unit_vector();
    let search = fold(&format!("{} {} {}", location.name, location.company.name, location.address_line()));
    let inserted = query!(
        db,
        execute,
        INSERT_LOCATION,
        organisation.0,
        location.id.0,
        location.company.id.0,
        &location.name,
        &location.address,
        &location.district,
        &location.province,
        &location.postcode,
        &location.phone,
        pin.lat.get(),
        pin.lng.get(),
        location.radius_m,
        x,
        y,
        z,
        cell(pin.lat.get()),
        &search,
        now
    )
    .on("locations")?;
    Ok(inserted == 1)
}
