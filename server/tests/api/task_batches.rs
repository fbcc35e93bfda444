//! Tasks for many reps, their changes and the lists of them.

use chrono::TimeDelta;
use ekenko_domain::event::Kind;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, TestApp, Watcher};

fn batch(assignees: &[Value], more: Value) -> Value {
    let mut body = json!({ "id": Uuid::new_v4(), "title": "นับสต็อก", "assignee_ids": assignees });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.send(client.request(Method::PUT, path).json(body)).await
}

pub async fn moved(client: &Client, task: &Value, status: &str) -> Value {
    let id = task["id"].as_str().unwrap();
    client.post(&format!("/tasks/{id}/status"), &json!({ "status": status })).await.ok(200)
}

async fn rep3(app: &TestApp, firm: &Firm) -> Value {
    firm.sign_in(app, "rep3").await.get("/me").await.ok(200)["id"].clone()
}

fn titles(page: &Value) -> String {
    page["items"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect()
}

engines! {
    async fn a_batch_is_a_task_for_each_and_counts_as_it_goes(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep1, rep2, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await, firm.sign_in(&app, "manager1").await);
        let (mut at_manager, _) = Watcher::hello(&app, &manager, json!({})).await;
        let (mut at_rep2, _) = Watcher::hello(&app, &rep2, json!({})).await;
        let both = [json!(firm.rep1.id), json!(firm.rep2.id)];
        let body = batch(&both, json!({ "due_date": "2026-11-21", "due_time": "14:30", "location_id": firm.market().id }));
        let given = manager.post("/tasks/batches", &body).await.ok(201);
        assert_eq!(given["counts"], json!({ "total": 2, "todo": 2, "in_progress": 0, "completed": 0, "cancelled": 0 }));
        assert_eq!(manager.post("/tasks/batches", &body).await.ok(200), given);
        for (member, value) in [("title", json!("other")), ("assignee_ids", json!([firm.rep1.id])), ("due_time", json!("14:31"))] {
            let mut other = body.clone();
            other[member] = value;
            manager.post("/tasks/batches", &other).await.refused(409, "id_conflict", "id");
        }
        let tasks = given["tasks"].as_array().unwrap();
        assert_eq!(at_rep2.event().await.data, tasks[1]);
        for task in tasks {
            assert_eq!((&task["batch_id"], &task["due_time"]), (&body["id"], &json!("14:30")));
            let event = at_manager.event().await;
            assert_eq!((event.kind, &event.data), (Kind::TaskCreated, task));
        }
        let path = format!("/tasks/batches/{}", body["id"].as_str().unwrap());
        moved(&rep1, &tasks[0], "in_progress").await;
        let done = moved(&rep1, &tasks[0], "completed").await;
        assert_eq!(at_manager.event().await.data["status"], "in_progress");
        assert_eq!(at_manager.event().await.data, done);
        let now = manager.get(&path).await.ok(200);
        assert_eq!(now["counts"], json!({ "total": 2, "todo": 1, "in_progress": 0, "completed": 1, "cancelled": 0 }));
        assert_eq!(manager.post("/tasks/batches", &body).await.ok(200), now, "sent again it is as far as it is");
        // A rep sees the own part, another team's manager and another organisation nothing.
        assert_eq!(rep2.get(&path).await.ok(200)["counts"]["total"], 1);
        for stranger in [firm.sign_in(&app, "manager2").await, firm.sign_in(&app, "rep3").await, other.sign_in(&app, "admin").await] {
            stranger.get(&path).await.refused(404, "batch_not_found", "id");
        }
        // Nor can another team's manager add to it.
        let south = firm.sign_in(&app, "manager2").await;
        let mut theirs = body.clone();
        theirs["assignee_ids"] = json!([rep3(&app, &firm).await]);
        south.post("/tasks/batches", &theirs).await.refused(409, "id_conflict", "id");
    }

    async fn a_bad_batch_names_its_field_and_leaves_nothing(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, manager, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await);
        let (one, south) = (json!(firm.rep1.id), rep3(&app, &firm).await);
        let post = |assignees: Vec<Value>, more: Value| {
            let body = batch(&assignees, more);
            let manager = manager.clone();
            async move { manager.post("/tasks/batches", &body).await }
        };
        post(vec![one.clone(), south.clone()], json!({})).await.refused(422, "unknown_employee", "assignee_ids[1]");
        post(vec![json!(other.rep1.id)], json!({})).await.refused(422, "unknown_employee", "assignee_ids[0]");
        post(vec![], json!({})).await.refused(422, "invalid", "assignee_ids");
        post(vec![one.clone(), one.clone()], json!({})).await.refused(422, "invalid", "assignee_ids");
        post((0..501).map(|_| json!(Uuid::new_v4())).collect(), json!({})).await.refused(422, "invalid", "assignee_ids");
        post(vec![one.clone()], json!({ "due_time": "14:30" })).await.refused(422, "invalid", "due_time");
        post(vec![one.clone()], json!({ "due_date": "2026-11-21", "due_time": "24:30" })).await.refused(422, "invalid", "due_time");
        post(vec![one.clone()], json!({ "repeat": "daily" })).await.refused(422, "invalid", "repeat");
        post(vec![one.clone()], json!({ "repeat": "hourly", "due_date": "2026-11-21" })).await.refused(422, "invalid", "repeat");
        post(vec![one.clone()], json!({ "repeat": "daily", "due_date": "2026-11-21", "repeat_until": "2026-11-20" })).await.refused(422, "invalid", "repeat_until");
        post(vec![one.clone()], json!({ "title": "" })).await.refused(422, "invalid", "title");
        post(vec![one.clone()], json!({ "location_id": other.market().id })).await.refused(422, "unknown_location", "location_id");
        rep.post("/tasks/batches", &batch(std::slice::from_ref(&one), json!({}))).await.refused(403, "forbidden", "");
        assert_eq!(admin.get("/tasks").await.ok(200)["items"], json!([]));
        admin.post("/tasks/batches", &batch(&[one, south], json!({}))).await.ok(201);
    }

    async fn an_edit_changes_what_is_open_and_may_give_it_to_another(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep1, rep2) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await);
        let (manager, south) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "manager2").await);
        let body = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_id": firm.rep1.id, "location_id": firm.market().id });
        let given = manager.post("/tasks", &body).await.ok(201);
        let path = format!("/tasks/{}", given["id"].as_str().unwrap());
        moved(&rep1, &given, "in_progress").await;
        let (mut at_rep1, _) = Watcher::hello(&app, &rep1, json!({})).await;
        let (mut at_rep2, _) = Watcher::hello(&app, &rep2, json!({})).await;
        let edit = json!({
            "title": "y", "details": "more", "priority": "urgent", "due_date": "2026-11-22", "due_time": "09:00",
            "assignee_id": firm.rep1.id, "location_id": firm.market().id,
        });
        let edited = put(&manager, &path, &edit).await.ok(200);
        for (member, value) in [("title", "y"), ("details", "more"), ("priority", "urgent"), ("due_time", "09:00"), ("status", "in_progress")] {
            assert_eq!(edited[member], value);
        }
        assert_eq!(put(&manager, &path, &edit).await.ok(200), edited);
        assert_eq!(at_rep1.event().await.data, edited);
        let mut to_rep2 = edit.clone();
        to_rep2["assignee_id"] = json!(firm.rep2.id);
        let given_on = put(&manager, &path, &to_rep2).await.ok(200);
        assert_eq!((&given_on["status"], &given_on["assignee"]["name"]), (&json!("todo"), &json!("rep2 of alpha")));
        for watcher in [&mut at_rep1, &mut at_rep2] {
            assert_eq!(watcher.event().await.data, given_on, "both hear of it");
        }
        rep1.get(&path).await.refused(404, "task_not_found", "id");
        assert_eq!(rep2.get(&path).await.ok(200), given_on);
        to_rep2["assignee_id"] = rep3(&app, &firm).await;
        put(&manager, &path, &to_rep2).await.refused(422, "unknown_employee", "assignee_id");
        put(&south, &path, &edit).await.refused(404, "task_not_found", "id");
        put(&rep2, &path, &edit).await.refused(403, "forbidden", "");
        put(&manager, &path, &json!({ "title": "y" })).await.refused(422, "invalid", "assignee_id");
        put(&manager, &path, &json!({ "title": "y", "due_time": "09:00", "assignee_id": firm.rep2.id })).await.refused(422, "invalid", "due_time");
        moved(&manager, &given, "cancelled").await;
        put(&manager, &path, &edit).await.refused(409, "task_closed", "");
    }

    async fn tasks_are_listed_by_team_priority_customer_status_and_lateness(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (admin, rep1) = (firm.sign_in(&app, "admin").await, firm.sign_in(&app, "rep1").await);
        let third = rep3(&app, &firm).await;
        let one = json!(firm.rep1.id);
        // It is ten in the morning of the 21st in Bangkok.
        for (title, to, more) in [
            ("a", &one, json!({ "due_date": "2026-11-21", "due_time": "09:59", "priority": "high" })),
            ("b", &one, json!({ "due_date": "2026-11-21", "due_time": "10:00" })),
            ("c", &third, json!({ "due_date": "2026-11-21" })),
            ("d", &third, json!({ "due_date": "2026-11-20", "location_id": firm.market().id })),
            ("e", &one, json!({})),
        ] {
            let mut body = json!({ "id": Uuid::new_v4(), "title": title, "assignee_id": to });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            admin.post("/tasks", &body).await.ok(201);
        }
        let of = |query: String| {
            let admin = admin.clone();
            async move { titles(&admin.get(&format!("/tasks?{query}")).await.ok(200)) }
        };
        assert_eq!(of(String::new()).await, "adbce", "by priority, then day, then time");
        for limit in [1, 2] {
            assert_eq!(admin.all("/tasks", &[], limit).await.len(), 5);
        }
        assert_eq!(of("overdue=true".into()).await, "ad");
        assert_eq!(of("overdue=false&priority=normal".into()).await, "dbce");
        assert_eq!(of(format!("team_id={}", firm.south.id)).await, "dc");
        assert_eq!(of(format!("location_id={}", firm.market().id)).await, "d");
        assert_eq!(of(format!("assignee_id={}&status=todo", firm.rep1.id)).await, "abe");
        let tasks = rep1.get("/tasks").await.ok(200);
        moved(&rep1, &tasks["items"][0], "in_progress").await;
        assert_eq!(of("status=in_progress".into()).await, "a");
        moved(&rep1, &tasks["items"][0], "completed").await;
        moved(&admin, &tasks["items"][1], "cancelled").await;
        assert_eq!(of("status=completed".into()).await, "a");
        assert_eq!(of("status=cancelled".into()).await, "b");
        assert_eq!(of("state=closed&priority=high".into()).await, "a");
        assert_eq!(of("state=closed&overdue=true".into()).await, "");
        app.advance(TimeDelta::minutes(1));
        assert_eq!(of("overdue=true".into()).await, "d");
        for (query, field) in [("status=done", "status"), ("priority=max", "priority"), ("team_id=x", "team_id"), ("overdue=1", "overdue"), ("location_id=1", "location_id")] {
            admin.get(&format!("/tasks?{query}")).await.refused(422, "invalid", field);
        }
    }

    async fn reports_count_by_the_time_of_day(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, rep1) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        for time in ["09:59", "10:00", "18:00"] {
            let body = json!({ "id": Uuid::new_v4(), "title": time, "assignee_id": firm.rep1.id, "due_date": "2026-11-21", "due_time": time });
            let given = manager.post("/tasks", &body).await.ok(201);
            moved(&rep1, &given, "in_progress").await;
            moved(&rep1, &given, "completed").await;
        }
        let total = manager.get("/reports?from=2026-11-21&to=2026-11-21").await.ok(200)["total"].clone();
        assert_eq!((&total["tasks_due"], &total["tasks_on_time"]), (&json!(3), &json!(2)), "{total}");
    }
}
