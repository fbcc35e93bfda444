//! Short news at the edge of the page: what failed, what was done.

use std::rc::Rc;

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
/// How long one with something to press stays, in milliseconds.
const OFFER_STAYS_MS: u32 = 20_000;

#[derive(Clone)]
struct Toast {
    id: u64,
    text: String,
    bad: bool,
    /// Something to press: does again what failed, or undoes what was done. It goes with the component that told.
    offer: Option<Offer>,
}

#[derive(Clone)]
struct Offer {
    scope: ScopeId,
    name: String,
    act: Rc<dyn Fn()>,
}

#[derive(Clone, Copy)]
struct Shelf(Signal<Vec<Toast>>);

/// Makes the place toasts stand in; once, at the root.
pub fn use_toasts() {
    use_context_provider(|| Shelf(Signal::new(Vec::new())));
}

/// A way to show toasts, for event handlers.
#[derive(Clone, Copy)]
pub struct Teller {
    shelf: Signal<Vec<Toast>>,
    scope: ScopeId,
}

/// The way to show toasts.
pub fn use_teller() -> Teller {
    let teller =
        use_hook(|| Teller { shelf: consume_context::<Shelf>().0, scope: dioxus::core::current_scope_id() });
    // What a page offered to do again cannot be done without it.
    use_drop(move || {
        let mut shelf = teller.shelf;
        let offers = |toast: &Toast| toast.offer.as_ref().is_some_and(|offer| offer.scope == teller.scope);
        if shelf.peek().iter().any(offers) {
            shelf.write().iter_mut().filter(|toast| offers(toast)).for_each(|toast| toast.offer = None);
        }
    });
    teller
}

impl Teller {
    /// Says that something was done.
    pub fn done(self, text: String) {
        self.add(text, false, None);
    }

    /// Says that something was done, and offers to undo it.
    pub fn undoable(self, text: String, undo: impl Fn() + 'static) {
        self.add(text, false, Some(Offer { scope: self.scope, name: t!("undo"), act: Rc::new(undo) }));
    }

    /// Says what failed.
    pub fn failed(self, problem: &Problem) {
        self.add(explain(problem), true, None);
    }

    fn add(self, text: String, bad: bool, offer: Option<Offer>) {
        let mut shelf = self.shelf;
        let id = shelf.peek().last().map_or(1, |toast| toast.id + 1);
        let stays = if offer.is_some() { OFFER_STAYS_MS } else { STAYS_MS };
        shelf.write().push(Toast { id, text, bad, offer });
        // Not the page's own: the toast goes when its time is over, also after the page.
        dioxus::core::spawn_forever(async move {
            platform::sleep(stays).await;
            shelf.write().retain(|toast| toast.id != id);
        });
    }
}

/// Something a page does when asked. Its failure is told, with an offer to try again where that may help.
pub fn use_action<A: Clone + 'static, F: Future<Output = Result<(), Problem>> + 'static>(
    mut act: impl FnMut(A) -> F + 'static,
) -> Callback<A> {
    let teller = use_teller();
    let mut this = use_hook(|| CopyValue::new(None::<Callback<A>>));
    let action = use_callback(move |with: A| {
        let doing = act(with.clone());
        spawn(async move {
            let Err(problem) = doing.await else { return };
            let again: Rc<dyn Fn()> = Rc::new(move || {
                if let Some(action) = this() {
                    action(with.clone());
                }
            });
            let offer = || Offer { scope: teller.scope, name: t!("try-again"), act: again };
            teller.add(explain(&problem), true, problem.is_passing().then(offer));
        });
    });
    this.set(Some(action));
    action
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
                    if let Some(offer) = toast.offer {
                        button {
                            class: "button quiet",
                            onclick: move |_| {
                                shelf.write().retain(|other| other.id != toast.id);
                                (offer.act)();
                            },
                            {offer.name}
                        }
                    }
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
