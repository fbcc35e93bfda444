//! What managers and reps do with tasks.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use ekenko_domain::{
    dashboard::MOST_TASKS,
    event::{Kind, Stream},
    feed::Whose,
    id::{EmployeeId, LocationId, TaskId},
    page::Page,
    report::{About, DueTask, Period},
    task::{MoveTask, NewTask, PlaceRef, Task, TaskStatus},
    visit::PhotoRef,
};

use super::store::{self, After};
use crate::{
    activity::Activity,
    context::Context,
    customers::Customers,
    db::{Access, Db, StoreError, Write},
    identity::{Caller, Identity},
    outbox::Outbox,
    page::{self, BadCursor},
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
    /// No such location in the caller's organisation.
    #[error("there is no such location")]
    UnknownLocation,
    /// Too far in past or future.
    #[error("must be between the years 2000 and 2999")]
    DueDate,
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

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct Filter {
    /// Those that are over, latest first, instead of the open ones, most pressing first.
    pub closed: bool,
    /// One rep's.
    pub assignee: Option<EmployeeId>,
    /// Most items to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

/// The tasks of this installation.
pub struct Tasks {
    db: Db,
    outside: Context,
    outbox: Outbox,
    identity: Arc<Identity>,
    customers: Arc<Customers>,
    photos: Photos,
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
        if new.due_date.is_some_and(|due| !(2000..=2999).contains(&due.year())) {
            return Err(TaskError::DueDate);
        }
        let mut db = self.db.begin().await?;
        let reps = self.identity.reps(&mut db, caller).await?;
        let Some((assignee, team)) = reps.into_iter().find(|(rep, _)| rep.id == new.assignee_id) else {
            return Err(TaskError::UnknownAssignee);
        };
        let location = match new.location_id {
            None => None,
            Some(id) => match self.customers.location_in(&mut db, caller, id).await? {
                Some(location) => Some(PlaceRef { id: location.id, name: location.name }),
                None => return Err(TaskError::UnknownLocation),
            },
        };
        let now = self.outside.now();
        let task = Task {
            id: new.id,
            title: new.title.as_str().to_owned(),
            details: new.details.as_ref().map_or("", |details| details.as_str()).to_owned(),
            priority: new.priority,
            status: TaskStatus::Todo,
            due_date: new.due_date,
            location,
            assignee,
            team,
            created_by: caller.employee.clone(),
            created_at: now,
            changed_at: now,
            closed_at: None,
            comment: String::new(),
            photo: None,
        };
        if !store::insert(&mut db, caller, &task).await? {
            return match store::by_id(&mut db, caller, new.id).await? {
                Some(known) if is_same(&known, &task) => Ok((known, false)),
                _ => Err(TaskError::IdConflict),
            };
        }
        self.tell(db, caller, None, &task).await?;
        Ok((task, true))
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
            || !store::move_to(&mut db, caller, &task, to, self.outside.now()).await?
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
        store::set_photo(&mut db, caller, id, &photo, self.outside.now()).await?;
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

    /// One task the caller may see.
    pub async fn task(&self, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        self.seen(&mut self.db.read().await?, caller, id).await
    }

    /// Tasks the caller may see.
    pub async fn list(&self, caller: &Caller, filter: &Filter) -> Result<Page<Task>, TaskError> {
        let mut db = self.db.read().await?;
        let (limit, cursor) = (filter.limit, filter.cursor.as_deref());
        if filter.closed {
            let before = page::before(cursor)?;
            let items = store::closed(&mut db, caller, filter.assignee, before, page::wanted(limit)).await?;
            return Ok(page::cut(items, limit, |last| {
                page::at((last.closed_at.unwrap_or(last.changed_at), last.id.0))
            }));
        }
        let after = match cursor {
            Some(cursor) => page::read::<After>(cursor)?,
            None => store::most_pressing(),
        };
        if !(NaiveDate::default()..=store::never()).contains(&after.1) {
            return Err(BadCursor.into());
        }
        let items = store::open(&mut db, caller, filter.assignee, after, page::wanted(limit)).await?;
        Ok(page::cut(items, limit, store::urgency))
    }

    /// The caller's own open tasks that are urgent, overdue or due `today`, in somebody's snapshot.
    pub async fn pressing(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        today: NaiveDate,
    ) -> Result<Vec<Task>, StoreError> {
        store::pressing(db, caller, today, MOST_TASKS as i64).await
    }

    /// Urgent tasks that are still to be done and that the caller may see, in somebody's snapshot.
    pub async fn urgent(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        whose: Whose,
    ) -> Result<BTreeSet<TaskId>, StoreError> {
        store::urgent(db, caller, whose).await
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

    /// Open tasks at a location the caller may see, in somebody's snapshot.
    pub async fn at(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        location: LocationId,
        limit: usize,
    ) -> Result<Vec<Task>, StoreError> {
        store::at(db, caller, location, limit as i64).await
    }

    /// Tasks due in a period that the caller may see, called off ones left out, in somebody's snapshot.
    pub async fn due(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        period: Period,
        about: &About,
    ) -> Result<Vec<DueTask>, StoreError> {
        store::due(db, caller, period, about).await
    }

    async fn seen(&self, db: &mut impl Access, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        store::by_id(db, caller, id).await?.ok_or(TaskError::NotFound)
    }

    async fn own(&self, db: &mut impl Access, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        let task = self.seen(db, caller, id).await?;
        if task.assignee.id == caller.employee.id { Ok(task) } else { Err(TaskError::NotFound) }
    }

    async fn tell(
        &self,
        db: Write,
        caller: &Caller,
        old: Option<&Task>,
        task: &Task,
    ) -> Result<(), StoreError> {
        let kind = if old.is_some() { Kind::TaskChanged } else { Kind::TaskCreated };
        let streams = [Stream::Team(task.team.id), Stream::Employee(task.assignee.id)];
        self.outbox.tell(db, &Activity::of(caller, kind, task.id).from(old), &streams, task).await
    }
}

/// Whether a stored task came of the same command.
fn is_same(known: &Task, new: &Task) -> bool {
    known.title == new.title
        && known.details == new.details
        && known.priority == new.priority
        && known.due_date == new.due_date
        && known.location.as_ref().map(|place| place.id) == new.location.as_ref().map(|place| place.id)
        && known.assignee.id == new.assignee.id
        && known.created_by.id == new.created_by.id
}
