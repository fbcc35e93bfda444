//! A team: its name, who runs it, who works in it, and what it has of its own.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    employee::Role,
    id::{EmployeeId, TeamId},
    page::Page,
    plan::VisitEvery,
    problem::Problem,
    staff::{Employee, PutTeam, Team, TeamSettings, TimeOfDay, WorkHours},
    text::Name as TeamName,
};

use super::super::{settings::interval, shell::use_me};
use crate::{
    api::staff,
    components::{
        feedback::{Failed, Loading},
        form::{Form, Submit, TextField, Typed, use_form},
        ticks::Ticks,
        title::{PageHead, PageTitle},
        toast::use_teller,
    },
    loaded::use_loaded,
    route::Route,
};

/// A team that is there.
#[component]
pub fn TeamPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let id: TeamId =
            id().parse().map_err(|error| Problem::new(404, "team_not_found", format!("{error}")))?;
        Ok::<_, Problem>((staff::team(id).await?, managers().await?))
    })?;
    match loaded.now() {
        Some(Ok((team, managers))) => rsx! { Editor { key: "{team.id}", team, managers: managers.items } },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("teams"), back: Route::TeamsPage {} }
                Failed { problem, retry: move |()| loaded.restart() }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 6 } } },
    }
}

/// A team to be.
#[component]
pub fn NewTeamPage() -> Element {
    let id = use_signal(|| TeamId(uuid::Uuid::new_v4()));
    let loaded = use_loaded(managers)?;
    let managers = loaded.now().and_then(Result::ok).map(|page| page.items).unwrap_or_default();
    let team = Team {
        id: id(),
        name: String::new(),
        managers: Vec::new(),
        reps: 0,
        settings: TeamSettings::default(),
    };
    rsx! { Editor { team, managers } }
}

async fn managers() -> Result<Page<Employee>, Problem> {
    staff::employees("", Role::Manager.code(), "", "", None).await
}

fn settings(typed: &Typed) -> Result<TeamSettings, Problem> {
    let time = |field: &str| typed.optional(field, str::parse::<TimeOfDay>);
    let work_hours = match (time("settings.work_hours.from")?, time("settings.work_hours.to")?) {
        (Some(from), Some(to)) => Some(WorkHours { from, to }),
        (None, None) => None,
        (None, _) => return Err(Problem::invalid("settings.work_hours.from", t!("both-times"))),
        (_, None) => return Err(Problem::invalid("settings.work_hours.to", t!("both-times"))),
    };
    let radius_m = typed
        .optional("settings.radius_m", |text| text.trim().parse::<f64>().map_err(|_| t!("number-wanted")))?;
    let grades = ["a", "b", "c", "d", "other"].map(|grade| format!("settings.visit_every_days.{grade}"));
    let visit_every_days = if grades.iter().all(|field| typed.text(field).trim().is_empty()) {
        None
    } else {
        Some(VisitEvery {
            a: interval(typed, &grades[0])?,
            b: interval(typed, &grades[1])?,
            c: interval(typed, &grades[2])?,
            d: interval(typed, &grades[3])?,
            other: interval(typed, &grades[4])?,
        })
    };
    let settings = TeamSettings { work_hours, radius_m, visit_every_days };
    settings.check().map(|()| settings)
}

#[component]
fn Editor(team: Team, managers: Vec<Employee>) -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let (id, is_new) = (team.id, team.name.is_empty());
    let admin = me.role == Role::Admin;
    let chosen = use_signal(|| team.managers.iter().map(|manager| manager.id).collect::<Vec<EmployeeId>>());
    let form = use_form(move |typed| async move {
        let put = PutTeam {
            name: typed.read("name", TeamName::parse)?,
            manager_ids: admin.then(|| chosen.cloned()),
            settings: settings(&typed)?,
        };
        let saved = staff::put_team(id, &put).await?;
        teller.done(t!("team-saved", name: saved.name));
        navigator.replace(Route::TeamsPage {});
        Ok(())
    });
    let every = team.settings.visit_every_days;
    let usual = me.organisation.visit_every_days;
    let days = |of: fn(&VisitEvery) -> ekenko_domain::plan::Interval| {
        (
            every.as_ref().map(|every| of(every).days().to_string()).unwrap_or_default(),
            of(&usual).days().to_string(),
        )
    };
    let grades = [
        ("settings.visit_every_days.a", t!("grade-a"), days(|every| every.a)),
        ("settings.visit_every_days.b", t!("grade-b"), days(|every| every.b)),
        ("settings.visit_every_days.c", t!("grade-c"), days(|every| every.c)),
        ("settings.visit_every_days.d", t!("grade-d"), days(|every| every.d)),
        ("settings.visit_every_days.other", t!("grade-none"), days(|every| every.other)),
    ];
    let (from, to) = team
        .settings
        .work_hours
        .map_or_else(Default::default, |hours| (hours.from.to_string(), hours.to.to_string()));
    let members = Route::PeoplePage {
        q: String::new(),
        role: Role::Rep.code().into(),
        team: id.to_string(),
        state: String::new(),
    };
    rsx! {
        PageTitle { text: if is_new { t!("team-new") } else { team.name.clone() } }
        Form { form, class: "page narrow",
            PageHead { title: if is_new { t!("team-new") } else { team.name.clone() }, back: Route::TeamsPage {},
                if !is_new {
                    p { class: "muted", Link { to: members, {t!("reps-count", count: i64::from(team.reps))} } }
                }
            }
            fieldset { class: "bare", disabled: !me.role.manages(),
                TextField { label: t!("name"), name: "name", first: team.name.clone(), maxlength: 200 }
                if admin {
                    Ticks { legend: t!("managers"), name: "manager_ids", options: managers.iter().map(|manager| (manager.id, manager.name.clone())).collect::<Vec<_>>(), chosen }
                }
                fieldset { class: "intervals",
                    legend { {t!("work-hours")} }
                    TextField { label: t!("from"), name: "settings.work_hours.from", first: from, r#type: "time" }
                    TextField { label: t!("until"), name: "settings.work_hours.to", first: to, r#type: "time" }
                }
                p { class: "muted", {t!("work-hours-hint")} }
                TextField { label: t!("team-radius"), name: "settings.radius_m", first: team.settings.radius_m.map(|r| r.to_string()).unwrap_or_default(), r#type: "number", "inputmode": "numeric", min: 20, max: 5000, placeholder: "100" }
                fieldset { class: "intervals",
                    legend { {t!("visit-every")} }
                    for (field, label, (own, usual)) in grades {
                        TextField { key: "{field}", label, name: field, first: own, placeholder: usual, r#type: "number", "inputmode": "numeric", min: 1, max: 365 }
                    }
                }
                p { class: "muted", {t!("visit-every-hint")} }
            }
            if me.role.manages() {
                Submit { text: if is_new { t!("team-add") } else { t!("save") } }
            }
        }
    }
}
