//! The person behind a request. Every store function takes one, so no query can forget the walls.

use ekenko_domain::{
    employee::{EmployeeRef, OrganisationRef, Role, SignedIn, TeamRef},
    event::Stream,
    id::SessionId,
};
use uuid::Uuid;

use super::store;
use crate::db::{Access, StoreError};

/// The rows a caller may see of a table whose rows belong to an employee and a team: an admin and an analyst all, a
/// manager those of own teams, a rep own ones. `$1` organisation, `$2` caller's role, `$3` caller.
macro_rules! wall {
    ($rows:literal) => {
        $crate::identity::wall!($rows, "employee_id")
    };
    ($rows:literal, $owner:literal) => {
        concat!(
            "WHERE ", $rows, ".organisation_id = $1 AND ($2 IN ('admin', 'analyst') OR ", $rows, ".", $owner, " = $3
            OR ($2 = 'manager' AND ", $rows, ".team_id IN
            (SELECT w.team_id FROM team_managers w WHERE w.organisation_id = $1 AND w.employee_id = $3))) "
        )
    };
}
pub(crate) use wall;

/// The person behind a request, as the database knows them at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Where they work.
    pub organisation: OrganisationRef,
    /// Who they are.
    pub employee: EmployeeRef,
    /// The account's address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// A rep's team.
    pub team: Option<TeamRef>,
    /// Whether the password is one somebody else chose.
    pub must_change_password: bool,
    /// The sign-in this request belongs to.
    pub session: SessionId,
}

impl Caller {
    /// What `wall!` calls `$1`, `$2` and `$3`.
    pub fn wall(&self) -> (Uuid, &'static str, Uuid) {
        (self.organisation.id.0, self.role.code(), self.employee.id.0)
    }

    /// The teams they belong to or run; all for those who see all.
    pub async fn teams(&self, db: &mut impl Access) -> Result<Vec<TeamRef>, StoreError> {
        match self.role {
            Role::Rep => Ok(self.team.iter().cloned().collect()),
            Role::Manager => store::teams_managed(db, self.organisation.id, self.employee.id).await,
            Role::Admin | Role::Analyst => store::teams(db, self.organisation.id).await,
        }
    }

    /// The streams they may watch: their own, the organisation's, and the teams' they run. A rep does not watch the
    /// team's stream: it tells what the other reps do.
    pub async fn streams(&self, db: &mut impl Access) -> Result<Vec<Stream>, StoreError> {
        let mut streams = vec![Stream::Org(self.organisation.id), Stream::Employee(self.employee.id)];
        if self.role != Role::Rep {
            streams.extend(self.teams(db).await?.into_iter().map(|team| Stream::Team(team.id)));
        }
        Ok(streams)
    }

    /// What sign-in answers.
    pub fn signed_in(&self) -> SignedIn {
        SignedIn { id: self.employee.id, name: self.employee.name.clone(), role: self.role }
    }
}
