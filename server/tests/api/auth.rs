//! Signing in as a program, and who may do what.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, Firm, PASSWORD, check_in, png};

/// The addresses anybody may ask, with what they answer to an empty request.
const OPEN: [&str; 7] =
    ["/auth/set-password", "/auth/login", "/auth/refresh", "/setup", "/settings", "/live", "/openapi.json"];

/// Every address `http/mod.rs` routes under `/api/v1`.
fn addresses() -> Vec<String> {
    let source = include_str!("../../src/http/mod.rs");
    let (api, _) = source.split_once(".fallback(unknown)").unwrap();
    let quoted = api.split(".route(").skip(1).map(|route| route.split('"').nth(1).unwrap().to_owned());
    quoted.collect()
}

engines! {
    async fn login_answers_tokens_and_employee(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let credentials = json!({ "email": " Rep1@ALPHA.test ", "password": PASSWORD });
        let mut answer = app.anonymous().post("/auth/login", &credentials).await.ok(200);
        assert_eq!(answer["access_token"].as_str().unwrap().split('.').count(), 3);
        assert!(answer["refresh_token"].as_str().unwrap().len() > 60);
        for (path, hidden) in [("/access_token", "[jwt]"), ("/refresh_token", "[secret]"), ("/employee/id", "[id]")] {
            *answer.pointer_mut(path).unwrap() = hidden.into();
        }
        assert_eq!(answer, json!({
            "access_token": "[jwt]",
            "token_type": "Bearer",
            "expires_in": 900,
            "refresh_token": "[secret]",
            "employee": { "id": "[id]", "name": "rep1 of alpha", "role": "rep" },
        }));
    }

    async fn wrong_passwords_and_unknown_addresses_get_the_same_401(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let mut answers = Vec::new();
        for email in ["rep1@alpha.test", "nobody@alpha.test", "no address", "a\u{0}b@alpha.test"] {
            let body = json!({ "email": email, "password": "not this one" });
            answers.push(app.anonymous().post("/auth/login", &body).await.refused(401, "wrong_credentials", "password"));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }

    async fn a_refresh_token_works_once_and_used_again_ends_the_session(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let anonymous = app.anonymous();
        let body = json!({ "email": "rep1@alpha.test", "password": PASSWORD });
        let first = anonymous.post("/auth/login", &body).await.ok(200);
        let refresh = |tokens: &Value| json!({ "refresh_token": tokens["refresh_token"] });
        let second = anonymous.post("/auth/refresh", &refresh(&first)).await.ok(200);
        assert_eq!(second["employee"]["id"], json!(firm.rep1.id));
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        let client = Client::new(&app.address, second["access_token"].as_str());
        client.get("/me").await.ok(200);

        anonymous.post("/auth/refresh", &refresh(&first)).await.refused(401, "invalid_token", "refresh_token");
        client.get("/me").await.refused(401, "invalid_token", "");
        anonymous.post("/auth/refresh", &refresh(&second)).await.refused(401, "invalid_token", "refresh_token");
    }

    async fn a_new_password_asks_for_the_old_one_and_ends_other_sessions(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (here, elsewhere, other) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await);
        let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
        here.post("/me/password", &change("wrong wrong", "a brand new one")).await.refused(422, "wrong_password", "old_password");
        here.post("/me/password", &change(PASSWORD, "short")).await.refused(422, "invalid", "new_password");
        elsewhere.get("/me").await.ok(200);
        assert_eq!(here.post("/me/password", &change(PASSWORD, "a brand new one")).await.status, 204);
        here.get("/me").await.ok(200);
        elsewhere.get("/me").await.refused(401, "invalid_token", "");
        other.get("/me").await.ok(200);
        let sign_in = |password: &str| json!({ "email": "rep1@alpha.test", "password": password });
        app.anonymous().post("/auth/login", &sign_in(PASSWORD)).await.refused(401, "wrong_credentials", "password");
        app.anonymous().post("/auth/login", &sign_in("a brand new one")).await.ok(200);
    }

    async fn a_session_unused_for_30_days_is_over(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let body = json!({ "email": "rep1@alpha.test", "password": PASSWORD });
        let mut tokens = app.anonymous().post("/auth/login", &body).await.ok(200);
        for (days, status) in [(29, 200), (29, 200), (30, 401)] {
            app.advance(TimeDelta::days(days));
            let refresh = json!({ "refresh_token": tokens["refresh_token"] });
            let answer = app.anonymous().post("/auth/refresh", &refresh).await;
            assert_eq!(answer.status, status, "{}", answer.text());
            tokens = answer.json();
        }
    }

    async fn bad_refresh_tokens_are_refused(app: TestApp) {
        for token in ["", ".", "x.y", "00000000-0000-0000-0000-000000000000.x", "6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f.x"] {
            let answer = app.anonymous().post("/auth/refresh", &json!({ "refresh_token": token })).await;
            answer.refused(401, "invalid_token", "refresh_token");
        }
    }

    async fn an_access_token_is_good_for_15_minutes(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        app.advance(TimeDelta::seconds(899));
        client.get("/me").await.ok(200);
        app.advance(TimeDelta::seconds(1));
        let refused = client.get("/me").await;
        refused.refused(401, "invalid_token", "");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }

    async fn a_token_that_was_tampered_with_is_refused(app: TestApp) {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        Firm::new(&app, "alpha").await;
        let rep = app.sign_in("rep1@alpha.test").await.token.unwrap();
        let admin = app.sign_in("admin@alpha.test").await.token.unwrap();
        let part = |token: &str, at: usize| token.split('.').nth(at).unwrap().to_owned();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let (header, claims, seal) = (part(&rep, 0), part(&rep, 1), part(&rep, 2));
        let foreign = part(&admin, 1);
        for token in [
            format!("{header}.{foreign}.{seal}"),
            format!("{header}.{claims}."),
            format!("{header}.{claims}"),
            format!("{none}.{foreign}."),
            format!("{none}.{foreign}.{seal}"),
            format!("{header}.{claims}.{}", seal.chars().rev().collect::<String>()),
            "x".into(),
        ] {
            Client::new(&app.address, Some(&token)).get("/me").await.refused(401, "invalid_token", "");
        }
        let basic = app.anonymous();
        basic
            .send(basic.request(reqwest::Method::GET, "/me").header("authorization", "Basic eDp5"))
            .await
            .refused(401, "invalid_token", "Authorization");
    }

    async fn every_other_address_needs_somebody(app: TestApp) {
        let addresses = addresses();
        assert!(addresses.len() > 15, "{addresses:?}");
        let client = app.anonymous();
        for address in addresses.iter().filter(|address| !OPEN.contains(&address.as_str())) {
            let path = address.replace("{id}", "6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f");
            let mut refused = 0;
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                // Signing in for a cookie is the one way in.
                if (address.as_str(), method) == ("/auth/session", "POST") {
                    continue;
                }
                let answer = client.send(client.request(method.parse().unwrap(), &path)).await;
                match answer.status {
                    401 => {
                        answer.refused(401, "unauthenticated", "");
                        refused += 1;
                    }
                    405 => {
                        answer.refused(405, "method_not_allowed", "");
                    }
                    other => panic!("{method} {path}: {other} {}", answer.text()),
                }
            }
            assert!(refused > 0, "{path}");
        }
    }

    /// What a role may not do is refused, whatever else is wrong with the request; and no role makes an address fail.
    async fn every_address_knows_every_role(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        firm.analyst(&app).await;
        for who in ["admin", "manager1", "analyst", "rep1"] {
            let client = firm.sign_in(&app, who).await;
            for address in addresses().iter().filter(|address| !OPEN.contains(&address.as_str())) {
                if address == "/auth/session" {
                    continue;
                }
                let path = address.replace("{id}", "6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f").replace("{sha256}", &"0".repeat(64));
                for method in ["GET", "POST", "PUT", "DELETE"] {
                    let method: reqwest::Method = method.parse().unwrap();
                    let reads = method == reqwest::Method::GET;
                    let answer = client.send(client.request(method, &path).json(&json!({}))).await;
                    let text = answer.text();
                    assert!(answer.status < 500 && answer.status != 401, "{who} {}: {} {text}", answer.asked, answer.status);
                    if answer.status == 405 {
                        continue;
                    }
                    let own = address.starts_with("/me/") || ["/dismiss", "/read"].iter().any(|end| address.ends_with(end));
                    if who == "analyst" && !reads && !own {
                        answer.refused(403, "forbidden", "");
                    } else if reads && who == "admin" {
                        let only_reps = ["/plan", "/dashboard"].contains(&address.as_str());
                        assert!(only_reps == (answer.status == 403), "{} {text}", answer.asked);
                    }
                }
            }
        }
    }

    async fn only_reps_visit_and_only_managers_import(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = check_in(&app, firm.market());
        rep.post("/visits", &visit).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        for who in ["manager1", "admin"] {
            let other = firm.sign_in(&app, who).await;
            other.post("/visits", &check_in(&app, firm.market())).await.refused(403, "forbidden", "");
            other.put_photo(id, &png(2, 2)).await.refused(404, "visit_not_found", "id");
            let out = json!({ "outcome": "ordered" });
            other.post(&format!("/visits/{id}/check-out"), &out).await.refused(404, "visit_not_found", "id");
            other.post_raw("/imports/locations", "name,lat,lng\nx,1,2\n").await.ok(200);
        }
        rep.post_raw("/imports/locations", "name,lat,lng\ny,1,2\n").await.refused(403, "forbidden", "");
    }

    async fn the_api_describes_every_address(app: TestApp) {
        let described = app.anonymous().get("/openapi.json").await.ok(200);
        for address in addresses() {
            let there = described["paths"].get(format!("/api/v1{address}")).or(described["paths"].get(&address));
            assert!(there.is_some(), "{address} is missing from openapi.json");
        }
    }
}
