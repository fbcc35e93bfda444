//! The places of Thailand that make up an address.

use serde::{Deserialize, Serialize};

/// A subdistrict and all above it. `GET /addresses` gives these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Tambon or khwaeng.
    pub subdistrict: String,
    /// Amphoe or khet.
    pub district: String,
    /// Changwat.
    pub province: String,
    /// Five digits.
    pub postcode: String,
    /// The subdistrict in Latin letters.
    pub subdistrict_en: String,
    /// The district in Latin letters.
    pub district_en: String,
    /// The province in Latin letters.
    pub province_en: String,
}
