//! The customer base as managers see it: found by name, filled by import.

use dioxus::prelude::*;
use dioxus_fullstack_core::use_server_future;
use dioxus_i18n::t;
use ekenko_domain::{customer::Location, page::Page, problem::Problem};

use crate::{
    api,
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        search_box::SearchBox,
        title::PageTitle,
        toast::use_teller,
    },
    route::Route,
};

/// Every location by name.
#[component]
pub fn CustomersPage(q: ReadSignal<String>) -> Element {
    let navigator = use_navigator();
    let mut first = use_server_future(move || async move { api::locations(None, &q(), None).await })?;
    rsx! {
        PageTitle { text: t!("nav-customers") }
        div { class: "page",
            div { class: "page-head",
                h1 { {t!("nav-customers")} }
                Link { class: "button", to: Route::ImportPage {},
                    Icon { name: Name::Upload }
                    {t!("import")}
                }
            }
            SearchBox { value: q, label: t!("search-customers"), onsearch: move |q| { navigator.replace(Route::CustomersPage { q }); } }
            match first() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) if page.items.is_empty() && q().is_empty() => rsx! {
                    Empty { icon: Name::Building, title: t!("no-customers"), hint: t!("import-hint"),
                        Link { class: "button primary", to: Route::ImportPage {}, {t!("import")} }
                    }
                },
                Some(Ok(page)) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Search, title: t!("nothing-found"), hint: t!("nothing-found-hint") }
                },
                Some(Ok(page)) => rsx! { Table { key: "{q}", first: page, q: q() } },
            }
        }
    }
}

#[component]
fn Table(first: ReadSignal<Page<Location>>, q: String) -> Element {
    let teller = use_teller();
    let mut more = use_signal(|| Page { items: Vec::<Location>::new(), next: None });
    let mut begun = use_signal(|| false);
    let next = if begun() { more.read().next.clone() } else { first.read().next.clone() };
    rsx! {
        div { class: "card table-card",
            table {
                thead {
                    tr {
                        th { scope: "col", {t!("name")} }
                        th { scope: "col", {t!("company")} }
                        th { scope: "col", {t!("address")} }
                        th { scope: "col", {t!("phone")} }
                    }
                }
                tbody {
                    for location in first.read().items.iter().cloned().chain(more.read().items.clone()) {
                        tr { key: "{location.id}",
                            td { strong { "{location.name}" } }
                            td { class: "muted", if location.company.name != location.name { "{location.company.name}" } else { "–" } }
                            td { class: "muted", if location.address_line().is_empty() { "–" } else { "{location.address_line()}" } }
                            td { class: "muted nowrap", if location.phone.is_empty() { "–" } else { a { href: "tel:{location.phone}", "{location.phone}" } } }
                        }
                    }
                }
            }
        }
        if let Some(cursor) = next {
            button {
                class: "button",
                onclick: move |_| {
                    let (cursor, q) = (cursor.clone(), q.clone());
                    async move {
                        let answer: Result<Page<Location>, Problem> = api::locations(None, &q, Some(&cursor)).await;
                        match answer {
                            Ok(page) => {
                                more.write().items.extend(page.items);
                                more.write().next = page.next;
                                begun.set(true);
                            }
                            Err(problem) => teller.failed(&problem),
                        }
                    }
                },
                {t!("show-more")}
            }
        }
    }
}
