//! Customers from a CSV file or an Excel workbook: its columns are told, it is looked at, and then kept.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{BadRow, ImportReport},
    import::{Field, ImportPreview, Mapping, NEEDED},
    problem::Problem,
};

use crate::{
    api,
    components::{
        icon::{Icon, Name},
        title::{PageHead, PageTitle},
        toast::explain,
    },
    i18n::{self, named},
    route::Route,
};

/// Bad rows shown at once; the file to take away has all.
const MOST_SHOWN: usize = 200;

#[derive(Clone, PartialEq)]
struct Chosen {
    name: String,
    bytes: Vec<u8>,
}

/// Choose a file, say which column is what, see what it would do, do it.
#[component]
pub fn ImportPage() -> Element {
    let mut chosen = use_signal(|| None::<Chosen>);
    let mut preview = use_signal(|| None::<ImportPreview>);
    let mut mapping = use_signal(Mapping::default);
    let mut progress = use_signal(|| None::<(u64, u64)>);
    let mut outcome = use_signal(|| None::<Result<ImportReport, Problem>>);
    let mut keeping = use_signal(|| false);
    let run = move |dry_run: bool| async move {
        let Some(file) = chosen() else { return };
        progress.set(Some((0, 0)));
        outcome.set(None);
        keeping.set(!dry_run);
        let columns = mapping();
        let told = |done, total| progress.set(Some((done, total)));
        let answer = api::import_locations(file.bytes, &columns, dry_run, told).await;
        progress.set(None);
        outcome.set(Some(answer));
    };
    let choose = move |event: FormEvent| async move {
        let Some(file) = event.files().into_iter().next() else { return };
        outcome.set(None);
        preview.set(None);
        keeping.set(false);
        let bytes = match file.read_bytes().await {
            Ok(bytes) => bytes.to_vec(),
            Err(error) => return outcome.set(Some(Err(Problem::new(0, "unreadable", error.to_string())))),
        };
        progress.set(Some((0, 0)));
        let seen = api::preview_import(bytes.clone()).await;
        progress.set(None);
        match seen {
            Ok(seen) => {
                chosen.set(Some(Chosen { name: file.name(), bytes }));
                let whole = seen.mapping.missing().is_empty();
                mapping.set(seen.mapping.clone());
                preview.set(Some(seen));
                if whole {
                    run(true).await;
                }
            }
            Err(problem) => outcome.set(Some(Err(problem))),
        }
    };
    let running = progress().is_some();
    let done = matches!(outcome(), Some(Ok(report)) if !report.dry_run);
    rsx! {
        PageTitle { text: t!("import") }
        div { class: "page narrow",
            PageHead { title: t!("import-title"), back: Route::customers(),
                p { class: "muted", {t!("import-columns")} }
            }
            label { class: "button wide tall file",
                input { r#type: "file", name: "file", accept: ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", disabled: running, onchange: choose }
                Icon { name: Name::Upload }
                if let Some(file) = chosen() { "{file.name}" } else { {t!("choose-csv")} }
            }
            if let Some(preview) = preview() {
                if !done {
                    Columns { preview, mapping, disabled: running, onchange: move |()| outcome.set(None) }
                    if outcome.read().is_none() && !running {
                        button { class: "button primary wide tall", disabled: !mapping.read().missing().is_empty(), onclick: move |_| run(true),
                            Icon { name: Name::Search }
                            {t!("import-check")}
                        }
                    }
                }
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
                Some(Err(problem)) => rsx! {
                    p { class: "error", role: "alert", "{explain(&problem)}" }
                    if problem.is_passing() && keeping() {
                        p { class: "notice warn", {t!("import-broken")} }
                    }
                },
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

/// Each column with its first cells, and what it holds.
#[component]
fn Columns(
    preview: ImportPreview,
    mapping: Signal<Mapping>,
    disabled: bool,
    onchange: EventHandler<()>,
) -> Element {
    let mut choose = move |column: usize, code: String| {
        let mut mapping = mapping.write();
        mapping.0.retain(|_, at| *at != column);
        if let Some(field) = Field::from_code(&code) {
            mapping.0.insert(field, column);
        }
        onchange(());
    };
    let missing: Vec<String> =
        mapping.read().missing().into_iter().map(|field| named("field", field.code())).collect();
    rsx! {
        section { class: "card done",
            h2 { {t!("import-mapping")} }
            p { class: "muted", {t!("import-mapping-hint", count: preview.rows)} }
            ul { class: "mapping",
                for (at, column) in preview.columns.iter().enumerate() {
                    li { key: "{at}",
                        div { class: "mapping-column",
                            strong { if column.head.is_empty() { {t!("import-column", number: at + 1)} } else { "{column.head}" } }
                            span { class: "muted", {column.samples.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" · ")} }
                        }
                        select { "aria-label": t!("import-holds", column: column.head.clone()), disabled,
                            onchange: move |event| choose(at, event.value()),
                            option { value: "", selected: mapping.read().0.values().all(|held| *held != at), {t!("import-ignore")} }
                            for field in Field::ALL.iter().copied() {
                                option { key: "{field.code()}", value: field.code(), selected: mapping.read().0.get(&field) == Some(&at),
                                    {named("field", field.code())}
                                    if NEEDED.contains(&field) { " *" }
                                }
                            }
                        }
                    }
                }
            }
            if !missing.is_empty() {
                p { class: "error", role: "status", {t!("import-missing", fields: missing.join(", "))} }
            }
        }
    }
}

/// The bad rows as a file to take away.
fn bad_rows_file(rows: &[BadRow]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |row: &BadRow| format!("{},{},{}\r\n", row.line, quoted(&row.field), quoted(&row.reason));
    let text = format!("\u{FEFF}line,field,reason\r\n{}", rows.iter().map(line).collect::<String>());
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("data:text/csv;charset=utf-8,{escaped}")
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
                a { class: "button", href: bad_rows_file(&report.bad_rows), download: "bad-rows.csv",
                    Icon { name: Name::Download }
                    {t!("import-bad-rows-file")}
                }
                if report.bad_rows.len() > MOST_SHOWN {
                    p { class: "muted", {t!("import-bad-rows-first", count: MOST_SHOWN)} }
                }
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
                            for (at, row) in report.bad_rows.iter().take(MOST_SHOWN).enumerate() {
                                tr { key: "{at}",
                                    td { class: "right", "{row.line}" }
                                    td { if row.field.is_empty() { "–" } else { {named("field", &row.field)} } }
                                    td { "{i18n::reason(&row.reason)}" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
