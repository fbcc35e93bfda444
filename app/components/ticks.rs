//! Some of a few, all in sight.

use std::fmt::Display;

use dioxus::prelude::*;

/// Choices as `(id, text)`; those ticked are in `chosen`, in the order they were ticked.
#[component]
pub fn Ticks<T: Copy + Display + PartialEq + 'static>(
    legend: String,
    name: &'static str,
    options: Vec<(T, String)>,
    chosen: Signal<Vec<T>>,
) -> Element {
    let mut chosen = chosen;
    rsx! {
        fieldset { class: "choices",
            legend { "{legend}" }
            for (id, text) in options {
                label { key: "{id}", class: "choice",
                    input {
                        r#type: "checkbox", name, value: "{id}", checked: chosen.read().contains(&id),
                        onchange: move |event| {
                            let mut chosen = chosen.write();
                            chosen.retain(|other| *other != id);
                            if event.checked() {
                                chosen.push(id);
                            }
                        },
                    }
                    span { "{text}" }
                }
            }
        }
    }
}
