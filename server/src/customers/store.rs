//! Companies and locations.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::{CompanyRef, Grade, Location},
    geo::{EARTH_RADIUS_M, Position, chord_squared},
    id::{CompanyId, EmployeeId, LocationId, OrganisationId},
    text::fold,
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

/// Cells a degree: a cell is about 1.1 km tall.
const CELLS: f64 = 100.0;

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

#[derive(sqlx::FromRow)]
struct NearRow {
    #[sqlx(flatten)]
    location: LocationRow,
    chord: f64,
}

const BY_ID: &str = "SELECT l.id, l.name, l.address, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, c.id AS company_id, c.name AS company_name, c.grade
    FROM locations l JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1 AND l.id = $2";

pub async fn by_id(
    db: &mut impl Access,
    caller: &Caller,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    Ok(query!(db, fetch_optional as LocationRow, BY_ID, caller.organisation.id.0, id.0)
        .on("locations")?
        .map(Location::from))
}

/// Which locations a search is for.
pub struct Only {
    /// A LIKE pattern over folded text.
    pub pattern: String,
    /// Those this rep looks after.
    pub owner: Option<EmployeeId>,
    /// Those of companies of this grade.
    pub grade: Option<Grade>,
}

const BY_NAME: &str = "SELECT l.id, l.name, l.address, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, c.id AS company_id, c.name AS company_name, c.grade
    FROM locations l JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1 AND l.search LIKE $2 ESCAPE '\\' AND (l.name > $3 OR (l.name = $3 AND l.id > $4))
    AND ($5 IS NULL OR l.owner_id = $5) AND ($6 IS NULL OR c.grade = $6)
    ORDER BY l.name, l.id LIMIT $7";

/// Locations by name after (`name`, `id`).
pub async fn by_name(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    after: (&str, Uuid),
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let rows = query!(
        db,
        fetch_all as LocationRow,
        BY_NAME,
        caller.organisation.id.0,
        &only.pattern,
        after.0,
        after.1,
        only.owner.map(|id| id.0),
        only.grade.map(Grade::code),
        limit
    )
    .on("locations")?;
    Ok(rows.into_iter().map(Location::from).collect())
}

// Rows of cells are walked one by one, each a range of the index (organisation, cell, lng). CROSS JOIN makes SQLite keep
// this order; left to choose, it reads every location of the organisation to find the few nearest.
const NEAR: &str = "WITH RECURSIVE cells (cell) AS (SELECT $2 UNION ALL SELECT cell + 1 FROM cells WHERE cell < $3),
    found AS (
        SELECT l.id, (l.x - $6) * (l.x - $6) + (l.y - $7) * (l.y - $7) + (l.z - $8) * (l.z - $8) AS chord
        FROM cells CROSS JOIN locations l
        WHERE l.organisation_id = $1 AND l.cell = cells.cell AND l.lng BETWEEN $4 AND $5 AND l.search LIKE $9 ESCAPE '\\'
        AND ($14 IS NULL OR l.owner_id = $14)
        AND ($15 IS NULL OR EXISTS (SELECT 1 FROM companies g WHERE g.organisation_id = $1 AND g.id = l.company_id AND g.grade = $15))
    ),
    nearest AS (
        SELECT id, chord FROM found WHERE chord <= $10 AND (chord > $11 OR (chord = $11 AND id > $12))
        ORDER BY chord, id LIMIT $13
    )
    SELECT l.id, l.name, l.address, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, c.id AS company_id, c.name AS company_name, c.grade, n.chord
    FROM nearest n CROSS JOIN locations l CROSS JOIN companies c
    WHERE l.organisation_id = $1 AND l.id = n.id AND c.organisation_id = $1 AND c.id = l.company_id
    ORDER BY n.chord, n.id";

/// Locations within `radius_m` of a point, nearest first, after (`chord`, `id`). Gives each with its chord.
#[allow(clippy::too_many_arguments, reason = "a search has this many sides")]
pub async fn near(
    db: &mut impl Access,
    caller: &Caller,
    at: Position,
    radius_m: f64,
    only: &Only,
    after: (f64, Uuid),
    limit: i64,
) -> Result<Vec<(Location, f64)>, StoreError> {
    let (lat, lng) = (at.lat.get(), at.lng.get());
    let degrees = (radius_m / EARTH_RADIUS_M).to_degrees();
    let (south, north) = (lat - degrees, lat + degrees);
    // Meridians meet at the poles and wrap at 180 degrees; there the whole ring is searched.
    let widest = south.abs().max(north.abs());
    let (west, east) = if widest >= 89.0 {
        (-180.0, 180.0)
    } else {
        let wide = degrees / widest.to_radians().cos();
        if lng - wide < -180.0 || lng + wide > 180.0 { (-180.0, 180.0) } else { (lng - wide, lng + wide) }
    };
    let [x, y, z] = at.unit_vector();
    let rows = query!(
        db,
        fetch_all as NearRow,
        NEAR,
        caller.organisation.id.0,
        cell(south.max(-90.0)),
        cell(north.min(90.0)),
        west,
        east,
        x,
        y,
        z,
        &only.pattern,
        chord_squared(radius_m),
        after.0,
        after.1,
        limit,
        only.owner.map(|id| id.0),
        only.grade.map(Grade::code)
    )
    .on("locations")?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut location = Location::from(row.location);
            location.distance_m = Position::new(location.lat, location.lng)
                .ok()
                .map(|pin| (pin.distance_m(at) * 10.0).round() / 10.0);
            (location, row.chord)
        })
        .collect())
}

fn cell(lat: f64) -> i64 {
    (lat * CELLS).floor() as i64
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

const ALL: &str = "SELECT l.id, l.name, l.address, l.district, l.province, l.postcode, l.phone, l.lat, l.lng, l.radius_m, c.id AS company_id, c.name AS company_name, c.grade
    FROM locations l JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
    WHERE l.organisation_id = $1";

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
