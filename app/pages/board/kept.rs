//! The day as the page keeps it: loaded once, then brought up to date event by event.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use dioxus::prelude::*;
use ekenko_domain::{
    board::{Board, Pin},
    event::{Event, Kind, Offsets, Stream},
    feed::{FeedItem, Told, put},
    id::VisitId,
    page::Page,
    problem::Problem,
    visit::{Decision, Verdict, Visit},
};
use serde::Serialize;
use serde_json::json;

use super::{super::shell::use_me, View};
use crate::{
    api,
    components::{show_more::append, toast::use_action},
    live::{Link, News, use_live},
    platform,
};

/// Events kept in case an answer that is on its way is older than they are.
const RECENT: usize = 512;
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

/// A pin as the map wants it.
#[derive(Serialize)]
struct Point<'a> {
    id: VisitId,
    lat: f64,
    lng: f64,
    verdict: Verdict,
    label: &'a str,
    open: bool,
    review: Option<Decision>,
}

impl<'a> From<&'a Pin> for Point<'a> {
    fn from(pin: &'a Pin) -> Self {
        Self {
            id: pin.id,
            lat: pin.lat,
            lng: pin.lng,
            verdict: pin.verdict,
            label: &pin.label,
            open: pin.open,
            review: pin.review,
        }
    }
}

/// Where a rep went, in order.
fn trail(pins: &HashMap<VisitId, Pin>, view: &View) -> String {
    if view.rep.is_empty() {
        return String::new();
    }
    let mut stops: Vec<_> = pins.values().filter(|pin| pin.employee_id.to_string() == view.rep).collect();
    stops.sort_by_key(|pin| (pin.at, pin.id));
    let stops: Vec<_> = stops.iter().map(|pin| json!({ "lat": pin.lat, "lng": pin.lng })).collect();
    json!(stops).to_string()
}

/// Events that came lately, for answers that were on their way meanwhile.
#[derive(Default)]
struct Recent(VecDeque<Event>);

impl Recent {
    fn note(&mut self, event: Event) {
        if self.0.len() == RECENT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Those an answer true at `seen` does not know of.
    fn after<'a>(&'a self, seen: &'a Offsets) -> impl Iterator<Item = &'a Event> {
        self.0.iter().filter(|event| event.offset > seen.get(&event.stream).copied().unwrap_or_default())
    }
}

/// What changed since the map last said what it has taken in. Between two of its looks several events may come, or all
/// of a night's after a tab slept.
#[derive(Default)]
struct Untold {
    seq: u64,
    /// Since which number everything is.
    all: Option<u64>,
    /// The last number of each visit.
    visits: BTreeMap<VisitId, u64>,
}

impl Untold {
    fn note(&mut self, visit: VisitId) {
        self.seq += 1;
        self.visits.insert(visit, self.seq);
    }

    fn all(&mut self) {
        self.seq += 1;
        self.all = Some(self.seq);
    }

    fn told(&mut self, seq: u64) {
        self.all = self.all.filter(|all| *all > seq);
        self.visits.retain(|_, changed| *changed > seq);
    }

    /// All of that, as the map wants it.
    fn patch(&self, known: &HashMap<VisitId, Pin>, view: &View) -> String {
        let pins: Vec<&Pin> = match self.all {
            Some(_) => known.values().collect(),
            None => self.visits.keys().filter_map(|id| known.get(id)).collect(),
        };
        let (shown, gone): (Vec<_>, Vec<_>) = pins.into_iter().partition(|pin| view.pins(pin));
        let gone: Vec<_> = gone.iter().filter(|_| self.all.is_none()).map(|pin| pin.id).collect();
        let points: Vec<_> = shown.into_iter().map(Point::from).collect();
        json!({ "seq": self.seq, "all": self.all.is_some(), "points": points, "gone": gone }).to_string()
    }
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
                for event in recent.read().0.iter() {
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

#[cfg(test)]
mod tests {
    use ekenko_domain::id::{EmployeeId, EventId, TeamId};
    use uuid::Uuid;

    use super::*;

    fn event(stream: Stream, offset: i64) -> Event {
        let (id, at) = (EventId(Uuid::nil()), DateTime::UNIX_EPOCH);
        Event { stream, offset, id, kind: Kind::Unknown, at, data: json!(null) }
    }

    #[test]
    fn the_map_is_told_again_until_it_has_taken_it_in() {
        let pin = |n: u128, lat: f64| Pin {
            id: VisitId(Uuid::from_u128(n)),
            lat,
            lng: 100.0,
            verdict: Verdict::Verified,
            label: String::new(),
            open: true,
            at: DateTime::UNIX_EPOCH,
            employee_id: EmployeeId(Uuid::nil()),
            team_id: TeamId(Uuid::nil()),
            grade: None,
            review: None,
        };
        let mut known = HashMap::new();
        let mut untold = Untold::default();
        let told = |untold: &Untold, known: &HashMap<_, _>| {
            let patch: serde_json::Value =
                serde_json::from_str(&untold.patch(known, &View::default())).unwrap();
            let at = patch["points"].as_array().unwrap().iter().map(|point| point["lat"].as_f64().unwrap());
            (patch["seq"].as_u64().unwrap(), patch["all"] == true, at.collect::<Vec<_>>())
        };
        let mut show = |untold: &mut Untold, pin: Pin| {
            untold.note(pin.id);
            known.insert(pin.id, pin);
            known.clone()
        };
        show(&mut untold, pin(1, 1.0));
        let now = show(&mut untold, pin(2, 2.0));
        // Two events before the map looked: it gets both.
        assert_eq!(told(&untold, &now), (2, false, vec![1.0, 2.0]));
        untold.told(1);
        assert_eq!(told(&untold, &now), (2, false, vec![2.0]));
        let now = show(&mut untold, pin(2, 3.0));
        untold.told(2);
        assert_eq!(told(&untold, &now), (3, false, vec![3.0]));
        untold.all();
        assert_eq!(told(&untold, &now).2.len(), 2);
        untold.told(4);
        assert_eq!(told(&untold, &now), (4, false, vec![]));
    }

    #[test]
    fn what_an_answer_knows_is_not_applied_to_it_again() {
        let (team, own) = (Stream::Team(TeamId(Uuid::nil())), Stream::Employee(EmployeeId(Uuid::nil())));
        let mut recent = Recent::default();
        for (stream, offset) in [(team, 7), (own, 1), (team, 8), (team, 9)] {
            recent.note(event(stream, offset));
        }
        let after = |seen: &Offsets| recent.after(seen).map(|event| event.offset).collect::<Vec<_>>();
        assert_eq!(after(&Offsets::from([(team, 8), (own, 1)])), [9]);
        assert_eq!(after(&Offsets::from([(team, 8)])), [1, 9]);
        for offset in 0..RECENT as i64 {
            recent.note(event(own, offset));
        }
        assert_eq!(recent.0.len(), RECENT);
    }
}
