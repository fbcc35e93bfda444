//! The figures of a month by the grade of the customer.

use std::collections::HashSet;

use chrono::NaiveDate;
use ekenko_domain::{
    customer::Grade,
    report::{About, By, Figures, Key, Period, average, share},
};

use super::{
    Table, Text, asked,
    texts::{average as average_text, number, percent},
};
use crate::{
    db::Access,
    identity::Caller,
    reports::{ReportError, Reports},
};

/// What is added up of a grade or of all.
#[derive(Debug, Default)]
pub struct OfGrade {
    visits: u32,
    verified: u32,
    timed: u32,
    on_site_s: i64,
    visited: u32,
    owned: u32,
    covered: u32,
}

/// Every grade in its order, those without one last, and all.
pub struct Grades {
    rows: Vec<(Option<Grade>, OfGrade)>,
    total: OfGrade,
}

impl OfGrade {
    fn add(&mut self, figures: &Figures, owned: bool) {
        self.visits += figures.visits;
        self.verified += figures.verified;
        self.timed += figures.timed;
        self.on_site_s += figures.on_site_s;
        self.visited += u32::from(figures.visits > 0);
        self.owned += u32::from(owned);
        self.covered += u32::from(owned && figures.visits > 0);
    }

    fn cells(&self, say: Text, name: String) -> Vec<String> {
        vec![
            name,
            number(self.visits),
            percent(share(self.verified, self.visits)),
            average_text(say, average(self.on_site_s, self.timed)),
            number(self.visited),
            percent(share(self.covered, self.owned)),
        ]
    }
}

impl Grades {
    pub fn table(&self, say: Text) -> Table {
        let rows = self.rows.iter().map(|(grade, of)| of.cells(say, say.grade(*grade).to_owned()));
        Table {
            title: say.by_grade(),
            head: say.grade_head(),
            rows: rows.collect(),
            total: self.total.cells(say, say.0.total().to_owned()),
        }
    }
}

impl Reports {
    /// The grades of a month, in somebody's snapshot.
    pub(super) async fn grades(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        first: NaiveDate,
        about: About,
    ) -> Result<Grades, ReportError> {
        let asked = asked(first, By::Customer, about);
        let period = Period::new(asked.from, asked.to, first)?;
        let (_, lines) = self.reckon(db, caller, By::Customer, period, about, Vec::new()).await?;
        let grades = self.customers.grades(db, caller).await?;
        let owned = self.customers.looked_after(db, caller, &about).await?;
        let owned: HashSet<_> = owned.iter().map(|customer| customer.place).collect();
        let of_none = [None];
        let mut rows: Vec<_> = Grade::ALL
            .iter()
            .copied()
            .map(Some)
            .chain(of_none)
            .map(|grade| (grade, OfGrade::default()))
            .collect();
        let mut total = OfGrade::default();
        for (key, figures) in lines {
            let Key::Place(place) = key else { continue };
            let (grade, owned) = (grades.get(&place).copied(), owned.contains(&place));
            total.add(&figures, owned);
            if let Some((_, sums)) = rows.iter_mut().find(|(known, _)| *known == grade) {
                sums.add(&figures, owned);
            }
        }
        Ok(Grades { rows, total })
    }
}
