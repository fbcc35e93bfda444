//! Adding customers in the field, their contacts, and what is known of them.

use chrono::TimeDelta;
use ekenko_domain::event::Kind;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, Watcher, check_in, visit_done};

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.send(client.request(Method::PUT, path).json(body)).await
}

fn shop(name: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "name": name, "lat": 13.75, "lng": 100.5 })
}

engines! {
    async fn a_rep_adds_a_customer_where_the_rep_stands(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        let mut body = shop("ร้านใหม่ริมคลอง");
        body["tax_id"] = json!("0-99-4-000-61772-1");
        body["legal_name"] = json!("บริษัท ริมคลอง จำกัด");
        body["phone"] = json!("081-234-5678");
        body["radius_m"] = json!(80);
        let added = rep.post("/locations", &body).await.ok(201);
        assert_eq!(rep.post("/locations", &body).await.ok(200), added);
        assert_eq!((&added["phone"], &added["radius_m"]), (&json!("+66 81 234 5678"), &json!(80.0)));
        assert_eq!(added["company"]["name"], "ร้านใหม่ริมคลอง");
        let event = watcher.event().await;
        assert_eq!((event.kind, &event.data), (Kind::CustomerCreated, &added));

        let id = added["id"].as_str().unwrap();
        let details = rep.get(&format!("/locations/{id}/details")).await.ok(200);
        assert_eq!(details["company"]["tax_id"], "0994000617721");
        assert_eq!(details["company"]["legal_name"], "บริษัท ริมคลอง จำกัด");
        assert_eq!(details["owner"]["name"], "rep1 of alpha");
        assert_eq!((&details["contacts"], &details["visits"], &details["last_visit_at"]), (&json!([]), &json!([]), &Value::Null));
        // It is found at once: nearby, by name, among one's own.
        for query in [vec![("near", "13.75,100.5"), ("radius_m", "10")], vec![("q", "ริมคลอง")], vec![("mine", "true")]] {
            let found = rep.find("/locations", &query).await.ok(200);
            assert_eq!(found["items"][0]["id"], added["id"], "{query:?}");
        }
        let colleague = firm.sign_in(&app, "rep2").await;
        assert_eq!(colleague.find("/locations", &[("mine", "true")]).await.ok(200)["items"], json!([]));
        other.sign_in(&app, "admin").await.get(&format!("/locations/{id}/details")).await.refused(404, "location_not_found", "id");

        // A second branch of the same company.
        let mut branch = shop("สาขาสอง");
        branch["company_id"] = added["company"]["id"].clone();
        let branch = rep.post("/locations", &branch).await.ok(201);
        assert_eq!(branch["company"], added["company"]);
        let mut renamed = body.clone();
        renamed["name"] = json!("another");
        rep.post("/locations", &renamed).await.refused(409, "id_conflict", "id");
    }

    async fn what_cannot_be_a_customer_says_which_field(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let rep = firm.sign_in(&app, "rep1").await;
        for (field, value, name) in [
            ("name", json!(" "), "invalid"), ("lat", json!(91), "invalid"), ("lng", json!("x"), "invalid"), ("tax_id", json!("0994000617723"), "invalid"),
            ("phone", json!("call me"), "invalid"), ("radius_m", json!(5), "invalid"), ("radius_m", json!(6000), "invalid"),
            ("company_id", json!(other.market().company.id), "unknown_company"), ("address", json!("a\nb"), "invalid"),
        ] {
            let mut body = shop("x");
            body[field] = value;
            rep.post("/locations", &body).await.refused(422, name, field);
        }
        rep.find("/locations", &[("grade", "z")]).await.refused(422, "invalid", "grade");
    }

    async fn contacts_are_kept_with_their_place(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let rep = firm.sign_in(&app, "rep1").await;
        let path = format!("/contacts/{}", Uuid::new_v4());
        let body = json!({ "location_id": firm.market().id, "name": "คุณหมวย", "title": "เจ้าของ", "phone": "02 123 4567", "line_id": "muay99", "email": "Muay@Shop.test" });
        let kept = put(&rep, &path, &body).await.ok(200);
        assert_eq!((&kept["phone"], &kept["email"]), (&json!("+66 2 123 4567"), &json!("muay@shop.test")));
        assert_eq!(put(&rep, &path, &body).await.ok(200), kept);
        let details = format!("/locations/{}/details", firm.market().id);
        assert_eq!(rep.get(&details).await.ok(200)["contacts"], json!([kept]));
        // Changed, and emptied.
        let changed = put(&rep, &path, &json!({ "location_id": firm.market().id, "name": "คุณหมวย" })).await.ok(200);
        assert_eq!((&changed["phone"], &changed["line_id"]), (&json!(""), &json!("")));
        for (field, value) in [("name", json!("")), ("phone", json!("12")), ("line_id", json!("a b")), ("email", json!("muay"))] {
            let mut bad = body.clone();
            bad[field] = value;
            put(&rep, &path, &bad).await.refused(422, "invalid", field);
        }
        let mut elsewhere = body.clone();
        elsewhere["location_id"] = json!(firm.locations[1].id);
        put(&rep, &path, &elsewhere).await.refused(409, "id_conflict", "id");
        let stranger = other.sign_in(&app, "admin").await;
        put(&stranger, &path, &body).await.refused(404, "location_not_found", "location_id");
        let delete = |client: Client| { let path = path.clone(); async move { client.send(client.request(Method::DELETE, &path)).await } };
        delete(stranger).await.refused(404, "contact_not_found", "id");
        assert_eq!(delete(rep.clone()).await.status, 204);
        delete(rep.clone()).await.refused(404, "contact_not_found", "id");
        assert_eq!(rep.get(&details).await.ok(200)["contacts"], json!([]));
    }

    async fn a_customers_page_tells_visits_tasks_and_owner(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, colleague, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await, firm.sign_in(&app, "manager1").await);
        let mine = visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        app.advance(TimeDelta::minutes(1));
        let theirs = check_in(&app, firm.market());
        let theirs = colleague.post("/visits", &theirs).await.ok(201);
        let task = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_id": firm.rep1.id, "location_id": firm.market().id });
        let task = manager.post("/tasks", &task).await.ok(201);
        let path = format!("/locations/{}", firm.market().id);
        let seen = rep.get(&format!("{path}/details")).await.ok(200);
        let ids = |details: &Value| details["visits"].as_array().unwrap().iter().map(|v| v["id"].clone()).collect::<Vec<_>>();
        assert_eq!((ids(&seen), &seen["tasks"]), (vec![json!(mine)], &json!([task])));
        assert_eq!(seen["last_visit_at"], theirs["checked_in_at"], "when, but not who");
        assert_eq!(ids(&manager.get(&format!("{path}/details")).await.ok(200)), [theirs["id"].clone(), json!(mine)]);
        assert_eq!(colleague.get(&format!("{path}/details")).await.ok(200)["tasks"], json!([]));

        let owner = json!({ "employee_id": firm.rep2.id });
        assert_eq!(put(&manager, &format!("{path}/owner"), &owner).await.status, 204);
        let details = rep.get(&format!("{path}/details")).await.ok(200);
        assert_eq!(details["owner"]["name"], "rep2 of alpha");
        put(&rep, &format!("{path}/owner"), &owner).await.refused(403, "forbidden", "");
        let south = firm.sign_in(&app, "manager2").await;
        put(&south, &format!("{path}/owner"), &owner).await.refused(422, "unknown_employee", "employee_id");
        assert_eq!(put(&manager, &format!("{path}/owner"), &json!({ "employee_id": null })).await.status, 204);
        assert_eq!(rep.get(&format!("{path}/details")).await.ok(200)["owner"], Value::Null);
    }

    async fn statistics_leave_forgotten_check_outs_out(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        for location in &firm.locations[..2] {
            put(&manager, &format!("/locations/{}/owner", location.id), &json!({ "employee_id": firm.rep1.id })).await;
        }
        let body = check_in(&app, firm.market());
        rep.post("/visits", &body).await.ok(201);
        app.advance(TimeDelta::minutes(10));
        let id = body["id"].as_str().unwrap();
        rep.put_photo(id, &crate::support::new_photo()).await.ok(200);
        rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        app.advance(TimeDelta::days(1));
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 1);
        let sums = firm.sign_in(&app, "rep1").await.get("/me/statistics").await.ok(200);
        assert_eq!((&sums["visits"], &sums["verified_share"], &sums["average_duration_s"]), (&json!(2), &json!(1.0), &json!(600)));
        assert_eq!((&sums["customers"], &sums["customers_visited"]), (&json!(2), &json!(1)));
        assert_eq!(sums["days"][28], json!({ "date": "2026-11-21", "visits": 2, "verified": 2 }));
        let other = firm.sign_in(&app, "rep2").await.get("/me/statistics").await.ok(200);
        assert_eq!((&other["visits"], &other["verified_share"]), (&json!(0), &Value::Null));
    }
}
