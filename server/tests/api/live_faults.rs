//! The live socket when many write, when clients are slow or were away too long.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use ekenko_domain::event::{Event, Kind, Stream};
use ekenko_server::{context::Outside, live::stream};
use serde_json::{Value, json};

use crate::support::{Firm, TestApp, Watcher, days_work, visit_done};

/// Appends so many events to a stream in one transaction and lets the hub know.
async fn append(app: &TestApp, firm: &Firm, count: usize, data: &Value) {
    let organisation = firm.organisation.id;
    let mut db = app.app.db.begin().await.unwrap();
    let mut frames = Vec::new();
    for _ in 0..count {
        let streams = [Stream::Team(firm.north.id)];
        frames.extend(
            stream::append(&mut db, &*app.clock as &dyn Outside, organisation, &streams, Kind::Unknown, data)
                .await
                .unwrap(),
        );
    }
    db.commit().await.unwrap();
    app.app.hub.publish(organisation, frames);
}

/// Whether each rep's events come in the order of their work: in, photo, out, in, …
fn is_in_order(events: &[Event]) -> bool {
    let mut last: BTreeMap<String, Kind> = BTreeMap::new();
    events.iter().all(|event| {
        let before = last.insert(event.data["employee"]["id"].to_string(), event.kind);
        matches!(
            (before, event.kind),
            (None | Some(Kind::VisitCheckedOut), Kind::VisitCheckedIn)
                | (Some(Kind::VisitCheckedIn), Kind::VisitPhoto)
                | (Some(Kind::VisitPhoto), Kind::VisitCheckedOut)
        )
    })
}

engines_and_buses! {
    async fn however_often_it_reconnects_a_watcher_gets_every_event_once_in_order(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "admin").await;
        let north = firm.north_stream();
        let visits = 5;
        let mut work = Vec::new();
        for who in ["rep1", "rep2", "rep3"] {
            let rep = firm.sign_in(&app, who).await;
            work.push(tokio::spawn(days_work(app.clone(), rep, firm.market().clone(), visits)));
        }
        let (mut steady, _) = Watcher::hello(&app, &manager, json!({ north.as_str(): 0 })).await;
        // Two reps of the north, three events a visit.
        let all = 2 * visits * 3;
        let mut seen: Vec<Event> = Vec::new();
        for take in [1, 2, 3, 5, 7].into_iter().cycle() {
            let (mut watcher, _) = Watcher::hello(&app, &manager, json!({ north.as_str(): seen.len() })).await;
            for _ in 0..take.min(all - seen.len()) {
                seen.push(watcher.event_of(&north).await);
            }
            if seen.len() == all {
                break;
            }
        }
        let offsets: Vec<_> = seen.iter().map(|event| event.offset).collect();
        assert_eq!(offsets, (1..=all as i64).collect::<Vec<_>>());
        assert!(is_in_order(&seen));
        for event in &seen {
            assert_eq!(steady.event_of(&north).await, *event);
        }
        for rep in work {
            rep.await.unwrap();
        }
    }

    async fn a_watcher_that_does_not_read_for_a_while_misses_nothing(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let north = firm.north_stream();
        let mut slow = Watcher::connect(&app, &[], Some(4096)).await.unwrap();
        slow.greet(&manager, json!({})).await;
        let (mut quick, _) = Watcher::hello(&app, &manager, json!({})).await;
        // More than memory and the operating system's buffers hold together.
        let data = json!({ "padding": "x".repeat(20_000) });
        let count = 562;
        append(&app, &firm, count / 2, &data).await;
        append(&app, &firm, count - count / 2, &data).await;
        for offset in 1..=count as i64 {
            assert_eq!(quick.event_of(&north).await.offset, offset);
        }
        append(&app, &firm, 1, &data).await;
        for offset in 1..=count as i64 + 1 {
            assert_eq!(slow.event_of(&north).await.offset, offset);
        }
    }

    async fn a_gap_wider_than_the_hub_fills_is_read_by_the_sockets(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let north = firm.north_stream();
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        // Committed by a process that died before it could tell.
        let organisation = firm.organisation.id;
        for count in [3, 700] {
            let mut db = app.app.db.begin().await.unwrap();
            for _ in 0..count {
                let streams = [Stream::Team(firm.north.id)];
                stream::append(&mut db, &*app.clock as &dyn Outside, organisation, &streams, Kind::Unknown, &json!({})).await.unwrap();
            }
            db.commit().await.unwrap();
            append(&app, &firm, 1, &json!({})).await;
        }
        for offset in 1..=705 {
            assert_eq!(watcher.event_of(&north).await.offset, offset);
        }
    }
}

engines! {
    async fn who_was_away_too_long_is_told_to_load_afresh(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let north = firm.north_stream();
        let out = json!({ "outcome": "other" });
        visit_done(&app, &rep, firm.market(), &out).await;
        app.advance(TimeDelta::days(5));
        let rep = firm.sign_in(&app, "rep1").await;
        visit_done(&app, &rep, firm.market(), &out).await;
        app.advance(TimeDelta::days(3));
        // Three events of the visit in two streams, and the import of the locations.
        assert_eq!(app.app.trim_once().await.unwrap(), 7);
        assert_eq!(app.app.trim_once().await.unwrap(), 0);

        let manager = firm.sign_in(&app, "manager1").await;
        for from in [0, 2, 7, -1] {
            let (mut watcher, welcome) = Watcher::hello(&app, &manager, json!({ north.as_str(): from })).await;
            assert_eq!(serde_json::to_value(&welcome.streams).unwrap()[&north], 6);
            let resync = watcher.resync().await;
            assert_eq!((resync.stream.to_string(), resync.head), (north.clone(), 6), "from {from}");
            watcher.say(json!({ "ping": {} })).await;
            assert!(matches!(watcher.frame().await, ekenko_domain::live::ServerFrame::Pong(_)), "nothing is replayed");
        }
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({ north.as_str(): 3 })).await;
        let rep = firm.sign_in(&app, "rep1").await;
        visit_done(&app, &rep, firm.market(), &out).await;
        for offset in 4..=9 {
            assert_eq!(watcher.event_of(&north).await.offset, offset, "what is kept is replayed");
        }
        app.advance(TimeDelta::days(30));
        app.app.trim_once().await.unwrap();
        // A process that has none of it in memory.
        let app = app.with(|_| ()).await;
        let manager = firm.sign_in(&app, "manager1").await;
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({ north.as_str(): 8 })).await;
        assert_eq!(watcher.resync().await.head, 9, "also when nothing is left");
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({ north.as_str(): 9 })).await;
        watcher.say(json!({ "ping": {} })).await;
        assert!(matches!(watcher.frame().await, ekenko_domain::live::ServerFrame::Pong(_)));
    }
}
