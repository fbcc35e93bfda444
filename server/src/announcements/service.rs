//! Publishing, reading and putting away.

use std::sync::Arc;

use ekenko_domain::{
    announcement::{Announcement, NewAnnouncement},
    employee::Role,
    event::{Kind, Stream},
    id::AnnouncementId,
};

use super::store;
use crate::{
    activity::Activity,
    context::Context,
    db::{Access, Db, StoreError},
    identity::{Caller, Identity},
    outbox::Outbox,
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
    /// It would be over before it is seen.
    #[error("must be in the future")]
    Expired,
    /// The id belongs to an announcement with other contents.
    #[error("this id is already used by a different announcement: make a new id")]
    IdConflict,
    /// No such announcement for the caller.
    #[error("there is no such announcement")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The announcements of this installation.
pub struct Announcements {
    db: Db,
    outside: Context,
    outbox: Outbox,
    identity: Arc<Identity>,
}

impl Announcements {
    /// Announcements in `db`.
    pub fn new(db: Db, outside: Context, outbox: Outbox, identity: Arc<Identity>) -> Self {
        Self { db, outside, outbox, identity }
    }

    /// Publishes. Gives the announcement and whether it is new.
    pub async fn publish(
        &self,
        caller: &Caller,
        new: &NewAnnouncement,
    ) -> Result<(Announcement, bool), AnnouncementError> {
        let mut db = self.db.begin().await?;
        let team = match (caller.role, new.team_id) {
            (Role::Rep | Role::Analyst, _) | (Role::Manager, None) => {
                return Err(AnnouncementError::NotYours);
            }
            (_, None) => None,
            (_, Some(id)) => {
                let teams = caller.teams(&mut db).await?;
                Some(teams.into_iter().find(|team| team.id == id).ok_or(AnnouncementError::UnknownTeam)?)
            }
        };
        let now = self.outside.now();
        let announcement = Announcement {
            id: new.id,
            title: new.title.as_str().to_owned(),
            body: new.body.as_ref().map_or("", |body| body.as_str()).to_owned(),
            team,
            author: caller.employee.clone(),
            published_at: now,
            expires_at: new.expires_at.map(ekenko_domain::day::to_micros),
        };
        let known = store::by_id(&mut db, caller, new.id).await?;
        if let Some(known) = known {
            let same = Announcement { published_at: known.published_at, ..announcement } == known;
            return if same { Ok((known, false)) } else { Err(AnnouncementError::IdConflict) };
        }
        if announcement.expires_at.is_some_and(|at| at <= now) {
            return Err(AnnouncementError::Expired);
        }
        if !store::insert(&mut db, caller, &announcement).await? {
            return Err(AnnouncementError::IdConflict);
        }
        // A rep does not follow the team's stream, so a team's news goes to each of its reps.
        let streams = match &announcement.team {
            None => vec![Stream::Org(caller.organisation.id)],
            Some(team) => {
                let reps = self.identity.reps(&mut db, caller).await?;
                let reps = reps.into_iter().filter(|(_, of)| of.id == team.id);
                std::iter::once(Stream::Team(team.id))
                    .chain(reps.map(|(rep, _)| Stream::Employee(rep.id)))
                    .collect()
            }
        };
        let activity = Activity::of(caller, Kind::AnnouncementPublished, announcement.id);
        self.outbox.tell(db, &activity, &streams, &announcement).await?;
        Ok((announcement, true))
    }

    /// What the caller has not put away, latest first.
    pub async fn shown(&self, caller: &Caller) -> Result<Vec<Announcement>, StoreError> {
        self.shown_in(&mut self.db.read().await?, caller).await
    }

    /// The same in somebody's snapshot.
    pub async fn shown_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<Vec<Announcement>, StoreError> {
        store::shown(db, caller, self.outside.now(), MOST).await
    }

    /// Puts an announcement away for the caller; twice is once.
    pub async fn dismiss(&self, caller: &Caller, id: AnnouncementId) -> Result<(), AnnouncementError> {
        let mut db = self.db.begin().await?;
        if store::by_id(&mut db, caller, id).await?.is_none() {
            return Err(AnnouncementError::NotFound);
        }
        store::dismiss(&mut db, caller, id, self.outside.now()).await?;
        Ok(db.commit().await?)
    }
}
