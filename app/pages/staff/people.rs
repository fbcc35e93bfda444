//! Who works here: found by name, by role, by team.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets},
    page::Page,
    staff::{AccountState, Employee},
};

use super::{
    super::shell::{team_options, use_me},
    StaffTabs, Tab,
};
use crate::{
    api::staff,
    components::{
        feedback::{Empty, Failed, Loading},
        filter::Filter,
        icon::{Icon, Name},
        person::Avatar,
        search_box::SearchBox,
        show_more::{ShowMore, use_pages},
        title::PageTitle,
    },
    i18n::{self, named},
    live::{News, use_live},
    loaded::use_loaded,
    route::Route,
};

/// Accounts by name. Changes of others appear by themselves.
#[component]
pub fn PeoplePage(
    q: ReadSignal<String>,
    role: ReadSignal<String>,
    team: ReadSignal<String>,
    state: ReadSignal<String>,
) -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    let mut first =
        use_loaded(move || async move { staff::employees(&q(), &role(), &team(), &state(), None).await })?;
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if !matches!(event.kind, Kind::EmployeeChanged | Kind::TeamChanged) => {}
        _ => first.restart(),
    });
    let to = move |q: String, role: String, team: String, state: String| Route::PeoplePage {
        q,
        role,
        team,
        state,
    };
    let all = [q(), role(), team(), state()].iter().all(String::is_empty);
    rsx! {
        PageTitle { text: t!("people") }
        div { class: "page",
            div { class: "page-head",
                h1 { {t!("people")} }
                StaffTabs { tab: Tab::People }
                if me.role.manages() {
                    Link { class: "button primary", to: Route::NewPersonPage {},
                        Icon { name: Name::Plus }
                        {t!("person-new")}
                    }
                }
            }
            SearchBox { value: q, label: t!("search-people"), onsearch: move |q| { navigator.replace(to(q, role(), team(), state())); } }
            div { class: "filters start",
                Filter { label: t!("role"), name: "role", value: role(), options: i18n::coded("role", Role::ALL.iter().map(|role| role.code())),
                    onpick: move |role| { navigator.replace(to(q(), role, team(), state())); },
                }
                Filter { label: t!("team"), name: "team", value: team(), options: team_options(&me.teams),
                    onpick: move |team| { navigator.replace(to(q(), role(), team, state())); },
                }
                Filter { label: t!("account-state"), name: "state", value: state(),
                    options: i18n::coded("account-state", AccountState::ALL.iter().map(|state| state.code())),
                    onpick: move |state| { navigator.replace(to(q(), role(), team(), state)); },
                }
            }
            match first.now() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) if page.items.is_empty() && all => rsx! {
                    Empty { icon: Name::Users, title: t!("no-people"), hint: t!("no-people-hint") }
                },
                Some(Ok(page)) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Search, title: t!("nothing-found"), hint: t!("nothing-found-hint") }
                },
                Some(Ok(page)) => rsx! { List { first: page, q, role, team, state } },
            }
        }
    }
}

#[component]
fn List(
    first: Page<Employee>,
    q: ReadSignal<String>,
    role: ReadSignal<String>,
    team: ReadSignal<String>,
    state: ReadSignal<String>,
) -> Element {
    let (list, more) = use_pages(first, move |cursor| async move {
        staff::employees(&q(), &role(), &team(), &state(), Some(&cursor)).await
    });
    rsx! {
        div { class: "card rows people",
            for employee in list.read().items.clone() {
                Row { key: "{employee.id}", employee }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

#[component]
fn Row(employee: Employee) -> Element {
    rsx! {
        Link { class: "row", to: Route::PersonPage { id: employee.id.to_string() },
            Avatar { name: employee.name.clone(), id: employee.id, sha256: employee.avatar.clone() }
            span { class: "row-main",
                strong { "{employee.name}" }
                span { class: "muted", "{employee.email}" }
            }
            span { class: "row-side",
                StateBadge { state: employee.state }
                span { class: "muted", {named("role", employee.role.code())} }
                span { class: "muted", "{teams(&employee)}" }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

/// How an account stands, unless all is as usual.
#[component]
pub fn StateBadge(state: AccountState) -> Element {
    rsx! {
        if state != AccountState::Active {
            span { class: "badge status", "data-state": state.code(), {named("account-state", state.code())} }
        }
    }
}

/// The teams somebody belongs to or runs.
pub fn teams(employee: &Employee) -> String {
    let names: Vec<_> =
        employee.team.iter().chain(&employee.manages).map(|team| team.name.as_str()).collect();
    names.join(", ")
}
