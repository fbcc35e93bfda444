//! Identifiers: one type an entity, so that a team's id cannot be passed where a visit's is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text was not a UUID, or was the nil UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID such as 6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        // As text in every format: a browser reads the first paint's data in a binary one.
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match Uuid::parse_str(text) {
                    Ok(id) if !id.is_nil() => Ok(Self(id)),
                    _ => Err(InvalidId),
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.to_string()
            }
        }
    )+};
}

ids! {
    /// An organisation: the wall around everything one customer of ours owns.
    OrganisationId,
    /// A team of reps inside an organisation.
    TeamId,
    /// A person with an account.
    EmployeeId,
    /// A customer company.
    CompanyId,
    /// A place of a company where visits happen.
    LocationId,
    /// A person to speak to at a customer's.
    ContactId,
    /// A visit; made by the rep's device, so that sending it twice makes one visit.
    VisitId,
    /// A task; made by whoever gives it.
    TaskId,
    /// Tasks given together, one a rep; made by whoever gives them.
    BatchId,
    /// A file that goes with a task; made by whoever adds it.
    AttachmentId,
    /// An announcement; made by whoever publishes it.
    AnnouncementId,
    /// An event of a stream.
    EventId,
    /// A signed-in device or program.
    SessionId,
}
