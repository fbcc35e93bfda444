//! The activity feed: what happened in the field and in the office, latest first.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    announcement::Announcement,
    codes::codes,
    customer::Location,
    event::{Event, Kind, Offsets},
    id::{EmployeeId, TeamId},
    task::Task,
    visit::Visit,
};

/// What happened, with what it happened to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
// Most lines are visits: boxing them would cost more than it saves.
#[allow(clippy::large_enum_variant)]
#[serde(tag = "kind", content = "data")]
pub enum Told {
    /// A rep was somewhere, as the visit stands now.
    #[serde(rename = "visit.checked_in")]
    Visit(Visit),
    /// A task was given, as it stood then.
    #[serde(rename = "task.created")]
    TaskCreated(Task),
    /// A task moved, as it stood then.
    #[serde(rename = "task.changed")]
    TaskChanged(Task),
    /// A customer location was added.
    #[serde(rename = "customer.created")]
    Customer(Location),
    /// Something was announced.
    #[serde(rename = "announcement.published")]
    Announcement(Announcement),
}

/// What a feed can be kept to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Topic {
    Visits,
    Tasks,
    Customers,
    Announcements,
}
codes!(Topic {
    Visits = "visits",
    Tasks = "tasks",
    Customers = "customers",
    Announcements = "announcements",
});

impl Topic {
    /// The kinds of event it takes from a stream. Visits are read as they stand, not as they were told.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Visits => &[],
            Self::Tasks => &[Kind::TaskCreated, Kind::TaskChanged],
            Self::Customers => &[Kind::CustomerCreated],
            Self::Announcements => &[Kind::AnnouncementPublished],
        }
    }
}

/// Whose work is looked at; what is left out is not narrowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whose {
    /// One team's.
    pub team: Option<TeamId>,
    /// One rep's.
    pub employee: Option<EmployeeId>,
}

impl Whose {
    /// Whether work of this rep in this team is meant.
    pub fn holds(&self, team: TeamId, employee: EmployeeId) -> bool {
        self.team.is_none_or(|id| id == team) && self.employee.is_none_or(|id| id == employee)
    }

    /// The bare ids, team before rep, as stores compare them.
    pub fn ids(&self) -> (Option<Uuid>, Option<Uuid>) {
        (self.team.map(|id| id.0), self.employee.map(|id| id.0))
    }

    /// Whether nothing is narrowed.
    pub fn is_everybody(&self) -> bool {
        *self == Self::default()
    }
}

impl Told {
    /// What an event tells a feed; `None` when it has no place there.
    pub fn of(event: &Event) -> Option<Self> {
        let data = || event.data.clone();
        match event.kind {
            Kind::VisitCheckedIn | Kind::VisitPhoto | Kind::VisitCheckedOut | Kind::VisitVerified => {
                serde_json::from_value(data()).ok().map(Self::Visit)
            }
            Kind::TaskCreated => serde_json::from_value(data()).ok().map(Self::TaskCreated),
            Kind::TaskChanged => serde_json::from_value(data()).ok().map(Self::TaskChanged),
            Kind::CustomerCreated => serde_json::from_value(data()).ok().map(Self::Customer),
            Kind::AnnouncementPublished => serde_json::from_value(data()).ok().map(Self::Announcement),
            _ => None,
        }
    }

    /// What it belongs to.
    pub fn topic(&self) -> Topic {
        match self {
            Self::Visit(_) => Topic::Visits,
            Self::TaskCreated(_) | Self::TaskChanged(_) => Topic::Tasks,
            Self::Customer(_) => Topic::Customers,
            Self::Announcement(_) => Topic::Announcements,
        }
    }

    /// Whether it is somebody's work that is looked at. A new customer or an announcement is nobody's alone: it is left
    /// out when one rep is looked at.
    pub fn is_of(&self, whose: Whose) -> bool {
        match self {
            Self::Visit(visit) => whose.holds(visit.team.id, visit.employee.id),
            Self::TaskCreated(task) | Self::TaskChanged(task) => whose.holds(task.team.id, task.assignee.id),
            Self::Customer(_) => whose.is_everybody(),
            Self::Announcement(said) => {
                whose.employee.is_none()
                    && whose.team.is_none_or(|team| said.team.as_ref().is_none_or(|of| of.id == team))
            }
        }
    }
}

/// One line of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedItem {
    /// A visit's own id, else the event's.
    pub id: Uuid,
    /// When it happened: of a visit, the check-in.
    pub at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub told: Told,
}

/// `GET /feed`: a piece of the feed, latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The lines; there may be more behind fewer than asked for.
    pub items: Vec<FeedItem>,
    /// What to send as `cursor` for the next piece; `null` at the end.
    pub next: Option<String>,
    /// Where the streams stood when this was true.
    pub streams: Offsets,
}

impl FeedItem {
    /// An event as a line; `None` when it has no place in a feed.
    pub fn of(event: &Event) -> Option<Self> {
        let told = Told::of(event)?;
        Some(match &told {
            Told::Visit(visit) => Self { id: visit.id.0, at: visit.checked_in_at, told },
            _ => Self { id: event.id.0, at: event.at, told },
        })
    }

    /// A visit as a line.
    pub fn visit(visit: Visit) -> Self {
        Self { id: visit.id.0, at: visit.checked_in_at, told: Told::Visit(visit) }
    }

    /// What lines are sorted by, latest first.
    pub fn place(&self) -> std::cmp::Reverse<(DateTime<Utc>, Uuid)> {
        std::cmp::Reverse((self.at, self.id))
    }
}

/// Puts a line where it belongs among lines that have the latest first: a visit that is there already is brought up to
/// date, any other that is there is left alone.
pub fn put(lines: &mut Vec<FeedItem>, line: FeedItem) {
    match lines.binary_search_by_key(&line.place(), FeedItem::place) {
        Ok(at) => lines[at] = line,
        Err(at) => lines.insert(at, line),
    }
}
