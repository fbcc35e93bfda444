//! Finding locations: by name, and around a point.

use ekenko_domain::{
    customer::{Grade, Location, LocationStatus},
    geo::{EARTH_RADIUS_M, Position, chord_squared},
    id::{CompanyId, EmployeeId, TeamId},
};
use uuid::Uuid;

use super::store::{LocationRow, cell, columns};
use crate::{
    db::{Access, On, StoreError, containing, query},
    identity::Caller,
};

/// Which locations a search is for.
pub struct Only {
    /// The folded text they hold; may be empty.
    pub text: String,
    /// Those this rep looks after.
    pub owner: Option<EmployeeId>,
    /// What else they are.
    pub narrow: Narrow,
}

/// What locations are, besides the text they hold.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Those of companies of this grade.
    pub grade: Option<Grade>,
    /// Those of this status.
    pub status: Option<OfStatus>,
    /// Those of this province, spelt as it is.
    pub province: Option<String>,
    /// Those that reps of this team look after.
    pub team: Option<TeamId>,
    /// Those of this company.
    pub company: Option<CompanyId>,
}

/// Statuses to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfStatus {
    /// One of them.
    Only(LocationStatus),
    /// All that are not inactive.
    Current,
}

/// The values `fits!` compares with, in its order.
type Binds<'a> = (Option<&'static str>, Option<&'static str>, Option<&'a str>, Option<Uuid>, Option<Uuid>);

impl Narrow {
    /// Whether nothing is left out.
    pub fn is_wide(&self) -> bool {
        self.grade.is_none()
            && self.status.is_none()
            && self.province.is_none()
            && self.team.is_none()
            && self.company.is_none()
    }

    /// Whether more than the inactive ones is left out.
    pub fn is_narrow(&self) -> bool {
        !Self { status: self.status.filter(|status| *status != OfStatus::Current), ..self.clone() }.is_wide()
    }

    /// The values `fits!` compares with, in its order.
    pub(super) fn binds(&self) -> Binds<'_> {
        let status = self.status.map(|status| match status {
            OfStatus::Only(status) => status.code(),
            OfStatus::Current => "current",
        });
        (
            self.grade.map(Grade::code),
            status,
            self.province.as_deref(),
            self.team.map(|team| team.0),
            self.company.map(|company| company.0),
        )
    }
}

/// Whether a location `l` is what [`Narrow`] asks for: the parameters of grade, status, province, team and company.
macro_rules! fits {
    ($grade:literal, $status:literal, $province:literal, $team:literal, $company:literal) => {
        concat!(
            " AND (", $grade, " IS NULL OR EXISTS
            (SELECT 1 FROM companies g WHERE g.organisation_id = $1 AND g.id = l.company_id AND g.grade = ", $grade, "))
            AND (", $status, " IS NULL OR l.status = ", $status, " OR (", $status, " = 'current' AND l.status <> 'inactive'))
            AND (", $province, " IS NULL OR l.province = ", $province, ")
            AND (", $team, " IS NULL OR EXISTS
            (SELECT 1 FROM employees o WHERE o.organisation_id = $1 AND o.id = l.owner_id AND o.team_id = ", $team, "))
            AND (", $company, " IS NULL OR l.company_id = ", $company, ") "
        )
    };
}
pub(super) use fits;

/// The same where nothing but inactive ones may be left out: the conditions that look at other tables cost PostgreSQL's
/// planner its good plans, so the statements have them only when they are needed. Takes the same parameters.
macro_rules! wide {
    ($grade:literal, $status:literal, $province:literal, $team:literal, $company:literal) => {
        concat!(
            " AND COALESCE(",
            $grade,
            ", ",
            $province,
            ") IS NULL AND COALESCE(",
            $team,
            ", ",
            $company,
            ") IS NULL
            AND (",
            $status,
            " IS NULL OR l.status <> 'inactive') "
        )
    };
}
pub(super) use wide;

impl Only {
    /// A LIKE pattern that finds the text anywhere.
    pub fn pattern(&self) -> String {
        containing(&self.text)
    }
}

/// Where a list by name goes on, or ends: at this name, at the name itself at this id.
pub type Place = (String, Uuid);

/// The locations of a page, whose ids a query finds in their order.
macro_rules! page_by_name {
    ($($ids:expr),+) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (",
            $($ids),+,
            ") n CROSS JOIN locations l CROSS JOIN companies c
            WHERE l.organisation_id = $1 AND l.id = n.id AND c.organisation_id = $1 AND c.id = l.company_id
            ORDER BY l.name, l.id"
        )
    };
}
pub(super) use page_by_name;

/// Looks through locations in the order of their names.
macro_rules! walk {
    ($fits:ident, $more:literal) => {
        page_by_name!(
            "SELECT l.id FROM locations l
            WHERE l.organisation_id = $1 AND (l.name, l.id) > ($2, $3) AND l.search LIKE $4 ESCAPE '\\' ",
            $fits!("$5", "$7", "$8", "$9", "$10"),
            $more,
            " ORDER BY l.name, l.id LIMIT $6"
        )
    };
}

const BY_NAME: [&str; 2] = [walk!(wide, ""), walk!(fits, "")];
const OWN_BY_NAME: [&str; 2] = [walk!(wide, "AND l.owner_id = $11"), walk!(fits, "AND l.owner_id = $11")];
const BY_NAME_TO: [&str; 2] =
    [walk!(wide, "AND (l.name, l.id) <= ($11, $12)"), walk!(fits, "AND (l.name, l.id) <= ($11, $12)")];

/// Locations by name after `after`.
pub async fn by_name(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    after: &Place,
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let (organisation, pattern) = (caller.organisation.id.0, only.pattern());
    let (name, id, narrow) = (&after.0, after.1, usize::from(only.narrow.is_narrow()));
    let (grade, status, province, team, company) = only.narrow.binds();
    let rows = match only.owner {
        None => query!(
            db,
            fetch_all as LocationRow,
            BY_NAME[narrow],
            organisation,
            name,
            id,
            pattern.as_str(),
            grade,
            limit,
            status,
            province,
            team,
            company
        ),
        Some(owner) => query!(
            db,
            fetch_all as LocationRow,
            OWN_BY_NAME[narrow],
            organisation,
            name,
            id,
            pattern.as_str(),
            grade,
            limit,
            status,
            province,
            team,
            company,
            owner.0
        ),
    };
    Ok(rows.on("locations")?.into_iter().map(Location::from).collect())
}

/// The same up to `to`, whoever looks after them.
pub async fn by_name_to(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    after: &Place,
    to: &Place,
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let (grade, status, province, team, company) = only.narrow.binds();
    let rows = query!(
        db,
        fetch_all as LocationRow,
        BY_NAME_TO[usize::from(only.narrow.is_narrow())],
        caller.organisation.id.0,
        &after.0,
        after.1,
        only.pattern(),
        grade,
        limit,
        status,
        province,
        team,
        company,
        &to.0,
        to.1
    )
    .on("locations")?;
    Ok(rows.into_iter().map(Location::from).collect())
}

const PLACE: &str = "SELECT name, id FROM locations WHERE organisation_id = $1 AND (name, id) > ($2, $3)
    ORDER BY name, id LIMIT 1 OFFSET $4";

/// Where one is after passing over `names` locations; `None` when there are not that many.
pub async fn place(
    db: &mut impl Access,
    caller: &Caller,
    after: &Place,
    names: i64,
) -> Result<Option<Place>, StoreError> {
    query!(db, fetch_optional as Place, PLACE, caller.organisation.id.0, &after.0, after.1, names)
        .on("locations")
}

#[derive(sqlx::FromRow)]
pub struct NearRow {
    #[sqlx(flatten)]
    location: LocationRow,
    chord: f64,
}

/// The nearest of some locations `l`.
macro_rules! nearest {
    ($fits:ident, $with:literal, $($from:expr),+) => {
        concat!(
            "WITH RECURSIVE ",
            $with,
            "found AS (
                SELECT l.id, (l.x - $2) * (l.x - $2) + (l.y - $3) * (l.y - $3) + (l.z - $4) * (l.z - $4) AS chord
                FROM ",
            $($from),+,
            " AND l.organisation_id = $1 AND l.search LIKE $5 ESCAPE '\\' ",
            $fits!("$6", "$11", "$12", "$13", "$14"),
            "),
            nearest AS (
                SELECT id, chord FROM found WHERE chord <= $7 AND (chord > $8 OR (chord = $8 AND id > $9))
                ORDER BY chord, id LIMIT $10
            )
            SELECT ",
            columns!(),
            ", n.chord FROM nearest n CROSS JOIN locations l CROSS JOIN companies c
            WHERE l.organisation_id = $1 AND l.id = n.id AND c.organisation_id = $1 AND c.id = l.company_id
            ORDER BY n.chord, n.id"
        )
    };
}
pub(super) use nearest;

// Rows of cells are walked one by one, each a range of the index (organisation, cell, lng). CROSS JOIN makes SQLite keep
// this order; left to choose, it reads every location of the organisation to find the few nearest.
macro_rules! near {
    ($fits:ident) => {
        nearest!(
            $fits,
            "cells (cell) AS (SELECT $15 UNION ALL SELECT cell + 1 FROM cells WHERE cell < $16), ",
            "cells CROSS JOIN locations l WHERE l.cell = cells.cell AND l.lng BETWEEN $17 AND $18"
        )
    };
}
const NEAR: [&str; 2] = [near!(wide), near!(fits)];
const OWN_NEAR: [&str; 2] = [
    nearest!(wide, "", "locations l WHERE l.owner_id = $15"),
    nearest!(fits, "", "locations l WHERE l.owner_id = $15"),
];

/// A circle, and where in it a list goes on.
pub struct Around {
    /// Its centre.
    pub at: Position,
    /// Its radius.
    pub radius_m: f64,
    /// Behind this chord and id.
    pub after: (f64, Uuid),
}

/// Locations around a point, nearest first, each with its chord.
pub async fn near(
    db: &mut impl Access,
    caller: &Caller,
    around: &Around,
    only: &Only,
    limit: i64,
) -> Result<Vec<(Location, f64)>, StoreError> {
    let (lat, lng) = (around.at.lat.get(), around.at.lng.get());
    let degrees = (around.radius_m / EARTH_RADIUS_M).to_degrees();
    let (south, north) = (lat - degrees, lat + degrees);
    // Meridians meet at the poles and wrap at 180 degrees; there the whole ring is searched.
    let widest = south.abs().max(north.abs());
    let (west, east) = if widest >= 89.0 {
        (-180.0, 180.0)
    } else {
        let wide = degrees / widest.to_radians().cos();
        if lng - wide < -180.0 || lng + wide > 180.0 { (-180.0, 180.0) } else { (lng - wide, lng + wide) }
    };
    let (cells, pattern) = ((cell(south.max(-90.0)), cell(north.min(90.0))), only.pattern());
    let narrow = usize::from(only.narrow.is_narrow());
    let (grade, status, province, team, company) = only.narrow.binds();
    let [x, y, z] = around.at.unit_vector();
    let (organisation, reach, after) =
        (caller.organisation.id.0, chord_squared(around.radius_m), around.after);
    let rows = match only.owner {
        None => query!(
            db,
            fetch_all as NearRow,
            NEAR[narrow],
            organisation,
            x,
            y,
            z,
            pattern.as_str(),
            grade,
            reach,
            after.0,
            after.1,
            limit,
            status,
            province,
            team,
            company,
            cells.0,
            cells.1,
            west,
            east
        ),
        Some(owner) => query!(
            db,
            fetch_all as NearRow,
            OWN_NEAR[narrow],
            organisation,
            x,
            y,
            z,
            pattern.as_str(),
            grade,
            reach,
            after.0,
            after.1,
            limit,
            status,
            province,
            team,
            company,
            owner.0
        ),
    };
    Ok(measured(rows.on("locations")?, around.at))
}

/// Adds how far away each is.
pub(super) fn measured(rows: Vec<NearRow>, at: Position) -> Vec<(Location, f64)> {
    let measure = |row: NearRow| {
        let mut location = Location::from(row.location);
        location.distance_m = Position::new(location.lat, location.lng)
            .ok()
            .map(|pin| (pin.distance_m(at) * 10.0).round() / 10.0);
        (location, row.chord)
    };
    rows.into_iter().map(measure).collect()
}
