//! The activity log as people read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{employee::EmployeeRef, event::Kind};

/// One thing somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub id: String,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// Who; `null` is Ekenko itself.
    pub by: Option<EmployeeRef>,
    /// What.
    pub kind: Kind,
    /// What it was done to: an id as a rule.
    pub subject: String,
    /// The address it came from, as far as the server knows; empty where it does not.
    pub origin: String,
    /// What it was before; `null` for what is new.
    pub before: Option<Value>,
    /// What it was after.
    pub after: Option<Value>,
}
