//! What a manager made of a visit, and the way to say it.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    day::TimeZone,
    employee::Me,
    text::Notes,
    visit::{Decision, NewReview, Visit},
};

use crate::{
    components::{
        icon::{Icon, Name},
        verdict::DecisionBadge,
    },
    i18n,
};

/// The longest reason the page takes, in characters: it is read on a phone.
const LONGEST: i64 = 500;

/// Whether the reader may review a visit.
pub fn may_review(me: &Me, visit: &Visit) -> bool {
    me.role.manages() && visit.employee.id != me.id
}

/// What was decided, why, by whom and when; nothing when nothing was.
#[component]
pub fn Reviewed(visit: Visit, zone: TimeZone) -> Element {
    let Some(review) = visit.review else { return VNode::empty() };
    rsx! {
        div { class: "reviewed", "data-decision": review.decision.code(),
            div { class: "verdict-head",
                DecisionBadge { decision: review.decision }
                span { class: "muted", {t!("reviewed-by", name: review.by.name, time: i18n::moment(review.at, &zone))} }
            }
            if let Some(reason) = review.reason {
                p { class: "notes", "{reason}" }
            }
        }
    }
}

/// Approve, reject, take back. `rejecting` opens the field for the reason; `keys` says which key does the same.
#[component]
pub fn Decide(
    visit: Visit,
    rejecting: Signal<bool>,
    busy: bool,
    #[props(default)] keys: bool,
    ondecide: EventHandler<Option<NewReview>>,
) -> Element {
    let mut rejecting = rejecting;
    let mut problem = use_signal(|| None::<String>);
    let mut reason = use_signal(String::new);
    let decided = visit.decision();
    let reject = move |event: FormEvent| {
        event.prevent_default();
        if reason.read().trim().is_empty() {
            return problem.set(Some(t!("reason-needed")));
        }
        match Notes::parse(reason().trim()) {
            Ok(reason) => ondecide(Some(NewReview { decision: Decision::Rejected, reason: Some(reason) })),
            Err(error) => problem.set(Some(i18n::reason(&error.to_string()))),
        }
    };
    rsx! {
        if rejecting() {
            // What is typed here is text, not keys of the page.
            form { class: "decide", onsubmit: reject, novalidate: true,
                onkeydown: move |event| {
                    event.stop_propagation();
                    if event.key() == Key::Escape {
                        rejecting.set(false);
                    }
                },
                label { class: "field",
                    span { {t!("reject-reason")} }
                    input {
                        name: "reason", r#type: "text", maxlength: LONGEST, autocomplete: "off", value: "{reason}",
                        "aria-invalid": if problem().is_some() { "true" } else { "false" },
                        onmounted: move |field| async move {
                            // Without focus it can still be clicked.
                            let _ = field.set_focus(true).await;
                        },
                        oninput: move |event| {
                            reason.set(event.value());
                            problem.set(None);
                        },
                    }
                }
                if let Some(problem) = problem() {
                    p { class: "error", role: "alert", "{problem}" }
                }
                div { class: "decide-buttons",
                    button { class: "button", r#type: "button", onclick: move |_| rejecting.set(false), {t!("cancel")} }
                    button { class: "button danger", r#type: "submit", disabled: busy,
                        Icon { name: Name::X }
                        {t!("reject")}
                    }
                }
            }
        } else {
            div { class: "decide decide-buttons",
                if decided != Some(Decision::Approved) {
                    button { class: "button primary", disabled: busy, "aria-keyshortcuts": if keys { "a" },
                        onclick: move |_| ondecide(Some(NewReview { decision: Decision::Approved, reason: None })),
                        Icon { name: Name::Check }
                        {t!("approve")}
                        if keys { kbd { "a" } }
                    }
                }
                if decided != Some(Decision::Rejected) {
                    button { class: "button danger", disabled: busy, "aria-keyshortcuts": if keys { "r" },
                        onclick: move |_| rejecting.set(true),
                        Icon { name: Name::X }
                        {t!("reject")}
                        if keys { kbd { "r" } }
                    }
                }
                if decided.is_some() {
                    button { class: "button", disabled: busy, onclick: move |_| ondecide(None),
                        Icon { name: Name::Undo }
                        {t!("take-back")}
                    }
                }
            }
        }
    }
}
