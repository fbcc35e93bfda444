//! Who has read an announcement.

use ekenko_domain::{
    announcement::{Announcement, AnnouncementRead, AnnouncementStatus, Receipt, Receipts},
    employee::Role,
    event::{Kind, Stream},
    id::AnnouncementId,
};

use super::{AnnouncementError, Announcements, store};
use crate::{
    activity::Activity,
    db::{Access, StoreError, Write},
    identity::Caller,
};

impl Announcements {
    /// Notes that the caller has read an announcement that is addressed to them; twice is once. Whoever merely may see
    /// it leaves no receipt.
    pub async fn read(&self, caller: &Caller, id: AnnouncementId) -> Result<(), AnnouncementError> {
        let mut db = self.db.begin().await?;
        store::lock(&mut db, caller, id).await?;
        let announcement = self.published(&mut db, caller, id).await?;
        self.note_read(db, caller, &announcement).await
    }

    /// Puts an announcement away for the caller, which is reading it as well; twice is once.
    pub async fn dismiss(&self, caller: &Caller, id: AnnouncementId) -> Result<(), AnnouncementError> {
        let mut db = self.db.begin().await?;
        store::lock(&mut db, caller, id).await?;
        let announcement = self.published(&mut db, caller, id).await?;
        let now = self.outside.now();
        if announcement.pinned && !announcement.is_expired(now) {
            return Err(AnnouncementError::Pinned);
        }
        store::dismiss(&mut db, caller, id, now).await?;
        self.note_read(db, caller, &announcement).await
    }

    async fn published(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: AnnouncementId,
    ) -> Result<Announcement, AnnouncementError> {
        let found = self.seen(db, caller, id).await?;
        if found.status == AnnouncementStatus::Published {
            Ok(found)
        } else {
            Err(AnnouncementError::NotFound)
        }
    }

    async fn note_read(
        &self,
        mut db: Write,
        caller: &Caller,
        announcement: &Announcement,
    ) -> Result<(), AnnouncementError> {
        let read_at = self.outside.now();
        let (organisation, id) = (caller.organisation.id, announcement.id);
        if !store::read(&mut db, caller, id, read_at).await? {
            return Ok(db.commit().await?);
        }
        let counts = store::counts(&mut db, organisation, id).await?;
        let news = AnnouncementRead { id, counts, employee: caller.employee.clone(), read_at };
        // The reader's own stream is left out: what others count is nothing to a rep.
        let mut streams = vec![Stream::Employee(announcement.author.id)];
        streams.extend(self.overseers(&mut db, organisation, announcement).await?);
        let activity = Activity::of(caller, Kind::AnnouncementRead, id);
        Ok(self.outbox.tell(db, &activity, &streams, &news).await?)
    }

    /// Who has read an announcement and who has not: for its author, admins, analysts, and the managers of its team.
    pub async fn receipts(&self, caller: &Caller, id: AnnouncementId) -> Result<Receipts, AnnouncementError> {
        let mut db = self.db.snapshot().await?;
        let announcement = self.seen(&mut db, caller, id).await?;
        if !self.may_follow(&mut db, caller, &announcement).await? {
            return Err(AnnouncementError::NotYours);
        }
        let (mut readers, mut waiting) = (Vec::new(), Vec::new());
        for (employee, read_at) in store::audience(&mut db, caller.organisation.id, id).await? {
            match read_at {
                Some(read_at) => readers.push(Receipt { employee, read_at }),
                None => waiting.push(employee),
            }
        }
        readers.sort_by_key(|receipt| std::cmp::Reverse(receipt.read_at));
        let counts = store::counts(&mut db, caller.organisation.id, id).await?;
        Ok(Receipts { counts, readers, waiting })
    }

    pub(super) async fn may_follow(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        announcement: &Announcement,
    ) -> Result<bool, StoreError> {
        if matches!(caller.role, Role::Admin | Role::Analyst) || announcement.author.id == caller.employee.id
        {
            return Ok(true);
        }
        let Some(team) = announcement.team.as_ref().filter(|_| caller.role == Role::Manager) else {
            return Ok(false);
        };
        Ok(caller.teams(db).await?.iter().any(|of| of.id == team.id))
    }
}
