//! The tables of announcements and of who put them away.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    announcement::Announcement,
    employee::{EmployeeRef, TeamRef},
    id::{AnnouncementId, EmployeeId, TeamId},
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
};

#[derive(sqlx::FromRow)]
struct AnnouncementRow {
    id: Uuid,
    title: String,
    body: String,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    author_id: Uuid,
    author_name: String,
    published_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

impl From<AnnouncementRow> for Announcement {
    fn from(row: AnnouncementRow) -> Self {
        Self {
            id: AnnouncementId(row.id),
            title: row.title,
            body: row.body,
            team: row.team_id.zip(row.team_name).map(|(id, name)| TeamRef { id: TeamId(id), name }),
            author: EmployeeRef { id: EmployeeId(row.author_id), name: row.author_name },
            published_at: row.published_at,
            expires_at: row.expires_at,
        }
    }
}

/// Announcements for the caller: an admin and an analyst see all, the others those for everybody and for their own teams.
/// `$1` organisation, `$2` role, `$3` caller.
macro_rules! announcements {
    ($tail:literal) => {
        concat!(
            "SELECT n.id, n.title, n.body, n.team_id, t.name AS team_name, e.id AS author_id, e.name AS author_name, n.published_at, n.expires_at
            FROM announcements n
            JOIN employees e ON e.organisation_id = n.organisation_id AND e.id = n.author_id
            LEFT JOIN teams t ON t.organisation_id = n.organisation_id AND t.id = n.team_id
            WHERE n.organisation_id = $1 AND (n.team_id IS NULL OR $2 IN ('admin', 'analyst')
                OR EXISTS (SELECT 1 FROM employees r WHERE r.organisation_id = $1 AND r.id = $3 AND r.team_id = n.team_id)
                OR EXISTS (SELECT 1 FROM team_managers m WHERE m.organisation_id = $1 AND m.employee_id = $3 AND m.team_id = n.team_id)) ",
            $tail
        )
    };
}

const BY_ID: &str = announcements!("AND n.id = $4");

pub async fn by_id(
    db: &mut impl Access,
    caller: &Caller,
    id: AnnouncementId,
) -> Result<Option<Announcement>, StoreError> {
    let (organisation, role, me) = caller.wall();
    Ok(query!(db, fetch_optional as AnnouncementRow, BY_ID, organisation, role, me, id.0)
        .on("announcements")?
        .map(Announcement::from))
}

const SHOWN: &str = announcements!(
    "AND (n.expires_at IS NULL OR n.expires_at > $4) AND NOT EXISTS
    (SELECT 1 FROM announcement_receipts d WHERE d.organisation_id = $1 AND d.announcement_id = n.id AND d.employee_id = $3)
    ORDER BY n.published_at DESC, n.id DESC LIMIT $5"
);

/// What the caller has not put away and has not expired, latest first.
pub async fn shown(
    db: &mut impl Access,
    caller: &Caller,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Announcement>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(db, fetch_all as AnnouncementRow, SHOWN, organisation, role, me, now, limit)
        .on("announcements")?;
    Ok(rows.into_iter().map(Announcement::from).collect())
}

const INSERT: &str = "INSERT INTO announcements (organisation_id, id, team_id, author_id, title, body, published_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

/// `false` when the id is taken.
pub async fn insert(db: &mut Write, caller: &Caller, new: &Announcement) -> Result<bool, StoreError> {
    let inserted = query!(
        db,
        execute,
        INSERT,
        caller.organisation.id.0,
        new.id.0,
        new.team.as_ref().map(|team| team.id.0),
        new.author.id.0,
        &new.title,
        &new.body,
        new.published_at,
        new.expires_at
    )
    .on("announcements")?;
    Ok(inserted == 1)
}

const DISMISS: &str =
    "INSERT INTO announcement_receipts (organisation_id, announcement_id, employee_id, dismissed_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

pub async fn dismiss(
    db: &mut Write,
    caller: &Caller,
    id: AnnouncementId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    query!(db, execute, DISMISS, caller.organisation.id.0, id.0, caller.employee.id.0, now)
        .on("announcement_receipts")?;
    Ok(())
}
