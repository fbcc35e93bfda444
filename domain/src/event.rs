//! What happened, in the order it happened: events of streams.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{EmployeeId, EventId, InvalidId, OrganisationId, TeamId};

/// One ordered line of events. Its offsets start at 1 and have no gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Stream {
    /// What a team's managers watch.
    Team(TeamId),
    /// What concerns one person.
    Employee(EmployeeId),
    /// What concerns everybody of an organisation.
    Org(OrganisationId),
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Employee(id) => write!(f, "employee:{id}"),
            Self::Org(id) => write!(f, "org:{id}"),
        }
    }
}

/// The text is not the name of a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be team:<uuid>, employee:<uuid> or org:<uuid>")]
pub struct InvalidStream;

impl From<InvalidId> for InvalidStream {
    fn from(_: InvalidId) -> Self {
        Self
    }
}

impl FromStr for Stream {
    type Err = InvalidStream;
    fn from_str(text: &str) -> Result<Self, InvalidStream> {
        match text.split_once(':') {
            Some(("team", id)) => Ok(Self::Team(id.parse()?)),
            Some(("employee", id)) => Ok(Self::Employee(id.parse()?)),
            Some(("org", id)) => Ok(Self::Org(id.parse()?)),
            _ => Err(InvalidStream),
        }
    }
}
impl TryFrom<String> for Stream {
    type Error = InvalidStream;
    fn try_from(text: String) -> Result<Self, InvalidStream> {
        text.parse()
    }
}
impl From<Stream> for String {
    fn from(stream: Stream) -> String {
        stream.to_string()
    }
}

/// Streams with an offset each: how far one has read, or where they end.
pub type Offsets = BTreeMap<Stream, i64>;

/// What kind of thing happened; the data is the same JSON the REST answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A rep checked in; data: the visit.
    #[serde(rename = "visit.checked_in")]
    VisitCheckedIn,
    /// A visit got a photo; data: the visit.
    #[serde(rename = "visit.photo")]
    VisitPhoto,
    /// A rep checked out; data: the visit.
    #[serde(rename = "visit.checked_out")]
    VisitCheckedOut,
    /// A manager approved or rejected a visit, or took that back; data: the visit.
    #[serde(rename = "visit.verified")]
    VisitVerified,
    /// A task was given; data: the task.
    #[serde(rename = "task.created")]
    TaskCreated,
    /// A task moved or got a photo; data: the task.
    #[serde(rename = "task.changed")]
    TaskChanged,
    /// Something was announced; data: the announcement.
    #[serde(rename = "announcement.published")]
    AnnouncementPublished,
    /// Something is to be announced later; data: the announcement.
    #[serde(rename = "announcement.scheduled")]
    AnnouncementScheduled,
    /// An announcement was changed or withdrawn; data: the announcement.
    #[serde(rename = "announcement.changed")]
    AnnouncementChanged,
    /// Somebody read an announcement; data: who, and how many have.
    #[serde(rename = "announcement.read")]
    AnnouncementRead,
    /// A customer location was added; data: the location.
    #[serde(rename = "customer.created")]
    CustomerCreated,
    /// Something of a customer changed; data: the location's id.
    #[serde(rename = "customer.changed")]
    CustomerChanged,
    /// A company was added or changed; data: the company.
    #[serde(rename = "company.changed")]
    CompanyChanged,
    /// Two locations became one; data: the id that is no more, and the location that stayed.
    #[serde(rename = "customer.merged")]
    CustomerMerged,
    /// Locations were imported; data: the report's counts.
    #[serde(rename = "customer.imported")]
    CustomerImported,
    /// A rep planned a day; data: its stops.
    #[serde(rename = "plan.changed")]
    PlanChanged,
    /// What a visit may be for or may bring changed; data: both lists.
    #[serde(rename = "choices.changed")]
    ChoicesChanged,
    /// The organisation's settings changed; data: the organisation.
    #[serde(rename = "organisation.changed")]
    OrganisationChanged,
    /// Somebody changed the own password; told to nobody, but kept in the log.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// An account was made or changed; data: the employee.
    #[serde(rename = "employee.changed")]
    EmployeeChanged,
    /// A team was made or changed; data: the team.
    #[serde(rename = "team.changed")]
    TeamChanged,
    /// A kind this program is too old to know.
    #[serde(other, rename = "unknown")]
    Unknown,
}
crate::codes::codes!(Kind {
    VisitCheckedIn = "visit.checked_in",
    VisitPhoto = "visit.photo",
    VisitCheckedOut = "visit.checked_out",
    VisitVerified = "visit.verified",
    TaskCreated = "task.created",
    TaskChanged = "task.changed",
    AnnouncementPublished = "announcement.published",
    AnnouncementScheduled = "announcement.scheduled",
    AnnouncementChanged = "announcement.changed",
    AnnouncementRead = "announcement.read",
    CustomerCreated = "customer.created",
    CustomerChanged = "customer.changed",
    CompanyChanged = "company.changed",
    CustomerMerged = "customer.merged",
    CustomerImported = "customer.imported",
    PlanChanged = "plan.changed",
    ChoicesChanged = "choices.changed",
    OrganisationChanged = "organisation.changed",
    PasswordChanged = "password.changed",
    EmployeeChanged = "employee.changed",
    TeamChanged = "team.changed",
    Unknown = "unknown",
});

/// One event as a watcher reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The line it stands in.
    pub stream: Stream,
    /// Its place in the line.
    pub offset: i64,
    /// The same in every stream that tells of it.
    pub id: EventId,
    /// What happened.
    pub kind: Kind,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// What it happened to.
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_read_back_as_written() {
        let text = "team:7b0c2f6e-27a8-4b8f-8f0a-0d6c5b3f9a11";
        let stream: Stream = text.parse().unwrap();
        assert_eq!(stream.to_string(), text);
        assert!(matches!(stream, Stream::Team(_)));
        for bad in ["", "team", "team:", "team:1", "city:7b0c2f6e-27a8-4b8f-8f0a-0d6c5b3f9a11"] {
            assert!(bad.parse::<Stream>().is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_kinds_do_not_stop_an_old_client() {
        assert_eq!(serde_json::from_str::<Kind>("\"lead.won\"").unwrap(), Kind::Unknown);
        assert_eq!(serde_json::from_str::<Kind>("\"visit.photo\"").unwrap(), Kind::VisitPhoto);
    }
}
