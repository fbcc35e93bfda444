//! Tasks for many reps at once.

use ekenko_domain::{
    id::{BatchId, TaskId},
    task::{Batch, NewBatch, NewTask, Task},
};

use super::{TaskError, Tasks, changes, derived, service::is_same, store};
use crate::identity::Caller;

impl Tasks {
    /// Gives each of the reps a task, all or none. Gives the batch and whether it is new: the same command again gives
    /// the same batch.
    pub async fn create_batch(&self, caller: &Caller, new: &NewBatch) -> Result<(Batch, bool), TaskError> {
        if !caller.role.manages() {
            return Err(TaskError::NotAManager);
        }
        let mut db = self.db.begin().await?;
        let reps = self.identity.reps(&mut db, caller).await?;
        let mut tasks: Vec<Task> = Vec::new();
        for (n, id) in new.assignee_ids.ids().iter().enumerate() {
            let Some((assignee, team)) = reps.iter().find(|(rep, _)| rep.id == *id).cloned() else {
                return Err(TaskError::UnknownOf(n));
            };
            let task = match tasks.first() {
                // All are alike but for whom they are.
                Some(first) => {
                    let id = task_id(new.id, &assignee);
                    Task { id, assignee, team, series_id: first.series_id.map(|_| id), ..first.clone() }
                }
                None => {
                    let one = NewTask {
                        id: task_id(new.id, &assignee),
                        title: new.title.clone(),
                        details: new.details.clone(),
                        priority: new.priority,
                        due_date: new.due_date,
                        due_time: new.due_time,
                        repeat: new.repeat,
                        repeat_until: new.repeat_until,
                        location_id: new.location_id,
                        assignee_id: *id,
                    };
                    let first = self.draft(&mut db, caller, &one, assignee, team).await?;
                    Task { batch_id: Some(new.id), ..first }
                }
            };
            tasks.push(task);
        }
        if store::batch_is_known(&mut db, caller, new.id).await? {
            let known = store::of_batch(&mut db, caller, new.id).await?;
            let same = known.len() == tasks.len()
                && tasks.iter().all(|task| known.iter().any(|of| of.id == task.id && is_same(of, task)));
            return if same { Ok((Batch::of(new.id, known), false)) } else { Err(TaskError::IdConflict) };
        }
        for task in &tasks {
            if !changes::insert(&mut db, caller.organisation.id, task).await? {
                // Somebody sends the same at the same time, or an id is taken; the next attempt finds out which.
                return Err(TaskError::IdConflict);
            }
        }
        let told: Vec<_> = tasks
            .iter()
            .map(|task| (Self::activity(caller, None, task), Self::streams(None, task), task))
            .collect();
        self.outbox.tell_all(db, &told).await?;
        tasks.sort_by(|one, other| (&one.assignee.name, one.id).cmp(&(&other.assignee.name, other.id)));
        Ok((Batch::of(new.id, tasks), true))
    }

    /// The tasks of a batch the caller may see.
    pub async fn batch(&self, caller: &Caller, id: BatchId) -> Result<Batch, TaskError> {
        let tasks = store::of_batch(&mut self.db.read().await?, caller, id).await?;
        if tasks.is_empty() { Err(TaskError::BatchNotFound) } else { Ok(Batch::of(id, tasks)) }
    }
}

fn task_id(batch: BatchId, assignee: &ekenko_domain::employee::EmployeeRef) -> TaskId {
    TaskId(derived(batch.0, assignee.id.0.as_bytes()))
}
