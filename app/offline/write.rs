//! Writing: every command is written down before it is sent.

use chrono::{DateTime, Utc};
use ekenko_domain::{
    customer::Location,
    employee::{EmployeeRef, Me},
    geo::Position,
    problem::Problem,
    task::{MoveTask, Task},
    visit::{CheckIn, CheckOut, Claim, PhotoRef, Visit, judge},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Command, Kind, Subject, overlay, task, visit};
use crate::{
    api::Answer,
    platform::{self, Outcome},
};

fn json(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(|error| Problem::invalid("body", error))
}

/// `None` when the command waits for signal.
async fn submit<T: DeserializeOwned>(command: Command, photo: Option<Vec<u8>>) -> Answer<Option<T>> {
    match platform::submit(command, photo).await {
        Outcome::Sent(answer) => crate::api::read(&answer).map(Some),
        Outcome::Refused(problem) => Err(problem),
        Outcome::Kept => Ok(None),
    }
}

/// The visit a check-in will make, judged by the same rules as on the server, but without the rep's earlier fixes.
fn draft(me: &Me, location: &Location, command: &CheckIn, now: DateTime<Utc>) -> Answer<Visit> {
    let pin =
        Position::new(location.lat, location.lng).map_err(|error| Problem::invalid("location_id", error))?;
    let team =
        me.teams.first().cloned().ok_or_else(|| Problem::new(403, "forbidden", "only reps check in"))?;
    let claim = Claim {
        fix: command.fix,
        at: now,
        device_at: command.occurred_at,
        clock_offset: None,
        received_at: now,
    };
    let judged = judge(pin, location.radius_m, &claim, &[]);
    Ok(Visit {
        id: command.id,
        employee: EmployeeRef { id: me.id, name: me.name.clone() },
        team,
        location: location.clone(),
        purpose: command.purpose,
        verdict: judged.verdict,
        reasons: judged.reasons,
        review: None,
        distance_m: judged.evidence.distance_m,
        evidence: judged.evidence,
        checked_in_at: now,
        checked_out_at: None,
        duration_s: None,
        estimated: false,
        business_date: platform::local(now, &me.organisation.time_zone).date(),
        outcome: None,
        notes: None,
        photo: None,
        photos: Vec::new(),
    })
}

/// Opens a visit; gives it as the server judged it, or as it will be.
pub async fn check_in(me: &Me, location: &Location, command: &CheckIn) -> Answer<Visit> {
    let draft = draft(me, location, command, command.occurred_at.unwrap_or_else(platform::now))?;
    let sent = submit(
        Command {
            subject: Subject::Visit(command.id),
            kind: Kind::CheckIn,
            method: "POST",
            path: "/api/v1/visits".into(),
            title: location.name.clone(),
            body: Some(json(command)?),
            draft: Some(draft.clone()),
        },
        None,
    );
    Ok(sent.await?.unwrap_or(draft))
}

/// Adds a photo; gives the visit with it, which may judge it otherwise.
pub async fn put_photo(to: &Visit, bytes: Vec<u8>) -> Answer<Visit> {
    let command = Command {
        subject: Subject::Visit(to.id),
        kind: Kind::VisitPhoto,
        method: "PUT",
        path: format!("/api/v1/visits/{}/photo", to.id),
        title: to.location.name.clone(),
        body: None,
        draft: None,
    };
    submit::<PhotoRef>(command, Some(bytes)).await?;
    visit(to.id).await
}

/// Closes a visit.
pub async fn check_out(of: &Visit, command: &CheckOut) -> Answer<Visit> {
    let to_send = Command {
        subject: Subject::Visit(of.id),
        kind: Kind::CheckOut,
        method: "POST",
        path: format!("/api/v1/visits/{}/check-out", of.id),
        title: of.location.name.clone(),
        body: Some(json(command)?),
        draft: None,
    };
    match submit(to_send, None).await? {
        Some(closed) => Ok(closed),
        None => {
            let closed = overlay::visit(of.id, Some(of.clone()), &platform::waiting().await);
            Ok(closed.unwrap_or_else(|| of.clone()))
        }
    }
}

/// Moves a task of one's own.
pub async fn move_task(of: &Task, to: &MoveTask) -> Answer<Task> {
    let command = Command {
        subject: Subject::Task(of.id),
        kind: Kind::TaskMove,
        method: "POST",
        path: format!("/api/v1/tasks/{}/status", of.id),
        title: of.title.clone(),
        body: Some(json(to)?),
        draft: None,
    };
    match submit(command, None).await? {
        Some(moved) => Ok(moved),
        None => Ok(overlay::task(of.clone(), &platform::waiting().await)),
    }
}

/// Shows that a task was done.
pub async fn put_task_photo(of: &Task, bytes: Vec<u8>) -> Answer<Task> {
    let command = Command {
        subject: Subject::Task(of.id),
        kind: Kind::TaskPhoto,
        method: "PUT",
        path: format!("/api/v1/tasks/{}/photo", of.id),
        title: of.title.clone(),
        body: None,
        draft: None,
    };
    submit::<PhotoRef>(command, Some(bytes)).await?;
    task(of.id).await
}
