//! What cannot be is answered 4xx with the field named, and nothing changes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Client, Firm, TestApp, check_in, problem};

/// Everything a rep and a manager can read.
async fn all_there_is(app: &TestApp, firm: &Firm) -> Vec<Value> {
    let admin = firm.sign_in(app, "admin").await;
    let mut everything = Vec::new();
    for path in ["/visits", "/board", "/board/pins", "/locations?limit=200"] {
        everything.push(admin.get(path).await.ok(200));
    }
    everything
}

fn with(body: &Value, pointer: &str, value: &str) -> String {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = "\u{1}".into();
    body.to_string().replace(r#""\u0001""#, value)
}

fn without(body: &Value, parent: &str, field: &str) -> String {
    let mut body = body.clone();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field);
    body.to_string()
}

async fn refused(client: &Client, path: &str, body: String, status: u16, name: &str, field: &str) {
    let shown: String = body.chars().take(200).collect();
    let answer = client.post_raw(path, body).await;
    let (got, problem) = problem(&answer);
    assert_eq!((answer.status, got.as_str()), (status, name), "{path} {shown}: {}", answer.text());
    assert_eq!(problem["errors"][0]["field"], field, "{path} {shown}: {}", answer.text());
}

engines! {
    async fn a_bad_check_in_names_its_field(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let before = all_there_is(&app, &firm).await;
        let good = check_in(&app, firm.market());
        let id = good["id"].as_str().unwrap();
        for (pointer, field, values) in [
            ("/fix/lat", "fix.lat", &["91", "-90.0001", "\"NaN\"", "null", "true", "[]", "{}", "1e999", "-1e999"][..]),
            ("/fix/lng", "fix.lng", &["181", "-180.5", "\"100\""]),
            ("/fix/accuracy_m", "fix.accuracy_m", &["-1", "20037509", "null"]),
            ("/fix/taken_at", "fix.taken_at", &["\"yesterday\"", "0", "\"1999-12-31T23:59:59Z\"", "\"9999-12-31T23:59:59Z\"", "\"\""]),
            ("/fix", "fix", &["1", "\"here\"", "[13,100]"]),
            ("/id", "id", &["\"\"", "\"x\"", "1", "null", "\"00000000-0000-0000-0000-000000000000\""]),
            ("/location_id", "location_id", &["\"x\"", "null"]),
            ("/purpose", "purpose", &["\"steal\"", "\"\"", "0", "null", "\"Offer\""]),
        ] {
            for value in values {
                refused(&rep, "/visits", with(&good, pointer, value), 422, "invalid", field).await;
            }
        }
        let unknown = format!("\"{}\"", firm.rep1.id);
        refused(&rep, "/visits", with(&good, "/location_id", &unknown), 422, "unknown_location", "location_id").await;
        for (parent, fields) in [("", &["id", "location_id", "purpose", "fix"][..]), ("/fix", &["lat", "lng", "accuracy_m", "taken_at"])] {
            for field in fields {
                let path = if parent.is_empty() { (*field).to_owned() } else { format!("fix.{field}") };
                refused(&rep, "/visits", without(&good, parent, field), 422, "invalid", &path).await;
            }
        }
        for (pointer, value, field) in [
            ("/fix/lat", "NaN", "fix.lat"), ("/fix/lat", "Infinity", "fix.lat"), ("/fix/lat", "0x10", "fix"),
            ("/fix/lat", "+1", "fix.lat"), ("/fix/lat", "01", "fix.lat"), ("/purpose", "offer", "purpose"),
        ] {
            refused(&rep, "/visits", with(&good, pointer, value), 400, "malformed_json", field).await;
        }
        let text = good.to_string();
        for body in ["", " ", "not json", "<xml/>", "{", "\u{0}"] {
            refused(&rep, "/visits", body.into(), 400, "malformed_json", "body").await;
        }
        refused(&rep, "/visits", "{\"id\":}".into(), 400, "malformed_json", "id").await;
        for body in ["null", "[]", "1", "\"x\"", "true"] {
            let answer = rep.post_raw("/visits", body).await;
            let (name, _) = problem(&answer);
            assert_eq!((answer.status, name.as_str()), (422, "invalid"), "{body}: {}", answer.text());
        }
        for tail in ["}", "{}", "x", ",", " 1", "\u{0}"] {
            refused(&rep, "/visits", format!("{text}{tail}"), 400, "malformed_json", "body").await;
        }
        let twice = text.replacen('{', &format!("{{\"id\":\"{id}\","), 1);
        let answer = rep.post_raw("/visits", twice).await;
        assert_eq!((answer.status, problem(&answer).0.as_str()), (422, "invalid"), "{}", answer.text());
        for deep in ["[".repeat(100_000), format!("{{\"fix\":{}", "{\"lat\":".repeat(10_000)), format!("{{\"x\":{}", "[".repeat(100_000))] {
            let answer = rep.post_raw("/visits", deep).await;
            let (name, _) = problem(&answer);
            assert!([400, 422].contains(&answer.status), "{} {name}", answer.status);
        }
        let huge = rep.post_raw("/visits", " ".repeat(3 * 1024 * 1024)).await;
        huge.refused(413, "too_large", "body");
        let broken = rep.post_raw("/visits", b"{\"id\":\"\xff\xfe\"}".to_vec()).await;
        assert!([400, 422].contains(&broken.status), "{}", broken.text());
        problem(&broken);

        assert_eq!(all_there_is(&app, &firm).await, before);
        rep.post("/visits", &good).await.ok(201);
    }

    async fn a_bad_check_out_names_its_field(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let path = format!("/visits/{}/check-out", visit["id"].as_str().unwrap());
        let before = all_there_is(&app, &firm).await;
        let good = json!({ "outcome": "ordered", "notes": "x" });
        for (pointer, field, value) in [
            ("/outcome", "outcome", json!("sold").to_string()),
            ("/outcome", "outcome", "null".into()),
            ("/notes", "notes", "5".into()),
            ("/notes", "notes", "\"a\\u0000b\"".into()),
            ("/notes", "notes", json!("ก".repeat(4001)).to_string()),
        ] {
            refused(&rep, &path, with(&good, pointer, &value), 422, "invalid", field).await;
        }
        refused(&rep, &path, without(&good, "", "outcome"), 422, "invalid", "outcome").await;
        refused(&rep, &path, with(&good, "/notes", "\"\\ud800\""), 422, "invalid", "notes").await;
        assert_eq!(all_there_is(&app, &firm).await, before);
        rep.put_photo(visit["id"].as_str().unwrap(), &crate::support::png(2, 2)).await.ok(200);
        let longest = json!({ "outcome": "ordered", "notes": "ก".repeat(4000) });
        assert_eq!(rep.post(&path, &longest).await.ok(200)["notes"], longest["notes"]);
    }

    async fn a_bad_query_names_its_value(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let cursor = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let id = firm.rep1.id;
        let long = "ก".repeat(201);
        let zero_name = cursor(&format!(r#"["a\u0000b","{id}"]"#));
        let by_name = cursor(&format!(r#"["a","{id}"]"#));
        let not_a_number = cursor(&format!(r#"[{},"{id}"]"#, f64::NAN.to_bits()));
        let far_future = cursor(&format!(r#"[99999999999999999,"{id}"]"#));
        let far_past = cursor(&format!(r#"[-99999999999999999,"{id}"]"#));
        let long_ago = cursor(&format!(r#"[0,"-9999-01-01","{id}"]"#));
        for (path, query, field) in [
            ("/locations", vec![("near", "13.7")], "near"),
            ("/locations", vec![("near", "13.7,")], "near"),
            ("/locations", vec![("near", "91,100")], "near"),
            ("/locations", vec![("near", "NaN,100")], "near"),
            ("/locations", vec![("near", "1,inf")], "near"),
            ("/locations", vec![("near", "1,2,3")], "near"),
            ("/locations", vec![("near", "1,2"), ("near", "1,2")], "near"),
            ("/locations", vec![("radius_m", "100")], "radius_m"),
            ("/locations", vec![("near", "1,2"), ("radius_m", "-1")], "radius_m"),
            ("/locations", vec![("near", "1,2"), ("radius_m", "NaN")], "radius_m"),
            ("/locations", vec![("near", "1,2"), ("radius_m", "1e999")], "radius_m"),
            ("/locations", vec![("near", "1,2"), ("radius_m", "far")], "radius_m"),
            ("/locations", vec![("q", "\u{0}")], "q"),
            ("/locations", vec![("q", &long)], "q"),
            ("/locations", vec![("limit", "0")], "limit"),
            ("/locations", vec![("limit", "201")], "limit"),
            ("/locations", vec![("limit", "-1")], "limit"),
            ("/locations", vec![("limit", "99999999999999999999")], "limit"),
            ("/locations", vec![("cursor", "x")], "cursor"),
            ("/locations", vec![("cursor", "\u{0}")], "cursor"),
            ("/locations", vec![("cursor", &zero_name)], "cursor"),
            ("/locations", vec![("near", "1,2"), ("cursor", &by_name)], "cursor"),
            ("/locations", vec![("near", "1,2"), ("cursor", &not_a_number)], "cursor"),
            ("/visits", vec![("date", "2026-02-30")], "date"),
            ("/visits", vec![("date", "today")], "date"),
            ("/visits", vec![("date", "0001-01-01")], "date"),
            ("/visits", vec![("date", "+99999-01-01")], "date"),
            ("/visits", vec![("employee_id", "me")], "employee_id"),
            ("/visits", vec![("open", "yes")], "open"),
            ("/visits", vec![("limit", "501")], "limit"),
            ("/visits", vec![("cursor", "x")], "cursor"),
            ("/visits", vec![("cursor", &by_name)], "cursor"),
            ("/visits", vec![("cursor", &far_future)], "cursor"),
            ("/visits", vec![("cursor", &far_past)], "cursor"),
            ("/tasks", vec![("cursor", "x")], "cursor"),
            ("/tasks", vec![("cursor", &long_ago)], "cursor"),
            ("/tasks", vec![("state", "closed"), ("cursor", &by_name)], "cursor"),
            ("/tasks", vec![("state", "closed"), ("cursor", &far_future)], "cursor"),
            ("/board", vec![("date", "x")], "date"),
            ("/board/pins", vec![("date", "x")], "date"),
        ] {
            rep.find(path, &query).await.refused(422, "invalid", field);
        }
        assert_eq!(rep.get("/visits?date=%FF%FE").await.status, 422);
        assert!(rep.get("/locations?q=%FF&unknown=1").await.status < 500);
    }

    async fn unknown_addresses_and_wrong_methods_say_so(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = firm.market().id;
        for path in ["/nothing", "/visits/", "/visits/x/y", "/board/x", "", "/../v2/visits"] {
            rep.get(path).await.refused(404, "unknown_address", "");
        }
        for path in ["/visits/x", "/visits/%FF", "/visits/00000000-0000-0000-0000-000000000000", "/locations/1", "/visits/%00/photo"] {
            rep.get(path).await.refused(404, "unknown_address", "id");
        }
        rep.get(&format!("/visits/{id}")).await.refused(404, "visit_not_found", "id");
        rep.get(&format!("/visits/{id}/photo")).await.refused(404, "visit_not_found", "id");
        rep.get(&format!("/visits/{id}/thumbnail")).await.refused(404, "visit_not_found", "id");
        rep.get(&format!("/locations/{}", firm.rep1.id)).await.refused(404, "location_not_found", "id");
        for (method, path) in [("DELETE", "/visits"), ("PUT", "/board"), ("POST", "/me"), ("GET", "/auth/login"), ("PATCH", "/locations")] {
            rep.send(rep.request(method.parse::<Method>().unwrap(), path)).await.refused(405, "method_not_allowed", "");
        }
        rep.get("/live").await.refused(426, "upgrade_required", "");
    }
}
