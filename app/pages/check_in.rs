//! The rep's first page: the open visit, else the customers around, nearest first, or found by name.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{customer::Location, page::Page, problem::Problem, visit::Fix};

use super::shell::use_me;
use crate::{
    api,
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        search_box::SearchBox,
        show_more::{ShowMore, append},
        title::PageTitle,
        toast::use_teller,
    },
    i18n,
    loaded::use_loaded,
    offline::{self, use_refresh},
    platform::{self, NoPosition},
    route::Route,
};

/// Where to check in.
#[component]
pub fn CheckInPage(q: ReadSignal<String>) -> Element {
    let me = use_me();
    let mut open = use_loaded(offline::open_visit)?;
    use_refresh(move || open.restart());
    rsx! {
        PageTitle { text: t!("nav-check-in") }
        div { class: "page narrow",
            h1 { {t!("check-in-title")} }
            match open.now() {
                Some(Ok(Some(visit))) => rsx! {
                    Link { class: "card open-visit", to: Route::VisitPage { id: visit.id.to_string() },
                        Icon { name: Name::Clock, size: 22 }
                        span { class: "row-main",
                            strong { "{visit.location.name}" }
                            span { {t!("open-since", time: i18n::time(visit.checked_in_at, &me.organisation.time_zone))} }
                        }
                        Icon { name: Name::ChevronRight }
                    }
                    p { class: "muted", {t!("one-visit-at-a-time")} }
                },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| open.restart() } },
                _ => rsx! { Places { q } },
            }
        }
    }
}

/// Where the device is, as far as known.
#[derive(Clone, Copy, PartialEq)]
enum Here {
    Looking,
    At(Fix),
    Nowhere(NoPosition),
}

#[component]
fn Places(q: ReadSignal<String>) -> Element {
    let (navigator, teller) = (use_navigator(), use_teller());
    let mut here = use_signal(|| Here::Looking);
    let mut found = use_signal(|| None::<Result<Page<Location>, Problem>>);
    let look = move || async move {
        here.set(Here::Looking);
        here.set(match platform::position().await {
            Ok(fix) => Here::At(fix),
            Err(why) => Here::Nowhere(why),
        });
    };
    use_future(look);
    let mut search = use_resource(move || {
        let (text, at) = (q(), here());
        async move {
            let near = match at {
                Here::At(fix) => Some(fix),
                // Nothing is near nowhere; a name is worth searching at once.
                Here::Looking if text.is_empty() => return,
                _ => None,
            };
            found.set(Some(offline::locations(near, &text).await));
        }
    });
    rsx! {
        // The address keeps the search, so that back and reload bring it again.
        SearchBox { value: q, label: t!("search-customers"), onsearch: move |q| { navigator.replace(Route::CheckInPage { q }); } }
        match here() {
            Here::Looking => rsx! { p { class: "notice", role: "status", Icon { name: Name::Navigation } {t!("looking-for-position")} } },
            Here::Nowhere(why) => rsx! {
                p { class: "notice warn", role: "status",
                    Icon { name: Name::Alert }
                    span { {no_position(why)} }
                    button { class: "button", onclick: move |_| look(), {t!("try-again")} }
                }
            },
            Here::At(_) => rsx! {},
        }
        match found() {
            None => rsx! { Loading { rows: 6 } },
            Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| search.restart() } },
            Some(Ok(page)) if page.items.is_empty() => rsx! {
                Empty {
                    icon: Name::MapPin,
                    title: if q().is_empty() { t!("no-customers") } else { t!("nothing-found") },
                    hint: if q().is_empty() { t!("no-customers-hint") } else { t!("nothing-found-hint") },
                }
            },
            Some(Ok(page)) => rsx! {
                div { class: "card rows",
                    for location in page.items {
                        PlaceRow { key: "{location.id}", location }
                    }
                }
                ShowMore {
                    next: page.next,
                    onmore: move |cursor: String| async move {
                        let near = if let Here::At(fix) = here() { Some(fix) } else { None };
                        match api::locations(near, &q(), Some(&cursor)).await {
                            Ok(piece) => if let Some(Ok(page)) = &mut *found.write() { append(page, &cursor, piece) },
                            Err(problem) => teller.failed(&problem),
                        }
                    },
                }
            },
        }
    }
}

#[component]
fn PlaceRow(location: Location) -> Element {
    rsx! {
        Link { class: "row place", to: Route::PlacePage { location: location.id.to_string() },
            span { class: "row-main",
                strong { "{location.name}" }
                span { class: "muted", "{location.address_line()}" }
            }
            if let Some(metres) = location.distance_m {
                span { class: "row-distance", "{i18n::distance(metres)}" }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

/// Why there is no position, and what helps.
pub fn no_position(why: NoPosition) -> String {
    match why {
        NoPosition::Denied => t!("position-denied"),
        NoPosition::Unavailable => t!("position-unavailable"),
        NoPosition::Unsupported => t!("position-unsupported"),
    }
}
