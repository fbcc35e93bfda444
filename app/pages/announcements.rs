//! What was announced, what will be, and who has read it.

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    announcement::{Announcement, AnnouncementRead, AnnouncementStatus, ReadCounts, Receipts},
    employee::Role,
    event::{Kind, Offsets},
    id::AnnouncementId,
    page::Page,
    problem::Problem,
};

use super::shell::use_me;
use crate::{
    api::announcements as api,
    components::{
        banner::{Banner, Picture},
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        person::Avatar,
        show_more::{ShowMore, use_pages},
        tab::Tab,
        title::{PageHead, PageTitle},
        toast::{use_action, use_teller},
    },
    i18n::{self, named},
    live::{News, use_live},
    loaded::use_loaded,
    platform,
    route::Route,
};

fn is_about_announcements(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AnnouncementPublished
            | Kind::AnnouncementScheduled
            | Kind::AnnouncementChanged
            | Kind::AnnouncementRead
    )
}

/// Announcements, by how they stand. News appears by itself.
#[component]
pub fn AnnouncementsPage(state: ReadSignal<String>) -> Element {
    let me = use_me();
    let which = use_memo(move || match state().as_str() {
        known @ ("scheduled" | "expired") => known.to_owned(),
        _ => "shown".to_owned(),
    });
    let mut first = use_loaded(move || async move { api::list(&which(), None).await })?;
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if !is_about_announcements(event.kind) => {}
        _ => first.restart(),
    });
    let rep = me.role == Role::Rep;
    let tabs = [
        ("shown", t!("announcements-shown")),
        ("scheduled", t!("announcements-scheduled")),
        ("expired", t!("announcements-over")),
    ];
    rsx! {
        PageTitle { text: t!("announcements") }
        div { class: "page narrow",
            div { class: "page-head",
                h1 { {t!("announcements")} }
                nav { class: "tabs", "aria-label": t!("announcements"),
                    // Nothing of a rep's is ever scheduled.
                    for (code, name) in tabs.into_iter().filter(|(code, _)| !rep || *code != "scheduled") {
                        Tab { key: "{code}", to: Route::AnnouncementsPage { state: if code == "shown" { String::new() } else { code.into() } }, here: which() == code, {name} }
                    }
                }
                if me.role.manages() {
                    Link { class: "button primary", to: Route::AnnouncePage {},
                        Icon { name: Name::Plus }
                        {t!("announce")}
                    }
                }
            }
            match first.now() {
                Some(Ok(page)) => rsx! { List { key: "{which}", first: page, which } },
                Some(Err(problem)) => rsx! { Failed { problem, retry: move |()| first.restart() } },
                None => rsx! { Loading { rows: 5 } },
            }
        }
    }
}

#[component]
fn List(first: Page<Announcement>, which: Memo<String>) -> Element {
    let (list, more) =
        use_pages(first, move |cursor| async move { api::list(&which(), Some(&cursor)).await });
    if list.read().items.is_empty() {
        return rsx! { Empty { icon: Name::Megaphone, title: t!("announcements-none"), hint: String::new() } };
    }
    rsx! {
        div { class: "card rows",
            for announcement in list.read().items.clone() {
                Row { key: "{announcement.id}", announcement }
            }
        }
        ShowMore { next: list.read().next.clone(), onmore: more }
    }
}

#[component]
fn Row(announcement: Announcement) -> Element {
    let zone = use_me().organisation.time_zone;
    let unread = announcement.counts.is_none() && announcement.read_at.is_none();
    rsx! {
        Link { class: "row announcement-row", to: Route::AnnouncementPage { id: announcement.id.to_string() },
            Icon { name: if announcement.pinned { Name::Pin } else { Name::Megaphone } }
            span { class: "row-main",
                strong { "{announcement.title}" }
                span { class: "muted", "{audience(&announcement)} · {i18n::moment(announcement.published_at, &zone)}" }
            }
            span { class: "row-side",
                StatusBadge { announcement: announcement.clone() }
                if let Some(counts) = announcement.counts {
                    span { class: "muted tabular", {t!("read-of", read: counts.read, audience: counts.audience)} }
                } else if unread {
                    span { class: "badge status", "data-status": "in_progress", {t!("unread")} }
                }
            }
            Icon { name: Name::ChevronRight, size: 16 }
        }
    }
}

/// How it stands, unless it is simply shown.
#[component]
fn StatusBadge(announcement: Announcement) -> Element {
    let expired =
        announcement.status == AnnouncementStatus::Published && announcement.is_expired(platform::now());
    let code = if expired { "expired" } else { announcement.status.code() };
    rsx! {
        if expired || announcement.status != AnnouncementStatus::Published {
            span { class: "badge status", {named("announcement-status", code)} }
        }
    }
}

/// For whom it is, in a few words.
fn audience(announcement: &Announcement) -> String {
    let team = match &announcement.team {
        Some(team) => team.name.clone(),
        None if announcement.own_teams => t!("teams-of", name: announcement.author.name.clone()),
        None if announcement.role.is_some() => String::new(),
        None => t!("everybody"),
    };
    let role = announcement.role.map(|role| named("role-many", role.code()));
    [Some(team).filter(|team| !team.is_empty()), role].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// One announcement; for those who may see it, who has read it, as it happens.
#[component]
pub fn AnnouncementPage(id: ReadSignal<String>) -> Element {
    let mut loaded = use_loaded(move || async move {
        let announcement = api::announcement(api::id(&id())?).await?;
        let receipts = match announcement.counts {
            Some(_) => Some(api::receipts(announcement.id).await?),
            None => None,
        };
        Ok::<_, Problem>((announcement, receipts))
    })?;
    let reload = EventHandler::new(move |()| loaded.restart());
    match loaded.now() {
        Some(Ok((announcement, receipts))) => rsx! {
            TheAnnouncement { key: "{announcement.id}", announcement, receipts, reload }
        },
        Some(Err(problem)) => rsx! {
            div { class: "page narrow",
                PageHead { title: t!("announcements"), back: Route::announcements() }
                Failed { problem, retry: reload }
            }
        },
        None => rsx! { div { class: "page narrow", Loading { rows: 5 } } },
    }
}

#[component]
fn TheAnnouncement(
    announcement: Announcement,
    receipts: Option<Receipts>,
    reload: EventHandler<()>,
) -> Element {
    let me = use_me();
    let (id, zone) = (announcement.id, me.organisation.time_zone.clone());
    let mut read = use_signal(|| receipts.clone());
    use_effect(use_reactive!(|receipts| read.set(receipts)));
    use_live(Offsets::new(), move |news| match news {
        News::Event(event) if event.kind == Kind::AnnouncementRead => {
            if let Ok(news) = serde_json::from_value::<AnnouncementRead>(event.data)
                && news.id == id
                && let Some(receipts) = &mut *read.write()
            {
                receipts.take_in(news);
            }
        }
        News::Event(event) if is_about_announcements(event.kind) => {
            if event.data["id"] == id.to_string() {
                reload(());
            }
        }
        News::Event(_) => {}
        News::Resync => reload(()),
    });
    let mut noted = use_signal(|| announcement.read_at.is_some());
    let seen = move |event: VisibleEvent| async move {
        if !noted() && event.data().is_intersecting().unwrap_or(false) {
            noted.set(true);
            // Not noted now, it is when it is seen the next time.
            noted.set(api::note_read(id).await.is_ok());
        }
    };
    let own = me.role == Role::Admin || announcement.author.id == me.id;
    rsx! {
        PageTitle { text: announcement.title.clone() }
        div { class: "page narrow",
            PageHead { title: announcement.title.clone(), back: Route::announcements(),
                div { class: "task-head",
                    StatusBadge { announcement: announcement.clone() }
                    if announcement.pinned {
                        span { class: "badge",
                            Icon { name: Name::Pin, size: 14 }
                            {t!("pinned")}
                        }
                    }
                }
            }
            section { class: "card done", onvisible: seen,
                if !announcement.body.is_empty() {
                    p { class: "notes", "{announcement.body}" }
                }
                if let Some(picture) = announcement.picture.clone() {
                    Picture { id, sha256: picture.sha256 }
                }
                dl { class: "facts",
                    dt { {t!("announce-to")} }
                    dd { "{audience(&announcement)}" }
                    dt { {t!("announced-by")} }
                    dd { "{announcement.author.name}" }
                    dt { if announcement.status == AnnouncementStatus::Scheduled { {t!("publish-at")} } else { {t!("published-at")} } }
                    dd { "{i18n::moment(announcement.published_at, &zone)}" }
                    if let Some(at) = announcement.expires_at {
                        dt { {t!("expires-at")} }
                        dd { "{i18n::moment(at, &zone)}" }
                    }
                }
            }
            if own && announcement.status != AnnouncementStatus::Withdrawn {
                div { class: "actions side",
                    Link { class: "button", to: Route::EditAnnouncementPage { id: id.to_string() },
                        Icon { name: Name::Pencil, size: 16 }
                        {t!("edit")}
                    }
                    Withdraw { id, reload }
                }
            }
            if let Some(receipts) = read() {
                Readers { receipts }
            }
        }
    }
}

/// Taking back asks once more: its readers lose it.
#[component]
fn Withdraw(id: AnnouncementId, reload: EventHandler<()>) -> Element {
    let teller = use_teller();
    let mut asking = use_signal(|| false);
    let withdraw = use_action(move |()| async move {
        asking.set(false);
        api::withdraw(id).await?;
        teller.done(t!("announcement-withdrawn"));
        reload(());
        Ok(())
    });
    rsx! {
        if asking() {
            div { class: "notice warn", role: "alert",
                Icon { name: Name::Alert }
                span { {t!("withdraw-sure")} }
                button { class: "button", onclick: move |_| asking.set(false), {t!("keep")} }
                button { class: "button danger", onclick: move |_| withdraw(()), {t!("withdraw")} }
            }
        } else {
            button { class: "button", onclick: move |_| asking.set(true), {t!("withdraw")} }
        }
    }
}

/// How many have read it, who, and who has not.
#[component]
fn Readers(receipts: Receipts) -> Element {
    let zone = use_me().organisation.time_zone;
    let ReadCounts { audience, read } = receipts.counts;
    rsx! {
        section { class: "section receipts",
            div { class: "section-head",
                h2 { {t!("receipts")} }
                strong { class: "tabular", role: "status", {t!("read-of", read: read, audience: audience)} }
            }
            progress { max: "{audience.max(1)}", value: "{read}", "aria-label": t!("receipts") }
            if !receipts.readers.is_empty() {
                div { class: "card rows",
                    for receipt in receipts.readers {
                        div { key: "{receipt.employee.id}", class: "row",
                            Avatar { name: receipt.employee.name.clone() }
                            span { class: "row-main", strong { "{receipt.employee.name}" } }
                            span { class: "row-side muted tabular", "{i18n::moment(receipt.read_at, &zone)}" }
                        }
                    }
                }
            }
            if !receipts.waiting.is_empty() {
                h3 { {t!("not-read-yet", count: receipts.waiting.len() as i64)} }
                div { class: "card rows",
                    for person in receipts.waiting {
                        div { key: "{person.id}", class: "row",
                            Avatar { name: person.name.clone() }
                            span { class: "row-main", strong { "{person.name}" } }
                        }
                    }
                }
            }
        }
    }
}

/// What is addressed to the reader and not put away, beside the work of the day; `news` changes when there is any.
#[component]
pub fn Unread(news: ReadSignal<u32>) -> Element {
    let mut loaded = use_loaded(move || {
        news();
        api::mine()
    })?;
    let dismiss = use_action(move |announcement: Announcement| async move {
        api::dismiss(announcement.id).await?;
        loaded.restart();
        Ok(())
    });
    let seen = move |id: AnnouncementId| {
        spawn(async move { drop(api::note_read(id).await) });
    };
    rsx! {
        if let Some(Ok(page)) = loaded.now() {
            for announcement in page.items {
                Banner { key: "{announcement.id}", announcement, onseen: seen, ondismiss: dismiss }
            }
        }
    }
}
