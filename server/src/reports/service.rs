//! Putting a report together.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{NaiveDate, NaiveDateTime};
use ekenko_domain::{
    choices::{Choice, Choices, Code},
    day::local,
    employee::{EmployeeRef, Role, TeamRef},
    id::LocationId,
    page::Page,
    report::{About, By, Figures, InvalidPeriod, Key, Period, PlaceNumber, Reckoning, Report, Row},
};
use tokio::{sync::Semaphore, task::JoinError};
use uuid::Uuid;

use crate::{
    choices::ChoiceLists,
    context::Context,
    customers::Customers,
    db::{Access, Db, Snapshot, StoreError},
    identity::{Caller, Identity},
    page::{self, BadCursor},
    tasks::Tasks,
    visits::{PackedWeek, Visits},
};

/// Why a report was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Days that cannot be reported on.
    #[error(transparent)]
    Period(#[from] InvalidPeriod),
    /// Reps see their own work.
    #[error("a rep sees own figures only")]
    NotYours,
    /// The list cannot go on there.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The file could not be made.
    #[error("the report could not be made: {0}")]
    Failed(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// The first business day; that of the last one's month when left out.
    pub from: Option<NaiveDate>,
    /// The last one; today when left out.
    pub to: Option<NaiveDate>,
    /// What the rows are.
    pub by: By,
    /// Whose work.
    pub about: About,
}

/// Which piece of a list of customers.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Most rows to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

/// Makes reports.
pub struct Reports {
    db: Db,
    pub(super) outside: Context,
    identity: Arc<Identity>,
    pub(super) customers: Arc<Customers>,
    choices: Arc<ChoiceLists>,
    visits: Arc<Visits>,
    tasks: Arc<Tasks>,
    /// PDFs are made a few at a time: each keeps a core busy.
    presses: Arc<Semaphore>,
}

/// A row on its way.
type Line = (Key, Figures);
/// Where a customer's row stands: by its visits, most first.
type Rank = (Reverse<u32>, Option<u32>);

impl Reports {
    /// Reports over these services.
    pub fn new(
        db: Db,
        outside: Context,
        identity: Arc<Identity>,
        customers: Arc<Customers>,
        choices: Arc<ChoiceLists>,
        visits: Arc<Visits>,
        tasks: Arc<Tasks>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let presses = Arc::new(Semaphore::new(cores.div_ceil(2)));
        Self { db, outside, identity, customers, choices, visits, tasks, presses }
    }

    /// A report; of a list of customers a piece, or all of it without one.
    pub async fn report(
        &self,
        caller: &Caller,
        asked: &Asked,
        piece: Option<&Piece>,
    ) -> Result<Report, ReportError> {
        self.report_in(&mut self.snapshot().await?, caller, asked, piece).await
    }

    /// What several reports that must agree are read in.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.db.snapshot().await
    }

    /// The same in somebody's snapshot.
    pub(super) async fn report_in(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        asked: &Asked,
        piece: Option<&Piece>,
    ) -> Result<Report, ReportError> {
        let Asked { from, to, by, about } = *asked;
        let period = Period::new(from, to, self.visits.today(caller))?;
        if caller.role == Role::Rep && about.employee.is_some_and(|employee| employee != caller.employee.id) {
            return Err(ReportError::NotYours);
        }
        let piece = if by == By::Customer { piece } else { None };
        let after = piece.and_then(|piece| piece.cursor.as_deref()).map(page::read).transpose()?;
        let choices = self.choices.lists_in(db, caller).await?;
        let expected = self.expected(db, caller, by, &about, &choices).await?;
        let (total, lines) = self.reckon(db, caller, by, period, about, expected).await?;
        let lines = arranged(by, lines, after, piece.map(|piece| piece.limit), &choices);
        let Page { items, next } = match piece {
            Some(piece) => page::cut(lines, piece.limit, rank),
            None => Page { items: lines, next: None },
        };
        let names = self.names(db, caller, by, &choices).await?;
        let mut places = self.places(db, caller, by, &items, piece.is_some()).await?;
        let row = |(key, figures)| match place(&key).and_then(|place| places.remove(&place)) {
            Some((id, name)) => Row { key: Some(id.to_string()), name: Some(name), figures },
            None => Row { key: text(by, &key), name: names.get(&key).cloned(), figures },
        };
        let mut rows: Vec<_> = items.into_iter().map(row).collect();
        if matches!(by, By::Rep | By::Team) {
            rows.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        }
        Ok(Report { from: period.from, to: period.to, by, total, rows, next })
    }

    /// The business day it is now where the caller works.
    pub(super) fn today(&self, caller: &Caller) -> NaiveDate {
        self.visits.today(caller)
    }

    /// What clock and calendar show now where the caller works.
    pub(super) fn local_now(&self, caller: &Caller) -> NaiveDateTime {
        local(self.outside.now(), &caller.organisation.time_zone)
    }

    /// The reps the caller may see.
    pub(super) async fn reps(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<Vec<(EmployeeRef, TeamRef)>, StoreError> {
        self.identity.reps(db, caller).await
    }

    /// Makes a file when it is its turn, on a thread that may be busy for a while.
    pub(super) async fn in_turn(
        &self,
        make: impl FnOnce() -> Result<Vec<u8>, ReportError> + Send + 'static,
    ) -> Result<Vec<u8>, ReportError> {
        let failed = |error: String| ReportError::Failed(error);
        let _turn = self.presses.acquire().await.map_err(|error| failed(error.to_string()))?;
        match tokio::task::spawn_blocking(make).await {
            Ok(made) => made,
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// The rows there are also without a visit.
    async fn expected(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        by: By,
        about: &About,
        choices: &Choices,
    ) -> Result<Vec<Key>, StoreError> {
        let codes = |list: &[Choice]| {
            let offered = list.iter().filter(|choice| choice.active);
            offered.map(|choice| Key::Code(Some(choice.code))).collect()
        };
        Ok(match by {
            By::Rep | By::Team => {
                let mut reps = self.identity.reps(db, caller).await?;
                reps.retain(|(employee, team)| {
                    about.employee.is_none_or(|id| id == employee.id)
                        && about.team.is_none_or(|id| id == team.id)
                });
                let key = |(employee, team): (_, _)| Key::Id(key_of(by, employee, team));
                reps.into_iter().map(key).collect()
            }
            By::Purpose => codes(&choices.purposes),
            By::Outcome => codes(&choices.outcomes),
            By::Day | By::Month | By::Customer => Vec::new(),
        })
    }

    pub(super) async fn reckon(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        by: By,
        period: Period,
        about: About,
        expected: Vec<Key>,
    ) -> Result<(Figures, Vec<Line>), ReportError> {
        let only = match about.company {
            Some(company) => Some(self.customers.at_company(db, caller, company).await?),
            None => None,
        };
        let codes = self.visits.codes(db, caller).await?;
        let weeks = self.visits.weeks(db, caller, period, &about).await?;
        // A million visits keep a core busy for a while: time enough to read the rest.
        let visits = tokio::task::spawn_blocking(move || {
            let mut sums = Reckoning::new(by, period, codes);
            expected.into_iter().for_each(|key| sums.begin(key));
            add_visits(&mut sums, &weeks, period, only.as_ref())?;
            Ok::<_, StoreError>(sums)
        });
        let tasks = self.tasks.due(db, caller, period, &about, by).await?;
        let customers = self.customers.looked_after(db, caller, &about).await?;
        let stopped = |error: JoinError| ReportError::Failed(error.to_string());
        let mut sums = visits.await.map_err(stopped)??;
        let done = tokio::task::spawn_blocking(move || {
            tasks.iter().for_each(|task| sums.task(task));
            customers.iter().for_each(|customer| sums.customer(customer));
            sums.done()
        });
        done.await.map_err(stopped)
    }

    /// What the rows are called, where that is not left to the reader's language.
    async fn names(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        by: By,
        choices: &Choices,
    ) -> Result<HashMap<Key, String>, StoreError> {
        let by_code = |list: &[Choice]| {
            let name = |choice: &Choice| {
                let name = choice.name.as_ref()?.as_str().to_owned();
                Some((Key::Code(Some(choice.code)), name))
            };
            list.iter().filter_map(name).collect()
        };
        Ok(match by {
            By::Day | By::Month | By::Customer => HashMap::new(),
            By::Rep | By::Team => {
                let names = self.identity.names(db, caller).await?.into_iter();
                names.map(|(id, name)| (Key::Id(id), name)).collect()
            }
            By::Purpose => by_code(&choices.purposes),
            By::Outcome => by_code(&choices.outcomes),
        })
    }

    /// Which customers the rows are about, and what they are called.
    async fn places(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        by: By,
        lines: &[Line],
        few: bool,
    ) -> Result<HashMap<PlaceNumber, (LocationId, String)>, StoreError> {
        if by != By::Customer {
            return Ok(HashMap::new());
        }
        let numbers: Vec<_> = lines.iter().filter_map(|(key, _)| place(key)).collect();
        self.customers.numbered(db, caller, few.then_some(&numbers)).await
    }
}

/// Adds the visits of a period, at these locations only.
fn add_visits(
    sums: &mut Reckoning,
    weeks: &[PackedWeek],
    period: Period,
    only: Option<&HashSet<PlaceNumber>>,
) -> Result<(), StoreError> {
    let mut days = Vec::new();
    for week in weeks {
        days.extend(week.days(period)?);
    }
    // A rep goes to the same places: their rows are at hand when the next day names them.
    days.sort_unstable_by_key(|day| (day.of.employee, day.of.date));
    for day in &days {
        for visit in day.visits() {
            let visit = visit?;
            if only.is_none_or(|only| only.contains(&visit.place)) {
                sums.visit(&day.of, &visit).map_err(|error| StoreError::Corrupt {
                    table: "visit_weeks",
                    column: "packed",
                    value: error.to_string(),
                })?;
            }
        }
    }
    Ok(())
}

/// The id a row has: a rep's or a team's.
fn key_of(by: By, employee: EmployeeRef, team: TeamRef) -> Uuid {
    if by == By::Rep { employee.id.0 } else { team.id.0 }
}

/// The customer a row is about.
fn place(key: &Key) -> Option<PlaceNumber> {
    match key {
        Key::Place(number) => Some(*number),
        Key::Date(_) | Key::Id(_) | Key::Code(_) => None,
    }
}

fn rank((key, figures): &Line) -> Rank {
    (Reverse(figures.visits), place(key).map(|number| number.0))
}

/// A row's key as the answer has it.
fn text(by: By, key: &Key) -> Option<String> {
    match key {
        Key::Date(date) if by == By::Month => Some(date.format("%Y-%m").to_string()),
        Key::Date(date) => Some(date.to_string()),
        Key::Id(id) => Some(id.to_string()),
        // One that is no more.
        Key::Place(_) => None,
        Key::Code(code) => code.as_ref().map(Code::as_str).map(str::to_owned),
    }
}

/// The lines in their order: customers by their visits, after those of an earlier piece, and not many more than `limit`;
/// purposes and outcomes as their lists have them, which for outcomes means that those without one come last. The others
/// are in order already, or will be by name.
fn arranged(
    by: By,
    mut lines: Vec<Line>,
    after: Option<Rank>,
    limit: Option<usize>,
    choices: &Choices,
) -> Vec<Line> {
    let position = |list: &[Choice], key: &Key| {
        list.iter().position(|choice| *key == Key::Code(Some(choice.code))).unwrap_or(list.len())
    };
    match by {
        By::Customer => {
            if let Some(last) = after {
                lines.retain(|line| rank(line) > last);
            }
            // Of a hundred thousand a page shows fifty: the others need no order.
            if let Some(limit) = limit.filter(|limit| *limit < lines.len()) {
                lines.select_nth_unstable_by_key(limit, rank);
                lines.truncate(limit + 1);
            }
            lines.sort_unstable_by_key(rank);
        }
        By::Purpose => lines.sort_by_key(|(key, _)| position(&choices.purposes, key)),
        By::Outcome => lines.sort_by_key(|(key, _)| position(&choices.outcomes, key)),
        By::Day | By::Month | By::Rep | By::Team => {}
    }
    lines
}
