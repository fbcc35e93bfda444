//! Which tasks are shown: by team, rep, priority, customer and lateness, kept in the address.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{customer::Location, id::LocationId, task::Priority};

use super::{
    new_task::{Where, reps},
    shell::use_me,
};
use crate::{api, api::tasks::TaskFilter, i18n::named, loaded::use_loaded, route::Route};

/// The filters; `to` is the page's address with others.
#[component]
pub fn Filters(filter: Memo<TaskFilter>, to: Callback<TaskFilter, Route>) -> Element {
    let (me, navigator) = (use_me(), use_navigator());
    let loaded = use_loaded(reps)?;
    let reps = loaded.now().and_then(Result::ok).unwrap_or_default();
    let go = move |change: fn(&mut TaskFilter, String), value: String| {
        let mut changed = filter.peek().clone();
        change(&mut changed, value);
        navigator.replace(to(changed));
    };
    let now = filter();
    let in_team = now.team.clone();
    rsx! {
        div { class: "filters start task-filters",
            if me.teams.len() > 1 {
                label { class: "field inline",
                    span { {t!("team")} }
                    select { name: "team", value: "{now.team}", onchange: move |event| go(|filter, value| { filter.team = value; filter.rep = String::new() }, event.value()),
                        option { value: "", {t!("any")} }
                        for team in me.teams.clone() {
                            option { key: "{team.id}", value: "{team.id}", selected: now.team == team.id.to_string(), "{team.name}" }
                        }
                    }
                }
            }
            label { class: "field inline",
                span { {t!("assignee")} }
                select { name: "rep", value: "{now.rep}", onchange: move |event| go(|filter, value| filter.rep = value, event.value()),
                    option { value: "", {t!("any")} }
                    for (rep, _) in reps.into_iter().filter(|(_, team)| in_team.is_empty() || team.id.to_string() == in_team) {
                        option { key: "{rep.id}", value: "{rep.id}", selected: now.rep == rep.id.to_string(), "{rep.name}" }
                    }
                }
            }
            label { class: "field inline",
                span { {t!("priority")} }
                select { name: "priority", value: "{now.priority}", onchange: move |event| go(|filter, value| filter.priority = value, event.value()),
                    option { value: "", {t!("any")} }
                    for priority in Priority::ALL.iter().copied() {
                        option { key: "{priority.code()}", value: priority.code(), selected: now.priority == priority.code(), {named("priority", priority.code())} }
                    }
                }
            }
            label { class: "switch",
                input { r#type: "checkbox", name: "overdue", checked: now.overdue == "true",
                    onchange: move |event| go(|filter, value| filter.overdue = value, if event.checked() { "true".into() } else { String::new() })
                }
                span { {t!("overdue")} }
            }
            details { class: "customer-filter", open: !now.customer.is_empty(),
                summary { {t!("customer")} }
                Customer { key: "{now.customer}", chosen: now.customer.clone(), onchoose: move |id| go(|filter, value| filter.customer = value, id) }
            }
        }
    }
}

/// The customer in the address, by name, and the way to another.
#[component]
fn Customer(chosen: String, onchoose: EventHandler<String>) -> Element {
    let id = chosen.parse::<LocationId>().ok();
    let loaded = use_loaded(move || async move {
        match id {
            Some(id) => api::location(id).await.map(Some),
            None => Ok(None),
        }
    })?;
    let known = loaded.now().and_then(Result::ok).flatten();
    rsx! {
        if id.is_none() || known.is_some() {
            Pick { known, onchoose }
        }
    }
}

#[component]
fn Pick(known: Option<Location>, onchoose: EventHandler<String>) -> Element {
    let before = known.as_ref().map(|place| place.id);
    let place = use_signal(|| known);
    use_effect(move || {
        let now = place.read().as_ref().map(|place| place.id);
        if now != before {
            onchoose(now.map(|id| id.to_string()).unwrap_or_default());
        }
    });
    rsx! { Where { place } }
}
