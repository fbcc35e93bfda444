//! Forms: sent once at a time; what is wrong stands beside its field until somebody types.

use chrono::{DateTime, NaiveDateTime, Utc};
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{day::TimeZone, problem::Problem};

use super::toast::explain;
use crate::{i18n::reason, platform};

/// What the fields hold as the form is sent. Typed before the page answered, it never reached a signal.
pub struct Typed(Vec<(String, FormValue)>);

impl Typed {
    /// The text of a field.
    pub fn text(&self, name: &str) -> &str {
        match self.0.iter().find(|(field, _)| field == name) {
            Some((_, FormValue::Text(text))) => text,
            _ => "",
        }
    }

    /// What a field means, by the domain's own rule, so that page and server cannot disagree.
    pub fn read<'a, T, E: ToString>(
        &'a self,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        parse(self.text(name)).map_err(|error| Problem::invalid(name, error))
    }

    /// The same of a field that may be left empty.
    pub fn optional<'a, T, E: ToString>(
        &'a self,
        name: &str,
        parse: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        if self.text(name).trim().is_empty() { Ok(None) } else { self.read(name, parse).map(Some) }
    }
}

impl Typed {
    /// Whether a box is ticked.
    pub fn is_checked(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    /// The moment a [`MomentField`] holds, if any.
    pub fn moment(&self, name: &str, zone: &TimeZone) -> Result<Option<DateTime<Utc>>, Problem> {
        let local = self.optional(name, |text| {
            let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
            local
                .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
                .map_err(|_| t!("moment-wanted"))
        })?;
        Ok(local.map(|local| platform::moment(local, zone)))
    }
}

/// A form as it is sent.
#[derive(Clone, Copy, PartialEq)]
pub struct Sending {
    problem: Signal<Option<Problem>>,
    busy: Signal<bool>,
    submit: Callback<FormEvent>,
}

/// A form that is sent by `send`. When that went well, the form stays shut: its page is about to be left.
pub fn use_form<F: Future<Output = Result<(), Problem>> + 'static>(
    mut send: impl FnMut(Typed) -> F + 'static,
) -> Sending {
    let mut problem = use_signal(|| None);
    let mut busy = use_signal(|| false);
    let submit = use_callback(move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let sent = send(Typed(event.values()));
        spawn(async move {
            if let Err(error) = sent.await {
                problem.set(Some(error));
                busy.set(false);
            }
        });
    });
    Sending { problem, busy, submit }
}

impl Sending {
    /// Whether it is on its way.
    pub fn is_busy(self) -> bool {
        (self.busy)()
    }

    /// What is wrong with a field; for the empty name, what is wrong and no field's fault.
    fn wrong(self, field: &str) -> Option<String> {
        let problem = self.problem.read();
        let problem = problem.as_ref()?;
        match problem.errors.iter().find(|error| error.field == field) {
            Some(error) => Some(reason(&error.message)),
            None => (field.is_empty() && problem.errors.is_empty()).then(|| explain(problem)),
        }
    }
}

/// The frame of a form; the components below belong inside it. `method` is for what must not get into an address when
/// it is sent before the page answers.
#[component]
pub fn Form(form: Sending, class: &'static str, method: Option<&'static str>, children: Element) -> Element {
    use_context_provider(|| form);
    let mut problem = form.problem;
    rsx! {
        form { class, method, novalidate: true, onsubmit: form.submit,
            oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            {children}
        }
    }
}

/// What is wrong with a field; for the empty name, what is wrong and no field's fault.
#[component]
pub fn Invalid(field: &'static str) -> Element {
    match use_context::<Sending>().wrong(field) {
        Some(text) => rsx! { span { id: "{field}-error", class: "error", role: "alert", "{text}" } },
        None => rsx! {},
    }
}

/// A field for text that begins with `first`, on several lines if there are `rows`. `value` is for whoever must change
/// it from outside.
#[component]
pub fn TextField(
    label: String,
    name: &'static str,
    #[props(default)] first: String,
    value: Option<Signal<String>>,
    rows: Option<u32>,
    #[props(extends = input)] attributes: Vec<Attribute>,
) -> Element {
    let own = use_signal(|| first);
    let mut value = value.unwrap_or(own);
    let why = use_context::<Sending>().wrong(name).map(|_| format!("{name}-error"));
    let oninput = move |event: FormEvent| value.set(event.value());
    rsx! {
        div { class: "field",
            label {
                span { "{label}" }
                if let Some(rows) = rows {
                    textarea { name, rows, value: "{value}", "aria-invalid": why.is_some(), "aria-describedby": why, oninput, ..attributes }
                } else {
                    input { name, value: "{value}", "aria-invalid": why.is_some(), "aria-describedby": why, oninput, ..attributes }
                }
            }
            Invalid { field: name }
        }
    }
}

/// A field for a moment on the organisation's clock.
#[component]
pub fn MomentField(
    label: String,
    name: &'static str,
    first: Option<DateTime<Utc>>,
    zone: TimeZone,
) -> Element {
    let shown = first.map(|at| platform::local(at, &zone).format("%Y-%m-%dT%H:%M").to_string());
    rsx! { TextField { label, name, first: shown.unwrap_or_default(), r#type: "datetime-local" } }
}

/// A field to choose one of the options inside.
#[component]
pub fn Select(label: String, name: &'static str, children: Element) -> Element {
    let why = use_context::<Sending>().wrong(name).map(|_| format!("{name}-error"));
    rsx! {
        div { class: "field",
            label {
                span { "{label}" }
                select { name, "aria-invalid": why.is_some(), "aria-describedby": why, {children} }
            }
            Invalid { field: name }
        }
    }
}

/// The foot of a page that is a form: what went wrong as a whole, and the button that sends it.
#[component]
pub fn Submit(text: String) -> Element {
    let form = use_context::<Sending>();
    rsx! {
        Invalid { field: "" }
        div { class: "actions",
            button { class: "button primary wide tall", r#type: "submit", disabled: form.is_busy(), "{text}" }
        }
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use std::any::Any;

    use dioxus::{
        core::NoOpMutations,
        html::{FileData, HasFileData, HasFormData},
        ssr::render,
    };
    use ekenko_domain::text::Name;
    use futures_util::FutureExt;

    use super::*;

    struct Sent(&'static str);

    impl HasFileData for Sent {
        fn files(&self) -> Vec<FileData> {
            Vec::new()
        }
    }

    impl HasFormData for Sent {
        fn value(&self) -> String {
            String::new()
        }
        fn valid(&self) -> bool {
            true
        }
        fn values(&self) -> Vec<(String, FormValue)> {
            vec![("name".into(), FormValue::Text(self.0.into()))]
        }
        fn as_any(&self) -> &dyn Any {
            self
        }
    }

    #[component]
    fn Page() -> Element {
        crate::i18n::use_languages();
        let form = use_form(|typed| async move { typed.read("name", Name::parse).map(drop) });
        use_hook(|| provide_context(form));
        rsx! {
            Form { form, class: "page",
                TextField { label: "Name", name: "name", first: "Wipa" }
                Submit { text: "Go" }
            }
        }
    }

    #[test]
    fn what_is_wrong_is_tied_to_its_field_and_no_part_of_its_name() {
        let mut page = VirtualDom::new(Page);
        page.rebuild_in_place();
        let mut send = |text| {
            page.in_scope(ScopeId::APP, || {
                let form = consume_context::<Sending>();
                form.submit.call(Event::new(FormData::new(Sent(text)).into(), true));
            });
            page.wait_for_work().now_or_never();
            page.render_immediate(&mut NoOpMutations);
            render(&page)
        };
        let wrong = send(" ");
        assert!(wrong.contains(r#"<label><span>Name</span><input name="name" value="Wipa""#));
        assert!(wrong.contains(r#"aria-invalid=true aria-describedby="name-error""#));
        assert!(
            wrong.contains(r#"<span id="name-error" class="error" role="alert">Must not be empty</span>"#)
        );
        assert!(!wrong.contains("disabled"));
        let gone = send("Wipa");
        assert!(!gone.contains("name-error"));
        assert!(gone.contains("disabled"), "a form that was sent stays shut");
    }
}
