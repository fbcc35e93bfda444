//! The visit_days table: a rep's business day in one row. A report of a million visits counts different customers, which
//! neither engine does within its time over single rows; over whole days it is one quick pass in memory.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
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
    db::{Access, Conn, On, StoreError, Write, query},
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
    "INSERT INTO visit_days (organisation_id, business_date, employee_id, team_id, packed) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organisation_id, business_date, employee_id, team_id) DO UPDATE SET packed = visit_days.packed";
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
const KEEP: &str = "UPDATE visit_days SET packed = $5
    WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4";

/// Writes the day of a visit that changed, in the transaction of the change.
pub async fn keep(db: &mut Write, organisation: OrganisationId, visit: &Visit) -> Result<(), StoreError> {
    let day = RepDay { date: visit.business_date, employee: visit.employee.id, team: visit.team.id };
    keep_day(db, organisation, day).await
}

/// Writes a day some of whose visits changed, in the transaction of the change.
pub async fn keep_day(db: &mut Write, organisation: OrganisationId, day: RepDay) -> Result<(), StoreError> {
    let (date, employee, team) = (day.date, day.employee.0, day.team.0);
    // First, for it holds the day's row: whoever changes another visit of the day waits, and then reads this one.
    query!(db, execute, HOLD, organisation.0, date, employee, team, pack(&day, &[])).on("visit_days")?;
    let rows = loop {
        let rows = query!(db, fetch_all as OfDayRow, OF_DAY, organisation.0, date, employee, team);
        let rows = rows.on("visits")?;
        if rows.iter().all(|row| row.numbered) {
            break rows;
        }
        query!(db, execute, NUMBER_CODES, organisation.0, date, employee, team).on("visit_codes")?;
    };
    let visits = rows.iter().map(OfDayRow::counted).collect::<Result<Vec<_>, _>>()?;
    query!(db, execute, KEEP, organisation.0, date, employee, team, pack(&day, &visits)).on("visit_days")?;
    Ok(())
}

/// A business day of several reps, still packed.
pub struct PackedDay {
    date: NaiveDate,
    packed: Vec<u8>,
}

/// A rep's business day, still packed.
pub struct PackedRepDay<'a> {
    /// Whose, and when.
    pub of: RepDay,
    packed: &'a [u8],
}

impl PackedDay {
    /// The day of each rep.
    pub fn reps(&self) -> Result<Vec<PackedRepDay<'_>>, StoreError> {
        split(self.date, &self.packed).ok_or_else(|| unreadable(self.date))
    }
}

impl PackedRepDay<'_> {
    /// The visits of the day.
    pub fn visits(&self) -> Result<Vec<Counted>, StoreError> {
        unpack(self.packed).ok_or_else(|| unreadable(self.of.date))
    }
}

/// A number that is kept wider than it is packed.
fn number<T: TryFrom<i32>>(number: i32) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| corrupt("number", number.to_string()))
}

fn unreadable(date: NaiveDate) -> StoreError {
    StoreError::Corrupt { table: "visit_days", column: "packed", value: date.to_string() }
}

/// A day's reps one behind another, so that a year is some hundred rows. Bytes are strung together in each engine's own
/// way; to SQLite they are a text meanwhile, which it leaves as it is.
macro_rules! days {
    ($strung:literal) => {
        concat!(
            "SELECT d.business_date, ",
            $strung,
            " FROM visit_days d ",
            wall!("d"),
            "AND d.business_date BETWEEN $4 AND $5 AND ($6 IS NULL OR d.team_id = $6)
            AND ($7 IS NULL OR d.employee_id = $7) GROUP BY d.business_date"
        )
    };
}
const DAYS_SQLITE: &str = days!("CAST(group_concat(d.packed, '') AS BLOB)");
const DAYS_POSTGRES: &str = days!("string_agg(d.packed, '')");

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

    /// The days of the reps the caller may see, in somebody's snapshot; a company does not narrow them.
    pub async fn days(
        &self,
        db: &mut impl Access,
        caller: &Caller,
        period: Period,
        about: &About,
    ) -> Result<Vec<PackedDay>, StoreError> {
        let (organisation, role, me) = caller.wall();
        let (team, employee, _) = about.ids();
        let (from, to) = (period.from, period.to);
        let days = match db.conn() {
            Conn::Sqlite(_) => DAYS_SQLITE,
            Conn::Postgres(_) => DAYS_POSTGRES,
        };
        let rows = query!(
            db,
            fetch_all as (NaiveDate, Vec<u8>),
            days,
            organisation,
            role,
            me,
            from,
            to,
            team,
            employee
        )
        .on("visit_days")?;
        Ok(rows.into_iter().map(|(date, packed)| PackedDay { date, packed }).collect())
    }
}

/// What stands for a check-out that was not told.
const UNTOLD: u32 = u32::MAX;
/// The longest stay there is room for.
const LONGEST: i64 = UNTOLD as i64 - 1;

/// The bytes of a visit.
const VISIT: usize = 13;

/// The bytes that the migration `0020_report_numbers.sql` makes of the same visits.
fn pack(day: &RepDay, visits: &[Counted]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(34 + visits.len() * VISIT);
    bytes.extend(day.employee.0.as_bytes());
    bytes.extend(day.team.0.as_bytes());
    // Nobody makes more in a day.
    let visits = &visits[..visits.len().min(usize::from(u16::MAX))];
    bytes.extend((visits.len() as u16).to_be_bytes());
    for visit in visits {
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

/// Tells the days apart without looking into their visits.
fn split(date: NaiveDate, mut bytes: &[u8]) -> Option<Vec<PackedRepDay<'_>>> {
    let mut days = Vec::new();
    while !bytes.is_empty() {
        let employee = EmployeeId(Uuid::from_bytes(take(&mut bytes)?));
        let team = TeamId(Uuid::from_bytes(take(&mut bytes)?));
        let visits = usize::from(u16::from_be_bytes(take(&mut bytes)?));
        let packed = bytes.split_off(..visits * VISIT)?;
        days.push(PackedRepDay { of: RepDay { date, employee, team }, packed });
    }
    Some(days)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    bytes.split_off(..N)?.first_chunk().copied()
}

fn unpack(bytes: &[u8]) -> Option<Vec<Counted>> {
    bytes.as_chunks().0.iter().map(unpack_one).collect()
}

fn unpack_one(bytes: &[u8; VISIT]) -> Option<Counted> {
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
    fn day(n: u128) -> RepDay {
        let id = Uuid::from_u128;
        RepDay { date: "2026-11-21".parse().unwrap(), employee: EmployeeId(id(n)), team: TeamId(id(n + 1)) }
    }
    fn read(bytes: &[u8]) -> Option<Vec<(RepDay, Vec<Counted>)>> {
        split(day(1).date, bytes)?.iter().map(|day| Some((day.of, unpack(day.packed)?))).collect()
    }

    #[test]
    fn days_come_back_as_they_were_packed() {
        let days = [(day(1), (0..9).map(visit).collect()), (day(5), vec![]), (day(7), vec![visit(4)])];
        let bytes: Vec<_> = days.iter().flat_map(|(day, visits)| pack(day, visits)).collect();
        assert_eq!(read(&bytes).unwrap(), days);
        assert_eq!(read(&[]).unwrap(), []);
    }

    #[test]
    fn what_nobody_packed_is_refused_and_never_panics() {
        let whole = pack(&day(1), &[visit(2)]);
        for length in 1..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        for (at, what) in [(33, "how many"), (42, "decision")] {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            assert_eq!(read(&broken), None, "{what}");
        }
    }
}
