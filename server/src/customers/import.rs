//! Customer locations from CSV.

use std::collections::HashMap;

use ekenko_domain::{
    customer::{BadRow, CompanyRef, DEFAULT_RADIUS_M, Grade, ImportReport, Location},
    event::{Kind, Stream},
    geo::{OutOfRange, Position},
    id::{CompanyId, LocationId},
    text::{Line, Name},
};
use serde_json::json;
use uuid::Uuid;

use super::{Customers, store};
use crate::{activity::Activity, context::new_id, db::StoreError, identity::Caller};

/// The largest file taken, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

const COLUMNS: [&str; 10] =
    ["name", "company", "address", "district", "province", "postcode", "phone", "lat", "lng", "grade"];

/// Why a file as a whole was refused.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no header, or it lacks a column that is needed.
    #[error("the first line must name the columns; missing: {0}")]
    Columns(String),
    /// The header names a column twice.
    #[error("the header names the column {0} twice")]
    Twice(String),
    /// UTF-16 or another encoding.
    #[error("the file must be CSV in UTF-8; in Excel choose «CSV UTF-8»")]
    Encoding,
    /// The database failed; nothing was kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Told as rows are done: how many, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// What makes two rows the same location: every column of its own, company first.
type Key = ([String; 7], [u64; 2]);

fn key(l: &Location) -> Key {
    let texts = [&l.company.name, &l.name, &l.address, &l.district, &l.province, &l.postcode, &l.phone];
    // + 0.0: SQLite does not keep the sign of zero.
    (texts.map(Clone::clone), [(l.lat + 0.0).to_bits(), (l.lng + 0.0).to_bits()])
}

struct Parsed {
    /// Ids are still nil.
    rows: Vec<(Location, Position)>,
    bad_rows: Vec<BadRow>,
    ignored_columns: Vec<String>,
    total: usize,
}

fn parse(bytes: &[u8]) -> Result<Parsed, ImportError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ImportError::Encoding);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let headers = reader.byte_headers().map_err(|_| ImportError::Encoding)?.clone();
    let mut columns: HashMap<&str, usize> = HashMap::new();
    let mut ignored_columns = Vec::new();
    for (at, header) in headers.iter().enumerate() {
        let header = std::str::from_utf8(header).map_err(|_| ImportError::Encoding)?.trim();
        match COLUMNS.iter().find(|column| column.eq_ignore_ascii_case(header)) {
            Some(column) if columns.insert(column, at).is_some() => {
                return Err(ImportError::Twice((*column).into()));
            }
            Some(_) => {}
            None => ignored_columns.push(header.to_owned()),
        }
    }
    let missing: Vec<_> = ["name", "lat", "lng"].into_iter().filter(|c| !columns.contains_key(c)).collect();
    if !missing.is_empty() {
        return Err(ImportError::Columns(missing.join(", ")));
    }
    let mut parsed = Parsed { rows: Vec::new(), bad_rows: Vec::new(), ignored_columns, total: 0 };
    for record in reader.byte_records() {
        parsed.total += 1;
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match row(&record, &columns, headers.len()) {
                    Ok(row) => parsed.rows.push(row),
                    Err((field, reason)) => {
                        parsed.bad_rows.push(BadRow { line, field: field.into(), reason })
                    }
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                parsed.bad_rows.push(BadRow { line, field: String::new(), reason: error.to_string() });
            }
        }
    }
    Ok(parsed)
}

fn row(
    record: &csv::ByteRecord,
    columns: &HashMap<&str, usize>,
    width: usize,
) -> Result<(Location, Position), (&'static str, String)> {
    if record.len() > width {
        return Err(("", format!("has {} cells, the header has {width}", record.len())));
    }
    let cell = |column: &'static str| -> Result<&str, (&'static str, String)> {
        let bytes = columns.get(column).and_then(|&at| record.get(at)).unwrap_or_default();
        std::str::from_utf8(bytes).map(str::trim).map_err(|_| (column, "is not UTF-8 text".into()))
    };
    let number = |column: &'static str| -> Result<f64, (&'static str, String)> {
        match cell(column)? {
            "" => Err((column, "is missing".into())),
            text => text.parse().map_err(|_| (column, format!("is not a number: {}", short(text)))),
        }
    };
    let line = |column: &'static str| -> Result<String, (&'static str, String)> {
        match cell(column)? {
            "" => Ok(String::new()),
            text => Line::parse(text).map(String::from).map_err(|e| (column, e.to_string())),
        }
    };
    let name = Name::parse(cell("name")?).map_err(|e| ("name", e.to_string()))?;
    let company = match cell("company")? {
        "" => name.clone(),
        text => Name::parse(text).map_err(|e| ("company", e.to_string()))?,
    };
    let (lat, lng) = (number("lat")?, number("lng")?);
    let pin = Position {
        lat: lat.try_into().map_err(|e: OutOfRange| ("lat", e.to_string()))?,
        lng: lng.try_into().map_err(|e: OutOfRange| ("lng", e.to_string()))?,
    };
    let location = Location {
        id: LocationId(Uuid::nil()),
        name: name.into(),
        company: CompanyRef { id: CompanyId(Uuid::nil()), name: company.into() },
        address: line("address")?,
        district: line("district")?,
        province: line("province")?,
        postcode: line("postcode")?,
        phone: line("phone")?,
        lat,
        lng,
        radius_m: DEFAULT_RADIUS_M,
        grade: match cell("grade")? {
            "" => None,
            text => {
                let grade = Grade::from_code(&text.to_lowercase());
                Some(grade.ok_or_else(|| ("grade", "must be A, B or C".to_owned()))?)
            }
        },
        distance_m: None,
    };
    Ok((location, pin))
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Customers {
    /// Takes a CSV file's good rows, all in one transaction, and reports the bad ones; with `dry_run` it keeps nothing.
    /// A row that is there already, alike in every column, is left as it is, so the same file twice makes no doubles.
    pub async fn import(
        &self,
        caller: &Caller,
        bytes: &[u8],
        dry_run: bool,
        progress: Progress<'_>,
    ) -> Result<ImportReport, ImportError> {
        let parsed = parse(bytes)?;
        let organisation = caller.organisation.id;
        let mut report = ImportReport {
            dry_run,
            rows: parsed.total,
            bad_rows: parsed.bad_rows,
            ignored_columns: parsed.ignored_columns,
            ..ImportReport::default()
        };
        let mut db = self.db.begin().await?;
        let mut there: HashMap<Key, usize> = HashMap::new();
        for location in store::all(&mut db, organisation).await? {
            *there.entry(key(&location)).or_default() += 1;
        }
        let mut companies: HashMap<String, CompanyRef> = store::companies(&mut db, organisation)
            .await?
            .into_iter()
            .map(|company| (company.name.clone(), company))
            .collect();
        let now = self.outside.now();
        let total = parsed.rows.len();
        for (done, (mut location, pin)) in parsed.rows.into_iter().enumerate() {
            match there.get_mut(&key(&location)) {
                Some(copies) if *copies > 0 => {
                    *copies -= 1;
                    report.unchanged += 1;
                }
                _ => {
                    report.imported += 1;
                    if !dry_run {
                        location.id = LocationId(new_id(&*self.outside));
                        location.company = match companies.get(&location.company.name) {
                            Some(company) => company.clone(),
                            None => {
                                let id = CompanyId(new_id(&*self.outside));
                                let company = CompanyRef { id, name: location.company.name };
                                store::insert_company(&mut db, organisation, &company, location.grade, now)
                                    .await?;
                                companies.insert(company.name.clone(), company.clone());
                                company
                            }
                        };
                        store::insert_location(&mut db, organisation, &location, pin, now).await?;
                    }
                }
            }
            if done % 100 == 99 {
                progress(done + 1, total);
            }
        }
        progress(total, total);
        if dry_run || report.imported == 0 {
            return Ok(report);
        }
        let counts = json!({ "imported": report.imported, "unchanged": report.unchanged, "bad_rows": report.bad_rows.len() });
        let activity = Activity::of(caller, Kind::CustomerImported, &counts);
        self.outbox.tell(db, &activity, &[Stream::Org(organisation)], &counts).await?;
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_names_in_any_order() {
        let csv = "\u{feff}LNG,Name,lat,colour,phone\n100.5,ร้านเจ๊หมวย,13.75,red,02-123-4567\n";
        let parsed = parse(csv.as_bytes()).unwrap();
        assert_eq!(parsed.ignored_columns, ["colour"]);
        let (row, _) = &parsed.rows[0];
        assert_eq!(
            (row.name.as_str(), row.company.name.as_str(), row.phone.as_str()),
            ("ร้านเจ๊หมวย", "ร้านเจ๊หมวย", "02-123-4567")
        );
    }

    #[test]
    fn every_bad_row_says_its_line_field_and_reason() {
        let csv = b"name,lat,lng\n\"two\nlines\",13,100\n,13,100\nx,,100\nx,91,100\nx,nan,100\nx,13,east\nx,13,100,9\n\xff,13,100\nok,13,100\nshort\n";
        let parsed = parse(csv).unwrap();
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
        assert!(matches!(parse(b""), Err(ImportError::Columns(_))));
        assert_eq!(
            parse(b"name,lat\nx,1\n").err().unwrap().to_string(),
            "the first line must name the columns; missing: lng"
        );
        assert!(matches!(parse(b"name,lat,lng,LAT\n"), Err(ImportError::Twice(_))));
        assert!(matches!(
            parse("\u{feff}name".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice()),
            Err(ImportError::Encoding)
        ));
    }
}
