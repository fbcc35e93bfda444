//! An address that leads nowhere.

use dioxus::prelude::*;
use dioxus_i18n::t;

use crate::{
    components::{feedback::Empty, icon::Name, title::PageTitle},
    route::Route,
};

/// Says so, with the way home.
#[component]
pub fn NotFound(path: Vec<String>) -> Element {
    #[cfg(feature = "server")]
    {
        let mut error =
            dioxus::fullstack::HttpError::new(dioxus::fullstack::StatusCode::NOT_FOUND, "not found");
        error.message = None;
        if let Some(mut context) = dioxus::fullstack::FullstackContext::current() {
            context.set_current_http_status(error);
        }
    }
    rsx! {
        PageTitle { text: t!("not-found-title") }
        main { class: "sole",
            Empty { icon: Name::Search, title: t!("not-found-title"), hint: format!("/{}", path.join("/")),
                Link { class: "button", to: Route::StartPage {}, {t!("to-start")} }
            }
        }
    }
}
