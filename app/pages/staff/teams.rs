//! The teams one runs or may see.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets},
    staff::Team,
};

use super::{super::shell::use_me, StaffTabs, Tab};
use crate::{
    api::staff,
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        title::PageTitle,
    },
    live::{News, use_live},
    loaded::use_loaded,
    route::Route,
};

/// Teams by name.
#[component]
pub fn TeamsPage() -> Element {
    let me = use_me();
    let mut loaded = use_loaded(staff::teams)?;
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if !matches!(event.kind, Kind::EmployeeChanged | Kind::TeamChanged) => {}
        _ => loaded.restart(),
    });
    rsx! {
        PageTitle { text: t!("teams") }
        div { class: "page",
            div { class: "page-head",
                h1 { {t!("teams")} }
                StaffTabs { tab: Tab::Teams }
                if me.role == Role::Admin {
                    Link { class: "button primary", to: Route::NewTeamPage {},
                        Icon { name: Name::Plus }
                        {t!("team-new")}
                    }
                }
            }
            match loaded.now() {
                None => rsx! { Loading { rows: 5 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                Some(Ok(all)) if all.teams.is_empty() => rsx! {
                    Empty { icon: Name::Users, title: t!("no-teams"), hint: if me.role == Role::Admin { t!("no-teams-hint") } else { t!("no-teams-ask") } }
                },
                Some(Ok(all)) => rsx! {
                    div { class: "card rows",
                        for team in all.teams {
                            Row { key: "{team.id}", team }
                        }
                    }
                },
            }
        }
    }
}

#[component]
fn Row(team: Team) -> Element {
    let managers: Vec<_> = team.managers.iter().map(|manager| manager.name.clone()).collect();
    rsx! {
        Link { class: "row", to: Route::TeamPage { id: team.id.to_string() },
            Icon { name: Name::Users }
            span { class: "row-main",
                strong { "{team.name}" }
                span { class: "muted", if managers.is_empty() { {t!("no-manager")} } else { {managers.join(", ")} } }
            }
            span { class: "row-side",
                if let Some(hours) = team.settings.work_hours {
                    span { class: "muted", "{hours.from}–{hours.to}" }
                }
                span { {t!("reps-count", count: i64::from(team.reps))} }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}
