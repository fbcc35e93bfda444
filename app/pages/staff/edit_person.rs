//! A new account, or another name, role or team for one.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    id::{EmployeeId, TeamId},
    problem::Problem,
    staff::{EditEmployee, Employee, Invitation, NewEmployee},
    text::{Email, Name, NewPassword},
};

use super::{
    super::shell::use_me,
    person::{Invited, employee_id},
};
use crate::{
    api::staff,
    components::{
        feedback::{Failed, Loading},
        form::{Form, Select, Submit, TextField, Typed, use_form},
        radios::Radios,
        ticks::Ticks,
        title::{PageHead, PageTitle},
    },
    i18n::named,
    loaded::use_loaded,
    route::Route,
};

fn about(typed: &Typed, role: Role, manages: Vec<TeamId>) -> Result<EditEmployee, Problem> {
    let about = EditEmployee {
        name: typed.read("name", Name::parse)?,
        email: typed.read("email", Email::parse)?,
        role,
        team_id: if role == Role::Rep { typed.optional("team_id", str::parse)? } else { None },
        manages: if role == Role::Manager { manages } else { Vec::new() },
    };
    about.check().map(|()| about)
}

/// Who, with which role, in which team.
#[component]
fn Fields(employee: Option<Employee>, role: Signal<Role>, manages: Signal<Vec<TeamId>>) -> Element {
    let me = use_me();
    let (name, email) =
        employee.as_ref().map_or_else(Default::default, |e| (e.name.clone(), e.email.clone()));
    let team = employee.and_then(|employee| employee.team).map(|team| team.id);
    rsx! {
        TextField { label: t!("name"), name: "name", first: name, autocomplete: "off", maxlength: 200 }
        TextField { label: t!("email"), name: "email", first: email, r#type: "email", autocomplete: "off", maxlength: 254 }
        if me.role == Role::Admin {
            Radios {
                legend: t!("role"), name: "role", chosen: role().code(),
                options: Role::ALL.iter().rev().map(|role| (role.code().to_owned(), named("role", role.code()))).collect::<Vec<_>>(),
                onchoose: move |code: String| if let Some(choice) = Role::from_code(&code) { role.set(choice) },
            }
        }
        if role() == Role::Rep {
            Select { label: t!("team"), name: "team_id",
                for choice in me.teams.clone() {
                    option { key: "{choice.id}", value: "{choice.id}", selected: team == Some(choice.id), "{choice.name}" }
                }
            }
        }
        if role() == Role::Manager {
            Ticks { legend: t!("manages"), name: "manages", options: me.teams.iter().map(|team| (team.id, team.name.clone())).collect::<Vec<_>>(), chosen: manages }
        }
    }
}

/// A new account. What comes of it is a link to hand over, unless a password was given.
#[component]
pub fn NewPersonPage() -> Element {
    let navigator = use_navigator();
    let id = use_signal(|| EmployeeId(uuid::Uuid::new_v4()));
    let (role, manages) = (use_signal(|| Role::Rep), use_signal(Vec::new));
    let mut made = use_signal(|| None::<Invitation>);
    let form = use_form(move |typed| async move {
        let new = NewEmployee {
            id: id(),
            about: about(&typed, role(), manages())?,
            password: typed.optional("password", NewPassword::parse)?,
        };
        let invitation = staff::add_employee(&new).await?;
        if invitation.link.is_none() {
            navigator.replace(Route::PersonPage { id: invitation.employee.id.to_string() });
        } else {
            made.set(Some(invitation));
        }
        Ok(())
    });
    if let Some(invitation) = made() {
        let to = Route::PersonPage { id: invitation.employee.id.to_string() };
        return rsx! {
            div { class: "page narrow",
                PageHead { title: t!("person-new"), back: Route::people() }
                Invited { invitation }
                div { class: "actions",
                    Link { class: "button primary wide tall", to, {t!("done")} }
                }
            }
        };
    }
    rsx! {
        PageTitle { text: t!("person-new") }
        Form { form, class: "page narrow", method: "post",
            PageHead { title: t!("person-new"), back: Route::people() }
            Fields { role, manages }
            details { class: "more",
                summary { {t!("password-give")} }
                p { class: "muted", {t!("password-give-hint")} }
                TextField { label: t!("password-first"), name: "password", r#type: "text", autocomplete: "off", maxlength: 200 }
            }
            Submit { text: t!("person-add") }
        }
    }
}

/// Another name, address, role or team.
#[component]
pub fn EditPersonPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move { staff::employee(employee_id(&id())?).await })?;
    match loaded.now() {
        Some(Ok(employee)) => rsx! { Editor { key: "{employee.id}", employee } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("edit"), back: Route::people() }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn Editor(employee: Employee) -> Element {
    let (navigator, id) = (use_navigator(), employee.id);
    let role = use_signal(|| employee.role);
    let manages = use_signal(|| employee.manages.iter().map(|team| team.id).collect::<Vec<_>>());
    let form = use_form(move |typed| async move {
        staff::edit_employee(id, &about(&typed, role(), manages())?).await?;
        navigator.replace(Route::PersonPage { id: id.to_string() });
        Ok(())
    });
    rsx! {
        PageTitle { text: employee.name.clone() }
        Form { form, class: "page narrow",
            PageHead { title: employee.name.clone(), back: Route::PersonPage { id: id.to_string() } }
            Fields { employee: employee.clone(), role, manages }
            Submit { text: t!("save") }
        }
    }
}
