//! Announcements: what everybody, a team or a role should know.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    employee::{EmployeeRef, Role, TeamRef},
    id::{AnnouncementId, TeamId},
    text::{Name, Notes},
    visit::PhotoRef,
};

/// `POST /announcements`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewAnnouncement {
    /// Made by the sender; the same id again is the same announcement.
    pub id: AnnouncementId,
    /// In one line.
    pub title: Name,
    /// More of it.
    #[serde(default)]
    pub body: Option<Notes>,
    /// For this team alone. Without team and role it is for everybody, which only an admin may say.
    #[serde(default)]
    pub team_id: Option<TeamId>,
    /// For this role alone. A manager's without a team is for people of the teams that manager runs.
    #[serde(default)]
    pub role: Option<Role>,
    /// When it is to be published; left out or past, at once.
    #[serde(default)]
    pub publish_at: Option<DateTime<Utc>>,
    /// When it is no longer shown; left out it stays until dismissed.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Stays on top and cannot be put away.
    #[serde(default)]
    pub pinned: bool,
}

/// `PUT /announcements/{id}`: whom it is for cannot be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditAnnouncement {
    /// In one line.
    pub title: Name,
    /// More of it.
    #[serde(default)]
    pub body: Option<Notes>,
    /// When a scheduled one is to be published; left out or past, at once. Of one that was published it says nothing.
    #[serde(default)]
    pub publish_at: Option<DateTime<Utc>>,
    /// When it is no longer shown.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Stays on top and cannot be put away. Pinning brings it back to those who put it away.
    #[serde(default)]
    pub pinned: bool,
}

/// How far an announcement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnouncementStatus {
    /// To be published later.
    Scheduled,
    /// Shown, until it expires.
    #[default]
    Published,
    /// Taken back.
    Withdrawn,
}
codes!(AnnouncementStatus { Scheduled = "scheduled", Published = "published", Withdrawn = "withdrawn" });

/// How many an announcement is for now, and how many of those have read it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadCounts {
    /// Open accounts it is addressed to, its author left out.
    pub audience: i64,
    /// Those of them who have read it.
    pub read: i64,
}

/// An announcement, as every answer and event carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Which.
    pub id: AnnouncementId,
    /// In one line.
    pub title: String,
    /// More of it; empty when there is none.
    pub body: String,
    /// For whom; `null` is every team.
    pub team: Option<TeamRef>,
    /// For this role alone; `null` is every role.
    #[serde(default)]
    pub role: Option<Role>,
    /// For people of the teams its author runs.
    #[serde(default)]
    pub own_teams: bool,
    /// Who said it.
    pub author: EmployeeRef,
    /// How far it is.
    #[serde(default)]
    pub status: AnnouncementStatus,
    /// When it was asked to be published; `null` is at once.
    #[serde(default)]
    pub publish_at: Option<DateTime<Utc>>,
    /// When it was published, or will be.
    pub published_at: DateTime<Utc>,
    /// When it is no longer shown.
    pub expires_at: Option<DateTime<Utc>>,
    /// Stays on top and cannot be put away.
    #[serde(default)]
    pub pinned: bool,
    /// A picture; its bytes are at `/announcements/{id}/picture`.
    #[serde(default)]
    pub picture: Option<PhotoRef>,
    /// When the caller read it; left out in events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<DateTime<Utc>>,
    /// For those who may see who read it; left out in events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<ReadCounts>,
}

impl Announcement {
    /// Whether its readers see it.
    pub fn is_shown(&self, now: DateTime<Utc>) -> bool {
        self.status == AnnouncementStatus::Published && !self.is_expired(now)
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What those shown are ordered by: pinned ones first, then the latest.
    pub fn order(&self) -> impl Ord + use<> {
        std::cmp::Reverse((self.pinned, self.published_at, self.id))
    }
}

/// Takes in news of an announcement: what was published appears, what changed is changed, what was withdrawn goes. One
/// that its reader had put away comes back only when it is pinned.
pub fn take_in(shown: &mut Vec<Announcement>, published: bool, news: &Announcement) {
    let known = shown.iter().position(|known| known.id == news.id).map(|at| shown.remove(at));
    if news.status == AnnouncementStatus::Published && (known.is_some() || published || news.pinned) {
        let read_at = known.and_then(|known| known.read_at);
        shown.push(Announcement { read_at, ..news.clone() });
        shown.sort_by_key(Announcement::order);
    }
}

/// Data of `announcement.read`: who read it, and how many have by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementRead {
    /// Which.
    pub id: AnnouncementId,
    /// The counts after this.
    #[serde(flatten)]
    pub counts: ReadCounts,
    /// Who.
    pub employee: EmployeeRef,
    /// When.
    pub read_at: DateTime<Utc>,
}

/// Who read an announcement, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Who.
    pub employee: EmployeeRef,
    /// When.
    pub read_at: DateTime<Utc>,
}

/// `GET /announcements/{id}/receipts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// How many.
    #[serde(flatten)]
    pub counts: ReadCounts,
    /// Who has read it, the last one first.
    pub readers: Vec<Receipt>,
    /// Who has not, by name.
    pub waiting: Vec<EmployeeRef>,
}

impl Receipts {
    /// Takes in that somebody read it.
    pub fn take_in(&mut self, news: AnnouncementRead) {
        self.counts = news.counts;
        self.waiting.retain(|person| person.id != news.employee.id);
        if self.readers.iter().all(|known| known.employee.id != news.employee.id) {
            self.readers.insert(0, Receipt { employee: news.employee, read_at: news.read_at });
        }
    }
}
