//! What a rep did over some weeks.

use chrono::{DateTime, Days, NaiveDate, Utc};
use ekenko_domain::{
    id::EmployeeId,
    statistics::{Counted, DAYS, Statistics},
    visit::{Verdict, counts_as_verified},
};

use super::{
    Visits,
    row::{corrupt, decision},
};
use crate::{
    db::{On, StoreError, query},
    identity::Caller,
};

#[derive(sqlx::FromRow)]
struct CountedRow {
    business_date: NaiveDate,
    verdict: String,
    checked_in_at: DateTime<Utc>,
    checked_out_at: Option<DateTime<Utc>>,
    estimated: bool,
    review: Option<String>,
}

const SINCE: &str =
    "SELECT business_date, verdict, checked_in_at, checked_out_at, estimated, review FROM visits
    WHERE organisation_id = $1 AND employee_id = $2 AND business_date >= $3";
const COVERAGE: &str = "SELECT COUNT(*), COUNT(CASE WHEN EXISTS (SELECT 1 FROM visits v WHERE v.organisation_id = l.organisation_id
    AND v.location_id = l.id AND v.employee_id = $2 AND v.business_date >= $3) THEN 1 END)
    FROM locations l WHERE l.organisation_id = $1 AND l.owner_id = $2 AND l.status IN ('lead', 'active')";

impl Visits {
    /// The caller's last weeks.
    pub async fn statistics(&self, caller: &Caller) -> Result<Statistics, StoreError> {
        self.statistics_of(caller, caller.employee.id).await
    }

    /// The same of somebody the caller may see: whoever asks has made sure of that.
    pub async fn statistics_of(
        &self,
        caller: &Caller,
        employee: EmployeeId,
    ) -> Result<Statistics, StoreError> {
        let today = self.today(caller);
        let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
        let (organisation, me) = (caller.organisation.id.0, employee.0);
        let mut db = self.db.snapshot().await?;
        let rows = query!(&mut db, fetch_all as CountedRow, SINCE, organisation, me, first).on("visits")?;
        let (customers, visited) =
            query!(&mut db, fetch_one as (i64, i64), COVERAGE, organisation, me, first).on("locations")?;
        let visits = rows
            .into_iter()
            .map(|row| {
                let verdict =
                    Verdict::from_code(&row.verdict).ok_or_else(|| corrupt("verdict", &row.verdict))?;
                Ok(Counted {
                    date: row.business_date,
                    verified: counts_as_verified(verdict, decision(row.review.as_deref())?),
                    checked_in_at: row.checked_in_at,
                    checked_out_at: row.checked_out_at.filter(|_| !row.estimated),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Statistics::of(&visits, today, count(customers), count(visited)))
    }
}
