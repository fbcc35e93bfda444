//! A photo, small; a click opens the original.

use dioxus::prelude::*;

use crate::platform;

/// `thumbnail` and `original` are addresses of the API.
#[component]
pub fn Picture(original: String, thumbnail: String, alt: String) -> Element {
    let source = use_resource(use_reactive!(|thumbnail| platform::picture(thumbnail)));
    rsx! {
        a { class: "picture", href: "{original}", target: "_blank", rel: "noopener",
            if let Some(Some(source)) = source() {
                img { src: "{source}", alt, loading: "lazy" }
            } else {
                span { class: "skeleton" }
            }
        }
    }
}
