//! Tasks, announcements and the rep's dashboard.

use chrono::TimeDelta;
use ekenko_domain::{
    announcement::Announcement, dashboard::Dashboard, event::Kind, plan::DayStops, task::Task, visit::Visit,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Firm, Watcher, check_in, new_photo, png};

fn task(firm: &Firm, title: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "title": title, "assignee_id": firm.rep1.id })
}

async fn moved(client: &Client, task: &Value, status: &str) -> crate::support::Answer {
    let id = task["id"].as_str().unwrap();
    client.post(&format!("/tasks/{id}/status"), &json!({ "status": status })).await
}

async fn dashboard(rep: &Client) -> Dashboard {
    serde_json::from_value(rep.get("/dashboard").await.ok(200)).unwrap()
}

engines! {
    async fn a_task_goes_from_manager_to_rep_and_back(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let (mut at_manager, _) = Watcher::hello(&app, &manager, json!({})).await;
        let (mut at_rep, _) = Watcher::hello(&app, &rep, json!({})).await;
        let mut body = task(&firm, "เก็บเงิน");
        body["location_id"] = json!(firm.market().id);
        body["due_date"] = json!("2026-11-23");
        body["priority"] = json!("high");
        body["details"] = json!("ใบแจ้งหนี้ 14");
        let given = manager.post("/tasks", &body).await.ok(201);
        assert_eq!(manager.post("/tasks", &body).await.ok(200), given);
        let mut other = body.clone();
        other["title"] = json!("another");
        manager.post("/tasks", &other).await.refused(409, "id_conflict", "id");
        for watcher in [&mut at_manager, &mut at_rep] {
            let event = watcher.event().await;
            assert_eq!((event.kind, &event.data), (Kind::TaskCreated, &given));
        }
        assert_eq!(given["location"]["name"], "Central Market");
        assert_eq!((&given["status"], &given["created_by"]["name"]), (&json!("todo"), &json!("manager1 of alpha")));

        moved(&rep, &given, "completed").await.refused(409, "illegal_move", "status");
        moved(&rep, &given, "cancelled").await.refused(409, "illegal_move", "status");
        moved(&manager, &given, "in_progress").await.refused(409, "illegal_move", "status");
        let begun = moved(&rep, &given, "in_progress").await.ok(200);
        assert_eq!(moved(&rep, &given, "in_progress").await.ok(200), begun);
        let id = given["id"].as_str().unwrap();
        let photo = rep.put_task_photo(id, &png(6, 4)).await.ok(200);
        let done = json!({ "status": "completed", "comment": "ได้ครบ" });
        let done = rep.post(&format!("/tasks/{id}/status"), &done).await.ok(200);
        assert_eq!((&done["status"], &done["comment"], &done["photo"]), (&json!("completed"), &json!("ได้ครบ"), &photo));
        assert!(done["closed_at"].is_string());
        let statuses = [at_manager.event().await, at_manager.event().await, at_manager.event().await].map(|event| event.data["status"].clone());
        assert_eq!(statuses, ["in_progress", "in_progress", "completed"]);
        assert_eq!(manager.get(&format!("/tasks/{id}/photo")).await.body, png(6, 4));
        assert_eq!(manager.get(&format!("/tasks/{id}/thumbnail")).await.header("content-type"), "image/jpeg");
        moved(&manager, &given, "cancelled").await.refused(409, "illegal_move", "status");
        assert_eq!(manager.get("/tasks").await.ok(200)["items"], json!([]));
        assert_eq!(manager.get("/tasks?state=closed").await.ok(200)["items"], json!([done]));
    }

    async fn a_manager_calls_off(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let given = manager.post("/tasks", &task(&firm, "x")).await.ok(201);
        assert_eq!(moved(&manager, &given, "cancelled").await.ok(200)["status"], "cancelled");
        moved(&rep, &given, "in_progress").await.refused(409, "illegal_move", "status");
        rep.put_task_photo(given["id"].as_str().unwrap(), &png(2, 2)).await.refused(409, "illegal_move", "status");
    }

    async fn tasks_are_seen_by_those_they_concern(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let manager = firm.sign_in(&app, "manager1").await;
        let given = manager.post("/tasks", &task(&firm, "x")).await.ok(201);
        let path = format!("/tasks/{}", given["id"].as_str().unwrap());
        for (who, status) in [("rep1", 200), ("manager1", 200), ("admin", 200), ("rep2", 404), ("manager2", 404), ("rep3", 404)] {
            let client = firm.sign_in(&app, who).await;
            assert_eq!(client.get(&path).await.status, status, "{who}");
            assert_eq!(client.get("/tasks").await.ok(200)["items"].as_array().unwrap().len(), usize::from(status == 200), "{who}");
        }
        let stranger = other.sign_in(&app, "admin").await;
        stranger.get(&path).await.refused(404, "task_not_found", "id");
        moved(&stranger, &given, "cancelled").await.refused(404, "task_not_found", "id");
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post("/tasks", &task(&firm, "mine")).await.refused(403, "forbidden", "");
        let south = firm.sign_in(&app, "manager2").await;
        south.post("/tasks", &task(&firm, "x")).await.refused(422, "unknown_employee", "assignee_id");
        let mut foreign = task(&firm, "x");
        foreign["location_id"] = json!(other.market().id);
        manager.post("/tasks", &foreign).await.refused(422, "unknown_location", "location_id");
        foreign["id"] = given["id"].clone();
        foreign["assignee_id"] = json!(other.rep1.id);
        foreign["location_id"] = Value::Null;
        stranger.post("/tasks", &foreign).await.ok(201);
    }

    async fn open_tasks_come_most_pressing_first_page_by_page(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        for (title, priority, due) in [
            ("e", "normal", Some("2026-11-20")), ("a", "urgent", Some("2026-12-01")), ("f", "normal", None), ("b", "urgent", None),
            ("c", "high", Some("2026-11-22")), ("d", "high", Some("2026-11-30")), ("g", "low", Some("2026-11-01")),
        ] {
            let mut body = task(&firm, title);
            body["priority"] = json!(priority);
            body["due_date"] = json!(due);
            manager.post("/tasks", &body).await.ok(201);
        }
        let titles = |tasks: &[Value]| tasks.iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect::<String>();
        for limit in [1, 2, 3, 50] {
            assert_eq!(titles(&manager.all("/tasks", &[], limit).await), "abcdefg");
        }
        for task in manager.get("/tasks").await.ok(200)["items"].as_array().unwrap() {
            app.advance(TimeDelta::seconds(1));
            moved(&manager, task, "cancelled").await.ok(200);
        }
        assert_eq!(titles(&manager.all("/tasks", &[("state", "closed")], 2).await), "gfedcba");
        manager.get("/tasks?state=done").await.refused(422, "invalid", "state");
        manager.get("/tasks?cursor=x").await.refused(422, "invalid", "cursor");
        let mut odd = task(&firm, "");
        manager.post("/tasks", &odd).await.refused(422, "invalid", "title");
        odd["title"] = json!("x");
        odd["due_date"] = json!("1800-01-01");
        manager.post("/tasks", &odd).await.refused(422, "invalid", "due_date");
    }

    async fn announcements_reach_those_they_are_for_until_put_away(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, south) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep3").await);
        let (admin, manager) = (firm.sign_in(&app, "admin").await, firm.sign_in(&app, "manager1").await);
        let (mut at_rep, _) = Watcher::hello(&app, &rep, json!({})).await;
        let (mut at_south, _) = Watcher::hello(&app, &south, json!({})).await;
        let team = json!({ "id": Uuid::new_v4(), "title": "ทีมเหนือ", "team_id": firm.north.id });
        let said = manager.post("/announcements", &team).await.ok(201);
        assert_eq!(manager.post("/announcements", &team).await.ok(200), said);
        app.advance(TimeDelta::seconds(1));
        let all = json!({ "id": Uuid::new_v4(), "title": "ทุกคน", "expires_at": "2026-11-21T03:30:00Z" });
        let to_all = admin.post("/announcements", &all).await.ok(201);
        let event = at_rep.event().await;
        assert_eq!((event.kind, &event.data), (Kind::AnnouncementPublished, &said));
        assert_eq!(at_rep.event().await.data, to_all);
        assert_eq!(at_south.event().await.data, to_all, "the other team hears only what is for all");

        let shown = |client: Client| async move { client.get("/announcements").await.ok(200)["items"].clone() };
        assert_eq!(shown(rep.clone()).await, json!([to_all, said]));
        assert_eq!(shown(south.clone()).await, json!([to_all]));
        assert_eq!(shown(other.sign_in(&app, "rep1").await).await, json!([]));
        let put_away = format!("/announcements/{}/dismiss", said["id"].as_str().unwrap());
        for _ in 0..2 {
            assert_eq!(rep.post(&put_away, &json!({})).await.status, 204);
        }
        assert_eq!(shown(rep.clone()).await, json!([to_all]));
        south.post(&put_away, &json!({})).await.refused(404, "announcement_not_found", "id");
        app.advance(TimeDelta::minutes(31));
        assert_eq!(shown(firm.sign_in(&app, "rep3").await).await, json!([]));

        let (rep, manager, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await);
        let fresh = |more: Value| {
            let mut body = json!({ "id": Uuid::new_v4(), "title": "x" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        rep.post("/announcements", &fresh(json!({}))).await.refused(403, "forbidden", "");
        manager.post("/announcements", &fresh(json!({}))).await.refused(403, "forbidden", "");
        manager.post("/announcements", &fresh(json!({ "team_id": firm.south.id }))).await.refused(422, "unknown_team", "team_id");
        admin.post("/announcements", &fresh(json!({ "expires_at": "2026-11-21T03:00:00Z" }))).await.refused(422, "invalid", "expires_at");
    }

    async fn events_applied_to_an_old_dashboard_give_the_fresh_one(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await);
        let plan = |ids: [usize; 2]| {
            let stops = json!({ "stops": ids.map(|n| firm.locations[n].id) });
            rep.send(rep.request(reqwest::Method::PUT, "/plan").json(&stops))
        };
        plan([0, 1]).await.ok(200);
        let mut old = dashboard(&rep).await;
        assert_eq!((old.visits, old.target, old.tasks.len()), (0, 8, 0));
        assert_eq!((old.plan.stops, old.plan.visited(), old.plan.next()), (2, 0, Some(firm.market())));
        let shot = new_photo();
        for n in 0..3 {
            let body = check_in(&app, firm.market());
            rep.post("/visits", &body).await.ok(201);
            let id = body["id"].as_str().unwrap();
            // The second is a photo of the first: that visit is no longer verified.
            rep.put_photo(id, &if n < 2 { shot.clone() } else { new_photo() }).await.ok(200);
            if n < 2 {
                rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
            }
        }
        let mut given = Vec::new();
        for (title, priority, due) in [("later", "normal", Some("2026-11-30")), ("today", "low", Some("2026-11-21")), ("urgent", "urgent", None), ("done", "urgent", None)] {
            let mut body = task(&firm, title);
            body["priority"] = json!(priority);
            body["due_date"] = json!(due);
            given.push(manager.post("/tasks", &body).await.ok(201));
        }
        moved(&rep, &given[3], "in_progress").await.ok(200);
        moved(&rep, &given[3], "completed").await.ok(200);
        admin.post("/announcements", &json!({ "id": Uuid::new_v4(), "title": "ประชุม" })).await.ok(201);

        let visited = dashboard(&rep).await.plan;
        assert_eq!((visited.stops, visited.visited(), visited.next()), (2, 1, Some(&firm.locations[1])));
        // A visited stop and two new ones, and another day's plan, which is none of this one's.
        plan([2, 0]).await.ok(200);
        let tomorrow = json!({ "stops": [firm.locations[1].id] });
        rep.send(rep.request(reqwest::Method::PUT, "/plan?date=2026-11-22").json(&tomorrow)).await.ok(200);

        let fresh = dashboard(&rep).await;
        assert_eq!((fresh.plan.stops, fresh.plan.visited(), fresh.plan.next()), (2, 1, Some(&firm.locations[2])));
        let titles: Vec<_> = fresh.tasks.iter().map(|task| task.title.as_str()).collect();
        assert_eq!(titles, ["urgent", "today"]);
        assert_eq!((fresh.visits, fresh.verified, fresh.announcements.len()), (3, 2, 1));
        assert!(fresh.open_visit.is_some());
        let resume = serde_json::to_value(&old.streams).unwrap();
        let (mut watcher, _) = Watcher::hello(&app, &rep, resume).await;
        while old.streams != fresh.streams {
            let event = watcher.event().await;
            *old.streams.get_mut(&event.stream).unwrap() = event.offset;
            if let Ok(visit) = serde_json::from_value::<Visit>(event.data.clone()) {
                old.visited(event.kind, &visit);
                if event.kind == Kind::VisitCheckedIn {
                    assert_eq!(old.plan, visited);
                }
            } else if let Ok(task) = serde_json::from_value::<Task>(event.data.clone()) {
                old.tasked(&task);
            } else if let Ok(day) = serde_json::from_value::<DayStops>(event.data.clone()) {
                old.planned(&day);
            } else {
                old.announced(event.kind, &serde_json::from_value::<Announcement>(event.data).unwrap());
            }
        }
        assert_eq!(old, fresh);
        manager.get("/dashboard").await.refused(403, "forbidden", "");
    }

    async fn an_admin_sets_target_and_calendar(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "admin").await);
        let put = |client: Client, body: Value| async move {
            client.send(client.request(reqwest::Method::PUT, "/organisation").json(&body)).await
        };
        put(rep.clone(), json!({ "visit_target": 5, "calendar": "buddhist" })).await.refused(403, "forbidden", "");
        put(admin.clone(), json!({ "visit_target": 0, "calendar": "buddhist" })).await.refused(422, "invalid", "visit_target");
        put(admin.clone(), json!({ "visit_target": 5, "calendar": "lunar" })).await.refused(422, "invalid", "calendar");
        let usual = json!({ "a": 7, "b": 14, "c": 30, "d": 45, "other": 60 });
        assert_eq!(rep.get("/me").await.ok(200)["organisation"]["visit_every_days"], usual);
        for (grade, days) in [("a", json!(0)), ("b", json!(366)), ("c", json!("x")), ("d", json!(0)), ("other", Value::Null)] {
            let mut every = usual.clone();
            every[grade] = days;
            let body = json!({ "visit_target": 5, "calendar": "buddhist", "visit_every_days": every });
            put(admin.clone(), body).await.refused(422, "invalid", &format!("visit_every_days.{grade}"));
        }
        let every = json!({ "a": 1, "b": 2, "c": 3, "d": 4, "other": 365 });
        let set = json!({ "visit_target": 5, "calendar": "gregorian", "visit_every_days": every });
        assert_eq!(put(admin.clone(), set).await.ok(200)["visit_every_days"], every);
        let changed = put(admin, json!({ "visit_target": 5, "calendar": "buddhist" })).await.ok(200);
        assert_eq!(changed["visit_every_days"], every, "left out it stays as it is");
        assert_eq!(rep.get("/me").await.ok(200)["organisation"], changed);
        assert_eq!((dashboard(&rep).await.target, &changed["calendar"]), (5, &json!("buddhist")));
    }
}
