//! The manager's day: numbers above, the map of check-ins, the feed beside it. New check-ins appear by themselves.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    board::{Board, Pin, Totals},
    event::{Kind, Stream},
    problem::Problem,
    visit::Visit,
};
use serde_json::json;

use super::{
    feed::Feed,
    shell::{use_me, use_settings},
};
use crate::{
    api,
    components::{
        day_switch::DaySwitch,
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        map_view::MapView,
        title::PageTitle,
        toast::use_action,
    },
    i18n,
    live::{Link as Connection, News, use_live},
    loaded::use_loaded,
    route::Route,
};

/// Loads the day, then keeps it up to date.
#[component]
pub fn BoardPage(date: ReadSignal<String>) -> Element {
    let wanted = use_memo(move || date().parse::<NaiveDate>().ok());
    let mut board = use_loaded(move || api::board(wanted()))?;
    rsx! {
        PageTitle { text: t!("nav-board") }
        match board.now() {
            Some(Ok(snapshot)) => rsx! {
                Day { key: "{snapshot.date}", snapshot, past: wanted().is_some() }
            },
            Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| board.restart() } },
            None => rsx! { Loading { rows: 6 } },
        }
    }
}

/// One day. A past day stands still; today moves.
#[component]
fn Day(snapshot: Board, past: bool) -> Element {
    let (me, settings) = (use_me(), use_settings());
    let date = snapshot.date;
    let from = snapshot.streams.clone();
    let mut board = use_signal(|| snapshot);
    let mut pins = use_signal(|| None::<Result<Vec<Pin>, Problem>>);
    let mut patch = use_signal(String::new);
    let mut seq = use_signal(|| 0u32);
    let mut selected = use_signal(String::new);
    let mut show = move |visits: &[Visit]| {
        seq += 1;
        let points: Vec<Pin> =
            visits.iter().filter(|visit| visit.business_date == date).map(Pin::from).collect();
        patch.set(json!({ "seq": seq(), "points": points }).to_string());
    };
    let load_pins = move || async move {
        let answer = api::pins(Some(date)).await.map(|answer| answer.pins);
        pins.set(Some(answer));
        // What came while the pins were on their way is among the latest visits.
        let latest = board.peek().latest.clone();
        show(&latest);
    };
    use_future(load_pins);
    let reload = use_action(move |()| async move {
        let fresh = api::board(Some(date)).await;
        load_pins().await;
        board.set(fresh?);
        Ok(())
    });
    let link = use_live(from, move |news| match news {
        News::Event(event) => {
            // The same visit is told in the team's stream and in the rep's; one of them counts.
            let ours = matches!(event.stream, Stream::Team(_));
            let kind = event.kind;
            let told = matches!(
                kind,
                Kind::VisitCheckedIn | Kind::VisitPhoto | Kind::VisitCheckedOut | Kind::VisitVerified
            );
            if ours
                && told
                && let Ok(visit) = serde_json::from_value::<Visit>(event.data)
            {
                let sure = board.write().apply(kind, &visit);
                show(std::slice::from_ref(&visit));
                if !sure {
                    reload(());
                }
            }
        }
        News::Resync => reload(()),
    });
    let zone = me.organisation.time_zone.clone();
    let points = use_memo(move || match &*pins.read() {
        Some(Ok(pins)) => serde_json::to_string(pins).unwrap_or_default(),
        _ => String::new(),
    });
    let failed = match &*pins.read() {
        Some(Err(problem)) => Some(problem.clone()),
        _ => None,
    };
    let day =
        |date: Option<NaiveDate>| Route::BoardPage { date: date.map(|d| d.to_string()).unwrap_or_default() };
    rsx! {
        div { class: "board",
            div { class: "page-head",
                h1 { if past { {t!("board-title-past")} } else { {t!("board-title")} } }
                DaySwitch { date, past, to: day }
                if !past && me.role.manages() {
                    Link { class: "button", to: Route::AnnouncePage {},
                        Icon { name: Name::Megaphone }
                        {t!("announce")}
                    }
                }
                if !past {
                    LinkState { link: link() }
                }
            }
            Numbers { totals: board.read().totals() }
            div { class: "board-main",
                section { class: "card board-map", "aria-label": t!("map-of-day"),
                    MapView {
                        id: "day-map",
                        label: t!("map-of-day"),
                        points: points(),
                        patch: patch(),
                        selected: selected(),
                        fit_key: "{date}",
                        settings,
                        onselect: move |id| selected.set(id),
                    }
                    if let Some(problem) = failed {
                        div { class: "map-cover", Failed { problem, retry: move |()| { spawn(load_pins()); } } }
                    } else if pins.read().is_none() {
                        div { class: "map-cover", Loading { rows: 1 } }
                    }
                }
                section { class: "card board-feed", "aria-label": t!("feed"),
                    h2 { {t!("feed")} }
                    Feed { visits: board.read().latest.clone(), selected, zone, past }
                }
            }
        }
    }
}

/// Whether what is shown is live.
#[component]
fn LinkState(link: Connection) -> Element {
    let live = link == Connection::Live;
    rsx! {
        span { class: "link-state", role: "status", "data-live": live,
            span { class: "dot", "aria-hidden": "true" }
            if live { {t!("live")} } else { {t!("connecting")} }
        }
    }
}

#[component]
fn Numbers(totals: Totals) -> Element {
    let share = match totals.visits {
        0 => "–".to_owned(),
        visits => format!("{}%", (f64::from(totals.verified) * 100.0 / f64::from(visits)).round()),
    };
    rsx! {
        dl { class: "numbers",
            div { class: "card number",
                dt { {t!("number-visits")} }
                dd { "{i18n::number(totals.visits)}" }
            }
            div { class: "card number",
                dt { {t!("number-active-reps")} }
                dd { "{i18n::number(totals.active_reps)}" span { class: "of", " / {i18n::number(totals.reps)}" } }
            }
            div { class: "card number",
                dt { {t!("number-verified")} }
                dd { "{share}" }
            }
            div { class: "card number",
                dt { {t!("number-open")} }
                dd { "{i18n::number(totals.open)}" }
            }
        }
    }
}
