//! Reports: a range of days in numbers, by day, rep, customer and more. A row leads into what it is made of.

use chrono::{Datelike, Days, Months, NaiveDate};
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    choices::Code,
    page::Page,
    report::{By, Figures, Report, Row, month},
    visit::{Outcome, Purpose},
};

use super::{
    only::{OnlyCompany, OnlyPerson},
    shell::{team_options, use_me, use_today},
};
use crate::{
    api::reports::{self as api, Asked},
    components::{
        bars::{Bar, Meter, VisitsChart},
        feedback::{Empty, Failed, Loading},
        filter::Filter,
        icon::{Icon, Name},
        show_more::{ShowMore, use_pages},
        tab::Tab,
        title::PageTitle,
    },
    i18n::{self, named},
    loaded::use_loaded,
    route::Route,
};

/// Where a report is.
pub fn to(asked: Asked) -> Route {
    let Asked { from, to, by, team, rep, company } = asked;
    Route::ReportsPage { from, to, by, team, rep, company }
}

/// Figures of a range of days.
#[component]
pub fn ReportsPage(
    from: ReadSignal<String>,
    to: ReadSignal<String>,
    by: ReadSignal<String>,
    team: ReadSignal<String>,
    rep: ReadSignal<String>,
    company: ReadSignal<String>,
) -> Element {
    let asked = use_memo(move || Asked {
        from: from(),
        to: to(),
        by: by(),
        team: team(),
        rep: rep(),
        company: company(),
    });
    let mut loaded = use_loaded(move || {
        let asked = asked();
        async move { api::report(&asked, None).await }
    })?;
    let today = use_today();
    let until = asked.read().to.parse().unwrap_or(today);
    rsx! {
        PageTitle { text: t!("nav-reports") }
        div { class: "page reports",
            div { class: "page-head",
                h1 { {t!("nav-reports")} }
                a { class: "button", href: asked().pdf(until), download: true, title: t!("pdf-of-month"),
                    Icon { name: Name::Download }
                    "PDF {i18n::month(until)}"
                }
                for format in ["xlsx", "csv"] {
                    a { key: "{format}", class: "button", href: asked().file(format), download: true,
                        Icon { name: Name::Download }
                        {format.to_uppercase()}
                    }
                }
            }
            Choice { asked }
            match loaded.now() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
                Some(Ok(report)) => rsx! { Shown { report, asked } },
            }
        }
    }
}

/// The ranges people ask for: this week, this month, the last month.
fn ranges(today: NaiveDate) -> [(String, NaiveDate, NaiveDate); 4] {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let this = month(today);
    let last = this - Months::new(1);
    [
        (t!("today"), today, today),
        (t!("this-week"), monday, today),
        (t!("this-month"), this, today),
        (t!("last-month"), last, this - Days::new(1)),
    ]
}

#[component]
fn Choice(asked: ReadSignal<Asked>) -> Element {
    let (me, today, navigator) = (use_me(), use_today(), use_navigator());
    let go = move |asked: Asked| {
        navigator.replace(to(asked));
    };
    let (from, until) = {
        let asked = asked.read();
        let until = if asked.to.is_empty() { today.to_string() } else { asked.to.clone() };
        let first = until.parse().map(month).unwrap_or(today);
        (if asked.from.is_empty() { first.to_string() } else { asked.from.clone() }, until)
    };
    let by =
        if asked.read().by.is_empty() { By::default().code().to_owned() } else { asked.read().by.clone() };
    rsx! {
        div { class: "filters start",
            nav { class: "tabs", "aria-label": t!("period"),
                for (name, first, last) in ranges(today) {
                    Tab {
                        key: "{name}",
                        to: to(Asked { from: first.to_string(), to: last.to_string(), ..asked() }),
                        here: (first.to_string(), last.to_string()) == (from.clone(), until.clone()),
                        {name}
                    }
                }
            }
            label { class: "field inline",
                span { {t!("from")} }
                input { r#type: "date", name: "from", value: "{from}", max: "{until}",
                    onchange: move |event| if !event.value().is_empty() { go(Asked { from: event.value(), ..asked() }) },
                }
            }
            label { class: "field inline",
                span { {t!("until")} }
                input { r#type: "date", name: "to", value: "{until}", min: "{from}",
                    onchange: move |event| if !event.value().is_empty() { go(Asked { to: event.value(), ..asked() }) },
                }
            }
            Filter { label: t!("by"), name: "by", value: by, any: None, options: i18n::coded("by", By::ALL.iter().map(|by| by.code())),
                onpick: move |by| go(Asked { by, ..asked() }),
            }
            if me.teams.len() > 1 {
                Filter { label: t!("team"), name: "team", value: asked.read().team.clone(), options: team_options(&me.teams),
                    onpick: move |team| go(Asked { team, ..asked() }),
                }
            }
            if !asked.read().rep.is_empty() {
                OnlyPerson { id: asked.read().rep.clone(), others: t!("all-reps"), to: to(Asked { rep: String::new(), ..asked() }) }
            }
            if !asked.read().company.is_empty() {
                OnlyCompany { id: asked.read().company.clone(), others: t!("all-companies"), to: to(Asked { company: String::new(), ..asked() }) }
            }
        }
    }
}

#[component]
fn Shown(report: Report, asked: ReadSignal<Asked>) -> Element {
    let (by, total) = (report.by, report.total);
    let (list, more) = use_pages(Page { items: report.rows, next: report.next }, move |cursor| {
        let asked = asked();
        async move {
            let piece = api::report(&asked, Some(&cursor)).await?;
            Ok(Page { items: piece.rows, next: piece.next })
        }
    });
    if total.visits == 0 && total.tasks_due.unwrap_or_default() == 0 {
        return rsx! { Empty { icon: Name::Inbox, title: t!("no-report"), hint: t!("no-report-hint") } };
    }
    let whole = list.read().next.is_none();
    let in_time = matches!(by, By::Day | By::Month);
    let [first, last] = {
        let list = list.read();
        [list.items.first(), list.items.last()].map(|row| row.map(|row| name(by, row)).unwrap_or_default())
    };
    let most = list.read().items.iter().map(|row| row.figures.visits).max().unwrap_or_default().max(1);
    let bars = list
        .read()
        .items
        .iter()
        .map(|row| Bar {
            label: format!(
                "{}: {} / {}",
                name(by, row),
                i18n::number(row.figures.visits),
                i18n::number(row.figures.verified)
            ),
            all: row.figures.visits,
            good: row.figures.verified,
        })
        .collect::<Vec<_>>();
    rsx! {
        Totals { total: total.clone() }
        if in_time && bars.len() > 1 {
            VisitsChart { first, last, bars }
        }
        div { class: "card table-card",
            table { class: "figures",
                thead {
                    tr {
                        th { scope: "col", {named("by", by.code())} }
                        th { scope: "col", class: "num", {t!("number-visits")} }
                        th { scope: "col", class: "num", {t!("number-verified")} }
                        th { scope: "col", class: "num", {t!("verdict-out_of_range")} }
                        th { scope: "col", class: "num", {t!("verdict-unverifiable")} }
                        th { scope: "col", class: "num", {t!("verdict-suspicious")} }
                        th { scope: "col", class: "num", {t!("decision-rejected")} }
                        th { scope: "col", class: "num", {t!("time-on-site")} }
                        th { scope: "col", class: "num", {t!("average-duration")} }
                        th { scope: "col", class: "num", {t!("customers-visited")} }
                        th { scope: "col", class: "num", {t!("coverage")} }
                        th { scope: "col", class: "num", {t!("tasks-on-time")} }
                    }
                }
                tbody {
                    for (n, row) in list.read().items.clone().into_iter().enumerate() {
                        tr { key: "{n}",
                            th { scope: "row",
                                if let Some(into) = into(by, &row, &asked.read()) {
                                    Link { to: into, {name(by, &row)} }
                                } else {
                                    {name(by, &row)}
                                }
                                if !in_time {
                                    Meter { all: row.figures.visits, good: row.figures.verified, most }
                                }
                            }
                            Cells { figures: row.figures }
                        }
                    }
                }
                tfoot {
                    tr {
                        th { scope: "row", if whole { {t!("total")} } else { {t!("total-of-all")} } }
                        Cells { figures: total }
                    }
                }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

/// A part of a whole: the share, and both numbers when pointed at.
fn part(share: Option<f64>, part: Option<u32>, whole: Option<u32>) -> (String, String) {
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => {
            (i18n::percent(share), format!("{} / {}", i18n::number(part), i18n::number(whole)))
        }
        _ => ("–".to_owned(), String::new()),
    }
}

#[component]
fn Cells(figures: Figures) -> Element {
    let (coverage, covered) = part(figures.coverage, figures.customers_covered, figures.customers);
    let (on_time, tasks) = part(figures.on_time_share, figures.tasks_on_time, figures.tasks_due);
    rsx! {
        td { class: "num", "{i18n::number(figures.visits)}" }
        td { class: "num", title: i18n::number(figures.verified), {i18n::percent(figures.verified_share)} }
        td { class: "num", "{i18n::number(figures.out_of_range)}" }
        td { class: "num", "{i18n::number(figures.unverifiable)}" }
        td { class: "num", "{i18n::number(figures.suspicious)}" }
        td { class: "num", "{i18n::number(figures.rejected)}" }
        td { class: "num nowrap", if figures.on_site_s >= 48 * 3600 { {i18n::hours(figures.on_site_s)} } else if figures.on_site_s > 0 { {i18n::duration(figures.on_site_s)} } else { "–" } }
        td { class: "num nowrap", if let Some(seconds) = figures.average_on_site_s { {i18n::duration(seconds)} } else { "–" } }
        td { class: "num", "{i18n::number(figures.customers_visited)}" }
        td { class: "num", title: covered, "{coverage}" }
        td { class: "num", title: tasks, "{on_time}" }
    }
}

#[component]
fn Totals(total: Figures) -> Element {
    let (coverage, covered) = part(total.coverage, total.customers_covered, total.customers);
    let (on_time, tasks) = part(total.on_time_share, total.tasks_on_time, total.tasks_due);
    let average = total.average_on_site_s.map_or_else(|| "–".to_owned(), i18n::duration);
    let numbers = [
        (t!("number-visits"), i18n::number(total.visits), String::new()),
        (t!("number-verified"), i18n::percent(total.verified_share), i18n::number(total.verified)),
        (t!("average-duration"), average, String::new()),
        (t!("coverage"), coverage, covered),
        (t!("tasks-on-time"), on_time, tasks),
    ];
    rsx! {
        dl { class: "numbers",
            for (name, value, of) in numbers {
                div { key: "{name}", class: "card number",
                    dt { {name} }
                    dd { "{value}" if !of.is_empty() { span { class: "of", " {of}" } } }
                }
            }
        }
    }
}

/// What a row is called.
fn name(by: By, row: &Row) -> String {
    let key = row.key.as_deref().unwrap_or_default();
    let code = || key.parse::<Code>().ok();
    match by {
        By::Day => key.parse().map(i18n::date).unwrap_or_else(|_| key.to_owned()),
        By::Month => format!("{key}-01").parse().map(i18n::month).unwrap_or_else(|_| key.to_owned()),
        By::Purpose => code().map_or_else(|| t!("none"), |code| i18n::purpose(&Purpose(code))),
        By::Outcome => code().map_or_else(|| t!("no-outcome"), |code| i18n::outcome(&Outcome(code))),
        By::Rep | By::Team | By::Customer => row.name.clone().unwrap_or_else(|| key.to_owned()),
    }
}

/// Where a row leads: to what it is made of.
fn into(by: By, row: &Row, asked: &Asked) -> Option<Route> {
    let key = row.key.clone()?;
    let code = |by: By| by.code().to_owned();
    match by {
        By::Day => Some(to(Asked { from: key.clone(), to: key, by: code(By::Rep), ..asked.clone() })),
        By::Month => {
            let first: NaiveDate = format!("{key}-01").parse().ok()?;
            let last = first + Months::new(1) - Days::new(1);
            Some(to(Asked {
                from: first.to_string(),
                to: last.to_string(),
                by: code(By::Day),
                ..asked.clone()
            }))
        }
        By::Team => Some(to(Asked { team: key, by: code(By::Rep), ..asked.clone() })),
        By::Rep => Some(to(Asked { rep: key, by: code(By::Day), ..asked.clone() })),
        By::Customer => Some(Route::CustomerPage { id: key }),
        By::Purpose | By::Outcome => None,
    }
}
