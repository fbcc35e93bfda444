//! The customer base: found by name, kept to one's own or to a grade; managers fill it by import, reps in the field.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{Grade, Location, LocationStatus},
    employee::Role,
    page::Page,
};

use super::{shell::use_me, standing::StatusBadge};
use crate::{
    api::customers::{self as api, Asked},
    components::{
        feedback::{Empty, Failed, Loading},
        filter::Filter,
        icon::{Icon, Name},
        search_box::SearchBox,
        show_more::{ShowMore, use_pages},
        tab::Tab,
        title::PageTitle,
    },
    i18n::named,
    loaded::use_loaded,
    offline,
    route::Route,
};

/// The grades to choose from.
pub fn grades() -> Vec<(String, String)> {
    Grade::ALL.iter().map(|grade| (grade.code().to_owned(), grade.code().to_uppercase())).collect()
}

/// The statuses to choose from.
fn statuses() -> Vec<(String, String)> {
    LocationStatus::ALL
        .iter()
        .map(|status| (status.code().to_owned(), named("location-status", status.code())))
        .collect()
}

/// Customers by name.
#[component]
pub fn CustomersPage(
    q: ReadSignal<String>,
    show: ReadSignal<String>,
    status: ReadSignal<String>,
    grade: ReadSignal<String>,
    owner: ReadSignal<String>,
    province: ReadSignal<String>,
) -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    let rep = me.role == Role::Rep;
    let asked = use_memo(move || Asked {
        q: q(),
        show: show(),
        status: status(),
        grade: grade(),
        owner: owner(),
        province: province(),
    });
    let mut first = use_loaded(move || {
        let asked = asked();
        async move { offline::customers(&asked).await }
    })?;
    let all = asked() == Asked::default();
    rsx! {
        PageTitle { text: t!("nav-customers") }
        div { class: if rep { "page narrow" } else { "page" },
            div { class: "page-head",
                h1 { {t!("nav-customers")} }
                if !rep {
                    Link { class: "button", to: Route::CompaniesPage { q: String::new() },
                        Icon { name: Name::Building }
                        {t!("companies")}
                    }
                }
                if me.role.manages() {
                    Link { class: "button", to: Route::DuplicatesPage {},
                        Icon { name: Name::Copy }
                        {t!("duplicates")}
                    }
                }
                if !rep {
                    for format in ["xlsx", "csv"] {
                        a { key: "{format}", class: "button", href: asked().file(format), download: true,
                            Icon { name: Name::Download }
                            {format.to_uppercase()}
                        }
                    }
                }
                if me.role.manages() {
                    Link { class: "button", to: Route::ImportPage {},
                        Icon { name: Name::Upload }
                        {t!("import")}
                    }
                }
                if rep || me.role.manages() {
                    Link { class: if rep { "button" } else { "button primary" }, to: Route::NewCustomerPage {},
                        Icon { name: Name::Plus }
                        {t!("customer-new")}
                    }
                }
            }
            SearchBox { value: q, label: t!("search-customers"), onsearch: move |q| { navigator.replace(Asked { q, ..asked() }.route()); } }
            div { class: if rep { "filters" } else { "filters start" },
                if rep {
                    nav { class: "tabs", "aria-label": t!("filter"),
                        for (kind, name) in [("", t!("customers-all")), ("mine", t!("customers-mine"))] {
                            Tab { key: "{kind}", to: Asked { show: kind.to_owned(), ..asked() }.route(), here: show() == kind, {name} }
                        }
                    }
                }
                Filter { label: t!("status"), name: "status", value: status(), any: t!("grade-any"), options: statuses(),
                    onpick: move |status| { navigator.replace(Asked { status, ..asked() }.route()); },
                }
                Filter { label: t!("grade"), name: "grade", value: grade(), any: t!("grade-any"), options: grades(),
                    onpick: move |grade| { navigator.replace(Asked { grade, ..asked() }.route()); },
                }
                if !rep {
                    Whose { asked }
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
                Some(Ok(page)) => rsx! { List { key: "{asked:?}", first: page, asked, rep } },
            }
        }
    }
}

/// Who looks after them, and where they are. What the address asks for stays in sight until the choices are there.
#[component]
fn Whose(asked: ReadSignal<Asked>) -> Element {
    let navigator = use_navigator();
    let choices = use_loaded(api::choices)?;
    let (reps, provinces) = choices.now().and_then(Result::ok).unwrap_or_default();
    let Asked { owner, province, .. } = asked();
    rsx! {
        Filter { label: t!("owner"), name: "owner", value: owner, any: t!("grade-any"),
            options: reps.into_iter().map(|rep| (rep.id.to_string(), rep.name)).collect::<Vec<_>>(),
            onpick: move |owner| { navigator.replace(Asked { owner, ..asked() }.route()); },
        }
        Filter { label: t!("province"), name: "province", value: province, any: t!("grade-any"),
            options: provinces.into_iter().map(|province| (province.clone(), province)).collect::<Vec<_>>(),
            onpick: move |province| { navigator.replace(Asked { province, ..asked() }.route()); },
        }
    }
}

#[component]
fn List(first: Page<Location>, asked: ReadSignal<Asked>, rep: bool) -> Element {
    let (list, more) =
        use_pages(first, move |cursor| async move { api::list(&asked(), Some(&cursor)).await });
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

/// A customer as a line that leads to it.
#[component]
pub fn Row(location: Location) -> Element {
    rsx! {
        Link { class: "row", to: Route::CustomerPage { id: location.id.to_string() },
            span { class: "row-main",
                strong { "{location.name}" }
                span { class: "muted", "{location.address_line()}" }
            }
            if location.status != LocationStatus::Active {
                StatusBadge { status: location.status }
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
            table { class: "wide-table",
                thead {
                    tr {
                        th { scope: "col", {t!("name")} }
                        th { scope: "col", {t!("status")} }
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
                            td { StatusBadge { status: location.status } }
                            td { class: "muted", if let Some(grade) = location.grade { "{grade.code().to_uppercase()}" } else { "–" } }
                            td { class: "muted", Link { to: Route::CompanyPage { id: location.company.id.to_string() }, "{location.company.name}" } }
                            td { class: "muted", if location.address_line().is_empty() { "–" } else { "{location.address_line()}" } }
                            td { class: "muted nowrap", if location.phone.is_empty() { "–" } else { a { href: "tel:{location.phone}", "{location.phone}" } } }
                        }
                    }
                }
            }
        }
    }
}
