//! Signing in as a browser, and the first admin.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, PASSWORD, TestApp, Watcher, check_in, within};

struct Browser {
    client: Client,
    cookie: String,
    origin: String,
}

impl Browser {
    async fn sign_in(app: &TestApp, email: &str) -> Self {
        let client = app.anonymous();
        let answer = client.post("/auth/session", &json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.ok(200)["role"], "rep");
        let cookie = answer.header("set-cookie").to_owned();
        Self { client, cookie, origin: format!("http://{}", app.address) }
    }

    /// Name and value alone, as a browser sends them.
    fn pair(&self) -> &str {
        self.cookie.split(';').next().unwrap()
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = self.client.request(method, path).header("cookie", self.pair()).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.send(request).await
    }
}

engines! {
    async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let browser = Browser::sign_in(&app, "rep1@alpha.test").await;
        assert!(browser.pair().starts_with("ekenko_session="));
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(browser.cookie.contains(attribute), "{}", browser.cookie);
        }
        let me = browser.send(Method::GET, "/me", &[], &Value::Null).await.ok(200);
        assert_eq!(me["email"], "rep1@alpha.test");
        assert_eq!(me["teams"][0]["name"], "North");
        assert_eq!(me["organisation"]["time_zone"], "Asia/Bangkok");
    }

    async fn changes_with_a_cookie_come_from_our_own_pages(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let browser = Browser::sign_in(&app, "rep1@alpha.test").await;
        let body = check_in(&app, firm.market());
        for headers in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![],
        ] {
            browser.send(Method::POST, "/visits", &headers, &body).await.refused(403, "foreign_origin", "Origin");
            browser.send(Method::DELETE, "/auth/session", &headers, &body).await.refused(403, "foreign_origin", "Origin");
        }
        browser.send(Method::GET, "/visits", &[("origin", "https://evil.example")], &Value::Null).await.ok(200);
        browser.send(Method::POST, "/visits", &[("origin", &browser.origin)], &body).await.ok(201);
        browser.send(Method::POST, "/visits", &[("sec-fetch-site", "same-origin")], &body).await.ok(200);
    }

    async fn another_site_cannot_sign_somebody_in(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let client = app.anonymous();
        let body = json!({ "email": "rep1@alpha.test", "password": PASSWORD });
        let request = client.request(Method::POST, "/auth/session").header("origin", "https://evil.example").json(&body);
        client.send(request).await.refused(403, "foreign_origin", "Origin");
    }

    async fn the_live_socket_takes_the_cookie_from_our_own_pages_only(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let browser = Browser::sign_in(&app, "rep1@alpha.test").await;
        let foreign = [("cookie", browser.pair()), ("origin", "https://evil.example")];
        assert_eq!(Watcher::connect(&app, &foreign, None).await.err(), Some(403));
        let own = [("cookie", browser.pair()), ("origin", browser.origin.as_str())];
        let mut watcher = Watcher::connect(&app, &own, None).await.unwrap();
        watcher.say(json!({ "hello": {} })).await;
        watcher.welcome().await;
        let mut nowhere = Watcher::connect(&app, &own[..1], None).await.unwrap();
        nowhere.say(json!({ "hello": {} })).await;
        assert_eq!(nowhere.closed().await, 4401);
    }

    async fn signing_out_ends_the_session_at_once(app: TestApp) {
        Firm::new(&app, "alpha").await;
        let browser = Browser::sign_in(&app, "rep1@alpha.test").await;
        let own = [("origin", browser.origin.as_str())];
        let out = browser.send(Method::DELETE, "/auth/session", &own, &Value::Null).await;
        assert_eq!(out.status, 204);
        assert!(out.header("set-cookie").contains("ekenko_session=;") && out.header("set-cookie").contains("Max-Age=0"));
        browser.send(Method::GET, "/me", &[], &Value::Null).await.refused(401, "invalid_token", "");

        let program = app.sign_in("rep1@alpha.test").await;
        let out = program.send(program.request(Method::DELETE, "/auth/session")).await;
        assert_eq!(out.status, 204);
        program.get("/me").await.refused(401, "invalid_token", "");
    }

    async fn the_first_admin_is_made_once(app: TestApp) {
        let client = app.anonymous();
        assert_eq!(client.get("/setup").await.ok(200), json!({ "needed": true }));
        let body = |email: &str| json!({
            "organisation": "บริษัท อัลฟ่า", "time_zone": "Asia/Bangkok", "name": "สมชาย", "email": email, "password": PASSWORD,
        });
        for (field, value) in [("email", "x"), ("password", "short"), ("time_zone", "Mars"), ("name", " ")] {
            let mut bad = body("a@alpha.test");
            bad[field] = value.into();
            client.post("/setup", &bad).await.refused(422, "invalid", field);
        }
        // Several at once, as two browser tabs would.
        let tries = (0..8).map(|n| {
            let (client, body) = (client.clone(), body(&format!("a{n}@alpha.test")));
            async move { client.post("/setup", &body).await.status }
        });
        let mut statuses = within("set-up", futures_util::future::join_all(tries)).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_eq!(client.get("/setup").await.ok(200), json!({ "needed": false }));
        client.post("/setup", &body("b@alpha.test")).await.refused(409, "already_set_up", "");
    }
}
