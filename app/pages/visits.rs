//! The visits of a day: a rep's own, a manager's teams'.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_fullstack_core::use_server_future;
use dioxus_i18n::t;
use ekenko_domain::{employee::Role, visit::Visit};

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
        title::PageTitle,
        toast::use_teller,
    },
    offline::{self, use_refresh},
    route::Route,
};

/// One day's visits, latest first.
#[component]
pub fn VisitsPage(date: ReadSignal<String>) -> Element {
    let (me, teller) = (use_me(), use_teller());
    let wanted = use_memo(move || date().parse::<NaiveDate>().ok());
    let today = use_today();
    let mut first = use_server_future(move || offline::visits(wanted(), today))?;
    use_refresh(move || first.restart());
    // Further pieces, under the cursor they came by.
    let mut more = use_signal(Vec::<Visit>::new);
    let mut next = use_signal(|| None::<Option<String>>);
    use_effect(move || {
        wanted();
        more.write().clear();
        next.set(None);
    });
    let zone = me.organisation.time_zone.clone();
    let shown = wanted().unwrap_or(today);
    let with_rep = me.role != Role::Rep;
    let day =
        |date: Option<NaiveDate>| Route::VisitsPage { date: date.map(|d| d.to_string()).unwrap_or_default() };
    rsx! {
        PageTitle { text: t!("nav-visits") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { if with_rep { {t!("visits-title")} } else { {t!("my-visits-title")} } }
                DaySwitch { date: shown, past: shown < today, to: day }
            }
            match first() {
                None => rsx! { Loading { rows: 6 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) if page.items.is_empty() => rsx! {
                    Empty { icon: Name::Inbox, title: t!("visits-empty") }
                },
                Some(Ok(page)) => {
                    let cursor = next().unwrap_or_else(|| page.next.clone());
                    rsx! {
                        div { class: "card rows",
                            for visit in page.items.iter().cloned().chain(more()) {
                                VisitRow { key: "{visit.id}", visit, zone: zone.clone(), with_rep }
                            }
                        }
                        if let Some(cursor) = cursor {
                            button {
                                class: "button",
                                onclick: move |_| {
                                    let cursor = cursor.clone();
                                    async move {
                                        match api::visits(wanted(), Some(&cursor)).await {
                                            Ok(page) => {
                                                more.write().extend(page.items);
                                                next.set(Some(page.next));
                                            }
                                            Err(problem) => teller.failed(&problem),
                                        }
                                    }
                                },
                                {t!("show-more")}
                            }
                        }
                    }
                }
            }
        }
    }
}
