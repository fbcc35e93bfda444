//! The rep's day at a glance. The same sums on the server's snapshot and on the page that keeps it up to date.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    announcement::{Announcement, take_in},
    event::{Kind, Offsets},
    plan::{DayStops, PlanSummary},
    task::{Priority, Task},
    visit::Visit,
};

/// Most tasks a dashboard shows.
pub const MOST_TASKS: usize = 50;

/// `GET /dashboard`: the caller's day at the offsets given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The business day.
    pub date: NaiveDate,
    /// Check-ins of the day.
    pub visits: u32,
    /// Those that count as verified.
    pub verified: u32,
    /// Visits a rep should make a day.
    pub target: u16,
    /// The visit not yet checked out.
    pub open_visit: Option<Visit>,
    /// How far the day's plan is.
    #[serde(default)]
    pub plan: PlanSummary,
    /// Open tasks that are urgent, overdue or due today, most pressing first.
    pub tasks: Vec<Task>,
    /// What was announced and not put away: pinned first, then the latest.
    pub announcements: Vec<Announcement>,
    /// Where the streams stood when this was true: resume the socket from here.
    pub streams: Offsets,
}

/// Whether a task belongs on the day's dashboard.
pub fn is_pressing(task: &Task, today: NaiveDate) -> bool {
    task.status.is_open()
        && (task.priority == Priority::Urgent || task.due_date.is_some_and(|due| due <= today))
}

impl Dashboard {
    /// Takes in what happened to one of the rep's visits. `false` when one that is over was reviewed: whether it counted
    /// before is not known here, so the day is to be loaded afresh.
    pub fn visited(&mut self, kind: Kind, visit: &Visit) -> bool {
        if kind == Kind::VisitCheckedIn && visit.business_date == self.date {
            self.visits += 1;
            self.verified += u32::from(visit.counts_as_verified());
            self.plan.open.retain(|stop| stop.id != visit.location.id);
        }
        let sure = kind != Kind::VisitVerified || visit.business_date != self.date;
        let was = self.open_visit.as_ref().filter(|open| open.id == visit.id);
        if visit.business_date == self.date
            && let Some(was) = was
        {
            // A photo can take the verdict away, a review can go above it.
            let (before, after) = (was.counts_as_verified(), visit.counts_as_verified());
            self.verified = (self.verified + u32::from(after)).saturating_sub(u32::from(before));
        }
        if visit.is_open() {
            let known = was.is_some();
            self.open_visit = Some(visit.clone());
            return sure || known;
        }
        if was.is_some() {
            self.open_visit = None;
        }
        sure
    }

    /// Takes in that a day was planned.
    pub fn planned(&mut self, day: &DayStops) {
        if day.date == self.date {
            self.plan = PlanSummary::of(&day.stops);
        }
    }

    /// Takes in a task given or changed.
    pub fn tasked(&mut self, task: &Task) {
        self.tasks.retain(|known| known.id != task.id);
        if is_pressing(task, self.date) {
            self.tasks.push(task.clone());
            self.tasks.sort_by_key(Task::urgency);
            self.tasks.truncate(MOST_TASKS);
        }
    }

    /// Takes in an announcement published, changed or withdrawn.
    pub fn announced(&mut self, kind: Kind, announcement: &Announcement) {
        take_in(&mut self.announcements, kind == Kind::AnnouncementPublished, announcement);
    }
}
