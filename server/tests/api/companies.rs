//! Companies, the places they have, how far business with a place is, and where in Thailand it lies.

use chrono::TimeDelta;
use ekenko_domain::event::Kind;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, Watcher, check_in};

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.send(client.request(Method::PUT, path).json(body)).await
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// What is kept of a place, as `PUT` takes it.
fn edit(location: &Value) -> Value {
    let mut edit = location.clone();
    edit["company_id"] = location["company"]["id"].clone();
    edit
}

engines! {
    async fn a_company_is_added_changed_and_found(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        let body = json!({
            "id": Uuid::new_v4(), "name": "ริมคลอง", "legal_name": "บริษัท ริมคลอง จำกัด", "tax_id": "0-99-4-000-61772-1",
            "grade": "d", "credit_days": 30, "credit_limit": 5_000_000,
        });
        let added = manager.post("/companies", &body).await.ok(201);
        assert_eq!(manager.post("/companies", &body).await.ok(200), added);
        assert_eq!((&added["tax_id"], &added["grade"]), (&json!("0994000617721"), &json!("d")));
        assert_eq!((&added["credit_days"], &added["credit_limit"]), (&json!(30), &json!(5_000_000)));
        let event = watcher.event().await;
        assert_eq!((event.kind, &event.data), (Kind::CompanyChanged, &added));
        let id = added["id"].as_str().unwrap().to_owned();
        let path = format!("/companies/{id}");

        let mut shop = json!({ "id": Uuid::new_v4(), "name": "สาขาแรก", "lat": 13.75, "lng": 100.5, "company_id": id });
        rep.post("/locations", &shop).await.ok(201);
        shop["id"] = json!(Uuid::new_v4());
        shop["name"] = json!("สาขาสอง");
        rep.post("/locations", &shop).await.ok(201);
        let seen = rep.get(&path).await.ok(200);
        assert_eq!((names(seen["locations"].as_array().unwrap()), &seen["location_count"]), (vec!["สาขาสอง", "สาขาแรก"], &json!(2)));
        assert_eq!((&seen["name"], &seen["locations"][0]["grade"]), (&json!("ริมคลอง"), &json!("d")));

        // Renamed: its places are found by the new name and no more by the old one.
        let renamed = put(&manager, &path, &json!({ "name": "ท่าน้ำ", "grade": "a" })).await.ok(200);
        assert_eq!((&renamed["legal_name"], &renamed["tax_id"], &renamed["credit_days"]), (&json!(""), &Value::Null, &Value::Null));
        assert_eq!(rep.all("/locations", &[("q", "ท่าน้ำ")], 5).await.len(), 2);
        assert_eq!(rep.all("/locations", &[("q", "ริมคลอง")], 5).await.len(), 0);
        assert_eq!(rep.all("/locations", &[("company", &id)], 1).await.len(), 2);
        put(&manager, &path, &body).await.ok(200);
        for q in ["ริมคลอง", "บริษัท ริม", "0994000617721"] {
            assert_eq!(names(&rep.all("/companies", &[("q", q)], 5).await), ["ริมคลอง"], "{q}");
        }
        assert_eq!(names(&rep.all("/companies", &[], 1).await), ["Market Co", "ทอง_ทวี", "ริมคลอง", "ร้านเจ๊หมวย"]);

        // Not for reps, and not for others.
        rep.post("/companies", &json!({ "id": Uuid::new_v4(), "name": "x" })).await.refused(403, "forbidden", "");
        put(&rep, &path, &body).await.refused(403, "forbidden", "");
        let stranger = other.sign_in(&app, "admin").await;
        stranger.get(&path).await.refused(404, "company_not_found", "id");
        put(&stranger, &path, &body).await.refused(404, "company_not_found", "id");
        assert_eq!(stranger.all("/companies", &[("q", "ริมคลอง")], 5).await.len(), 0);
        for (field, value) in [
            ("name", json!("")), ("tax_id", json!("0994000617723")), ("grade", json!("e")), ("credit_days", json!(366)),
            ("credit_limit", json!(-1)),
        ] {
            let mut bad = body.clone();
            bad[field] = value;
            manager.post("/companies", &bad).await.refused(422, "invalid", field);
            put(&manager, &path, &bad).await.refused(422, "invalid", field);
        }
        let mut another = body.clone();
        another["name"] = json!("another");
        manager.post("/companies", &another).await.refused(409, "id_conflict", "id");
    }

    async fn a_moved_pin_rewrites_no_verdict(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (manager, rep) = (firm.sign_in(&app, "manager2").await, firm.sign_in(&app, "rep1").await);
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        assert_eq!(visit["verdict"], "verified");
        let path = format!("/locations/{}", firm.market().id);
        let mut moved = edit(&rep.get(&path).await.ok(200));
        moved["lat"] = json!(13.9);
        moved["radius_m"] = json!(300);
        moved["name"] = json!("ตลาดใหม่");
        moved["subdistrict"] = json!("สีลม");
        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        let kept = put(&manager, &path, &moved).await.ok(200);
        assert_eq!((&kept["lat"], &kept["radius_m"], &kept["subdistrict"]), (&json!(13.9), &json!(300.0), &json!("สีลม")));
        let event = watcher.event().await;
        assert_eq!((event.kind, &event.data), (Kind::CustomerChanged, &json!({ "location_id": firm.market().id })));
        assert_eq!(rep.get(&path).await.ok(200), kept);
        let seen = rep.get(&format!("/visits/{}", visit["id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&seen["verdict"], &seen["evidence"], &seen["distance_m"]), (&visit["verdict"], &visit["evidence"], &visit["distance_m"]));
        assert_eq!(seen["location"]["name"], "ตลาดใหม่");
        // It is found where it is now, by what it is called now.
        assert_eq!(names(&rep.all("/locations", &[("near", "13.9,100.5018"), ("radius_m", "50")], 5).await), ["ตลาดใหม่"]);
        assert_eq!(rep.all("/locations", &[("q", "สีลม")], 5).await.len(), 1);
        assert_eq!(rep.all("/locations", &[("q", "central")], 5).await.len(), 0);
        let log = firm.sign_in(&app, "admin").await.get("/activities?limit=1").await.ok(200);
        assert_eq!((&log["items"][0]["before"]["name"], &log["items"][0]["after"]["name"]), (&json!("Central Market"), &json!("ตลาดใหม่")), "{log}");

        put(&rep, &path, &moved).await.refused(403, "forbidden", "");
        put(&other.sign_in(&app, "admin").await, &path, &moved).await.refused(404, "location_not_found", "location_id");
        for (field, value, name) in [
            ("name", json!(" "), "invalid"), ("lat", json!(91), "invalid"), ("radius_m", json!(5), "invalid"), ("phone", json!("call me"), "invalid"),
            ("company_id", json!(other.market().company.id), "unknown_company"),
        ] {
            let mut bad = moved.clone();
            bad[field] = value;
            put(&manager, &path, &bad).await.refused(422, name, field);
        }
    }

    async fn a_status_has_a_history_with_reasons(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let path = format!("/locations/{}", firm.market().id);
        put(&manager, &format!("{path}/owner"), &json!({ "employee_id": firm.rep1.id })).await;
        assert_eq!(rep.get(&path).await.ok(200)["status"], "active");
        let close = json!({ "status": "inactive", "reason": "ปิดกิจการ" });
        let closed = put(&manager, &format!("{path}/status"), &close).await.ok(200);
        assert_eq!(closed["status"], "inactive");
        // What it is already is left as it is.
        put(&manager, &format!("{path}/status"), &close).await.ok(200);
        app.advance(TimeDelta::minutes(1));
        put(&manager, &format!("{path}/status"), &json!({ "status": "lead", "reason": "new owner" })).await.ok(200);
        let history = rep.get(&format!("{path}/statuses")).await.ok(200);
        let told: Vec<_> = history["statuses"].as_array().unwrap().iter().map(|s| (s["from"].clone(), s["to"].clone(), s["reason"].clone())).collect();
        assert_eq!(told, [(json!("inactive"), json!("lead"), json!("new owner")), (json!("active"), json!("inactive"), json!("ปิดกิจการ"))]);
        assert_eq!(history["statuses"][0]["by"]["name"], "manager1 of alpha");

        put(&manager, &format!("{path}/status"), &json!({ "status": "lead" })).await.refused(422, "invalid", "reason");
        put(&manager, &format!("{path}/status"), &json!({ "status": "lead", "reason": " " })).await.refused(422, "invalid", "reason");
        put(&manager, &format!("{path}/status"), &json!({ "status": "gone", "reason": "x" })).await.refused(422, "invalid", "status");
        put(&rep, &format!("{path}/status"), &close).await.refused(403, "forbidden", "");
        let stranger = other.sign_in(&app, "admin").await;
        put(&stranger, &format!("{path}/status"), &close).await.refused(404, "location_not_found", "location_id");
        stranger.get(&format!("{path}/statuses")).await.refused(404, "location_not_found", "location_id");

        // Inactive: not offered nearby nor planned, still in the list, and a visit there is a fact.
        let mine = || async { rep.get("/me/statistics").await.ok(200)["customers"].clone() };
        assert_eq!(mine().await, 1);
        put(&manager, &format!("{path}/status"), &close).await.ok(200);
        assert_eq!(mine().await, 0);
        let near = [("near", "13.7563,100.5018")];
        assert_eq!(names(&rep.all("/locations", &near, 1).await), ["ร้านเจ๊หมวย", "ห้างทอง 100%"]);
        let asked = [near[0], ("status", "inactive")];
        assert_eq!(names(&rep.all("/locations", &asked, 1).await), ["Central Market"]);
        assert_eq!(rep.all("/locations", &[], 2).await.len(), 3);
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
    }

    async fn a_list_is_narrowed_by_what_customers_are(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (manager, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let [market, muay, thong] = [0, 1, 2].map(|n: usize| format!("/locations/{}", firm.locations[n].id));
        put(&manager, &format!("{market}/owner"), &json!({ "employee_id": firm.rep1.id })).await;
        put(&manager, &format!("{muay}/owner"), &json!({ "employee_id": firm.rep2.id })).await;
        put(&manager, &format!("{thong}/status"), &json!({ "status": "lead", "reason": "x" })).await.ok(200);
        for (path, province) in [(&market, "กรุงเทพมหานคร"), (&muay, "เชียงใหม่")] {
            let mut edited = edit(&rep.get(path).await.ok(200));
            edited["province"] = json!(province);
            put(&manager, path, &edited).await.ok(200);
        }
        put(&manager, &format!("/companies/{}", firm.market().company.id), &json!({ "name": "Market Co", "grade": "d" })).await.ok(200);
        assert_eq!(rep.get("/locations/provinces").await.ok(200)["provinces"], json!(["กรุงเทพมหานคร", "เชียงใหม่"]));
        let rep1 = firm.rep1.id.to_string();
        let (north, south) = (firm.north.id.to_string(), firm.south.id.to_string());
        for (filter, expected) in [
            (vec![("owner", rep1.as_str())], vec!["Central Market"]),
            (vec![("status", "lead")], vec!["ห้างทอง 100%"]),
            (vec![("status", "active"), ("province", "เชียงใหม่")], vec!["ร้านเจ๊หมวย"]),
            (vec![("province", "เชียง")], vec![]),
            (vec![("grade", "d")], vec!["Central Market"]),
            (vec![("team", &north)], vec!["Central Market", "ร้านเจ๊หมวย"]),
            (vec![("team", &south)], vec![]),
            (vec![("team", &north), ("owner", &rep1), ("status", "active"), ("grade", "d"), ("province", "กรุงเทพมหานคร")], vec!["Central Market"]),
        ] {
            assert_eq!(names(&rep.all("/locations", &filter, 1).await), expected, "{filter:?}");
            // The same among those that hold a text, and around a point.
            for more in [("q", "a"), ("q", "100"), ("q", "หมวย"), ("q", "%"), ("near", "13.7563,100.5018")] {
                let mut asked = filter.clone();
                asked.push(more);
                let all = rep.all("/locations", &[more], 5).await;
                let mut found = rep.all("/locations", &asked, 1).await;
                found.sort_by_key(|item| item["name"].as_str().unwrap().to_owned());
                let held: Vec<_> = expected.iter().filter(|name| names(&all).contains(name)).copied().collect();
                assert_eq!(names(&found), held, "{asked:?}");
            }
        }
        for (field, value) in [("status", "gone"), ("owner", "x"), ("team", "x"), ("company", "x"), ("grade", "e"), ("province", "a\u{0}b")] {
            rep.find("/locations", &[(field, value)]).await.refused(422, "invalid", field);
        }
    }

    async fn addresses_are_found_in_both_languages(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        for q in ["สุเทพ เมืองเชียงใหม่", "ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่", "Suthep Chiang Mai", "สุเทพ 50200"] {
            let found = rep.find("/addresses", &[("q", q), ("limit", "3")]).await.ok(200);
            let first = json!({
                "subdistrict": "สุเทพ", "district": "เมืองเชียงใหม่", "province": "เชียงใหม่", "postcode": "50200",
                "subdistrict_en": "Suthep", "district_en": "Mueang Chiang Mai", "province_en": "Chiang Mai",
            });
            assert_eq!(found["items"][0], first, "{q}");
        }
        assert_eq!(rep.get("/addresses").await.ok(200)["items"], json!([]));
        assert_eq!(rep.find("/addresses", &[("q", "กรุงเทพ"), ("limit", "4")]).await.ok(200)["items"].as_array().unwrap().len(), 4);
        app.anonymous().get("/addresses?q=x").await.refused(401, "unauthenticated", "");
    }
}
