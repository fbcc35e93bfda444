//! Lists that come in pieces.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{page::Page, problem::Problem};

use super::toast::use_action;

/// A list that begins with `first`, and anew when that changes, and a way to let it grow by the piece `load` brings
/// for a cursor.
pub fn use_pages<T: Clone + PartialEq + 'static, F: Future<Output = Result<Page<T>, Problem>> + 'static>(
    first: Page<T>,
    mut load: impl FnMut(String) -> F + 'static,
) -> (Signal<Page<T>>, Callback<String>) {
    let mut list = use_signal(|| first.clone());
    use_effect(use_reactive!(|first| list.set(first)));
    let more = use_action(move |cursor: String| {
        let loading = load(cursor.clone());
        async move {
            let piece = loading.await?;
            append(&mut list.write(), &cursor, piece);
            Ok(())
        }
    });
    (list, more)
}

/// Adds the piece that lies behind `cursor`, once.
pub fn append<T>(list: &mut Page<T>, cursor: &str, piece: Page<T>) {
    if list.next.as_deref() == Some(cursor) {
        list.items.extend(piece.items);
        list.next = piece.next;
    }
}

/// The button for the piece behind `next`, while there is one.
#[component]
pub fn ShowMore(next: Option<String>, onmore: EventHandler<String>) -> Element {
    match next {
        Some(cursor) => {
            rsx! { button { class: "button", onclick: move |_| onmore(cursor.clone()), {t!("show-more")} } }
        }
        None => VNode::empty(),
    }
}
