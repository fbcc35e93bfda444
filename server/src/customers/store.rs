//! Companies and locations.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::{CompanyRef, Grade, Location, LocationStatus},
    geo::Position,
    id::{CompanyId, EmployeeId, LocationId, OrganisationId},
    text::fold,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    db::{Access, Conn, On, StoreError, Write, query},
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
    pub subdistrict: String,
    pub district: String,
    pub province: String,
    pub postcode: String,
    pub phone: String,
    pub lat: f64,
    pub lng: f64,
    pub radius_m: f64,
    pub status: String,
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
            subdistrict: row.subdistrict,
            district: row.district,
            province: row.province,
            postcode: row.postcode,
            phone: row.phone,
            lat: row.lat,
            lng: row.lng,
            radius_m: row.radius_m,
            grade: row.grade.as_deref().and_then(Grade::from_code),
            status: LocationStatus::from_code(&row.status).unwrap_or_default(),
            distance_m: None,
        }
    }
}

/// What a [`LocationRow`] is made of, of a location `l` and its company `c`.
macro_rules! columns {
    () => {
        "l.id, l.name, l.address, l.subdistrict, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, l.status, c.id AS company_id, c.name AS company_name, c.grade"
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

// One that was merged into another is that other one.
const BY_ID: &str = locations!(
    " AND l.id = COALESCE((SELECT m.into_id FROM merged_locations m WHERE m.organisation_id = $1 AND m.id = $2), $2)"
);

/// A location, or the one it was merged into, whose id is another.
pub async fn by_id(
    db: &mut impl Access,
    caller: &Caller,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    Ok(query!(db, fetch_optional as LocationRow, BY_ID, caller.organisation.id.0, id.0)
        .on("locations")?
        .map(Location::from))
}

// Texts of a JSON array, as each engine takes it apart.
const NAMED_SQLITE: &str = locations!(" AND l.name IN (SELECT value FROM json_each($2))");
const NAMED_POSTGRES: &str = locations!(" AND l.name IN (SELECT jsonb_array_elements_text($2::JSONB))");

/// The locations of these very names.
pub async fn named(
    db: &mut impl Access,
    organisation: OrganisationId,
    names: &[&str],
) -> Result<Vec<Location>, StoreError> {
    let named = db.either(NAMED_SQLITE, NAMED_POSTGRES);
    let names = json!(names).to_string();
    let rows = query!(db, fetch_all as LocationRow, named, organisation.0, names).on("locations")?;
    Ok(rows.into_iter().map(Location::from).collect())
}

const LOCK_IMPORTS: &str = "SELECT 1 FROM organisations WHERE id = $1 FOR NO KEY UPDATE";

/// Lets imports of an organisation take turns, so that of two of one file each sees what the other took. SQLite has one
/// writer anyway.
pub async fn lock_imports(db: &mut Write, organisation: OrganisationId) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = db.conn() {
        sqlx::query(LOCK_IMPORTS).bind(organisation.0).execute(conn).await.on("organisations")?;
    }
    Ok(())
}

const INSERT_LOCATION: &str = "INSERT INTO locations
    (organisation_id, id, company_id, name, address, subdistrict, district, province, postcode, phone, lat, lng, radius_m, status,
    x, y, z, cell, search, owner_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT DO NOTHING";

/// What searches look at.
fn searched(location: &Location) -> String {
    fold(&format!("{} {} {}", location.name, location.company.name, location.address_line()))
}

/// `false` when the id is taken.
pub async fn insert_location(
    db: &mut Write,
    organisation: OrganisationId,
    location: &Location,
    pin: Position,
    owner: Option<EmployeeId>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let [x, y, z] = pin.unit_vector();
    let inserted = query!(
        db,
        execute,
        INSERT_LOCATION,
        organisation.0,
        location.id.0,
        location.company.id.0,
        &location.name,
        &location.address,
        &location.subdistrict,
        &location.district,
        &location.province,
        &location.postcode,
        &location.phone,
        pin.lat.get(),
        pin.lng.get(),
        location.radius_m,
        location.status.code(),
        x,
        y,
        z,
        cell(pin.lat.get()),
        searched(location),
        owner.map(|owner| owner.0),
        now
    )
    .on("locations")?;
    Ok(inserted == 1)
}

const UPDATE_LOCATION: &str = "UPDATE locations SET company_id = $1, name = $2, address = $3, subdistrict = $4, district = $5,
    province = $6, postcode = $7, phone = $8, lat = $9, lng = $10, radius_m = $11, x = $12, y = $13, z = $14, cell = $15, search = $16
    WHERE organisation_id = $17 AND id = $18";

/// Writes all that is kept of a location but its status and who looks after it.
pub async fn update_location(
    db: &mut Write,
    organisation: OrganisationId,
    location: &Location,
    pin: Position,
) -> Result<(), StoreError> {
    let [x, y, z] = pin.unit_vector();
    query!(
        db,
        execute,
        UPDATE_LOCATION,
        location.company.id.0,
        &location.name,
        &location.address,
        &location.subdistrict,
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
        searched(location),
        organisation.0,
        location.id.0
    )
    .on("locations")?;
    Ok(())
}

const AT_COMPANY: &str = locations!(" AND l.company_id = $2 ORDER BY l.name, l.id LIMIT $3");

/// Some of a company's locations, by name.
pub async fn at_company(
    db: &mut impl Access,
    organisation: OrganisationId,
    company: CompanyId,
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let rows = query!(db, fetch_all as LocationRow, AT_COMPANY, organisation.0, company.0, limit);
    Ok(rows.on("locations")?.into_iter().map(Location::from).collect())
}

const COUNT_AT_COMPANY: &str =
    "SELECT COUNT(*) FROM locations WHERE organisation_id = $1 AND company_id = $2";

/// How many locations a company has.
pub async fn count_at_company(
    db: &mut impl Access,
    organisation: OrganisationId,
    company: CompanyId,
) -> Result<u32, StoreError> {
    let (count,) =
        query!(db, fetch_one as (i64,), COUNT_AT_COMPANY, organisation.0, company.0).on("locations")?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

const SEARCH_TEXT: &str = "UPDATE locations SET search = $1 WHERE organisation_id = $2 AND id = $3";

/// Lets a company's locations be found by its new name.
pub async fn rename_company(
    db: &mut Write,
    organisation: OrganisationId,
    company: CompanyId,
) -> Result<(), StoreError> {
    for location in at_company(db, organisation, company, i64::MAX).await? {
        query!(db, execute, SEARCH_TEXT, searched(&location), organisation.0, location.id.0)
            .on("locations")?;
    }
    Ok(())
}

const PROVINCES: &str =
    "SELECT DISTINCT province FROM locations WHERE organisation_id = $1 AND province <> '' ORDER BY province";

/// The provinces the organisation has locations in.
pub async fn provinces(
    db: &mut impl Access,
    organisation: OrganisationId,
) -> Result<Vec<String>, StoreError> {
    let rows = query!(db, fetch_all as (String,), PROVINCES, organisation.0).on("locations")?;
    Ok(rows.into_iter().map(|(province,)| province).collect())
}
