//! The activity log as people read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{event::Kind, id::EmployeeId};

/// One thing somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which, as text in every format.
    #[serde(with = "uuid::serde::simple")]
    pub id: Uuid,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: EmployeeId,
    /// What.
    pub kind: Kind,
    /// What it was done to: an id as a rule.
    pub subject: String,
}
