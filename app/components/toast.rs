//! Short news at the edge of the page: what failed, what was done.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::problem::Problem;

use super::icon::{Icon, Name};
use crate::{
    i18n::{message, reason},
    platform,
};

/// How long a toast stays, in milliseconds.
const STAYS_MS: u32 = 7_000;

#[derive(Debug, Clone, PartialEq)]
struct Toast {
    id: u64,
    text: String,
    bad: bool,
}

#[derive(Clone, Copy)]
struct Shelf(Signal<Vec<Toast>>);

/// Makes the place toasts stand in; once, at the root.
pub fn use_toasts() {
    use_context_provider(|| Shelf(Signal::new(Vec::new())));
}

/// A way to show toasts, for event handlers.
#[derive(Clone, Copy)]
pub struct Teller(Signal<Vec<Toast>>);

/// The way to show toasts.
pub fn use_teller() -> Teller {
    Teller(use_context::<Shelf>().0)
}

impl Teller {
    /// Says that something was done.
    pub fn done(mut self, text: String) {
        self.add(text, false);
    }

    /// Says what failed.
    pub fn failed(mut self, problem: &Problem) {
        self.add(explain(problem), true);
    }

    fn add(&mut self, text: String, bad: bool) {
        let id = self.0.peek().last().map_or(1, |toast| toast.id + 1);
        self.0.write().push(Toast { id, text, bad });
        let mut shelf = self.0;
        spawn(async move {
            platform::sleep(STAYS_MS).await;
            shelf.write().retain(|toast| toast.id != id);
        });
    }
}

/// A problem in the reader's language; the server's own words when there are none.
pub fn explain(problem: &Problem) -> String {
    let name = format!("problem-{}", problem.name());
    let text = message(&name);
    if text != name {
        return text;
    }
    match problem.errors.first() {
        Some(error) => reason(&error.message),
        None => problem.detail.clone(),
    }
}

/// The toasts on show.
#[component]
pub fn Toasts() -> Element {
    let mut shelf = use_context::<Shelf>().0;
    rsx! {
        div { class: "toasts", role: "status", "aria-live": "polite",
            for toast in shelf() {
                div { key: "{toast.id}", class: "toast", "data-bad": toast.bad,
                    Icon { name: if toast.bad { Name::Alert } else { Name::Check } }
                    span { "{toast.text}" }
                    button {
                        class: "button quiet icon-only",
                        "aria-label": t!("close"),
                        onclick: move |_| shelf.write().retain(|other| other.id != toast.id),
                        Icon { name: Name::X, size: 16 }
                    }
                }
            }
        }
    }
}
