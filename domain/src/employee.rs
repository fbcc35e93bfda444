//! People with accounts and what their role lets them see.

use serde::{Deserialize, Serialize};

use crate::{
    day::TimeZone,
    id::{EmployeeId, OrganisationId, TeamId},
    plan::VisitEvery,
    text::{Email, Name, NewPassword},
};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation; sees every team.
    Admin,
    /// Runs teams; sees those.
    Manager,
    /// Reads every team's numbers and changes nothing.
    Analyst,
    /// Visits customers; sees own work.
    Rep,
}

impl Role {
    /// Whether the role runs teams: gives tasks, announces, keeps customers and accounts.
    pub fn manages(self) -> bool {
        matches!(self, Self::Admin | Self::Manager)
    }
}

crate::codes::codes!(Role { Admin = "admin", Manager = "manager", Analyst = "analyst", Rep = "rep" });

/// A person as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmployeeRef {
    /// Who.
    pub id: EmployeeId,
    /// As written on the screen.
    pub name: String,
}

/// A team as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRef {
    /// Which.
    pub id: TeamId,
    /// As written on the screen.
    pub name: String,
}

/// The signed-in person, as sign-in answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub id: EmployeeId,
    /// As written on the screen.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// `GET /me`: the signed-in person with what every page needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Who.
    pub id: EmployeeId,
    /// As written on the screen.
    pub name: String,
    /// The account's address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Own team, or the teams run; all for those who see all.
    pub teams: Vec<TeamRef>,
    /// Where they work.
    pub organisation: OrganisationRef,
    /// The SHA-256 of their picture, lower-case hex; its bytes are at `/employees/{id}/avatar/{sha256}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Whether the password is one somebody else chose: until it is changed nothing else is answered.
    #[serde(default)]
    pub must_change_password: bool,
}

/// An organisation with the setting every date depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRef {
    /// Which.
    pub id: OrganisationId,
    /// As written on the screen.
    pub name: String,
    /// The time zone business days are counted in.
    pub time_zone: TimeZone,
    /// Visits a rep should make a day.
    pub visit_target: u16,
    /// How dates are written.
    pub calendar: Calendar,
    /// How often customers should be visited.
    #[serde(default)]
    pub visit_every_days: VisitEvery,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// 2026.
    #[default]
    Gregorian,
    /// 2569: the Thai solar calendar, 543 years ahead, its months and days the same.
    Buddhist,
}
crate::codes::codes!(Calendar { Gregorian = "gregorian", Buddhist = "buddhist" });

/// Visits a rep should make a day, when nobody set another number.
pub const USUAL_TARGET: u16 = 8;
/// The most that may be set.
pub const MOST_VISITS_A_DAY: u16 = 200;

/// `PUT /organisation`: what an admin may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationSettings {
    /// Visits a rep should make a day, 1 to [`MOST_VISITS_A_DAY`].
    pub visit_target: u16,
    /// How dates are written.
    pub calendar: Calendar,
    /// How often customers should be visited; left out it stays as it is.
    #[serde(default)]
    pub visit_every_days: Option<VisitEvery>,
}

/// `POST /me/password`.
#[derive(Clone, Serialize, Deserialize)]
pub struct ChangePassword {
    /// The one in use, as typed.
    pub old_password: String,
    /// The one wanted.
    pub new_password: NewPassword,
}

/// `POST /auth/login` and `POST /auth/session`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The account.
    pub email: String,
    /// Its password, as typed.
    pub password: String,
}

/// What a program gets for its credentials.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tokens {
    /// Goes into `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds the access token is good for.
    pub expires_in: i64,
    /// Good once, for `POST /auth/refresh`.
    pub refresh_token: String,
    /// Who signed in.
    pub employee: SignedIn,
}

/// `POST /auth/refresh`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Refresh {
    /// The token the last answer gave.
    pub refresh_token: String,
}

/// `POST /setup`: the first admin of an empty installation.
#[derive(Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The organisation's name.
    pub organisation: Name,
    /// The time zone its days are counted in.
    pub time_zone: TimeZone,
    /// The admin's name.
    pub name: Name,
    /// The admin's address.
    pub email: Email,
    /// The admin's password.
    pub password: NewPassword,
}
