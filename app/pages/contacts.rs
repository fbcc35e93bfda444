//! Whom to speak to at a customer's: one press to call, to write, to change.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{Contact, EditContact},
    id::{ContactId, LocationId},
    problem::Problem,
    text::{Email, Line, Name as Called},
};

use super::customer::dialled;
use crate::{
    api,
    components::{
        field::Invalid,
        icon::{Icon, Name},
        toast::use_teller,
    },
};

/// The contacts of a location.
#[component]
pub fn Contacts(location: LocationId, first: Vec<Contact>) -> Element {
    let teller = use_teller();
    let mut contacts = use_signal(|| first);
    let mut editing = use_signal(|| None::<Contact>);
    let mut removing = use_signal(|| None::<ContactId>);
    let new = move |_| {
        editing.set(Some(Contact {
            id: ContactId(uuid::Uuid::new_v4()),
            name: String::new(),
            title: String::new(),
            phone: String::new(),
            line_id: String::new(),
            email: String::new(),
        }));
    };
    let kept = move |contact: Contact| {
        let mut contacts = contacts.write();
        contacts.retain(|known| known.id != contact.id);
        contacts.push(contact);
        contacts.sort_by(|one, other| one.name.cmp(&other.name));
        editing.set(None);
    };
    let remove = move |id: ContactId| async move {
        removing.set(None);
        match api::remove_contact(id).await {
            Ok(()) => contacts.write().retain(|known| known.id != id),
            Err(problem) => teller.failed(&problem),
        }
    };
    rsx! {
        section { class: "section",
            div { class: "section-head",
                h2 { {t!("contacts")} }
                if editing.read().is_none() {
                    button { class: "button quiet", onclick: new,
                        Icon { name: Name::Plus }
                        {t!("contact-new")}
                    }
                }
            }
            if let Some(contact) = editing() {
                Form { key: "{contact.id}", location, contact, onkept: kept, oncancel: move |()| editing.set(None) }
            }
            if contacts.read().is_empty() && editing.read().is_none() {
                p { class: "muted", {t!("contacts-none")} }
            }
            if !contacts.read().is_empty() {
                div { class: "card rows",
                    for contact in contacts() {
                        div { key: "{contact.id}", class: "row contact",
                            span { class: "row-main",
                                strong { "{contact.name}" }
                                span { class: "muted", "{contact.title}" }
                            }
                            if removing() == Some(contact.id) {
                                button { class: "button", onclick: move |_| removing.set(None), {t!("keep")} }
                                button { class: "button danger", onclick: move |_| remove(contact.id), {t!("remove")} }
                            } else {
                                if !contact.phone.is_empty() {
                                    a { class: "button quiet icon-only", href: "tel:{dialled(&contact.phone)}", "aria-label": t!("call-name", name: contact.name.clone()), title: "{contact.phone}",
                                        Icon { name: Name::Phone }
                                    }
                                }
                                if !contact.line_id.is_empty() {
                                    a { class: "button quiet icon-only", href: "https://line.me/ti/p/~{contact.line_id}", target: "_blank", rel: "noopener noreferrer", "aria-label": t!("line-name", name: contact.name.clone()), title: "LINE: {contact.line_id}",
                                        Icon { name: Name::Message }
                                    }
                                }
                                if !contact.email.is_empty() {
                                    a { class: "button quiet icon-only", href: "mailto:{contact.email}", "aria-label": t!("mail-name", name: contact.name.clone()), title: "{contact.email}",
                                        Icon { name: Name::Mail }
                                    }
                                }
                                button { class: "button quiet icon-only", "aria-label": t!("edit-name", name: contact.name.clone()), title: t!("edit"),
                                    onclick: {
                                        let contact = contact.clone();
                                        move |_| editing.set(Some(contact.clone()))
                                    },
                                    Icon { name: Name::Pencil }
                                }
                                button { class: "button quiet icon-only", "aria-label": t!("remove-name", name: contact.name.clone()), title: t!("remove"), onclick: move |_| removing.set(Some(contact.id)),
                                    Icon { name: Name::Trash }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[component]
fn Form(
    location: LocationId,
    contact: Contact,
    onkept: EventHandler<Contact>,
    oncancel: EventHandler<()>,
) -> Element {
    let id = contact.id;
    let mut typed = use_signal(|| contact);
    let mut problem = use_signal(|| None::<Problem>);
    let mut busy = use_signal(|| false);
    let read = move || -> Result<EditContact, Problem> {
        let typed = typed();
        let line = |field: &str, text: String| match text.trim() {
            "" => Ok(None),
            _ => Line::parse(text).map(Some).map_err(|e| Problem::invalid(field, e)),
        };
        Ok(EditContact {
            location_id: location,
            name: Called::parse(typed.name).map_err(|e| Problem::invalid("name", e))?,
            title: line("title", typed.title)?,
            phone: line("phone", typed.phone)?,
            line_id: line("line_id", typed.line_id)?,
            email: match typed.email.trim() {
                "" => None,
                email => Some(Email::parse(email).map_err(|e| Problem::invalid("email", e))?),
            },
        })
    };
    let keep = move |event: FormEvent| {
        event.prevent_default();
        async move {
            if busy() {
                return;
            }
            busy.set(true);
            problem.set(None);
            let kept = match read() {
                Ok(edit) => api::put_contact(id, &edit).await,
                Err(error) => Err(error),
            };
            busy.set(false);
            match kept {
                Ok(contact) => onkept(contact),
                Err(error) => problem.set(Some(error)),
            }
        }
    };
    rsx! {
        form { class: "card done", onsubmit: keep, novalidate: true, oninput: move |_| if problem.peek().is_some() { problem.set(None) },
            label { class: "field",
                span { {t!("name")} }
                input { name: "name", autofocus: true, maxlength: 200, value: "{typed.read().name}", oninput: move |event| typed.write().name = event.value() }
                Invalid { problem: problem(), field: "name" }
            }
            label { class: "field",
                span { {t!("contact-title")} }
                input { name: "title", maxlength: 200, value: "{typed.read().title}", oninput: move |event| typed.write().title = event.value() }
            }
            label { class: "field",
                span { {t!("phone")} }
                input { r#type: "tel", name: "phone", autocomplete: "off", value: "{typed.read().phone}", oninput: move |event| typed.write().phone = event.value() }
                Invalid { problem: problem(), field: "phone" }
            }
            label { class: "field",
                span { {t!("line-id")} }
                input { name: "line_id", autocapitalize: "none", autocomplete: "off", value: "{typed.read().line_id}", oninput: move |event| typed.write().line_id = event.value() }
                Invalid { problem: problem(), field: "line_id" }
            }
            label { class: "field",
                span { {t!("email")} }
                input { r#type: "email", name: "email", autocomplete: "off", value: "{typed.read().email}", oninput: move |event| typed.write().email = event.value() }
                Invalid { problem: problem(), field: "email" }
            }
            Invalid { problem: problem(), field: "" }
            div { class: "two",
                button { class: "button", r#type: "button", onclick: move |_| oncancel(()), {t!("cancel")} }
                button { class: "button primary", r#type: "submit", disabled: busy(), {t!("save")} }
            }
        }
    }
}
