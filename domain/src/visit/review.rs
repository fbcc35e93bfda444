//! What a manager made of a visit: a fact beside the verdict, which stays as it was judged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Verdict, Visit};
use crate::{
    codes::codes,
    employee::EmployeeRef,
    event::{Kind, Offsets},
    text::Notes,
};

/// What a manager decided about a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It counts as verified, whatever the verdict.
    Approved,
    /// It does not, whatever the verdict.
    Rejected,
}
codes!(Decision { Approved = "approved", Rejected = "rejected" });

/// A manager's decision about a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was decided.
    pub decision: Decision,
    /// Why, for the rep to read; never missing when rejected.
    pub reason: Option<String>,
    /// Who decided.
    pub by: EmployeeRef,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
}

/// `POST /visits/{id}/review`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReview {
    /// What is decided.
    pub decision: Decision,
    /// Why; needed to reject. White space alone is no reason.
    #[serde(default)]
    pub reason: Option<Notes>,
}

/// A rejection without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must say why the visit is rejected")]
pub struct NoReason;

impl NewReview {
    /// The reason as it is kept: one that says nothing is none, and a rejection needs one.
    pub fn reason(&self) -> Result<Option<&str>, NoReason> {
        let reason = self.reason.as_ref().map(Notes::as_str).filter(|reason| !reason.trim().is_empty());
        if reason.is_none() && self.decision == Decision::Rejected { Err(NoReason) } else { Ok(reason) }
    }
}

/// Whether a visit counts as verified: a manager's word goes above the verdict.
pub fn counts_as_verified(verdict: Verdict, decision: Option<Decision>) -> bool {
    match decision {
        Some(decision) => decision == Decision::Approved,
        None => verdict == Verdict::Verified,
    }
}

impl Visit {
    /// What was decided about it, if anything.
    pub fn decision(&self) -> Option<Decision> {
        self.review.as_ref().map(|review| review.decision)
    }

    /// Whether it counts as verified.
    pub fn counts_as_verified(&self) -> bool {
        counts_as_verified(self.verdict, self.decision())
    }

    /// Whether it waits for a manager's word.
    pub fn waits_for_review(&self) -> bool {
        self.verdict != Verdict::Verified && self.review.is_none()
    }
}

/// Beyond so many, waiting visits are not counted.
pub const MOST_WAITING: u32 = 10_000;

/// `GET /visits/queue`: visits that wait for a manager's word, latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// A piece of them.
    pub items: Vec<Visit>,
    /// What to send as `cursor` for the next piece; `null` at the end.
    pub next: Option<String>,
    /// How many there are in all; [`MOST_WAITING`] may stand for more.
    pub total: u32,
    /// Where the streams stood when this was true: resume the socket from here.
    pub streams: Offsets,
}

impl Queue {
    /// Takes in what happened to a visit that belongs to this queue's filter. `false` when the number of those waiting
    /// cannot be told from it: the queue is to be loaded afresh.
    pub fn apply(&mut self, kind: Kind, visit: &Visit) -> bool {
        let known = self.items.iter().position(|item| item.id == visit.id);
        match (known, visit.waits_for_review()) {
            (Some(at), true) => self.items[at] = visit.clone(),
            (Some(at), false) => {
                self.items.remove(at);
                self.total = self.total.saturating_sub(1);
            }
            (None, true) if kind == Kind::VisitCheckedIn => {
                self.items.push(visit.clone());
                // As the snapshot sorts them.
                self.items.sort_by_key(|item| std::cmp::Reverse((item.checked_in_at, item.id)));
                self.total += 1;
            }
            (None, true) => return false,
            // It may have waited beyond the pieces that are here.
            (None, false) => return kind != Kind::VisitVerified || self.next.is_none(),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_managers_word_goes_above_the_verdict() {
        for verdict in Verdict::ALL {
            assert_eq!(counts_as_verified(*verdict, None), *verdict == Verdict::Verified);
            assert!(counts_as_verified(*verdict, Some(Decision::Approved)));
            assert!(!counts_as_verified(*verdict, Some(Decision::Rejected)));
        }
    }

    #[test]
    fn a_rejection_says_why() {
        let review = |json: &str| serde_json::from_str::<NewReview>(json).unwrap();
        for (json, reason) in [
            (r#"{"decision":"approved"}"#, Ok(None)),
            (r#"{"decision":"approved","reason":" "}"#, Ok(None)),
            (r#"{"decision":"approved","reason":"ok"}"#, Ok(Some("ok"))),
            (r#"{"decision":"rejected","reason":"ร้านปิด"}"#, Ok(Some("ร้านปิด"))),
            (r#"{"decision":"rejected"}"#, Err(NoReason)),
            (r#"{"decision":"rejected","reason":"\n "}"#, Err(NoReason)),
        ] {
            assert_eq!(review(json).reason(), reason, "{json}");
        }
        assert!(serde_json::from_str::<NewReview>(r#"{"decision":"maybe"}"#).is_err());
    }
}
