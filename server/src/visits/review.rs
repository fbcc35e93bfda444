//! What managers make of visits: the queue of those that wait for a word, and the word.

use ekenko_domain::{
    event::Kind,
    id::{EmployeeId, TeamId, VisitId},
    visit::{MOST_WAITING, NewReview, Queue, Review, Verdict, Visit},
};

use super::{
    VisitError, Visits, changes,
    row::{VisitRow, visits},
    store,
};
use crate::{
    activity::Activity,
    db::{On, query},
    identity::{Caller, wall},
    live::stream,
    page,
};

/// Which waiting visits to list; what is left out does not narrow it.
#[derive(Debug, Default)]
pub struct Waiting {
    /// One team's.
    pub team: Option<TeamId>,
    /// One rep's.
    pub employee: Option<EmployeeId>,
    /// Those so judged.
    pub verdict: Option<Verdict>,
    /// Most items to give.
    pub limit: usize,
    /// Where the last piece ended.
    pub cursor: Option<String>,
}

/// Also the condition of the index `visits_waiting`, without which it is of no use.
macro_rules! waiting {
    () => {
        "AND v.verdict <> 'verified' AND v.review IS NULL
        AND ($4 IS NULL OR v.team_id = $4) AND ($5 IS NULL OR v.employee_id = $5) AND ($6 IS NULL OR v.verdict = $6)"
    };
}
const WAITING: &str = concat!(
    visits!(""),
    waiting!(),
    " AND (v.checked_in_at < $7 OR (v.checked_in_at = $7 AND v.id < $8))
    ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $9"
);
// In the index's order, so that it is counted there and not in the rows.
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM visits v ",
    wall!("v"),
    waiting!(),
    " ORDER BY v.checked_in_at DESC, v.id DESC LIMIT $7) w"
);

impl Visits {
    /// Visits the caller may see that wait for a manager's word. The latest first: a case is cleared up soonest while
    /// the rep remembers it, and a backlog of months must not hide today's.
    pub async fn queue(&self, caller: &Caller, of: &Waiting) -> Result<Queue, VisitError> {
        let before = page::before(of.cursor.as_deref())?;
        let (organisation, role, me) = caller.wall();
        let (team, employee) = (of.team.map(|id| id.0), of.employee.map(|id| id.0));
        let verdict = of.verdict.map(Verdict::code);
        let mut db = self.db.snapshot().await?;
        let streams = stream::heads_of(&mut db, caller).await?;
        let rows = query!(
            &mut db,
            fetch_all as VisitRow,
            WAITING,
            organisation,
            role,
            me,
            team,
            employee,
            verdict,
            before.0,
            before.1,
            page::wanted(of.limit)
        )
        .on("visits")?;
        let (total,) = query!(
            &mut db,
            fetch_one as (i64,),
            COUNT,
            organisation,
            role,
            me,
            team,
            employee,
            verdict,
            i64::from(MOST_WAITING)
        )
        .on("visits")?;
        let items = rows.into_iter().map(Visit::try_from).collect::<Result<Vec<_>, _>>()?;
        let page = page::cut(items, of.limit, |last| page::at((last.checked_in_at, last.id.0)));
        let total = u32::try_from(total).unwrap_or(MOST_WAITING);
        Ok(Queue { items: page.items, next: page.next, total, streams })
    }

    /// Says what is to be made of a visit, in place of what was said before; `None` takes that back. The same again
    /// gives the same answer.
    pub async fn review(
        &self,
        caller: &Caller,
        id: VisitId,
        new: Option<&NewReview>,
    ) -> Result<Visit, VisitError> {
        if !caller.role.manages() {
            return Err(VisitError::MayNotReview);
        }
        let reason = new.map(NewReview::reason).transpose()?.flatten();
        let mut db = self.db.begin().await?;
        changes::hold(&mut db, caller.organisation.id, id).await?;
        let before = store::by_id(&mut db, caller, id).await?.ok_or(VisitError::NotFound)?;
        if before.employee.id == caller.employee.id {
            return Err(VisitError::MayNotReview);
        }
        let same = match (&before.review, new) {
            (Some(was), Some(new)) => {
                was.decision == new.decision
                    && was.reason.as_deref() == reason
                    && was.by.id == caller.employee.id
            }
            (was, new) => was.is_none() && new.is_none(),
        };
        if same {
            return Ok(before);
        }
        let review = new.map(|new| Review {
            decision: new.decision,
            reason: reason.map(str::to_owned),
            by: caller.employee.clone(),
            at: self.outside.now(),
        });
        changes::review(&mut db, caller.organisation.id, id, review.as_ref()).await?;
        let visit = Visit { review, ..before.clone() };
        let activity = Activity::of(caller, Kind::VisitVerified, id).from(Some(&before));
        self.tell(db, &activity, &visit).await?;
        Ok(visit)
    }
}
