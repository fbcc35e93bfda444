//! Companies and their locations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use crate::company::{Company, CompanyRef};
use crate::{
    codes::codes,
    employee::EmployeeRef,
    geo::{Latitude, Longitude, Metres},
    id::{CompanyId, ContactId, EmployeeId, LocationId},
    task::Task,
    tax_id::TaxId,
    text::{Email, Line, Name, maybe_line},
    visit::Visit,
};

/// How far from the pin a check-in still counts as being there, in metres, when nobody set another.
pub const DEFAULT_RADIUS_M: f64 = 150.0;

/// How much a customer buys; it says how often one is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Grade {
    A,
    B,
    C,
    D,
}
codes!(Grade { A = "a", B = "b", C = "c", D = "d" });

/// How far business with a location is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationStatus {
    /// Not a customer yet.
    Lead,
    /// A customer; what is not said otherwise.
    #[default]
    Active,
    /// No customer any more, or never to be one: not offered for check-ins nor counted among what is to be visited.
    Inactive,
}
codes!(LocationStatus { Lead = "lead", Active = "active", Inactive = "inactive" });

/// A place of a company where visits happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Which.
    pub id: LocationId,
    /// As written on the screen.
    pub name: String,
    /// Whose place it is.
    pub company: CompanyRef,
    /// Number and street; empty when unknown, as are the three below.
    pub address: String,
    /// Tambon or khwaeng; empty when unknown.
    #[serde(default)]
    pub subdistrict: String,
    /// Amphoe or khet.
    pub district: String,
    /// Changwat.
    pub province: String,
    /// Five digits in Thailand.
    pub postcode: String,
    /// As given, empty when unknown.
    pub phone: String,
    /// Degrees north of the pin.
    pub lat: f64,
    /// Degrees east of the pin.
    pub lng: f64,
    /// How far from the pin a check-in still counts, in metres.
    pub radius_m: f64,
    /// How much the company buys; `null` when nobody said.
    #[serde(default)]
    pub grade: Option<Grade>,
    /// How far business with it is.
    #[serde(default)]
    pub status: LocationStatus,
    /// Metres from the point asked about, when one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub distance_m: Option<f64>,
}

impl Location {
    /// The whole address in one line; empty when unknown.
    pub fn address_line(&self) -> String {
        let parts = [&self.address, &self.subdistrict, &self.district, &self.province, &self.postcode];
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// A person to speak to at a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// Full name or what one calls them.
    pub name: String,
    /// What they do there; empty when unknown, as are the three below.
    pub title: String,
    /// International form, such as `+66 81 234 5678`.
    pub phone: String,
    /// The name on LINE.
    pub line_id: String,
    /// The mail address.
    pub email: String,
}

/// `PUT /contacts/{id}`: makes or replaces a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditContact {
    /// Where the person works.
    pub location_id: LocationId,
    /// Full name or what one calls them.
    pub name: Name,
    /// What they do there.
    #[serde(default)]
    pub title: Option<Line>,
    /// As people write it; kept in international form.
    #[serde(default)]
    pub phone: Option<Line>,
    /// The name on LINE.
    #[serde(default)]
    pub line_id: Option<Line>,
    /// The mail address.
    #[serde(default)]
    pub email: Option<Email>,
}

/// `POST /locations`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewLocation {
    /// Made by the device; the same id again is the same location.
    pub id: LocationId,
    /// As written on the screen.
    pub name: Name,
    /// Whose place it is; left out it gets a company of its own name.
    #[serde(default)]
    pub company_id: Option<CompanyId>,
    /// For a company of its own: the name on invoices.
    #[serde(default)]
    pub legal_name: Option<Line>,
    /// For a company of its own: the taxpayer number.
    #[serde(default)]
    pub tax_id: Option<TaxId>,
    /// Number and street.
    #[serde(default)]
    pub address: Option<Line>,
    /// Tambon or khwaeng.
    #[serde(default)]
    pub subdistrict: Option<Line>,
    /// Amphoe or khet.
    #[serde(default)]
    pub district: Option<Line>,
    /// Changwat.
    #[serde(default)]
    pub province: Option<Line>,
    /// Five digits in Thailand.
    #[serde(default)]
    pub postcode: Option<Line>,
    /// As people write it; kept in international form.
    #[serde(default)]
    pub phone: Option<Line>,
    /// Degrees north of the pin.
    pub lat: Latitude,
    /// Degrees east of the pin.
    pub lng: Longitude,
    /// How far from the pin a check-in still counts; [`DEFAULT_RADIUS_M`] when left out.
    #[serde(default)]
    pub radius_m: Option<Metres>,
    /// How far business with it is.
    #[serde(default)]
    pub status: LocationStatus,
}

/// `PUT /locations/{id}`: everything that is kept of a place. What is left out becomes empty, company and radius aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditLocation {
    /// As written on the screen.
    pub name: Name,
    /// Whose place it is; left out it stays whose it is.
    #[serde(default)]
    pub company_id: Option<CompanyId>,
    /// Number and street.
    #[serde(default, deserialize_with = "maybe_line")]
    pub address: Option<Line>,
    /// Tambon or khwaeng.
    #[serde(default, deserialize_with = "maybe_line")]
    pub subdistrict: Option<Line>,
    /// Amphoe or khet.
    #[serde(default, deserialize_with = "maybe_line")]
    pub district: Option<Line>,
    /// Changwat.
    #[serde(default, deserialize_with = "maybe_line")]
    pub province: Option<Line>,
    /// Five digits in Thailand.
    #[serde(default, deserialize_with = "maybe_line")]
    pub postcode: Option<Line>,
    /// As people write it; kept in international form.
    #[serde(default, deserialize_with = "maybe_line")]
    pub phone: Option<Line>,
    /// Degrees north of the pin. Visits keep the pin they were judged by.
    pub lat: Latitude,
    /// Degrees east of the pin.
    pub lng: Longitude,
    /// How far from the pin a check-in still counts, in metres; left out it stays as it is.
    #[serde(default)]
    pub radius_m: Option<Metres>,
}

/// `PUT /locations/{id}/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetStatus {
    /// The new one.
    pub status: LocationStatus,
    /// Why.
    pub reason: Line,
}

/// A change of a location's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Who said so.
    pub by: EmployeeRef,
    /// What it was.
    pub from: LocationStatus,
    /// What it became.
    pub to: LocationStatus,
    /// Why.
    pub reason: String,
}

/// `GET /locations/{id}/statuses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusHistory {
    /// The latest first.
    pub statuses: Vec<StatusChange>,
}

/// `GET /locations/provinces`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provinces {
    /// Those the organisation has locations in, in their order.
    pub provinces: Vec<String>,
}

/// The least and the most a radius may be, in metres.
pub const RADII_M: std::ops::RangeInclusive<f64> = 20.0..=5_000.0;

/// `PUT /locations/{id}/owner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetOwner {
    /// The rep who looks after it; `null` for nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    pub employee_id: Option<EmployeeId>,
}

/// `GET /locations/{id}/details`: all one wants to know before going in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerDetails {
    /// The place.
    pub location: Location,
    /// Whose place it is.
    pub company: Company,
    /// The rep who looks after it.
    pub owner: Option<EmployeeRef>,
    /// Whom to speak to.
    pub contacts: Vec<Contact>,
    /// The latest visits the caller may see, newest first.
    pub visits: Vec<Visit>,
    /// Open tasks here the caller may see, most pressing first.
    pub tasks: Vec<Task>,
    /// When anybody was last here.
    pub last_visit_at: Option<DateTime<Utc>>,
}

/// What came of an import: `POST /imports/locations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Whether nothing was to be kept.
    pub dry_run: bool,
    /// Rows after the header, empty lines not counted.
    pub rows: usize,
    /// Rows kept, or that would be.
    pub imported: usize,
    /// Rows left out because the very same location is already there.
    pub unchanged: usize,
    /// Rows refused, each with the line its record begins at.
    pub bad_rows: Vec<BadRow>,
    /// Columns nobody asked for, as the header names them.
    pub ignored_columns: Vec<String>,
}

/// A row an import refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The line the record begins at, the header being line 1.
    pub line: u64,
    /// The column at fault; empty when it is the row as a whole.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}
