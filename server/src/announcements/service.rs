//! Publishing, changing and showing.

use bytes::Bytes;
use chrono::{DateTime, Datelike, Utc};
use ekenko_domain::{
    announcement::{Announcement, AnnouncementStatus, EditAnnouncement, NewAnnouncement},
    day::to_micros,
    employee::Role,
    event::{Kind, Stream},
    id::{AnnouncementId, OrganisationId},
    page::Page,
    text::Notes,
    visit::PhotoRef,
};

use super::store;
use crate::{
    activity::Activity,
    context::Context,
    db::{Access, Db, StoreError, Write},
    identity::Caller,
    outbox::Outbox,
    page::{self, BadCursor},
    photos::{PhotoError, Photos, Picture},
};

/// Most announcements shown at once.
const MOST: i64 = 20;

/// Why an announcement was refused.
#[derive(Debug, thiserror::Error)]
pub enum AnnouncementError {
    /// Not this account.
    #[error("managers announce to their own teams, admins to everybody")]
    NotYours,
    /// Not a team the caller runs.
    #[error("there is no such team among yours")]
    UnknownTeam,
    /// Nobody of this role is in a manager's teams.
    #[error("must be rep or manager: a manager announces within own teams")]
    Role,
    /// It would be over before it is seen.
    #[error("must be in the future, and after publish_at")]
    Expired,
    /// Too far ahead.
    #[error("must be before the year 3000")]
    TooFar(&'static str),
    /// The id belongs to an announcement with other contents.
    #[error("this id is already used by a different announcement: make a new id")]
    IdConflict,
    /// No such announcement for the caller.
    #[error("there is no such announcement")]
    NotFound,
    /// It has no picture.
    #[error("this announcement has no picture")]
    NoPicture,
    /// It was taken back.
    #[error("this announcement was withdrawn")]
    Withdrawn,
    /// It cannot be put away yet.
    #[error("this announcement is pinned: it stays until it is unpinned or expires")]
    Pinned,
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The picture was refused.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which announcements to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To be published later.
    Scheduled,
    /// Published and not over, whoever put them away.
    Now,
    /// Expired or withdrawn.
    Over,
}

impl Shown {
    /// Every one, as queries name them.
    pub const ALL: [Self; 3] = [Self::Scheduled, Self::Now, Self::Over];

    /// The name in queries.
    pub fn code(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Now => "shown",
            Self::Over => "expired",
        }
    }
}

/// The announcements of this installation.
pub struct Announcements {
    pub(super) db: Db,
    pub(super) outside: Context,
    pub(super) outbox: Outbox,
    photos: Photos,
}

fn text(body: &Option<Notes>) -> String {
    body.as_ref().map_or("", |body| body.as_str()).to_owned()
}

/// Whether the times make sense together.
fn check_times(
    publish_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), AnnouncementError> {
    for (field, at) in [("publish_at", publish_at), ("expires_at", expires_at)] {
        if at.is_some_and(|at| !(0..3000).contains(&at.year())) {
            return Err(AnnouncementError::TooFar(field));
        }
    }
    if expires_at.is_some_and(|at| at <= publish_at.unwrap_or(now).max(now)) {
        return Err(AnnouncementError::Expired);
    }
    Ok(())
}

impl Announcements {
    /// Announcements in `db`.
    pub fn new(db: Db, outside: Context, outbox: Outbox, photos: Photos) -> Self {
        Self { db, outside, outbox, photos }
    }

    /// Publishes, at once or at the time asked for. Gives the announcement and whether it is new.
    pub async fn publish(
        &self,
        caller: &Caller,
        new: &NewAnnouncement,
    ) -> Result<(Announcement, bool), AnnouncementError> {
        let mut db = self.db.begin().await?;
        let team = match (caller.role, new.team_id) {
            (Role::Rep | Role::Analyst, _) => return Err(AnnouncementError::NotYours),
            (Role::Manager, None) if new.role.is_none() => return Err(AnnouncementError::NotYours),
            (_, None) => None,
            (_, Some(id)) => {
                let teams = caller.teams(&mut db).await?;
                Some(teams.into_iter().find(|team| team.id == id).ok_or(AnnouncementError::UnknownTeam)?)
            }
        };
        if caller.role == Role::Manager && matches!(new.role, Some(Role::Admin | Role::Analyst)) {
            return Err(AnnouncementError::Role);
        }
        let now = self.outside.now();
        let own_teams = caller.role == Role::Manager && team.is_none();
        let (publish_at, expires_at) = (new.publish_at.map(to_micros), new.expires_at.map(to_micros));
        let later = publish_at.filter(|at| *at > now);
        let announcement = Announcement {
            id: new.id,
            title: new.title.as_str().to_owned(),
            body: text(&new.body),
            team,
            role: new.role,
            own_teams,
            author: caller.employee.clone(),
            status: match later {
                Some(_) => AnnouncementStatus::Scheduled,
                None => AnnouncementStatus::Published,
            },
            publish_at,
            published_at: later.unwrap_or(now),
            expires_at,
            pinned: new.pinned,
            picture: None,
            read_at: None,
            counts: None,
        };
        if let Some(known) = store::by_id(&mut db, caller, new.id).await? {
            let known = plain(known);
            let same = Announcement {
                status: known.status,
                published_at: known.published_at,
                picture: known.picture.clone(),
                ..announcement
            } == known;
            return if same { Ok((known, false)) } else { Err(AnnouncementError::IdConflict) };
        }
        check_times(publish_at, expires_at, now)?;
        if !store::insert(&mut db, caller, &announcement).await? {
            return Err(AnnouncementError::IdConflict);
        }
        self.tell(db, caller, None, &announcement).await?;
        Ok((announcement, true))
    }

    /// Changes what is said, until when, and whether it is pinned; of a scheduled one also when it is published. For its
    /// author and for admins.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: AnnouncementId,
        edit: &EditAnnouncement,
    ) -> Result<Announcement, AnnouncementError> {
        let mut db = self.db.begin().await?;
        store::lock(&mut db, caller, id).await?;
        let old = self.own(&mut db, caller, id).await?;
        let now = self.outside.now();
        let scheduled = old.status == AnnouncementStatus::Scheduled;
        let publish_at = if scheduled { edit.publish_at.map(to_micros) } else { old.publish_at };
        let later = publish_at.filter(|at| scheduled && *at > now);
        let new = Announcement {
            title: edit.title.as_str().to_owned(),
            body: text(&edit.body),
            status: if scheduled && later.is_none() { AnnouncementStatus::Published } else { old.status },
            publish_at,
            published_at: if scheduled { later.unwrap_or(now) } else { old.published_at },
            expires_at: edit.expires_at.map(to_micros),
            pinned: edit.pinned,
            ..old.clone()
        };
        if new == old {
            return Ok(old);
        }
        if new.expires_at != old.expires_at || new.publish_at != old.publish_at {
            check_times(later, new.expires_at, now)?;
        }
        store::update(&mut db, caller, &new).await?;
        if new.pinned && !old.pinned {
            store::bring_back(&mut db, caller, id).await?;
        }
        self.tell(db, caller, Some(&old), &new).await?;
        Ok(new)
    }

    /// Takes an announcement back; twice is once. For its author and for admins.
    pub async fn withdraw(&self, caller: &Caller, id: AnnouncementId) -> Result<(), AnnouncementError> {
        let mut db = self.db.begin().await?;
        store::lock(&mut db, caller, id).await?;
        let old = match self.own(&mut db, caller, id).await {
            Err(AnnouncementError::Withdrawn) => return Ok(()),
            other => other?,
        };
        let new = Announcement { status: AnnouncementStatus::Withdrawn, ..old.clone() };
        store::update(&mut db, caller, &new).await?;
        Ok(self.tell(db, caller, Some(&old), &new).await?)
    }

    /// Gives an announcement a picture, in the place of an earlier one. For its author and for admins.
    pub async fn put_picture(
        &self,
        caller: &Caller,
        id: AnnouncementId,
        bytes: Bytes,
    ) -> Result<PhotoRef, AnnouncementError> {
        self.own(&mut self.db.read().await?, caller, id).await?;
        let photo = self.photos.take(caller.organisation.id, bytes).await?;
        let mut db = self.db.begin().await?;
        store::lock(&mut db, caller, id).await?;
        let old = self.own(&mut db, caller, id).await?;
        let picture = photo.photo_ref();
        if old.picture.as_ref() == Some(&picture) {
            return Ok(picture);
        }
        store::set_picture(&mut db, caller, id, &photo).await?;
        let new = Announcement { picture: Some(picture.clone()), ..old.clone() };
        self.tell(db, caller, Some(&old), &new).await?;
        Ok(picture)
    }

    /// The picture of an announcement the caller may see, as it was sent.
    pub async fn picture(&self, caller: &Caller, id: AnnouncementId) -> Result<Picture, AnnouncementError> {
        let mut db = self.db.read().await?;
        let picture = self.seen(&mut db, caller, id).await?.picture.ok_or(AnnouncementError::NoPicture)?;
        let media_type = store::media_type(&mut db, caller, id).await?.ok_or(AnnouncementError::NoPicture)?;
        Ok(self.photos.original(caller.organisation.id, picture, media_type).await?)
    }

    /// The small JPEG of it.
    pub async fn thumbnail(&self, caller: &Caller, id: AnnouncementId) -> Result<Picture, AnnouncementError> {
        let seen = self.seen(&mut self.db.read().await?, caller, id).await?;
        let picture = seen.picture.ok_or(AnnouncementError::NoPicture)?;
        Ok(self.photos.thumbnail(caller.organisation.id, picture).await?)
    }

    /// One announcement the caller may see; with its counts where they may see who read it.
    pub async fn announcement(
        &self,
        caller: &Caller,
        id: AnnouncementId,
    ) -> Result<Announcement, AnnouncementError> {
        let mut db = self.db.snapshot().await?;
        let mut found = self.seen(&mut db, caller, id).await?;
        if self.may_follow(&mut db, caller, &found).await? {
            found.counts = Some(store::counts(&mut db, caller.organisation.id, id).await?);
        }
        Ok(found)
    }

    /// Announcements the caller may see, put away or not, latest first.
    pub async fn list(
        &self,
        caller: &Caller,
        which: Shown,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Announcement>, AnnouncementError> {
        let before = page::before(cursor)?;
        let mut db = self.db.snapshot().await?;
        let now = self.outside.now();
        let items = store::list(&mut db, caller, which.code(), now, before, page::wanted(limit)).await?;
        let mut page = page::cut(items, limit, |last| page::at((last.published_at, last.id.0)));
        for item in &mut page.items {
            if self.may_follow(&mut db, caller, item).await? {
                item.counts = Some(store::counts(&mut db, caller.organisation.id, item.id).await?);
            }
        }
        Ok(page)
    }

    /// What the caller has not put away: pinned first, then the latest. `mine` leaves out what is for others.
    pub async fn shown(&self, caller: &Caller, mine: bool) -> Result<Vec<Announcement>, StoreError> {
        store::shown(&mut self.db.read().await?, caller, mine, self.outside.now(), MOST).await
    }

    /// The same in somebody's snapshot.
    pub async fn shown_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<Vec<Announcement>, StoreError> {
        store::shown(db, caller, false, self.outside.now(), MOST).await
    }

    pub(super) async fn seen(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: AnnouncementId,
    ) -> Result<Announcement, AnnouncementError> {
        store::by_id(db, caller, id).await?.ok_or(AnnouncementError::NotFound)
    }

    /// One the caller may change, as events carry it.
    async fn own(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: AnnouncementId,
    ) -> Result<Announcement, AnnouncementError> {
        let found = plain(self.seen(db, caller, id).await?);
        if caller.role != Role::Admin && found.author.id != caller.employee.id {
            return Err(AnnouncementError::NotYours);
        }
        match found.status {
            AnnouncementStatus::Withdrawn => Err(AnnouncementError::Withdrawn),
            _ => Ok(found),
        }
    }

    /// The streams of those an announcement is for, and of those who see them all. A rep does not follow the team's
    /// stream, so a team's news goes to each of its reps.
    pub(super) async fn hearers(
        &self,
        db: &mut impl Access,
        organisation: OrganisationId,
        announcement: &Announcement,
    ) -> Result<Vec<Stream>, StoreError> {
        if announcement.team.is_none() && announcement.role.is_none() {
            return Ok(vec![Stream::Org(organisation)]);
        }
        let audience = store::audience(db, organisation, announcement.id).await?;
        let people = audience.into_iter().map(|(person, _)| person.id).chain([announcement.author.id]);
        let mut streams: Vec<_> = people.map(Stream::Employee).collect();
        streams.extend(self.overseers(db, organisation, announcement).await?);
        Ok(streams)
    }

    /// The streams of those who see an announcement whomever it is for: its team's, which admins and analysts follow as
    /// well, else those of their own.
    pub(super) async fn overseers(
        &self,
        db: &mut impl Access,
        organisation: OrganisationId,
        announcement: &Announcement,
    ) -> Result<Vec<Stream>, StoreError> {
        match &announcement.team {
            Some(team) => Ok(vec![Stream::Team(team.id)]),
            None => {
                let overseers = store::overseers(db, organisation).await?;
                Ok(overseers.into_iter().map(Stream::Employee).collect())
            }
        }
    }

    async fn tell(
        &self,
        mut db: Write,
        caller: &Caller,
        old: Option<&Announcement>,
        new: &Announcement,
    ) -> Result<(), StoreError> {
        let was_hidden = old.is_none_or(|old| old.status == AnnouncementStatus::Scheduled);
        let (kind, hidden) = match (old, new.status) {
            (_, AnnouncementStatus::Published) if was_hidden => (Kind::AnnouncementPublished, false),
            (None, _) => (Kind::AnnouncementScheduled, true),
            (Some(_), _) => (Kind::AnnouncementChanged, was_hidden),
        };
        // What nobody has seen yet is nobody's business but the author's.
        let streams = match hidden {
            true => vec![Stream::Employee(new.author.id), Stream::Employee(caller.employee.id)],
            false => self.hearers(&mut db, caller.organisation.id, new).await?,
        };
        self.outbox.tell(db, &Activity::of(caller, kind, new.id).from(old), &streams, new).await
    }
}

/// Without what differs from reader to reader.
fn plain(announcement: Announcement) -> Announcement {
    Announcement { read_at: None, counts: None, ..announcement }
}
