//! What pages need to know of the installation.

use serde::{Deserialize, Serialize};

/// `GET /settings`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// A tile address with {z}, {x} and {y}; without one the built-in base map is all there is.
    pub map_tiles: Option<String>,
    /// Whom to thank for the tiles.
    pub map_attribution: String,
    /// Whether this is demo data, whose accounts anybody may use.
    pub demo: bool,
}
