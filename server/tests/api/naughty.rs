//! Texts and bodies made to break programs: never 5xx, and what is taken comes back byte for byte.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Client, Firm, files_below, png, problem, shared};

fn strings() -> Option<Vec<String>> {
    let text = std::fs::read_to_string(shared("strings/blns.json")?).unwrap();
    let mut strings: Vec<String> = serde_json::from_str(&text).unwrap();
    strings.extend([
        "a\u{0}b".into(),
        "\u{feff}x".into(),
        "\u{202e}abc".into(),
        "\u{fffe}".into(),
        "x\u{301}".repeat(90),
    ]);
    Some(strings)
}

/// A quoted cell.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

async fn is_found(client: &Client, name: &str) -> bool {
    if name.chars().count() > 200 {
        return true;
    }
    client.all("/locations", &[("q", name)], 200).await.iter().any(|item| item["name"] == name)
}

engines! {
    async fn notes_come_back_byte_for_byte(app: TestApp) {
        let Some(strings) = strings() else { return };
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let mut refused = Vec::new();
        let mut open: Option<String> = None;
        for text in &strings {
            let id = match open.take() {
                Some(id) => id,
                None => {
                    let body = crate::support::check_in(&app, firm.market());
                    rep.post("/visits", &body).await.ok(201);
                    let id = body["id"].as_str().unwrap().to_owned();
                    rep.put_photo(&id, &png(2, 2)).await.ok(200);
                    id
                }
            };
            let out = json!({ "outcome": "other", "notes": text });
            let answer = rep.post(&format!("/visits/{id}/check-out"), &out).await;
            if answer.status == 200 {
                assert_eq!(answer.json()["notes"], *text);
                assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200)["notes"], *text);
            } else {
                answer.refused(422, "invalid", "notes");
                refused.push(text);
                open = Some(id);
            }
        }
        assert_eq!(refused, [&"a\u{0}b".to_owned()], "only the zero character is refused");
    }

    async fn names_come_back_as_imported_and_are_found_by_themselves(app: TestApp) {
        let Some(strings) = strings() else { return };
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let mut csv = "name,company,address,lat,lng\n".to_owned();
        for (n, text) in strings.iter().enumerate() {
            let text = cell(text);
            csv += &format!("{text},{text},{text},{},{}\n", f64::from(n as u32) / 100.0, 100);
        }
        let report = manager.post_raw("/imports/locations", csv).await.ok(200);
        let bad = report["bad_rows"].as_array().unwrap();
        assert_eq!(report["imported"].as_u64().unwrap() as usize + bad.len(), strings.len());
        assert!(bad.len() < strings.len() / 10, "{bad:?}");
        let there: BTreeMap<i64, Value> = manager
            .all("/locations", &[], 200)
            .await
            .into_iter()
            .filter(|item| item["lng"] == 100.0)
            .map(|item| ((item["lat"].as_f64().unwrap() * 100.0).round() as i64, item))
            .collect();
        assert_eq!(there.len(), strings.len() - bad.len());
        for (n, item) in &there {
            // A cell's surrounding blanks are not part of it.
            let text = strings[*n as usize].trim();
            assert_eq!((&item["name"], &item["company"]["name"], &item["address"]), (&json!(text), &json!(text), &json!(text)));
            assert!(is_found(&manager, text).await, "{text:?}");
        }
    }

    async fn searches_never_fail(app: TestApp) {
        let Some(strings) = strings() else { return };
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        for text in &strings {
            for name in ["q", "near", "cursor", "radius_m", "limit"] {
                let answer = rep.find("/locations", &[(name, text)]).await;
                assert!(answer.status < 500, "{name}={text:?}: {}", answer.text());
                if answer.status != 200 {
                    problem(&answer);
                }
            }
            for name in ["date", "employee_id", "open", "cursor"] {
                let answer = rep.find("/visits", &[(name, text)]).await;
                assert!(answer.status < 500, "{name}={text:?}: {}", answer.text());
            }
            let body = json!({ "email": text, "password": text });
            // Hashing is slow on purpose, so only a few passwords are tried.
            if text.len() % 16 == 0 {
                assert_eq!(app.anonymous().post("/auth/login", &body).await.status, 401);
            }
        }
    }

    async fn a_body_is_an_object_and_names_its_fields(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let out = format!("/visits/{}/check-out", firm.market().id);
        for body in ["[\"order_taken\"]", " [\"order_taken\"]", "null", "\"order_taken\""] {
            let answer = rep.post_raw(&out, body).await;
            assert_eq!(answer.status, 422, "{body}: {}", answer.text());
            assert_eq!(problem(&answer).1["errors"][0]["field"], "body", "{body}");
        }
    }

    async fn bodies_of_the_json_test_suite_are_refused(app: TestApp) {
        let Some(folder) = shared("strings/JSONTestSuite") else { return };
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let files: Vec<_> = files_below(&folder).into_iter().filter(|f| f.extension().is_some_and(|e| e == "json")).collect();
        assert!(files.len() > 300, "{}", files.len());
        let out = format!("/visits/{}/check-out", firm.market().id);
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            for path in ["/visits", "/auth/login", out.as_str()] {
                let answer = rep.post_raw(path, bytes.clone()).await;
                let (name, _) = problem(&answer);
                assert!([400, 422].contains(&answer.status), "{path} {}: {}", file.display(), answer.text());
                if file.file_name().unwrap().to_str().unwrap().starts_with("n_") {
                    assert!(["malformed_json", "invalid"].contains(&name.as_str()), "{}: {name}", file.display());
                }
            }
        }
    }
}
