//! What changed and who does not know it yet: the map, and answers that were on their way.

use std::collections::{BTreeMap, HashMap, VecDeque};

use ekenko_domain::{
    board::Pin,
    event::{Event, Offsets},
    id::VisitId,
    visit::{Decision, Verdict},
};
use serde::Serialize;
use serde_json::json;

use super::View;

/// Events kept in case an answer that is on its way is older than they are.
const RECENT: usize = 512;

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
pub fn trail(pins: &HashMap<VisitId, Pin>, view: &View) -> String {
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
pub struct Recent(VecDeque<Event>);

impl Recent {
    pub fn note(&mut self, event: Event) {
        if self.0.len() == RECENT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    pub fn all(&self) -> impl Iterator<Item = &Event> {
        self.0.iter()
    }

    /// Those an answer true at `seen` does not know of.
    pub fn after<'a>(&'a self, seen: &'a Offsets) -> impl Iterator<Item = &'a Event> {
        self.0.iter().filter(|event| event.offset > seen.get(&event.stream).copied().unwrap_or_default())
    }
}

/// What changed since the map last said what it has taken in. Between two of its looks several events may come, or all
/// of a night's after a tab slept.
#[derive(Default)]
pub struct Untold {
    seq: u64,
    /// Since which number everything is.
    all: Option<u64>,
    /// The last number of each visit.
    visits: BTreeMap<VisitId, u64>,
}

impl Untold {
    pub fn note(&mut self, visit: VisitId) {
        self.seq += 1;
        self.visits.insert(visit, self.seq);
    }

    pub fn all(&mut self) {
        self.seq += 1;
        self.all = Some(self.seq);
    }

    pub fn told(&mut self, seq: u64) {
        self.all = self.all.filter(|all| *all > seq);
        self.visits.retain(|_, changed| *changed > seq);
    }

    /// All of that, as the map wants it.
    pub fn patch(&self, known: &HashMap<VisitId, Pin>, view: &View) -> String {
        let all = self.all.is_some();
        let changed = || self.visits.keys().filter_map(|id| known.get(id));
        let pins: Vec<&Pin> = if all { known.values().collect() } else { changed().collect() };
        let (shown, hidden): (Vec<&Pin>, Vec<&Pin>) = pins.into_iter().partition(|pin| view.pins(pin));
        let points: Vec<_> = shown.into_iter().map(Point::from).collect();
        let gone: Vec<_> = hidden.iter().filter(|_| !all).map(|pin| pin.id).collect();
        json!({ "seq": self.seq, "all": all, "points": points, "gone": gone }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use ekenko_domain::{
        event::{Kind, Stream},
        id::{EmployeeId, EventId, TeamId},
    };
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
