//! Locations entered twice: suggested, said to be two, or made one with all that hangs on them.

use chrono::TimeDelta;
use ekenko_domain::{customer::Location, event::Kind};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, TestApp, Watcher, check_in, new_photo, visit_done};

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.send(client.request(Method::PUT, path).json(body)).await
}

async fn merge(client: &Client, from: &str, into: &str) -> Answer {
    client.post(&format!("/locations/{from}/merge"), &json!({ "into": into })).await
}

/// A place entered again, a few metres from the first.
async fn entered_again(app: &TestApp, firm: &Firm, name: &str) -> Location {
    let rep = firm.sign_in(app, "rep1").await;
    let lat = firm.market().lat + 0.0002;
    let body = json!({ "id": Uuid::new_v4(), "name": name, "lat": lat, "lng": firm.market().lng });
    serde_json::from_value(rep.post("/locations", &body).await.ok(201)).unwrap()
}

fn reasons(page: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let pair = |item: &Value| {
        let mut names = [text(&item["one"]), text(&item["other"])];
        names.sort();
        let [one, other] = names;
        (one, other, item["reasons"].clone())
    };
    page["items"].as_array().unwrap().iter().map(pair).collect()
}

engines! {
    async fn a_merge_keeps_all_visits_tasks_contacts_plans_and_history(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let twice = entered_again(&app, &firm, "Central Markt").await;
        let (from, into) = (twice.id.to_string(), firm.market().id.to_string());

        let first = visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        app.advance(TimeDelta::minutes(5));
        // The check-in is of before the merge; the phone sends it again, the photo and the check-out after it.
        let open = check_in(&app, &twice);
        let before = rep.post("/visits", &open).await.ok(201);
        let second = open["id"].as_str().unwrap().to_owned();
        let contact = json!({ "location_id": from, "name": "คุณหมวย" });
        put(&rep, &format!("/contacts/{}", Uuid::new_v4()), &contact).await.ok(200);
        let task = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_id": firm.rep1.id, "location_id": from });
        manager.post("/tasks", &task).await.ok(201);
        put(&manager, &format!("/locations/{from}/status"), &json!({ "status": "lead", "reason": "new" })).await.ok(200);
        let stops = |ids: &[&str]| json!({ "stops": ids });
        put(&rep, "/plan?date=2026-11-22", &stops(&[&into, &from])).await.ok(200);
        put(&rep, "/plan?date=2026-11-23", &stops(&[&from])).await.ok(200);
        let report = |days: &'static str| {
            let manager = manager.clone();
            async move { manager.get(&format!("/reports?{days}&by=customer")).await.ok(200) }
        };
        let days = "from=2026-11-21&to=2026-11-21";
        assert_eq!(report(days).await["total"]["customers_visited"], 2);

        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        let kept = merge(&manager, &from, &into).await.ok(200);
        assert_eq!((&kept["id"], &kept["name"]), (&json!(into), &json!("Central Market")));
        let event = watcher.event().await;
        assert_eq!((event.kind, &event.data), (Kind::CustomerMerged, &json!({ "location_id": from, "into": kept })));

        // Whoever asks for the one gets the other, with everything.
        for id in [&from, &into] {
            assert_eq!(rep.get(&format!("/locations/{id}")).await.ok(200)["id"], json!(into));
            let details = rep.get(&format!("/locations/{id}/details")).await.ok(200);
            let visits: Vec<_> = details["visits"].as_array().unwrap().iter().map(|v| v["id"].clone()).collect();
            assert_eq!(visits, [json!(second), json!(first)]);
            assert_eq!((&details["contacts"][0]["name"], &details["tasks"][0]["title"]), (&json!("คุณหมวย"), &json!("x")));
            assert_eq!(details["owner"]["name"], "rep1 of alpha", "nobody looked after the one that stayed");
            let history = rep.get(&format!("/locations/{id}/statuses")).await.ok(200);
            assert_eq!(history["statuses"][0]["reason"], "new");
        }
        assert_eq!(rep.all("/locations", &[], 2).await.len(), 3);
        assert_eq!(rep.all("/locations", &[("q", "Markt")], 2).await.len(), 0);
        let planned = |plan: Value| plan["stops"].as_array().unwrap().iter().map(|s| s["location"]["id"].clone()).collect::<Vec<_>>();
        assert_eq!(planned(rep.get("/plan?date=2026-11-22").await.ok(200)), [json!(into)]);
        assert_eq!(planned(rep.get("/plan?date=2026-11-23").await.ok(200)), [json!(into)]);
        // A plan made on a phone that has not heard of it.
        assert_eq!(planned(put(&rep, "/plan?date=2026-11-24", &stops(&[&from])).await.ok(200)), [json!(into)]);

        // What was judged stays judged; reports count one customer.
        let after = rep.get(&format!("/visits/{second}")).await.ok(200);
        assert_eq!((&after["evidence"], &after["verdict"], &after["location"]["id"]), (&before["evidence"], &before["verdict"], &json!(into)));
        let counted = report(days).await;
        assert_eq!((&counted["total"]["visits"], &counted["total"]["customers_visited"]), (&json!(2), &json!(1)));
        assert_eq!((&counted["rows"][0]["key"], &counted["rows"][0]["visits"]), (&json!(into), &json!(2)));

        // The phone goes on with the old id.
        assert_eq!(rep.post("/visits", &open).await.ok(200)["location"]["id"], json!(into));
        rep.put_photo(&second, &new_photo()).await.ok(200);
        rep.post(&format!("/visits/{second}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
        app.advance(TimeDelta::minutes(5));
        let late = rep.post("/visits", &check_in(&app, &twice)).await.ok(201);
        assert_eq!(late["location"]["id"], json!(into));
        assert_eq!(report(days).await["total"]["customers_visited"], 1);
        let contact = json!({ "location_id": from, "name": "คุณก้อย" });
        put(&rep, &format!("/contacts/{}", Uuid::new_v4()), &contact).await.ok(200);
        let task = json!({ "id": Uuid::new_v4(), "title": "y", "assignee_id": firm.rep1.id, "location_id": from });
        assert_eq!(manager.post("/tasks", &task).await.ok(201)["location"]["id"], json!(into));

        // The same again changes nothing; a chain of merges leads to its end.
        assert_eq!(merge(&manager, &from, &into).await.ok(200)["id"], json!(into));
        let end = firm.locations[1].id.to_string();
        merge(&manager, &into, &end).await.ok(200);
        assert_eq!(rep.get(&format!("/locations/{from}")).await.ok(200)["id"], json!(end));
        assert_eq!(rep.get(&format!("/locations/{end}/details")).await.ok(200)["visits"].as_array().unwrap().len(), 3);
        let log = firm.sign_in(&app, "admin").await.get("/activities?kind=customer.merged").await.ok(200);
        assert_eq!(log["items"][1]["before"]["merged"]["name"], "Central Markt", "{log}");

        // Not for reps, not for others, not into nothing.
        let spare = firm.locations[2].id.to_string();
        merge(&rep, &spare, &end).await.refused(403, "forbidden", "");
        merge(&other.sign_in(&app, "admin").await, &spare, &end).await.refused(404, "location_not_found", "id");
        merge(&manager, &spare, &other.market().id.to_string()).await.refused(422, "unknown_location", "into");
        merge(&manager, &spare, &spare).await.refused(422, "invalid", "into");
        merge(&manager, &end, &from).await.refused(422, "invalid", "into");
    }

    async fn duplicates_are_suggested_with_reasons_until_dismissed(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let manager = firm.sign_in(&app, "manager1").await;
        entered_again(&app, &firm, "Central Markt").await;
        let rep = firm.sign_in(&app, "rep1").await;
        for (name, lat) in [("บิ๊ก", 8.0), ("Big", 9.0)] {
            let body = json!({ "id": Uuid::new_v4(), "name": name, "lat": lat, "lng": 99.0, "tax_id": "0994000617721" });
            rep.post("/locations", &body).await.ok(201);
        }
        let path = "/locations/duplicates";
        let found = manager.get(path).await.ok(200);
        assert_eq!(reasons(&found), [
            ("Central Market".into(), "Central Markt".into(), json!(["name", "distance"])),
            ("Big".into(), "บิ๊ก".into(), json!(["tax_id"])),
        ]);
        assert!((found["items"][0]["distance_m"].as_f64().unwrap() - 22.2).abs() < 0.5);
        assert_eq!(manager.all(path, &[], 1).await, *found["items"].as_array().unwrap());
        assert_eq!(other.sign_in(&app, "admin").await.get(path).await.ok(200)["items"], json!([]));
        rep.get(path).await.refused(403, "forbidden", "");

        let (one, two) = (&found["items"][0]["one"]["id"], &found["items"][0]["other"]["id"]);
        let dismiss = json!({ "one_id": two, "other_id": one });
        let dismissed = format!("{path}/dismiss");
        rep.post(&dismissed, &dismiss).await.refused(403, "forbidden", "");
        other.sign_in(&app, "admin").await.post(&dismissed, &dismiss).await.refused(404, "location_not_found", "id");
        manager.post(&dismissed, &json!({ "one_id": one, "other_id": one })).await.refused(422, "invalid", "other_id");
        for _ in 0..2 {
            assert_eq!(manager.post(&dismissed, &dismiss).await.status, 204);
        }
        assert_eq!(reasons(&manager.get(path).await.ok(200)).len(), 1);
    }
}
