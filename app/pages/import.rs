//! Customers from a CSV file: looked at first, then kept.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{customer::ImportReport, problem::Problem};

use crate::{
    api,
    components::{
        icon::{Icon, Name},
        title::{PageHead, PageTitle},
        toast::explain,
    },
    i18n,
    route::Route,
};

#[derive(Clone, PartialEq)]
struct Chosen {
    name: String,
    bytes: Vec<u8>,
}

/// Choose a file, see what it would do, do it.
#[component]
pub fn ImportPage() -> Element {
    let mut chosen = use_signal(|| None::<Chosen>);
    let mut progress = use_signal(|| None::<(u64, u64)>);
    let mut outcome = use_signal(|| None::<Result<ImportReport, Problem>>);
    let run = move |dry_run: bool| async move {
        let Some(file) = chosen() else { return };
        progress.set(Some((0, 0)));
        let answer =
            api::import_locations(file.bytes, dry_run, |done, total| progress.set(Some((done, total)))).await;
        progress.set(None);
        outcome.set(Some(answer));
    };
    let choose = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        outcome.set(None);
        match file.read_bytes().await {
            Ok(bytes) => {
                chosen.set(Some(Chosen { name: file.name(), bytes: bytes.to_vec() }));
                run(true).await;
            }
            Err(error) => outcome.set(Some(Err(Problem::new(0, "unreadable", error.to_string())))),
        }
    };
    let running = progress().is_some();
    rsx! {
        PageTitle { text: t!("import") }
        div { class: "page narrow",
            PageHead { title: t!("import-title"), back: Route::customers(),
                p { class: "muted", {t!("import-columns")} " " code { "name, company, address, district, province, postcode, phone, lat, lng, grade" } }
            }
            label { class: "button wide tall file",
                input { r#type: "file", name: "file", accept: ".csv,text/csv", disabled: running, onchange: choose }
                Icon { name: Name::Upload }
                if let Some(file) = chosen() { "{file.name}" } else { {t!("choose-csv")} }
            }
            if let Some((done, total)) = progress() {
                div { class: "card import-progress", role: "status",
                    if total > 0 {
                        progress { max: "{total}", value: "{done}", "aria-label": t!("importing") }
                        span { "{i18n::number(done as i64)} / {i18n::number(total as i64)}" }
                    } else {
                        progress { "aria-label": t!("importing") }
                        span { {t!("importing")} }
                    }
                }
            }
            match outcome() {
                None => rsx! {},
                Some(Err(problem)) => rsx! { p { class: "error", role: "alert", "{explain(&problem)}" } },
                Some(Ok(report)) => rsx! {
                    Report { report: report.clone() }
                    if report.dry_run && report.imported > 0 {
                        button { class: "button primary wide tall", disabled: running, onclick: move |_| run(false),
                            Icon { name: Name::Check }
                            {t!("import-rows", count: report.imported)}
                        }
                    }
                    if !report.dry_run {
                        Link { class: "button wide", to: Route::customers(), {t!("to-customers")} }
                    }
                },
            }
        }
    }
}

#[component]
fn Report(report: ImportReport) -> Element {
    rsx! {
        section { class: "card import-report", role: "status",
            h2 { if report.dry_run { {t!("import-checked")} } else { {t!("import-done")} } }
            dl { class: "facts",
                dt { {t!("import-count-rows")} }
                dd { "{i18n::number(report.rows as i64)}" }
                dt { if report.dry_run { {t!("import-count-new")} } else { {t!("import-count-kept")} } }
                dd { "{i18n::number(report.imported as i64)}" }
                dt { {t!("import-count-unchanged")} }
                dd { "{i18n::number(report.unchanged as i64)}" }
                dt { {t!("import-count-bad")} }
                dd { "{i18n::number(report.bad_rows.len() as i64)}" }
                if !report.ignored_columns.is_empty() {
                    dt { {t!("import-ignored")} }
                    dd { {report.ignored_columns.join(", ")} }
                }
            }
            if !report.bad_rows.is_empty() {
                div { class: "table-card",
                    table {
                        thead {
                            tr {
                                th { scope: "col", class: "right", {t!("line")} }
                                th { scope: "col", {t!("column")} }
                                th { scope: "col", {t!("reason")} }
                            }
                        }
                        tbody {
                            for (at, row) in report.bad_rows.iter().enumerate() {
                                tr { key: "{at}",
                                    td { class: "right", "{row.line}" }
                                    td { if row.field.is_empty() { "–" } else { code { "{row.field}" } } }
                                    td { "{row.reason}" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
