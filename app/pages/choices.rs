//! The lists of purposes and outcomes, as an admin edits them.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    choices::{Choice, Choices, Code},
    problem::Problem,
    text::Name as Text,
};

use super::shell::use_choices;
use crate::{
    api,
    components::{
        icon::{Icon, Name},
        title::{PageHead, PageTitle},
        toast::{explain, use_teller},
    },
    i18n::{named, reason},
    platform,
    route::Route,
};

/// A line as it is being edited: the name as typed, empty for the built-in text.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    code: Code,
    name: String,
    active: bool,
}

fn lines(choices: &[Choice]) -> Vec<Line> {
    let name =
        |choice: &Choice| choice.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
    choices
        .iter()
        .map(|choice| Line { code: choice.code, name: name(choice), active: choice.active })
        .collect()
}

fn choices(list: &str, lines: &[Line]) -> Result<Vec<Choice>, Problem> {
    let choice = |(n, line): (usize, &Line)| {
        let name = match line.name.trim() {
            "" => None,
            name => Some(
                Text::parse(name).map_err(|error| Problem::invalid(&format!("{list}[{n}].name"), error))?,
            ),
        };
        Ok(Choice { code: line.code, name, active: line.active })
    };
    lines.iter().enumerate().map(choice).collect()
}

/// Both lists.
#[component]
pub fn ChoicesPage() -> Element {
    let teller = use_teller();
    let known = use_choices();
    let purposes = use_signal(|| lines(&known.purposes));
    let outcomes = use_signal(|| lines(&known.outcomes));
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let save = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let read = || {
                let edited = Choices {
                    purposes: choices("purposes", &purposes.read())?,
                    outcomes: choices("outcomes", &outcomes.read())?,
                };
                edited.check().map(|()| edited)
            };
            let saved = match read() {
                Ok(edited) => api::set_choices(&edited).await,
                Err(error) => Err(error),
            };
            match saved {
                // Every page names visits by these, so everything is read afresh.
                Ok(_) => platform::go("/settings"),
                Err(error) => {
                    if error.errors.is_empty() {
                        teller.failed(&error);
                    }
                    problem.set(Some(error));
                    busy.set(false);
                }
            }
        }
    };
    rsx! {
        PageTitle { text: t!("choices-title") }
        form { class: "page narrow", novalidate: true, onsubmit: save, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            PageHead { title: t!("choices-title"), back: Route::SettingsPage {},
                p { class: "muted", {t!("choices-hint")} }
            }
            Editor { title: t!("purpose"), kind: "purpose", list: "purposes", lines: purposes, problem }
            Editor { title: t!("outcome"), kind: "outcome", list: "outcomes", lines: outcomes, problem }
            if let Some(problem) = problem().filter(|problem| problem.errors.is_empty()) {
                p { class: "error", role: "alert", "{explain(&problem)}" }
            }
            div { class: "actions",
                button { class: "button primary wide tall", r#type: "submit", disabled: busy(), {t!("save")} }
            }
        }
    }
}

#[component]
fn Editor(
    title: String,
    kind: &'static str,
    list: &'static str,
    mut lines: Signal<Vec<Line>>,
    problem: Signal<Option<Problem>>,
) -> Element {
    let add = move |_| {
        // Any code nobody used will do: people read the name.
        let id = uuid::Uuid::new_v4().simple().to_string();
        if let Ok(code) = format!("own_{}", &id[..12]).parse() {
            let at = lines.read().iter().rposition(|line| line.active).map_or(0, |last| last + 1);
            lines.write().insert(at, Line { code, name: String::new(), active: true });
        }
    };
    let wrong = move |field: String| {
        let problem = problem.read();
        problem.as_ref()?.errors.iter().find(|error| error.field == field).map(|error| reason(&error.message))
    };
    let count = lines.read().len();
    rsx! {
        section { class: "section", "aria-label": "{title}",
            h2 { "{title}" }
            ul { class: "card rows choice-lines",
                for (at, line) in lines().into_iter().enumerate() {
                    {
                        let built_in = named(kind, line.code.as_str());
                        let is_own = built_in == format!("{kind}-{}", line.code.as_str());
                        let shown = if line.name.is_empty() && !is_own { built_in.clone() } else { line.name.clone() };
                        let label = if shown.is_empty() { t!("choice-name") } else { shown.clone() };
                        let why = wrong(format!("{list}[{at}].name"));
                        let invalid = why.is_some();
                        rsx! {
                            li { key: "{line.code.as_str()}", class: "choice-line", "data-retired": !line.active, "data-own": is_own,
                                input {
                                    "aria-label": "{label}", value: "{line.name}", maxlength: 200,
                                    placeholder: if is_own { t!("choice-name") } else { built_in },
                                    autofocus: is_own && line.name.is_empty(),
                                    "aria-invalid": invalid,
                                    oninput: move |event| if let Some(line) = lines.write().get_mut(at) { line.name = event.value() },
                                }
                                button { class: "button quiet icon-only", r#type: "button", disabled: at == 0, "aria-label": t!("stop-up", name: label.clone()),
                                    onclick: move |_| lines.write().swap(at, at - 1),
                                    Icon { name: Name::ChevronUp }
                                }
                                button { class: "button quiet icon-only", r#type: "button", disabled: at + 1 == count, "aria-label": t!("stop-down", name: label.clone()),
                                    onclick: move |_| lines.write().swap(at, at + 1),
                                    Icon { name: Name::ChevronDown }
                                }
                                label { class: "switch",
                                    input { r#type: "checkbox", checked: line.active, "aria-label": t!("choice-offered", name: label.clone()),
                                        onchange: move |event| if let Some(line) = lines.write().get_mut(at) { line.active = event.checked() },
                                    }
                                    span { if line.active { {t!("choice-on")} } else { {t!("choice-off")} } }
                                }
                                if let Some(why) = why {
                                    span { class: "error", role: "alert", "{why}" }
                                }
                            }
                        }
                    }
                }
            }
            if let Some(why) = wrong(list.to_owned()) {
                p { class: "error", role: "alert", "{why}" }
            }
            button { class: "button", r#type: "button", onclick: add,
                Icon { name: Name::Plus }
                {t!("choice-add")}
            }
        }
    }
}
