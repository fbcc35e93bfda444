//! Links side by side that show the parts of a page.

use dioxus::prelude::*;

use crate::route::Route;

/// One of them, inside a `tabs`; `here` when its part is shown. What the router finds out by itself holds for one address
/// only, and parts have many.
#[component]
pub fn Tab(to: Route, here: bool, children: Element) -> Element {
    rsx! {
        Link { class: if here { "tab active" } else { "tab" }, to, "aria-current": if here { "page" }, {children} }
    }
}
