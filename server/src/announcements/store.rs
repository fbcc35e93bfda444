//! The tables of announcements, of who read them and who put them away.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    announcement::{Announcement, AnnouncementStatus, ReadCounts},
    employee::{EmployeeRef, Role, TeamRef},
    id::{AnnouncementId, EmployeeId, OrganisationId, TeamId},
    visit::PhotoRef,
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
    page::Before,
    photos::Processed,
};

#[derive(sqlx::FromRow)]
struct AnnouncementRow {
    id: Uuid,
    title: String,
    body: String,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    role: Option<String>,
    own_teams: bool,
    author_id: Uuid,
    author_name: String,
    status: String,
    publish_at: Option<DateTime<Utc>>,
    published_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    pinned: bool,
    picture_sha256: Option<String>,
    picture_width: Option<i64>,
    picture_height: Option<i64>,
    read_at: Option<DateTime<Utc>>,
}

fn corrupt(column: &'static str, value: impl ToString) -> StoreError {
    StoreError::Corrupt { table: "announcements", column, value: value.to_string() }
}

impl TryFrom<AnnouncementRow> for Announcement {
    type Error = StoreError;
    fn try_from(row: AnnouncementRow) -> Result<Self, StoreError> {
        let pixels = |n: i64| u32::try_from(n).map_err(|e| corrupt("picture_width", e));
        let picture = match (row.picture_sha256, row.picture_width, row.picture_height) {
            (Some(sha256), Some(width), Some(height)) => {
                Some(PhotoRef { sha256, width: pixels(width)?, height: pixels(height)? })
            }
            _ => None,
        };
        let role = row.role.map(|code| Role::from_code(&code).ok_or_else(|| corrupt("role", &code)));
        Ok(Self {
            id: AnnouncementId(row.id),
            title: row.title,
            body: row.body,
            team: row.team_id.zip(row.team_name).map(|(id, name)| TeamRef { id: TeamId(id), name }),
            role: role.transpose()?,
            own_teams: row.own_teams,
            author: EmployeeRef { id: EmployeeId(row.author_id), name: row.author_name },
            status: AnnouncementStatus::from_code(&row.status)
                .ok_or_else(|| corrupt("status", &row.status))?,
            publish_at: row.publish_at,
            published_at: row.published_at,
            expires_at: row.expires_at,
            pinned: row.pinned,
            picture,
            read_at: row.read_at,
            counts: None,
        })
    }
}

fn announcements(rows: Vec<AnnouncementRow>) -> Result<Vec<Announcement>, StoreError> {
    rows.into_iter().map(Announcement::try_from).collect()
}

/// Whether announcement `n` is addressed to person `p` as they stand now: of its role, and in or running its team, or one
/// of its author's teams.
macro_rules! addressed {
    () => {
        "((n.role IS NULL OR p.role = n.role) AND ((n.team_id IS NULL AND n.own_teams = FALSE) OR EXISTS
        (SELECT 1 FROM teams k WHERE k.organisation_id = n.organisation_id AND (k.id = n.team_id OR (n.own_teams = TRUE AND EXISTS
            (SELECT 1 FROM team_managers a WHERE a.organisation_id = k.organisation_id AND a.team_id = k.id AND a.employee_id = n.author_id)))
        AND (p.team_id = k.id OR EXISTS
            (SELECT 1 FROM team_managers b WHERE b.organisation_id = k.organisation_id AND b.team_id = k.id AND b.employee_id = p.id)))))"
    };
}

/// Announcements the caller may see: those addressed to them, own ones, and for an admin and an analyst all; before they
/// are published and after they are withdrawn only the last two. `$1` organisation, `$2` role, `$3` caller.
macro_rules! announcements {
    ($($tail:expr),+) => {
        concat!(
            announcements!(@columns "c.read_at"),
            "JOIN employees p ON p.organisation_id = n.organisation_id AND p.id = $3
            LEFT JOIN announcement_reads c ON c.organisation_id = n.organisation_id AND c.announcement_id = n.id AND c.employee_id = $3
            WHERE n.organisation_id = $1 AND ($2 IN ('admin', 'analyst') OR n.author_id = $3 OR (n.status = 'published' AND ",
            addressed!(),
            ")) ",
            $($tail),+
        )
    };
    (@columns $read_at:literal) => {
        concat!(
            "SELECT n.id, n.title, n.body, n.team_id, t.name AS team_name, n.role, n.own_teams, e.id AS author_id, e.name AS author_name,
            n.status, n.publish_at, n.published_at, n.expires_at, n.pinned, n.picture_sha256, n.picture_width, n.picture_height, ",
            $read_at,
            " AS read_at
            FROM announcements n
            JOIN employees e ON e.organisation_id = n.organisation_id AND e.id = n.author_id
            LEFT JOIN teams t ON t.organisation_id = n.organisation_id AND t.id = n.team_id "
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
    query!(db, fetch_optional as AnnouncementRow, BY_ID, organisation, role, me, id.0)
        .on("announcements")?
        .map(Announcement::try_from)
        .transpose()
}

const OF_ORGANISATION: &str =
    concat!(announcements!(@columns "n.expires_at"), "WHERE n.organisation_id = $1 AND n.id = $2");

/// One of an organisation's, for what Ekenko does of itself.
pub async fn in_organisation(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: AnnouncementId,
) -> Result<Option<Announcement>, StoreError> {
    let row = query!(db, fetch_optional as AnnouncementRow, OF_ORGANISATION, organisation.0, id.0)
        .on("announcements")?;
    let found = row.map(Announcement::try_from).transpose()?;
    Ok(found.map(|found| Announcement { read_at: None, ..found }))
}

const SHOWN: &str = announcements!(
    "AND n.status = 'published' AND (n.expires_at IS NULL OR n.expires_at > $4) AND ($5 = FALSE OR (n.author_id <> $3 AND ",
    addressed!(),
    ")) AND (n.pinned = TRUE OR NOT EXISTS
    (SELECT 1 FROM announcement_receipts d WHERE d.organisation_id = $1 AND d.announcement_id = n.id AND d.employee_id = $3))
    ORDER BY n.pinned DESC, n.published_at DESC, n.id DESC LIMIT $6"
);

/// What the caller has not put away and has not expired: pinned first, then the latest. `mine` leaves out own ones and
/// those for others.
pub async fn shown(
    db: &mut impl Access,
    caller: &Caller,
    mine: bool,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Announcement>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(db, fetch_all as AnnouncementRow, SHOWN, organisation, role, me, now, mine, limit)
        .on("announcements")?;
    announcements(rows)
}

const LIST: &str = announcements!(
    "AND CASE WHEN n.status = 'withdrawn' OR n.expires_at <= $5 THEN 'expired'
    WHEN n.status = 'scheduled' THEN 'scheduled' ELSE 'shown' END = $4
    AND (n.published_at, n.id) < ($6, $7) ORDER BY n.published_at DESC, n.id DESC LIMIT $8"
);

/// Those that stand so now, published before (`time`, `id`), latest first.
pub async fn list(
    db: &mut impl Access,
    caller: &Caller,
    which: &str,
    now: DateTime<Utc>,
    before: Before,
    limit: i64,
) -> Result<Vec<Announcement>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let rows = query!(
        db,
        fetch_all as AnnouncementRow,
        LIST,
        organisation,
        role,
        me,
        which,
        now,
        before.0,
        before.1,
        limit
    )
    .on("announcements")?;
    announcements(rows)
}

const AUDIENCE: &str = concat!(
    "SELECT p.id, p.name, c.read_at FROM announcements n
    JOIN employees p ON p.organisation_id = n.organisation_id AND p.active = TRUE AND p.id <> n.author_id
    LEFT JOIN announcement_reads c ON c.organisation_id = n.organisation_id AND c.announcement_id = n.id AND c.employee_id = p.id
    WHERE n.organisation_id = $1 AND n.id = $2 AND ",
    addressed!(),
    " ORDER BY p.name, p.id"
);

/// Open accounts an announcement is addressed to, its author left out, and when they read it; by name.
pub async fn audience(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: AnnouncementId,
) -> Result<Vec<(EmployeeRef, Option<DateTime<Utc>>)>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid, String, Option<DateTime<Utc>>), AUDIENCE, organisation.0, id.0)
        .on("announcement_reads")?;
    Ok(rows
        .into_iter()
        .map(|(id, name, read_at)| (EmployeeRef { id: EmployeeId(id), name }, read_at))
        .collect())
}

const COUNTS: &str = concat!(
    "SELECT COUNT(*), COUNT(c.read_at) FROM announcements n
    JOIN employees p ON p.organisation_id = n.organisation_id AND p.active = TRUE AND p.id <> n.author_id
    LEFT JOIN announcement_reads c ON c.organisation_id = n.organisation_id AND c.announcement_id = n.id AND c.employee_id = p.id
    WHERE n.organisation_id = $1 AND n.id = $2 AND ",
    addressed!()
);

/// How many those are, and how many of them have read it.
pub async fn counts(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: AnnouncementId,
) -> Result<ReadCounts, StoreError> {
    let (audience, read) =
        query!(db, fetch_one as (i64, i64), COUNTS, organisation.0, id.0).on("announcement_reads")?;
    Ok(ReadCounts { audience, read })
}

const OVERSEERS: &str = "SELECT id FROM employees
    WHERE organisation_id = $1 AND active = TRUE AND role IN ('admin', 'analyst') ORDER BY id";

/// Those who may see who read any announcement.
pub async fn overseers(
    db: &mut impl Access,
    organisation: OrganisationId,
) -> Result<Vec<EmployeeId>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid,), OVERSEERS, organisation.0).on("employees")?;
    Ok(rows.into_iter().map(|(id,)| EmployeeId(id)).collect())
}

const INSERT: &str = "INSERT INTO announcements (organisation_id, id, team_id, author_id, title, body, published_at, expires_at,
    role, own_teams, status, publish_at, pinned)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";

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
        new.expires_at,
        new.role.map(Role::code),
        new.own_teams,
        new.status.code(),
        new.publish_at,
        new.pinned
    )
    .on("announcements")?;
    Ok(inserted == 1)
}

const UPDATE: &str =
    "UPDATE announcements SET title = $1, body = $2, published_at = $3, expires_at = $4, status = $5,
    publish_at = $6, pinned = $7 WHERE organisation_id = $8 AND id = $9";

pub async fn update(db: &mut Write, caller: &Caller, new: &Announcement) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        UPDATE,
        &new.title,
        &new.body,
        new.published_at,
        new.expires_at,
        new.status.code(),
        new.publish_at,
        new.pinned,
        caller.organisation.id.0,
        new.id.0
    )
    .on("announcements")?;
    Ok(())
}

const LOCK: &str = "UPDATE announcements SET status = status WHERE organisation_id = $1 AND id = $2";

/// Lets nobody else change or read it before the transaction is over: each is told of what is there.
pub async fn lock(db: &mut Write, caller: &Caller, id: AnnouncementId) -> Result<(), StoreError> {
    query!(db, execute, LOCK, caller.organisation.id.0, id.0).on("announcements")?;
    Ok(())
}

const PICTURE: &str = "UPDATE announcements SET picture_sha256 = $1, picture_width = $2, picture_height = $3, picture_media_type = $4
    WHERE organisation_id = $5 AND id = $6";

pub async fn set_picture(
    db: &mut Write,
    caller: &Caller,
    id: AnnouncementId,
    photo: &Processed,
) -> Result<(), StoreError> {
    let (width, height) = (i64::from(photo.width), i64::from(photo.height));
    let (sha256, media_type) = (&photo.sha256, photo.media_type);
    query!(db, execute, PICTURE, sha256, width, height, media_type, caller.organisation.id.0, id.0)
        .on("announcements")?;
    Ok(())
}

const MEDIA_TYPE: &str =
    "SELECT picture_media_type FROM announcements WHERE organisation_id = $1 AND id = $2";

pub async fn media_type(
    db: &mut impl Access,
    caller: &Caller,
    id: AnnouncementId,
) -> Result<Option<String>, StoreError> {
    let row = query!(db, fetch_optional as (Option<String>,), MEDIA_TYPE, caller.organisation.id.0, id.0)
        .on("announcements")?;
    Ok(row.and_then(|(media_type,)| media_type))
}

const DUE: &str = "SELECT organisation_id, id FROM announcements
    WHERE status = 'scheduled' AND published_at <= $1 AND (expires_at IS NULL OR expires_at > $1)
    ORDER BY published_at LIMIT $2";

/// Scheduled ones of every organisation whose time has come.
pub async fn due(
    db: &mut impl Access,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(OrganisationId, AnnouncementId)>, StoreError> {
    let rows = query!(db, fetch_all as (Uuid, Uuid), DUE, now, limit).on("announcements")?;
    Ok(rows
        .into_iter()
        .map(|(organisation, id)| (OrganisationId(organisation), AnnouncementId(id)))
        .collect())
}

const PUBLISH: &str = "UPDATE announcements SET status = 'published', published_at = $1
    WHERE organisation_id = $2 AND id = $3 AND status = 'scheduled' AND published_at <= $1";

/// `false` when another process was faster, or it was changed meanwhile.
pub async fn publish(
    db: &mut Write,
    organisation: OrganisationId,
    id: AnnouncementId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    Ok(query!(db, execute, PUBLISH, now, organisation.0, id.0).on("announcements")? == 1)
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

const BRING_BACK: &str =
    "DELETE FROM announcement_receipts WHERE organisation_id = $1 AND announcement_id = $2";

/// Nobody has put it away any more.
pub async fn bring_back(db: &mut Write, caller: &Caller, id: AnnouncementId) -> Result<(), StoreError> {
    query!(db, execute, BRING_BACK, caller.organisation.id.0, id.0).on("announcement_receipts")?;
    Ok(())
}

const READ: &str = concat!(
    "INSERT INTO announcement_reads (organisation_id, announcement_id, employee_id, read_at)
    SELECT n.organisation_id, n.id, p.id, $4 FROM announcements n
    JOIN employees p ON p.organisation_id = n.organisation_id AND p.id = $3 AND p.id <> n.author_id
    WHERE n.organisation_id = $1 AND n.id = $2 AND ",
    addressed!(),
    " ON CONFLICT DO NOTHING"
);

/// `false` when the caller had read it, or it is not addressed to them.
pub async fn read(
    db: &mut Write,
    caller: &Caller,
    id: AnnouncementId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let read = query!(db, execute, READ, caller.organisation.id.0, id.0, caller.employee.id.0, now)
        .on("announcement_reads")?;
    Ok(read == 1)
}
