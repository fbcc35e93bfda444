//! What managers and reps do with tasks.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use ekenko_domain::{
    employee::{EmployeeRef, TeamRef},
    event::{Kind, Stream},
    id::{EmployeeId, LocationId, TaskId},
    staff::TimeOfDay,
    task::{EditTask, MoveTask, NewTask, PlaceRef, Task, TaskStatus},
    visit::PhotoRef,
};

use super::{attachments::AttachmentError, changes, repeats::next, store};
use crate::{
    activity::Activity,
    context::Context,
    customers::Customers,
    db::{Access, Db, StoreError, Write},
    identity::{Caller, Identity},
    outbox::Outbox,
    page::BadCursor,
    photos::{PhotoError, Photos, Picture},
};

/// Why a task was refused.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// Reps do not give tasks.
    #[error("only managers and admins give tasks")]
    NotAManager,
    /// Not a rep the caller runs.
    #[error("there is no such rep in your teams")]
    UnknownAssignee,
    /// The same of one among many, by place.
    #[error("there is no such rep in your teams")]
    UnknownOf(usize),
    /// No such location in the caller's organisation.
    #[error("there is no such location")]
    UnknownLocation,
    /// Too far in past or future.
    #[error("must be between the years 2000 and 2999")]
    DueDate,
    /// A time, or a repetition, without a date to count from.
    #[error("needs a due date")]
    NeedsDueDate(&'static str),
    /// A series that is over before it begins.
    #[error("must not be before the due date")]
    RepeatUntil,
    /// The id belongs to a task with other contents.
    #[error("this id is already used by a different task: make a new id for a new task")]
    IdConflict,
    /// No such task among those the caller may see.
    #[error("there is no such task among yours")]
    NotFound,
    /// The rules do not allow it.
    #[error("a task that is {} cannot become {}", from.code(), to.code())]
    IllegalMove {
        /// Where it is.
        from: TaskStatus,
        /// Where it was to go.
        to: TaskStatus,
    },
    /// What is over is not changed.
    #[error("a task that is {} cannot be changed", .0.code())]
    Closed(TaskStatus),
    /// No such batch among those the caller may see.
    #[error("there is no such batch of tasks among yours")]
    BatchNotFound,
    /// A file was refused.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The photo was refused.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The tasks of this installation.
pub struct Tasks {
    pub(super) db: Db,
    pub(super) outside: Context,
    pub(super) outbox: Outbox,
    pub(super) identity: Arc<Identity>,
    customers: Arc<Customers>,
    pub(super) photos: Photos,
}

impl Tasks {
    /// Tasks in `db`.
    pub fn new(
        db: Db,
        outside: Context,
        outbox: Outbox,
        identity: Arc<Identity>,
        customers: Arc<Customers>,
        photos: Photos,
    ) -> Self {
        Self { db, outside, outbox, identity, customers, photos }
    }

    /// Gives a task. Gives it back and whether it is new: the same command again gives the same task.
    pub async fn create(&self, caller: &Caller, new: &NewTask) -> Result<(Task, bool), TaskError> {
        if !caller.role.manages() {
            return Err(TaskError::NotAManager);
        }
        let mut db = self.db.begin().await?;
        let (assignee, team) = self.rep(&mut db, caller, new.assignee_id).await?;
        let task = self.draft(&mut db, caller, new, assignee, team).await?;
        if !changes::insert(&mut db, caller.organisation.id, &task).await? {
            return match store::by_id(&mut db, caller, new.id).await? {
                Some(known) if is_same(&known, &task) => Ok((known, false)),
                _ => Err(TaskError::IdConflict),
            };
        }
        self.tell(db, caller, None, &task).await?;
        Ok((task, true))
    }

    /// One of the reps the caller runs.
    async fn rep(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: EmployeeId,
    ) -> Result<(EmployeeRef, TeamRef), TaskError> {
        let reps = self.identity.reps(db, caller).await?;
        reps.into_iter().find(|(rep, _)| rep.id == id).ok_or(TaskError::UnknownAssignee)
    }

    async fn place(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: Option<LocationId>,
    ) -> Result<Option<PlaceRef>, TaskError> {
        let Some(id) = id else { return Ok(None) };
        match self.customers.location_in(db, caller, id).await? {
            Some(location) => Ok(Some(PlaceRef { id: location.id, name: location.name })),
            None => Err(TaskError::UnknownLocation),
        }
    }

    /// The task a command asks for.
    pub(super) async fn draft(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        new: &NewTask,
        assignee: EmployeeRef,
        team: TeamRef,
    ) -> Result<Task, TaskError> {
        due(new.due_date, new.due_time)?;
        let next_date = match (new.repeat, new.due_date) {
            (None, _) => None,
            (Some(_), None) => return Err(TaskError::NeedsDueDate("repeat")),
            (Some(_), Some(date)) if new.repeat_until.is_some_and(|until| until < date) => {
                return Err(TaskError::RepeatUntil);
            }
            (Some(repeat), Some(date)) => next(repeat, date, date, new.repeat_until),
        };
        let now = self.outside.now();
        Ok(Task {
            id: new.id,
            title: new.title.as_str().to_owned(),
            details: new.details.as_ref().map_or("", |details| details.as_str()).to_owned(),
            priority: new.priority,
            status: TaskStatus::Todo,
            due_date: new.due_date,
            due_time: new.due_time,
            repeat: new.repeat,
            repeat_from: new.repeat.and(new.due_date),
            repeat_until: new.repeat.and(new.repeat_until),
            next_date,
            series_id: new.repeat.map(|_| new.id),
            batch_id: None,
            attachments: Vec::new(),
            location: self.place(db, caller, new.location_id).await?,
            assignee,
            team,
            created_by: caller.employee.clone(),
            created_at: now,
            changed_at: now,
            closed_at: None,
            comment: String::new(),
            photo: None,
        })
    }

    /// Changes an open task; one given to another rep begins anew. The same edit again changes nothing.
    pub async fn edit(&self, caller: &Caller, id: TaskId, edit: &EditTask) -> Result<Task, TaskError> {
        let mut db = self.db.begin().await?;
        changes::lock(&mut db, caller, id).await?;
        let old = self.seen(&mut db, caller, id).await?;
        if !caller.role.manages() {
            return Err(TaskError::NotAManager);
        }
        due(edit.due_date, edit.due_time)?;
        let given_on = edit.assignee_id != old.assignee.id;
        let (assignee, team) = match given_on {
            true => self.rep(&mut db, caller, edit.assignee_id).await?,
            false => (old.assignee.clone(), old.team.clone()),
        };
        let new = Task {
            title: edit.title.as_str().to_owned(),
            details: edit.details.as_ref().map_or("", |details| details.as_str()).to_owned(),
            priority: edit.priority,
            due_date: edit.due_date,
            due_time: edit.due_time,
            location: match &old.location {
                Some(place) if Some(place.id) == edit.location_id => Some(place.clone()),
                _ => self.place(&mut db, caller, edit.location_id).await?,
            },
            status: if given_on { TaskStatus::Todo } else { old.status },
            assignee,
            team,
            ..old.clone()
        };
        if new == old {
            return Ok(old);
        }
        if !old.status.is_open() {
            return Err(TaskError::Closed(old.status));
        }
        let new = Task { changed_at: self.outside.now(), ..new };
        changes::edit(&mut db, caller, &new).await?;
        self.tell(db, caller, Some(&old), &new).await?;
        Ok(new)
    }

    /// Moves a task. The same move again gives the same task.
    pub async fn move_to(&self, caller: &Caller, id: TaskId, to: &MoveTask) -> Result<Task, TaskError> {
        let mut db = self.db.begin().await?;
        let task = self.seen(&mut db, caller, id).await?;
        let comment = to.comment.as_ref().map_or("", |comment| comment.as_str());
        if task.status == to.status && task.comment == comment {
            return Ok(task);
        }
        let refused = TaskError::IllegalMove { from: task.status, to: to.status };
        if !task.status.may_become(to.status, caller.role)
            || !changes::move_to(&mut db, caller, &task, to, self.outside.now()).await?
        {
            return Err(refused);
        }
        let old = task;
        let task = self.seen(&mut db, caller, id).await?;
        self.tell(db, caller, Some(&old), &task).await?;
        Ok(task)
    }

    /// Shows by a photo how far an own task is; a later photo takes the place of an earlier one. Called-off tasks get
    /// none.
    pub async fn put_photo(&self, caller: &Caller, id: TaskId, bytes: Bytes) -> Result<PhotoRef, TaskError> {
        self.own(&mut self.db.read().await?, caller, id).await?;
        let photo = self.photos.take(caller.organisation.id, bytes).await?;
        let answer = photo.photo_ref();
        let mut db = self.db.begin().await?;
        let task = self.own(&mut db, caller, id).await?;
        if task.photo.as_ref() == Some(&answer) {
            return Ok(answer);
        }
        if task.status == TaskStatus::Cancelled {
            return Err(TaskError::IllegalMove { from: task.status, to: task.status });
        }
        changes::set_photo(&mut db, caller, id, &photo, self.outside.now()).await?;
        let old = task;
        let task = self.seen(&mut db, caller, id).await?;
        self.tell(db, caller, Some(&old), &task).await?;
        Ok(answer)
    }

    /// The photo of a task the caller may see, as it was sent.
    pub async fn photo(&self, caller: &Caller, id: TaskId) -> Result<Picture, TaskError> {
        let mut db = self.db.read().await?;
        let photo = self.seen(&mut db, caller, id).await?.photo.ok_or(TaskError::NotFound)?;
        let media_type = store::media_type(&mut db, caller, id).await?.ok_or(TaskError::NotFound)?;
        Ok(self.photos.original(caller.organisation.id, photo, media_type).await?)
    }

    /// The small JPEG of it.
    pub async fn thumbnail(&self, caller: &Caller, id: TaskId) -> Result<Picture, TaskError> {
        let task = self.task(caller, id).await?;
        Ok(self.photos.thumbnail(caller.organisation.id, task.photo.ok_or(TaskError::NotFound)?).await?)
    }

    /// Moves the tasks of one location to another. Gives how many.
    pub async fn move_all(
        &self,
        db: &mut Write,
        caller: &Caller,
        from: LocationId,
        to: LocationId,
    ) -> Result<u64, StoreError> {
        store::move_all(db, caller, from, to).await
    }

    pub(super) async fn seen(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        id: TaskId,
    ) -> Result<Task, TaskError> {
        store::by_id(db, caller, id).await?.ok_or(TaskError::NotFound)
    }

    async fn own(&self, db: &mut impl Access, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        let task = self.seen(db, caller, id).await?;
        if task.assignee.id == caller.employee.id { Ok(task) } else { Err(TaskError::NotFound) }
    }

    pub(super) async fn tell(
        &self,
        db: Write,
        caller: &Caller,
        old: Option<&Task>,
        task: &Task,
    ) -> Result<(), StoreError> {
        self.outbox.tell(db, &Self::activity(caller, old, task), &Self::streams(old, task), task).await
    }

    pub(super) fn activity(caller: &Caller, old: Option<&Task>, task: &Task) -> Activity {
        let kind = if old.is_some() { Kind::TaskChanged } else { Kind::TaskCreated };
        Activity::of(caller, kind, task.id).from(old)
    }

    /// Whom a task concerns, and whom it concerned before.
    pub(super) fn streams(old: Option<&Task>, task: &Task) -> Vec<Stream> {
        old.into_iter()
            .chain([task])
            .flat_map(|of| [Stream::Team(of.team.id), Stream::Employee(of.assignee.id)])
            .collect()
    }
}

fn due(date: Option<NaiveDate>, time: Option<TimeOfDay>) -> Result<(), TaskError> {
    if date.is_some_and(|due| !(2000..=2999).contains(&due.year())) {
        return Err(TaskError::DueDate);
    }
    if date.is_none() && time.is_some() { Err(TaskError::NeedsDueDate("due_time")) } else { Ok(()) }
}

/// Whether a stored task came of the same command.
pub(super) fn is_same(known: &Task, new: &Task) -> bool {
    known.title == new.title
        && known.details == new.details
        && known.priority == new.priority
        && known.due_date == new.due_date
        && known.due_time == new.due_time
        && (known.repeat, known.repeat_until) == (new.repeat, new.repeat_until)
        && known.location.as_ref().map(|place| place.id) == new.location.as_ref().map(|place| place.id)
        && known.assignee.id == new.assignee.id
        && known.created_by.id == new.created_by.id
        && known.batch_id == new.batch_id
}
