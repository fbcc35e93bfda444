//! What goes over the wire, to the letter. Ids are replaced; the clock stands still.

use serde_json::{Value, json};

use crate::support::{Firm, NOW, Watcher, png};

/// The value with every id replaced, also inside keys and texts.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => hide(text).into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (hide(name), plain(value))).collect(),
        other => other.clone(),
    }
}

fn hide(text: &str) -> String {
    let (before, id) = text.split_at(text.len().saturating_sub(36));
    match uuid::Uuid::parse_str(id) {
        Ok(_) => format!("{before}[id]"),
        Err(_) => text.to_owned(),
    }
}

macro_rules! assert_wire {
    ($value:expr, @$expected:literal) => {
        let value = plain(&$value);
        insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(value, @$expected) });
    };
}

engines! {
    async fn a_visit(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let body = json!({
            "id": "0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11", "location_id": firm.market().id, "purpose": "offer",
            "fix": { "lat": 13.7563, "lng": 100.5018, "accuracy_m": 12.5, "taken_at": NOW },
        });
        rep.post("/visits", &body).await.ok(201);
        let path = "/visits/0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11";
        rep.put_photo("0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11", &png(4, 3)).await.ok(200);
        app.advance(chrono::TimeDelta::seconds(90));
        let mut visit = rep.post(&format!("{path}/check-out"), &json!({ "outcome": "ordered", "notes": "3 boxes" })).await.ok(200);
        visit["photo"]["sha256"] = "[sha256]".into();
        visit["photos"][0]["sha256"] = "[sha256]".into();
        assert_wire!(visit, @r#"
        {
          "business_date": "2026-11-21",
          "checked_in_at": "2026-11-21T03:00:00.123456Z",
          "checked_out_at": "2026-11-21T03:01:30.123456Z",
          "distance_m": 0.0,
          "duration_s": 90,
          "employee": {
            "id": "[id]",
            "name": "rep1 of alpha"
          },
          "estimated": false,
          "evidence": {
            "clock_offset_s": null,
            "device_at": null,
            "distance_m": 0.0,
            "fix": {
              "accuracy_m": 12.5,
              "lat": 13.7563,
              "lng": 100.5018,
              "taken_at": "2026-11-21T03:00:00.123456Z"
            },
            "fix_age_s": 0.0,
            "offline": false,
            "photo": {
              "age_s": null,
              "distance_m": null,
              "same_as": null,
              "similar_to": null
            },
            "pin": {
              "lat": 13.7563,
              "lng": 100.5018
            },
            "radius_m": 150.0,
            "received_at": "2026-11-21T03:00:00.123456Z",
            "speed_mps": null
          },
          "id": "[id]",
          "location": {
            "address": "1 Main Road",
            "company": {
              "id": "[id]",
              "name": "Market Co"
            },
            "district": "",
            "grade": null,
            "id": "[id]",
            "lat": 13.7563,
            "lng": 100.5018,
            "name": "Central Market",
            "phone": "",
            "postcode": "",
            "province": "",
            "radius_m": 150.0,
            "status": "active",
            "subdistrict": ""
          },
          "notes": "3 boxes",
          "outcome": "ordered",
          "photo": {
            "height": 3,
            "sha256": "[sha256]",
            "width": 4
          },
          "photos": [
            {
              "height": 3,
              "sha256": "[sha256]",
              "width": 4
            }
          ],
          "purpose": "offer",
          "reasons": [],
          "review": null,
          "team": {
            "id": "[id]",
            "name": "North"
          },
          "verdict": "verified"
        }
        "#);
    }

    async fn a_location(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        assert_wire!(rep.get("/locations?near=13.7563,100.5018&limit=1&q=central").await.ok(200), @r#"
        {
          "items": [
            {
              "address": "1 Main Road",
              "company": {
                "id": "[id]",
                "name": "Market Co"
              },
              "distance_m": 0.0,
              "district": "",
              "grade": null,
              "id": "[id]",
              "lat": 13.7563,
              "lng": 100.5018,
              "name": "Central Market",
              "phone": "",
              "postcode": "",
              "province": "",
              "radius_m": 150.0,
              "status": "active",
              "subdistrict": ""
            }
          ],
          "next": null
        }
        "#);
    }

    async fn a_problem(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let body = json!({
            "id": "0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11", "location_id": firm.market().id, "purpose": "offer",
            "fix": { "lat": 91, "lng": 100.5018, "accuracy_m": 12.5, "taken_at": NOW },
        });
        assert_wire!(rep.post("/visits", &body).await.json(), @r#"
        {
          "detail": "fix.lat: latitude must be between -90 and 90 degrees, not 91",
          "errors": [
            {
              "field": "fix.lat",
              "message": "latitude must be between -90 and 90 degrees, not 91"
            }
          ],
          "status": 422,
          "title": "Invalid",
          "type": "/problems/invalid"
        }
        "#);
    }

    async fn a_welcome_and_an_event(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, manager) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "manager1").await);
        let (mut watcher, welcome) = Watcher::hello(&app, &manager, json!({})).await;
        assert_wire!(json!({ "welcome": welcome }), @r#"
        {
          "welcome": {
            "server_time": "2026-11-21T03:00:00.123456Z",
            "session": "[id]",
            "streams": {
              "employee:[id]": 0,
              "org:[id]": 1,
              "team:[id]": 0
            }
          }
        }
        "#);
        let body = json!({
            "id": "0b1e3c58-4e6a-4a57-9d2f-0d4c2f3c9d11", "location_id": firm.market().id, "purpose": "offer", "fix": null,
        });
        rep.post("/visits", &body).await.ok(201);
        let mut event: Value = serde_json::from_str(&watcher.text().await).unwrap();
        event["event"]["data"] = "[the visit]".into();
        assert_wire!(event, @r#"
        {
          "event": {
            "at": "2026-11-21T03:00:00.123456Z",
            "data": "[the visit]",
            "id": "[id]",
            "kind": "visit.checked_in",
            "offset": 1,
            "stream": "team:[id]"
          }
        }
        "#);
    }
}
