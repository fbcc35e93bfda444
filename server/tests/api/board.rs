//! The manager's day: a page that applies events sees what a fresh snapshot says.

use chrono::{TimeDelta, Timelike};
use ekenko_domain::{
    board::{Board, FEED_LINES},
    day::local,
    event::Stream,
    feed::{FeedItem, FeedPage, Topic, Whose, put},
};
use ekenko_server::context::Outside;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Firm, TestApp, Watcher, beside, check_in, new_photo, png, visit_done};

async fn board(client: &Client) -> Board {
    serde_json::from_value(client.get("/board").await.ok(200)).unwrap()
}

async fn feed(client: &Client, query: &str) -> FeedPage {
    serde_json::from_value(client.get(&format!("/feed{query}")).await.ok(200)).unwrap()
}

/// Brings an old board up to date with the events after it, each told twice.
async fn catch_up(app: &TestApp, client: &Client, board: &mut Board, fresh: &Board) {
    let resume = serde_json::to_value(&board.streams).unwrap();
    let (mut watcher, _) = Watcher::hello(app, client, resume).await;
    let zone = "Asia/Bangkok".parse().unwrap();
    while board.streams != fresh.streams {
        let event = watcher.event().await;
        assert_eq!(event.offset, board.streams.get(&event.stream).copied().unwrap_or_default() + 1);
        for _ in 0..2 {
            board.apply(&event, Whose::default(), |at| local(at, &zone).hour());
        }
        if !matches!(event.stream, Stream::Employee(_))
            && let Some(line) = FeedItem::of(&event)
        {
            put(&mut board.feed.items, line);
        }
    }
    board.feed.items.truncate(FEED_LINES);
}

fn urgent_task(firm: &Firm, priority: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "title": "เก็บเงิน", "assignee_id": firm.rep1.id, "priority": priority })
}

fn new_customer(name: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "name": name, "lat": 13.7, "lng": 100.5 })
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
        let mut old = board(&admin).await;
        assert_eq!(old.totals().visits, 2);

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

        // The photo says that it was taken elsewhere: what was verified no longer is.
        let copied = new_photo();
        for rep in [&rep1, &rep2] {
            let body = check_in(&app, firm.market());
            assert_eq!(rep.post("/visits", &body).await.ok(201)["verdict"], "verified");
            rep.put_photo(body["id"].as_str().unwrap(), &copied).await.ok(200);
        }
        let manager = firm.sign_in(&app, "manager1").await;
        let task = urgent_task(&firm, "urgent");
        manager.post("/tasks", &task).await.ok(201);
        manager.post("/tasks", &urgent_task(&firm, "normal")).await.ok(201);
        let over = urgent_task(&firm, "urgent");
        manager.post("/tasks", &over).await.ok(201);
        manager.post(&format!("/tasks/{}/status", over["id"].as_str().unwrap()), &json!({ "status": "cancelled" })).await.ok(200);
        let said = json!({ "id": Uuid::new_v4(), "title": "หยุดวันจันทร์" });
        admin.post("/announcements", &said).await.ok(201);

        let fresh = board(&admin).await;
        assert_eq!(fresh.feed.items.len(), FEED_LINES);
        assert!(fresh.feed.next.is_some());
        assert_eq!(fresh.urgent_tasks.iter().map(ToString::to_string).collect::<Vec<_>>(), [task["id"].as_str().unwrap()]);
        assert_eq!(fresh.by_hour.iter().sum::<u32>(), fresh.totals().visits);
        assert_eq!(fresh.unverified.len() as u32, fresh.totals().visits - fresh.totals().verified);
        catch_up(&app, &admin, &mut old, &fresh).await;
        (old.at, old.feed.next) = (fresh.at, fresh.feed.next.clone());
        assert_eq!(old.reps, fresh.reps);
        for (n, (kept, read)) in old.feed.items.iter().zip(&fresh.feed.items).enumerate() {
            assert_eq!(kept, read, "line {n}");
        }
        assert_eq!(old, fresh);
        let totals = fresh.totals();
        assert_eq!((totals.visits, totals.verified, totals.active_reps, totals.reps, totals.open), (57, 55, 3, 3, 3));
    }

    async fn a_day_is_held_against_the_same_weekday_up_to_the_same_time(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let out = json!({ "outcome": "ordered" });
        let rep1 = firm.sign_in(&app, "rep1").await;
        visit_done(&app, &rep1, firm.market(), &out).await;
        rep1.post("/locations", &new_customer("ร้านใหม่")).await.ok(201);
        app.advance(TimeDelta::hours(2));
        for who in ["rep1", "rep2", "rep3"] {
            visit_done(&app, &firm.sign_in(&app, who).await, firm.market(), &out).await;
        }
        firm.sign_in(&app, "rep3").await.post("/locations", &new_customer("ร้านใต้")).await.ok(201);
        app.advance(TimeDelta::days(7) - TimeDelta::hours(1));
        let [rep1, admin] = [firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "admin").await];
        visit_done(&app, &rep1, firm.market(), &out).await;
        rep1.post("/locations", &new_customer("ร้านที่สอง")).await.ok(201);

        let day = board(&admin).await;
        let sums = |sums: ekenko_domain::board::DaySums| (sums.date.to_string(), sums.visits, sums.active_reps, sums.new_customers);
        assert_eq!(sums(day.last_week), ("2026-11-21".into(), 1, 1, 1), "an hour before the other three");
        assert_eq!((day.totals().visits, day.new_customers), (1, 1));
        assert_eq!((day.trend.len(), day.trend[0].date.to_string().as_str(), day.trend[12].date.to_string().as_str()), (13, "2026-11-15", "2026-11-27"));
        assert_eq!(sums(day.trend[6]), ("2026-11-21".into(), 4, 3, 2), "the whole day");
        assert_eq!(sums(day.trend[7]), ("2026-11-22".into(), 0, 0, 0));
        let past: Board = serde_json::from_value(admin.get("/board?date=2026-11-28").await.ok(200)).unwrap();
        assert_eq!(past.last_week, day.last_week);
        app.advance(TimeDelta::days(1));
        let [manager, admin] = [firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await];
        let past: Board = serde_json::from_value(admin.get("/board?date=2026-11-28").await.ok(200)).unwrap();
        assert_eq!(sums(past.last_week), ("2026-11-21".into(), 4, 3, 2), "a whole day against a whole day");
        assert_eq!(past.by_hour[10 + 1], 1);

        let north: Board = serde_json::from_value(manager.get("/board?date=2026-11-28").await.ok(200)).unwrap();
        assert_eq!(sums(north.last_week), ("2026-11-21".into(), 3, 2, 1), "of the south nothing");
        let south = admin.get(&format!("/board?date=2026-11-28&team_id={}", firm.south.id)).await.ok(200);
        assert_eq!((&south["last_week"]["visits"], &south["last_week"]["new_customers"], &south["reps"].as_array().unwrap().len()), (&json!(1), &json!(1), &1));
        let one = admin.get(&format!("/board?date=2026-11-21&employee_id={}", firm.rep2.id)).await.ok(200);
        assert_eq!((&one["reps"][0]["visits"], &one["reps"].as_array().unwrap().len()), (&json!(1), &1));
        let pins = admin.get(&format!("/board/pins?date=2026-11-21&employee_id={}", firm.rep2.id)).await.ok(200);
        assert_eq!((pins["pins"].as_array().unwrap().len(), &pins["pins"][0]["employee_id"], &pins["pins"][0]["team_id"]), (1, &json!(firm.rep2.id), &json!(firm.north.id)));
        manager.get("/board?team_id=north").await.refused(422, "invalid", "team_id");
    }

    async fn the_feed_goes_back_line_by_line_and_shows_nobody_elses(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let other = Firm::new(&app, "beta").await;
        let out = json!({ "outcome": "ordered" });
        let [rep1, rep3, manager, admin] = [firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep3").await, firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await];
        for _ in 0..3 {
            visit_done(&app, &rep1, firm.market(), &out).await;
            app.advance(TimeDelta::minutes(2));
            visit_done(&app, &rep3, firm.market(), &out).await;
            app.advance(TimeDelta::minutes(2));
        }
        let task = urgent_task(&firm, "high");
        app.advance(TimeDelta::seconds(1));
        manager.post("/tasks", &task).await.ok(201);
        app.advance(TimeDelta::seconds(1));
        rep1.post(&format!("/tasks/{}/status", task["id"].as_str().unwrap()), &json!({ "status": "in_progress" })).await.ok(200);
        app.advance(TimeDelta::seconds(1));
        rep3.post("/locations", &new_customer("ร้านใต้")).await.ok(201);
        app.advance(TimeDelta::seconds(1));
        admin.post("/announcements", &json!({ "id": Uuid::new_v4(), "title": "ใต้", "team_id": firm.south.id })).await.ok(201);
        app.advance(TimeDelta::seconds(1));
        admin.post("/announcements", &json!({ "id": Uuid::new_v4(), "title": "ทุกคน" })).await.ok(201);
        let analyst = firm.analyst(&app).await;
        app.advance(TimeDelta::seconds(1));
        // To a role, which no stream is of: whoever announced it, those it is for and those who see everything have it.
        admin.post("/announcements", &json!({ "id": Uuid::new_v4(), "title": "ผู้จัดการ", "role": "manager" })).await.ok(201);

        let all = feed(&admin, "").await;
        assert_eq!((all.items.len(), &all.next), (12, &None));
        let topics = |page: &FeedPage| page.items.iter().map(|line| line.told.topic().code()).collect::<Vec<_>>().join(" ");
        assert_eq!(topics(&all), "announcements announcements announcements customers tasks tasks visits visits visits visits visits visits");
        assert_eq!(feed(&analyst, "").await.items, all.items);
        let (mut one_by_one, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = feed(&admin, &format!("?limit=1{cursor}")).await;
            one_by_one.extend(page.items);
            let Some(next) = page.next else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(one_by_one, all.items);
        assert_eq!(topics(&feed(&manager, "").await), "announcements announcements customers tasks tasks visits visits visits", "of the south only that there is a customer");
        for topic in Topic::ALL {
            let page = feed(&admin, &format!("?topic={}", topic.code())).await;
            assert!(!page.items.is_empty() && page.items.iter().all(|line| line.told.topic() == *topic));
        }
        assert_eq!(topics(&feed(&admin, &format!("?employee_id={}", firm.rep1.id)).await), "tasks tasks visits visits visits");
        assert_eq!(topics(&feed(&admin, &format!("?team_id={}", firm.south.id)).await), "announcements announcements announcements visits visits visits");
        assert_eq!(topics(&feed(&rep1, "").await), "announcements customers tasks tasks visits visits visits");
        assert!(feed(&other.sign_in(&app, "admin").await, "").await.items.is_empty());
        admin.get("/feed?topic=weather").await.refused(422, "invalid", "topic");
        admin.get("/feed?cursor=x").await.refused(422, "invalid", "cursor");
    }

    async fn a_rep_is_live_while_the_device_is_heard_of(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [rep1, rep3, manager, south] = [firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep3").await, firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "manager2").await];
        let seen = async |client: &Client| {
            app.app.identity.keep_presence_once().await.unwrap();
            client.get("/presence").await.ok(200)
        };
        assert_eq!(seen(&manager).await["reps"], json!([]));
        rep1.get("/me").await.ok(200);
        rep3.get("/me").await.ok(200);
        let heard = app.clock.now();
        let at = |answer: &Value| (answer["reps"].as_array().unwrap().len(), answer["reps"][0]["employee_id"].clone(), answer["reps"][0]["seen_at"].clone());
        let expected = (1, json!(firm.rep1.id), json!(heard));
        assert_eq!(at(&seen(&manager).await), expected, "their own team only");
        assert_eq!(seen(&south).await["reps"].as_array().unwrap().len(), 1);
        app.advance(TimeDelta::minutes(5));
        assert_eq!(at(&seen(&manager).await), expected, "silence changes nothing");
        assert_eq!(board(&manager).await.reps[0].seen_at, Some(heard));
        assert_eq!(board(&manager).await.reps[1].seen_at, None);
        // A frame at the socket is a sign of life as well.
        let (mut watcher, _) = Watcher::hello(&app, &rep1, json!({})).await;
        app.advance(TimeDelta::minutes(1));
        watcher.say(json!({ "ping": {} })).await;
        watcher.frame().await;
        assert_eq!(seen(&manager).await["reps"][0]["seen_at"], json!(app.clock.now()));
    }

    async fn a_board_counts_its_own_day(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        app.advance(TimeDelta::days(1));
        let manager = firm.sign_in(&app, "manager1").await;
        let (today, yesterday) = (manager.get("/board").await.ok(200), manager.get("/board?date=2026-11-21").await.ok(200));
        assert_eq!((&today["date"], &today["reps"][0]["visits"]), (&json!("2026-11-22"), &json!(0)));
        let line = &today["feed"]["items"][0];
        assert_eq!((&line["kind"], &line["data"]["business_date"]), (&json!("visit.checked_in"), &json!("2026-11-21")), "the feed goes on into the day before");
        let before = manager.get("/board?date=2026-11-20").await.ok(200);
        assert_eq!(before["feed"]["items"], json!([]), "and ends where its day does");
        assert_eq!((&yesterday["reps"][0]["visits"], &yesterday["reps"][0]["open"]), (&json!(1), &json!(1)));
        assert_eq!(today["reps"][1]["last_check_in_at"], Value::Null);
        let pins = manager.get("/board/pins?date=2026-11-21").await.ok(200);
        assert_eq!(pins["pins"][0]["label"], "rep1 of alpha · Central Market");
        assert_eq!(pins["streams"], yesterday["streams"]);
    }
}
