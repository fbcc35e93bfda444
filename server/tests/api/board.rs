//! The manager's day: a page that applies events sees what a fresh snapshot says.

use chrono::TimeDelta;
use ekenko_domain::{board::Board, visit::Visit};
use ekenko_server::context::Outside;
use serde_json::{Value, json};

use crate::support::{Client, Firm, TestApp, Watcher, beside, check_in, png, visit_done};

async fn board(client: &Client) -> Board {
    serde_json::from_value(client.get("/board").await.ok(200)).unwrap()
}

/// Brings an old board up to date with the events after it.
async fn catch_up(app: &TestApp, client: &Client, board: &mut Board, fresh: &Board) {
    let resume = serde_json::to_value(&board.streams).unwrap();
    let (mut watcher, _) = Watcher::hello(app, client, resume).await;
    while board.streams != fresh.streams {
        let event = watcher.event().await;
        let offset = board.streams.get_mut(&event.stream).unwrap();
        assert_eq!(event.offset, *offset + 1);
        *offset = event.offset;
        if let Ok(visit) = serde_json::from_value::<Visit>(event.data) {
            board.apply(event.kind, &visit);
        }
    }
}

engines! {
    async fn events_applied_to_an_old_board_give_the_fresh_one(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let out = json!({ "outcome": "ordered" });
        let [rep1, rep2, rep3] = [firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await, firm.sign_in(&app, "rep3").await];
        visit_done(&app, &rep1, firm.market(), &out).await;
        let admin = firm.sign_in(&app, "admin").await;
        let open = check_in(&app, firm.market());
        rep2.post("/visits", &open).await.ok(201);
        let empty = Board { latest: vec![], ..board(&admin).await };
        assert_eq!(empty.totals().visits, 2);
        let mut old = board(&admin).await;

        // Several at the same microsecond, more than a board shows.
        for n in 0..20 {
            visit_done(&app, &rep1, firm.market(), &out).await;
            visit_done(&app, &rep3, &firm.locations[n % 2], &out).await;
            if n % 5 == 0 {
                app.advance(TimeDelta::seconds(1));
            }
        }
        let id = open["id"].as_str().unwrap();
        rep2.put_photo(id, &png(4, 3)).await.ok(200);
        rep2.post(&format!("/visits/{id}/check-out"), &out).await.ok(200);
        for _ in 0..12 {
            visit_done(&app, &rep2, firm.market(), &out).await;
        }
        app.advance(TimeDelta::minutes(10));
        let far = beside(app.clock.now(), firm.market(), 5_000.0);
        assert_eq!(rep3.post("/visits", &far).await.ok(201)["verdict"], "out_of_range");

        let fresh = board(&admin).await;
        assert_eq!(fresh.latest.len(), 50);
        catch_up(&app, &admin, &mut old, &fresh).await;
        assert_eq!(old.totals(), fresh.totals());
        assert_eq!(old.reps, fresh.reps);
        let ids = |board: &Board| board.latest.iter().map(|visit| visit.id).collect::<Vec<_>>();
        assert_eq!(ids(&old), ids(&fresh));
        assert_eq!(old, fresh);
        let totals = fresh.totals();
        assert_eq!((totals.visits, totals.verified, totals.active_reps, totals.reps, totals.open), (55, 54, 3, 3, 1));
    }

    async fn a_board_counts_its_own_day(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        app.advance(TimeDelta::days(1));
        let manager = firm.sign_in(&app, "manager1").await;
        let (today, yesterday) = (manager.get("/board").await.ok(200), manager.get("/board?date=2026-11-21").await.ok(200));
        assert_eq!((&today["date"], &today["latest"], &today["reps"][0]["visits"]), (&json!("2026-11-22"), &json!([]), &json!(0)));
        assert_eq!((&yesterday["reps"][0]["visits"], &yesterday["reps"][0]["open"]), (&json!(1), &json!(1)));
        assert_eq!(today["reps"][1]["last_check_in_at"], Value::Null);
        let pins = manager.get("/board/pins?date=2026-11-21").await.ok(200);
        assert_eq!(pins["pins"][0]["label"], "rep1 of alpha · Central Market");
        assert_eq!(pins["streams"], yesterday["streams"]);
    }
}
