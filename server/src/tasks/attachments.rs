//! Files that go with a task: pictures and PDF.

use bytes::Bytes;
use ekenko_domain::{
    id::{AttachmentId, BatchId, TaskId},
    task::{Attachment, Batch, MOST_ATTACHMENTS, Task},
    text::Name,
};

use super::{TaskError, Tasks, changes, store};
use crate::{db::Write, identity::Caller, photos::PhotoError};

/// The largest file taken, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// More than [`MAX_BYTES`].
    #[error("a file may have at most 10 MB")]
    TooLarge,
    /// Neither a picture nor a PDF, or a broken one.
    #[error("a file must be a whole JPEG, PNG, WebP or PDF")]
    Format,
    /// More than [`MOST_ATTACHMENTS`].
    #[error("a task has at most {MOST_ATTACHMENTS} files")]
    TooMany,
    /// The id belongs to another file of the task.
    #[error("this id is already used by a different file: make a new id")]
    IdConflict,
    /// The task has no such file.
    #[error("this task has no such file")]
    NotFound,
}

/// A file on its way to somebody who may see it.
#[derive(Debug)]
pub struct Download {
    /// What is known of it.
    pub attachment: Attachment,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Tasks {
    /// Adds a file to a task. The same again is the same file.
    pub async fn attach(
        &self,
        caller: &Caller,
        id: TaskId,
        attachment: AttachmentId,
        name: &Name,
        bytes: Bytes,
    ) -> Result<Task, TaskError> {
        let task = self.managed(caller, id).await?;
        let file = self.keep(caller, attachment, name, bytes).await?;
        let mut db = self.db.begin().await?;
        changes::lock(&mut db, caller, id).await?;
        let Some(new) = self.with(&mut db, caller, task.id, &file).await? else {
            return self.seen(&mut db, caller, id).await;
        };
        let old = self.seen(&mut db, caller, id).await?;
        changes::set_attachments(&mut db, caller, &new).await?;
        self.tell(db, caller, Some(&old), &new).await?;
        Ok(new)
    }

    /// Adds a file to each task of a batch the caller may see.
    pub async fn attach_to_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        attachment: AttachmentId,
        name: &Name,
        bytes: Bytes,
    ) -> Result<Batch, TaskError> {
        if !caller.role.manages() {
            return Err(TaskError::NotAManager);
        }
        self.batch(caller, id).await?;
        let file = self.keep(caller, attachment, name, bytes).await?;
        let mut db = self.db.begin().await?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for task in store::of_batch(&mut db, caller, id).await? {
            changes::lock(&mut db, caller, task.id).await?;
            if let Some(new) = self.with(&mut db, caller, task.id, &file).await? {
                changes::set_attachments(&mut db, caller, &new).await?;
                before.push(task);
                after.push(new);
            }
        }
        let told: Vec<_> = before
            .iter()
            .zip(&after)
            .map(|(old, new)| (Self::activity(caller, Some(old), new), Self::streams(Some(old), new), new))
            .collect();
        self.outbox.tell_all(db, &told).await?;
        self.batch(caller, id).await
    }

    /// Takes a file from a task; twice is once.
    pub async fn detach(
        &self,
        caller: &Caller,
        id: TaskId,
        attachment: AttachmentId,
    ) -> Result<Task, TaskError> {
        self.managed(caller, id).await?;
        let mut db = self.db.begin().await?;
        changes::lock(&mut db, caller, id).await?;
        let old = self.seen(&mut db, caller, id).await?;
        let mut new = Task { changed_at: self.outside.now(), ..old.clone() };
        new.attachments.retain(|known| known.id != attachment);
        if new.attachments.len() == old.attachments.len() {
            return Ok(old);
        }
        changes::set_attachments(&mut db, caller, &new).await?;
        self.tell(db, caller, Some(&old), &new).await?;
        Ok(new)
    }

    /// A file of a task the caller may see.
    pub async fn attachment(
        &self,
        caller: &Caller,
        id: TaskId,
        attachment: AttachmentId,
    ) -> Result<Download, TaskError> {
        let task = self.task(caller, id).await?;
        let found = task.attachments.into_iter().find(|known| known.id == attachment);
        let attachment = found.ok_or(AttachmentError::NotFound)?;
        let bytes = self.photos.document(caller.organisation.id, &attachment.sha256).await?;
        Ok(Download { attachment, bytes })
    }

    async fn managed(&self, caller: &Caller, id: TaskId) -> Result<Task, TaskError> {
        let task = self.task(caller, id).await?;
        if caller.role.manages() { Ok(task) } else { Err(TaskError::NotAManager) }
    }

    /// Checks a file by its bytes and keeps it.
    async fn keep(
        &self,
        caller: &Caller,
        id: AttachmentId,
        name: &Name,
        bytes: Bytes,
    ) -> Result<Attachment, TaskError> {
        if bytes.len() > MAX_BYTES {
            return Err(AttachmentError::TooLarge.into());
        }
        let size_bytes = bytes.len() as i64;
        let kept = self.photos.take_document(caller.organisation.id, bytes).await;
        let (sha256, media_type) = kept.map_err(|error| match error {
            PhotoError::Storage(_) => TaskError::Photo(error),
            _ => AttachmentError::Format.into(),
        })?;
        Ok(Attachment {
            id,
            name: name.as_str().to_owned(),
            media_type: media_type.to_owned(),
            size_bytes,
            sha256,
        })
    }

    /// A task with one more file; `None` when it has it already.
    async fn with(
        &self,
        db: &mut Write,
        caller: &Caller,
        id: TaskId,
        file: &Attachment,
    ) -> Result<Option<Task>, TaskError> {
        let mut task = self.seen(db, caller, id).await?;
        match task.attachments.iter().find(|known| known.id == file.id) {
            Some(known) if known == file => return Ok(None),
            Some(_) => return Err(AttachmentError::IdConflict.into()),
            None if task.attachments.len() >= MOST_ATTACHMENTS => return Err(AttachmentError::TooMany.into()),
            None if !task.status.is_open() => return Err(TaskError::Closed(task.status)),
            None => {}
        }
        task.attachments.push(file.clone());
        task.changed_at = self.outside.now();
        Ok(Some(task))
    }
}
