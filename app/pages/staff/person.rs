//! One person: the account, and the whole history of work.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    event::{Kind, Offsets},
    id::EmployeeId,
    problem::Problem,
    staff::{AccountState, Employee, Invitation},
};

use super::{
    super::shell::use_me,
    history::History,
    people::{StateBadge, teams},
};
use crate::{
    api::staff,
    components::{
        feedback::{Failed, Loading},
        icon::{Icon, Name},
        person::Avatar,
        title::{PageHead, PageTitle},
        toast::{use_action, use_teller},
    },
    i18n::named,
    live::{News, use_live},
    loaded::use_loaded,
    platform,
    route::Route,
};

/// Reads an id that stands in an address.
pub fn employee_id(text: &str) -> Result<EmployeeId, Problem> {
    text.parse().map_err(|error| Problem::new(404, "employee_not_found", format!("{error}")))
}

/// An account with its history.
#[component]
pub fn PersonPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move { staff::employee(employee_id(&id())?).await })?;
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if event.kind != Kind::EmployeeChanged => {}
        _ => loaded.restart(),
    });
    match loaded.now() {
        Some(Ok(employee)) => rsx! { Person { key: "{employee.id}", employee } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("people"), back: Route::people() }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 6 } } },
    }
}

#[component]
fn Person(employee: Employee) -> Element {
    let me = use_me();
    // As the API has it: an admin keeps all, a manager reps; nobody the own account.
    let keeps = match me.role {
        Role::Admin => true,
        Role::Manager => employee.role == Role::Rep,
        _ => false,
    };
    let mut invitation = use_signal(|| None::<Invitation>);
    rsx! {
        PageTitle { text: employee.name.clone() }
        div { class: "page",
            PageHead { title: employee.name.clone(), back: Route::people(),
                p { class: "muted",
                    {named("role", employee.role.code())}
                    if !teams(&employee).is_empty() { " · {teams(&employee)}" }
                }
            }
            section { class: "card person-card",
                Avatar { name: employee.name.clone(), id: employee.id, sha256: employee.avatar.clone() }
                span { class: "row-main",
                    a { href: "mailto:{employee.email}", "{employee.email}" }
                    StateBadge { state: employee.state }
                }
                if keeps {
                    Actions { employee: employee.clone(), oninvited: move |made| invitation.set(Some(made)) }
                }
            }
            if let Some(made) = invitation() {
                Invited { invitation: made }
            }
            if employee.role == Role::Rep {
                History { id: employee.id }
            } else {
                super::activity::OfPerson { id: employee.id }
            }
        }
    }
}

#[component]
fn Actions(employee: Employee, oninvited: EventHandler<Invitation>) -> Element {
    let (me, teller) = (use_me(), use_teller());
    let (id, name) = (employee.id, employee.name.clone());
    let mut asking = use_signal(|| None::<&'static str>);
    let active = employee.state != AccountState::Deactivated;
    let set_active = use_action(move |active: bool| {
        let name = name.clone();
        async move {
            asking.set(None);
            staff::set_active(id, active).await?;
            teller.done(if active {
                t!("account-opened", name: name)
            } else {
                t!("account-closed", name: name)
            });
            Ok(())
        }
    });
    let reset = use_action(move |()| async move {
        asking.set(None);
        oninvited(staff::reset_password(id).await?);
        Ok(())
    });
    rsx! {
        div { class: "person-actions",
            if active {
                Link { class: "button", to: Route::EditPersonPage { id: id.to_string() },
                    Icon { name: Name::Pencil }
                    {t!("edit")}
                }
            }
            if me.id != id {
                if active {
                    button { class: "button", onclick: move |_| asking.set(Some("reset")), {t!("new-link")} }
                    button { class: "button", onclick: move |_| asking.set(Some("close")), {t!("deactivate")} }
                } else {
                    button { class: "button", onclick: move |_| set_active(true), {t!("activate")} }
                }
            }
        }
        if let Some(what) = asking() {
            div { class: "notice warn person-ask", role: "alert",
                Icon { name: Name::Alert }
                span { if what == "close" { {t!("deactivate-sure", name: employee.name.clone())} } else { {t!("new-link-sure", name: employee.name.clone())} } }
                button { class: "button danger", onclick: move |_| if what == "close" { set_active(false) } else { reset(()) },
                    if what == "close" { {t!("deactivate")} } else { {t!("new-link")} }
                }
                button { class: "button", onclick: move |_| asking.set(None), {t!("keep")} }
            }
        }
    }
}

/// The link to hand over, shown once.
#[component]
pub fn Invited(invitation: Invitation) -> Element {
    let teller = use_teller();
    let Some(link) = invitation.link else { return rsx! {} };
    let whole = format!("{}{link}", platform::origin());
    let copied = whole.clone();
    rsx! {
        section { class: "card invited", role: "status",
            h2 { {t!("invited-title", name: invitation.employee.name.clone())} }
            p { class: "muted",
                if invitation.mailed { {t!("invited-mailed", email: invitation.employee.email.clone())} " " }
                {t!("invited-hint", days: ekenko_domain::staff::LINK_DAYS)}
            }
            div { class: "invited-link",
                input { readonly: true, "aria-label": t!("link"), value: "{whole}" }
                button { class: "button",
                    onclick: move |_| {
                        let copied = copied.clone();
                        async move {
                            if platform::copy(&copied).await {
                                teller.done(t!("copied"));
                            }
                        }
                    },
                    Icon { name: Name::Copy }
                    {t!("copy")}
                }
            }
        }
    }
}
