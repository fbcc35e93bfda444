//! Whose device was heard of when. Noted in memory with every request and frame, written down together every some seconds:
//! one statement, however many people there are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use ekenko_domain::{
    board::{Seen, SeenRep},
    employee::Role,
    id::EmployeeId,
};
use uuid::Uuid;

use super::{Caller, Identity, wall};
use crate::{
    context::lock,
    db::{Access, On, StoreError, query},
};

/// How often it is written down.
const EVERY: Duration = Duration::from_secs(10);

/// Who was heard of since it was last written down.
pub type Heard = Mutex<HashMap<(Uuid, Uuid), DateTime<Utc>>>;

// Rows come as one JSON text, which each engine takes apart in its own way.
const WRITE_SQLITE: &str = "INSERT INTO presence (organisation_id, employee_id, seen_at)
    SELECT unhex(value ->> 0, '-'), unhex(value ->> 1, '-'), value ->> 2 FROM json_each($1) WHERE TRUE
    ON CONFLICT (organisation_id, employee_id) DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at > presence.seen_at";
const WRITE_POSTGRES: &str = "INSERT INTO presence (organisation_id, employee_id, seen_at)
    SELECT (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::timestamptz FROM jsonb_array_elements($1::jsonb) ORDER BY 1, 2
    ON CONFLICT (organisation_id, employee_id) DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at > presence.seen_at";

const SEEN: &str = concat!(
    "SELECT p.employee_id, p.seen_at FROM employees e
    JOIN presence p ON p.organisation_id = e.organisation_id AND p.employee_id = e.id ",
    wall!("e", "id"),
    "AND e.role = 'rep' AND e.active = TRUE"
);

impl Identity {
    /// Notes that somebody's device was heard of just now. Only reps are watched over.
    pub fn heard(&self, caller: &Caller) {
        if caller.role == Role::Rep {
            let who = (caller.organisation.id.0, caller.employee.id.0);
            lock(&self.heard).insert(who, self.outside.now());
        }
    }

    /// Writes down who was heard of, every some seconds.
    pub async fn keep_presence(self: Arc<Self>) {
        let mut every = tokio::time::interval(EVERY);
        loop {
            every.tick().await;
            if let Err(error) = self.keep_presence_once().await {
                tracing::error!(%error, "who was heard of could not be written down");
            }
        }
    }

    /// Writes down who was heard of since it was last done.
    pub async fn keep_presence_once(&self) -> Result<(), StoreError> {
        let heard = std::mem::take(&mut *lock(&self.heard));
        if heard.is_empty() {
            return Ok(());
        }
        // As the engine's own times are written, so that they compare as text.
        let text = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let rows: Vec<_> =
            heard.iter().map(|((organisation, id), at)| (organisation, id, text(at))).collect();
        let rows = serde_json::to_string(&rows).map_err(|error| StoreError::Corrupt {
            table: "presence",
            column: "seen_at",
            value: error.to_string(),
        })?;
        let mut db = self.db.begin().await?;
        let sql = db.either(WRITE_SQLITE, WRITE_POSTGRES);
        query!(&mut db, execute, sql, &rows).on("presence")?;
        db.commit().await
    }

    /// When the reps the caller may see were last heard of, in somebody's snapshot.
    pub async fn seen(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<EmployeeId, DateTime<Utc>>, StoreError> {
        let (organisation, role, me) = caller.wall();
        let rows =
            query!(db, fetch_all as (Uuid, DateTime<Utc>), SEEN, organisation, role, me).on("presence")?;
        Ok(rows.into_iter().map(|(id, at)| (EmployeeId(id), at)).collect())
    }

    /// The same as an answer of its own.
    pub async fn presence(&self, caller: &Caller) -> Result<Seen, StoreError> {
        let seen = self.seen(&mut self.db.read().await?, caller).await?;
        let mut reps: Vec<_> =
            seen.into_iter().map(|(employee_id, seen_at)| SeenRep { employee_id, seen_at }).collect();
        reps.sort_by_key(|rep| rep.employee_id);
        Ok(Seen { at: self.outside.now(), reps })
    }
}
