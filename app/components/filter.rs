//! What a list is kept to.

use dioxus::prelude::*;
use dioxus_i18n::t;

/// Choices as `(code, text)`, the chosen one told by its code. With `any`, the empty code stands first and for all of them.
#[component]
pub fn Filter(
    label: String,
    name: &'static str,
    value: String,
    options: Vec<(String, String)>,
    #[props(default = Some(t!("any")))] any: Option<String>,
    onpick: EventHandler<String>,
) -> Element {
    // One list: a browser chooses by itself whichever option is put in first.
    let options = any.map(|any| (String::new(), any)).into_iter().chain(options);
    rsx! {
        label { class: "field inline",
            span { "{label}" }
            select { name, value: "{value}", onchange: move |event| onpick(event.value()),
                for (code, text) in options {
                    option { key: "{code}", value: "{code}", selected: code == value, "{text}" }
                }
            }
        }
    }
}
