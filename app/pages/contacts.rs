//! Whom to speak to at a customer's: one press to call, to write, to change.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    customer::{Contact, EditContact},
    id::{ContactId, LocationId},
    text::{Email, Line, Name as Called},
};

use super::customer::dialled;
use crate::{
    api,
    components::{
        form::{Form, Invalid, TextField, use_form},
        icon::{Icon, Name},
        toast::use_action,
    },
};

/// The contacts of a location.
#[component]
pub fn Contacts(location: LocationId, first: Vec<Contact>) -> Element {
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
    let remove = use_action(move |id: ContactId| async move {
        removing.set(None);
        api::remove_contact(id).await?;
        contacts.write().retain(|known| known.id != id);
        Ok(())
    });
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
                ContactForm { key: "{contact.id}", location, contact, onkept: kept, oncancel: move |()| editing.set(None) }
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
fn ContactForm(
    location: LocationId,
    contact: Contact,
    onkept: EventHandler<Contact>,
    oncancel: EventHandler<()>,
) -> Element {
    let id = contact.id;
    let form = use_form(move |typed| async move {
        let edit = EditContact {
            location_id: location,
            name: typed.read("name", Called::parse)?,
            title: typed.optional("title", Line::parse)?,
            phone: typed.optional("phone", Line::parse)?,
            line_id: typed.optional("line_id", Line::parse)?,
            email: typed.optional("email", Email::parse)?,
        };
        onkept(api::put_contact(id, &edit).await?);
        Ok(())
    });
    rsx! {
        Form { form, class: "card done",
            TextField { label: t!("name"), name: "name", first: contact.name, autofocus: true, maxlength: 200 }
            TextField { label: t!("contact-title"), name: "title", first: contact.title, maxlength: 200 }
            TextField { label: t!("phone"), name: "phone", first: contact.phone, r#type: "tel", autocomplete: "off" }
            TextField { label: t!("line-id"), name: "line_id", first: contact.line_id, "autocapitalize": "none", autocomplete: "off" }
            TextField { label: t!("email"), name: "email", first: contact.email, r#type: "email", autocomplete: "off" }
            Invalid { field: "" }
            div { class: "two",
                button { class: "button", r#type: "button", onclick: move |_| oncancel(()), {t!("cancel")} }
                button { class: "button primary", r#type: "submit", disabled: form.is_busy(), {t!("save")} }
            }
        }
    }
}
