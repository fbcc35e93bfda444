//! Companies and their locations.

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, LocationId};

/// How far from the pin a check-in still counts as being there, in metres, when nobody set another.
pub const DEFAULT_RADIUS_M: f64 = 150.0;

/// A company as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyRef {
    /// Which.
    pub id: CompanyId,
    /// As written on the screen.
    pub name: String,
}

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
    /// Metres from the point asked about, when one was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub distance_m: Option<f64>,
}

impl Location {
    /// The whole address in one line; empty when unknown.
    pub fn address_line(&self) -> String {
        let parts = [&self.address, &self.district, &self.province, &self.postcode];
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
    }
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
