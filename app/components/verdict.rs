//! A check-in's verdict: never by colour alone.

use dioxus::prelude::*;
use ekenko_domain::visit::{Decision, Verdict, Visit};

use super::icon::{Icon, Name};
use crate::i18n::named;

/// A visit's verdict and, once there is one, what a manager decided.
#[component]
pub fn VisitBadges(visit: Visit) -> Element {
    rsx! {
        VerdictBadge { verdict: visit.verdict }
        if let Some(decision) = visit.decision() {
            DecisionBadge { decision }
        }
    }
}

/// What a manager decided, with its sign.
#[component]
pub fn DecisionBadge(decision: Decision) -> Element {
    let icon = match decision {
        Decision::Approved => Name::ShieldCheck,
        Decision::Rejected => Name::X,
    };
    let code = decision.code();
    rsx! {
        span { class: "badge", "data-decision": code,
            Icon { name: icon, size: 14 }
            {named("decision", code)}
        }
    }
}

/// The verdict with its sign.
#[component]
pub fn VerdictBadge(verdict: Verdict) -> Element {
    let icon = match verdict {
        Verdict::Verified => Name::Check,
        Verdict::OutOfRange => Name::MapPin,
        Verdict::Unverifiable => Name::Circle,
        Verdict::Suspicious => Name::Alert,
    };
    let code = verdict.code();
    rsx! {
        span { class: "badge", "data-verdict": code,
            Icon { name: icon, size: 14 }
            {named("verdict", code)}
        }
    }
}
