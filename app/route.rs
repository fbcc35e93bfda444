//! Every page's address.

use dioxus::prelude::*;

use crate::pages::{
    board::BoardPage, check_in::CheckInPage, customers::CustomersPage, import::ImportPage,
    not_found::NotFound, place::PlacePage, set_up::SetUpPage, shell::Shell, sign_in::SignInPage,
    start::StartPage, visit::VisitPage, visits::VisitsPage,
};

/// Every page's address.
#[derive(Debug, Clone, PartialEq, Routable)]
#[rustfmt::skip]
pub enum Route {
    #[route("/sign-in?:next")]
    SignInPage { next: String },
    #[route("/set-up")]
    SetUpPage {},
    #[layout(Shell)]
        #[route("/")]
        StartPage {},
        #[route("/board?:date")]
        BoardPage { date: String },
        #[route("/visits?:date")]
        VisitsPage { date: String },
        #[route("/visits/:id")]
        VisitPage { id: String },
        #[route("/check-in?:q")]
        CheckInPage { q: String },
        #[route("/check-in/:location")]
        PlacePage { location: String },
        #[route("/customers?:q")]
        CustomersPage { q: String },
        #[route("/customers/import")]
        ImportPage {},
    #[end_layout]
    #[route("/:..path")]
    NotFound { path: Vec<String> },
}
