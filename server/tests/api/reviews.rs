//! Managers' reviews of visits: the queue, the word, and every number that says "verified".

use chrono::TimeDelta;
use ekenko_domain::{
    board::Board,
    event::Kind,
    feed::{FeedItem, Whose, put},
    visit::{Case, Queue, Visit},
};
use ekenko_server::context::Outside;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, TestApp, Watcher, beside, check_in, new_photo};

fn approved() -> Value {
    json!({ "decision": "approved" })
}
fn rejected(reason: &str) -> Value {
    json!({ "decision": "rejected", "reason": reason })
}

async fn review(client: &Client, visit: &str, body: &Value) -> Answer {
    client.post(&format!("/visits/{visit}/review"), body).await
}
async fn withdraw(client: &Client, visit: &str) -> Answer {
    client.send(client.request(Method::DELETE, &format!("/visits/{visit}/review"))).await
}
async fn queue(client: &Client, query: &str) -> Queue {
    serde_json::from_value(client.get(&format!("/visits/queue?{query}")).await.ok(200)).unwrap()
}
fn ids(queue: &Queue) -> Vec<String> {
    queue.items.iter().map(|visit| visit.id.to_string()).collect()
}

/// A whole visit this far north of the pin, some minutes after the last. Gives its id.
async fn visit_at(app: &TestApp, firm: &Firm, who: &str, north_m: f64) -> String {
    app.advance(TimeDelta::minutes(20));
    let rep = firm.sign_in(app, who).await;
    let body = beside(app.clock.now(), firm.market(), north_m);
    let visit = rep.post("/visits", &body).await.ok(201);
    let id = visit["id"].as_str().unwrap().to_owned();
    rep.put_photo(&id, &new_photo()).await.ok(200);
    rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
    id
}

/// Verified, out of range, out of range: in that order.
async fn three(app: &TestApp, firm: &Firm, who: &str) -> [String; 3] {
    let good = visit_at(app, firm, who, 3.0).await;
    let far = visit_at(app, firm, who, 700.0).await;
    [good, far, visit_at(app, firm, who, 800.0).await]
}

engines! {
    async fn what_is_not_verified_waits_until_somebody_says_a_word(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [good, far, farther] = three(&app, &firm, "rep1").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let waiting = queue(&manager, "").await;
        assert_eq!((ids(&waiting), waiting.total), (vec![farther.clone(), far.clone()], 2));
        assert!(waiting.items.iter().all(Visit::waits_for_review));
        // Piece by piece, and the number is that of all.
        let first = queue(&manager, "limit=1").await;
        assert_eq!((ids(&first), first.total), (vec![farther.clone()], 2));
        let rest = queue(&manager, &format!("limit=1&cursor={}", first.next.unwrap())).await;
        assert_eq!((ids(&rest), rest.total, rest.next), (vec![far.clone()], 2, None));
        for (query, count) in [
            (format!("team={}", firm.north.id), 2), (format!("team={}", firm.south.id), 0),
            (format!("rep={}", firm.rep1.id), 2), (format!("rep={}", firm.rep2.id), 0),
            ("verdict=out_of_range".into(), 2), ("verdict=suspicious".into(), 0), ("verdict=verified".into(), 0),
        ] {
            let narrowed = queue(&manager, &query).await;
            assert_eq!((narrowed.items.len(), narrowed.total), (count, count as u32), "{query}");
        }
        manager.get("/visits/queue?verdict=fine").await.refused(422, "invalid", "verdict");
        manager.get("/visits/queue?team=x").await.refused(422, "invalid", "team");
        manager.get("/visits/queue?cursor=x").await.refused(422, "invalid", "cursor");

        let visit = review(&manager, &far, &rejected("ไม่ใช่ร้านนี้")).await.ok(200);
        assert_eq!((&visit["verdict"], &visit["reasons"]), (&json!("out_of_range"), &json!(["outside_radius"])));
        assert_eq!((&visit["review"]["decision"], &visit["review"]["reason"]), (&json!("rejected"), &json!("ไม่ใช่ร้านนี้")));
        assert_eq!(visit["review"]["by"]["name"], "manager1 of alpha");
        assert_eq!(visit["review"]["at"], json!(app.clock.now()));
        assert_eq!(ids(&queue(&manager, "").await), [farther.as_str()]);
        review(&manager, &farther, &approved()).await.ok(200);
        assert_eq!(queue(&manager, "").await.total, 0);
        // The rep reads it.
        let rep = firm.sign_in(&app, "rep1").await;
        assert_eq!(rep.get(&format!("/visits/{far}")).await.ok(200), visit);
        // Also what was judged verified can be rejected; and taken back it is as it was.
        review(&manager, &good, &rejected("no")).await.ok(200);
        assert_eq!(withdraw(&manager, &far).await.ok(200)["review"], Value::Null);
        assert_eq!(ids(&queue(&manager, "").await), [far.as_str()]);
    }

    async fn a_word_is_replaced_repeated_and_taken_back_in_the_log(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [_, far, _] = three(&app, &firm, "rep1").await;
        let (manager, admin) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await);
        let first = review(&manager, &far, &approved()).await.ok(200);
        app.advance(TimeDelta::minutes(1));
        assert_eq!(review(&manager, &far, &approved()).await.ok(200), first, "the same again");
        let blank = json!({ "decision": "approved", "reason": "  " });
        assert_eq!(review(&manager, &far, &blank).await.ok(200), first);
        let second = review(&admin, &far, &rejected("x")).await.ok(200);
        assert_eq!((&second["review"]["by"]["name"], &second["review"]["decision"]), (&json!("admin of alpha"), &json!("rejected")));
        let none = withdraw(&manager, &far).await.ok(200);
        assert_eq!(withdraw(&manager, &far).await.ok(200), none);
        let log = admin.get("/activities?kind=visit.verified").await.ok(200);
        let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| {
            let decided = |side: &str| entry[side]["review"]["decision"].clone();
            (entry["by"]["name"].clone(), decided("before"), decided("after"))
        }).collect();
        assert_eq!(told, [
            (json!("manager1 of alpha"), json!("rejected"), Value::Null),
            (json!("admin of alpha"), json!("approved"), json!("rejected")),
            (json!("manager1 of alpha"), Value::Null, json!("approved")),
        ]);
    }

    async fn only_those_who_run_the_team_say_a_word(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let [_, far, _] = three(&app, &firm, "rep1").await;
        let (admin, analyst) = (firm.sign_in(&app, "admin").await, firm.analyst(&app).await);
        let rep = firm.sign_in(&app, "rep1").await;
        review(&rep, &far, &approved()).await.refused(403, "forbidden", "");
        withdraw(&rep, &far).await.refused(403, "forbidden", "");
        review(&analyst, &far, &approved()).await.refused(403, "forbidden", "");
        withdraw(&analyst, &far).await.refused(403, "forbidden", "");
        assert_eq!(queue(&analyst, "").await.total, 2, "an analyst reads");
        for stranger in [firm.sign_in(&app, "manager2").await, other.sign_in(&app, "admin").await] {
            review(&stranger, &far, &approved()).await.refused(404, "visit_not_found", "id");
            withdraw(&stranger, &far).await.refused(404, "visit_not_found", "id");
            stranger.get(&format!("/visits/{far}/evidence")).await.refused(404, "visit_not_found", "id");
            let nothing = queue(&stranger, &format!("rep={}", firm.rep1.id)).await;
            assert_eq!((nothing.items.len(), nothing.total), (0, 0));
        }
        assert_eq!(queue(&firm.sign_in(&app, "rep2").await, "").await.total, 0);
        assert_eq!(queue(&rep, "").await.total, 2, "a rep sees own ones");
        let manager = firm.sign_in(&app, "manager1").await;
        for body in [json!({ "decision": "rejected" }), rejected(" \n"), json!({ "decision": "rejected", "reason": null })] {
            review(&manager, &far, &body).await.refused(422, "invalid", "reason");
        }
        review(&manager, &far, &json!({ "decision": "maybe" })).await.refused(422, "invalid", "decision");
        review(&manager, &far, &json!({})).await.refused(422, "invalid", "decision");
        review(&manager, &far, &rejected(&"x".repeat(4001))).await.refused(422, "invalid", "reason");
        review(&manager, &uuid::Uuid::new_v4().to_string(), &approved()).await.refused(404, "visit_not_found", "id");
        let before = manager.get(&format!("/visits/{far}")).await.ok(200);
        assert_eq!(before["review"], Value::Null, "none of these left a trace");
        // Who was a rep then does not review that work now, not even as an admin.
        let promote = |role: &str| json!({ "name": "x", "email": "rep1@alpha.test", "role": role });
        let path = format!("/employees/{}", firm.rep1.id);
        admin.send(admin.request(Method::PUT, &path).json(&promote("admin"))).await.ok(200);
        review(&rep, &far, &approved()).await.refused(403, "forbidden", "");
    }

    async fn every_number_that_says_verified_follows_the_word(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [good, far, _] = three(&app, &firm, "rep1").await;
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let numbers = || async {
            let board = manager.get("/board").await.ok(200);
            let of_rep = board["reps"].as_array().unwrap().iter().find(|one| one["employee"]["id"] == json!(firm.rep1.id)).unwrap();
            let report = manager.get("/reports?by=day").await.ok(200);
            let total = &report["total"];
            let all = ["verified", "out_of_range", "unverifiable", "suspicious", "rejected"].map(|name| total[name].as_u64().unwrap());
            assert_eq!(all.iter().sum::<u64>(), total["visits"].as_u64().unwrap());
            let own = rep.get("/me/statistics").await.ok(200);
            let share = own["verified_share"].as_f64().unwrap();
            let (mine, theirs) = (rep.get("/dashboard").await.ok(200), total["verified_share"].as_f64().unwrap());
            assert_eq!(share, theirs);
            let counts = [&of_rep["verified"], &mine["verified"], &own["days"][29]["verified"], &total["verified"]];
            assert!(counts.iter().all(|count| **count == *counts[0]), "{counts:?}");
            (counts[0].as_u64().unwrap(), all[4])
        };
        assert_eq!(numbers().await, (1, 0));
        review(&manager, &far, &approved()).await.ok(200);
        assert_eq!(numbers().await, (2, 0));
        review(&manager, &good, &rejected("photo of a wall")).await.ok(200);
        assert_eq!(numbers().await, (1, 1));
        withdraw(&manager, &good).await.ok(200);
        assert_eq!(numbers().await, (2, 0));
        let pins = manager.get("/board/pins").await.ok(200);
        let marks: Vec<_> = pins["pins"].as_array().unwrap().iter().filter(|pin| pin["review"] == "approved").collect();
        assert_eq!((marks.len(), &marks[0]["id"], &marks[0]["verdict"]), (1, &json!(far), &json!("out_of_range")));
        let file = manager.get("/reports/export?format=csv&by=day").await.text();
        assert!(file.lines().next().unwrap().contains("Suspicious,Rejected,Verified share"), "{file}");
    }

    async fn open_boards_queues_and_the_rep_hear_of_it(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [good, far, farther] = three(&app, &firm, "rep1").await;
        let (one, other, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await, firm.sign_in(&app, "rep1").await);
        let mut board: Board = serde_json::from_value(other.get("/board").await.ok(200)).unwrap();
        let mut waiting = queue(&other, "").await;
        let (mut watcher, _) = Watcher::hello(&app, &other, json!(waiting.streams)).await;
        let (mut of_rep, _) = Watcher::hello(&app, &rep, json!({})).await;
        for (id, body) in [(&far, Some(rejected("x"))), (&far, Some(approved())), (&good, Some(rejected("y"))), (&farther, Some(approved())), (&far, None)] {
            match body {
                Some(body) => review(&one, id, &body).await.ok(200),
                None => withdraw(&one, id).await.ok(200),
            };
            let event = watcher.event_of(&firm.north_stream()).await;
            assert_eq!(event.kind, Kind::VisitVerified);
            let visit: Visit = serde_json::from_value(event.data.clone()).unwrap();
            assert_eq!(json!(visit), one.get(&format!("/visits/{id}")).await.ok(200));
            board.apply(&event, Whose::default(), |_| 0);
            put(&mut board.feed.items, FeedItem::of(&event).unwrap());
            let sure = waiting.apply(event.kind, &visit);
            assert_eq!(sure, !visit.waits_for_review(), "one that waits again is loaded afresh");
            let own = of_rep.event_of(&format!("employee:{}", firm.rep1.id)).await;
            assert_eq!((own.id, own.data), (event.id, event.data));
            let fresh: Board = serde_json::from_value(other.get("/board").await.ok(200)).unwrap();
            assert_eq!((board.totals(), &board.reps, &board.feed), (fresh.totals(), &fresh.reps, &fresh.feed));
        }
        let fresh = queue(&other, "").await;
        assert_eq!((ids(&waiting).len(), waiting.total), (0, 0));
        assert_eq!((ids(&fresh), fresh.total), (vec![far], 1));
    }

    async fn a_case_is_laid_with_all_there_is(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let shot = new_photo();
        let mut made = Vec::new();
        for (place, again) in [(0, true), (1, false), (0, true)] {
            app.advance(TimeDelta::minutes(30));
            let rep = firm.sign_in(&app, "rep1").await;
            let body = check_in(&app, &firm.locations[place]);
            let visit = rep.post("/visits", &body).await.ok(201);
            let id = visit["id"].as_str().unwrap().to_owned();
            rep.put_photo(&id, &if again { shot.clone() } else { new_photo() }).await.ok(200);
            app.advance(TimeDelta::minutes(10));
            rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
            made.push(id);
        }
        let manager = firm.sign_in(&app, "manager1").await;
        let case: Case = serde_json::from_value(manager.get(&format!("/visits/{}/evidence", made[2])).await.ok(200)).unwrap();
        assert_eq!(case.visit.id.to_string(), made[2]);
        assert_eq!((case.photos.len(), case.photos[0].position, case.photos[0].taken_at), (1, None, None));
        assert_eq!(case.photos[0].sha256, case.visit.photo.clone().unwrap().sha256);
        let day: Vec<_> = case.day.iter().map(|leg| leg.visit.id.to_string()).collect();
        assert_eq!(day, made);
        assert_eq!((case.day[0].way_m, case.day[0].speed_mps), (None, None));
        // 411 metres in the half hour between.
        assert!(case.day[1].way_m.is_some_and(|way| (400.0..425.0).contains(&way)), "{:?}", case.day[1].way_m);
        assert_eq!(case.day[1].speed_mps, Some(0.2));
        assert_eq!(case.place.iter().map(|visit| visit.id.to_string()).collect::<Vec<_>>(), [made[0].as_str()]);
        assert_eq!(case.same_photo.map(|id| id.to_string()), Some(made[0].clone()));
        assert_eq!(case.same_photo_visit.map(|visit| visit.id.to_string()), Some(made[0].clone()));
        // A rep of another team with the same file: its manager hears that there is one, not whose.
        let rep3 = firm.sign_in(&app, "rep3").await;
        let visit = rep3.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        rep3.put_photo(id, &shot).await.ok(200);
        let theirs = firm.sign_in(&app, "manager2").await.get(&format!("/visits/{id}/evidence")).await.ok(200);
        assert!(theirs["same_photo"].is_string());
        assert_eq!((&theirs["same_photo_visit"], &theirs["place"]), (&Value::Null, &json!([])));
    }

    async fn a_photo_that_does_not_add_up_makes_an_earlier_word_void(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let shot = new_photo();
        let first = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let first = first["id"].as_str().unwrap();
        rep.put_photo(first, &shot).await.ok(200);
        rep.post(&format!("/visits/{first}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
        app.advance(TimeDelta::minutes(10));
        let second = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let second = second["id"].as_str().unwrap();
        review(&manager, second, &approved()).await.ok(200);
        rep.put_photo(second, &new_photo()).await.ok(200);
        assert_eq!(manager.get(&format!("/visits/{second}")).await.ok(200)["review"]["decision"], "approved");
        rep.put_photo(second, &shot).await.ok(200);
        let now = manager.get(&format!("/visits/{second}")).await.ok(200);
        assert_eq!((&now["verdict"], &now["review"]), (&json!("suspicious"), &Value::Null));
        assert_eq!(ids(&queue(&manager, "").await), [second]);
    }
}
