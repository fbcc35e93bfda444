//! The index of texts: which locations hold a text, without looking at the others.
//!
//! It knows which three characters in a row a location's text has, so it finds some too many; LIKE has the last word.

use ekenko_domain::{customer::Location, geo::chord_squared, id::OrganisationId};

use super::{
    find::{Around, NearRow, Only, Place, fits, measured, nearest, page_by_name, wide},
    store::{LocationRow, columns},
};
use crate::{
    db::{Access, Conn, On, StoreError, query},
    identity::Caller,
};

/// The statements of one way to ask.
struct Index {
    count: &'static str,
    by_name: &'static str,
    near: [&'static str; 2],
}

/// `$count` counts what holds the trigrams `$1`, `$2` at most; `$found` are these locations for the trigrams `$11` by
/// name and `$15` around a point.
macro_rules! index {
    ($count:expr, $by_name:expr, $near:expr) => {
        Index {
            count: concat!("SELECT COUNT(*) FROM (", $count, " LIMIT $2) n"),
            by_name: page_by_name!(
                "SELECT t.id FROM (",
                $by_name,
                ") t WHERE (t.name, t.id) > ($2, $3) AND t.search LIKE $4 ESCAPE '\\'
                AND ($12 OR EXISTS (SELECT 1 FROM locations l WHERE l.organisation_id = $1 AND l.id = t.id ",
                fits!("$5", "$7", "$8", "$9", "$10"),
                ")) ORDER BY t.name, t.id LIMIT $6"
            ),
            near: [
                nearest!(wide, "", "(", $near, ") t CROSS JOIN locations l WHERE l.id = t.id"),
                nearest!(fits, "", "(", $near, ") t CROSS JOIN locations l WHERE l.id = t.id"),
            ],
        }
    };
}

// SQLite: three characters and more are trigrams, one or two are what trigrams begin with.
macro_rules! trigrams {
    ($key:literal) => {
        concat!("SELECT rowid AS number FROM location_trigrams WHERE location_trigrams MATCH ", $key)
    };
}
macro_rules! beginnings {
    ($key:literal) => {
        concat!(
            "SELECT DISTINCT doc AS number FROM location_vocabulary
            WHERE term >= ",
            $key,
            " AND term <= ",
            $key,
            " || char(1114111, 1114111)"
        )
    };
}
macro_rules! texts {
    ($numbers:expr) => {
        concat!(
            "SELECT x.location_id AS id, x.name, x.search FROM (",
            $numbers,
            ") f CROSS JOIN location_texts x WHERE x.number = f.number AND x.organisation_id = $1"
        )
    };
}
const SQLITE: Index = index!(trigrams!("$1"), texts!(trigrams!("$11")), texts!(trigrams!("$15")));
const SQLITE_SHORT: Index = index!(beginnings!("$1"), texts!(beginnings!("$11")), texts!(beginnings!("$15")));

// PostgreSQL: the organisation is part of each trigram; the planner is kept from looking through names instead.
macro_rules! places {
    ($key:literal, $wall:literal) => {
        concat!(
            "SELECT id, name, search FROM locations WHERE location_trigrams(organisation_id, search) @@ ",
            $key,
            "::tsquery",
            $wall
        )
    };
}
const POSTGRES: Index = index!(
    places!("$1", ""),
    places!("$11", " AND organisation_id = $1 OFFSET 0"),
    places!("$15", " AND organisation_id = $1 OFFSET 0")
);

/// Characters in a row that an index entry holds.
const LENGTH: usize = 3;

/// Some of a text's trigrams that together hold all its characters.
fn trigrams(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let last = chars.windows(LENGTH).last();
    let mut trigrams: Vec<String> = chars.chunks_exact(LENGTH).chain(last).map(String::from_iter).collect();
    trigrams.dedup();
    trigrams
}

fn is_short(text: &str) -> bool {
    text.chars().count() < LENGTH
}

fn sqlite_key(text: &str) -> String {
    if is_short(text) {
        // As FTS5 writes what it takes for no characters.
        return text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}");
    }
    let quoted = |trigram: String| format!("\"{}\"", trigram.replace('"', "\"\""));
    trigrams(text).into_iter().map(quoted).collect::<Vec<_>>().join(" AND ")
}

fn postgres_key(organisation: OrganisationId, text: &str) -> String {
    let organisation = organisation.to_string();
    let mark = &organisation[organisation.len() - 12..];
    let quoted = |text: &str| format!("'{mark}{}'", text.replace('\\', r"\\").replace('\'', "''"));
    if is_short(text) {
        return quoted(text) + ":*";
    }
    trigrams(text).iter().map(|trigram| quoted(trigram)).collect::<Vec<_>>().join(" & ")
}

fn ask(db: &mut impl Access, caller: &Caller, text: &str) -> (Index, String) {
    match db.conn() {
        Conn::Sqlite(_) if is_short(text) => (SQLITE_SHORT, sqlite_key(text)),
        Conn::Sqlite(_) => (SQLITE, sqlite_key(text)),
        Conn::Postgres(_) => (POSTGRES, postgres_key(caller.organisation.id, text)),
    }
}

/// Whether more than `most` locations may hold the text. On SQLite those of other organisations count too.
pub async fn is_common(
    db: &mut impl Access,
    caller: &Caller,
    text: &str,
    most: i64,
) -> Result<bool, StoreError> {
    let (index, key) = ask(db, caller, text);
    let (count,) =
        query!(db, fetch_one as (i64,), index.count, key.as_str(), most + 1).on("location texts")?;
    Ok(count > most)
}

/// Locations that hold the text, by name after `after`, whoever looks after them.
pub async fn by_name(
    db: &mut impl Access,
    caller: &Caller,
    only: &Only,
    after: &Place,
    limit: i64,
) -> Result<Vec<Location>, StoreError> {
    let (index, key) = ask(db, caller, &only.text);
    let (grade, status, province, team, company) = only.narrow.binds();
    let rows = query!(
        db,
        fetch_all as LocationRow,
        index.by_name,
        caller.organisation.id.0,
        &after.0,
        after.1,
        only.pattern(),
        grade,
        limit,
        status,
        province,
        team,
        company,
        key.as_str(),
        only.narrow.is_wide()
    )
    .on("locations")?;
    Ok(rows.into_iter().map(Location::from).collect())
}

/// The same, nearest first, each with its chord.
pub async fn near(
    db: &mut impl Access,
    caller: &Caller,
    around: &Around,
    only: &Only,
    limit: i64,
) -> Result<Vec<(Location, f64)>, StoreError> {
    let (index, key) = ask(db, caller, &only.text);
    let [x, y, z] = around.at.unit_vector();
    let (grade, status, province, team, company) = only.narrow.binds();
    let rows = query!(
        db,
        fetch_all as NearRow,
        index.near[usize::from(only.narrow.is_narrow())],
        caller.organisation.id.0,
        x,
        y,
        z,
        only.pattern(),
        grade,
        chord_squared(around.radius_m),
        around.after.0,
        around.after.1,
        limit,
        status,
        province,
        team,
        company,
        key.as_str()
    )
    .on("locations")?;
    Ok(measured(rows, around.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_hold_every_character_of_a_text() {
        for (text, expected) in [
            ("ร้า", &["ร้า"][..]),
            ("ร้าน", &["ร้า", "้าน"]),
            ("abcde", &["abc", "cde"]),
            ("abcdef", &["abc", "def"]),
        ] {
            assert_eq!(trigrams(text), expected);
        }
    }

    #[test]
    fn what_an_index_is_asked_is_never_taken_for_its_language() {
        assert_eq!(sqlite_key("a\"b OR"), "\"a\"\"b\" AND \" OR\"");
        assert_eq!(sqlite_key("a*"), "a*");
        let organisation = OrganisationId(uuid::Uuid::from_u128(0xabc));
        assert_eq!(postgres_key(organisation, "o'\\c"), r"'000000000abco''\\' & '000000000abc''\\c'");
        assert_eq!(postgres_key(organisation, "&"), "'000000000abc&':*");
    }
}
