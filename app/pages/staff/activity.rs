//! The activity log: who did what when, from where, and what changed by it.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{activity::Entry, event::Kind, id::EmployeeId, page::Page};
use serde_json::Value;

use super::{
    super::{
        only::OnlyPerson,
        shell::{use_me, use_today},
    },
    StaffTabs, Tab,
    history::first_piece,
};
use crate::{
    api::staff::{self, Activities as Asked},
    components::{
        feedback::{Empty, Failed, Loading},
        filter::Filter,
        icon::Name,
        show_more::{ShowMore, use_pages},
        title::PageTitle,
    },
    i18n::{self, named},
    loaded::use_loaded,
    route::Route,
};

/// The message that names a kind.
fn kind_name(kind: Kind) -> String {
    named("activity", &kind.code().replace('.', "_"))
}

fn kinds() -> Vec<(String, String)> {
    let known = Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Unknown);
    known.map(|kind| (kind.code().to_owned(), kind_name(kind))).collect()
}

/// All that was done, as far as the reader may see who did it.
#[component]
pub fn ActivityPage(
    kind: ReadSignal<String>,
    person: ReadSignal<String>,
    from: ReadSignal<String>,
    to: ReadSignal<String>,
) -> Element {
    let (today, navigator) = (use_today(), use_navigator());
    let asked = use_memo(move || Asked { kind: kind(), person: person(), from: from(), to: to() });
    let mut first = use_loaded(move || async move { staff::activities(&asked(), None).await })?;
    let go = move |asked: Asked| {
        navigator.replace(asked.route());
    };
    rsx! {
        PageTitle { text: t!("activity") }
        div { class: "page",
            div { class: "page-head",
                h1 { {t!("activity")} }
                StaffTabs { tab: Tab::Activity }
            }
            div { class: "filters start",
                Filter { label: t!("what"), name: "kind", value: kind(), options: kinds(),
                    onpick: move |kind| go(Asked { kind, ..asked() }),
                }
                label { class: "field inline",
                    span { {t!("from")} }
                    input { r#type: "date", name: "from", value: "{from}", max: if to().is_empty() { today.to_string() } else { to() },
                        onchange: move |event| go(Asked { from: event.value(), ..asked() }),
                    }
                }
                label { class: "field inline",
                    span { {t!("until")} }
                    input { r#type: "date", name: "to", value: "{to}", min: "{from}", max: "{today}",
                        onchange: move |event| go(Asked { to: event.value(), ..asked() }),
                    }
                }
                if !person().is_empty() {
                    OnlyPerson { id: person, others: t!("everybody"), to: Asked { person: String::new(), ..asked() }.route() }
                }
            }
            match first.now() {
                None => rsx! { Loading { rows: 8 } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                Some(Ok(page)) => rsx! { Log { key: "{asked:?}", page, asked: asked() } },
            }
        }
    }
}

/// What one person did.
#[component]
pub fn OfPerson(id: EmployeeId) -> Element {
    let loaded = use_resource(move || async move { staff::activities(&Asked::of(id), None).await });
    first_piece(
        loaded,
        t!("no-activity-yet"),
        |page| rsx! { Log { page, asked: Asked::of(id), of_person: true } },
    )
}

#[component]
fn Log(page: Page<Entry>, asked: ReadSignal<Asked>, #[props(default)] of_person: bool) -> Element {
    let (list, more) =
        use_pages(page, move |cursor| async move { staff::activities(&asked(), Some(&cursor)).await });
    if list.read().items.is_empty() {
        let (icon, title) = match asked() == Asked::default() {
            true => (Name::Inbox, t!("no-activity-yet")),
            false => (Name::Search, t!("nothing-found")),
        };
        return rsx! { Empty { icon, title, hint: String::new() } };
    }
    rsx! {
        ul { class: "card rows log",
            for entry in list.read().items.clone() {
                Line { key: "{entry.id}", entry, asked: (!of_person).then_some(asked()) }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

/// One thing done; with the person, who leads to what else they did, in a log of all.
#[component]
fn Line(entry: Entry, asked: Option<Asked>) -> Element {
    let zone = use_me().organisation.time_zone;
    let what = kind_name(entry.kind);
    let changes = changes(entry.before.as_ref(), entry.after.as_ref());
    rsx! {
        li { class: "row log-line",
            span { class: "row-main",
                if let Some(to) = subject(&entry) {
                    Link { to, "{what}" }
                } else {
                    span { "{what}" }
                }
                if let Some(asked) = asked {
                    span { class: "muted",
                        if let Some(by) = &entry.by {
                            Link { to: Asked { person: by.id.to_string(), ..asked }.route(), "{by.name}" }
                        } else {
                            {t!("by-itself")}
                        }
                        if !entry.origin.is_empty() { " · {entry.origin}" }
                    }
                }
                if entry.before.is_some() && !changes.is_empty() {
                    details { class: "log-changes",
                        summary { {t!("what-changed", count: changes.len() as i64)} }
                        dl {
                            for (field, old, new) in changes {
                                div { key: "{field}",
                                    dt { "{field}" }
                                    dd { del { "{old}" } " → " ins { "{new}" } }
                                }
                            }
                        }
                    }
                }
            }
            time { class: "muted", datetime: "{entry.at.to_rfc3339()}", {i18n::moment(entry.at, &zone)} }
        }
    }
}

/// The members that are not what they were, as `(name, old, new)`.
fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<(String, String, String)> {
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let empty = serde_json::Map::new();
    let members = |value: Option<&Value>| value.and_then(Value::as_object).unwrap_or(&empty).clone();
    let (old, new) = (members(before), members(after));
    let mut names: Vec<_> = old.keys().chain(new.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| old.get(name) != new.get(name))
        .map(|name| {
            let (old, new) = (shown(old.get(&name)), shown(new.get(&name)));
            (name, old, new)
        })
        .collect()
}

/// The page of what it was done to.
fn subject(entry: &Entry) -> Option<Route> {
    let id = entry.subject.clone();
    match entry.kind {
        Kind::VisitCheckedIn | Kind::VisitPhoto | Kind::VisitCheckedOut | Kind::VisitVerified => {
            Some(Route::VisitPage { id })
        }
        Kind::TaskCreated | Kind::TaskChanged => Some(Route::TaskPage { id }),
        Kind::CustomerCreated | Kind::CustomerChanged => Some(Route::CustomerPage { id }),
        Kind::EmployeeChanged | Kind::PasswordChanged => Some(Route::PersonPage { id }),
        Kind::TeamChanged => Some(Route::TeamPage { id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::changes;

    #[test]
    fn only_what_differs_is_a_change() {
        let old = json!({ "name": "A", "team": null, "same": 1, "gone": true });
        let new = json!({ "name": "B", "team": { "id": 1 }, "same": 1 });
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            changes(Some(&old), Some(&new)),
            [text("gone", "true", "–"), text("name", "A", "B"), text("team", "–", r#"{"id":1}"#)]
        );
        assert_eq!(changes(None, Some(&json!({ "a": "b" }))), [text("a", "–", "b")]);
        assert!(changes(None, None).is_empty());
    }
}
