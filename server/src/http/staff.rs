//! Accounts and teams over HTTP.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use ekenko_domain::{
    activity::Entry,
    employee::Role,
    event::Kind,
    id::{EmployeeId, TeamId},
    page::Page,
    staff::{
        AccountState, EditEmployee, Employee, Invitation, LinkHolder, NewEmployee, PutTeam, ResetPassword,
        SetPassword, Team, Teams,
    },
    statistics::Statistics,
    text::Query as Text,
};

use super::{
    error::ApiError,
    extract::{Body, Caller, Id, Query},
};
use crate::{App, activity::Filter as Activities, identity::Filter};

/// `GET /employees`: the accounts the caller may see, by name.
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Employee>>, ApiError> {
    let filter = Filter {
        text: query.with("q", |text| Text::parse(text))?.map(String::from).unwrap_or_default(),
        role: query.code("role", Role::ALL, Role::code)?,
        team: query.get("team_id")?,
        state: query.code("state", AccountState::ALL, AccountState::code)?,
        after: None,
    };
    let limit = query.limit(50, 200)?;
    Ok(Json(app.staff.list(&caller, filter, query.text("cursor"), limit).await?))
}

/// `POST /employees`: makes an account.
pub async fn add(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Body(new): Body<NewEmployee>,
) -> Result<(StatusCode, Json<Invitation>), ApiError> {
    let (invitation, is_new) = app.staff.add(&caller, &new).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(invitation)))
}

/// `GET /employees/{id}`.
pub async fn employee(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
) -> Result<Json<Employee>, ApiError> {
    Ok(Json(app.staff.employee(&caller, id).await?))
}

/// `PUT /employees/{id}`: changes what is kept of a person.
pub async fn edit(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
    Body(about): Body<EditEmployee>,
) -> Result<Json<Employee>, ApiError> {
    Ok(Json(app.staff.edit(&caller, id, &about).await?))
}

/// `POST /employees/{id}/deactivate`: closes an account; its sessions and sockets end at once.
pub async fn deactivate(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
) -> Result<Json<Employee>, ApiError> {
    Ok(Json(app.staff.set_active(&caller, id, false).await?))
}

/// `POST /employees/{id}/activate`: opens it again.
pub async fn activate(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
) -> Result<Json<Employee>, ApiError> {
    Ok(Json(app.staff.set_active(&caller, id, true).await?))
}

/// `POST /employees/{id}/reset-password`: a new way in for somebody who lost it.
pub async fn reset(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
    Body(reset): Body<ResetPassword>,
) -> Result<Json<Invitation>, ApiError> {
    Ok(Json(app.staff.reset(&caller, id, reset.password.as_ref()).await?))
}

/// `POST /auth/set-password`: a password for whoever holds a link.
pub async fn set_password(
    State(app): State<Arc<App>>,
    Body(command): Body<SetPassword>,
) -> Result<Json<LinkHolder>, ApiError> {
    Ok(Json(app.staff.set_password(&command).await?))
}

/// `GET /employees/{id}/statistics`: a person's last weeks.
pub async fn statistics(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<EmployeeId>,
) -> Result<Json<Statistics>, ApiError> {
    let employee = app.staff.employee(&caller, id).await?;
    Ok(Json(app.visits.statistics_of(&caller, employee.id).await?))
}

/// `GET /activities`: what was done, latest first, as far as the caller may see who did it.
pub async fn activities(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    query: Query,
) -> Result<Json<Page<Entry>>, ApiError> {
    let filter = Activities {
        employee: query.get("employee_id")?,
        kind: query.code("kind", Kind::ALL, Kind::code)?,
        subject: query.text("subject").map(str::to_owned),
        from: query.moment("from", &caller.organisation.time_zone, 0)?,
        to: query.moment("to", &caller.organisation.time_zone, 1)?,
    };
    let (cursor, limit) = (query.text("cursor"), query.limit(50, 200)?);
    Ok(Json(app.staff.activities(&caller, &filter, cursor, limit).await?))
}

/// `GET /teams`: the teams the caller may see.
pub async fn teams(State(app): State<Arc<App>>, Caller(caller): Caller) -> Result<Json<Teams>, ApiError> {
    Ok(Json(Teams { teams: app.staff.teams(&caller).await? }))
}

/// `GET /teams/{id}`.
pub async fn team(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TeamId>,
) -> Result<Json<Team>, ApiError> {
    Ok(Json(app.staff.team(&caller, id).await?))
}

/// `PUT /teams/{id}`: makes a team or changes one.
pub async fn put_team(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TeamId>,
    Body(put): Body<PutTeam>,
) -> Result<(StatusCode, Json<Team>), ApiError> {
    let (team, is_new) = app.staff.put_team(&caller, id, &put).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(team)))
}
