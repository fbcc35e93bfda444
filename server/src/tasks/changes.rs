//! Changing the tasks table.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    id::{OrganisationId, TaskId},
    task::{Attachment, MoveTask, Repeat, Task},
};

use crate::{
    db::{On, StoreError, Write, query},
    identity::Caller,
    photos::Processed,
};

const INSERT: &str =
    "INSERT INTO tasks (organisation_id, id, employee_id, team_id, location_id, created_by, title, details,
    priority, status, due_date, created_at, changed_at, comment, due_time, repeat, repeat_from, repeat_until, next_on,
    series_id, batch_id, attachments)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT DO NOTHING";

/// `false` when the id is taken.
pub async fn insert(db: &mut Write, organisation: OrganisationId, task: &Task) -> Result<bool, StoreError> {
    let inserted = query!(
        db,
        execute,
        INSERT,
        organisation.0,
        task.id.0,
        task.assignee.id.0,
        task.team.id.0,
        task.location.as_ref().map(|place| place.id.0),
        task.created_by.id.0,
        &task.title,
        &task.details,
        task.priority.code(),
        task.status.code(),
        task.due_date,
        task.created_at,
        task.changed_at,
        &task.comment,
        task.due_time.map(|time| time.to_string()),
        task.repeat.map(Repeat::code),
        task.repeat_from,
        task.repeat_until,
        task.next_date,
        task.series_id.map(|id| id.0),
        task.batch_id.map(|id| id.0),
        as_json(&task.attachments)
    )
    .on("tasks")?;
    Ok(inserted == 1)
}

fn as_json(attachments: &[Attachment]) -> String {
    serde_json::to_string(attachments).unwrap_or_default()
}

const LOCK: &str = "UPDATE tasks SET status = status WHERE organisation_id = $1 AND id = $2";

/// Lets nobody else change it before the transaction is over.
pub async fn lock(db: &mut Write, caller: &Caller, id: TaskId) -> Result<(), StoreError> {
    query!(db, execute, LOCK, caller.organisation.id.0, id.0).on("tasks")?;
    Ok(())
}

const EDIT: &str = "UPDATE tasks SET title = $1, details = $2, priority = $3, due_date = $4, due_time = $5, location_id = $6,
    employee_id = $7, team_id = $8, status = $9, changed_at = $10 WHERE organisation_id = $11 AND id = $12";

/// Writes what an edit may change.
pub async fn edit(db: &mut Write, caller: &Caller, task: &Task) -> Result<(), StoreError> {
    query!(
        db,
        execute,
        EDIT,
        &task.title,
        &task.details,
        task.priority.code(),
        task.due_date,
        task.due_time.map(|time| time.to_string()),
        task.location.as_ref().map(|place| place.id.0),
        task.assignee.id.0,
        task.team.id.0,
        task.status.code(),
        task.changed_at,
        caller.organisation.id.0,
        task.id.0
    )
    .on("tasks")?;
    Ok(())
}

const ATTACHMENTS: &str =
    "UPDATE tasks SET attachments = $1, changed_at = $2 WHERE organisation_id = $3 AND id = $4";

pub async fn set_attachments(db: &mut Write, caller: &Caller, task: &Task) -> Result<(), StoreError> {
    let attachments = as_json(&task.attachments);
    query!(db, execute, ATTACHMENTS, attachments, task.changed_at, caller.organisation.id.0, task.id.0)
        .on("tasks")?;
    Ok(())
}

const CLAIM: &str = "UPDATE tasks SET next_on = NULL WHERE organisation_id = $1 AND id = $2 AND next_on = $3";

/// Takes on the making of the next of a series; `false` when another process did, or it was ended.
pub async fn claim(
    db: &mut Write,
    organisation: OrganisationId,
    id: TaskId,
    next: NaiveDate,
) -> Result<bool, StoreError> {
    Ok(query!(db, execute, CLAIM, organisation.0, id.0, next).on("tasks")? == 1)
}

const MOVE: &str = "UPDATE tasks SET status = $1, comment = $2, changed_at = $3, closed_at = $4
    WHERE organisation_id = $5 AND id = $6 AND status = $7";

/// `false` when somebody moved it meanwhile.
pub async fn move_to(
    db: &mut Write,
    caller: &Caller,
    task: &Task,
    to: &MoveTask,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let comment = to.comment.as_ref().map_or("", |comment| comment.as_str());
    let closed_at = (!to.status.is_open()).then_some(now);
    let (organisation, from) = (caller.organisation.id.0, task.status.code());
    let moved =
        query!(db, execute, MOVE, to.status.code(), comment, now, closed_at, organisation, task.id.0, from)
            .on("tasks")?;
    Ok(moved == 1)
}

const PHOTO: &str = "UPDATE tasks SET photo_sha256 = $1, photo_width = $2, photo_height = $3, photo_media_type = $4, changed_at = $5
    WHERE organisation_id = $6 AND id = $7";

pub async fn set_photo(
    db: &mut Write,
    caller: &Caller,
    id: TaskId,
    photo: &Processed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (width, height) = (i64::from(photo.width), i64::from(photo.height));
    let (sha256, media_type) = (&photo.sha256, photo.media_type);
    query!(db, execute, PHOTO, sha256, width, height, media_type, now, caller.organisation.id.0, id.0)
        .on("tasks")?;
    Ok(())
}
