//! Teams and what each has of its own.

use std::collections::HashMap;

use ekenko_domain::{
    employee::{EmployeeRef, Role, TeamRef},
    event::{Kind, Stream},
    id::{EmployeeId, OrganisationId, TeamId},
    plan::{Interval, VisitEvery},
    problem::Problem,
    staff::{AccountState, PutTeam, Team, TeamSettings, TimeOfDay, WorkHours},
};
use uuid::Uuid;

use super::{Staff, StaffError, store};
use crate::{
    activity::Activity,
    db::{Access, On, StoreError, Write, query},
    identity::{Caller, store as identity},
};

#[derive(sqlx::FromRow)]
struct SettingsRow {
    id: Uuid,
    work_from: Option<i64>,
    work_to: Option<i64>,
    radius_m: Option<f64>,
    visit_every_a: Option<i64>,
    visit_every_b: Option<i64>,
    visit_every_c: Option<i64>,
    visit_every_d: Option<i64>,
    visit_every_other: Option<i64>,
}

impl From<SettingsRow> for TeamSettings {
    /// A value no check let in counts as not set.
    fn from(row: SettingsRow) -> Self {
        let time = |minutes: Option<i64>| TimeOfDay::from_minutes(u16::try_from(minutes?).ok()?).ok();
        let days = |days: Option<i64>| Interval::try_from(u16::try_from(days?).ok()?).ok();
        let every = || {
            Some(VisitEvery {
                a: days(row.visit_every_a)?,
                b: days(row.visit_every_b)?,
                c: days(row.visit_every_c)?,
                d: days(row.visit_every_d)?,
                other: days(row.visit_every_other)?,
            })
        };
        Self {
            work_hours: time(row.work_from).zip(time(row.work_to)).map(|(from, to)| WorkHours { from, to }),
            radius_m: row.radius_m,
            visit_every_days: every(),
        }
    }
}

macro_rules! settings {
    ($tail:literal) => {
        concat!(
            "SELECT id, work_from, work_to, radius_m, visit_every_a, visit_every_b, visit_every_c,
            visit_every_d, visit_every_other FROM teams WHERE organisation_id = $1",
            $tail
        )
    };
}
const SETTINGS: &str = settings!("");
const ONE: &str = settings!(" AND id = $2");
const MANAGERS: &str = "SELECT m.team_id, e.id, e.name FROM team_managers m
    JOIN employees e ON e.organisation_id = m.organisation_id AND e.id = m.employee_id
    WHERE m.organisation_id = $1 AND e.active = TRUE ORDER BY e.name, e.id";
const REPS: &str = "SELECT team_id, COUNT(*) FROM employees
    WHERE organisation_id = $1 AND role = 'rep' AND active = TRUE AND team_id IS NOT NULL GROUP BY team_id";
const PUT: &str = "INSERT INTO teams (organisation_id, id, name, created_at, work_from, work_to, radius_m,
    visit_every_a, visit_every_b, visit_every_c, visit_every_d, visit_every_other)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, work_from = excluded.work_from,
    work_to = excluded.work_to, radius_m = excluded.radius_m, visit_every_a = excluded.visit_every_a,
    visit_every_b = excluded.visit_every_b, visit_every_c = excluded.visit_every_c,
    visit_every_d = excluded.visit_every_d, visit_every_other = excluded.visit_every_other";
const UNMANAGE: &str = "DELETE FROM team_managers WHERE organisation_id = $1 AND team_id = $2";

/// What a team has of its own, in somebody's snapshot.
pub(crate) async fn team_settings(
    db: &mut impl Access,
    organisation: OrganisationId,
    team: TeamId,
) -> Result<TeamSettings, StoreError> {
    let row = query!(db, fetch_optional as SettingsRow, ONE, organisation.0, team.0).on("teams")?;
    Ok(row.map(TeamSettings::from).unwrap_or_default())
}

async fn whole(db: &mut impl Access, caller: &Caller) -> Result<Vec<Team>, StoreError> {
    let organisation = caller.organisation.id;
    let refs = caller.teams(db).await?;
    let settings = query!(db, fetch_all as SettingsRow, SETTINGS, organisation.0).on("teams")?;
    let mut settings: HashMap<_, _> = settings.into_iter().map(|row| (row.id, row)).collect();
    let managers =
        query!(db, fetch_all as (Uuid, Uuid, String), MANAGERS, organisation.0).on("team_managers")?;
    let reps = query!(db, fetch_all as (Uuid, i64), REPS, organisation.0).on("employees")?;
    let reps: HashMap<_, _> = reps.into_iter().collect();
    Ok(refs
        .into_iter()
        .map(|TeamRef { id, name }| Team {
            id,
            name,
            managers: managers
                .iter()
                .filter(|(team, ..)| *team == id.0)
                .map(|(_, id, name)| EmployeeRef { id: EmployeeId(*id), name: name.clone() })
                .collect(),
            reps: reps.get(&id.0).and_then(|count| u32::try_from(*count).ok()).unwrap_or_default(),
            settings: settings.remove(&id.0).map(TeamSettings::from).unwrap_or_default(),
        })
        .collect())
}

async fn write(
    db: &mut Write,
    organisation: OrganisationId,
    id: TeamId,
    put: &PutTeam,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), StoreError> {
    let TeamSettings { work_hours, radius_m, visit_every_days: every } = put.settings;
    let [a, b, c, d, other] = every.map_or([None; 5], |every| identity::days(&every).map(Some));
    query!(
        db,
        execute,
        PUT,
        organisation.0,
        id.0,
        put.name.as_str(),
        now,
        work_hours.map(|hours| i64::from(hours.from.minutes())),
        work_hours.map(|hours| i64::from(hours.to.minutes())),
        radius_m,
        a,
        b,
        c,
        d,
        other
    )
    .on("teams")
    .map(drop)
}

impl Staff {
    /// The teams the caller belongs to or may see.
    pub async fn teams(&self, caller: &Caller) -> Result<Vec<Team>, StoreError> {
        whole(&mut self.db.snapshot().await?, caller).await
    }

    /// One of them.
    pub async fn team(&self, caller: &Caller, id: TeamId) -> Result<Team, StaffError> {
        let teams = self.teams(caller).await?;
        teams.into_iter().find(|team| team.id == id).ok_or(StaffError::NoTeam)
    }

    /// Makes a team or changes one. Gives it and whether it is new: admins make teams and say who runs them, managers
    /// name and set what they run.
    pub async fn put_team(
        &self,
        caller: &Caller,
        id: TeamId,
        put: &PutTeam,
    ) -> Result<(Team, bool), StaffError> {
        put.settings.check().map_err(StaffError::Invalid)?;
        if !caller.role.manages() {
            return Err(StaffError::NotYours);
        }
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        let teams = whole(&mut db, caller).await?;
        let old = teams.iter().find(|team| team.id == id).cloned();
        match (&old, caller.role, &put.manager_ids) {
            (None, Role::Manager, _) => return Err(StaffError::NoTeam),
            (Some(_), Role::Manager, Some(_)) => return Err(StaffError::NotYours),
            _ => {}
        }
        if teams.iter().any(|team| team.id != id && team.name == put.name.as_str()) {
            return Err(StaffError::Invalid(Problem::invalid("name", "is taken by another team")));
        }
        write(&mut db, organisation, id, put, self.outside.now()).await?;
        if let Some(managers) = &put.manager_ids {
            query!(&mut db, execute, UNMANAGE, organisation.0, id.0).on("team_managers")?;
            for manager in managers.iter().collect::<std::collections::BTreeSet<_>>() {
                let known = store::by_id(&mut db, caller, *manager).await?;
                if !known.is_some_and(|e| e.role == Role::Manager && e.state != AccountState::Deactivated) {
                    return Err(StaffError::NotAManager);
                }
                identity::insert_manager(&mut db, organisation, id, *manager).await?;
            }
        }
        let team = whole(&mut db, caller).await?.into_iter().find(|team| team.id == id);
        let team = team.ok_or(StaffError::NoTeam)?;
        if old.as_ref() == Some(&team) {
            return Ok((team, false));
        }
        // Whoever runs it now or did until now watches other streams from here on, and is told so.
        let told = old.iter().chain([&team]).flat_map(|team| &team.managers).map(|m| Stream::Employee(m.id));
        let streams: Vec<_> = std::iter::once(Stream::Team(id)).chain(told).collect();
        let activity = Activity::of(caller, Kind::TeamChanged, id).from(old.as_ref());
        self.outbox.tell(db, &activity, &streams, &team).await?;
        Ok((team, old.is_none()))
    }
}
