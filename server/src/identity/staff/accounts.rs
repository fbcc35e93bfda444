//! Accounts: made, changed, closed, and given a way in.

use chrono::TimeDelta;
use ekenko_domain::{
    activity::Entry,
    employee::Role,
    event::{Kind, Stream},
    id::{EmployeeId, OrganisationId, SessionId, TeamId},
    page::Page,
    staff::{
        AccountState, EditEmployee, Employee, Invitation, LINK_DAYS, LinkHolder, NewEmployee, SetPassword,
    },
    text::NewPassword,
};
use uuid::Uuid;

use super::{
    Staff, StaffError, links,
    store::{self, Filter},
};
use crate::{
    activity::{self, Activity},
    context::new_id,
    db::{StoreError, Write},
    identity::{Caller, sessions, store as identity, tokens::Secret},
    page,
};

impl Staff {
    /// The accounts the caller may see, by name.
    pub async fn list(
        &self,
        caller: &Caller,
        mut filter: Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<Employee>, StaffError> {
        filter.after = cursor.map(page::read).transpose()?;
        if filter.after.as_ref().is_some_and(|(name, _): &(String, Uuid)| name.contains('\0')) {
            return Err(page::BadCursor.into());
        }
        let found = store::list(&mut self.db.snapshot().await?, caller, &filter, page::wanted(limit)).await?;
        Ok(page::cut(found, limit, |employee| (employee.name.clone(), employee.id.0)))
    }

    /// One account the caller may see.
    pub async fn employee(&self, caller: &Caller, id: EmployeeId) -> Result<Employee, StaffError> {
        store::by_id(&mut self.db.snapshot().await?, caller, id).await?.ok_or(StaffError::NotFound)
    }

    /// What people did whom the caller may see, latest first.
    pub async fn activities(
        &self,
        caller: &Caller,
        filter: &activity::Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<Entry>, StaffError> {
        let before = activity::before(cursor)?;
        let found =
            activity::list(&mut self.db.read().await?, caller, filter, before, page::wanted(limit)).await?;
        let page = page::cut(found, limit, |(key, _)| *key);
        Ok(Page { items: page.items.into_iter().map(|(_, entry)| entry).collect(), next: page.next })
    }

    /// Makes an account. Gives it, the way in, and whether it is new: the same command again changes nothing.
    pub async fn add(&self, caller: &Caller, new: &NewEmployee) -> Result<(Invitation, bool), StaffError> {
        new.about.check().map_err(StaffError::Invalid)?;
        let hash = self.hash(new.password.as_ref()).await?;
        let mut db = self.db.begin().await?;
        self.may_become(&mut db, caller, &new.about).await?;
        if let Some(known) = store::by_id(&mut db, caller, new.id).await? {
            return match same(&known, &new.about) {
                true => Ok((Invitation { employee: known, link: None, mailed: false }, false)),
                false => Err(StaffError::IdConflict),
            };
        }
        let organisation = caller.organisation.id;
        if !store::insert(&mut db, organisation, new.id, &new.about, hash.as_deref(), self.outside.now())
            .await?
        {
            return Err(StaffError::EmailTaken);
        }
        store::set_managed(&mut db, organisation, new.id, &new.about.manages).await?;
        let link = if hash.is_none() { Some(self.link(&mut db, organisation, new.id).await?) } else { None };
        let employee = self.tell(db, caller, None, new.id).await?;
        Ok((self.hand_over(caller, employee, link).await, true))
    }

    /// Changes what is kept of a person.
    pub async fn edit(
        &self,
        caller: &Caller,
        id: EmployeeId,
        about: &EditEmployee,
    ) -> Result<Employee, StaffError> {
        about.check().map_err(StaffError::Invalid)?;
        let mut db = self.db.begin().await?;
        let old = self.theirs(&mut db, caller, id).await?;
        self.may_become(&mut db, caller, about).await?;
        if id == caller.employee.id && about.role != old.role {
            return Err(StaffError::Oneself);
        }
        if old.role == Role::Admin && about.role != Role::Admin {
            self.not_the_last_admin(&mut db, caller, id).await?;
        }
        if same(&old, about) {
            return Ok(old);
        }
        if !store::update(&mut db, caller.organisation.id, id, about).await? {
            return Err(StaffError::EmailTaken);
        }
        store::set_managed(&mut db, caller.organisation.id, id, &about.manages).await?;
        self.tell(db, caller, Some(&old), id).await
    }

    /// Closes an account: sessions end at once, and what the person did stays. Or opens it again.
    pub async fn set_active(
        &self,
        caller: &Caller,
        id: EmployeeId,
        active: bool,
    ) -> Result<Employee, StaffError> {
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let old = self.theirs(&mut db, caller, id).await?;
        if id == caller.employee.id {
            return Err(StaffError::Oneself);
        }
        if (old.state != AccountState::Deactivated) == active {
            return Ok(old);
        }
        if old.role == Role::Admin && !active {
            self.not_the_last_admin(&mut db, caller, id).await?;
        }
        store::set_active(&mut db, organisation, id, active).await?;
        if !active {
            self.lock_out(&mut db, organisation, id).await?;
        }
        self.tell(db, caller, Some(&old), id).await
    }

    /// Takes the password away, ends the sessions, and gives a new way in.
    pub async fn reset(
        &self,
        caller: &Caller,
        id: EmployeeId,
        password: Option<&NewPassword>,
    ) -> Result<Invitation, StaffError> {
        let hash = self.hash(password).await?;
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let old = self.theirs(&mut db, caller, id).await?;
        if id == caller.employee.id {
            return Err(StaffError::Oneself);
        }
        if old.state == AccountState::Deactivated {
            return Err(StaffError::NotFound);
        }
        store::set_password(&mut db, organisation, id, hash.as_deref(), hash.is_some()).await?;
        self.lock_out(&mut db, organisation, id).await?;
        let link = if hash.is_none() { Some(self.link(&mut db, organisation, id).await?) } else { None };
        let employee = self.tell(db, caller, Some(&old), id).await?;
        Ok(self.hand_over(caller, employee, link).await)
    }

    /// Sets the password of whoever holds a link; without one only tells whom it is for.
    pub async fn set_password(&self, command: &SetPassword) -> Result<LinkHolder, StaffError> {
        let now = self.outside.now();
        let holder = links::holder(&mut self.db.read().await?, &command.token, now).await?;
        let holder = holder.ok_or(StaffError::BadLink)?;
        if let Some(hash) = self.hash(command.new_password.as_ref()).await? {
            let mut db = self.db.begin().await?;
            // Read again: of two who use it at once one is too late.
            if links::holder(&mut db, &command.token, now).await?.is_none() {
                return Err(StaffError::BadLink);
            }
            let (organisation, id) = (OrganisationId(holder.organisation_id), EmployeeId(holder.employee_id));
            store::set_password(&mut db, organisation, id, Some(&hash), false).await?;
            self.lock_out(&mut db, organisation, id).await?;
            let activity = Activity::of_person(organisation, id, Kind::PasswordChanged, id);
            self.outbox.tell(db, &activity, &[], &()).await?;
        }
        Ok(LinkHolder { name: holder.name, email: holder.email })
    }

    /// Ends a person's sessions, and makes their links worthless.
    async fn lock_out(
        &self,
        db: &mut Write,
        organisation: OrganisationId,
        id: EmployeeId,
    ) -> Result<(), StoreError> {
        links::forget(db, organisation, id).await?;
        sessions::end_all(db, organisation, id, self.outside.now()).await
    }

    async fn hash(&self, password: Option<&NewPassword>) -> Result<Option<String>, StaffError> {
        Ok(match password {
            Some(password) => Some(self.identity.passwords.hash(password.as_str()).await?),
            None => None,
        })
    }

    /// An account the caller keeps: an admin any, a manager the reps of own teams.
    async fn theirs(&self, db: &mut Write, caller: &Caller, id: EmployeeId) -> Result<Employee, StaffError> {
        let known = store::by_id(db, caller, id).await?.ok_or(StaffError::NotFound)?;
        match caller.role {
            Role::Admin => Ok(known),
            Role::Manager if known.role == Role::Rep => Ok(known),
            _ => Err(StaffError::NotYours),
        }
    }

    /// Whether the caller may make somebody this: a manager only reps of own teams.
    async fn may_become(
        &self,
        db: &mut Write,
        caller: &Caller,
        about: &EditEmployee,
    ) -> Result<(), StaffError> {
        match caller.role {
            Role::Admin => {}
            Role::Manager if about.role == Role::Rep => {}
            _ => return Err(StaffError::NotYours),
        }
        let teams = caller.teams(db).await?;
        let known = |id: &TeamId| teams.iter().any(|team| team.id == *id);
        match about.team_id.iter().chain(&about.manages).all(known) {
            true => Ok(()),
            false => Err(StaffError::UnknownTeam),
        }
    }

    async fn not_the_last_admin(
        &self,
        db: &mut Write,
        caller: &Caller,
        id: EmployeeId,
    ) -> Result<(), StaffError> {
        // Two admins who close each other at once: one has to wait and see.
        identity::lock_organisations(db).await?;
        match store::has_other_admin(db, caller.organisation.id, id).await? {
            true => Ok(()),
            false => Err(StaffError::LastAdmin),
        }
    }

    async fn link(
        &self,
        db: &mut Write,
        organisation: OrganisationId,
        id: EmployeeId,
    ) -> Result<String, StoreError> {
        let secret = Secret::new(SessionId(new_id(&*self.outside)), &*self.outside);
        links::insert(db, organisation, id, &secret, self.outside.now() + TimeDelta::days(LINK_DAYS)).await?;
        Ok(format!("/set-password?token={secret}"))
    }

    /// Commits and tells the person and whoever watches the old or the new team.
    async fn tell(
        &self,
        mut db: Write,
        caller: &Caller,
        old: Option<&Employee>,
        id: EmployeeId,
    ) -> Result<Employee, StaffError> {
        // An account the caller changed stays the caller's: both teams are.
        let employee = store::by_id(&mut db, caller, id).await?.ok_or(StaffError::NotFound)?;
        let teams = old
            .into_iter()
            .chain([&employee])
            .flat_map(|employee| employee.team.iter().chain(&employee.manages));
        let mut streams: Vec<_> = teams.map(|team| Stream::Team(team.id)).collect();
        streams.push(Stream::Employee(id));
        let activity = Activity::of(caller, Kind::EmployeeChanged, id).from(old);
        self.outbox.tell(db, &activity, &streams, &employee).await?;
        Ok(employee)
    }

    /// Sends the link by mail where there is a way, and gives it back in any case.
    async fn hand_over(&self, caller: &Caller, employee: Employee, link: Option<String>) -> Invitation {
        let mut mailed = false;
        if let (Some(mail), Some(link)) = (&self.mail, &link) {
            let (firm, name) = (&caller.organisation.name, &employee.name);
            let subject = format!("{firm}: Ekenko");
            let address = mail.link(link);
            let text = format!(
                "สวัสดี {name}\n\nตั้งรหัสผ่านสำหรับ Ekenko ของ {firm} ได้ที่ (ใช้ได้ {LINK_DAYS} วัน ครั้งเดียว):\n{address}\n\n\
                 Hello {name},\n\nset your password for Ekenko at {firm} here (good for {LINK_DAYS} days, once):\n{address}\n"
            );
            match mail.send(name, &employee.email, &subject, text).await {
                Ok(()) => mailed = true,
                Err(error) => tracing::warn!(%error, "an invitation was not mailed"),
            }
        }
        Invitation { employee, link, mailed }
    }
}

/// Whether the account is as wanted already.
fn same(known: &Employee, about: &EditEmployee) -> bool {
    let mut manages: Vec<_> = known.manages.iter().map(|team| team.id).collect();
    let mut wanted = about.manages.clone();
    manages.sort();
    wanted.sort();
    known.name == about.name.as_str()
        && known.email == about.email.as_str()
        && known.role == about.role
        && known.team.as_ref().map(|team| team.id) == about.team_id
        && manages == wanted
}
