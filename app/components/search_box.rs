//! Search as one types.

use dioxus::prelude::*;

use super::icon::{Icon, Name};
use crate::platform;

/// Waits this long after the last key before searching, in milliseconds.
const TYPING_MS: u32 = 250;

/// A search field that begins with `value` and tells what was typed once the typing rests.
#[component]
pub fn SearchBox(value: ReadSignal<String>, label: String, onsearch: EventHandler<String>) -> Element {
    let mut typed = use_signal(|| value.peek().clone());
    let mut keys = use_signal(|| 0u32);
    rsx! {
        div { class: "search",
            Icon { name: Name::Search }
            input {
                r#type: "search", "aria-label": "{label}", placeholder: "{label}",
                autocomplete: "off", enterkeyhint: "search", value: "{typed}",
                oninput: move |event| {
                    typed.set(event.value());
                    keys += 1;
                    let mine = keys();
                    spawn(async move {
                        platform::sleep(TYPING_MS).await;
                        if keys() == mine {
                            onsearch(typed());
                        }
                    });
                },
            }
        }
    }
}
