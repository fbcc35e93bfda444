//! A table of cells, whatever file it goes into; a report as such a table.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::report::{By, Figures, Report, Row};

use super::{Asked, Language, ReportError, Reports, csv, xlsx};
use crate::identity::Caller;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl Format {
    /// The format of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// A file to take away.
#[derive(Debug)]
pub struct Export {
    /// What it is called.
    pub name: String,
    /// What its bytes are.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Date(NaiveDate),
    /// The first day of it.
    Month(NaiveDate),
    Whole(i64),
    Number(f64),
    /// 0 to 1.
    Share(f64),
    Nothing,
}

/// A table with a head.
#[derive(Debug)]
pub struct Sheet {
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The table as a file called `name` and the format's ending, said to be made at `made`.
    ///
    /// # Errors
    /// [`ReportError::Failed`] when the writer of the format refuses the table.
    pub async fn file(self, format: Format, name: &str, made: DateTime<Utc>) -> Result<Export, ReportError> {
        let (ending, media_type) = match format {
            Format::Csv => ("csv", "text/csv; charset=utf-8"),
            Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        };
        let write = move || match format {
            Format::Csv => csv::write(&self),
            Format::Xlsx => xlsx::write(&self, made),
        };
        let bytes = tokio::task::spawn_blocking(write)
            .await
            .map_err(|error| ReportError::Failed(error.to_string()))??;
        Ok(Export { name: format!("{name}.{ending}"), media_type, bytes })
    }
}

impl Reports {
    /// A whole report as a file.
    pub async fn export(
        &self,
        caller: &Caller,
        asked: &Asked,
        format: Format,
        language: Language,
    ) -> Result<Export, ReportError> {
        let report = self.report(caller, asked, None).await?;
        let name = format!("ekenko-{}-{}-to-{}", report.by.code(), report.from, report.to);
        sheet(&report, language).file(format, &name, self.outside.now()).await
    }
}

fn sheet(report: &Report, language: Language) -> Sheet {
    let row = |row: &Row| {
        let mut cells = vec![first(report.by, row, language)];
        cells.extend(figures(&row.figures));
        cells
    };
    let mut rows: Vec<_> = report.rows.iter().map(row).collect();
    let total = Cell::Text(language.total().to_owned());
    rows.push([total].into_iter().chain(figures(&report.total)).collect());
    Sheet { head: language.head(report.by), rows }
}

fn first(by: By, row: &Row, language: Language) -> Cell {
    let key = row.key.as_deref().unwrap_or_default();
    let named = || Cell::Text(row.name.clone().unwrap_or_else(|| key.to_owned()));
    match by {
        By::Day => key.parse().map_or_else(|_| named(), Cell::Date),
        By::Month => format!("{key}-01").parse().map_or_else(|_| named(), Cell::Month),
        By::Rep | By::Team | By::Customer => named(),
        By::Purpose | By::Outcome => Cell::Text(name(by, row, language)),
    }
}

/// What a row is called: as somebody named it, else as the reader's language calls what is built in.
pub fn name(by: By, row: &Row, language: Language) -> String {
    match (&row.name, &row.key) {
        (Some(name), _) => name.clone(),
        (None, Some(code)) => language.choice(by, code),
        (None, None) => language.untold().to_owned(),
    }
}

fn figures(figures: &Figures) -> [Cell; 17] {
    let count = |n: u32| Cell::Whole(n.into());
    let maybe = |n: Option<u32>| n.map_or(Cell::Nothing, |n| Cell::Whole(n.into()));
    let share = |share: Option<f64>| share.map_or(Cell::Nothing, Cell::Share);
    [
        count(figures.visits),
        count(figures.timed),
        Cell::Whole(figures.on_site_s),
        figures.average_on_site_s.map_or(Cell::Nothing, Cell::Whole),
        count(figures.verified),
        count(figures.out_of_range),
        count(figures.unverifiable),
        count(figures.suspicious),
        count(figures.rejected),
        share(figures.verified_share),
        count(figures.customers_visited),
        maybe(figures.customers),
        maybe(figures.customers_covered),
        share(figures.coverage),
        maybe(figures.tasks_due),
        maybe(figures.tasks_on_time),
        share(figures.on_time_share),
    ]
}
