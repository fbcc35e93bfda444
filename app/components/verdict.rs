//! A check-in's verdict: never by colour alone.

use dioxus::prelude::*;
use ekenko_domain::visit::Verdict;

use super::icon::{Icon, Name};
use crate::i18n::named;

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
