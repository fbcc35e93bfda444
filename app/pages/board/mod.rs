//! The manager's day: numbers above, the map of check-ins, feed and reps beside it. All of it stays true by itself.

mod changes;
mod feed;
mod kept;
mod numbers;
mod peek;
mod reps;

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    board::{Board, Pin},
    feed::{Topic, Whose},
    visit::Verdict,
};

use self::{feed::Feed, kept::use_day, numbers::Numbers, peek::Peek, reps::Reps};
use super::{
    announcements::Unread,
    customers::grades,
    shell::{team_options, use_me, use_settings},
};
use crate::{
    api,
    components::{
        day_switch::DaySwitch,
        feedback::{Failed, Loading},
        filter::Filter,
        icon::{Icon, Name},
        map_view::MapView,
        tab::Tab,
        title::PageTitle,
    },
    i18n,
    live::Link as Connection,
    loaded::use_loaded,
    route::Route,
};

/// What of the day is shown; it stands in the address. What is empty does not narrow it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// The day; today.
    pub date: String,
    /// One team's work.
    pub team: String,
    /// One rep's work.
    pub rep: String,
    /// Pins of one verdict.
    pub verdict: String,
    /// Pins of customers of one grade.
    pub grade: String,
    /// A topic of the feed, or the reps in its place.
    pub show: String,
}

/// The panel of reps, where a topic might stand.
const REPS: &str = "reps";

impl View {
    /// Its address.
    pub fn route(self) -> Route {
        let Self { date, team, rep, verdict, grade, show } = self;
        Route::BoardPage { date, team, rep, verdict, grade, show }
    }

    fn day(&self) -> Option<NaiveDate> {
        self.date.parse().ok()
    }

    fn whose(&self) -> Whose {
        Whose { team: self.team.parse().ok(), employee: self.rep.parse().ok() }
    }

    fn topic(&self) -> Option<Topic> {
        Topic::from_code(&self.show)
    }

    fn pins(&self, pin: &Pin) -> bool {
        (self.verdict.is_empty() || self.verdict == pin.verdict.code())
            && (self.grade.is_empty() || pin.grade.is_some_and(|grade| grade.code() == self.grade))
    }
}

/// Loads the day, then keeps it up to date.
#[component]
pub fn BoardPage(
    date: ReadSignal<String>,
    team: ReadSignal<String>,
    rep: ReadSignal<String>,
    verdict: ReadSignal<String>,
    grade: ReadSignal<String>,
    show: ReadSignal<String>,
) -> Element {
    let view = use_memo(move || View {
        date: date(),
        team: team(),
        rep: rep(),
        verdict: verdict(),
        grade: grade(),
        show: show(),
    });
    let asked = use_memo(move || (view.read().day(), view.read().whose()));
    let mut board = use_loaded(move || {
        let (date, whose) = asked();
        api::board(date, whose)
    })?;
    rsx! {
        PageTitle { text: t!("nav-board") }
        match board.now() {
            // Each loading is a day of its own: what the old one kept is not what the new one knows.
            Some(Ok(snapshot)) => rsx! {
                Day { key: "{snapshot.at} {snapshot.date}", snapshot, view, onnewday: move |()| board.restart() }
            },
            Some(Err(problem)) => rsx! { div { class: "page", Failed { problem, retry: move |()| board.restart() } } },
            None => rsx! { div { class: "page", Loading { rows: 6 } } },
        }
    }
}

/// One day. A past day stands still; today moves.
#[component]
fn Day(snapshot: Board, view: ReadSignal<View>, onnewday: EventHandler<()>) -> Element {
    let (me, settings, navigator) = (use_me(), use_settings(), use_navigator());
    let (date, past) = (snapshot.date, view.read().day().is_some());
    let kept = use_day(snapshot, view, onnewday);
    let mut selected = kept.selected;
    let go = move |view: View| {
        navigator.replace(view.route());
    };
    let day = move |date: Option<NaiveDate>| {
        View { date: date.map(|d| d.to_string()).unwrap_or_default(), ..view() }.route()
    };
    let rep = view.read().rep.clone();
    let name = kept
        .board
        .read()
        .reps
        .iter()
        .find(|day| day.employee.id.to_string() == rep)
        .map(|day| day.employee.name.clone());
    let by_reps = view.read().show == REPS;
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
                    Link { class: "more", to: Route::announcements(), {t!("announcements-all")} }
                    LinkState { link: (kept.link)() }
                }
            }
            if !past {
                Unread { news: kept.announced }
            }
            div { class: "filters start board-filters",
                if me.teams.len() > 1 {
                    Filter { label: t!("team"), name: "team", value: view.read().team.clone(), options: team_options(&me.teams),
                        onpick: move |team| go(View { team, ..view() }),
                    }
                }
                Filter { label: t!("verdict"), name: "verdict", value: view.read().verdict.clone(),
                    options: i18n::coded("verdict", Verdict::ALL.iter().map(|verdict| verdict.code())),
                    onpick: move |verdict| go(View { verdict, ..view() }),
                }
                Filter { label: t!("grade"), name: "grade", value: view.read().grade.clone(), any: t!("grade-any"), options: grades(),
                    onpick: move |grade| go(View { grade, ..view() }),
                }
                if !rep.is_empty() {
                    Link { class: "button", to: View { rep: String::new(), ..view() }.route(), "aria-label": t!("all-reps"), title: t!("all-reps"),
                        {name.unwrap_or_else(|| t!("all-reps"))}
                        Icon { name: Name::X, size: 16 }
                    }
                }
            }
            Numbers { board: kept.board, past }
            div { class: "board-main",
                section { class: "card board-map", "aria-label": t!("map-of-day"),
                    MapView {
                        id: "day-map",
                        label: t!("map-of-day"),
                        patch: (kept.patch)(),
                        trail: (kept.trail)(),
                        selected: selected(),
                        fit_key: "{date} {view.read().team} {rep}",
                        settings,
                        onselect: move |id| selected.set(id),
                        onpatched: kept.patched,
                    }
                    match &*kept.pins.read() {
                        None => rsx! { div { class: "map-cover", Loading { rows: 1 } } },
                        Some(Err(problem)) => rsx! { div { class: "map-cover", Failed { problem: problem.clone(), retry: move |()| kept.load_pins.call(()) } } },
                        Some(Ok((shown, all))) if shown < all => rsx! {
                            p { class: "map-note", role: "status", {t!("pins-shown", shown: i18n::number(*shown as i64), all: i18n::number(*all as i64))} }
                        },
                        Some(Ok(_)) => rsx! {},
                    }
                    if !selected.read().is_empty() {
                        Peek { key: "{selected}", id: selected(), fresh: kept.fresh, onclose: move |()| selected.set(String::new()) }
                    }
                }
                section { class: "card board-side", "aria-label": t!("feed"),
                    div { class: "board-side-head",
                        nav { class: "tabs", "aria-label": t!("feed"),
                            Tab { to: View { show: String::new(), ..view() }.route(), here: !by_reps, {t!("feed")} }
                            Tab { to: View { show: REPS.into(), ..view() }.route(), here: by_reps, {t!("reps")} }
                        }
                        if !by_reps {
                            Filter { label: t!("what"), name: "show", value: view.read().show.clone(),
                                options: i18n::coded("topic", Topic::ALL.iter().map(|topic| topic.code())),
                                onpick: move |show| go(View { show, ..view() }),
                            }
                        }
                    }
                    if by_reps {
                        Reps { kept, view, past }
                    } else {
                        Feed { kept, past }
                    }
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
