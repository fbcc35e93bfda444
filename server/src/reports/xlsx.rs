//! A table as an Excel workbook of one sheet, its head frozen.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};

use super::{
    ReportError,
    sheet::{Cell, Sheet},
};

/// The bytes of the file.
pub fn write(sheet: &Sheet, made: DateTime<Utc>) -> Result<Vec<u8>, ReportError> {
    fill(sheet, made).map_err(|error| ReportError::Failed(error.to_string()))
}

fn fill(sheet: &Sheet, made: DateTime<Utc>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let formats = Formats::new();
    let page = book.add_worksheet();
    page.set_freeze_panes(1, 1)?;
    for (column, head) in (0..).zip(&sheet.head) {
        page.write_string_with_format(0, column, *head, &formats.head)?;
        // In characters, the first column for names.
        page.set_column_width(column, if column == 0 { 32 } else { 16 })?;
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => page.write_string(row, column, text)?,
                Cell::Date(date) => page.write_date_with_format(row, column, date, &formats.date)?,
                Cell::Month(date) => page.write_date_with_format(row, column, date, &formats.month)?,
                Cell::Whole(n) => page.write_number_with_format(row, column, *n as f64, &formats.whole)?,
                Cell::Number(n) => page.write_number(row, column, *n)?,
                Cell::Share(share) => page.write_number_with_format(row, column, *share, &formats.share)?,
                Cell::Nothing => page,
            };
        }
    }
    book.save_to_buffer()
}

struct Formats {
    head: Format,
    date: Format,
    month: Format,
    whole: Format,
    share: Format,
}

impl Formats {
    fn new() -> Self {
        let like = |number: &str| Format::new().set_num_format(number);
        Self {
            head: Format::new().set_bold().set_text_wrap(),
            date: like("yyyy-mm-dd"),
            month: like("yyyy-mm"),
            whole: like("#,##0"),
            share: like("0.0%"),
        }
    }
}
