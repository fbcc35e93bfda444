//! The rep's day: what is going on, how far it is, what presses.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    announcement::Announcement,
    dashboard::Dashboard,
    event::{Kind, Stream},
    id::AnnouncementId,
    plan::{DayStops, PlanSummary},
    task::Task,
    visit::Visit,
};

use super::{
    shell::{use_me, use_today},
    tasks::TaskRow,
};
use crate::{
    api::announcements,
    components::{
        banner::Banner,
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        title::PageTitle,
        toast::use_action,
    },
    i18n,
    live::{News, use_live},
    loaded::use_loaded,
    offline::{self, use_refresh},
    platform,
    route::Route,
};

/// Loads the day, then keeps it up to date.
#[component]
pub fn TodayPage() -> Element {
    let today = use_today();
    let mut loaded = use_loaded(move || offline::dashboard(today))?;
    rsx! {
        PageTitle { text: t!("nav-today") }
        match loaded.now() {
            Some(Ok(snapshot)) => rsx! { Day { key: "{snapshot.date}", snapshot } },
            Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
            None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
        }
    }
}

#[component]
fn Day(snapshot: Dashboard) -> Element {
    let me = use_me();
    let from = snapshot.streams.clone();
    let mut day = use_signal(|| snapshot);
    let date = use_today();
    let reload = use_action(move |()| async move {
        day.set(offline::dashboard(date).await?);
        Ok(())
    });
    use_refresh(move || reload(()));
    use_live(from, move |news| match news {
        News::Event(event) => {
            let sure = take_in(&mut day.write(), *event);
            if !sure {
                reload(());
            }
        }
        News::Resync => reload(()),
    });
    let dismiss = use_action(move |announcement: Announcement| {
        let at = day.read().announcements.iter().position(|known| known.id == announcement.id);
        day.write().announcements.retain(|known| known.id != announcement.id);
        async move {
            let told = announcements::dismiss(announcement.id).await;
            if told.is_err() {
                let mut day = day.write();
                let at = at.unwrap_or_default().min(day.announcements.len());
                day.announcements.insert(at, announcement);
            }
            told
        }
    });
    let seen = move |id: AnnouncementId| {
        spawn(async move {
            // Not noted now, it is when it is seen the next time.
            if announcements::note_read(id).await.is_ok() {
                let mut day = day.write();
                for known in day.announcements.iter_mut().filter(|known| known.id == id) {
                    known.read_at = Some(platform::now());
                }
            }
        });
    };
    let today = day.read().date;
    rsx! {
        div { class: "page narrow today",
            div { class: "page-head",
                h1 { {t!("nav-today")} }
                time { class: "muted", datetime: "{today}", "{i18n::date(today)}" }
            }
            for announcement in day.read().announcements.clone() {
                Banner { key: "{announcement.id}", announcement, onseen: seen, ondismiss: dismiss }
            }
            Link { class: "more", to: Route::announcements(), {t!("announcements-all")} }
            match day.read().open_visit.clone() {
                Some(visit) => rsx! {
                    Link { class: "card open-visit", to: Route::VisitPage { id: visit.id.to_string() },
                        Icon { name: Name::Clock, size: 22 }
                        span { class: "row-main",
                            strong { "{visit.location.name}" }
                            span { {t!("open-since", time: i18n::time(visit.checked_in_at, &me.organisation.time_zone))} }
                        }
                        Icon { name: Name::ChevronRight }
                    }
                },
                None => rsx! {
                    Link { class: "button primary wide tall", to: Route::CheckInPage { q: String::new() },
                        Icon { name: Name::MapPin }
                        {t!("nav-check-in")}
                    }
                },
            }
            PlanCard { plan: day.read().plan.clone() }
            Progress { visits: day.read().visits, verified: day.read().verified, target: day.read().target }
            section { class: "section",
                div { class: "section-head",
                    h2 { {t!("tasks-pressing")} }
                    Link { class: "more", to: Route::tasks(), {t!("tasks-all")} }
                }
                if day.read().tasks.is_empty() {
                    div { class: "card",
                        Empty { icon: Name::Check, title: t!("tasks-none-pressing") }
                    }
                } else {
                    div { class: "card rows",
                        for task in day.read().tasks.clone() {
                            TaskRow { key: "{task.id}", task, today, with_rep: false }
                        }
                    }
                }
            }
        }
    }
}

/// `false` when the day is to be loaded afresh.
fn take_in(day: &mut Dashboard, event: ekenko_domain::event::Event) -> bool {
    // What concerns the rep is told in the rep's own stream; news for everybody in the organisation's.
    if matches!(event.stream, Stream::Team(_)) {
        return true;
    }
    match event.kind {
        Kind::VisitCheckedIn | Kind::VisitPhoto | Kind::VisitCheckedOut | Kind::VisitVerified => {
            let visit = serde_json::from_value::<Visit>(event.data);
            return visit.map_or(true, |visit| day.visited(event.kind, &visit));
        }
        Kind::TaskCreated | Kind::TaskChanged => {
            if let Ok(task) = serde_json::from_value::<Task>(event.data) {
                day.tasked(&task);
                // One that was given to another rep is no longer on this day's list.
                if event.stream != Stream::Employee(task.assignee.id) {
                    day.tasks.retain(|known| known.id != task.id);
                }
            }
        }
        Kind::PlanChanged => {
            if let Ok(stops) = serde_json::from_value::<DayStops>(event.data) {
                day.planned(&stops);
            }
        }
        Kind::AnnouncementPublished | Kind::AnnouncementChanged => {
            if let Ok(announcement) = serde_json::from_value::<Announcement>(event.data) {
                day.announced(event.kind, &announcement);
            }
        }
        _ => {}
    }
    true
}

/// How far the day's plan is, and where to go next.
#[component]
fn PlanCard(plan: PlanSummary) -> Element {
    let to = Route::PlanPage { date: String::new() };
    rsx! {
        section { class: "card plan-card",
            Link { class: "row", to,
                Icon { name: Name::Route }
                span { class: "row-main",
                    strong { {t!("plan")} }
                    span { class: "muted",
                        if plan.stops == 0 { {t!("plan-none")} } else { {t!("stops-done", done: i64::from(plan.visited()), count: i64::from(plan.stops))} }
                    }
                }
                Icon { name: Name::ChevronRight, size: 16 }
            }
            if let Some(next) = plan.next() {
                Link { class: "row", to: Route::PlacePage { location: next.id.to_string() },
                    Icon { name: Name::MapPin }
                    span { class: "row-main",
                        span { class: "muted", {t!("plan-next")} }
                        strong { "{next.name}" }
                    }
                    Icon { name: Name::ChevronRight, size: 16 }
                }
            }
        }
    }
}

/// The day's visits against the target.
#[component]
fn Progress(visits: u32, verified: u32, target: u16) -> Element {
    rsx! {
        section { class: "card day-progress",
            div { class: "day-count",
                strong { "{i18n::number(visits)}" }
                span { class: "muted", {t!("of-target", target: i64::from(target))} }
                span { class: "day-verified", {t!("verified-count", count: i64::from(verified))} }
            }
            progress { max: "{target}", value: "{visits.min(u32::from(target))}", "aria-label": t!("visits-today") }
        }
    }
}
