//! The page's title.

use dioxus::prelude::*;
use dioxus_i18n::t;

use super::icon::{Icon, Name};
use crate::{platform, route::Route};

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

/// The head of a page that lies behind another: the way back, the name, and below it what is said of it.
#[component]
pub fn PageHead(title: String, back: Route, children: Element) -> Element {
    rsx! {
        div { class: "place-head",
            Link { class: "button quiet icon-only", "aria-label": t!("back"), to: back, Icon { name: Name::ArrowLeft } }
            div {
                h1 { "{title}" }
                {children}
            }
        }
    }
}
