//! The visit_days table: a rep's business day in one row. A report of a million visits counts different customers, which
//! neither engine does within its time over single rows; over whole days it is one quick pass in memory.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    id::{EmployeeId, LocationId, OrganisationId, TeamId},
    report::{About, Counted, Period, RepDay},
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
    location_id: Uuid,
    purpose: String,
    outcome: Option<String>,
    verdict: String,
    review: Option<String>,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    estimated: bool,
}

impl OfDayRow {
    fn counted(&self) -> Result<Counted<'_>, StoreError> {
        let told = self.checked_out_at.filter(|_| !self.estimated);
        let seconds = |out: DateTime<Utc>| (out - self.checked_in_at).num_seconds().clamp(0, LONGEST) as u32;
        Ok(Counted {
            location: LocationId(self.location_id),
            purpose: &self.purpose,
            outcome: self.outcome.as_deref(),
            verdict: Verdict::from_code(&self.verdict).ok_or_else(|| corrupt("verdict", &self.verdict))?,
            decision: decision(self.review.as_deref())?,
            on_site_s: told.map(seconds),
        })
    }
}

const HOLD: &str =
    "INSERT INTO visit_days (organisation_id, business_date, employee_id, team_id, packed) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organisation_id, business_date, employee_id, team_id) DO UPDATE SET packed = visit_days.packed";
const OF_DAY: &str = "SELECT location_id, purpose, outcome, verdict, review, checked_in_at, checked_out_at, estimated FROM visits
    WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4 ORDER BY checked_in_at, id";
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
    let rows =
        query!(db, fetch_all as OfDayRow, OF_DAY, organisation.0, date, employee, team).on("visits")?;
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
    pub fn visits(&self) -> Result<Vec<Counted<'_>>, StoreError> {
        unpack(self.packed).ok_or_else(|| unreadable(self.of.date))
    }
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

/// The bytes that the migration `0010_reports.sql` makes of the same visits; a review, which there was none then, stands
/// in the two bits above the verdict's.
fn pack(day: &RepDay, visits: &[Counted]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(34 + visits.len() * 40);
    bytes.extend(day.employee.0.as_bytes());
    bytes.extend(day.team.0.as_bytes());
    // Nobody makes more in a day.
    let visits = &visits[..visits.len().min(usize::from(u16::MAX))];
    bytes.extend((visits.len() as u16).to_be_bytes());
    for visit in visits {
        bytes.extend(visit.location.0.as_bytes());
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
        for code in [visit.purpose, visit.outcome.unwrap_or_default()] {
            // A code has 40 characters at most.
            bytes.push(code.len() as u8);
            bytes.extend(code.as_bytes());
        }
    }
    bytes
}

/// Tells the days apart without looking into their visits.
fn split(date: NaiveDate, mut bytes: &[u8]) -> Option<Vec<PackedRepDay<'_>>> {
    let mut days = Vec::new();
    while !bytes.is_empty() {
        let employee = EmployeeId(unpack_id(&mut bytes)?);
        let team = TeamId(unpack_id(&mut bytes)?);
        let visits = u16::from_be_bytes(*bytes.split_off(..2)?.first_chunk()?);
        let mut rest = bytes;
        for _ in 0..visits {
            rest.split_off(..21)?;
            for _ in ["purpose", "outcome"] {
                let length = usize::from(*rest.split_off_first()?);
                rest.split_off(..length)?;
            }
        }
        let packed = bytes.split_off(..bytes.len() - rest.len())?;
        days.push(PackedRepDay { of: RepDay { date, employee, team }, packed });
    }
    Some(days)
}

fn unpack(mut bytes: &[u8]) -> Option<Vec<Counted<'_>>> {
    let mut visits = Vec::with_capacity(bytes.len() / 32);
    while !bytes.is_empty() {
        visits.push(unpack_one(&mut bytes)?);
    }
    Some(visits)
}

fn unpack_id(bytes: &mut &[u8]) -> Option<Uuid> {
    Some(Uuid::from_bytes(*bytes.split_off(..16)?.first_chunk()?))
}

fn unpack_one<'a>(bytes: &mut &'a [u8]) -> Option<Counted<'a>> {
    let location = LocationId(unpack_id(bytes)?);
    let seconds = u32::from_be_bytes(*bytes.split_off(..4)?.first_chunk()?);
    let judged = *bytes.split_off_first()?;
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
    let (purpose, outcome) = (unpack_code(bytes)?, unpack_code(bytes)?);
    let outcome = (!outcome.is_empty()).then_some(outcome);
    let on_site_s = (seconds != UNTOLD).then_some(seconds);
    Some(Counted { location, purpose, outcome, verdict, decision, on_site_s })
}

fn unpack_code<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::from(*bytes.split_off_first()?);
    str::from_utf8(bytes.split_off(..length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(n: u128) -> Counted<'static> {
        Counted {
            location: LocationId(Uuid::from_u128(n)),
            purpose: "survey",
            outcome: n.is_multiple_of(2).then_some("no_order"),
            verdict: Verdict::ALL[n as usize % 4],
            decision: Decision::ALL.get(n as usize % 3).copied(),
            on_site_s: n.is_multiple_of(3).then_some(n as u32 * 60),
        }
    }
    fn day(n: u128) -> RepDay {
        let id = Uuid::from_u128;
        RepDay { date: "2026-11-21".parse().unwrap(), employee: EmployeeId(id(n)), team: TeamId(id(n + 1)) }
    }
    fn read(bytes: &[u8]) -> Option<Vec<(RepDay, Vec<Counted<'_>>)>> {
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
        for at in [33, 54, 55, 56] {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            assert_eq!(read(&broken), None, "{at}");
        }
    }
}
