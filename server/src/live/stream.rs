//! Streams in the database: appending, reading on, trimming.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    event::{Event, Kind, Offsets, Stream},
    id::{EventId, OrganisationId},
};
use serde_json::json;
use uuid::Uuid;

use super::frame::Frame;
use crate::{
    context::{Outside, new_id},
    db::{Access, On, StoreError, Write, query},
    identity::Caller,
    page::Before,
};

fn encode(event: &RawEvent) -> Frame {
    // By hand: `data` is JSON already and must reach watchers as it was stored, byte for byte.
    let text = format!(
        r#"{{"event":{{"stream":"{}","offset":{},"id":"{}","kind":"{}","at":"{}","data":{}}}}}"#,
        event.stream,
        event.offset,
        event.id,
        event.kind.code(),
        event.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        event.data
    );
    Frame::new(event.stream, event.offset, &text)
}

struct RawEvent<'a> {
    stream: Stream,
    offset: i64,
    id: EventId,
    kind: Kind,
    at: DateTime<Utc>,
    data: &'a str,
}

/// Two transactions that append to the same stream wait for each other here, so commit order is offset order and no
/// offset is ever seen before the one below it. Streams come as a JSON list, which each engine takes apart in its own way:
/// an announcement may be for thousands.
macro_rules! next {
    ($names:literal) => {
        concat!(
            "INSERT INTO streams (organisation_id, stream, head, trimmed, changed_at) SELECT $1, value, 1, 0, $3 FROM ",
            $names,
            " WHERE TRUE ON CONFLICT (organisation_id, stream)
            DO UPDATE SET head = streams.head + 1, changed_at = excluded.changed_at RETURNING stream, head"
        )
    };
}
const NEXT_SQLITE: &str = next!("json_each($2)");
const NEXT_POSTGRES: &str = next!("jsonb_array_elements_text($2::JSONB)");
macro_rules! insert {
    ($stream:literal, $offset:literal, $places:literal) => {
        concat!(
            "INSERT INTO events (organisation_id, stream, position, id, kind, at, data) SELECT $1, ",
            $stream,
            ", ",
            $offset,
            ", $3, $4, $5, $6 FROM ",
            $places
        )
    };
}
const INSERT_SQLITE: &str =
    insert!("json_extract(value, '$[0]')", "json_extract(value, '$[1]')", "json_each($2)");
const INSERT_POSTGRES: &str =
    insert!("value ->> 0", "(value ->> 1)::BIGINT", "jsonb_array_elements($2::JSONB)");

/// Appends one event to each of `streams`, to one named twice once, in the caller's transaction. The frames go to the hub after the commit.
pub async fn append(
    db: &mut Write,
    outside: &dyn Outside,
    organisation: OrganisationId,
    streams: &[Stream],
    kind: Kind,
    data: &impl serde::Serialize,
) -> Result<Vec<Frame>, StoreError> {
    let id = EventId(new_id(outside));
    let at = outside.now();
    let data = serde_json::to_string(data).map_err(|error| StoreError::Corrupt {
        table: "events",
        column: "data",
        value: error.to_string(),
    })?;
    let each: BTreeSet<_> = streams.iter().copied().collect();
    let next = db.either(NEXT_SQLITE, NEXT_POSTGRES);
    let places = query!(db, fetch_all as (String, i64), next, organisation.0, json!(each).to_string(), at)
        .on("streams")?;
    let insert = db.either(INSERT_SQLITE, INSERT_POSTGRES);
    let listed = json!(places).to_string();
    query!(db, execute, insert, organisation.0, listed, id.0, kind.code(), at, &data).on("events")?;
    let frame = |(stream, offset): (String, i64)| {
        let stream = named("streams", &stream)?;
        Ok(encode(&RawEvent { stream, offset, id, kind, at, data: &data }))
    };
    places.into_iter().map(frame).collect()
}

/// A stream as a table names it.
fn named(table: &'static str, stream: &str) -> Result<Stream, StoreError> {
    let corrupt = |_| StoreError::Corrupt { table, column: "stream", value: stream.to_owned() };
    stream.parse().map_err(corrupt)
}

const OF_KIND: &str = "SELECT stream, position, id, at, data FROM events
    WHERE organisation_id = $1 AND kind = $2 AND (at < $3 OR (at = $3 AND id < $4)) AND (stream NOT LIKE 'employee:%' OR stream = $5)
    ORDER BY at DESC, id DESC LIMIT $6";

/// Events of one kind before (`time`, `id`), latest first, in the caller's own stream, whatever team's, or the
/// organisation's; one that stands in several comes as often.
pub async fn of_kind(
    db: &mut impl Access,
    caller: &Caller,
    kind: Kind,
    before: Before,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (String, i64, Uuid, DateTime<Utc>, String),
        OF_KIND,
        caller.organisation.id.0,
        kind.code(),
        before.0,
        before.1,
        Stream::Employee(caller.employee.id).to_string(),
        limit
    )
    .on("events")?;
    rows.into_iter()
        .map(|(stream, offset, id, at, data)| {
            let corrupt = |column, value| StoreError::Corrupt { table: "events", column, value };
            Ok(Event {
                stream: named("events", &stream)?,
                offset,
                id: EventId(id),
                kind,
                at,
                data: serde_json::from_str(&data).map_err(|error| corrupt("data", error.to_string()))?,
            })
        })
        .collect()
}

const HEAD: &str = "SELECT head, trimmed FROM streams WHERE organisation_id = $1 AND stream = $2";

/// The last offset given out and the last one no longer kept; zeros for a stream without events.
pub async fn head(
    db: &mut impl Access,
    organisation: OrganisationId,
    stream: Stream,
) -> Result<(i64, i64), StoreError> {
    Ok(query!(db, fetch_optional as (i64, i64), HEAD, organisation.0, stream.to_string())
        .on("streams")?
        .unwrap_or_default())
}

macro_rules! heads {
    ($names:literal) => {
        concat!(
            "SELECT s.stream, s.head FROM ",
            $names,
            " JOIN streams s ON s.organisation_id = $1 AND s.stream = names.value"
        )
    };
}
const HEADS_SQLITE: &str = heads!("json_each($2) names");
const HEADS_POSTGRES: &str = heads!("jsonb_array_elements_text($2::JSONB) names (value)");

/// The heads of several streams, however many.
pub async fn heads(
    db: &mut impl Access,
    organisation: OrganisationId,
    streams: &[Stream],
) -> Result<Offsets, StoreError> {
    let heads = db.either(HEADS_SQLITE, HEADS_POSTGRES);
    let rows = query!(db, fetch_all as (String, i64), heads, organisation.0, json!(streams).to_string())
        .on("streams")?;
    let mut heads: Offsets = streams.iter().map(|stream| (*stream, 0)).collect();
    for (stream, head) in rows {
        heads.insert(named("streams", &stream)?, head);
    }
    Ok(heads)
}

/// The heads of all that somebody may watch.
pub async fn heads_of(db: &mut impl Access, caller: &Caller) -> Result<Offsets, StoreError> {
    let streams = caller.streams(db).await?;
    heads(db, caller.organisation.id, &streams).await
}

const AFTER: &str = "SELECT position, id, kind, at, data FROM events
    WHERE organisation_id = $1 AND stream = $2 AND position > $3 ORDER BY position LIMIT $4";

/// Events after `offset`, oldest first, at most `limit`.
pub async fn after(
    db: &mut impl Access,
    organisation: OrganisationId,
    stream: Stream,
    offset: i64,
    limit: i64,
) -> Result<Vec<Frame>, StoreError> {
    let rows = query!(
        db,
        fetch_all as (i64, Uuid, String, DateTime<Utc>, String),
        AFTER,
        organisation.0,
        stream.to_string(),
        offset,
        limit
    )
    .on("events")?;
    Ok(rows
        .into_iter()
        .map(|(offset, id, kind, at, data)| {
            let kind = Kind::from_code(&kind).unwrap_or(Kind::Unknown);
            encode(&RawEvent { stream, offset, id: EventId(id), kind, at, data: &data })
        })
        .collect())
}

const CHANGED: &str = "SELECT stream, head FROM streams WHERE changed_at >= $1";

/// Streams of every organisation that grew since `since`, with their heads.
pub async fn changed_since(
    db: &mut impl Access,
    since: DateTime<Utc>,
) -> Result<Vec<(Stream, i64)>, StoreError> {
    let rows = query!(db, fetch_all as (String, i64), CHANGED, since).on("streams")?;
    rows.into_iter().map(|(stream, head)| Ok((named("streams", &stream)?, head))).collect()
}

const MARK_TRIMMED: &str = "UPDATE streams SET trimmed =
    (SELECT MAX(position) FROM events e WHERE e.organisation_id = streams.organisation_id AND e.stream = streams.stream AND e.at < $1)
    WHERE EXISTS
    (SELECT 1 FROM events e WHERE e.organisation_id = streams.organisation_id AND e.stream = streams.stream AND e.at < $1)";
const TRIM: &str = "DELETE FROM events WHERE position <=
    (SELECT trimmed FROM streams s WHERE s.organisation_id = events.organisation_id AND s.stream = events.stream)";

/// Forgets events from before `before`; who asks for them later is told to reload. Gives the number forgotten.
pub async fn trim(db: &mut Write, before: DateTime<Utc>) -> Result<u64, StoreError> {
    query!(db, execute, MARK_TRIMMED, before).on("streams")?;
    query!(db, execute, TRIM).on("events")
}
