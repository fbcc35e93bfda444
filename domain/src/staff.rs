//! Staff as managers and admins keep it: accounts, and teams with their settings.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveTime, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    customer::RADII_M,
    employee::{EmployeeRef, Role, TeamRef},
    id::{EmployeeId, TeamId},
    plan::VisitEvery,
    problem::Problem,
    text::{Email, Name, NewPassword},
};

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// May sign in.
    Active,
    /// Has not set a password yet.
    Invited,
    /// May not sign in; what they did stays.
    Deactivated,
}
crate::codes::codes!(AccountState { Active = "active", Invited = "invited", Deactivated = "deactivated" });

/// A person with an account, as the people who run teams see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employee {
    /// Who.
    pub id: EmployeeId,
    /// As written on the screen.
    pub name: String,
    /// Where mail goes and what signs in.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// A rep's team.
    pub team: Option<TeamRef>,
    /// The teams a manager runs.
    pub manages: Vec<TeamRef>,
    /// How the account stands.
    pub state: AccountState,
    /// The SHA-256 of their picture, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Since when the account is there.
    pub created_at: DateTime<Utc>,
}

/// `POST /employees`: a new account. Without a password whoever makes it gets a link to hand over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewEmployee {
    /// Made by the client: the same account sent twice is made once.
    pub id: EmployeeId,
    /// What [`EditEmployee`] sets.
    #[serde(flatten)]
    pub about: EditEmployee,
    /// One to begin with; it has to be changed at the first sign-in.
    #[serde(default)]
    pub password: Option<NewPassword>,
}

/// `PUT /employees/{id}`: what is kept of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditEmployee {
    /// As written on the screen.
    pub name: Name,
    /// Where mail goes and what signs in.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// A rep's team; nobody else has one.
    #[serde(default)]
    pub team_id: Option<TeamId>,
    /// The teams a manager runs; nobody else does.
    #[serde(default)]
    pub manages: Vec<TeamId>,
}

impl EditEmployee {
    /// Whether role and teams go together.
    ///
    /// # Errors
    /// A problem that names `team_id` or `manages`.
    pub fn check(&self) -> Result<(), Problem> {
        match self.role {
            Role::Rep if self.team_id.is_none() => {
                Err(Problem::invalid("team_id", "is needed: a rep works in a team"))
            }
            Role::Rep => Ok(()),
            _ if self.team_id.is_some() => Err(Problem::invalid("team_id", "is for reps alone")),
            _ => Ok(()),
        }
        .and_then(|()| match self.role {
            Role::Manager => Ok(()),
            _ if !self.manages.is_empty() => Err(Problem::invalid("manages", "is for managers alone")),
            _ => Ok(()),
        })
    }
}

/// A way to set a password: good for [`LINK_DAYS`] days and for one use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// For whom.
    pub employee: Employee,
    /// The page's address below the installation's own, to hand over; none when a password was given.
    pub link: Option<String>,
    /// Whether it went out by mail.
    pub mailed: bool,
}

/// `POST /employees/{id}/reset-password`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ResetPassword {
    /// One to begin with, to be changed at the next sign-in; left out, there is a link.
    #[serde(default)]
    pub password: Option<NewPassword>,
}

/// Days an [`Invitation`]'s link is good for.
pub const LINK_DAYS: i64 = 7;

/// `POST /auth/set-password`: a password for whoever holds the link.
#[derive(Clone, Serialize, Deserialize)]
pub struct SetPassword {
    /// From the link.
    pub token: String,
    /// The one wanted; left out, the answer only tells whom the link is for.
    #[serde(default)]
    pub new_password: Option<NewPassword>,
}

/// Whom a link is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkHolder {
    /// As written on the screen.
    pub name: String,
    /// What signs in.
    pub email: String,
}

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// The text is not a time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a time such as 08:30")]
pub struct InvalidTime;

impl TimeOfDay {
    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// The time so many minutes after midnight.
    ///
    /// # Errors
    /// A day has 1,440.
    pub fn from_minutes(minutes: u16) -> Result<Self, InvalidTime> {
        if minutes < 24 * 60 { Ok(Self(minutes)) } else { Err(InvalidTime) }
    }

    /// The same for calendars.
    pub fn time(self) -> NaiveTime {
        NaiveTime::from_num_seconds_from_midnight_opt(u32::from(self.0) * 60, 0).unwrap_or_default()
    }
}
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
impl FromStr for TimeOfDay {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let time = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| InvalidTime)?;
        Self::from_minutes((time.num_seconds_from_midnight() / 60) as u16)
    }
}
impl TryFrom<String> for TimeOfDay {
    type Error = InvalidTime;
    fn try_from(text: String) -> Result<Self, InvalidTime> {
        text.parse()
    }
}
impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

/// When a team works, on the organisation's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkHours {
    /// The day's begin.
    pub from: TimeOfDay,
    /// The day's end, after it.
    pub to: TimeOfDay,
}

/// What a team has of its own; what is left out is as everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TeamSettings {
    /// When it works. A forgotten check-out counts as made at its end.
    #[serde(default)]
    pub work_hours: Option<WorkHours>,
    /// The radius of a location its reps add, in metres.
    #[serde(default)]
    pub radius_m: Option<f64>,
    /// How often its customers should be visited.
    #[serde(default)]
    pub visit_every_days: Option<VisitEvery>,
}

impl TeamSettings {
    /// Whether they can be.
    ///
    /// # Errors
    /// A problem that names the field.
    pub fn check(&self) -> Result<(), Problem> {
        if self.work_hours.is_some_and(|hours| hours.from >= hours.to) {
            return Err(Problem::invalid("settings.work_hours.to", "must be after the begin"));
        }
        match self.radius_m {
            Some(radius) if !RADII_M.contains(&radius) => {
                let reason = format!("must be between {} and {} m", RADII_M.start(), RADII_M.end());
                Err(Problem::invalid("settings.radius_m", reason))
            }
            _ => Ok(()),
        }
    }
}

/// A team, as the people who run teams see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// As written on the screen.
    pub name: String,
    /// Who runs it.
    pub managers: Vec<EmployeeRef>,
    /// How many reps work in it; those who left do not count.
    pub reps: u32,
    /// What it has of its own.
    pub settings: TeamSettings,
}

/// `GET /teams`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Teams {
    /// In the order of names.
    pub teams: Vec<Team>,
}

/// `PUT /teams/{id}`: makes a team or changes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PutTeam {
    /// As written on the screen.
    pub name: Name,
    /// Who runs it; left out it stays as it is. Admins alone change this.
    #[serde(default)]
    pub manager_ids: Option<Vec<EmployeeId>>,
    /// What it has of its own.
    #[serde(default)]
    pub settings: TeamSettings,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(role: Role, team: bool, manages: bool) -> EditEmployee {
        let id = TeamId("6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f".parse().unwrap());
        EditEmployee {
            name: Name::parse("Somchai").unwrap(),
            email: Email::parse("somchai@example.com").unwrap(),
            role,
            team_id: team.then_some(id),
            manages: if manages { vec![id] } else { Vec::new() },
        }
    }

    #[test]
    fn teams_go_with_the_role() {
        let field = |edit: EditEmployee| edit.check().err().map(|problem| problem.errors[0].field.clone());
        assert_eq!(field(edit(Role::Rep, true, false)), None);
        assert_eq!(field(edit(Role::Rep, false, false)).unwrap(), "team_id");
        assert_eq!(field(edit(Role::Rep, true, true)).unwrap(), "manages");
        assert_eq!(field(edit(Role::Manager, false, true)), None);
        assert_eq!(field(edit(Role::Manager, true, true)).unwrap(), "team_id");
        for role in [Role::Admin, Role::Analyst] {
            assert_eq!(field(edit(role, false, false)), None);
            assert_eq!(field(edit(role, true, false)).unwrap(), "team_id");
            assert_eq!(field(edit(role, false, true)).unwrap(), "manages");
        }
    }

    #[test]
    fn times_read_back_as_written() {
        for text in ["00:00", "08:30", "23:59"] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
        }
        for bad in ["", "8", "24:00", "12:60", "08:30:15", "noon"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
        assert!(TimeOfDay::from_minutes(1440).is_err());
        assert_eq!(TimeOfDay::from_minutes(510).unwrap().time().to_string(), "08:30:00");
    }

    #[test]
    fn settings_that_cannot_be_name_their_field() {
        let at = |text: &str| text.parse().unwrap();
        let hours = |from, to| Some(WorkHours { from: at(from), to: at(to) });
        let settings = TeamSettings {
            work_hours: hours("08:00", "17:00"),
            radius_m: Some(150.0),
            visit_every_days: None,
        };
        assert!(settings.check().is_ok());
        assert!(TeamSettings::default().check().is_ok());
        let late = TeamSettings { work_hours: hours("17:00", "17:00"), ..settings };
        assert_eq!(late.check().unwrap_err().errors[0].field, "settings.work_hours.to");
        let wide = TeamSettings { radius_m: Some(1e6), ..settings };
        assert_eq!(wide.check().unwrap_err().errors[0].field, "settings.radius_m");
    }
}
