//! Reading the log.

use chrono::{DateTime, Utc};
use ekenko_domain::{activity::Entry, employee::EmployeeRef, event::Kind, id::EmployeeId};
use uuid::Uuid;

use crate::{
    db::{Access, On, StoreError, query},
    identity::{Caller, wall},
    page::{self, BadCursor},
};

/// Which lines are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only what this person did.
    pub employee: Option<EmployeeId>,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only what was done to this: an id as a rule.
    pub subject: Option<String>,
    /// Only from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub to: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: Uuid,
    position: i64,
    at: DateTime<Utc>,
    employee_id: Uuid,
    name: Option<String>,
    kind: String,
    subject: String,
    origin: String,
    old_data: Option<String>,
    new_data: Option<String>,
}

/// An admin and an analyst read all, also what Ekenko did of itself; others what the people did whom they may see.
const LIST: &str = concat!(
    "SELECT a.id, a.position, a.at, a.employee_id, n.name, a.kind, a.subject, a.origin, a.old_data, a.new_data FROM activities a
    LEFT JOIN employees n ON n.organisation_id = a.organisation_id AND n.id = a.employee_id
    WHERE a.organisation_id = $1 AND ($2 IN ('admin', 'analyst') OR a.employee_id IN (SELECT e.id FROM employees e ",
    wall!("e", "id"),
    ")) AND ($4 = FALSE OR a.employee_id = $5) AND ($6 = '' OR a.kind = $6) AND ($7 = '' OR a.subject = $7)
    AND a.at >= $8 AND (a.at, a.position, a.id) < ($9, $10, $11)
    ORDER BY a.at DESC, a.position DESC, a.id DESC LIMIT $12"
);

/// A line's place in the list: when, its place in the chain, and its id for those of before there was one.
type Key = (i64, i64, Uuid);

/// Where the list goes on after `cursor`.
pub fn before(cursor: Option<&str>) -> Result<(DateTime<Utc>, i64, Uuid), BadCursor> {
    let Some(cursor) = cursor else { return Ok((page::NEWEST.0, i64::MAX, Uuid::max())) };
    let (micros, position, id): Key = page::read(cursor)?;
    let at = DateTime::from_timestamp_micros(micros).ok_or(BadCursor)?;
    if (DateTime::UNIX_EPOCH..=page::NEWEST.0).contains(&at) {
        Ok((at, position, id))
    } else {
        Err(BadCursor)
    }
}

/// What was done before that, latest first.
pub async fn list(
    db: &mut impl Access,
    caller: &Caller,
    filter: &Filter,
    before: (DateTime<Utc>, i64, Uuid),
    limit: i64,
) -> Result<Vec<(Key, Entry)>, StoreError> {
    let before = filter.to.map_or(before, |to| before.min((to, i64::MIN, Uuid::nil())));
    let (organisation, role, me) = caller.wall();
    let rows = query!(
        db,
        fetch_all as EntryRow,
        LIST,
        organisation,
        role,
        me,
        filter.employee.is_some(),
        filter.employee.map_or(Uuid::nil(), |employee| employee.0),
        filter.kind.map_or("", Kind::code),
        filter.subject.as_deref().unwrap_or_default(),
        filter.from.unwrap_or(DateTime::UNIX_EPOCH),
        before.0,
        before.1,
        before.2,
        limit
    )
    .on("activities")?;
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(rows
        .into_iter()
        .map(|row| {
            let key = (row.at.timestamp_micros(), row.position, row.id);
            let entry = Entry {
                id: row.id.to_string(),
                at: row.at,
                by: row.name.map(|name| EmployeeRef { id: EmployeeId(row.employee_id), name }),
                kind: Kind::from_code(&row.kind).unwrap_or(Kind::Unknown),
                subject: row.subject,
                origin: row.origin,
                before: json(row.old_data),
                after: json(row.new_data),
            };
            (key, entry)
        })
        .collect())
}
