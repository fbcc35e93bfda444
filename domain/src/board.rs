//! The manager's day: who is out, how many visits, how good they are. The same sums on the server's snapshot
//! and on the page that keeps it up to date, so the two cannot disagree.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    employee::{EmployeeRef, TeamRef},
    event::{Kind, Offsets},
    visit::{Decision, Verdict, Visit},
};

/// One rep's day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepDay {
    /// Who.
    pub employee: EmployeeRef,
    /// Whose team.
    pub team: TeamRef,
    /// Check-ins of the day.
    pub visits: u32,
    /// Those that count as verified.
    pub verified: u32,
    /// Visits not checked out.
    pub open: u32,
    /// The latest check-in of the day.
    pub last_check_in_at: Option<DateTime<Utc>>,
}

/// `GET /board`: the day at the offsets given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The business day.
    pub date: NaiveDate,
    /// Every rep the caller may see, also those without a visit.
    pub reps: Vec<RepDay>,
    /// The latest visits, newest first.
    pub latest: Vec<Visit>,
    /// Where the streams stood when this was true: resume the socket from here.
    pub streams: Offsets,
}

/// The numbers above the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Check-ins.
    pub visits: u32,
    /// Those that count as verified.
    pub verified: u32,
    /// Reps with at least one check-in.
    pub active_reps: u32,
    /// Reps the caller may see.
    pub reps: u32,
    /// Visits going on now.
    pub open: u32,
}

/// A pin of the day's map: `GET /board/pins`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// The visit.
    pub id: crate::id::VisitId,
    /// Degrees north of where the device said it was, or of the location's pin without a fix.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
    /// The judgement.
    pub verdict: Verdict,
    /// Rep and location.
    pub label: String,
    /// Whether the rep is still there.
    pub open: bool,
    /// What a manager decided.
    #[serde(default)]
    pub review: Option<Decision>,
}

impl From<&Visit> for Pin {
    fn from(visit: &Visit) -> Self {
        let at = visit.evidence.fix.map_or(visit.evidence.pin, |fix| fix.position());
        Self {
            id: visit.id,
            lat: at.lat.get(),
            lng: at.lng.get(),
            verdict: visit.verdict,
            label: Self::label(&visit.employee.name, &visit.location.name),
            open: visit.is_open(),
            review: visit.decision(),
        }
    }
}

impl Pin {
    /// What a pin says when pointed at.
    pub fn label(employee: &str, location: &str) -> String {
        format!("{employee} · {location}")
    }
}

/// `GET /board/pins`: every check-in of the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pins {
    /// In no order.
    pub pins: Vec<Pin>,
    /// Where the streams stood when this was true.
    pub streams: Offsets,
}

/// How many visits a board carries and a page keeps in its feed.
pub const LATEST: usize = 50;

impl Board {
    /// The numbers above the map.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { reps: self.reps.len() as u32, ..Totals::default() };
        for rep in &self.reps {
            totals.visits += rep.visits;
            totals.verified += rep.verified;
            totals.open += rep.open;
            totals.active_reps += u32::from(rep.visits > 0);
        }
        totals
    }

    /// Applies an event that is newer than the snapshot. Each event must be applied once: the offsets see to
    /// that. Visits of other days are left out. `false` when a visit no longer among the latest was reviewed: whether it
    /// counted before is not known here, so the numbers are to be loaded afresh.
    pub fn apply(&mut self, kind: Kind, visit: &Visit) -> bool {
        if visit.business_date != self.date {
            return true;
        }
        let known = self.latest.iter().find(|known| known.id == visit.id).map(Visit::counts_as_verified);
        let verified = u32::from(visit.counts_as_verified());
        if let Some(rep) = self.reps.iter_mut().find(|rep| rep.employee.id == visit.employee.id) {
            match kind {
                Kind::VisitCheckedIn => {
                    rep.visits += 1;
                    rep.verified += verified;
                    rep.open += 1;
                    rep.last_check_in_at = rep.last_check_in_at.max(Some(visit.checked_in_at));
                }
                Kind::VisitCheckedOut => rep.open = rep.open.saturating_sub(1),
                _ => {}
            }
            // A photo can take the verdict away, a review can go above it.
            if kind != Kind::VisitCheckedIn
                && let Some(before) = known
            {
                rep.verified = (rep.verified + verified).saturating_sub(u32::from(before));
            }
        } else if kind == Kind::VisitCheckedIn {
            // A rep who joined after the snapshot.
            self.reps.push(RepDay {
                employee: visit.employee.clone(),
                team: visit.team.clone(),
                visits: 1,
                verified,
                open: 1,
                last_check_in_at: Some(visit.checked_in_at),
            });
        }
        match self.latest.iter_mut().find(|known| known.id == visit.id) {
            Some(known) => *known = visit.clone(),
            None if kind == Kind::VisitCheckedIn => {
                self.latest.insert(0, visit.clone());
                // As the snapshot sorts them.
                self.latest.sort_by_key(|v| std::cmp::Reverse((v.checked_in_at, v.id)));
                self.latest.truncate(LATEST);
            }
            None => {}
        }
        known.is_some() || kind != Kind::VisitVerified
    }
}
