//! The manager's day: who is out, how many visits, how good they are. The same sums on the server's snapshot
//! and on the page that keeps it up to date, so the two cannot disagree.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    codes::codes,
    customer::Grade,
    employee::{EmployeeRef, TeamRef},
    event::{Event, Kind, Offsets, Stream},
    feed::{FeedItem, Told, Whose},
    id::{EmployeeId, TaskId, TeamId, VisitId},
    page::Page,
    task::Priority,
    visit::{Decision, Verdict, Visit},
};

/// How fresh is what is known of a rep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Heard of within the last two minutes.
    Live,
    /// Heard of within the last fifteen minutes.
    Delayed,
    /// Not heard of for longer, or never.
    Offline,
}
codes!(Presence { Live = "live", Delayed = "delayed", Offline = "offline" });

impl Presence {
    /// What a device last heard of at `seen` is at `now`.
    pub fn of(seen: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match seen.map(|seen| now - seen) {
            Some(silence) if silence <= TimeDelta::minutes(2) => Self::Live,
            Some(silence) if silence <= TimeDelta::minutes(15) => Self::Delayed,
            _ => Self::Offline,
        }
    }
}

/// `GET /presence`: when the devices of the reps the caller may see were last heard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The moment it was asked, by the server's clock.
    pub at: DateTime<Utc>,
    /// Those heard of at all.
    pub reps: Vec<SeenRep>,
}

/// When one rep's device was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRep {
    /// Who.
    pub employee_id: EmployeeId,
    /// When.
    pub seen_at: DateTime<Utc>,
}

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
    /// When the rep's device was last heard of; see [`Presence`].
    #[serde(default)]
    pub seen_at: Option<DateTime<Utc>>,
}

/// A business day in three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySums {
    /// The day.
    pub date: NaiveDate,
    /// Check-ins.
    pub visits: u32,
    /// Reps with at least one check-in.
    pub active_reps: u32,
    /// Customer locations somebody added; imported ones are not counted.
    pub new_customers: u32,
}

/// How many days a trend has, the board's own being the last.
pub const TREND_DAYS: u64 = 14;

/// `GET /board`: the day at the offsets given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// The business day.
    pub date: NaiveDate,
    /// When this was true, by the server's clock.
    pub at: DateTime<Utc>,
    /// Every rep the caller may see, also those without a visit.
    pub reps: Vec<RepDay>,
    /// The day's visits that do not count as verified.
    pub unverified: BTreeSet<VisitId>,
    /// Check-ins by the hour of the organisation's clock, from midnight on: 24 numbers.
    pub by_hour: Vec<u32>,
    /// Customer locations added on the day.
    pub new_customers: u32,
    /// Urgent tasks that are still to be done, whatever the day.
    pub urgent_tasks: BTreeSet<TaskId>,
    /// The same weekday a week before: of today up to the same time of day, of a past day the whole.
    pub last_week: DaySums,
    /// The days before this one, oldest first.
    pub trend: Vec<DaySums>,
    /// The beginning of the feed, latest first.
    pub feed: Page<FeedItem>,
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
    pub id: VisitId,
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
    /// The check-in.
    pub at: DateTime<Utc>,
    /// The rep.
    pub employee_id: EmployeeId,
    /// The rep's team at the time.
    pub team_id: TeamId,
    /// How much the customer buys.
    pub grade: Option<Grade>,
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
            at: visit.checked_in_at,
            employee_id: visit.employee.id,
            team_id: visit.team.id,
            grade: visit.location.grade,
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

/// How many lines of the feed a board carries.
pub const FEED_LINES: usize = 50;

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

    /// Applies an event, once: what the board knows already, by its offset, changes nothing. `hour` is that of the
    /// organisation's clock at a moment. Only work of `whose` counts.
    pub fn apply(&mut self, event: &Event, whose: Whose, hour: impl Fn(DateTime<Utc>) -> u32) {
        let seen = self.streams.entry(event.stream).or_default();
        if event.offset <= *seen {
            return;
        }
        *seen = event.offset;
        // What is told in the team's stream is told in the rep's as well.
        if matches!(event.stream, Stream::Employee(_)) {
            return;
        }
        let Some(line) = FeedItem::of(event).filter(|line| line.told.is_of(whose)) else { return };
        match &line.told {
            Told::Visit(visit) if visit.business_date == self.date => {
                self.visit(event.kind, visit, hour(visit.checked_in_at));
            }
            Told::TaskCreated(task) | Told::TaskChanged(task) => {
                if task.priority == Priority::Urgent && task.status.is_open() {
                    self.urgent_tasks.insert(task.id);
                } else {
                    self.urgent_tasks.remove(&task.id);
                }
            }
            _ => {}
        }
    }

    fn visit(&mut self, kind: Kind, visit: &Visit, hour: u32) {
        // A photo or a review may change what a check-in counted as.
        let counts = visit.counts_as_verified();
        let counted = kind != Kind::VisitCheckedIn && !self.unverified.contains(&visit.id);
        if counts {
            self.unverified.remove(&visit.id);
        } else {
            self.unverified.insert(visit.id);
        }
        let known = self.reps.iter().position(|rep| rep.employee.id == visit.employee.id);
        let rep = match known {
            Some(at) => &mut self.reps[at],
            // Somebody who has left is counted no more.
            None if kind != Kind::VisitCheckedIn => return,
            None => {
                // A rep who joined after the snapshot.
                self.reps.push(RepDay {
                    employee: visit.employee.clone(),
                    team: visit.team.clone(),
                    visits: 0,
                    verified: 0,
                    open: 0,
                    last_check_in_at: None,
                    seen_at: None,
                });
                let last = self.reps.len() - 1;
                &mut self.reps[last]
            }
        };
        match (counted, counts) {
            (false, true) => rep.verified += 1,
            (true, false) => rep.verified = rep.verified.saturating_sub(1),
            _ => {}
        }
        match kind {
            Kind::VisitCheckedIn => {
                rep.visits += 1;
                rep.open += 1;
                rep.last_check_in_at = rep.last_check_in_at.max(Some(visit.checked_in_at));
                if let Some(visits) = self.by_hour.get_mut(hour as usize) {
                    *visits += 1;
                }
            }
            Kind::VisitCheckedOut => rep.open = rep.open.saturating_sub(1),
            _ => {}
        }
    }
}
