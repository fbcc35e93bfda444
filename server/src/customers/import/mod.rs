//! Customer locations from CSV and from Excel workbooks.

mod known;
mod row;
mod table;
mod there;

use std::collections::HashMap;

use ekenko_domain::{
    customer::{BadRow, ImportReport},
    event::{Kind, Stream},
    id::{EmployeeId, LocationId},
    import::{Field, ImportPreview, Mapping, PreviewColumn},
};
use serde_json::json;

use self::{
    row::Row,
    table::Table,
    there::{Seen, There},
};
use super::{Customers, store};
use crate::{activity::Activity, context::new_id, db::StoreError, identity::Caller};

/// The largest file taken, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Rows taken in one transaction: whoever else writes, a check-in on SQLite above all, waits no longer than these take.
const PIECE: usize = 1000;

/// Cells of a column shown before an import.
const SAMPLES: usize = 5;

/// Why a file as a whole was refused.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no header, or it lacks a column that is needed.
    #[error("the first line must name the columns; missing: {0}")]
    Columns(String),
    /// The header names a column twice.
    #[error("the header names the column {0} twice")]
    Twice(String),
    /// A field is to be read from a column that is not there.
    #[error("there is no column {0}")]
    NoColumn(usize),
    /// UTF-16 or another encoding.
    #[error("the file must be CSV in UTF-8 or an Excel workbook; in Excel choose «CSV UTF-8»")]
    Encoding,
    /// A workbook that cannot be read.
    #[error("the Excel workbook cannot be read: save it as .xlsx without a password")]
    Workbook,
    /// The file could not be looked at.
    #[error("the file could not be read: {0}")]
    Failed(String),
    /// The database failed; rows taken before are kept.
    #[error("{0}; rows taken before are kept, and the same file again takes the rest")]
    Store(#[from] StoreError),
}

/// Told as rows are done: how many, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// Whom a file may name as looking after customers: folded names and addresses; `None` for a name several have.
pub type Owners = HashMap<String, Option<EmployeeId>>;

/// How a file is read.
#[derive(Default)]
pub struct Reading {
    /// Which columns hold what; as their heads tell when nobody said.
    pub mapping: Option<Mapping>,
    /// Whom it may name.
    pub owners: Owners,
}

struct Parsed {
    rows: Vec<Row>,
    bad_rows: Vec<BadRow>,
    ignored_columns: Vec<String>,
    total: usize,
}

/// Which columns hold what, as asked or as their heads tell.
fn mapped(heads: &[String], asked: Option<Mapping>) -> Result<Mapping, ImportError> {
    let mapping = match asked {
        Some(mapping) => mapping,
        None => {
            let mapping = Mapping::guess(heads);
            // Two columns of one very name: nobody can tell which is meant.
            let named =
                |field: Field| heads.iter().filter(move |head| head.eq_ignore_ascii_case(field.code()));
            if let Some(field) = Field::ALL.iter().copied().find(|field| named(*field).nth(1).is_some()) {
                return Err(ImportError::Twice(field.code().into()));
            }
            mapping
        }
    };
    if let Some(column) = mapping.0.values().find(|column| **column >= heads.len()) {
        return Err(ImportError::NoColumn(*column));
    }
    let missing: Vec<_> = mapping.missing().into_iter().map(Field::code).collect();
    if missing.is_empty() { Ok(mapping) } else { Err(ImportError::Columns(missing.join(", "))) }
}

fn parse(bytes: &[u8], reading: Reading) -> Result<Parsed, ImportError> {
    let Table { heads, rows, mut bad_rows } = Table::read(bytes)?;
    let mapping = mapped(&heads, reading.mapping)?;
    let ignored = heads.iter().enumerate().filter(|(at, _)| mapping.0.values().all(|column| column != at));
    let ignored_columns = ignored.map(|(_, head)| head.clone()).collect();
    let total = rows.len() + bad_rows.len();
    let mut good = Vec::with_capacity(rows.len());
    for (line, record) in rows {
        match row::read(&record, &mapping, heads.len(), &reading.owners) {
            Ok(row) => good.push(row),
            Err((field, reason)) => bad_rows.push(BadRow { line, field: field.into(), reason }),
        }
    }
    bad_rows.sort_by_key(|bad| bad.line);
    Ok(Parsed { rows: good, bad_rows, ignored_columns, total })
}

fn preview(bytes: &[u8]) -> Result<ImportPreview, ImportError> {
    let Table { heads, rows, bad_rows } = Table::read(bytes)?;
    let mapping = Mapping::guess(&heads);
    let total = rows.len() + bad_rows.len();
    let cell = |column: usize, record: &csv::ByteRecord| {
        String::from_utf8_lossy(record.get(column).unwrap_or_default()).trim().to_owned()
    };
    let column = |(at, head)| {
        let samples = rows.iter().take(SAMPLES).map(|(_, record)| cell(at, record)).collect();
        PreviewColumn { head, samples }
    };
    Ok(ImportPreview { columns: heads.into_iter().enumerate().map(column).collect(), mapping, rows: total })
}

/// Does something with a file that keeps a core busy for a while.
async fn busy<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(ImportError::Failed(error.to_string())),
    }
}

impl Customers {
    /// What a file holds, and which of its columns seem to hold what.
    pub async fn preview_import(&self, bytes: Vec<u8>) -> Result<ImportPreview, ImportError> {
        busy(move || preview(&bytes)).await
    }

    /// Takes a file's good rows as [`Customers::import_as`] does, its columns told by their heads, nobody named in it.
    pub async fn import(
        &self,
        caller: &Caller,
        bytes: &[u8],
        dry_run: bool,
        progress: Progress<'_>,
    ) -> Result<ImportReport, ImportError> {
        self.import_as(caller, bytes.to_vec(), Reading::default(), dry_run, progress).await
    }

    /// Takes a file's good rows and reports the bad ones; with `dry_run` it keeps nothing.
    /// A row that is there already, alike in every column, is left as it is, so the same file twice makes no doubles.
    /// A company is known by its taxpayer number, else by its name; what was not known of it is added, nothing replaced.
    /// Every [`PIECE`] rows are a transaction, told and noted by itself: a failure leaves those before it, and the same
    /// file again takes the rest.
    pub async fn import_as(
        &self,
        caller: &Caller,
        bytes: Vec<u8>,
        reading: Reading,
        dry_run: bool,
        progress: Progress<'_>,
    ) -> Result<ImportReport, ImportError> {
        let parsed = busy(move || parse(&bytes, reading)).await?;
        let total = parsed.rows.len();
        let mut untold = parsed.bad_rows.len();
        let mut report = ImportReport {
            dry_run,
            rows: parsed.total,
            bad_rows: parsed.bad_rows,
            ignored_columns: parsed.ignored_columns,
            ..ImportReport::default()
        };
        let mut seen = Seen::default();
        let mut rows = parsed.rows.into_iter();
        let mut snapshot = if dry_run { Some(self.db.snapshot().await?) } else { None };
        while rows.len() > 0 {
            let piece: Vec<Row> = rows.by_ref().take(PIECE).collect();
            let of = piece.len();
            let imported = match &mut snapshot {
                Some(db) => {
                    let there = There::read(db, caller.organisation.id, &piece).await?;
                    piece.iter().filter(|row| there.lacks(row, &mut seen)).count()
                }
                None => self.take(caller, piece, &mut seen, untold).await?,
            };
            if imported > 0 {
                untold = 0;
            }
            report.imported += imported;
            report.unchanged += of - imported;
            progress(total - rows.len(), total);
        }
        Ok(report)
    }

    /// Keeps some rows, and says how many of them were new. Where any was, it is told, with how many bad rows the file had
    /// that were not told yet.
    async fn take(
        &self,
        caller: &Caller,
        rows: Vec<Row>,
        seen: &mut Seen,
        bad_rows: usize,
    ) -> Result<usize, StoreError> {
        let organisation = caller.organisation.id;
        let mut db = self.db.begin().await?;
        store::lock_imports(&mut db, organisation).await?;
        let mut there = There::read(&mut db, organisation, &rows).await?;
        let (of, mut imported, now) = (rows.len(), 0, self.outside.now());
        for row in rows {
            if there.lacks(&row, seen) {
                imported += 1;
                let Row { mut location, pin, owner, company } = row;
                location.id = LocationId(new_id(&*self.outside));
                location.company = self.company_of(&mut db, caller, &mut there.companies, company).await?;
                store::insert_location(&mut db, organisation, &location, pin, owner, now).await?;
            }
        }
        if imported > 0 {
            let counts = json!({ "imported": imported, "unchanged": of - imported, "bad_rows": bad_rows });
            let activity = Activity::of(caller, Kind::CustomerImported, &counts);
            self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &counts).await?;
        }
        Ok(imported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Parsed, ImportError> {
        parse(bytes, Reading::default())
    }

    #[test]
    fn columns_are_found_by_their_names_in_any_order() {
        let csv = "\u{feff}LNG,Name,lat,colour,phone\n100.5,ร้านเจ๊หมวย,13.75,red,02-123-4567\n";
        let parsed = read(csv.as_bytes()).unwrap();
        assert_eq!(parsed.ignored_columns, ["colour"]);
        let row = &parsed.rows[0].location;
        assert_eq!(
            (row.name.as_str(), row.company.name.as_str(), row.phone.as_str()),
            ("ร้านเจ๊หมวย", "ร้านเจ๊หมวย", "02-123-4567")
        );
    }

    #[test]
    fn every_bad_row_says_its_line_field_and_reason() {
        let csv = b"name,lat,lng\n\"two\nlines\",13,100\n,13,100\nx,,100\nx,91,100\nx,nan,100\nx,13,east\nx,13,100,9\n\xff,13,100\nok,13,100\nshort\n";
        let parsed = read(csv).unwrap();
        let bad: Vec<_> =
            parsed.bad_rows.iter().map(|b| (b.line, b.field.as_str(), b.reason.as_str())).collect();
        insta::assert_debug_snapshot!(bad, @r#"
        [
            (
                2,
                "name",
                "must not contain control characters",
            ),
            (
                4,
                "name",
                "must not be empty",
            ),
            (
                5,
                "lat",
                "is missing",
            ),
            (
                6,
                "lat",
                "latitude must be between -90 and 90 degrees, not 91",
            ),
            (
                7,
                "lat",
                "latitude must be between -90 and 90 degrees, not NaN",
            ),
            (
                8,
                "lng",
                "is not a number: east",
            ),
            (
                9,
                "",
                "has 4 cells, the header has 3",
            ),
            (
                10,
                "name",
                "is not UTF-8 text",
            ),
            (
                12,
                "lat",
                "is missing",
            ),
        ]
        "#);
        assert_eq!(parsed.rows.len(), 1);
        assert_eq!(parsed.total, 10);
    }

    #[test]
    fn a_file_without_the_needed_columns_is_refused_whole() {
        assert!(matches!(read(b""), Err(ImportError::Columns(_))));
        assert_eq!(
            read(b"name,lat\nx,1\n").err().unwrap().to_string(),
            "the first line must name the columns; missing: lng"
        );
        assert!(matches!(read(b"name,lat,lng,LAT\n"), Err(ImportError::Twice(_))));
        assert!(matches!(
            read("\u{feff}name".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice()),
            Err(ImportError::Encoding)
        ));
    }
}
