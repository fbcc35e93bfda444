//! The activity log: what it says, and that nobody changes it unseen.

use chrono::TimeDelta;
use ekenko_server::{
    activity::{Fault, verify},
    context::Outside,
    db::{Access, Conn},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Firm, check_in, new_photo};

/// Does to the database what somebody with its password could.
async fn meddle(app: &crate::support::TestApp, sql: &'static str) -> u64 {
    let mut db = app.app.db.begin().await.unwrap();
    let changed = match db.conn() {
        Conn::Sqlite(c) => sqlx::query(sql).execute(c).await.unwrap().rows_affected(),
        Conn::Postgres(c) => sqlx::query(sql).execute(c).await.unwrap().rows_affected(),
    };
    db.commit().await.unwrap();
    changed
}

async fn faults(app: &crate::support::TestApp) -> Vec<Fault> {
    let mut logs = verify(&app.app.db, &app.app.chain).await.unwrap();
    assert_eq!(logs.len(), 2, "{logs:?}");
    assert!(logs[1].faults.is_empty(), "the other organisation's log is its own: {logs:?}");
    logs.remove(0).faults
}

/// Two firms; five lines in the first one's log behind that of its import.
async fn some_days(app: &crate::support::TestApp) -> Firm {
    let firm = Firm::new(app, "alpha").await;
    Firm::new(app, "beta").await;
    let rep = firm.sign_in(app, "rep1").await;
    let visit = check_in(app, firm.market());
    rep.post("/visits", &visit).await.ok(201);
    let id = visit["id"].as_str().unwrap();
    rep.put_photo(id, &new_photo()).await.ok(200);
    rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
    let manager = firm.sign_in(app, "manager1").await;
    let task = json!({ "id": Uuid::new_v4(), "title": "Collect", "assignee_id": firm.rep1.id });
    manager.post("/tasks", &task).await.ok(201);
    let address = format!("/tasks/{}/status", task["id"].as_str().unwrap());
    rep.post(&address, &json!({ "status": "in_progress" })).await.ok(200);
    app.app.chain.write().unwrap();
    firm
}

engines! {
    async fn an_untouched_log_is_whole(app: TestApp) {
        some_days(&app).await;
        assert_eq!(faults(&app).await, []);
        let logs = verify(&app.app.db, &app.app.chain).await.unwrap();
        assert_eq!((logs[0].name.as_str(), logs[0].lines), ("alpha", 6));
    }

    async fn an_edited_line_is_found(app: TestApp) {
        some_days(&app).await;
        assert_eq!(meddle(&app, "UPDATE activities SET subject = 'another' WHERE position = 3 AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await, 1);
        assert_eq!(faults(&app).await, [Fault::Edited(3)]);
    }

    async fn an_edited_last_line_is_found(app: TestApp) {
        some_days(&app).await;
        meddle(&app, "UPDATE activities SET new_data = '{}' WHERE position = 6 AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        assert_eq!(faults(&app).await, [Fault::Edited(6)]);
    }

    async fn a_removed_line_is_found(app: TestApp) {
        some_days(&app).await;
        meddle(&app, "DELETE FROM activities WHERE position IN (2, 3) AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        assert_eq!(faults(&app).await, [Fault::Removed(2, 2)]);
        // Moving the others up does not hide it.
        meddle(&app, "UPDATE activities SET position = position - 2 WHERE position = 4 AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        meddle(&app, "UPDATE activities SET position = position - 2 WHERE position = 5 AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        meddle(&app, "UPDATE activities SET position = position - 2 WHERE position = 6 AND organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        let found = faults(&app).await;
        assert!(found.contains(&Fault::Edited(2)) && found.contains(&Fault::Cut(4, 6)), "{found:?}");
    }

    async fn a_cut_tail_is_found_even_with_an_older_head_put_back(app: TestApp) {
        let firm = some_days(&app).await;
        meddle(&app, "CREATE TABLE kept_head AS SELECT * FROM activity_heads").await;
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        app.app.chain.write().unwrap();
        meddle(&app, "DELETE FROM activities WHERE position = 7").await;
        assert_eq!(faults(&app).await, [Fault::Cut(6, 7)]);
        // A head of one's own making is not ours.
        meddle(&app, "UPDATE activity_heads SET position = 6 WHERE position = 7").await;
        assert_eq!(faults(&app).await, [Fault::Head, Fault::Cut(6, 7)]);
        // The head as it once was, with its right MAC: the file apart knows better.
        meddle(&app, "DELETE FROM activity_heads").await;
        meddle(&app, "INSERT INTO activity_heads SELECT * FROM kept_head").await;
        assert_eq!(faults(&app).await, [Fault::Cut(6, 7)]);
        // The whole log gone.
        meddle(&app, "DELETE FROM activity_heads WHERE organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        meddle(&app, "DELETE FROM activities WHERE organisation_id = (SELECT id FROM organisations WHERE name = 'alpha')").await;
        assert_eq!(faults(&app).await, [Fault::Head, Fault::Cut(0, 7)]);
    }

    async fn the_log_says_who_what_and_from_where_with_before_and_after(app: TestApp) {
        let firm = some_days(&app).await;
        let app = app.with(|config| config.public_url = Some("https://ekenko.example".into())).await;
        let admin = firm.sign_in(&app, "admin").await;
        let settings = json!({ "visit_target": 12, "calendar": "buddhist" });
        app.advance(TimeDelta::seconds(1));
        let request = admin.request(reqwest::Method::PUT, "/organisation").json(&settings);
        // What a client writes there itself stands before what the proxy adds.
        admin.send(request.header("x-forwarded-for", "10.9.9.9, 203.0.113.7")).await.ok(200);
        let log = admin.get("/activities").await.ok(200);
        let first = &log["items"][0];
        assert_eq!((&first["kind"], &first["origin"], &first["by"]["name"]), (&json!("organisation.changed"), &json!("203.0.113.7"), &json!("admin of alpha")));
        assert_eq!((&first["before"]["visit_target"], &first["after"]["visit_target"]), (&json!(8), &json!(12)));
        let moved = &log["items"][1];
        assert_eq!((&moved["kind"], &moved["by"]["id"]), (&json!("task.changed"), &json!(firm.rep1.id)));
        assert_eq!((&moved["before"]["status"], &moved["after"]["status"]), (&json!("todo"), &json!("in_progress")));
        assert_eq!(admin.all("/activities", &[], 2).await.len(), 7);
        let only = |items: Vec<Value>| items.into_iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(only(admin.all("/activities", &[("kind", "visit.photo")], 50).await), ["visit.photo"]);
        let rep = firm.rep1.id.to_string();
        assert_eq!(only(admin.all("/activities", &[("employee_id", &rep)], 50).await).len(), 4);
        let subject = moved["subject"].as_str().unwrap();
        assert_eq!(only(admin.all("/activities", &[("subject", subject)], 50).await), ["task.changed", "task.created"]);
        let (day, earlier) = (app.clock.now() + TimeDelta::hours(7), app.clock.now() + TimeDelta::hours(7) - TimeDelta::days(1));
        let (day, earlier) = (day.format("%Y-%m-%d").to_string(), earlier.format("%Y-%m-%d").to_string());
        for (from, to, some) in [("", "", 7), (&*day, &*day, 7), (&*earlier, &*earlier, 0), ("", &*earlier, 0), (&*earlier, "", 7)] {
            assert_eq!(admin.all("/activities", &[("from", from), ("to", to)], 3).await.len(), some, "{from} {to}");
        }
        let first = first["at"].as_str().unwrap();
        assert_eq!(admin.all("/activities", &[("to", first)], 3).await.len(), 6);
        assert_eq!(admin.all("/activities", &[("from", first)], 3).await.len(), 1);
        for (name, value) in [("kind", "x"), ("employee_id", "x"), ("from", "yesterday"), ("to", "2026-11-31"), ("cursor", "x"), ("limit", "0")] {
            admin.find("/activities", &[(name, value)]).await.refused(422, "invalid", name);
        }
        // Others see what the people did whom they may see.
        let manager = firm.sign_in(&app, "manager2").await;
        assert_eq!(manager.all("/activities", &[], 50).await.len(), 0);
        assert_eq!(firm.sign_in(&app, "manager1").await.all("/activities", &[], 50).await.len(), 5);
        assert_eq!(firm.sign_in(&app, "rep1").await.all("/activities", &[], 50).await.len(), 4);
    }

    async fn a_password_is_in_no_line_of_the_log(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let change = json!({ "old_password": crate::support::PASSWORD, "new_password": "a very secret one" });
        assert_eq!(rep.post("/me/password", &change).await.status, 204);
        let log = rep.get("/activities").await.ok(200);
        assert_eq!(log["items"][0]["kind"], "password.changed");
        assert!(!log.to_string().contains("secret"), "{log}");
    }
}
