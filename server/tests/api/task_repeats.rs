//! Tasks that come again.

use chrono::TimeDelta;
use ekenko_domain::event::Kind;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::task_batches::{moved, put};
use crate::support::{Client, Firm, TestApp, Watcher};

fn task(firm: &Firm, more: Value) -> Value {
    let mut body = json!({ "id": Uuid::new_v4(), "title": "ปิดยอด", "assignee_id": firm.rep1.id, "due_date": "2026-11-21" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Due dates of a rep's open tasks, soonest first.
async fn dates(client: &Client) -> Vec<String> {
    let page = client.get("/tasks?limit=500").await.ok(200);
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["due_date"].as_str().unwrap().to_owned())
        .collect()
}

async fn made(app: &TestApp) -> u64 {
    app.app.tasks.repeat_once().await.unwrap()
}

engines! {
    async fn the_next_comes_when_its_day_begins_in_bangkok(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let body = task(&firm, json!({ "repeat": "daily", "repeat_until": "2026-11-23", "due_time": "18:00", "priority": "high", "location_id": firm.market().id }));
        let first = manager.post("/tasks", &body).await.ok(201);
        assert_eq!(manager.post("/tasks", &body).await.ok(200), first);
        assert_eq!((&first["next_date"], &first["series_id"], &first["repeat"]), (&json!("2026-11-22"), &first["id"], &json!("daily")));
        let pdf = b"%PDF-1.4\n%%EOF\n".to_vec();
        let file = format!("/tasks/{}/attachments/{}?name=a.pdf", first["id"].as_str().unwrap(), Uuid::new_v4());
        manager.send(manager.request(Method::PUT, &file).body(pdf.clone())).await.ok(200);
        assert_eq!(made(&app).await, 0);
        // From three in the morning of UTC on: 13 h 59 later the day is still the same in Bangkok.
        app.advance(TimeDelta::minutes(13 * 60 + 59));
        assert_eq!(made(&app).await, 0);
        let (manager2, rep) = { drop(rep); (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await) };
        let (mut at_rep, _) = Watcher::hello(&app, &rep, json!({})).await;
        app.advance(TimeDelta::minutes(2));
        let beside = app.beside(false).await;
        let (here, there) = tokio::join!(app.app.tasks.repeat_once(), beside.app.tasks.repeat_once());
        assert_eq!(here.unwrap() + there.unwrap(), 1, "by one of several processes");
        assert_eq!(made(&app).await, 0);
        let event = at_rep.event().await;
        assert_eq!(event.kind, Kind::TaskCreated);
        let second = event.data;
        for (member, value) in [
            ("title", &first["title"]), ("due_time", &json!("18:00")), ("due_date", &json!("2026-11-22")), ("next_date", &json!("2026-11-23")),
            ("priority", &json!("high")), ("location", &first["location"]), ("created_by", &first["created_by"]), ("status", &json!("todo")),
            ("series_id", &first["id"]),
        ] {
            assert_eq!(&second[member], value, "{member}");
        }
        let copy = format!("/tasks/{}/attachments/{}", second["id"].as_str().unwrap(), second["attachments"][0]["id"].as_str().unwrap());
        assert_eq!(rep.get(&copy).await.body, pdf);
        assert_eq!(manager2.get(&format!("/tasks/{}", first["id"].as_str().unwrap())).await.ok(200)["next_date"], Value::Null);
        app.advance(TimeDelta::days(1));
        assert_eq!(made(&app).await, 1);
        app.advance(TimeDelta::days(1));
        assert_eq!(made(&app).await, 0, "its last day is over");
        let rep = firm.sign_in(&app, "rep1").await;
        assert_eq!(dates(&rep).await, ["2026-11-21", "2026-11-22", "2026-11-23"]);
    }

    async fn after_days_away_only_the_current_one_is_made(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        for repeat in ["daily", "weekdays", "weekly", "monthly"] {
            manager.post("/tasks", &task(&firm, json!({ "repeat": repeat, "title": repeat }))).await.ok(201);
        }
        // Over by then: nothing of it is made.
        manager.post("/tasks", &task(&firm, json!({ "repeat": "daily", "repeat_until": "2026-12-01" }))).await.ok(201);
        app.advance(TimeDelta::days(43));
        assert_eq!(made(&app).await, 4);
        assert_eq!(made(&app).await, 0);
        let rep = firm.sign_in(&app, "rep1").await;
        let page = rep.get("/tasks").await.ok(200);
        let mut fresh: Vec<_> = page["items"].as_array().unwrap().iter()
            .filter(|task| task["due_date"] != "2026-11-21")
            .map(|task| format!("{} {}", task["repeat"].as_str().unwrap(), task["due_date"].as_str().unwrap()))
            .collect();
        fresh.sort();
        // It is a Sunday: the last weekday was the Friday before.
        assert_eq!(fresh, ["daily 2027-01-03", "monthly 2026-12-21", "weekdays 2027-01-01", "weekly 2027-01-02"]);
    }

    async fn an_edit_carries_on_and_an_ended_series_stays_ended(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let first = manager.post("/tasks", &task(&firm, json!({ "repeat": "daily" }))).await.ok(201);
        let path = format!("/tasks/{}", first["id"].as_str().unwrap());
        put(&manager, &path, &json!({ "title": "renamed", "due_date": "2026-11-21", "assignee_id": firm.rep2.id })).await.ok(200);
        // Called off or done, it comes again all the same.
        moved(&manager, &first, "cancelled").await;
        app.advance(TimeDelta::days(1));
        assert_eq!(made(&app).await, 1);
        let (manager, rep2) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep2").await);
        let second = rep2.get("/tasks").await.ok(200)["items"][0].clone();
        assert_eq!((&second["title"], &second["due_date"]), (&json!("renamed"), &json!("2026-11-22")));
        let end = |client: Client| {
            let address = format!("{path}/repeat");
            async move { client.send(client.request(Method::DELETE, &address)).await }
        };
        drop(rep);
        end(rep2.clone()).await.refused(403, "forbidden", "");
        let south = firm.sign_in(&app, "manager2").await;
        end(south).await.refused(404, "task_not_found", "id");
        // By any of its tasks.
        for _ in 0..2 {
            end(manager.clone()).await.ok(200);
        }
        let second = manager.get(&format!("/tasks/{}", second["id"].as_str().unwrap())).await.ok(200);
        assert_eq!(second["next_date"], Value::Null);
        app.advance(TimeDelta::days(3));
        assert_eq!(made(&app).await, 0);
    }

    async fn those_given_together_come_again_together(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, admin) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "admin").await);
        let body = json!({
            "id": Uuid::new_v4(), "title": "x", "assignee_ids": [firm.rep1.id, firm.rep2.id], "due_date": "2026-11-21", "repeat": "weekly",
        });
        manager.post("/tasks/batches", &body).await.ok(201);
        // One of them leaves: the series ends for that one.
        assert_eq!(admin.post(&format!("/employees/{}/deactivate", firm.rep2.id), &json!({})).await.status, 200);
        app.advance(TimeDelta::days(7));
        assert_eq!(made(&app).await, 1);
        let manager = firm.sign_in(&app, "manager1").await;
        let again = manager.get("/tasks?limit=10").await.ok(200)["items"].as_array().unwrap().iter()
            .find(|task| task["due_date"] == "2026-11-28").unwrap().clone();
        assert_ne!(again["batch_id"], body["id"]);
        let batch = manager.get(&format!("/tasks/batches/{}", again["batch_id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&batch["counts"]["total"], &batch["tasks"][0]), (&json!(1), &again));
    }
}
