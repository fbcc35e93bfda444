//! Who works here: organisations, teams and accounts.

use std::collections::HashMap;

use ekenko_domain::{
    employee::{Calendar, EmployeeRef, Me, OrganisationRef, Role, Setup, SignedIn, TeamRef, USUAL_TARGET},
    id::{EmployeeId, OrganisationId, TeamId},
    plan::VisitEvery,
    text::{Email, Name, fold},
};
use uuid::Uuid;

use super::{Caller, Identity, SignInError, avatar::avatar, store};
use crate::{
    choices,
    context::new_id,
    db::{Access, StoreError, Write},
};

/// Why a command has nobody to act as.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No organisation, or none of that name.
    #[error("there is no such organisation: start Ekenko and make the first admin, or check --organisation")]
    Nobody,
    /// More than one.
    #[error("there are several organisations: choose one with --organisation NAME")]
    Several,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be made.
pub struct NewEmployee {
    /// As written on the screen.
    pub name: Name,
    /// Where mail goes and what signs in.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// A rep's team.
    pub team: Option<TeamId>,
    /// As [`Passwords::hash`] made it.
    pub password_hash: String,
}

impl Identity {
    /// What every page needs to know of its reader.
    pub async fn me(&self, caller: &Caller) -> Result<Me, StoreError> {
        let mut db = self.db.read().await?;
        Ok(Me {
            id: caller.employee.id,
            name: caller.employee.name.clone(),
            email: caller.email.clone(),
            role: caller.role,
            teams: caller.teams(&mut db).await?,
            organisation: caller.organisation.clone(),
            avatar: avatar(&mut db, caller, caller.employee.id).await?,
            must_change_password: caller.must_change_password,
        })
    }

    /// Whoever runs commands on this machine acts as an organisation's first admin.
    pub async fn operator(&self, organisation: Option<&str>) -> Result<Caller, OperatorError> {
        let mut admins = store::first_admins(&mut self.db.read().await?).await?;
        if let Some(name) = organisation {
            admins.retain(|admin| admin.organisation.name == name);
        }
        match admins.len() {
            1 => Ok(admins.remove(0)),
            0 => Err(OperatorError::Nobody),
            _ => Err(OperatorError::Several),
        }
    }

    /// The reps the caller may see, with their teams, in somebody's snapshot.
    pub async fn reps(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<Vec<(EmployeeRef, TeamRef)>, StoreError> {
        store::reps(db, caller).await
    }

    /// The reps the caller may see by what people call them, folded: their addresses, and their names where only one has
    /// it.
    pub async fn reps_by_name(
        &self,
        caller: &Caller,
    ) -> Result<HashMap<String, Option<EmployeeId>>, StoreError> {
        let mut reps = HashMap::new();
        let all = store::rep_addresses(&mut self.db.read().await?, caller).await?;
        for (id, name, email) in &all {
            let id = EmployeeId(*id);
            reps.entry(fold(name)).and_modify(|known| *known = None).or_insert(Some(id));
            reps.insert(fold(email), Some(id));
        }
        Ok(reps)
    }

    /// The names of everybody and of every team in the caller's organisation, in somebody's snapshot: past work may be
    /// of somebody who has left.
    pub async fn names(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<Uuid, String>, StoreError> {
        let mut names = store::employees(db, caller.organisation.id).await?;
        let teams = store::teams(db, caller.organisation.id).await?;
        names.extend(teams.into_iter().map(|team| (team.id.0, team.name)));
        Ok(names)
    }

    /// Whether the installation still waits for its first admin.
    pub async fn needs_setup(&self) -> Result<bool, StoreError> {
        store::is_empty(&mut self.db.read().await?).await
    }

    /// Whether demo data is among what is stored: its accounts have a published password.
    pub async fn has_demo(&self) -> Result<bool, StoreError> {
        store::has_demo(&mut self.db.read().await?).await
    }

    /// Makes the organisation and its first admin; only ever once.
    pub async fn set_up(&self, setup: Setup) -> Result<SignedIn, SignInError> {
        let password_hash = self.passwords.hash(&String::from(setup.password)).await?;
        let mut db = self.db.begin().await?;
        store::lock_organisations(&mut db).await?;
        if !store::is_empty(&mut db).await? {
            return Err(SignInError::SetUp);
        }
        let organisation = self.add_organisation(&mut db, setup.organisation, setup.time_zone, false).await?;
        let admin = NewEmployee {
            name: setup.name.clone(),
            email: setup.email,
            role: Role::Admin,
            team: None,
            password_hash,
        };
        let employee = self.add_employee(&mut db, organisation.id, admin).await?;
        db.commit().await?;
        Ok(SignedIn { id: employee.id, name: employee.name, role: Role::Admin })
    }

    /// Makes an organisation; `demo` data is never served beyond loopback.
    pub async fn add_organisation(
        &self,
        db: &mut Write,
        name: Name,
        time_zone: ekenko_domain::day::TimeZone,
        demo: bool,
    ) -> Result<OrganisationRef, StoreError> {
        let id = OrganisationId(new_id(&*self.outside));
        let organisation = OrganisationRef {
            id,
            name: name.into(),
            time_zone,
            visit_target: USUAL_TARGET,
            calendar: Calendar::default(),
            visit_every_days: VisitEvery::default(),
        };
        store::insert_organisation(db, &organisation, demo, self.outside.now()).await?;
        choices::fill(db, id).await?;
        Ok(organisation)
    }

    /// Makes a team.
    pub async fn add_team(
        &self,
        db: &mut Write,
        organisation: OrganisationId,
        name: Name,
    ) -> Result<TeamRef, StoreError> {
        let team = TeamRef { id: TeamId(new_id(&*self.outside)), name: name.into() };
        store::insert_team(db, organisation, &team, self.outside.now()).await?;
        Ok(team)
    }

    /// Makes an account. The address must be free.
    pub async fn add_employee(
        &self,
        db: &mut Write,
        organisation: OrganisationId,
        new: NewEmployee,
    ) -> Result<EmployeeRef, SignInError> {
        let employee = EmployeeRef { id: EmployeeId(new_id(&*self.outside)), name: new.name.into() };
        let (email, now) = (new.email.as_str(), self.outside.now());
        let inserted = store::insert_employee(
            db,
            organisation,
            &employee,
            new.team,
            email,
            new.role,
            &new.password_hash,
            now,
        )
        .await?;
        if inserted { Ok(employee) } else { Err(SignInError::SetUp) }
    }

    /// Lets a manager run a team.
    pub async fn add_manager(
        &self,
        db: &mut Write,
        organisation: OrganisationId,
        team: TeamId,
        manager: EmployeeId,
    ) -> Result<(), StoreError> {
        store::insert_manager(db, organisation, team, manager).await
    }
}
