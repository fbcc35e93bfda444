//! The address of the house: leads everybody to the page of their work.

use dioxus::prelude::*;
use ekenko_domain::employee::Role;

use super::shell::use_me;
use crate::{components::feedback::Loading, route::Route};

/// Goes on to the reader's own first page. A browser that comes from outside is sent there by the server already.
#[component]
pub fn StartPage() -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    use_effect(move || {
        navigator.replace(home(me.role));
    });
    rsx! { Loading {} }
}

/// The first page of a role.
pub fn home(role: Role) -> Route {
    match role {
        Role::Rep => Route::TodayPage {},
        Role::Admin | Role::Manager | Role::Analyst => Route::board(),
    }
}
