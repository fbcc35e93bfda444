//! What a visit may be for and what may come of it, as an admin wants it.

use ekenko_domain::event::Kind;
use ekenko_server::db::Db;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, Watcher, check_in, png, visit_done, within};

async fn put(client: &Client, lists: &Value) -> Answer {
    client.send(client.request(Method::PUT, "/choices").json(lists)).await
}

/// The codes of a list, the retired ones in brackets.
fn codes(list: &Value) -> String {
    let shown = |choice: &Value| match choice["active"].as_bool().unwrap() {
        true => choice["code"].as_str().unwrap().to_owned(),
        false => format!("({})", choice["code"].as_str().unwrap()),
    };
    list.as_array().unwrap().iter().map(shown).collect::<Vec<_>>().join(" ")
}

/// What a migration does for the organisations there are.
fn filling(migration: &'static str) -> &'static str {
    migration.split_at(migration.find("INSERT").unwrap()).1
}

engines! {
    async fn an_admin_sets_the_lists_and_everybody_reads_them(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (admin, rep) = (firm.sign_in(&app, "admin").await, firm.sign_in(&app, "rep1").await);
        let first = rep.get("/choices").await.ok(200);
        assert_eq!(codes(&first["purposes"]), "offer collect deliver survey complaint other");
        assert_eq!(codes(&first["outcomes"]), "ordered no_order collected delivered closed absent other");
        assert_eq!(first["purposes"][0], json!({ "code": "offer", "name": null, "active": true }));
        assert_eq!(put(&admin, &first).await.ok(200), first);

        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        let lists = json!({
            "purposes": [{ "code": "train", "name": "สอนขาย" }, { "code": "offer", "name": "Sell" }, { "code": "old", "name": "x", "active": false }],
            "outcomes": [{ "code": "other" }],
        });
        let set = put(&admin, &lists).await.ok(200);
        assert_eq!(codes(&set["purposes"]), "train offer (old) (collect) (deliver) (survey) (complaint) (other)");
        assert_eq!(codes(&set["outcomes"]), "other (ordered) (no_order) (collected) (delivered) (closed) (absent)");
        assert_eq!(set["purposes"][0], json!({ "code": "train", "name": "สอนขาย", "active": true }));
        let event = watcher.event().await;
        assert_eq!((event.kind, &event.data), (Kind::ChoicesChanged, &set));
        for who in ["admin", "manager1", "rep3"] {
            assert_eq!(firm.sign_in(&app, who).await.get("/choices").await.ok(200), set, "{who}");
        }
        assert_eq!(put(&admin, &set).await.ok(200), set);
        assert_eq!(other.sign_in(&app, "rep1").await.get("/choices").await.ok(200), first);

        // Left out it is retired and keeps its name; named again it is back.
        let set = put(&admin, &first).await.ok(200);
        assert_eq!(codes(&set["purposes"]), "offer collect deliver survey complaint other (train) (old)");
        assert_eq!(set["purposes"][6], json!({ "code": "train", "name": "สอนขาย", "active": false }));
        assert_eq!(watcher.event().await.data, set, "what changed nothing was not told");
    }

    async fn only_an_admin_sets_them_and_only_as_they_can_be(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let good = admin.get("/choices").await.ok(200);
        for who in ["manager1", "rep1"] {
            put(&firm.sign_in(&app, who).await, &good).await.refused(403, "forbidden", "");
        }
        app.anonymous().get("/choices").await.refused(401, "unauthenticated", "");
        let many: Vec<_> = (0..31).map(|n| json!({ "code": format!("own_{n}"), "name": "x" })).collect();
        for (pointer, value, field) in [
            ("/purposes", json!([]), "purposes"),
            ("/purposes", json!(many), "purposes"),
            ("/outcomes", Value::Null, "outcomes"),
            ("/outcomes/1/code", json!("ordered"), "outcomes[1].code"),
            ("/outcomes/1/code", json!("No order"), "outcomes[1].code"),
            ("/outcomes/1/code", json!("sold"), "outcomes[1].name"),
            ("/outcomes/1/name", json!(" "), "outcomes[1].name"),
            ("/outcomes/1/active", json!("no"), "outcomes[1].active"),
        ] {
            let mut lists = good.clone();
            *lists.pointer_mut(pointer).unwrap() = value;
            put(&admin, &lists).await.refused(422, "invalid", field);
        }
        put(&admin, &json!({ "purposes": good["purposes"] })).await.refused(422, "invalid", "outcomes");
        assert_eq!(admin.get("/choices").await.ok(200), good);

        // Retired ones are kept for good, so there is an end to making new ones.
        let mut lists = good.clone();
        for round in 0..6 {
            let own = (0..30).map(|n| json!({ "code": format!("own_{round}_{n}"), "name": "x" })).collect();
            lists["purposes"] = Value::Array(own);
            put(&admin, &lists).await.ok(200);
        }
        lists["purposes"] = json!(many[..14]);
        put(&admin, &lists).await.ok(200);
        lists["purposes"] = json!(many[..15]);
        put(&admin, &lists).await.refused(422, "invalid", "purposes");
    }

    async fn set_many_times_at_once_one_of_them_counts(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let tries = (0..8).map(|n| {
            let own = json!([{ "code": format!("own_{n}"), "name": "x" }]);
            let (admin, lists) = (admin.clone(), json!({ "purposes": own, "outcomes": own }));
            async move { put(&admin, &lists).await.status }
        });
        assert_eq!(within("changes", futures_util::future::join_all(tries)).await, [200; 8]);
        let set = admin.get("/choices").await.ok(200);
        for list in [&set["purposes"], &set["outcomes"]] {
            let active = list.as_array().unwrap().iter().filter(|choice| choice["active"] == true);
            assert_eq!(active.count(), 1, "{list}");
        }
    }

    async fn organisations_from_before_have_what_is_built_in(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let fresh = rep.get("/choices").await.ok(200);
        match &app.app.db {
            Db::Sqlite { write, .. } => {
                sqlx::raw_sql("DELETE FROM choices").execute(write).await.unwrap();
                let migration = include_str!("../../../migrations/sqlite/0006_choices.sql");
                sqlx::raw_sql(filling(migration)).execute(write).await.unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::raw_sql("DELETE FROM choices").execute(pool).await.unwrap();
                let migration = include_str!("../../../migrations/postgres/0006_choices.sql");
                sqlx::raw_sql(filling(migration)).execute(pool).await.unwrap();
            }
        }
        assert_eq!(rep.get("/choices").await.ok(200), fresh);
    }

    async fn a_visit_takes_what_the_organisation_knows(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (admin, rep) = (firm.sign_in(&app, "admin").await, firm.sign_in(&app, "rep1").await);
        let mut body = check_in(&app, firm.market());
        body["purpose"] = json!("train");
        rep.post("/visits", &body).await.refused(422, "invalid", "purpose");
        let lists = json!({ "purposes": [{ "code": "train", "name": "x" }], "outcomes": [{ "code": "trained", "name": "x" }] });
        put(&admin, &lists).await.ok(200);
        let visit = rep.post("/visits", &body).await.ok(201);
        assert_eq!(visit["purpose"], "train");
        let lists = json!({ "purposes": [{ "code": "other" }], "outcomes": [{ "code": "other" }] });
        put(&admin, &lists).await.ok(200);
        assert_eq!(rep.post("/visits", &body).await.ok(200), visit, "sent again after it was retired");

        let id = body["id"].as_str().unwrap();
        let path = format!("/visits/{id}/check-out");
        rep.put_photo(id, &png(2, 2)).await.ok(200);
        for unknown in ["train", "sold"] {
            rep.post(&path, &json!({ "outcome": unknown })).await.refused(422, "invalid", "outcome");
        }
        assert_eq!(rep.post(&path, &json!({ "outcome": "trained" })).await.ok(200)["outcome"], "trained");
        visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;

        let stranger = other.sign_in(&app, "rep1").await;
        let mut body = check_in(&app, other.market());
        body["purpose"] = json!("train");
        stranger.post("/visits", &body).await.refused(422, "invalid", "purpose");
    }
}
