//! One of a few, all in sight.

use dioxus::prelude::*;

/// Choices as `(code, text)`; tells the code that was chosen.
#[component]
pub fn Radios(
    legend: String,
    name: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
    onchoose: EventHandler<String>,
) -> Element {
    rsx! {
        fieldset { class: "choices",
            legend { "{legend}" }
            for (code, text) in options {
                label { key: "{code}", class: "choice",
                    input { r#type: "radio", name, value: "{code}", checked: code == chosen, onchange: move |_| onchoose(code.clone()) }
                    span { "{text}" }
                }
            }
        }
    }
}
