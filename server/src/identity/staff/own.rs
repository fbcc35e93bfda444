//! What people change of the organisation, and of their own way in.

use ekenko_domain::{
    employee::{ChangePassword, OrganisationRef, OrganisationSettings},
    event::{Kind, Stream},
};

use super::{Staff, links};
use crate::{
    activity::Activity,
    db::StoreError,
    identity::{Caller, PasswordError, sessions, store as identity},
};

impl Staff {
    /// Changes what an admin may change; gives the organisation as it then is.
    pub async fn change_organisation(
        &self,
        caller: &Caller,
        change: &OrganisationSettings,
    ) -> Result<OrganisationRef, StoreError> {
        let old = &caller.organisation;
        let changed = OrganisationRef {
            visit_target: change.visit_target,
            calendar: change.calendar,
            visit_every_days: change.visit_every_days.unwrap_or(old.visit_every_days),
            ..old.clone()
        };
        if changed == *old {
            return Ok(changed);
        }
        let mut db = self.db.begin().await?;
        identity::change_organisation(&mut db, &changed).await?;
        let activity = Activity::of(caller, Kind::OrganisationChanged, old.id).from(Some(old));
        self.outbox.tell(db, &activity, &[Stream::Org(old.id)], &changed).await?;
        Ok(changed)
    }

    /// Takes a new password from somebody who knows the old one, and ends every other session of the account.
    pub async fn change_password(
        &self,
        caller: &Caller,
        change: ChangePassword,
    ) -> Result<(), PasswordError> {
        let (organisation, me) = (caller.organisation.id, caller.employee.id);
        let stored = sessions::password_hash(&mut self.db.read().await?, organisation, me).await?;
        let passwords = &self.identity.passwords;
        if !passwords.verify(&change.old_password, stored.clone()).await? {
            return Err(PasswordError::Wrong);
        }
        let hash = passwords.hash(&String::from(change.new_password)).await?;
        let mut db = self.db.begin().await?;
        // Only while it is still the one that was checked: of two changes at once one wins and one is told.
        if !sessions::set_password(&mut db, organisation, me, stored.as_deref(), &hash).await? {
            return Err(PasswordError::Wrong);
        }
        sessions::end_others(&mut db, organisation, me, caller.session, self.outside.now()).await?;
        links::forget(&mut db, organisation, me).await?;
        let activity = Activity::of(caller, Kind::PasswordChanged, me);
        Ok(self.outbox.tell(db, &activity, &[], &()).await?)
    }
}
