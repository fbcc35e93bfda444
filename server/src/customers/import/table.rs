//! A file as rows of cells, whether it is CSV or an Excel workbook.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use csv::ByteRecord;
use ekenko_domain::customer::BadRow;

use super::ImportError;

/// What an Excel workbook, like any ZIP archive, begins with.
const ZIP: &[u8] = b"PK\x03\x04";

/// The cells of a file.
pub struct Table {
    /// What the first row says.
    pub heads: Vec<String>,
    /// The rows after it, each with the line it begins at, the first row being line 1.
    pub rows: Vec<(u64, ByteRecord)>,
    /// Rows that cannot even be told apart.
    pub bad_rows: Vec<BadRow>,
}

impl Table {
    /// Reads a file, telling its kind from its bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, ImportError> {
        if bytes.starts_with(ZIP) { workbook(bytes) } else { comma_separated(bytes) }
    }
}

fn comma_separated(bytes: &[u8]) -> Result<Table, ImportError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ImportError::Encoding);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let heads = reader.byte_headers().map_err(|_| ImportError::Encoding)?.clone();
    let head = |head: &[u8]| std::str::from_utf8(head).map(|head| head.trim().to_owned());
    let heads = heads.iter().map(head).collect::<Result<_, _>>().map_err(|_| ImportError::Encoding)?;
    let mut table = Table { heads, rows: Vec::new(), bad_rows: Vec::new() };
    for record in reader.byte_records() {
        match record {
            Ok(record) => table.rows.push((record.position().map_or(0, csv::Position::line), record)),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                table.bad_rows.push(BadRow { line, field: String::new(), reason: error.to_string() });
            }
        }
    }
    Ok(table)
}

/// The first sheet of a workbook; rows without any cell are left out.
fn workbook(bytes: &[u8]) -> Result<Table, ImportError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ImportError::Workbook)?;
    let sheet =
        book.worksheet_range_at(0).ok_or(ImportError::Workbook)?.map_err(|_| ImportError::Workbook)?;
    let first = u64::from(sheet.start().map_or(0, |(row, _)| row)) + 1;
    let mut rows = (first..).zip(sheet.rows());
    let Some((_, head)) = rows.next() else {
        return Ok(Table { heads: Vec::new(), rows: Vec::new(), bad_rows: Vec::new() });
    };
    let heads = head.iter().map(|cell| text(cell).trim().to_owned()).collect();
    let filled = rows.filter(|(_, cells)| cells.iter().any(|cell| !matches!(cell, Data::Empty)));
    let rows =
        filled.map(|(line, cells)| (line, cells.iter().map(text).collect::<Vec<_>>().into())).collect();
    Ok(Table { heads, rows, bad_rows: Vec::new() })
}

/// A cell as it would stand in CSV.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        // 13.0 is 13 and 13.5 is 13.5.
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}
