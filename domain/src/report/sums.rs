//! The sums of a row.

use super::{Counted, DueTask, Figures, average, share};
use crate::visit::{Decision, Verdict, counts_as_verified};

/// What is added up of a row or of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    pub visits: u32,
    timed: u32,
    on_site_s: i64,
    verified: u32,
    out_of_range: u32,
    unverifiable: u32,
    suspicious: u32,
    rejected: u32,
    pub places: u32,
    pub owned: u32,
    pub covered: u32,
    tasks_due: u32,
    tasks_on_time: u32,
}

impl Sums {
    /// Counts a visit.
    pub fn add(&mut self, visit: &Counted) {
        self.visits += 1;
        if let Some(seconds) = visit.on_site_s {
            self.timed += 1;
            self.on_site_s += i64::from(seconds);
        }
        *match (visit.decision, visit.verdict) {
            (decision, verdict) if counts_as_verified(verdict, decision) => &mut self.verified,
            (Some(Decision::Rejected), _) => &mut self.rejected,
            (_, Verdict::OutOfRange) => &mut self.out_of_range,
            (_, Verdict::Unverifiable) => &mut self.unverifiable,
            (_, Verdict::Verified | Verdict::Suspicious) => &mut self.suspicious,
        } += 1;
    }

    /// Counts the visits another row counted.
    pub fn add_all(&mut self, other: &Self) {
        self.visits += other.visits;
        self.timed += other.timed;
        self.on_site_s += other.on_site_s;
        self.verified += other.verified;
        self.out_of_range += other.out_of_range;
        self.unverifiable += other.unverifiable;
        self.suspicious += other.suspicious;
        self.rejected += other.rejected;
    }

    /// Counts a task that is due.
    pub fn due(&mut self, task: &DueTask) {
        self.tasks_due += 1;
        self.tasks_on_time += u32::from(task.on_time);
    }

    /// The figures, with or without those of customers to look after and of tasks.
    pub fn figures(&self, with_customers: bool, with_tasks: bool) -> Figures {
        let customers = |n| with_customers.then_some(n);
        let tasks = |n| with_tasks.then_some(n);
        Figures {
            visits: self.visits,
            timed: self.timed,
            on_site_s: self.on_site_s,
            average_on_site_s: average(self.on_site_s, self.timed),
            verified: self.verified,
            out_of_range: self.out_of_range,
            unverifiable: self.unverifiable,
            suspicious: self.suspicious,
            rejected: self.rejected,
            verified_share: share(self.verified, self.visits),
            customers_visited: self.places,
            customers: customers(self.owned),
            customers_covered: customers(self.covered),
            coverage: share(self.covered, self.owned).filter(|_| with_customers),
            tasks_due: tasks(self.tasks_due),
            tasks_on_time: tasks(self.tasks_on_time),
            on_time_share: share(self.tasks_on_time, self.tasks_due).filter(|_| with_tasks),
        }
    }
}
