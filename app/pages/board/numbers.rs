//! The numbers of the day, beside those of the same weekday a week before.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::board::{Board, DaySums};

use crate::{
    components::{
        bars::{Bar, Bars},
        icon::{Icon, Name},
        sparkline::Sparkline,
    },
    i18n,
    route::Route,
};

/// The hours shown even when nothing happened in them.
const WORKING: (usize, usize) = (8, 17);

/// The numbers above the map.
#[component]
pub fn Numbers(board: ReadSignal<Board>, past: bool) -> Element {
    let board = board.read();
    let (totals, before) = (board.totals(), board.last_week);
    let trend =
        |of: fn(&DaySums) -> u32, now: u32| board.trend.iter().map(of).chain([now]).collect::<Vec<_>>();
    let weekday = i18n::weekday(before.date);
    let share = (totals.visits > 0).then(|| f64::from(totals.verified) / f64::from(totals.visits));
    let note = t!("visits-note", share: i18n::percent(share), open: i18n::number(totals.open));
    let urgent = board.urgent_tasks.len();
    rsx! {
        dl { class: "numbers day-numbers",
            Number { name: t!("number-visits"), now: totals.visits, before: before.visits, weekday: weekday.clone(), past, note,
                trend: trend(|day| day.visits, totals.visits),
            }
            Number { name: t!("number-active-reps"), now: totals.active_reps, of: totals.reps, before: before.active_reps, weekday: weekday.clone(), past,
                trend: trend(|day| day.active_reps, totals.active_reps),
            }
            Number { name: t!("number-new-customers"), now: board.new_customers, before: before.new_customers, weekday, past,
                trend: trend(|day| day.new_customers, board.new_customers),
            }
            div { class: "card number",
                dt { {t!("number-urgent")} }
                dd {
                    span { class: "figure", "data-urgent": urgent > 0, {i18n::number(urgent as i64)} }
                    Link { class: "number-more", to: Route::urgent_tasks(),
                        {t!("nav-tasks")}
                        Icon { name: Name::ChevronRight, size: 14 }
                    }
                }
            }
            Hours { by_hour: board.by_hour.clone() }
        }
    }
}

/// A number, what it was, and how it went in the two weeks before.
#[component]
fn Number(
    name: String,
    now: u32,
    of: Option<u32>,
    before: u32,
    weekday: String,
    past: bool,
    note: Option<String>,
    trend: Vec<u32>,
) -> Element {
    let change = i64::from(now) - i64::from(before);
    let sign = match change {
        1.. => "+",
        0 => "±",
        _ => "−",
    };
    let change = format!("{sign}{}", i18n::number(change.abs()));
    let against = if past {
        t!("against-weekday", weekday: weekday.clone())
    } else {
        t!("against-weekday-so-far", weekday: weekday.clone())
    };
    rsx! {
        div { class: "card number",
            dt { "{name}" }
            dd {
                span { class: "figure",
                    {i18n::number(now)}
                    if let Some(of) = of { span { class: "of", " / {i18n::number(of)}" } }
                }
                Sparkline { label: t!("trend-of", name: name.clone()), values: trend }
                span { class: "change", title: "{against}: {i18n::number(before)}",
                    strong { "{change}" }
                    " {against}"
                }
                if let Some(note) = note { span { class: "number-note", "{note}" } }
            }
        }
    }
}

/// Check-ins by the hour: the working day, and what lies beyond when something happened there.
#[component]
fn Hours(by_hour: Vec<u32>) -> Element {
    let happened = |hour: &usize| by_hour.get(*hour).is_some_and(|visits| *visits > 0);
    let first = (0..WORKING.0).find(happened).unwrap_or(WORKING.0);
    let last = (WORKING.1 + 1..24).rev().find(happened).unwrap_or(WORKING.1);
    let bars = (first..=last).map(|hour| {
        let visits = by_hour.get(hour).copied().unwrap_or_default();
        let label = format!("{hour:02}:00–{:02}:00 · {}", hour + 1, i18n::number(visits));
        Bar { label, all: visits, good: visits }
    });
    rsx! {
        div { class: "card number hours",
            dt { {t!("visits-by-hour")} }
            dd {
                Bars { label: t!("visits-by-hour"), bars: bars.collect::<Vec<_>>() }
                span { class: "chart-ends", "aria-hidden": "true",
                    span { "{first:02}:00" }
                    span { "{last + 1:02}:00" }
                }
            }
        }
    }
}
