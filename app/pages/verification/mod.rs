//! Visits that wait for a manager's word: the queue, and the case beside it. Worked through by keyboard.

mod case;
mod count;
mod keys;

use dioxus::prelude::*;
use dioxus_i18n::t;
use ekenko_domain::{
    event::{Kind, Stream},
    id::VisitId,
    problem::Problem,
    visit::{Decision, NewReview, Queue, Verdict, Visit},
};

use super::{review::may_review, shell::use_me};
use crate::{
    api::{
        staff,
        verification::{self as api, Asked},
    },
    components::{
        feedback::{Empty, Failed, Loading},
        icon::{Icon, Name},
        show_more::ShowMore,
        title::PageTitle,
        toast::{use_action, use_teller},
        verdict::VisitBadges,
    },
    i18n::{self, named},
    live::{News, use_live},
    loaded::use_loaded,
    route::Route,
};
use case::Case;
pub use count::WaitingCount;
use keys::{KeyList, Pressed};

/// Visits of a piece.
const PIECE: usize = 50;
/// The most the API gives at once.
const MOST: usize = 200;

fn to(asked: Asked, visit: String) -> Route {
    let Asked { team, rep, verdict } = asked;
    Route::VerificationPage { team, rep, verdict, visit }
}

/// Loads what waits, then keeps it up to date.
#[component]
pub fn VerificationPage(
    team: ReadSignal<String>,
    rep: ReadSignal<String>,
    verdict: ReadSignal<String>,
    visit: ReadSignal<String>,
) -> Element {
    let asked = use_memo(move || Asked { team: team(), rep: rep(), verdict: verdict() });
    let mut loaded = use_loaded(move || {
        let asked = asked();
        async move {
            let queue = api::queue(&asked, PIECE, None).await;
            (asked, queue)
        }
    })?;
    rsx! {
        PageTitle { text: t!("nav-verification") }
        match loaded.now() {
            Some((asked, Ok(first))) => rsx! {
                Desk { key: "{asked:?}", first, asked, chosen: visit }
            },
            Some((_, Err(problem))) => rsx! { Failed { problem, retry: move |()| loaded.restart() } },
            None => rsx! { Loading { rows: 8 } },
        }
    }
}

/// The queue and one case of it.
#[component]
fn Desk(first: Queue, asked: Asked, chosen: ReadSignal<String>) -> Element {
    let (me, teller, navigator) = (use_me(), use_teller(), use_navigator());
    let asked = use_signal(|| asked);
    // What is shown without a choice stays the same when something new comes in above it.
    let mut opened = use_signal(|| first.items.first().map(|visit| visit.id.to_string()).unwrap_or_default());
    let from = first.streams.clone();
    let mut queue = use_signal(|| first);
    let shown = use_memo(move || if chosen().is_empty() { opened() } else { chosen() });
    // The visit of the case as it lies on the desk: only what one sees can be decided.
    let seen = use_signal(|| None::<Visit>);
    let mut stale = use_signal(|| 0u32);
    let mut rejecting = use_signal(|| false);
    let mut busy = use_signal(|| false);
    let mut help = use_signal(|| false);
    let mut desk = use_signal(|| None::<std::rc::Rc<MountedData>>);
    // Keys reach the desk while something of it has the focus.
    let focus = move || {
        spawn(async move {
            if let Some(desk) = desk() {
                let _ = desk.set_focus(true).await;
            }
        });
    };
    let go = move |id: String| {
        let mut rejecting = rejecting;
        rejecting.set(false);
        navigator.replace(to(asked(), id));
        focus();
    };
    let reload = use_action(move |()| async move {
        let limit = queue.peek().items.len().clamp(PIECE, MOST);
        queue.set(api::queue(&asked(), limit, None).await?);
        Ok(())
    });
    let more = use_action(move |cursor: String| async move {
        let piece = api::queue(&asked(), PIECE, Some(&cursor)).await?;
        let mut queue = queue.write();
        if queue.next.as_deref() == Some(cursor.as_str()) {
            queue.items.extend(piece.items);
            queue.next = piece.next;
        }
        Ok(())
    });
    use_live(from, move |news| match news {
        News::Event(event) => {
            let told = matches!(
                event.kind,
                Kind::VisitCheckedIn | Kind::VisitPhoto | Kind::VisitCheckedOut | Kind::VisitVerified
            );
            // The same visit is told in the team's stream and in the rep's; one of them counts.
            if told
                && matches!(event.stream, Stream::Team(_))
                && let Ok(visit) = serde_json::from_value::<Visit>(event.data)
            {
                if visit.id.to_string() == *shown.peek() {
                    stale += 1;
                }
                let belongs = belongs(&asked(), &visit);
                let sure = !belongs || queue.write().apply(event.kind, &visit);
                if !sure {
                    reload(());
                }
            }
        }
        News::Resync => {
            stale += 1;
            reload(());
        }
    });
    let withdraw = use_action(move |id: VisitId| async move {
        api::review(id, None).await?;
        queue.set(api::queue(&asked(), PIECE, None).await?);
        stale += 1;
        go(id.to_string());
        Ok(())
    });
    let decide = use_action(move |review: Option<NewReview>| async move {
        let Some(visit) = seen().filter(|visit| visit.id.to_string() == shown()) else { return Ok(()) };
        if busy() {
            return Ok(());
        }
        busy.set(true);
        // Chosen before it is sent: the event of it may be here before the answer, and then it is gone from the queue.
        let after = {
            let queue = queue.peek();
            let at = queue.items.iter().position(|item| item.id == visit.id);
            at.map(|at| {
                let next = queue.items.get(at + 1).or_else(|| queue.items.get(at.checked_sub(1)?));
                next.map(|next| next.id.to_string()).unwrap_or_default()
            })
        };
        let told = api::review(visit.id, review.as_ref()).await;
        busy.set(false);
        let visit = told?;
        rejecting.set(false);
        stale += 1;
        let Some(review) = review else {
            reload(());
            focus();
            return Ok(());
        };
        queue.write().apply(Kind::VisitVerified, &visit);
        let text = match review.decision {
            Decision::Approved => t!("approved-visit", name: visit.employee.name.clone()),
            Decision::Rejected => t!("rejected-visit", name: visit.employee.name.clone()),
        };
        teller.undoable(text, move || withdraw(visit.id));
        match after {
            Some(next) => {
                opened.set(String::new());
                go(next);
            }
            None => focus(),
        }
        Ok(())
    });
    let step = move |by: isize| {
        let queue = queue.peek();
        let at = queue.items.iter().position(|visit| visit.id.to_string() == *shown.peek());
        let next = match at {
            Some(at) => at.saturating_add_signed(by),
            None => 0,
        };
        if let Some(visit) = queue.items.get(next) {
            go(visit.id.to_string());
        }
    };
    let reader = me.clone();
    let allowed = move || seen.peek().as_ref().is_some_and(|visit| may_review(&reader, visit));
    let press = move |event: KeyboardEvent| {
        let Some(pressed) = Pressed::read(&event) else { return };
        event.prevent_default();
        match pressed {
            Pressed::Next => step(1),
            Pressed::Previous => step(-1),
            Pressed::Approve if allowed() => {
                decide(Some(NewReview { decision: Decision::Approved, reason: None }));
            }
            Pressed::Reject if allowed() => rejecting.set(true),
            Pressed::Help => help.toggle(),
            Pressed::Away => {
                help.set(false);
                rejecting.set(false);
                // What had the focus may be what was closed.
                focus();
            }
            Pressed::Approve | Pressed::Reject => {}
        }
    };
    let total = queue.read().total;
    let zone = me.organisation.time_zone.clone();
    let nothing = queue.read().items.is_empty() && shown.read().is_empty();
    rsx! {
        div { class: "page verification", tabindex: "-1", "data-chosen": !chosen.read().is_empty(), onkeydown: press,
            onmounted: move |event| {
                desk.set(Some(event.data()));
                focus();
            },
            div { class: "page-head",
                h1 { {t!("nav-verification")} }
                span { class: "muted", role: "status", {t!("waiting-visits", count: i64::from(total))} }
                Filters { asked: asked(), go: move |asked| { navigator.replace(to(asked, String::new())); } }
                button { class: "button quiet icon-only keys-button", "aria-label": t!("keys"), title: t!("keys"), "aria-expanded": if help() { "true" } else { "false" },
                    onclick: move |_| help.toggle(),
                    Icon { name: Name::Keyboard }
                }
            }
            if help() {
                KeyList { onclose: move |()| { help.set(false); focus(); } }
            }
            if nothing {
                Empty { icon: Name::ShieldCheck, title: t!("nothing-waits"), hint: t!("nothing-waits-hint") }
            } else {
                div { class: "desk",
                    section { class: "card waiting", "aria-label": t!("waiting-list"),
                        if queue.read().items.is_empty() {
                            Empty { icon: Name::ShieldCheck, title: t!("nothing-waits"), hint: String::new() }
                        }
                        ol { class: "waiting-list",
                            for visit in queue.read().items.clone() {
                                Entry { key: "{visit.id}", here: visit.id.to_string() == shown(), to: to(asked(), visit.id.to_string()), visit }
                            }
                        }
                        ShowMore { next: queue.read().next.clone(), onmore: more }
                    }
                    if !shown.read().is_empty() {
                        {rsx! {
                            Case { key: "{shown}", id: shown(), stale, seen, rejecting, busy: busy(), zone, back: to(asked(), String::new()), asked: asked(), ondecide: decide }
                        }}
                    }
                }
            }
        }
    }
}

/// Whether a visit is among those asked for.
fn belongs(asked: &Asked, visit: &Visit) -> bool {
    let is = |wanted: &str, has: String| wanted.is_empty() || wanted == has;
    is(&asked.team, visit.team.id.to_string())
        && is(&asked.rep, visit.employee.id.to_string())
        && is(&asked.verdict, visit.verdict.code().to_owned())
}

#[component]
fn Entry(visit: Visit, here: bool, to: Route) -> Element {
    let zone = use_me().organisation.time_zone;
    let mut row = use_signal(|| None::<std::rc::Rc<MountedData>>);
    use_effect(use_reactive!(|here| {
        if let Some(row) = row().filter(|_| here) {
            spawn(async move {
                let _ = row.scroll_to(ScrollBehavior::Instant).await;
            });
        }
    }));
    rsx! {
        li {
            Link { class: "waiting-row", to, "aria-current": if here { "true" } else { "false" }, onmounted: move |event: MountedEvent| row.set(Some(event.data())),
                span { class: "feed-who",
                    strong { "{visit.employee.name}" }
                    time { datetime: "{visit.checked_in_at.to_rfc3339()}", {i18n::moment(visit.checked_in_at, &zone)} }
                }
                span { class: "feed-where", "{visit.location.name}" }
                span { class: "feed-facts", VisitBadges { visit: visit.clone() } }
            }
        }
    }
}

#[component]
fn Filters(asked: Asked, go: EventHandler<Asked>) -> Element {
    let me = use_me();
    let Asked { team, rep, verdict } = asked.clone();
    let (by_team, by_verdict) = (asked.clone(), asked.clone());
    rsx! {
        // The keys of a list that is open are its own.
        div { class: "filters start", onkeydown: move |event| event.stop_propagation(),
            label { class: "field inline",
                span { {t!("verdict")} }
                select { name: "verdict", value: "{verdict}", onchange: move |event| go(Asked { verdict: event.value(), ..by_verdict.clone() }),
                    option { value: "", {t!("any")} }
                    for choice in Verdict::ALL.iter().copied().filter(|choice| *choice != Verdict::Verified) {
                        option { key: "{choice.code()}", value: choice.code(), selected: verdict == choice.code(), {named("verdict", choice.code())} }
                    }
                }
            }
            if me.teams.len() > 1 {
                label { class: "field inline",
                    span { {t!("team")} }
                    select { name: "team", value: "{team}", onchange: move |event| go(Asked { team: event.value(), ..by_team.clone() }),
                        option { value: "", {t!("any")} }
                        for choice in me.teams {
                            option { key: "{choice.id}", value: "{choice.id}", selected: team == choice.id.to_string(), "{choice.name}" }
                        }
                    }
                }
            }
            if !rep.is_empty() {
                OnlyRep { asked }
            }
        }
    }
}

/// The one rep it is about, and the way back to all.
#[component]
fn OnlyRep(asked: Asked) -> Element {
    let rep = asked.rep.clone();
    let person = use_resource(use_reactive!(|rep| async move {
        let id = rep.parse().map_err(|e| Problem::invalid("rep", e))?;
        Ok::<_, Problem>(staff::employee(id).await?.name)
    }));
    let name = person().and_then(Result::ok).unwrap_or_default();
    rsx! {
        Link { class: "button", to: to(Asked { rep: String::new(), ..asked }, String::new()), "aria-label": t!("all-reps"), title: t!("all-reps"),
            "{name}"
            Icon { name: Name::X, size: 16 }
        }
    }
}
