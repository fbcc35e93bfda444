//! A table as comma-separated values: UTF-8 with the mark that Excel knows it by, quoted as RFC 4180 says.

use std::borrow::Cow;

use super::{
    ReportError,
    sheet::{Cell, Sheet},
};

/// The mark at the beginning.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The bytes of the file.
pub fn write(sheet: &Sheet) -> Result<Vec<u8>, ReportError> {
    let failed = |error: ::csv::Error| ReportError::Failed(error.to_string());
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(MARK.to_vec());
    writer.write_record(&sheet.head).map_err(failed)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|cell| text(cell).into_owned())).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| ReportError::Failed(error.to_string()))
}

fn text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Date(date) => date.to_string().into(),
        Cell::Month(date) => date.format("%Y-%m").to_string().into(),
        Cell::Whole(n) => n.to_string().into(),
        Cell::Number(n) => n.to_string().into(),
        Cell::Share(share) => format!("{share:.4}").into(),
        Cell::Nothing => "".into(),
    }
}

/// A program that opens the file takes a text that begins like this for a formula and runs it.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_not_run() {
        let texts = ["a,b", "say \"hi\"", "two\nlines", "=1+1", "+66", "-5", "@x", "\tx", "ร้าน"];
        let row = texts.map(|text| Cell::Text(text.into())).to_vec();
        let numbers = vec![
            Cell::Whole(-7),
            Cell::Share(1.0 / 3.0),
            Cell::Nothing,
            Cell::Date("2026-11-21".parse().unwrap()),
            Cell::Month("2026-11-01".parse().unwrap()),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Whole(0),
        ];
        let head = vec!["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let bytes = write(&Sheet { head, rows: vec![row, numbers] }).unwrap();
        let expected = "\u{FEFF}a,b,c,d,e,f,g,h,i\r\n\
            \"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",'=1+1,'+66,'-5,'@x,'\tx,ร้าน\r\n\
            -7,0.3333,,2026-11-21,2026-11,,,,0\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
