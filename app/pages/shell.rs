//! The frame around every page of somebody signed in: navigation, language, signing out.

use chrono::NaiveDate;
use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    choices::Choices,
    employee::{Me, Role, TeamRef},
    problem::Problem,
    settings::Settings,
};

use super::verification::WaitingCount;
use crate::{
    api,
    components::{
        feedback::Failed,
        icon::{Icon, Name},
        person::Avatar,
        title::PageTitle,
        toast::use_action,
        waiting::OutboxBar,
    },
    i18n,
    loaded::use_loaded,
    offline::{self, use_outbox},
    platform,
    route::Route,
};

/// The reader, for every page inside the frame.
pub fn use_me() -> Me {
    use_context()
}

/// Teams to choose from, as `(id, name)`.
pub fn team_options(teams: &[TeamRef]) -> Vec<(String, String)> {
    teams.iter().map(|team| (team.id.to_string(), team.name.clone())).collect()
}

/// The installation's settings, for every page inside the frame.
pub fn use_settings() -> Settings {
    use_context()
}

/// What a visit may be for and what may come of it, for every page inside the frame.
pub fn use_choices() -> Choices {
    use_context()
}

/// Today on the organisation's clock, by the reader's; the server decides what counts.
pub fn use_today() -> NaiveDate {
    let zone = use_me().organisation.time_zone;
    use_hook(|| platform::local(platform::now(), &zone).date())
}

/// Loads the reader once, then frames the page.
#[component]
pub fn Shell() -> Element {
    let mut loaded = use_loaded(|| async {
        Ok::<_, Problem>((api::me().await?, api::settings().await?, api::choices().await?))
    })?;
    match loaded.now() {
        Some(Ok((me, ..))) if me.must_change_password => rsx! { FirstPassword { me } },
        Some(Ok((me, settings, choices))) => rsx! { Frame { me, settings, choices } },
        Some(Err(problem)) if problem.status == 401 => rsx! { ToSignIn {} },
        Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
        None => rsx! {},
    }
}

/// Somebody else chose the password: nothing goes on before it is changed.
#[component]
fn FirstPassword(me: Me) -> Element {
    rsx! {
        PageTitle { text: t!("password-change") }
        main { class: "sole",
            div { class: "sign-in first-password",
                div { class: "sole-head",
                    span { class: "brand", Brand {} }
                    Languages {}
                }
                h1 { {t!("hello-name", name: me.name)} }
                p { class: "muted", {t!("first-password-hint")} }
                super::profile::Password { onchanged: |()| platform::go("/") }
            }
        }
    }
}

#[component]
fn ToSignIn() -> Element {
    let navigator = use_navigator();
    use_effect(move || {
        navigator.replace(Route::SignInPage { next: String::new() });
    });
    rsx! {}
}

#[component]
fn Frame(me: Me, settings: Settings, choices: Choices) -> Element {
    use_context_provider(|| me.clone());
    use_context_provider(|| choices);
    use_context_provider(|| settings.clone());
    let outbox = use_outbox();
    let (id, role, today) = (me.id, me.role, use_today());
    use_future(move || async move {
        platform::set_owner(Some(id.to_string())).await;
        if let Err(problem) = offline::keep_ready(role, today).await {
            tracing::warn!("not everything is kept for the time without signal: {problem}");
        }
    });
    let mut leaving = use_signal(|| false);
    let rep = me.role == Role::Rep;
    // By page, not by address: a day or a search in the address is still the same place.
    let here = use_route::<Route>();
    let mark = |on: bool| if on { "active" } else { "" };
    let at_check_in = matches!(here, Route::CheckInPage { .. } | Route::PlacePage { .. });
    let at_announcements = matches!(
        here,
        Route::AnnouncementsPage { .. } | Route::AnnouncementPage { .. } | Route::EditAnnouncementPage { .. }
    );
    let at_board =
        matches!(here, Route::BoardPage { .. } | Route::AnnouncePage {}) || (!rep && at_announcements);
    let at_tasks = matches!(
        here,
        Route::TasksPage { .. }
            | Route::TaskPage { .. }
            | Route::NewTaskPage {}
            | Route::BatchPage { .. }
            | Route::EditTaskPage { .. }
    );
    let at_visits = matches!(here, Route::VisitsPage { .. } | Route::VisitPage { .. });
    let at_customers = matches!(
        here,
        Route::CustomersPage { .. }
            | Route::CustomerPage { .. }
            | Route::NewCustomerPage {}
            | Route::EditCustomerPage { .. }
            | Route::DuplicatesPage {}
            | Route::CompaniesPage { .. }
            | Route::CompanyPage { .. }
            | Route::NewCompanyPage {}
            | Route::EditCompanyPage { .. }
            | Route::ImportPage {}
    );
    let at_people = matches!(
        here,
        Route::PeoplePage { .. }
            | Route::NewPersonPage {}
            | Route::PersonPage { .. }
            | Route::EditPersonPage { .. }
            | Route::TeamsPage {}
            | Route::ActivityPage { .. }
            | Route::NewTeamPage {}
            | Route::TeamPage { .. }
    );
    let profile = t!("profile");
    let sign_out = use_action(move |()| async move {
        if !leaving() && !outbox.waiting().is_empty() {
            leaving.set(true);
            return Ok(());
        }
        api::sign_out().await?;
        platform::set_owner(None).await;
        platform::go("/sign-in");
        Ok(())
    });
    rsx! {
        a { class: "skip", href: "#content", {t!("skip-to-content")} }
        header { class: "topbar",
            Link { class: "brand", to: Route::StartPage {}, Brand {} }
            nav { class: "nav", "aria-label": t!("navigation"),
                if rep {
                    Link { to: Route::TodayPage {}, class: mark(matches!(here, Route::TodayPage {} | Route::PlanPage { .. }) || at_announcements),
                        Icon { name: Name::House }
                        span { {t!("nav-today")} }
                    }
                    Link { to: Route::CheckInPage { q: String::new() }, class: mark(at_check_in),
                        Icon { name: Name::MapPin }
                        span { {t!("nav-check-in")} }
                    }
                } else {
                    Link { to: Route::board(), class: mark(at_board),
                        Icon { name: Name::Map }
                        span { {t!("nav-board")} }
                    }
                }
                Link { to: Route::tasks(), class: mark(at_tasks),
                    Icon { name: Name::Tasks }
                    span { {t!("nav-tasks")} }
                }
                Link { to: Route::VisitsPage { date: String::new() }, class: mark(at_visits),
                    Icon { name: Name::List }
                    span { {t!("nav-visits")} }
                }
                Link { to: Route::customers(), class: mark(at_customers),
                    Icon { name: Name::Building }
                    span { {t!("nav-customers")} }
                }
                if !rep {
                    Link { to: Route::verification(), class: mark(matches!(here, Route::VerificationPage { .. })),
                        Icon { name: Name::ShieldCheck }
                        span { {t!("nav-verification")} }
                        WaitingCount {}
                    }
                    Link { to: Route::reports(), class: mark(matches!(here, Route::ReportsPage { .. })),
                        Icon { name: Name::Chart }
                        span { {t!("nav-reports")} }
                    }
                    Link { to: Route::people(), class: mark(at_people),
                        Icon { name: Name::Users }
                        span { {t!("nav-people")} }
                    }
                }
            }
            div { class: "account",
                Languages {}
                Link { class: "account-link", to: Route::ProfilePage {}, "aria-label": "{me.name}: {profile}",
                    Avatar { name: me.name.clone(), id: me.id, sha256: me.avatar.clone() }
                    span { class: "account-name", "{me.name}" }
                }
                button { class: "button quiet icon-only", "aria-label": t!("sign-out"), title: t!("sign-out"), onclick: move |_| sign_out(()),
                    Icon { name: Name::LogOut }
                }
            }
        }
        OutboxBar {}
        if leaving() {
            div { class: "notice warn leaving", role: "alert",
                Icon { name: Name::Alert }
                span { {t!("sign-out-sure")} }
                button { class: "button", onclick: move |_| leaving.set(false), {t!("stay")} }
                button { class: "button danger", onclick: move |_| sign_out(()), {t!("sign-out")} }
            }
        }
        main { id: "content", class: "content", tabindex: "-1",
            SuspenseBoundary {
                fallback: |_| rsx! {
                    crate::components::feedback::Loading { rows: 6 }
                },
                Outlet::<Route> {}
            }
        }
    }
}

/// The name with its sign.
#[component]
pub fn Brand() -> Element {
    rsx! {
        svg { class: "brand-sign", view_box: "0 0 24 24", width: "24", height: "24", "aria-hidden": "true",
            path { d: "M12 2a7.5 7.5 0 0 1 7.5 7.5c0 5.2-7.5 12.5-7.5 12.5S4.5 14.7 4.5 9.500A7.5 7.5 0 0 1 12 2Z" }
            path { class: "brand-tick", d: "m8.800 9.700 2.300 2.300 4.200-4.400" }
        }
        span { "Ekenko" }
    }
}

/// Switches the language.
#[component]
pub fn Languages() -> Element {
    let now = i18n::language();
    rsx! {
        div { class: "languages", role: "group", "aria-label": t!("language"),
            for (tag, name) in i18n::LANGUAGES {
                button {
                    key: "{tag}",
                    class: "button quiet",
                    lang: tag,
                    title: name,
                    "aria-label": "{name} ({tag.to_uppercase()})",
                    "aria-pressed": if now == tag { "true" } else { "false" },
                    onclick: move |_| i18n::choose(tag),
                    "{tag.to_uppercase()}"
                }
            }
        }
    }
}
