//! Which tasks are shown: by team, rep, priority, customer and lateness, kept in the address.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{customer::Location, id::LocationId, task::Priority};

use super::{
    new_task::{Where, reps},
    shell::{team_options, use_me},
};
use crate::{
    api::{self, tasks::TaskFilter},
    components::filter::Filter,
    i18n,
    loaded::use_loaded,
    route::Route,
};

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
                Filter { label: t!("team"), name: "team", value: now.team.clone(), options: team_options(&me.teams),
                    onpick: move |team| go(|filter, value| { filter.team = value; filter.rep = String::new() }, team),
                }
            }
            Filter { label: t!("assignee"), name: "rep", value: now.rep.clone(),
                options: reps.into_iter().filter(|(_, team)| in_team.is_empty() || team.id.to_string() == in_team).map(|(rep, _)| (rep.id.to_string(), rep.name)).collect::<Vec<_>>(),
                onpick: move |rep| go(|filter, value| filter.rep = value, rep),
            }
            Filter { label: t!("priority"), name: "priority", value: now.priority.clone(),
                options: i18n::coded("priority", Priority::ALL.iter().map(|priority| priority.code())),
                onpick: move |priority| go(|filter, value| filter.priority = value, priority),
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
