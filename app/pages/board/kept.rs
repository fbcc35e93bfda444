//! The day as the page keeps it: loaded once, then brought up to date event by event.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use dioxus::prelude::*;
use ekenko_domain::{
    board::{Board, Pin},
    event::{Event, Kind, Stream},
    feed::{FeedItem, Told, put},
    id::VisitId,
    page::Page,
    problem::Problem,
    visit::Visit,
};

use super::{
    super::shell::use_me,
    View,
    changes::{Recent, Untold, trail},
};
use crate::{
    api,
    components::{show_more::append, toast::use_action},
    live::{Link, News, use_live},
    platform,
};

/// A feed longer than this begins anew, unless somebody is reading further down.
const LONGEST: usize = 400;
/// How often reps' devices are asked for, in milliseconds, and after how many of these the sums are read again.
const TICK_MS: u32 = 20_000;
const SUMS_EVERY: u32 = 15;

/// A day's state; every part of it may be read anywhere on the page.
#[derive(Clone, Copy, PartialEq)]
pub struct Kept {
    pub board: Signal<Board>,
    pub link: Signal<Link>,
    /// The feed; `None` until it is loaded.
    pub lines: Signal<Option<Result<Page<FeedItem>, Problem>>>,
    /// Lines that came while somebody was reading further down.
    pub held: Signal<Vec<FeedItem>>,
    /// Whether somebody is.
    pub reading: Signal<bool>,
    pub load_feed: Callback<()>,
    pub older: Callback<String>,
    /// How many pins are shown, of how many.
    pub pins: Signal<Option<Result<(usize, usize), Problem>>>,
    pub load_pins: Callback<()>,
    /// What the map has not taken in yet, and what it has.
    pub patch: Signal<String>,
    pub patched: Callback<u64>,
    pub trail: Signal<String>,
    /// The visit that is looked at, and the latest heard of it.
    pub selected: Signal<String>,
    pub fresh: Signal<Option<Visit>>,
    /// Changes whenever an announcement does.
    pub announced: Signal<u32>,
    /// The server's clock, some seconds behind.
    pub now: Signal<DateTime<Utc>>,
}

/// Keeps a day up to date from its snapshot on.
pub fn use_day(snapshot: Board, view: ReadSignal<View>, onnewday: EventHandler<()>) -> Kept {
    let zone = use_me().organisation.time_zone;
    let (date, past, whose) = (snapshot.date, view.peek().day().is_some(), view.peek().whose());
    let from = snapshot.streams.clone();
    let first = view.peek().topic().is_none().then(|| Ok(snapshot.feed.clone()));
    let asked_at = snapshot.at;

    let mut lines = use_signal(|| first);
    let mut board = use_signal(|| snapshot);
    let mut held = use_signal(Vec::new);
    let reading = use_signal(|| false);
    let mut counts = use_signal(|| None::<Result<(usize, usize), Problem>>);
    let (mut patch, mut way) = (use_signal(String::new), use_signal(String::new));
    let (selected, mut fresh) = (use_signal(String::new), use_signal(|| None::<Visit>));
    let mut now = use_signal(|| asked_at);
    let mut announced = use_signal(|| 0);
    // Nothing is drawn from these: the map gets what changes.
    let mut known = use_hook(|| CopyValue::new(HashMap::<VisitId, Pin>::new()));
    let mut recent = use_hook(|| CopyValue::new(Recent::default()));
    let mut untold = use_hook(|| CopyValue::new(Untold::default()));

    let hour = {
        let zone = zone.clone();
        move |at: DateTime<Utc>| platform::local(at, &zone).hour()
    };
    let count = move || {
        let (known, view) = (known.read(), view.peek());
        (known.values().filter(|pin| view.pins(pin)).count(), known.len())
    };
    let mut tell = move || {
        let (known, view) = (known.read(), view.peek());
        patch.set(untold.read().patch(&known, &view));
        way.set(trail(&known, &view));
    };
    let mut draw = move || {
        untold.write().all();
        tell();
    };
    let mut show = move |visit: &Visit| {
        known.write().insert(visit.id, Pin::from(visit));
        untold.write().note(visit.id);
        tell();
        counts.set(Some(Ok(count())));
    };
    let patched = use_callback(move |seq| untold.write().told(seq));
    let line_of = move |event: &Event| {
        // What is told in the team's stream is told in the rep's as well.
        let ours = !matches!(event.stream, Stream::Employee(_));
        FeedItem::of(event).filter(|line| ours && line.told.is_of(whose))
    };
    let of_day = move |line: &FeedItem| match &line.told {
        Told::Visit(visit) if visit.business_date == date => Some(visit.clone()),
        _ => None,
    };

    let load_pins = use_callback(move |()| {
        spawn(async move {
            counts.set(None);
            match api::pins(Some(date), whose).await {
                Ok(answer) => {
                    let mut pins: HashMap<_, _> = answer.pins.into_iter().map(|pin| (pin.id, pin)).collect();
                    for line in recent.read().after(&answer.streams).filter_map(line_of) {
                        if let Some(visit) = of_day(&line) {
                            pins.insert(visit.id, Pin::from(&visit));
                        }
                    }
                    known.set(pins);
                    draw();
                    counts.set(Some(Ok(count())));
                }
                Err(problem) => counts.set(Some(Err(problem))),
            }
        });
    });
    // A line that is new goes to the top, unless somebody reads further down: there it would move what is read.
    let mut arrive = move |line: FeedItem| {
        let mut all = lines.write();
        let Some(Ok(page)) = all.as_mut() else { return };
        let there = |lines: &[FeedItem]| lines.iter().any(|other| other.id == line.id);
        // An old visit that is reviewed has its place in a piece further down.
        let last = page.items.last().filter(|_| page.next.is_some());
        if last.is_some_and(|last| (line.at, line.id) < (last.at, last.id)) {
            return;
        }
        if there(&page.items) {
            put(&mut page.items, line);
        } else if there(&held.read()) || (reading() && !past) {
            put(&mut held.write(), line);
        } else if !past {
            put(&mut page.items, line);
        }
    };
    let load_feed = use_callback(move |()| {
        let topic = view.peek().topic();
        spawn(async move {
            lines.set(None);
            held.set(Vec::new());
            match api::feed(Some(date), topic, whose, None).await {
                Ok(answer) => {
                    lines.set(Some(Ok(Page { items: answer.items, next: answer.next })));
                    for line in recent.read().after(&answer.streams).filter_map(line_of) {
                        if topic.is_none_or(|topic| topic == line.told.topic()) {
                            arrive(line);
                        }
                    }
                }
                Err(problem) => lines.set(Some(Err(problem))),
            }
        });
    });
    let older = use_action(move |cursor: String| {
        let topic = view.peek().topic();
        async move {
            let piece = api::feed(Some(date), topic, whose, Some(&cursor)).await?;
            if let Some(Ok(page)) = lines.write().as_mut() {
                append(page, &cursor, Page { items: piece.items, next: piece.next });
            }
            Ok(())
        }
    });
    // The sums of other days, new customers and devices; what events keep true is left alone.
    let refresh = use_callback(move |()| {
        spawn(async move {
            if let Ok(read) = api::board(Some(date), whose).await {
                let mut board = board.write();
                (board.last_week, board.trend, board.new_customers) =
                    (read.last_week, read.trend, read.new_customers);
            }
        });
    });
    let reload = {
        let hour = hour.clone();
        use_action(move |()| {
            let hour = hour.clone();
            async move {
                let mut read = api::board(Some(date), whose).await?;
                for event in recent.read().all() {
                    read.apply(event, whose, &hour);
                }
                board.set(read);
                load_pins(());
                load_feed(());
                Ok(())
            }
        })
    };
    let link = use_live(from, move |news| {
        let event = match news {
            News::Event(event) => *event,
            News::Resync => return reload(()),
        };
        board.write().apply(&event, whose, &hour);
        if let Some(line) = line_of(&event) {
            if let Some(visit) = of_day(&line) {
                if visit.id.to_string() == *selected.peek() {
                    fresh.set(Some(visit.clone()));
                }
                if matches!(&*counts.peek(), Some(Ok(_))) {
                    show(&visit);
                }
            }
            if view.peek().topic().is_none_or(|topic| topic == line.told.topic()) {
                arrive(line);
            }
        }
        let long = matches!(&*lines.peek(), Some(Ok(page)) if page.items.len() > LONGEST);
        if long && !*reading.peek() && event.kind == Kind::VisitCheckedIn {
            load_feed(());
        }
        match event.kind {
            Kind::CustomerCreated => refresh(()),
            Kind::AnnouncementPublished | Kind::AnnouncementChanged => announced += 1,
            Kind::EmployeeChanged | Kind::TeamChanged => reload(()),
            _ => {}
        }
        recent.write().note(event);
    });

    use_future(move || async move { load_pins(()) });
    let filters = use_memo(move || (view.read().verdict.clone(), view.read().grade.clone()));
    use_effect(move || {
        filters();
        if matches!(&*counts.peek(), Some(Ok(_))) {
            draw();
            counts.set(Some(Ok(count())));
        }
    });
    let topic = use_memo(move || view.read().topic());
    let mut shown = use_hook(|| CopyValue::new(None));
    use_effect(move || {
        let topic = topic();
        if shown() != topic || lines.peek().is_none() {
            load_feed(());
        }
        shown.set(topic);
    });
    use_future(move || {
        let zone = zone.clone();
        async move {
            if past {
                return;
            }
            let mut ahead = TimeDelta::zero();
            for tick in 1u32.. {
                if let Ok(seen) = api::presence().await {
                    ahead = seen.at - platform::now();
                    let at: HashMap<_, _> =
                        seen.reps.iter().map(|rep| (rep.employee_id, rep.seen_at)).collect();
                    for rep in &mut board.write().reps {
                        rep.seen_at = at.get(&rep.employee.id).copied().or(rep.seen_at);
                    }
                }
                now.set(platform::now() + ahead);
                if platform::local(now(), &zone).date() != date {
                    return onnewday(());
                }
                if tick % SUMS_EVERY == 0 {
                    refresh(());
                }
                platform::sleep(TICK_MS).await;
            }
        }
    });
    Kept {
        board,
        link,
        lines,
        held,
        reading,
        load_feed,
        older,
        pins: counts,
        load_pins,
        patch,
        patched,
        trail: way,
        selected,
        fresh,
        announced,
        now,
    }
}
