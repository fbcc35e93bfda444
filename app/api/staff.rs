//! Accounts and teams.

use ekenko_domain::{
    activity::Entry,
    id::{EmployeeId, TeamId},
    page::Page,
    staff::{
        EditEmployee, Employee, Invitation, LinkHolder, NewEmployee, PutTeam, ResetPassword, SetPassword,
        Team, Teams,
    },
    statistics::Statistics,
    task::Task,
    visit::Visit,
};

use super::{Answer, escaped, get, page, post, put};
use crate::route::Route;

/// Accounts by name. Empty filters let everybody through.
pub async fn employees(
    q: &str,
    role: &str,
    team: &str,
    state: &str,
    cursor: Option<&str>,
) -> Answer<Page<Employee>> {
    let [q, role, team, state] = [q, role, team, state].map(escaped);
    page(format!("/employees?limit=50&q={q}&role={role}&team_id={team}&state={state}"), cursor).await
}

/// One account.
pub async fn employee(id: EmployeeId) -> Answer<Employee> {
    get(format!("/employees/{id}")).await
}

/// Makes an account.
pub async fn add_employee(new: &NewEmployee) -> Answer<Invitation> {
    post("/employees".into(), new).await
}

/// Changes what is kept of a person.
pub async fn edit_employee(id: EmployeeId, about: &EditEmployee) -> Answer<Employee> {
    put(format!("/employees/{id}"), about).await
}

/// Closes an account, or opens it again.
pub async fn set_active(id: EmployeeId, active: bool) -> Answer<Employee> {
    let action = if active { "activate" } else { "deactivate" };
    post(format!("/employees/{id}/{action}"), &serde_json::json!({})).await
}

/// Gives a person a new way in.
pub async fn reset_password(id: EmployeeId) -> Answer<Invitation> {
    post(format!("/employees/{id}/reset-password"), &ResetPassword::default()).await
}

/// Sets the password a link is for; without one only tells whom it is for.
pub async fn set_password(command: &SetPassword) -> Answer<LinkHolder> {
    post("/auth/set-password".into(), command).await
}

/// A person's last weeks.
pub async fn statistics_of(id: EmployeeId) -> Answer<Statistics> {
    get(format!("/employees/{id}/statistics")).await
}

/// A person's visits, latest first.
pub async fn visits_of(id: EmployeeId, cursor: Option<&str>) -> Answer<Page<Visit>> {
    page(format!("/visits?limit=50&from=1900-01-01&employee_id={id}"), cursor).await
}

/// A person's tasks.
pub async fn tasks_of(id: EmployeeId, closed: bool, cursor: Option<&str>) -> Answer<Page<Task>> {
    // What is open is shown at once, what is over by the piece.
    let (state, limit) = if closed { ("closed", 50) } else { ("open", 500) };
    page(format!("/tasks?limit={limit}&state={state}&assignee_id={id}"), cursor).await
}

/// Which lines of the activity log a page shows, as its address says; what is empty lets all through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activities {
    /// A kind's code.
    pub kind: String,
    /// The id of who did it.
    pub person: String,
    /// The first business day.
    pub from: String,
    /// The last one.
    pub to: String,
}

impl Activities {
    /// What one person did.
    pub fn of(person: EmployeeId) -> Self {
        Self { person: person.to_string(), ..Self::default() }
    }

    /// The page that shows them.
    pub fn route(self) -> Route {
        let Self { kind, person, from, to } = self;
        Route::ActivityPage { kind, person, from, to }
    }
}

/// What was done, latest first.
pub async fn activities(filter: &Activities, cursor: Option<&str>) -> Answer<Page<Entry>> {
    let Activities { kind, person, from, to } = filter;
    let [kind, person, from, to] = [kind, person, from, to].map(|text| escaped(text));
    page(format!("/activities?limit=50&employee_id={person}&kind={kind}&from={from}&to={to}"), cursor).await
}

/// The reader's teams.
pub async fn teams() -> Answer<Teams> {
    get("/teams".into()).await
}

/// One of them.
pub async fn team(id: TeamId) -> Answer<Team> {
    get(format!("/teams/{id}")).await
}

/// Makes a team or changes one.
pub async fn put_team(id: TeamId, team: &PutTeam) -> Answer<Team> {
    put(format!("/teams/{id}"), team).await
}
