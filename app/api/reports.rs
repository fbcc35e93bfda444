//! Reports.

use chrono::NaiveDate;
use ekenko_domain::report::Report;

use super::{Answer, escaped, get};

/// What a report is asked by: dates, a code of `By`, ids. What is empty does not narrow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What the rows are.
    pub by: String,
    /// One team's.
    pub team: String,
    /// One rep's.
    pub rep: String,
    /// At one company's customers.
    pub company: String,
}

impl Asked {
    fn query(&self) -> String {
        let values = [
            ("from", &self.from),
            ("to", &self.to),
            ("by", &self.by),
            ("team_id", &self.team),
            ("employee_id", &self.rep),
            ("company_id", &self.company),
        ];
        let given = values.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("&{name}={}", escaped(value))).collect()
    }

    /// Where the month lies as a PDF, of the same team, rep and company.
    pub fn pdf(&self, month: NaiveDate) -> String {
        let of = Self { from: String::new(), to: String::new(), by: String::new(), ..self.clone() };
        format!("/api/v1/reports/export?format=pdf&month={}{}", month.format("%Y-%m"), of.query())
    }

    /// Where the same lies as a file, whole.
    pub fn file(&self, format: &str) -> String {
        format!("/api/v1/reports/export?format={format}{}", self.query())
    }
}

/// A report, or its piece behind `cursor`.
pub async fn report(asked: &Asked, cursor: Option<&str>) -> Answer<Report> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    get(format!("/reports?limit=100{}{cursor}", asked.query())).await
}
