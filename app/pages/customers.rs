//! The customer base: found by name, kept to one's own or to a grade; managers fill it by import, reps in the field.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{Grade, Location},
    employee::Role,
    page::Page,
};

use super::shell::use_me;
use crate::{
    api,
    components::{
        feedback::{Empty, Failed, Loading},
        filter::Filter,
        icon::{Icon, Name},
        search_box::SearchBox,
        show_more::{ShowMore, use_pages},
        title::PageTitle,
    },
    loaded::use_loaded,
    offline,
    route::Route,
};

/// The grades to choose from.
pub fn grades() -> Vec<(String, String)> {
    Grade::ALL.iter().map(|grade| (grade.code().to_owned(), grade.code().to_uppercase())).collect()
}

/// Customers by name.
#[component]
pub fn CustomersPage(q: ReadSignal<String>, show: ReadSignal<String>, grade: ReadSignal<String>) -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    let rep = me.role == Role::Rep;
    let mut first =
        use_loaded(move || async move { offline::customers(&q(), show() == "mine", &grade()).await })?;
    let to =
        move |q: String, show: &str, grade: String| Route::CustomersPage { q, show: show.to_owned(), grade };
    let all = q().is_empty() && show().is_empty() && grade().is_empty();
    rsx! {
        PageTitle { text: t!("nav-customers") }
        div { class: if rep { "page narrow" } else { "page" },
            div { class: "page-head",
                h1 { {t!("nav-customers")} }
                if rep {
                    Link { class: "button", to: Route::NewCustomerPage {},
                        Icon { name: Name::Plus }
                        {t!("customer-new")}
                    }
                } else if me.role.manages() {
                    Link { class: "button", to: Route::ImportPage {},
                        Icon { name: Name::Upload }
                        {t!("import")}
                    }
                }
            }
            SearchBox { value: q, label: t!("search-customers"), onsearch: move |q| { navigator.replace(to(q, &show(), grade())); } }
            div { class: "filters",
                if rep {
                    nav { class: "tabs", "aria-label": t!("filter"),
                        for (kind, name) in [("", t!("customers-all")), ("mine", t!("customers-mine"))] {
                            Link { key: "{kind}", class: "tab", to: to(q(), kind, grade()), "aria-current": if show() == kind { "page" } else { "false" }, {name} }
                        }
                    }
                }
                Filter { label: t!("grade"), name: "grade", value: grade(), any: t!("grade-any"), options: grades(),
                    onpick: move |grade| { navigator.replace(to(q(), &show(), grade)); },
                }
            }
            match first.now() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) if page.items.is_empty() && all && rep => rsx! {
                    Empty { icon: Name::Building, title: t!("no-customers"), hint: t!("customer-new-hint"),
                        Link { class: "button primary", to: Route::NewCustomerPage {}, {t!("customer-new")} }
                    }
                },
                Some(Ok(page)) if page.items.is_empty() && all && me.role.manages() => rsx! {
                    Empty { icon: Name::Building, title: t!("no-customers"), hint: t!("import-hint"),
                        Link { class: "button primary", to: Route::ImportPage {}, {t!("import")} }
                    }
                },
                Some(Ok(page)) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Search, title: t!("nothing-found"), hint: t!("nothing-found-hint") }
                },
                Some(Ok(page)) => rsx! { List { key: "{q} {show} {grade}", first: page, q, show, grade, rep } },
            }
        }
    }
}

#[component]
fn List(
    first: Page<Location>,
    q: ReadSignal<String>,
    show: ReadSignal<String>,
    grade: ReadSignal<String>,
    rep: bool,
) -> Element {
    let (list, more) = use_pages(first, move |cursor| async move {
        api::customers(&q(), show() == "mine", &grade(), Some(&cursor)).await
    });
    rsx! {
        if rep {
            div { class: "card rows",
                for location in list.read().items.clone() {
                    Row { key: "{location.id}", location }
                }
            }
        } else {
            Table { locations: list.read().items.clone() }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

#[component]
fn Row(location: Location) -> Element {
    rsx! {
        Link { class: "row", to: Route::CustomerPage { id: location.id.to_string() },
            span { class: "row-main",
                strong { "{location.name}" }
                span { class: "muted", "{location.address_line()}" }
            }
            if let Some(grade) = location.grade {
                span { class: "grade", title: t!("grade"), "{grade.code().to_uppercase()}" }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

#[component]
fn Table(locations: Vec<Location>) -> Element {
    rsx! {
        div { class: "card table-card",
            table {
                thead {
                    tr {
                        th { scope: "col", {t!("name")} }
                        th { scope: "col", {t!("grade")} }
                        th { scope: "col", {t!("company")} }
                        th { scope: "col", {t!("address")} }
                        th { scope: "col", {t!("phone")} }
                    }
                }
                tbody {
                    for location in locations {
                        tr { key: "{location.id}",
                            td { Link { to: Route::CustomerPage { id: location.id.to_string() }, strong { "{location.name}" } } }
                            td { class: "muted", if let Some(grade) = location.grade { "{grade.code().to_uppercase()}" } else { "–" } }
                            td { class: "muted", if location.company.name != location.name { "{location.company.name}" } else { "–" } }
                            td { class: "muted", if location.address_line().is_empty() { "–" } else { "{location.address_line()}" } }
                            td { class: "muted nowrap", if location.phone.is_empty() { "–" } else { a { href: "tel:{location.phone}", "{location.phone}" } } }
                        }
                    }
                }
            }
        }
    }
}
