//! What is wrong with a field of a form.

use dioxus::prelude::*;
use ekenko_domain::problem::Problem;

use super::toast::explain;
use crate::i18n::reason;

/// What a problem says of `field`; for the empty name, what it says when it names no field.
#[component]
pub fn Invalid(problem: Option<Problem>, field: String) -> Element {
    let text = problem.and_then(|problem| match problem.errors.iter().find(|error| error.field == field) {
        Some(error) => Some(reason(&error.message)),
        None if field.is_empty() && problem.errors.is_empty() => Some(explain(&problem)),
        None => None,
    });
    match text {
        Some(text) => rsx! { span { class: "error", role: "alert", "{text}" } },
        None => rsx! {},
    }
}
