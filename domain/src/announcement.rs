//! Announcements: what everybody, or a team, should know.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    employee::{EmployeeRef, TeamRef},
    id::{AnnouncementId, TeamId},
    text::{Name, Notes},
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
    /// For this team alone; left out it is for everybody, which only an admin may say.
    #[serde(default)]
    pub team_id: Option<TeamId>,
    /// When it is no longer shown; left out it stays until dismissed.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
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
    /// For whom; `null` is everybody.
    pub team: Option<TeamRef>,
    /// Who said it.
    pub author: EmployeeRef,
    /// When.
    pub published_at: DateTime<Utc>,
    /// When it is no longer shown.
    pub expires_at: Option<DateTime<Utc>>,
}
