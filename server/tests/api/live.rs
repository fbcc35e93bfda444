//! The live socket: hello, events, following, and closing.

use chrono::TimeDelta;
use ekenko_domain::event::Kind;
use ekenko_server::context::Outside;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Firm, Watcher, check_in, png, visit_done};

/// The last offset of each stream, as a client would resume from it.
fn heads(welcome: &ekenko_domain::live::Welcome) -> Value {
    serde_json::to_value(&welcome.streams).unwrap()
}

engines_and_buses! {
    async fn a_hello_is_welcomed_with_the_heads_of_own_streams(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        let (north, south) = (firm.north_stream(), format!("team:{}", firm.south.id));
        let org = format!("org:{}", firm.organisation.id);
        for (who, expected) in [
            ("manager1", json!({ north.as_str(): 3, org.as_str(): 1 })),
            ("manager2", json!({ south.as_str(): 0, org.as_str(): 1 })),
            ("admin", json!({ north.as_str(): 3, south.as_str(): 0, org.as_str(): 1 })),
            ("rep1", json!({ format!("employee:{}", firm.rep1.id): 3, org.as_str(): 1 })),
            ("rep2", json!({ format!("employee:{}", firm.rep2.id): 0, org.as_str(): 1 })),
        ] {
            let client = firm.sign_in(&app, who).await;
            let (_, welcome) = Watcher::hello(&app, &client, json!({})).await;
            let mut told = heads(&welcome);
            if !who.starts_with("rep") {
                let own = client.get("/me").await.ok(200)["id"].as_str().unwrap().to_owned();
                assert_eq!(told.as_object_mut().unwrap().remove(&format!("employee:{own}")), Some(json!(0)));
            }
            assert_eq!(told, expected, "{who}");
            assert_eq!(welcome.server_time, app.clock.now());
        }
    }

    async fn an_event_carries_the_very_json_of_the_rest_answer(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        let body = check_in(&app, firm.market());
        let path = format!("/visits/{}", body["id"].as_str().unwrap());
        let checked_in = rep.post("/visits", &body).await;
        checked_in.ok(201);
        let text = watcher.text().await;
        assert!(text.ends_with(&format!(r#""data":{}}}}}"#, checked_in.text())), "{text}");
        assert_eq!(checked_in.text(), manager.get(&path).await.text());

        app.advance(TimeDelta::seconds(61));
        rep.put_photo(body["id"].as_str().unwrap(), &png(4, 3)).await.ok(200);
        let text = watcher.text().await;
        assert!(text.contains(r#""kind":"visit.photo""#) && text.ends_with(&format!(r#""data":{}}}}}"#, manager.get(&path).await.text())));
        let out = rep.post(&format!("{path}/check-out"), &json!({ "outcome": "ordered", "notes": "\u{2028}\"ไทย\"" })).await;
        out.ok(200);
        let text = watcher.text().await;
        assert!(text.contains(r#""kind":"visit.checked_out""#) && text.ends_with(&format!(r#""data":{}}}}}"#, out.text())), "{text}");
    }

    async fn an_import_is_told_to_everybody(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep3").await;
        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        firm.sign_in(&app, "admin").await.post_raw("/imports/locations", "name,lat,lng\nx,1,2\n,3,4\n").await.ok(200);
        let event = watcher.event().await;
        assert_eq!((event.kind, event.offset), (Kind::CustomerImported, 2));
        assert_eq!(event.data, json!({ "imported": 1, "unchanged": 0, "bad_rows": 1 }));
    }

    async fn what_was_missed_comes_first_then_what_is_new(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let north = firm.north_stream();
        let visits = async |n: usize| {
            for _ in 0..n {
                visit_done(&app, &rep, firm.market(), &json!({ "outcome": "other" })).await;
            }
        };
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        visits(2).await;
        let mut first = Vec::new();
        for _ in 0..6 {
            first.push(watcher.event_of(&north).await);
        }
        drop(watcher);
        visits(2).await;
        let (mut watcher, welcome) = Watcher::hello(&app, &manager, json!({ north.as_str(): 4 })).await;
        assert_eq!(heads(&welcome)[&north], 12);
        visits(1).await;
        for offset in 5..=15 {
            let event = watcher.event_of(&north).await;
            assert_eq!(event.offset, offset);
            if let Some(known) = first.iter().find(|known| known.offset == offset) {
                assert_eq!(*known, event, "a replayed event is the event");
            }
        }
    }

    async fn streams_are_left_and_joined(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let north = firm.north_stream();
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        watcher.say(json!({ "unfollow": { "streams": [north] } })).await;
        watcher.say(json!({ "ping": { "t": 1 } })).await;
        watcher.frame().await;
        visit_done(&app, &rep, firm.market(), &json!({ "outcome": "other" })).await;
        // The hub takes events in order: once this one is here, the visit's would have been.
        manager.post_raw("/imports/locations", "name,lat,lng\nx,1,2\n").await.ok(200);
        assert_eq!(watcher.event().await.kind, Kind::CustomerImported);

        watcher.say(json!({ "follow": { "streams": [north], "resume": { north.as_str(): 1 } } })).await;
        assert_eq!(heads(&watcher.welcome().await), json!({ north.as_str(): 3 }));
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        for offset in 2..=4 {
            assert_eq!(watcher.event().await.offset, offset);
        }
    }

    async fn a_stopping_process_sends_everybody_to_come_back_now(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let mut watchers = Vec::new();
        for who in ["manager1", "rep1"] {
            let client = firm.sign_in(&app, who).await;
            watchers.push(Watcher::hello(&app, &client, json!({})).await.0);
        }
        app.app.hub.stop();
        for mut watcher in watchers {
            assert_eq!(watcher.closed().await, 4000);
        }
        let ready = reqwest::get(format!("http://{}/ready", app.address)).await.unwrap();
        assert_eq!(ready.status(), 503);
    }
}

engines! {
    async fn a_ping_is_answered_with_the_same(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let (mut watcher, _) = Watcher::hello(&app, &client, json!({})).await;
        for t in [json!(1), json!("x"), json!({ "a": [null, 1.5] }), Value::Null] {
            watcher.say(json!({ "ping": { "t": t } })).await;
            let pong: Value = serde_json::from_str(&watcher.text().await).unwrap();
            assert_eq!(pong, json!({ "pong": { "t": t, "server_time": app.clock.now() } }));
        }
    }

    async fn a_stream_of_others_is_forbidden(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (north, south) = (firm.north_stream(), format!("team:{}", firm.south.id));
        let theirs = format!("employee:{}", firm.rep2.id);
        for (who, forbidden) in [("manager1", &south), ("manager1", &theirs), ("rep1", &north), ("rep1", &theirs), ("admin", &theirs)] {
            let client = firm.sign_in(&app, who).await;
            let (mut watcher, welcome) = Watcher::hello(&app, &client, json!({ forbidden.as_str(): 0 })).await;
            assert_eq!(heads(&welcome).get(forbidden), None, "{who}");
            watcher.say(json!({ "follow": { "streams": [forbidden], "resume": { forbidden.as_str(): 0 } } })).await;
            assert_eq!(watcher.refused().await, "forbidden_stream", "{who} {forbidden}");
            // The session goes on.
            watcher.say(json!({ "ping": {} })).await;
            watcher.frame().await;
        }
    }

    async fn a_first_frame_that_is_no_hello_closes_4400(app: TestApp) {
        Firm::new(&app, "alpha").await;
        for text in ["", "hello", "{}", "[]", "{\"ping\":{}}", "{\"hello\":{\"resume\":{\"x\":1}}}", "{\"hello\":{}", "\u{0}"] {
            let mut watcher = Watcher::silent(&app).await;
            watcher.say_text(text).await;
            assert_eq!(watcher.closed().await, 4400, "{text}");
        }
        let mut watcher = Watcher::silent(&app).await;
        watcher.send(Message::binary(vec![1, 2, 3])).await;
        assert_eq!(watcher.closed().await, 4400);
    }

    async fn later_frames_that_are_not_understood_are_refused(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let (mut watcher, _) = Watcher::hello(&app, &client, json!({})).await;
        let deep = format!("{{\"ping\":{{\"t\":{}", "[".repeat(20_000));
        for text in ["", "x", "{\"shout\":{}}", "{\"hello\":{}}", "{\"follow\":{\"streams\":[\"all\"]}}", deep.as_str()] {
            watcher.say_text(text).await;
            assert_eq!(watcher.refused().await, "bad_frame", "{text}");
        }
        watcher.send(Message::binary(vec![1])).await;
        assert_eq!(watcher.closed().await, 4400);
    }

    async fn without_a_good_token_it_closes_4401(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let client = firm.sign_in(&app, "rep1").await;
        app.advance(TimeDelta::minutes(15));
        for hello in [json!({}), json!({ "token": null }), json!({ "token": "x" }), json!({ "token": client.token })] {
            let mut watcher = Watcher::silent(&app).await;
            watcher.say(json!({ "hello": hello })).await;
            assert_eq!(watcher.refused().await, "unauthenticated");
            assert_eq!(watcher.closed().await, 4401);
        }
        // A program may also send its token as a header.
        let fresh = format!("Bearer {}", firm.sign_in(&app, "rep1").await.token.unwrap());
        let mut watcher = Watcher::connect(&app, &[("authorization", &fresh)], None).await.unwrap();
        watcher.say(json!({ "hello": {} })).await;
        watcher.welcome().await;
    }
}
