//! The visits of a day: a rep's own, a manager's teams'.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{employee::Role, page::Page, visit::Visit};

use super::{
    feed::VisitRow,
    shell::{use_me, use_today},
};
use crate::{
    api,
    components::{
        day_switch::DaySwitch,
        feedback::{Empty, Failed, Loading},
        icon::Name,
        show_more::{ShowMore, use_pages},
        title::PageTitle,
    },
    loaded::use_loaded,
    offline::{self, use_refresh},
    route::Route,
};

/// One day's visits, latest first.
#[component]
pub fn VisitsPage(date: ReadSignal<String>) -> Element {
    let wanted = use_memo(move || date().parse::<NaiveDate>().ok());
    let today = use_today();
    let mut first = use_loaded(move || async move { (wanted(), offline::visits(wanted(), today).await) })?;
    use_refresh(move || first.restart());
    let shown = wanted().unwrap_or(today);
    let with_rep = use_me().role != Role::Rep;
    let day =
        |date: Option<NaiveDate>| Route::VisitsPage { date: date.map(|d| d.to_string()).unwrap_or_default() };
    rsx! {
        PageTitle { text: t!("nav-visits") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { if with_rep { {t!("visits-title")} } else { {t!("my-visits-title")} } }
                DaySwitch { date: shown, past: shown < today, to: day }
            }
            match first.now() {
                None => rsx! { Loading { rows: 6 } },
                Some((_, Err(problem))) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some((_, Ok(page))) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Inbox, title: t!("visits-empty") }
                },
                Some((date, Ok(page))) => rsx! { List { key: "{date:?}", first: page, date, with_rep } },
            }
        }
    }
}

#[component]
fn List(first: Page<Visit>, date: Option<NaiveDate>, with_rep: bool) -> Element {
    let zone = use_me().organisation.time_zone;
    let (list, more) = use_pages(first, move |cursor| async move { api::visits(date, Some(&cursor)).await });
    rsx! {
        div { class: "card rows",
            for visit in list.read().items.clone() {
                VisitRow { key: "{visit.id}", visit, zone: zone.clone(), with_rep }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}
