//! The visit_weeks table: a rep's week in one row. A report of a million visits counts different customers, which neither
//! engine does within its time over single rows; over whole weeks it is one quick pass in memory.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use ekenko_domain::{
    choices::Code,
    id::{EmployeeId, OrganisationId, TeamId},
    report::{About, CodeNumber, Counted, Period, PlaceNumber, RepDay},
    visit::{Decision, Verdict, Visit},
};
use uuid::Uuid;

use super::{
    Visits,
    row::{corrupt, decision},
};
use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::{Caller, wall},
};

#[derive(sqlx::FromRow)]
struct OfDayRow {
    place: i32,
    purpose: Option<i32>,
    outcome: Option<i32>,
    /// Whether both codes have one.
    numbered: bool,
    verdict: String,
    review: Option<String>,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    estimated: bool,
}

impl OfDayRow {
    fn counted(&self) -> Result<Counted, StoreError> {
        let told = self.checked_out_at.filter(|_| !self.estimated);
        let seconds = |out: DateTime<Utc>| (out - self.checked_in_at).num_seconds().clamp(0, LONGEST) as u32;
        Ok(Counted {
            place: PlaceNumber(number(self.place)?),
            purpose: CodeNumber(number(self.purpose.unwrap_or_default())?),
            outcome: self.outcome.map(number).transpose()?.map(CodeNumber),
            verdict: Verdict::from_code(&self.verdict).ok_or_else(|| corrupt("verdict", &self.verdict))?,
            decision: decision(self.review.as_deref())?,
            on_site_s: told.map(seconds),
        })
    }
}

const HOLD: &str =
    "INSERT INTO visit_weeks (organisation_id, week, employee_id, team_id, packed) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organisation_id, week, employee_id, team_id) DO UPDATE SET packed = visit_weeks.packed RETURNING packed";
const OF_DAY: &str = "SELECT l.number AS place, p.number AS purpose, o.number AS outcome,
    p.number IS NOT NULL AND (v.outcome IS NULL OR o.number IS NOT NULL) AS numbered,
    v.verdict, v.review, v.checked_in_at, v.checked_out_at, v.estimated FROM visits v
    JOIN locations l ON l.organisation_id = v.organisation_id AND l.id = v.location_id
    LEFT JOIN visit_codes p ON p.organisation_id = v.organisation_id AND p.code = v.purpose
    LEFT JOIN visit_codes o ON o.organisation_id = v.organisation_id AND o.code = v.outcome
    WHERE v.organisation_id = $1 AND v.business_date = $2 AND v.employee_id = $3 AND v.team_id = $4 ORDER BY v.checked_in_at, v.id";
// Nothing where somebody else takes the same number at the same time.
const NUMBER_CODES: &str = "INSERT INTO visit_codes (organisation_id, number, code)
    SELECT $1, (SELECT COALESCE(MAX(number), 0) FROM visit_codes WHERE organisation_id = $1) + row_number() OVER (ORDER BY code), code
    FROM (SELECT purpose AS code FROM visits WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4
        UNION SELECT outcome FROM visits WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4) c
    WHERE code IS NOT NULL AND code NOT IN (SELECT code FROM visit_codes WHERE organisation_id = $1) ON CONFLICT DO NOTHING";
const CODES: &str = "SELECT number, code FROM visit_codes WHERE organisation_id = $1";
const KEEP: &str = "UPDATE visit_weeks SET packed = $5
    WHERE organisation_id = $1 AND week = $2 AND employee_id = $3 AND team_id = $4";

/// The Monday of a date's week.
pub fn week(date: NaiveDate) -> NaiveDate {
    date.week(Weekday::Mon).first_day()
}

/// Writes the day of a visit that changed, in the transaction of the change.
pub async fn keep(db: &mut Write, organisation: OrganisationId, visit: &Visit) -> Result<(), StoreError> {
    let day = RepDay { date: visit.business_date, employee: visit.employee.id, team: visit.team.id };
    keep_day(db, organisation, day).await
}

/// Writes a day some of whose visits changed, in the transaction of the change; the whole week where it cannot be read.
pub async fn keep_day(db: &mut Write, organisation: OrganisationId, day: RepDay) -> Result<(), StoreError> {
    let (employee, team, week) = (day.employee.0, day.team.0, week(day.date));
    let mut packed = Packed { employee: day.employee, team: day.team, days: BTreeMap::new() };
    // First, for it holds the week's row: whoever changes another visit of it waits, and then reads this one.
    let (held,) =
        query!(db, fetch_one as (Vec<u8>,), HOLD, organisation.0, week, employee, team, packed.write())
            .on("visit_weeks")?;
    let mut dates = vec![day.date];
    match Packed::read(&mut &held[..]) {
        Some(known) => packed = known,
        None => dates = week.iter_days().take(7).collect(),
    }
    let mut visits = Vec::new();
    for date in dates {
        visits.push((date, pack(&of_day(db, organisation, RepDay { date, ..day }).await?)));
    }
    for (date, visits) in &visits {
        packed.set(*date, visits);
    }
    query!(db, execute, KEEP, organisation.0, week, employee, team, packed.write()).on("visit_weeks")?;
    Ok(())
}

/// The visits of a day, whose codes get numbers if they have none.
async fn of_day(
    db: &mut Write,
    organisation: OrganisationId,
    day: RepDay,
) -> Result<Vec<Counted>, StoreError> {
    let (organisation, date, employee, team) = (organisation.0, day.date, day.employee.0, day.team.0);
    loop {
        let rows = query!(db, fetch_all as OfDayRow, OF_DAY, organisation, date, employee, team);
        let rows = rows.on("visits")?;
        if rows.iter().all(|row| row.numbered) {
            return rows.iter().map(OfDayRow::counted).collect();
        }
        query!(db, execute, NUMBER_CODES, organisation, date, employee, team).on("visit_codes")?;
    }
}

/// A week of several reps, still packed.
pub struct PackedWeek {
    week: NaiveDate,
    packed: Vec<u8>,
}

/// A rep's business day, still packed.
pub struct PackedDay<'a> {
    /// Whose, and when.
    pub of: RepDay,
    packed: &'a [u8],
}

impl PackedWeek {
    /// The days of each rep within a period.
    pub fn days(&self, period: Period) -> Result<Vec<PackedDay<'_>>, StoreError> {
        let (mut days, mut bytes) = (Vec::new(), &self.packed[..]);
        while !bytes.is_empty() {
            let rep = Packed::read(&mut bytes).ok_or_else(|| unreadable(self.week))?;
            for (weekday, packed) in rep.days {
                let date = self.week + Days::new(weekday.into());
                if (period.from..=period.to).contains(&date) {
                    days.push(PackedDay {
                        of: RepDay { date, employee: rep.employee, team: rep.team },
                        packed,
                    });
                }
            }
        }
        Ok(days)
    }
}

impl PackedDay<'_> {
    /// The visits of the day.
    pub fn visits(&self) -> impl Iterator<Item = Result<Counted, StoreError>> {
        let visits = self.packed.as_chunks().0.iter();
        visits.map(|bytes| unpack(bytes).ok_or_else(|| unreadable(self.of.date)))
    }
}

/// A number that is kept wider than it is packed.
fn number<T: TryFrom<i32>>(number: i32) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| corrupt("number", number.to_string()))
}

fn unreadable(date: NaiveDate) -> StoreError {
    StoreError::Corrupt { table: "visit_weeks", column: "packed", value: date.to_string() }
}

/// A week's reps one behind another, so that a year is some fifty rows. Bytes are strung together in each engine's own
/// way; to SQLite they are a text meanwhile, which it leaves as it is.
macro_rules! weeks {
    ($strung:literal) => {
        concat!(
            "SELECT v.week, ",
            $strung,
            " FROM visit_weeks v ",
            wall!("v"),
            "AND v.week BETWEEN $4 AND $5 AND ($6 IS NULL OR v.team_id = $6)
            AND ($7 IS NULL OR v.employee_id = $7) GROUP BY v.week"
        )
    };
}
const WEEKS_SQLITE: &str = weeks!("CAST(group_concat(v.packed, '') AS BLOB)");
const WEEKS_POSTGRES: &str = weeks!("string_agg(v.packed, '')");

impl Visits {
    /// The purposes and outcomes that visits had, by their numbers, in somebody's snapshot.
    pub async fn codes(
        &self,
        db: &mut impl Access,
        caller: &Caller,
    ) -> Result<HashMap<CodeNumber, Code>, StoreError> {
        let rows = query!(db, fetch_all as (i32, String), CODES, caller.organisation.id.0);
        let code = |(at, code): (i32, String)| {
            let code = code.parse().map_err(|_| corrupt("code", &code))?;
            Ok((CodeNumber(number(at)?), code))
        };
        rows.on("visit_codes")?.into_iter().map(code).collect()
    }

    /// The weeks of the reps the caller may see, in somebody's snapshot; whole ones, and a company does not narrow them.
    pub async fn weeks(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        period: Period,
        about: &About,
    ) -> Result<Vec<PackedWeek>, StoreError> {
        let (organisation, role, me) = caller.wall();
        let (team, employee, _) = about.ids();
        let (from, to) = (week(period.from), week(period.to));
        let weeks = db.either(WEEKS_SQLITE, WEEKS_POSTGRES);
        let rows = query!(
            db,
            fetch_all as (NaiveDate, Vec<u8>),
            weeks,
            organisation,
            role,
            me,
            from,
            to,
            team,
            employee
        )
        .on("visit_weeks")?;
        Ok(rows.into_iter().map(|(week, packed)| PackedWeek { week, packed }).collect())
    }
}

/// What stands for a check-out that was not told.
const UNTOLD: u32 = u32::MAX;
/// The longest stay there is room for.
const LONGEST: i64 = UNTOLD as i64 - 1;

/// A rep's week: rep, team, the number of days, and each day with its visits packed, as the migration
/// `0021_visit_weeks.sql` writes them.
struct Packed<'a> {
    employee: EmployeeId,
    team: TeamId,
    /// By days after Monday.
    days: BTreeMap<u8, &'a [u8]>,
}

impl<'a> Packed<'a> {
    /// The first of the weeks that are strung together here.
    fn read(bytes: &mut &'a [u8]) -> Option<Self> {
        let employee = EmployeeId(Uuid::from_bytes(take(bytes)?));
        let team = TeamId(Uuid::from_bytes(take(bytes)?));
        let mut days = BTreeMap::new();
        let [count] = take(bytes)?;
        for _ in 0..count {
            let [weekday] = take(bytes)?;
            let visits = usize::from(u16::from_be_bytes(take(bytes)?));
            days.insert(weekday, bytes.split_off(..visits * VISIT)?);
        }
        (days.keys().all(|weekday| *weekday < 7)).then_some(Self { employee, team, days })
    }

    fn set(&mut self, date: NaiveDate, visits: &'a [u8]) {
        let weekday = date.weekday().num_days_from_monday() as u8;
        self.days.insert(weekday, visits);
        self.days.retain(|_, visits| !visits.is_empty());
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.employee.0.as_bytes());
        bytes.extend(self.team.0.as_bytes());
        bytes.push(self.days.len() as u8);
        for (weekday, visits) in &self.days {
            bytes.push(*weekday);
            bytes.extend(((visits.len() / VISIT) as u16).to_be_bytes());
            bytes.extend(*visits);
        }
        bytes
    }
}

/// The bytes of a visit.
const VISIT: usize = 13;

fn pack(visits: &[Counted]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(visits.len() * VISIT);
    // Nobody makes more in a day.
    for visit in visits.iter().take(u16::MAX.into()) {
        bytes.extend(visit.place.0.to_be_bytes());
        bytes.extend(visit.on_site_s.unwrap_or(UNTOLD).to_be_bytes());
        let verdict = match visit.verdict {
            Verdict::Verified => 0,
            Verdict::OutOfRange => 1,
            Verdict::Unverifiable => 2,
            Verdict::Suspicious => 3,
        };
        let decision = match visit.decision {
            None => 0,
            Some(Decision::Approved) => 1,
            Some(Decision::Rejected) => 2,
        };
        bytes.push(verdict | decision << 2);
        bytes.extend(visit.purpose.0.to_be_bytes());
        bytes.extend(visit.outcome.map_or(0, |outcome| outcome.0).to_be_bytes());
    }
    bytes
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    bytes.split_off(..N)?.first_chunk().copied()
}

fn unpack(bytes: &[u8; VISIT]) -> Option<Counted> {
    let mut bytes = &bytes[..];
    let place = PlaceNumber(u32::from_be_bytes(take(&mut bytes)?));
    let seconds = u32::from_be_bytes(take(&mut bytes)?);
    let [judged] = take(&mut bytes)?;
    let verdict = match judged & 3 {
        0 => Verdict::Verified,
        1 => Verdict::OutOfRange,
        2 => Verdict::Unverifiable,
        _ => Verdict::Suspicious,
    };
    let decision = match judged >> 2 {
        0 => None,
        1 => Some(Decision::Approved),
        2 => Some(Decision::Rejected),
        _ => return None,
    };
    let purpose = CodeNumber(u16::from_be_bytes(take(&mut bytes)?));
    let outcome = match u16::from_be_bytes(take(&mut bytes)?) {
        0 => None,
        number => Some(CodeNumber(number)),
    };
    let on_site_s = (seconds != UNTOLD).then_some(seconds);
    Some(Counted { place, purpose, outcome, verdict, decision, on_site_s })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(n: u32) -> Counted {
        Counted {
            place: PlaceNumber(n * 70_000),
            purpose: CodeNumber(n as u16 * 300),
            outcome: n.is_multiple_of(2).then_some(CodeNumber(n as u16 + 1)),
            verdict: Verdict::ALL[n as usize % 4],
            decision: Decision::ALL.get(n as usize % 3).copied(),
            on_site_s: n.is_multiple_of(3).then_some(n * 60),
        }
    }
    fn day(date: &str, n: u128) -> RepDay {
        let id = Uuid::from_u128;
        RepDay { date: date.parse().unwrap(), employee: EmployeeId(id(n)), team: TeamId(id(n + 1)) }
    }
    fn packed(days: &[(&RepDay, &[Counted])]) -> Vec<u8> {
        let visits: Vec<_> = days.iter().map(|(_, visits)| pack(visits)).collect();
        let mut week = Packed { employee: days[0].0.employee, team: days[0].0.team, days: BTreeMap::new() };
        for ((day, _), visits) in days.iter().zip(&visits) {
            week.set(day.date, visits);
        }
        week.write()
    }
    fn read(bytes: &[u8], from: &str, to: &str) -> Result<Vec<(RepDay, Vec<Counted>)>, StoreError> {
        let period = Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
        let week = PackedWeek { week: week("2026-11-22".parse().unwrap()), packed: bytes.to_vec() };
        let visits = |day: &PackedDay| Ok((day.of, day.visits().collect::<Result<_, _>>()?));
        week.days(period)?.iter().map(visits).collect()
    }

    #[test]
    fn days_come_back_as_they_were_packed() {
        let (monday, sunday, other) = (day("2026-11-16", 1), day("2026-11-22", 1), day("2026-11-18", 5));
        let many: Vec<_> = (0..9).map(visit).collect();
        let one = [visit(4)];
        let mut bytes = packed(&[(&sunday, &one), (&monday, &many)]);
        bytes.extend(packed(&[(&other, &one)]));
        let all = [(monday, many.clone()), (sunday, one.to_vec()), (other, one.to_vec())];
        assert_eq!(read(&bytes, "2026-11-01", "2026-11-30").unwrap(), all);
        assert_eq!(read(&bytes, "2026-11-17", "2026-11-21").unwrap(), all[2..]);
        assert_eq!(read(&[], "2026-11-01", "2026-11-30").unwrap(), []);
        // The day is written anew, and one without a visit is none.
        let again = packed(&[(&monday, &many), (&sunday, &many), (&monday, &one), (&sunday, &[])]);
        assert_eq!(read(&again, "2026-11-01", "2026-11-30").unwrap(), [(monday, one.to_vec())]);
    }

    #[test]
    fn what_nobody_packed_is_refused_and_never_panics() {
        let whole = packed(&[(&day("2026-11-20", 1), &[visit(2)])]);
        let refused = |bytes: &[u8]| read(bytes, "2026-11-01", "2026-11-30").is_err();
        assert!(!refused(&whole));
        for length in 1..whole.len() {
            assert!(refused(&whole[..length]), "{length}");
        }
        for (at, what) in
            [(32, "how many days"), (33, "which day"), (34, "how many visits"), (44, "decision")]
        {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            assert!(refused(&broken), "{what}");
        }
    }
}
