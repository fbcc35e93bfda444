//! The employees table as those who keep it read and write it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    employee::{Role, TeamRef},
    id::{EmployeeId, OrganisationId, TeamId},
    staff::{AccountState, EditEmployee, Employee},
    text::fold,
};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, Write, containing, query},
    identity::{Caller, wall},
};

/// Which accounts are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the name or the address.
    pub text: String,
    /// Only this role.
    pub role: Option<Role>,
    /// Only reps of this team.
    pub team: Option<TeamId>,
    /// Only accounts that stand so.
    pub state: Option<AccountState>,
    /// Behind this name and id.
    pub after: Option<(String, Uuid)>,
}

#[derive(sqlx::FromRow)]
struct EmployeeRow {
    id: Uuid,
    name: String,
    email: String,
    role: String,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    active: bool,
    invited: bool,
    avatar_sha256: Option<String>,
    created_at: DateTime<Utc>,
}

macro_rules! employees {
    ($tail:literal) => {
        concat!(
            "SELECT e.id, e.name, e.email, e.role, t.id AS team_id, t.name AS team_name, e.active,
            (e.password_hash = '') AS invited, e.avatar_sha256, e.created_at FROM employees e
            LEFT JOIN teams t ON t.organisation_id = e.organisation_id AND t.id = e.team_id ",
            wall!("e", "id"),
            $tail
        )
    };
}

const LIST: &str = employees!(
    "AND (e.name, e.id) > ($4, $5) AND e.search LIKE $6 ESCAPE '\\' AND ($7 = '' OR e.role = $7)
    AND ($8 = FALSE OR e.team_id = $9)
    AND ($10 = '' OR $10 = CASE WHEN e.active = FALSE THEN 'deactivated' WHEN e.password_hash = '' THEN 'invited' ELSE 'active' END)
    ORDER BY e.name, e.id LIMIT $11"
);
const BY_ID: &str = employees!("AND e.id = $4");
const MANAGED: &str = "SELECT m.employee_id, t.id, t.name FROM team_managers m
    JOIN teams t ON t.organisation_id = m.organisation_id AND t.id = m.team_id
    WHERE m.organisation_id = $1 ORDER BY t.name, t.id";

async fn whole(
    db: &mut impl Access,
    caller: &Caller,
    rows: Vec<EmployeeRow>,
) -> Result<Vec<Employee>, StoreError> {
    let managed = query!(db, fetch_all as (Uuid, Uuid, String), MANAGED, caller.organisation.id.0)
        .on("team_managers")?;
    let mut manages: HashMap<Uuid, Vec<TeamRef>> = HashMap::new();
    for (employee, id, name) in managed {
        manages.entry(employee).or_default().push(TeamRef { id: TeamId(id), name });
    }
    rows.into_iter()
        .map(|row| {
            let role = Role::from_code(&row.role).ok_or_else(|| StoreError::Corrupt {
                table: "employees",
                column: "role",
                value: row.role.clone(),
            })?;
            Ok(Employee {
                id: EmployeeId(row.id),
                name: row.name,
                email: row.email,
                role,
                team: row.team_id.zip(row.team_name).map(|(id, name)| TeamRef { id: TeamId(id), name }),
                manages: manages.remove(&row.id).unwrap_or_default(),
                state: match (row.active, row.invited) {
                    (false, _) => AccountState::Deactivated,
                    (true, true) => AccountState::Invited,
                    (true, false) => AccountState::Active,
                },
                avatar: row.avatar_sha256,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// The accounts the caller may see, by name; at most `limit`.
pub async fn list(
    db: &mut impl Access,
    caller: &Caller,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Employee>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let (name, id) = filter.after.clone().unwrap_or_default();
    let rows = query!(
        db,
        fetch_all as EmployeeRow,
        LIST,
        organisation,
        role,
        me,
        &name,
        id,
        containing(&fold(&filter.text)),
        filter.role.map_or("", Role::code),
        filter.team.is_some(),
        filter.team.map_or(Uuid::nil(), |team| team.0),
        filter.state.map_or("", AccountState::code),
        limit
    )
    .on("employees")?;
    whole(db, caller, rows).await
}

/// One account the caller may see.
pub async fn by_id(
    db: &mut impl Access,
    caller: &Caller,
    id: EmployeeId,
) -> Result<Option<Employee>, StoreError> {
    let (organisation, role, me) = caller.wall();
    let row =
        query!(db, fetch_optional as EmployeeRow, BY_ID, organisation, role, me, id.0).on("employees")?;
    Ok(whole(db, caller, row.into_iter().collect()).await?.pop())
}

const INSERT: &str = "INSERT INTO employees
    (organisation_id, id, team_id, email, name, role, search, password_hash, must_change_password, active, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, $10) ON CONFLICT DO NOTHING";

/// `false` when address or id is taken.
pub async fn insert(
    db: &mut Write,
    organisation: OrganisationId,
    id: EmployeeId,
    about: &EditEmployee,
    password_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = query!(
        db,
        execute,
        INSERT,
        organisation.0,
        id.0,
        about.team_id.map(|team| team.0),
        about.email.as_str(),
        about.name.as_str(),
        about.role.code(),
        searched(about.name.as_str(), about.email.as_str()),
        password_hash.unwrap_or_default(),
        password_hash.is_some(),
        now
    )
    .on("employees")?;
    Ok(inserted == 1)
}

/// What the list is searched by.
pub fn searched(name: &str, email: &str) -> String {
    fold(&format!("{name} {email}"))
}

const UPDATE: &str = "UPDATE employees SET team_id = $1, email = $2, name = $3, role = $4, search = $5
    WHERE organisation_id = $6 AND id = $7 AND NOT EXISTS (SELECT 1 FROM employees x WHERE x.email = $2 AND x.id <> $7)";

/// `false` when the address is taken.
pub async fn update(
    db: &mut Write,
    organisation: OrganisationId,
    id: EmployeeId,
    about: &EditEmployee,
) -> Result<bool, StoreError> {
    let updated = query!(
        db,
        execute,
        UPDATE,
        about.team_id.map(|team| team.0),
        about.email.as_str(),
        about.name.as_str(),
        about.role.code(),
        searched(about.name.as_str(), about.email.as_str()),
        organisation.0,
        id.0
    )
    .on("employees")?;
    Ok(updated == 1)
}

const SET_ACTIVE: &str = "UPDATE employees SET active = $1 WHERE organisation_id = $2 AND id = $3";

/// Opens or closes an account.
pub async fn set_active(
    db: &mut Write,
    organisation: OrganisationId,
    id: EmployeeId,
    active: bool,
) -> Result<(), StoreError> {
    query!(db, execute, SET_ACTIVE, active, organisation.0, id.0).on("employees").map(drop)
}

const RESET: &str = "UPDATE employees SET password_hash = $1, must_change_password = $2 WHERE organisation_id = $3 AND id = $4";

/// Sets a password, or takes it away; `others` tells that somebody else chose it.
pub async fn set_password(
    db: &mut Write,
    organisation: OrganisationId,
    id: EmployeeId,
    hash: Option<&str>,
    others: bool,
) -> Result<(), StoreError> {
    query!(db, execute, RESET, hash.unwrap_or_default(), others, organisation.0, id.0)
        .on("employees")
        .map(drop)
}

const UNMANAGE: &str = "DELETE FROM team_managers WHERE organisation_id = $1 AND employee_id = $2";

/// Lets a person run these teams and no others.
pub async fn set_managed(
    db: &mut Write,
    organisation: OrganisationId,
    id: EmployeeId,
    teams: &[TeamId],
) -> Result<(), StoreError> {
    query!(db, execute, UNMANAGE, organisation.0, id.0).on("team_managers")?;
    // Named twice is named once.
    for team in teams.iter().collect::<std::collections::BTreeSet<_>>() {
        crate::identity::store::insert_manager(db, organisation, *team, id).await?;
    }
    Ok(())
}

const ADMINS: &str = "SELECT COUNT(*) FROM employees
    WHERE organisation_id = $1 AND role = 'admin' AND active = TRUE AND password_hash <> '' AND id <> $2";

/// Whether another admin can sign in besides this one.
pub async fn has_other_admin(
    db: &mut impl Access,
    organisation: OrganisationId,
    id: EmployeeId,
) -> Result<bool, StoreError> {
    let (others,): (i64,) = query!(db, fetch_one as (i64,), ADMINS, organisation.0, id.0).on("employees")?;
    Ok(others > 0)
}
