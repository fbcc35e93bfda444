//! The page's title.

use dioxus::prelude::*;

use crate::platform;

/// Names the page in the browser's tab, also in the server's first paint.
#[component]
pub fn PageTitle(text: String) -> Element {
    let full = format!("{text} · Ekenko");
    #[cfg(feature = "server")]
    platform::set_title(full);
    #[cfg(not(feature = "server"))]
    use_effect(use_reactive!(|full| platform::set_title(full)));
    VNode::empty()
}
