//! The visits table. What a caller may see is decided in the SQL, not after it.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    board::Pin,
    customer::{CompanyRef, Location},
    employee::{EmployeeRef, TeamRef},
    geo::Position,
    id::{CompanyId, EmployeeId, LocationId, TeamId, VisitId},
    visit::{CheckOut, Evidence, Fix, Outcome, PhotoRef, Purpose, Reason, Verdict, Visit},
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
    photos::Processed,
};

#[derive(sqlx::FromRow)]
pub struct VisitRow {
    id: Uuid,
    employee_id: Uuid,
    employee_name: String,
    team_id: Uuid,
    team_name: String,
    location_id: Uuid,
    location_name: String,
    company_id: Uuid,
    company_name: String,
    address: String,
    district: String,
    province: String,
    postcode: String,
    phone: String,
    lat: f64,
    lng: f64,
    location_radius_m: f64,
    purpose: String,
    verdict: String,
    reasons: String,
    pin_lat: f64,
    pin_lng: f64,
    radius_m: f64,
    fix_lat: Option<f64>,
    fix_lng: Option<f64>,
    fix_accuracy_m: Option<f64>,
    fix_taken_at: Option<DateTime<Utc>>,
    distance_m: Option<f64>,
    fix_age_s: Option<f64>,
    business_date: NaiveDate,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    outcome: Option<String>,
    notes: Option<String>,
    photo_sha256: Option<String>,
    photo_width: Option<i64>,
    photo_height: Option<i64>,
}

fn corrupt(column: &'static str, value: impl ToString) -> StoreError {
    StoreError::Corrupt { table: "visits", column, value: value.to_string() }
}

impl TryFrom<VisitRow> for Visit {
    type Error = StoreError;
    fn try_from(row: VisitRow) -> Result<Self, StoreError> {
        let pin = Position::new(row.pin_lat, row.pin_lng).map_err(|e| corrupt("pin", e))?;
        let fix = match (row.fix_lat, row.fix_lng, row.fix_accuracy_m, row.fix_taken_at) {
            (Some(lat), Some(lng), Some(accuracy), Some(taken_at)) => Some(Fix {
                lat: lat.try_into().map_err(|e| corrupt("fix_lat", e))?,
                lng: lng.try_into().map_err(|e| corrupt("fix_lng", e))?,
                accuracy_m: accuracy.try_into().map_err(|e| corrupt("fix_accuracy_m", e))?,
                taken_at,
            }),
            _ => None,
        };
        let reasons = row
            .reasons
            .split_whitespace()
            .map(|code| Reason::from_code(code).ok_or_else(|| corrupt("reasons", code)))
            .collect::<Result<_, _>>()?;
        let outcome = match row.outcome {
            Some(code) => Some(Outcome::from_code(&code).ok_or_else(|| corrupt("outcome", &code))?),
            None => None,
        };
        let photo = match (row.photo_sha256, row.photo_width, row.photo_height) {
            (Some(sha256), Some(width), Some(height)) => Some(PhotoRef {
                sha256,
                width: u32::try_from(width).map_err(|e| corrupt("photo_width", e))?,
                height: u32::try_from(height).map_err(|e| corrupt("photo_height", e))?,
            }),
            _ => None,
        };
        Ok(Self {
            id: VisitId(row.id),
            employee: EmployeeRef { id: EmployeeId(row.employee_id), name: row.employee_name },
            team: TeamRef { id: TeamId(row.team_id), name: row.team_name },
            location: Location {
                id: LocationId(row.location_id),
                name: row.location_name,
                company: CompanyRef { id: CompanyId(row.company_id), name: row.company_name },
                address: row.address,
                district: row.district,
                province: row.province,
                postcode: row.postcode,
                phone: row.phone,
                lat: row.lat,
                lng: row.lng,
                radius_m: row.location_radius_m,
                distance_m: None,
            },
            purpose: Purpose::from_code(&row.purpose).ok_or_else(|| corrupt("purpose", &row.purpose))?,
            verdict: Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
            reasons,
            distance_m: row.distance_m,
            evidence: Evidence {
                pin,
                radius_m: row.radius_m,
                fix,
                distance_m: row.distance_m,
                fix_age_s: row.fix_age_s,
            },
            duration_s: row.checked_out_at.map(|out| (out - row.checked_in_at).num_seconds()),
            checked_in_at: row.checked_in_at,
            checked_out_at: row.checked_out_at,
            business_date: row.business_date,
            outcome,
            notes: row.notes,
            photo,
        })
    }
}

/// Whose visits the caller may see: an admin all, a manager those of own teams, a rep own ones. `$1` organisation,
/// `$2` caller's role, `$3` caller.
macro_rules! seen {
    () => {
        "WHERE v.organisation_id = $1 AND ($2 = 'admin' OR v.employee_id = $3 OR ($2 = 'manager' AND v.team_id IN
        (SELECT m.team_id FROM team_managers m WHERE m.organisation_id = $1 AND m.employee_id = $3))) "
    };
}

/// Columns and joins of the visits the caller may see.
macro_rules! visits {
    ($tail:literal) => {
        concat!(
            "SELECT v.id, v.employee_id, e.name AS employee_name, v.team_id, t.name AS team_name, v.location_id,
            l.name AS location_name, c.id AS company_id, c.name AS company_name, l.address, l.district, l.province, l.postcode,
            l.phone, l.lat, l.lng, l.radius_m AS location_radius_m, v.purpose, v.verdict, v.reasons, v.pin_lat, v.pin_lng, v.radius_m,
            v.fix_lat, v.fix_lng, v.fix_accuracy_m, v.fix_taken_at, v.distance_m, v.fix_age_s, v.business_date,
            v.checked_in_at, v.checked_out_at, v.outcome, v.notes, v.photo_sha256, v.photo_width, v.photo_height
            FROM visits v
            JOIN employees e ON e.organisation_id = v.organisation_id AND e.id = v.employee_id
            JOIN teams t ON t.organisation_id = v.organisation_id AND t.id = v.team_id
            JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
            JOIN companies c ON c.organisation_id = l.organisation_id AND c.id = l.company_id
            ",
            seen!(),
            $tail
        )
    };
}

const BY_ID: &str = visits!("AND v.id = $4");

pub async fn by_id(db: &mut impl Access, caller: &Caller, id: VisitId) -> Result<Option<Visit>, StoreError> {
    query!(
        db,
        fetch_optional as VisitRow,
        BY_ID,
        caller.organisation.id.0,
        caller.role.code(),
        caller.employee.id.0,
        id.0
    )
    .on("visits")?
    .map(Visit::try_from)
    .transpose()
}

const BY_DAY: &str = visits!(
    "AND v.business_date = $4 AND ($5 IS NULL OR v.employee_id = $5)
    AND (v.checked_in_at < $6 OR (v.checked_in_at = $6 AND v.id < $7))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $8"
);
const OPEN: &str = visits!(
    "AND v.checked_out_at IS NULL AND ($4 IS NULL OR v.employee_id = $4)
    AND (v.checked_in_at < $5 OR (v.checked_in_at = $5 AND v.id < $6))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $7"
);

fn visits(rows: Vec<VisitRow>) -> Result<Vec<Visit>, StoreError> {
    rows.into_iter().map(Visit::try_from).collect()
}

/// The visits of a day before (`time`, `id`), latest first.
pub async fn by_day(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
    employee: Option<EmployeeId>,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = (caller.organisation.id.0, caller.role.code(), caller.employee.id.0);
    let employee = employee.map(|employee| employee.0);
    visits(
        query!(
            db,
            fetch_all as VisitRow,
            BY_DAY,
            organisation,
            role,
            me,
            date,
            employee,
            before.0,
            before.1,
            limit
        )
        .on("visits")?,
    )
}

/// Visits still open before (`time`, `id`), latest first.
pub async fn open(
    db: &mut impl Access,
    caller: &Caller,
    employee: Option<EmployeeId>,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Visit>, StoreError> {
    let (organisation, role, me) = (caller.organisation.id.0, caller.role.code(), caller.employee.id.0);
    let employee = employee.map(|employee| employee.0);
    visits(
        query!(db, fetch_all as VisitRow, OPEN, organisation, role, me, employee, before.0, before.1, limit)
            .on("visits")?,
    )
}

#[derive(sqlx::FromRow)]
struct PinRow {
    id: Uuid,
    lat: f64,
    lng: f64,
    verdict: String,
    employee_name: String,
    location_name: String,
    checked_out_at: Option<DateTime<Utc>>,
}

const PINS: &str = concat!(
    "SELECT v.id, COALESCE(v.fix_lat, v.pin_lat) AS lat, COALESCE(v.fix_lng, v.pin_lng) AS lng, v.verdict,
    e.name AS employee_name, l.name AS location_name, v.checked_out_at
    FROM visits v
    JOIN employees e ON e.organisation_id = v.organisation_id AND e.id = v.employee_id
    JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
    ",
    seen!(),
    "AND v.business_date = $4 ORDER BY v.checked_in_at DESC LIMIT $5"
);

/// Pins of a day, latest first.
pub async fn pins(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
    limit: i64,
) -> Result<Vec<Pin>, StoreError> {
    let (organisation, role, me) = (caller.organisation.id.0, caller.role.code(), caller.employee.id.0);
    let rows = query!(db, fetch_all as PinRow, PINS, organisation, role, me, date, limit).on("visits")?;
    rows.into_iter()
        .map(|row| {
            Ok(Pin {
                id: VisitId(row.id),
                lat: row.lat,
                lng: row.lng,
                verdict: Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
                label: Pin::label(&row.employee_name, &row.location_name),
                open: row.checked_out_at.is_none(),
            })
        })
        .collect()
}

/// How one rep's day went.
#[derive(sqlx::FromRow)]
pub struct CountRow {
    pub employee_id: Uuid,
    pub visits: i64,
    pub verified: i64,
    pub open: i64,
    pub last_check_in_at: DateTime<Utc>,
}

const COUNTS: &str = concat!(
    "SELECT v.employee_id, COUNT(*) AS visits,
    COUNT(CASE WHEN v.verdict = 'verified' THEN 1 END) AS verified,
    COUNT(CASE WHEN v.checked_out_at IS NULL THEN 1 END) AS open, MAX(v.checked_in_at) AS last_check_in_at
    FROM visits v
    ",
    seen!(),
    "AND v.business_date = $4 GROUP BY v.employee_id"
);

/// A day's visits counted by rep.
pub async fn counts(
    db: &mut impl Access,
    caller: &Caller,
    date: NaiveDate,
) -> Result<Vec<CountRow>, StoreError> {
    let (organisation, role, me) = (caller.organisation.id.0, caller.role.code(), caller.employee.id.0);
    query!(db, fetch_all as CountRow, COUNTS, organisation, role, me, date).on("visits")
}

const INSERT: &str = "INSERT INTO visits (organisation_id, id, employee_id, team_id, location_id, purpose, verdict, reasons,
    pin_lat, pin_lng, radius_m, fix_lat, fix_lng, fix_accuracy_m, fix_taken_at, distance_m, fix_age_s, business_date, checked_in_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING";

/// `false` when the id is taken or the rep has an open visit.
pub async fn insert(db: &mut Write, caller: &Caller, visit: &Visit) -> Result<bool, StoreError> {
    let fix = visit.evidence.fix;
    let reasons = visit.reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" ");
    let inserted = query!(
        db,
        execute,
        INSERT,
        caller.organisation.id.0,
        visit.id.0,
        visit.employee.id.0,
        visit.team.id.0,
        visit.location.id.0,
        visit.purpose.code(),
        visit.verdict.code(),
        &reasons,
        visit.evidence.pin.lat.get(),
        visit.evidence.pin.lng.get(),
        visit.evidence.radius_m,
        fix.map(|f| f.lat.get()),
        fix.map(|f| f.lng.get()),
        fix.map(|f| f.accuracy_m.get()),
        fix.map(|f| f.taken_at),
        visit.distance_m,
        visit.evidence.fix_age_s,
        visit.business_date,
        visit.checked_in_at
    )
    .on("visits")?;
    Ok(inserted == 1)
}

const TAKEN: &str = "SELECT COUNT(*) FROM visits WHERE organisation_id = $1 AND id = $2";

/// Whether the id is taken, by whomever.
pub async fn is_taken(db: &mut impl Access, caller: &Caller, id: VisitId) -> Result<bool, StoreError> {
    let (count,): (i64,) =
        query!(db, fetch_one as (i64,), TAKEN, caller.organisation.id.0, id.0).on("visits")?;
    Ok(count > 0)
}

const CHECK_OUT: &str = "UPDATE visits SET checked_out_at = $1, outcome = $2, notes = $3
    WHERE organisation_id = $4 AND id = $5 AND checked_out_at IS NULL AND photo_sha256 IS NOT NULL";

/// `false` when it was checked out already or has no photo.
pub async fn check_out(
    db: &mut Write,
    caller: &Caller,
    id: VisitId,
    check_out: &CheckOut,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let notes = check_out.notes.as_ref().map(|notes| notes.as_str());
    let changed =
        query!(db, execute, CHECK_OUT, now, check_out.outcome.code(), notes, caller.organisation.id.0, id.0)
            .on("visits")?;
    Ok(changed == 1)
}

const INSERT_PHOTO: &str =
    "INSERT INTO photos (organisation_id, visit_id, sha256, media_type, size_bytes, width, height,
    exif_lat, exif_lng, exif_taken_at, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (organisation_id, visit_id, sha256) DO NOTHING";
const SHOW_PHOTO: &str = "UPDATE visits SET photo_sha256 = $1, photo_width = $2, photo_height = $3
    WHERE organisation_id = $4 AND id = $5 AND checked_out_at IS NULL";

/// Adds a photo and makes it the visit's latest; `false` when the visit is checked out.
pub async fn add_photo(
    db: &mut Write,
    caller: &Caller,
    id: VisitId,
    photo: &Processed,
    size: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (organisation, width, height) =
        (caller.organisation.id.0, i64::from(photo.width), i64::from(photo.height));
    let shown =
        query!(db, execute, SHOW_PHOTO, &photo.sha256, width, height, organisation, id.0).on("visits")?;
    if shown == 0 {
        return Ok(false);
    }
    let at = photo.exif.position;
    query!(
        db,
        execute,
        INSERT_PHOTO,
        organisation,
        id.0,
        &photo.sha256,
        photo.media_type,
        size,
        width,
        height,
        at.map(|p| p.lat.get()),
        at.map(|p| p.lng.get()),
        photo.exif.taken_at.as_deref(),
        now
    )
    .on("photos")?;
    Ok(true)
}

const MEDIA_TYPE: &str =
    "SELECT media_type FROM photos WHERE organisation_id = $1 AND visit_id = $2 AND sha256 = $3";

/// The media type of one of a visit's photos.
pub async fn media_type(
    db: &mut impl Access,
    caller: &Caller,
    id: VisitId,
    sha256: &str,
) -> Result<Option<String>, StoreError> {
    let row = query!(db, fetch_optional as (String,), MEDIA_TYPE, caller.organisation.id.0, id.0, sha256)
        .on("photos")?;
    Ok(row.map(|(media_type,)| media_type))
}
