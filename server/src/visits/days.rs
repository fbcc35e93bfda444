//! The visit_days table: a rep's business day in one row. A report of a million visits counts different customers, which
//! neither engine does within its time over single rows; over whole days it is one quick pass in memory.

use chrono::{DateTime, NaiveDate, Utc};
use ekenko_domain::{
    choices::Code,
    id::{EmployeeId, LocationId, OrganisationId, TeamId},
    report::{About, Counted, Period, RepDay},
    visit::{Verdict, Visit},
};
use uuid::Uuid;

use super::{Visits, row::corrupt};
use crate::{
    db::{Access, On, StoreError, Write, query},
    identity::{Caller, wall},
};

#[derive(sqlx::FromRow)]
struct OfDayRow {
    location_id: Uuid,
    purpose: String,
    outcome: Option<String>,
    verdict: String,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    estimated: bool,
}

impl TryFrom<OfDayRow> for Counted {
    type Error = StoreError;
    fn try_from(row: OfDayRow) -> Result<Self, StoreError> {
        let code = |column, code: &str| code.parse::<Code>().map_err(|_| corrupt(column, code));
        let told = row.checked_out_at.filter(|_| !row.estimated);
        let seconds = |out: DateTime<Utc>| (out - row.checked_in_at).num_seconds().clamp(0, LONGEST) as u32;
        Ok(Self {
            location: LocationId(row.location_id),
            purpose: code("purpose", &row.purpose)?,
            outcome: row.outcome.map(|outcome| code("outcome", &outcome)).transpose()?,
            verdict: Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?,
            on_site_s: told.map(seconds),
        })
    }
}

const HOLD: &str =
    "INSERT INTO visit_days (organisation_id, business_date, employee_id, team_id, packed) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organisation_id, business_date, employee_id, team_id) DO UPDATE SET packed = visit_days.packed";
const OF_DAY: &str = "SELECT location_id, purpose, outcome, verdict, checked_in_at, checked_out_at, estimated FROM visits
    WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4 ORDER BY checked_in_at, id";
const KEEP: &str = "UPDATE visit_days SET packed = $5
    WHERE organisation_id = $1 AND business_date = $2 AND employee_id = $3 AND team_id = $4";

/// Writes the day of a visit that changed, in the transaction of the change.
pub async fn keep(db: &mut Write, organisation: OrganisationId, visit: &Visit) -> Result<(), StoreError> {
    let (date, employee, team) = (visit.business_date, visit.employee.id.0, visit.team.id.0);
    // First, for it holds the day's row: whoever changes another visit of the day waits, and then reads this one.
    query!(db, execute, HOLD, organisation.0, date, employee, team, pack(&[])).on("visit_days")?;
    let rows =
        query!(db, fetch_all as OfDayRow, OF_DAY, organisation.0, date, employee, team).on("visits")?;
    let visits = rows.into_iter().map(Counted::try_from).collect::<Result<Vec<_>, _>>()?;
    query!(db, execute, KEEP, organisation.0, date, employee, team, pack(&visits)).on("visit_days")?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DayRow {
    business_date: NaiveDate,
    employee_id: Uuid,
    team_id: Uuid,
    packed: Vec<u8>,
}

/// A rep's day, still packed.
pub struct PackedDay {
    /// Whose, and when.
    pub of: RepDay,
    packed: Vec<u8>,
}

impl PackedDay {
    /// The day's visits.
    pub fn visits(&self) -> Result<Vec<Counted>, StoreError> {
        unpack(&self.packed).ok_or_else(|| StoreError::Corrupt {
            table: "visit_days",
            column: "packed",
            value: format!("{} of {}", self.of.date, self.of.employee),
        })
    }
}

const DAYS: &str = concat!(
    "SELECT d.business_date, d.employee_id, d.team_id, d.packed FROM visit_days d ",
    wall!("d"),
    "AND d.business_date BETWEEN $4 AND $5 AND ($6 IS NULL OR d.team_id = $6) AND ($7 IS NULL OR d.employee_id = $7)"
);

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
        let (team, employee) = (about.team.map(|id| id.0), about.employee.map(|id| id.0));
        let rows = query!(
            db,
            fetch_all as DayRow,
            DAYS,
            organisation,
            role,
            me,
            period.from,
            period.to,
            team,
            employee
        )
        .on("visit_days")?;
        let day = |row: DayRow| PackedDay {
            of: RepDay {
                date: row.business_date,
                employee: EmployeeId(row.employee_id),
                team: TeamId(row.team_id),
            },
            packed: row.packed,
        };
        Ok(rows.into_iter().map(day).collect())
    }
}

/// What stands for a check-out that was not told.
const UNTOLD: u32 = u32::MAX;
/// The longest stay there is room for.
const LONGEST: i64 = UNTOLD as i64 - 1;

/// The bytes that the migration `0010_reports.sql` makes of the same visits.
fn pack(visits: &[Counted]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(visits.len() * 40);
    for visit in visits {
        bytes.extend(visit.location.0.as_bytes());
        bytes.extend(visit.on_site_s.unwrap_or(UNTOLD).to_be_bytes());
        bytes.push(match visit.verdict {
            Verdict::Verified => 0,
            Verdict::OutOfRange => 1,
            Verdict::Unverifiable => 2,
            Verdict::Suspicious => 3,
        });
        let outcome = visit.outcome.as_ref().map_or("", Code::as_str);
        for code in [visit.purpose.as_str(), outcome] {
            // A code has 40 characters at most.
            bytes.push(code.len() as u8);
            bytes.extend(code.as_bytes());
        }
    }
    bytes
}

fn unpack(mut bytes: &[u8]) -> Option<Vec<Counted>> {
    let mut visits = Vec::with_capacity(bytes.len() / 32);
    while !bytes.is_empty() {
        visits.push(unpack_one(&mut bytes)?);
    }
    Some(visits)
}

fn unpack_one(bytes: &mut &[u8]) -> Option<Counted> {
    let location = LocationId(Uuid::from_bytes(*bytes.split_off(..16)?.first_chunk()?));
    let seconds = u32::from_be_bytes(*bytes.split_off(..4)?.first_chunk()?);
    let verdict = match bytes.split_off_first()? {
        0 => Verdict::Verified,
        1 => Verdict::OutOfRange,
        2 => Verdict::Unverifiable,
        3 => Verdict::Suspicious,
        _ => return None,
    };
    let purpose = unpack_code(bytes)??;
    let outcome = unpack_code(bytes)?;
    Some(Counted { location, purpose, outcome, verdict, on_site_s: (seconds != UNTOLD).then_some(seconds) })
}

/// `Some(None)` stands for a code of no length.
fn unpack_code(bytes: &mut &[u8]) -> Option<Option<Code>> {
    let length = usize::from(*bytes.split_off_first()?);
    let text = str::from_utf8(bytes.split_off(..length)?).ok()?;
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ekenko_domain::visit::{Outcome, Purpose};

    fn visit(n: u128) -> Counted {
        Counted {
            location: LocationId(Uuid::from_u128(n)),
            purpose: Purpose::SURVEY.0,
            outcome: n.is_multiple_of(2).then_some(Outcome::NO_ORDER.0),
            verdict: Verdict::ALL[n as usize % 4],
            on_site_s: n.is_multiple_of(3).then_some(n as u32 * 60),
        }
    }

    #[test]
    fn a_day_comes_back_as_it_was_packed() {
        let visits: Vec<_> = (0..9).map(visit).collect();
        assert_eq!(unpack(&pack(&visits)).unwrap(), visits);
        assert_eq!(unpack(&[]).unwrap(), []);
    }

    #[test]
    fn what_nobody_packed_is_refused_and_never_panics() {
        let whole = pack(&[visit(2)]);
        for length in 1..whole.len() {
            assert_eq!(unpack(&whole[..length]), None, "{length}");
        }
        for at in [20, 21, 22] {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            assert_eq!(unpack(&broken), None, "{at}");
        }
    }
}
