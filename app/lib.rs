//! Ekenko's pages: the same components in a browser, in a desktop window and in the server's first paint.

pub mod api;
pub mod components;
pub mod i18n;
pub mod live;
pub mod loaded;
pub mod offline;
pub mod pages;
pub mod platform;
pub mod route;
#[cfg(feature = "server")]
pub mod serve;

use dioxus::prelude::*;

/// The faces, under the name the style sheet knows them by.
const FONTS: Asset = asset!("/assets/generated/fonts", AssetOptions::folder().with_hash_suffix(false));

/// Everything: styles, language, router.
#[component]
pub fn App() -> Element {
    i18n::use_languages();
    components::toast::use_toasts();
    offline::use_outbox_root();
    // The shell is one page for every address: what the address asks for is shown once the browser has taken over.
    let shell = dioxus_fullstack_core::use_server_cached(platform::is_shell);
    let mut opened = use_signal(|| !shell);
    use_effect(move || {
        if !*opened.peek() {
            i18n::follow_device();
            opened.set(true);
        }
        platform::answers();
    });
    rsx! {
        document::Link { rel: "preload", href: "{FONTS}/inter-latin.woff2", r#as: "font", r#type: "font/woff2", crossorigin: "anonymous" }
        document::Stylesheet { href: asset!("/assets/css/tokens.css") }
        document::Stylesheet { href: asset!("/assets/css/components.css") }
        document::Stylesheet { href: asset!("/assets/css/pages.css") }
        document::Link { rel: "manifest", href: "/manifest.webmanifest" }
        document::Link { rel: "apple-touch-icon", href: "/icons/180.png" }
        document::Link { rel: "icon", href: asset!("/assets/icon.svg"), r#type: "image/svg+xml" }
        if opened() {
            Router::<route::Route> {}
        } else {
            main { class: "content", components::feedback::Loading { rows: 6 } }
        }
        components::toast::Toasts {}
    }
}
