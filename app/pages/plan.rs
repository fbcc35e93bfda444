//! The rep's day: where to go and in what order, how far it is, and who has waited too long.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::Location,
    geo::Position,
    id::LocationId,
    plan::{MOST_STOPS, Overdue, Plan, Stop, length_m, order},
    problem::Problem,
};
use serde_json::json;

use super::shell::{use_me, use_settings, use_today};
use crate::{
    api,
    components::{
        day_switch::DaySwitch,
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        map_view::MapView,
        search_box::SearchBox,
        title::PageTitle,
        toast::use_action,
    },
    i18n,
    loaded::use_loaded,
    offline, platform,
    route::Route,
};

/// One day's plan.
#[component]
pub fn PlanPage(date: ReadSignal<String>) -> Element {
    let today = use_today();
    let wanted = use_memo(move || date().parse::<NaiveDate>().unwrap_or(today));
    let mut loaded = use_loaded(move || api::plan(wanted()))?;
    let to =
        |date: Option<NaiveDate>| Route::PlanPage { date: date.map(|d| d.to_string()).unwrap_or_default() };
    rsx! {
        PageTitle { text: t!("plan") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { {t!("plan")} }
                DaySwitch { date: wanted(), past: true, to }
            }
            match loaded.now() {
                Some(Ok(plan)) => rsx! { Day { key: "{plan.date}", first: plan } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                None => rsx! { Loading { rows: 6 } },
            }
        }
    }
}

fn position(stop: &Stop) -> Option<Position> {
    Position::new(stop.location.lat, stop.location.lng).ok()
}

/// What is left of the way, in metres: from the last stop visited through those that are not.
fn way_left(stops: &[Stop]) -> f64 {
    let last = stops.iter().filter(|stop| stop.visit.is_some()).max_by_key(|stop| stop.visited_at);
    let open: Vec<Position> = stops.iter().filter(|stop| stop.visit.is_none()).filter_map(position).collect();
    length_m(last.and_then(position), &open)
}

/// The stops visited as they stand, the others behind them by the shortest way from `start`.
fn arranged(stops: Vec<Stop>, start: Option<Position>) -> Vec<Stop> {
    let (mut done, open): (Vec<Stop>, Vec<Stop>) = stops.into_iter().partition(|stop| stop.visit.is_some());
    let start = start.or_else(|| done.last().and_then(position));
    let points: Vec<Position> = open.iter().filter_map(position).collect();
    if points.len() == open.len() {
        done.extend(order(start, &points).into_iter().filter_map(|at| open.get(at).cloned()));
    } else {
        done.extend(open);
    }
    done
}

#[component]
fn Day(first: Plan) -> Element {
    let (settings, today) = (use_settings(), use_today());
    let mut plan = use_signal(|| first);
    let mut measuring = use_signal(|| false);
    let date = plan.peek().date;
    offline::use_refresh(move || {
        spawn(async move {
            if let Ok(fresh) = api::plan(date).await {
                plan.set(fresh);
            }
        });
    });
    // Shown at once; what the server refuses is taken back and told.
    let save = use_action(move |stops: Vec<Stop>| {
        let before = plan();
        let ids = stops.iter().map(|stop| stop.location.id).collect::<Vec<LocationId>>();
        {
            let mut plan = plan.write();
            plan.overdue.retain(|customer| !ids.contains(&customer.location.id));
            plan.stops = stops;
        }
        async move {
            match api::set_plan(date, ids.clone()).await {
                // A later change may be on its way already.
                Ok(saved) if plan.peek().stops.iter().map(|stop| stop.location.id).eq(ids) => plan.set(saved),
                Ok(_) => {}
                Err(problem) => {
                    plan.set(before);
                    return Err(problem);
                }
            }
            Ok(())
        }
    });
    let add = use_callback(move |location: Location| {
        let mut stops = plan().stops;
        if stops.iter().all(|stop| stop.location.id != location.id) {
            stops.push(Stop { location, visit: None, visited_at: None });
            save(stops);
        }
    });
    let arrange = move |_| async move {
        measuring.set(true);
        // Without a fix the way begins at the first stop.
        let here = if date == today { platform::position().await.ok() } else { None };
        measuring.set(false);
        save(arranged(plan().stops, here.map(|fix| fix.position())));
    };
    let move_by = use_callback(move |(at, by): (usize, isize)| {
        let mut stops = plan().stops;
        if let Some(to) = at.checked_add_signed(by).filter(|to| *to < stops.len()) {
            stops.swap(at, to);
            save(stops);
        }
    });
    let remove = use_callback(move |at: usize| {
        let mut stops = plan().stops;
        stops.remove(at);
        save(stops);
    });
    let shown = plan();
    let editable = date >= today;
    let visited = shown.stops.iter().filter(|stop| stop.visit.is_some()).count();
    let open = shown.stops.len() - visited;
    let points: Vec<_> = shown
        .stops
        .iter()
        .map(|stop| {
            let verdict = if stop.visit.is_some() { "verified" } else { "location" };
            json!({ "id": stop.location.id, "lat": stop.location.lat, "lng": stop.location.lng, "verdict": verdict, "label": stop.location.name, "open": false })
        })
        .collect();
    rsx! {
        if shown.stops.is_empty() {
            div { class: "card",
                Empty { icon: Name::Route, title: t!("plan-empty"), hint: if editable { t!("plan-empty-hint") } else { String::new() } }
            }
        } else {
            section { class: "card day-progress",
                div { class: "day-count",
                    strong { "{i18n::number(visited)}" }
                    span { class: "muted", {t!("of-stops", count: i64::try_from(shown.stops.len()).unwrap_or_default())} }
                    span { class: "day-verified", {t!("way-left", distance: i18n::distance(way_left(&shown.stops)))} }
                }
                progress { max: "{shown.stops.len()}", value: "{visited}", "aria-label": t!("plan-progress") }
            }
            section { class: "card place-map", "aria-label": t!("map-of-plan"),
                MapView {
                    id: "plan-map", label: t!("map-of-plan"), points: serde_json::to_string(&points).unwrap_or_default(),
                    fit_key: "{date} {shown.stops.len()}", settings, onselect: |_| {},
                }
            }
            section { class: "section",
                div { class: "section-head",
                    h2 { {t!("plan-stops")} }
                    if editable && open > 1 {
                        button { class: "button", disabled: measuring(), onclick: arrange,
                            Icon { name: Name::Route }
                            if measuring() { {t!("looking-for-position")} } else { {t!("plan-arrange")} }
                        }
                    }
                }
                ol { class: "card rows stops",
                    for (at, stop) in shown.stops.iter().cloned().enumerate() {
                        StopRow { key: "{stop.location.id}", at, last: at + 1 == shown.stops.len(), stop, editable, onmove: move_by, onremove: remove }
                    }
                }
            }
        }
        if editable {
            More { full: shown.stops.len() >= MOST_STOPS, onadd: add }
            Waiting { overdue: shown.overdue, more: shown.more_overdue, full: shown.stops.len() >= MOST_STOPS, onadd: add }
        }
    }
}

#[component]
fn StopRow(
    at: usize,
    last: bool,
    stop: Stop,
    editable: bool,
    onmove: Callback<(usize, isize)>,
    onremove: Callback<usize>,
) -> Element {
    let zone = use_me().organisation.time_zone;
    let name = stop.location.name.clone();
    let to = match stop.visit {
        Some(visit) => Route::VisitPage { id: visit.to_string() },
        None => Route::PlacePage { location: stop.location.id.to_string() },
    };
    rsx! {
        li { class: "stop", "data-visited": stop.visit.is_some(),
            Link { class: "stop-main", to,
                span { class: "stop-number", if stop.visit.is_some() { Icon { name: Name::Check, size: 16 } } else { "{at + 1}" } }
                span { class: "row-main",
                    strong { "{name}" }
                    span { class: "muted",
                        if let Some(at) = stop.visited_at { {t!("visited-at", time: i18n::time(at, &zone))} } else { "{stop.location.address_line()}" }
                    }
                }
            }
            if editable {
                button { class: "button quiet icon-only", disabled: at == 0, "aria-label": t!("stop-up", name: name.clone()), title: t!("stop-up", name: name.clone()), onclick: move |_| onmove((at, -1)),
                    Icon { name: Name::ChevronUp }
                }
                button { class: "button quiet icon-only", disabled: last, "aria-label": t!("stop-down", name: name.clone()), title: t!("stop-down", name: name.clone()), onclick: move |_| onmove((at, 1)),
                    Icon { name: Name::ChevronDown }
                }
                button { class: "button quiet icon-only", "aria-label": t!("stop-remove", name: name.clone()), title: t!("stop-remove", name: name.clone()), onclick: move |_| onremove(at),
                    Icon { name: Name::X }
                }
            }
        }
    }
}

/// Any other customer, by name.
#[component]
fn More(full: bool, onadd: Callback<Location>) -> Element {
    let mut q = use_signal(String::new);
    let mut found = use_signal(Vec::<Location>::new);
    let mut problem = use_signal(|| None::<Problem>);
    let mut round = use_signal(|| 0u32);
    let search = move |text: String| async move {
        q.set(text.clone());
        if text.trim().is_empty() {
            return found.set(Vec::new());
        }
        match offline::locations(None, &text).await {
            Ok(page) if q() == text => {
                problem.set(None);
                found.set(page.items.into_iter().take(8).collect());
            }
            Ok(_) => {}
            Err(error) => problem.set(Some(error)),
        }
    };
    rsx! {
        section { class: "section",
            h2 { {t!("plan-add")} }
            SearchBox { key: "{round}", value: String::new(), label: t!("search-customers"), onsearch: search }
            if let Some(problem) = problem() {
                p { class: "error", role: "alert", "{crate::components::toast::explain(&problem)}" }
            }
            if !found.read().is_empty() {
                div { class: "card rows",
                    for location in found() {
                        button { key: "{location.id}", class: "row pick", disabled: full,
                            onclick: move |_| {
                                onadd(location.clone());
                                found.set(Vec::new());
                                // An empty box for the next name.
                                round += 1;
                            },
                            span { class: "row-main",
                                strong { "{location.name}" }
                                span { class: "muted", "{location.address_line()}" }
                            }
                            Icon { name: Name::Plus }
                        }
                    }
                }
            } else if !q().trim().is_empty() && problem().is_none() && round() == 0 {
                p { class: "muted", {t!("nothing-found")} }
            }
        }
    }
}

/// Customers who have waited longer than their grade allows.
#[component]
fn Waiting(overdue: Vec<Overdue>, more: u32, full: bool, onadd: Callback<Location>) -> Element {
    rsx! {
        section { class: "section",
            h2 { {t!("overdue-title")} }
            if overdue.is_empty() {
                div { class: "card", Empty { icon: Name::Check, title: t!("overdue-none") } }
            } else {
                ul { class: "card rows stops",
                    for customer in overdue {
                        li { key: "{customer.location.id}", class: "stop",
                            Link { class: "stop-main", to: Route::CustomerPage { id: customer.location.id.to_string() },
                                if let Some(grade) = customer.location.grade {
                                    span { class: "stop-number", "aria-label": t!("grade"), "{grade.code().to_uppercase()}" }
                                } else {
                                    span { class: "stop-number", "–" }
                                }
                                span { class: "row-main",
                                    strong { "{customer.location.name}" }
                                    span { class: "muted",
                                        {t!("overdue-by", days: i64::from(customer.days_overdue))}
                                        " · "
                                        if let Some(date) = customer.last_visit { {t!("visited-last", date: i18n::date(date))} } else { {t!("never-visited")} }
                                    }
                                }
                            }
                            button { class: "button icon-only", disabled: full, "aria-label": t!("stop-add", name: customer.location.name.clone()), title: t!("stop-add", name: customer.location.name.clone()),
                                onclick: move |_| onadd(customer.location.clone()),
                                Icon { name: Name::Plus }
                            }
                        }
                    }
                }
                if more > 0 {
                    p { class: "muted", {t!("overdue-more", count: i64::from(more))} }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn stop(name: &str, lat: f64, visited: bool) -> Stop {
        let id = uuid::Uuid::new_v4();
        let location = serde_json::from_value(json!({
            "id": id, "name": name, "company": { "id": id, "name": name }, "address": "", "district": "", "province": "",
            "postcode": "", "phone": "", "lat": lat, "lng": 100.5, "radius_m": 150.0,
        }));
        Stop {
            location: location.unwrap(),
            visit: visited.then_some(ekenko_domain::id::VisitId(id)),
            visited_at: visited.then_some(DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn stops_visited_stay_first_and_the_others_follow_by_the_shortest_way() {
        let stops = vec![
            stop("far", 13.9, false),
            stop("done", 13.7, true),
            stop("near", 13.72, false),
            stop("mid", 13.8, false),
        ];
        let names = |stops: Vec<Stop>| stops.into_iter().map(|stop| stop.location.name).collect::<Vec<_>>();
        assert_eq!(names(arranged(stops.clone(), None)), ["done", "near", "mid", "far"]);
        let from_the_north = Position::new(14.0, 100.5).ok();
        assert_eq!(names(arranged(stops.clone(), from_the_north)), ["done", "far", "mid", "near"]);
        let left = way_left(&arranged(stops, None));
        assert!((22_000.0..22_500.0).contains(&left), "{left}: from 13.7 to 13.9 degrees");
    }
}
