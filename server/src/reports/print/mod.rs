//! The month on paper: its figures beside those of the month before, every day as a bar, and tables of reps, grades of
//! customers, purposes and outcomes.

mod grades;
mod press;
mod texts;

use chrono::{Days, Months, NaiveDate};
use ekenko_domain::{
    employee::{Role, TeamRef},
    report::{About, By, Figures, Report, month},
};
use serde::Serialize;

use super::{Asked, Export, Language, ReportError, Reports, sheet};
use crate::{db::Access, identity::Caller};
use texts::{Text, average, hours, number, percent};

/// What the template reads.
#[derive(Serialize)]
struct Print {
    lang: &'static str,
    title: String,
    organisation: String,
    about: String,
    before: &'static str,
    headline: Vec<Headline>,
    chart: &'static str,
    most: String,
    verified: &'static str,
    others: &'static str,
    days: Vec<Day>,
    tables: Vec<Table>,
    note: String,
}

#[derive(Serialize)]
struct Headline {
    name: &'static str,
    now: String,
    before: String,
}

#[derive(Serialize)]
struct Day {
    label: String,
    visits: u32,
    verified: u32,
}

#[derive(Serialize)]
struct Table {
    title: &'static str,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    total: Vec<String>,
}

impl Reports {
    /// The PDF of the month a day lies in, this one's without a day. All its figures are of one moment.
    pub async fn print(
        &self,
        caller: &Caller,
        of: Option<NaiveDate>,
        about: About,
        language: Language,
    ) -> Result<Export, ReportError> {
        let first = month(of.unwrap_or_else(|| self.today(caller)));
        let mut db = self.snapshot().await?;
        let last_month = self.figures(&mut db, caller, first - Months::new(1), about).await?;
        let mut reports = Vec::new();
        for by in [By::Day, By::Rep, By::Purpose, By::Outcome] {
            reports.push(self.report_in(&mut db, caller, &asked(first, by, about), None).await?);
        }
        let [days, reps, purposes, outcomes] = reports.as_slice() else {
            return Err(ReportError::Failed("a report is missing".into()));
        };
        let grades = self.grades(&mut db, caller, first, about).await?;
        let say = Text(language);
        let total = days.total.clone();
        let table =
            |title, report: &Report, figures: fn(Text, &Figures) -> Vec<String>, head: Vec<&'static str>| {
                let row = |name: String, of: &Figures| [vec![name], figures(say, of)].concat();
                let rows = report.rows.iter().map(|r| row(sheet::name(report.by, r, language), &r.figures));
                Table {
                    title,
                    head,
                    rows: rows.collect(),
                    total: row(language.total().to_owned(), &report.total),
                }
            };
        let of_choice = |by| {
            table(say.by(by), if by == By::Purpose { purposes } else { outcomes }, short, say.short_head(by))
        };
        let print = Print {
            lang: say.tag(),
            title: say.title(first, caller.organisation.calendar),
            organisation: caller.organisation.name.clone(),
            about: self.about(&mut db, caller, &about, say).await?,
            before: say.before(),
            headline: headline(say, &total, &last_month),
            chart: say.chart(),
            most: number(days.rows.iter().map(|row| row.figures.visits).max().unwrap_or_default()),
            verified: say.verified(),
            others: say.others(),
            days: days
                .rows
                .iter()
                .zip(1..)
                .map(|(row, n): (_, u32)| Day {
                    label: n.to_string(),
                    visits: row.figures.visits,
                    verified: row.figures.verified,
                })
                .collect(),
            tables: vec![
                table(say.by(By::Rep), reps, long, say.long_head()),
                grades.table(say),
                of_choice(By::Purpose),
                of_choice(By::Outcome),
            ],
            note: say.made(self.local_now(caller), caller.organisation.calendar),
        };
        drop(db);
        let values = serde_json::to_vec(&print).map_err(|error| ReportError::Failed(error.to_string()))?;
        let bytes = self.in_turn(move || press::print(values)).await?;
        Ok(Export {
            name: format!("ekenko-{}.pdf", first.format("%Y-%m")),
            media_type: "application/pdf",
            bytes,
        })
    }

    async fn figures(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        first: NaiveDate,
        about: About,
    ) -> Result<Figures, ReportError> {
        Ok(self.report_in(db, caller, &asked(first, By::Month, about), None).await?.total)
    }

    /// Whose work it is and at whose customers, as the head of the page says it.
    async fn about(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        about: &About,
        say: Text,
    ) -> Result<String, ReportError> {
        let whose = self.whose(db, caller, about, say).await?;
        let Some(company) = about.company else { return Ok(whose) };
        let company = self.customers.company_name(db, caller, company).await?.unwrap_or_default();
        Ok(format!("{whose} · {company}"))
    }

    async fn whose(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        about: &About,
        say: Text,
    ) -> Result<String, ReportError> {
        let teams = caller.teams(db).await?;
        let named = |one: &dyn Fn(&TeamRef) -> bool| {
            let names: Vec<_> =
                teams.iter().filter(|team| one(team)).map(|team| team.name.as_str()).collect();
            names.join(", ")
        };
        if let Some(id) = about.employee {
            let reps = self.reps(db, caller).await?;
            return Ok(reps
                .into_iter()
                .find(|(rep, _)| rep.id == id)
                .map(|(rep, _)| rep.name)
                .unwrap_or_default());
        }
        Ok(match (about.team, caller.role) {
            (Some(id), _) => named(&|team| team.id == id),
            (None, Role::Admin | Role::Analyst) => say.all_teams().to_owned(),
            (None, Role::Manager | Role::Rep) => named(&|_| true),
        })
    }
}

/// A report of all of a month.
fn asked(first: NaiveDate, by: By, about: About) -> Asked {
    let last = first + Months::new(1) - Days::new(1);
    Asked { from: Some(first), to: Some(last), by, about }
}

fn headline(say: Text, now: &Figures, before: &Figures) -> Vec<Headline> {
    // In the order of their names in the words.
    let figures = |of: &Figures| {
        [
            number(of.visits),
            percent(of.verified_share),
            average(say, of.average_on_site_s),
            number(of.customers_visited),
            percent(of.coverage),
            percent(of.on_time_share),
        ]
    };
    let both = figures(now).into_iter().zip(figures(before));
    let named = |(n, (now, before))| Headline { name: say.headline(n), now, before };
    both.enumerate().map(named).collect()
}

/// The columns of a table of reps.
fn long(say: Text, of: &Figures) -> Vec<String> {
    vec![
        number(of.visits),
        percent(of.verified_share),
        hours(of.on_site_s),
        average(say, of.average_on_site_s),
        number(of.customers_visited),
        percent(of.coverage),
        percent(of.on_time_share),
    ]
}

/// The columns of a table of purposes or outcomes.
fn short(say: Text, of: &Figures) -> Vec<String> {
    vec![
        number(of.visits),
        percent(of.verified_share),
        average(say, of.average_on_site_s),
        number(of.customers_visited),
    ]
}
