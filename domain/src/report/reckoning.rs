//! Adding up a report in one pass over its visits.

use chrono::NaiveDate;
use foldhash::{HashMap, HashMapExt};
use uuid::Uuid;

use super::{By, Figures, Period, month, sums::Sums};
use crate::{
    choices::Code,
    id::{EmployeeId, TeamId},
    visit::{Decision, Verdict},
};

/// A location by its number: four bytes where its id has sixteen, for a report may be of a million visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceNumber(pub u32);

/// A purpose or an outcome by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeNumber(pub u16);

/// Nobody said which code has this number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no code has the number {}", .0.0)]
pub struct UnknownCode(pub CodeNumber);

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A business day, or the first day of a month.
    Date(NaiveDate),
    /// A rep or a team.
    Id(Uuid),
    /// A location.
    Place(PlaceNumber),
    /// A purpose or an outcome; `None` for visits that have none.
    Code(Option<Code>),
}

/// A rep's business day, in the team of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepDay {
    /// The business day.
    pub date: NaiveDate,
    /// The rep.
    pub employee: EmployeeId,
    /// The rep's team when visiting.
    pub team: TeamId,
}

/// What counts of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Where.
    pub place: PlaceNumber,
    /// Why.
    pub purpose: CodeNumber,
    /// What came of it.
    pub outcome: Option<CodeNumber>,
    /// Its verdict.
    pub verdict: Verdict,
    /// What a manager decided.
    pub decision: Option<Decision>,
    /// Seconds from check-in to check-out, when that was told.
    pub on_site_s: Option<u32>,
}

/// What counts of a task that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTask {
    /// The day it is due, and whose it is.
    pub of: RepDay,
    /// Where; needed for rows that are customers.
    pub place: Option<PlaceNumber>,
    /// Whether it was done in time.
    pub on_time: bool,
}

/// A customer somebody looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookedAfter {
    /// Which.
    pub place: PlaceNumber,
    /// The rep.
    pub owner: EmployeeId,
    /// The rep's team.
    pub team: TeamId,
}

/// A location, as often as it matters here.
#[derive(Debug, Default)]
struct Place {
    visited: bool,
    owned: bool,
    /// The row of whoever looks after it.
    row: Option<usize>,
    /// Its own row, where rows are customers.
    own: Option<usize>,
    /// The other rows with a visit here; few, for most places are one rep's.
    seen: Vec<usize>,
}

/// Adds up a report.
#[derive(Debug)]
pub struct Reckoning {
    by: By,
    total: Sums,
    keys: Vec<Key>,
    rows: Vec<Sums>,
    found: HashMap<Key, usize>,
    places: Vec<Place>,
    numbers: HashMap<PlaceNumber, usize>,
    codes: HashMap<CodeNumber, Code>,
    /// The day of the last visit, and its row.
    day: Option<(RepDay, Option<usize>)>,
    /// The rows of purposes or outcomes met; so few that comparing finds them soonest.
    met: Vec<(Option<CodeNumber>, usize)>,
}

impl Reckoning {
    /// Nothing yet, in rows of this kind. Days and months are all there, also those without a visit. `codes` are those
    /// that visits may have.
    pub fn new(by: By, period: Period, codes: impl IntoIterator<Item = (CodeNumber, Code)>) -> Self {
        let mut new = Self {
            by,
            total: Sums::default(),
            keys: Vec::new(),
            rows: Vec::new(),
            found: HashMap::new(),
            places: Vec::new(),
            numbers: HashMap::new(),
            codes: codes.into_iter().collect(),
            day: None,
            met: Vec::new(),
        };
        match by {
            By::Day => period.days().for_each(|date| new.begin(Key::Date(date))),
            By::Month => period.days().for_each(|date| new.begin(Key::Date(month(date)))),
            _ => {}
        }
        new
    }

    /// Has a row for `key` also without a visit.
    pub fn begin(&mut self, key: Key) {
        match key {
            Key::Place(number) => self.place(number),
            _ => self.row(key),
        };
    }

    fn row(&mut self, key: Key) -> usize {
        let next = self.keys.len();
        let row = *self.found.entry(key).or_insert(next);
        if row == next { self.new_row(key) } else { row }
    }

    fn new_row(&mut self, key: Key) -> usize {
        self.keys.push(key);
        self.rows.push(Sums::default());
        self.rows.len() - 1
    }

    fn place(&mut self, number: PlaceNumber) -> usize {
        let next = self.places.len();
        let place = *self.numbers.entry(number).or_insert(next);
        if place == next {
            let own = (self.by == By::Customer).then(|| self.new_row(Key::Place(number)));
            self.places.push(Place { own, ..Place::default() });
        }
        place
    }

    fn row_of_code(&mut self, number: Option<CodeNumber>) -> Result<usize, UnknownCode> {
        if let Some((_, row)) = self.met.iter().find(|(met, _)| *met == number) {
            return Ok(*row);
        }
        let code = |number| self.codes.get(&number).copied().ok_or(UnknownCode(number));
        let code = number.map(code).transpose()?;
        let row = self.row(Key::Code(code));
        self.met.push((number, row));
        Ok(row)
    }

    /// The row that all of a rep's day belongs to, where it is one.
    fn row_of_day(&mut self, day: &RepDay) -> Option<usize> {
        let key = match self.by {
            By::Day => Key::Date(day.date),
            By::Month => Key::Date(month(day.date)),
            By::Rep => Key::Id(day.employee.0),
            By::Team => Key::Id(day.team.0),
            By::Customer | By::Purpose | By::Outcome => return None,
        };
        Some(self.row(key))
    }

    /// Adds a visit of a rep's day. Soonest done day by day and rep by rep, for a rep goes to the same places.
    pub fn visit(&mut self, day: &RepDay, visit: &Counted) -> Result<(), UnknownCode> {
        if self.day.is_none_or(|(last, _)| last != *day) {
            self.day = Some((*day, self.row_of_day(day)));
        }
        let place = self.place(visit.place);
        let row = match (self.places[place].own, self.day, self.by) {
            (Some(row), ..) | (_, Some((_, Some(row))), _) => row,
            (.., By::Outcome) => self.row_of_code(visit.outcome)?,
            _ => self.row_of_code(Some(visit.purpose))?,
        };
        let place = &mut self.places[place];
        place.visited = true;
        if place.own.is_none() && place.seen.last() != Some(&row) && !place.seen.contains(&row) {
            place.seen.push(row);
        }
        self.rows[row].add(visit);
        Ok(())
    }

    /// Adds a task.
    pub fn task(&mut self, task: &DueTask) {
        self.total.due(task);
        let row = match (self.by, task.place) {
            (By::Customer, Some(number)) => {
                let place = self.place(number);
                self.places[place].own
            }
            _ => self.row_of_day(&task.of),
        };
        if let Some(row) = row {
            self.rows[row].due(task);
        }
    }

    /// Adds a customer somebody looks after; each once.
    pub fn customer(&mut self, customer: &LookedAfter) {
        let row = match self.by {
            By::Rep => Some(self.row(Key::Id(customer.owner.0))),
            By::Team => Some(self.row(Key::Id(customer.team.0))),
            By::Day | By::Month | By::Customer | By::Purpose | By::Outcome => None,
        };
        let place = self.place(customer.place);
        self.places[place].owned = true;
        self.places[place].row = row;
        self.total.owned += 1;
        if let Some(row) = row {
            self.rows[row].owned += 1;
        }
    }

    /// The figures of all, and of each row in the order the rows were first met.
    pub fn done(mut self) -> (Figures, Vec<(Key, Figures)>) {
        // Every visit is in one row.
        self.rows.iter().for_each(|row| self.total.add_all(row));
        for place in self.places.iter().filter(|place| place.visited) {
            self.total.places += 1;
            self.total.covered += u32::from(place.owned);
            for row in place.own.iter().chain(&place.seen) {
                self.rows[*row].places += 1;
                // A month covers whatever anybody looks after; a rep and a team what they do themselves.
                let covered = if self.by == By::Month { place.owned } else { place.row == Some(*row) };
                self.rows[*row].covered += u32::from(covered);
            }
        }
        let (with_customers, with_tasks) = (
            matches!(self.by, By::Month | By::Rep | By::Team),
            !matches!(self.by, By::Purpose | By::Outcome),
        );
        if self.by == By::Month {
            self.rows.iter_mut().for_each(|row| row.owned = self.total.owned);
        }
        let figures = |(key, sums): (Key, Sums)| (key, sums.figures(with_customers, with_tasks));
        let rows = self.keys.into_iter().zip(self.rows).map(figures).collect();
        (self.total.figures(true, true), rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::{Outcome, Purpose};

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }
    const CODES: [(CodeNumber, Code); 3] = [
        (CodeNumber(1), Purpose::OFFER.0),
        (CodeNumber(2), Purpose::SURVEY.0),
        (CodeNumber(9), Outcome::ORDERED.0),
    ];

    fn at(n: u32, verdict: Verdict, on_site_s: Option<u32>) -> Counted {
        Counted {
            place: PlaceNumber(n),
            purpose: CodeNumber(if n == 1 { 1 } else { 2 }),
            outcome: on_site_s.map(|_| CodeNumber(9)),
            verdict,
            decision: None,
            on_site_s,
        }
    }
    fn rep_day(date: &str, rep: u128) -> RepDay {
        let team = TeamId(id(100 + rep / 2));
        RepDay { date: date.parse().unwrap(), employee: EmployeeId(id(10 + rep)), team }
    }

    /// Rep 0 and 1 of one team, rep 2 of another; places 1 to 3, of which rep 0 looks after 1 and 2, rep 2 after 3.
    fn reckoned(by: By) -> (Figures, Vec<(Key, Figures)>) {
        let period = Period { from: "2026-10-30".parse().unwrap(), to: "2026-11-02".parse().unwrap() };
        let mut sums = Reckoning::new(by, period, CODES);
        let (first, second) = (rep_day("2026-10-31", 0), rep_day("2026-11-01", 1));
        let visits = [
            (first, 1, Verdict::Verified, Some(60)),
            (first, 1, Verdict::Suspicious, None),
            (first, 3, Verdict::Verified, Some(121)),
            (second, 2, Verdict::OutOfRange, None),
            (second, 1, Verdict::Unverifiable, Some(0)),
        ];
        for (day, place, verdict, stay) in visits {
            sums.visit(&day, &at(place, verdict, stay)).unwrap();
        }
        for (place, owner) in [(1, rep_day("2026-11-01", 0)), (2, first), (3, rep_day("2026-11-01", 2))] {
            let place = PlaceNumber(place);
            sums.customer(&LookedAfter { place, owner: owner.employee, team: owner.team });
        }
        sums.task(&DueTask { of: first, place: Some(PlaceNumber(4)), on_time: true });
        sums.task(&DueTask { of: second, place: None, on_time: false });
        sums.done()
    }

    #[test]
    fn the_total_is_the_same_whatever_the_rows_are() {
        let (total, _) = reckoned(By::Day);
        assert_eq!(
            (total.visits, total.timed, total.on_site_s, total.average_on_site_s),
            (5, 3, 181, Some(60))
        );
        assert_eq!((total.verified, total.out_of_range, total.unverifiable, total.suspicious), (2, 1, 1, 1));
        assert_eq!((total.verified_share, total.customers_visited), (Some(0.4), 3));
        assert_eq!((total.customers, total.customers_covered, total.coverage), (Some(3), Some(3), Some(1.0)));
        assert_eq!(
            (total.tasks_due, total.tasks_on_time, total.on_time_share),
            (Some(2), Some(1), Some(0.5))
        );
        for by in By::ALL {
            let (all, rows) = reckoned(*by);
            assert_eq!(all, total, "{by:?}");
            let visits: u32 = rows.iter().map(|(_, row)| row.visits).sum();
            let seconds: i64 = rows.iter().map(|(_, row)| row.on_site_s).sum();
            assert_eq!((visits, seconds), (5, 181), "{by:?}");
        }
    }

    #[test]
    fn every_day_and_month_has_a_row() {
        let figures = |by| {
            let (_, rows) = reckoned(by);
            let row = |(key, row): &(Key, Figures)| match key {
                Key::Date(date) => {
                    (date.to_string(), row.visits, row.customers_visited, row.customers_covered)
                }
                _ => panic!("{key:?}"),
            };
            rows.iter().map(row).collect::<Vec<_>>()
        };
        let days = figures(By::Day);
        assert_eq!(days.len(), 4);
        assert_eq!(days[1], ("2026-10-31".into(), 3, 2, None));
        assert_eq!(days[3], ("2026-11-02".into(), 0, 0, None));
        let months = figures(By::Month);
        assert_eq!(months, [("2026-10-01".into(), 3, 2, Some(2)), ("2026-11-01".into(), 2, 2, Some(2))]);
    }

    #[test]
    fn a_rep_covers_own_customers_by_own_visits() {
        let (_, rows) = reckoned(By::Rep);
        let of = |rep: u128| rows.iter().find(|(key, _)| *key == Key::Id(id(10 + rep))).unwrap().1.clone();
        let covered = |rep| (of(rep).customers, of(rep).customers_covered, of(rep).coverage);
        // Place 2 was visited, but by a colleague; place 3 as well.
        assert_eq!(covered(0), (Some(2), Some(1), Some(0.5)));
        assert_eq!(covered(1), (Some(0), Some(0), None));
        assert_eq!(covered(2), (Some(1), Some(0), Some(0.0)));
        let (_, teams) = reckoned(By::Team);
        let of = |team: u128| teams.iter().find(|(key, _)| *key == Key::Id(id(team))).unwrap().1.clone();
        assert_eq!((of(100).customers_covered, of(100).customers), (Some(2), Some(2)));
        assert_eq!((of(101).customers_covered, of(101).visits), (Some(0), 0));
    }

    #[test]
    fn customers_are_there_for_visits_tasks_and_whoever_looks_after_them() {
        let (_, rows) = reckoned(By::Customer);
        let mut rows: Vec<_> = rows
            .iter()
            .map(|(key, row)| (*key, row.visits, row.customers_visited, row.tasks_due, row.coverage))
            .collect();
        rows.sort_by_key(|(key, ..)| format!("{key:?}"));
        let expected =
            [(1, 3, 1, 0), (2, 1, 1, 0), (3, 1, 1, 0), (4, 0, 0, 1)].map(|(place, visits, places, tasks)| {
                (Key::Place(PlaceNumber(place)), visits, places, Some(tasks), None)
            });
        assert_eq!(rows, expected);
    }

    #[test]
    fn what_came_of_a_visit_may_not_be_told() {
        let (_, rows) = reckoned(By::Outcome);
        let of = |key| rows.iter().find(|(known, _)| *known == Key::Code(key)).unwrap().1.clone();
        assert_eq!((of(None).visits, of(Some(Outcome::ORDERED.0)).visits), (2, 3));
        assert_eq!((of(None).tasks_due, of(None).customers, of(None).customers_visited), (None, None, 2));
        let (_, rows) = reckoned(By::Purpose);
        assert_eq!(rows.len(), 2);
        let day = rep_day("2026-11-01", 1);
        let mut sums = Reckoning::new(By::Purpose, Period { from: day.date, to: day.date }, CODES);
        let odd = Counted { purpose: CodeNumber(7), ..at(1, Verdict::Verified, None) };
        assert_eq!(sums.visit(&day, &odd), Err(UnknownCode(CodeNumber(7))));
    }
}
