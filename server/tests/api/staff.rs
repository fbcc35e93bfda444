//! Accounts and teams, kept by those who run them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use uuid::Uuid;

use crate::support::{Client, Firm, PASSWORD, Watcher, check_in, new_photo};

fn rep(team: &impl serde::Serialize, email: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "name": "สมหญิง รักดี", "email": email, "role": "rep", "team_id": team })
}

fn token(invitation: &Value) -> String {
    let link = invitation["link"].as_str().unwrap();
    assert!(link.starts_with("/set-password?token="), "{link}");
    link.split_once('=').unwrap().1.to_owned()
}

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

engines! {
    async fn an_invited_rep_sets_a_password_once_and_signs_in(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let new = rep(&firm.north.id, "Somying@Alpha.test");
        let made = manager.post("/employees", &new).await.ok(201);
        assert_eq!(made["employee"]["state"], "invited");
        assert_eq!(made["employee"]["email"], "somying@alpha.test");
        assert_eq!(made["employee"]["team"]["id"], json!(firm.north.id));
        assert_eq!(made["mailed"], false);
        let again = manager.post("/employees", &new).await.ok(200);
        assert_eq!((&again["employee"], &again["link"]), (&made["employee"], &Value::Null));
        let mut other = new.clone();
        other["name"] = "another".into();
        manager.post("/employees", &other).await.refused(409, "id_conflict", "id");
        manager.post("/employees", &rep(&firm.north.id, "somying@alpha.test")).await.refused(409, "email_taken", "email");

        let anonymous = app.anonymous();
        let credentials = json!({ "email": "somying@alpha.test", "password": "" });
        anonymous.post("/auth/login", &credentials).await.refused(401, "wrong_credentials", "password");
        let token = token(&made);
        let holder = anonymous.post("/auth/set-password", &json!({ "token": token })).await.ok(200);
        assert_eq!(holder, json!({ "name": "สมหญิง รักดี", "email": "somying@alpha.test" }));
        let short = json!({ "token": token, "new_password": "short" });
        anonymous.post("/auth/set-password", &short).await.refused(422, "invalid", "new_password");
        let set = json!({ "token": token, "new_password": PASSWORD });
        anonymous.post("/auth/set-password", &set).await.ok(200);
        anonymous.post("/auth/set-password", &set).await.refused(422, "bad_link", "token");
        let client = app.sign_in("somying@alpha.test").await;
        let me = client.get("/me").await.ok(200);
        assert_eq!((&me["role"], &me["must_change_password"]), (&json!("rep"), &json!(false)));
        client.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = new["id"].as_str().unwrap();
        assert_eq!(manager.get(&format!("/employees/{id}")).await.ok(200)["state"], "active");
    }

    async fn a_link_is_good_for_seven_days_and_only_as_it_was_made(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let made = admin.post("/employees", &rep(&firm.north.id, "a@alpha.test")).await.ok(201);
        let old = token(&made);
        let id = made["employee"]["id"].as_str().unwrap();
        let new = token(&admin.post(&format!("/employees/{id}/reset-password"), &json!({})).await.ok(200));
        let ask = |token: &str| json!({ "token": token });
        let anonymous = app.anonymous();
        for bad in [old.as_str(), "", "x", "6f1c5f0e-2f6b-4a0e-9c3f-1a2b3c4d5e6f.x", &format!("{new}x")] {
            anonymous.post("/auth/set-password", &ask(bad)).await.refused(422, "bad_link", "token");
        }
        app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        anonymous.post("/auth/set-password", &ask(&new)).await.ok(200);
        app.advance(TimeDelta::seconds(2));
        anonymous.post("/auth/set-password", &ask(&new)).await.refused(422, "bad_link", "token");
    }

    async fn a_given_password_must_be_changed_before_anything_else(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let mut new = rep(&firm.north.id, "a@alpha.test");
        new["password"] = "chosen by the manager".into();
        let made = manager.post("/employees", &new).await.ok(201);
        assert_eq!((&made["link"], &made["employee"]["state"]), (&Value::Null, &json!("active")));
        let credentials = json!({ "email": "a@alpha.test", "password": "chosen by the manager" });
        let tokens = app.anonymous().post("/auth/login", &credentials).await.ok(200);
        let client = Client::new(&app.address, tokens["access_token"].as_str());
        assert_eq!(client.get("/me").await.ok(200)["must_change_password"], true);
        client.get("/tasks").await.refused(403, "password_change_required", "");
        client.post("/visits", &check_in(&app, firm.market())).await.refused(403, "password_change_required", "");
        let mut socket = Watcher::silent(&app).await;
        socket.say(json!({ "hello": { "token": client.token, "resume": {} } })).await;
        assert_eq!(socket.refused().await, "password_change_required");
        assert_eq!(socket.closed().await, 4401);
        let change = json!({ "old_password": "chosen by the manager", "new_password": PASSWORD });
        assert_eq!(client.post("/me/password", &change).await.status, 204);
        client.get("/tasks").await.ok(200);
        assert_eq!(client.get("/me").await.ok(200)["must_change_password"], false);
    }

    async fn a_closed_account_ends_at_once_and_its_work_stays(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = check_in(&app, firm.market());
        rep.post("/visits", &visit).await.ok(201);
        rep.put_photo(visit["id"].as_str().unwrap(), &new_photo()).await.ok(200);
        let (mut socket, _) = Watcher::hello(&app, &rep, json!({})).await;
        // A socket that listens to nothing hears of it too.
        let (mut deaf, welcome) = Watcher::hello(&app, &rep, json!({})).await;
        deaf.say(json!({ "unfollow": { "streams": welcome.streams.keys().collect::<Vec<_>>() } })).await;
        deaf.say(json!({ "ping": { "t": 1 } })).await;
        deaf.frame().await;
        let address = format!("/employees/{}", firm.rep1.id);
        let closed = manager.post(&format!("{address}/deactivate"), &json!({})).await.ok(200);
        assert_eq!(closed["state"], "deactivated");
        socket.event_of(&format!("employee:{}", firm.rep1.id)).await;
        assert_eq!(socket.closed().await, 4401);
        assert_eq!(deaf.closed().await, 4401);
        rep.get("/me").await.refused(401, "invalid_token", "");
        let credentials = json!({ "email": "rep1@alpha.test", "password": PASSWORD });
        app.anonymous().post("/auth/login", &credentials).await.refused(401, "wrong_credentials", "password");
        app.advance(TimeDelta::days(3));
        let manager = firm.sign_in(&app, "manager1").await;
        let rep1 = firm.rep1.id.to_string();
        let today = manager.find("/visits", &[("employee_id", &rep1)]).await.ok(200);
        assert_eq!(today["items"].as_array().unwrap().len(), 0);
        let visits = manager.find("/visits", &[("employee_id", &rep1), ("from", "2026-11-01")]).await.ok(200);
        let later = manager.find("/visits", &[("employee_id", &rep1), ("from", "2026-11-22")]).await.ok(200);
        assert_eq!(later["items"].as_array().unwrap().len(), 0);
        assert_eq!(visits["items"].as_array().unwrap().len(), 1);
        manager.post(&format!("{address}/reset-password"), &json!({})).await.refused(404, "employee_not_found", "id");
        manager.post(&format!("{address}/deactivate"), &json!({})).await.ok(200);
        assert_eq!(manager.post(&format!("{address}/activate"), &json!({})).await.ok(200)["state"], "active");
        firm.sign_in(&app, "rep1").await.get("/me").await.ok(200);
    }

    async fn a_reset_ends_sessions_and_the_old_password(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let reset = manager.post(&format!("/employees/{}/reset-password", firm.rep1.id), &json!({})).await.ok(200);
        assert_eq!(reset["employee"]["state"], "invited");
        rep.get("/me").await.refused(401, "invalid_token", "");
        let credentials = json!({ "email": "rep1@alpha.test", "password": PASSWORD });
        app.anonymous().post("/auth/login", &credentials).await.refused(401, "wrong_credentials", "password");
        let set = json!({ "token": token(&reset), "new_password": "another long password" });
        app.anonymous().post("/auth/set-password", &set).await.ok(200);
        let credentials = json!({ "email": "rep1@alpha.test", "password": "another long password" });
        app.anonymous().post("/auth/login", &credentials).await.ok(200);
    }

    async fn managers_keep_the_reps_of_their_own_teams_and_nobody_else(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let other = Firm::new(&app, "beta").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let all = manager.get("/employees").await.ok(200);
        assert_eq!(names(&all), ["manager1 of alpha", "rep1 of alpha", "rep2 of alpha"]);
        manager.post("/employees", &rep(&firm.south.id, "a@alpha.test")).await.refused(422, "unknown_team", "team_id");
        manager.post("/employees", &rep(&other.north.id, "a@alpha.test")).await.refused(422, "unknown_team", "team_id");
        for role in ["admin", "manager", "analyst"] {
            let new = json!({ "id": Uuid::new_v4(), "name": "x", "email": "x@alpha.test", "role": role });
            manager.post("/employees", &new).await.refused(403, "forbidden", "");
        }
        let rep3 = firm.sign_in(&app, "rep3").await.get("/me").await.ok(200)["id"].as_str().unwrap().to_owned();
        let me = manager.get("/me").await.ok(200)["id"].as_str().unwrap().to_owned();
        let about = json!({ "name": "y", "email": "y@alpha.test", "role": "rep", "team_id": firm.north.id });
        for (who, status, name) in [(rep3.as_str(), 404, "employee_not_found"), (&me, 403, "forbidden"), (&other.rep1.id.to_string(), 404, "employee_not_found")] {
            let field = if status == 404 { "id" } else { "" };
            manager.send(manager.request(reqwest::Method::PUT, &format!("/employees/{who}")).json(&about)).await.refused(status, name, field);
            for action in ["deactivate", "activate", "reset-password"] {
                manager.post(&format!("/employees/{who}/{action}"), &json!({})).await.refused(status, name, field);
            }
        }
        let rep = firm.sign_in(&app, "rep1").await;
        assert_eq!(names(&rep.get("/employees").await.ok(200)), ["rep1 of alpha"]);
        rep.post("/employees", &about_with_id(&about)).await.refused(403, "forbidden", "");
        rep.get(&format!("/employees/{}", firm.rep2.id)).await.refused(404, "employee_not_found", "id");
        rep.get(&format!("/employees/{}/statistics", firm.rep2.id)).await.refused(404, "employee_not_found", "id");
    }

    async fn the_list_is_searched_filtered_and_read_in_pieces(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        admin.post("/employees", &rep(&firm.south.id, "Anan_100%@alpha.test")).await.ok(201);
        assert_eq!(names(&admin.find("/employees", &[("q", "ANAN_100%")]).await.ok(200)), ["สมหญิง รักดี"]);
        assert_eq!(names(&admin.find("/employees", &[("q", "รักดี")]).await.ok(200)), ["สมหญิง รักดี"]);
        assert_eq!(names(&admin.find("/employees", &[("q", "_")]).await.ok(200)).len(), 1);
        assert_eq!(names(&admin.find("/employees", &[("state", "invited")]).await.ok(200)), ["สมหญิง รักดี"]);
        assert_eq!(names(&admin.find("/employees", &[("role", "manager")]).await.ok(200)).len(), 2);
        let south = firm.south.id.to_string();
        assert_eq!(names(&admin.find("/employees", &[("team_id", &south), ("q", "rep3")]).await.ok(200)), ["rep3 of alpha"]);
        let mut seen = Vec::new();
        for item in admin.all("/employees", &[], 2).await {
            seen.push(item["name"].as_str().unwrap().to_owned());
        }
        assert_eq!(seen.len(), 7);
        assert_eq!(seen.iter().collect::<std::collections::BTreeSet<_>>().len(), 7);
        for (name, value) in [("role", "boss"), ("state", "gone"), ("team_id", "1"), ("cursor", "x"), ("limit", "0")] {
            admin.find("/employees", &[(name, value)]).await.refused(422, "invalid", name);
        }
    }

    async fn a_person_changes_team_and_role_and_what_they_may_see_with_it(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let put = async |id: &str, about: Value| admin.send(admin.request(reqwest::Method::PUT, &format!("/employees/{id}")).json(&about)).await;
        let rep1 = firm.rep1.id.to_string();
        let rep = firm.sign_in(&app, "rep1").await;
        let (mut socket, _) = Watcher::hello(&app, &rep, json!({})).await;
        let about = json!({ "name": "rep1 of alpha", "email": "rep1@alpha.test", "role": "rep", "team_id": firm.south.id });
        assert_eq!(put(&rep1, about.clone()).await.ok(200)["team"]["name"], "South");
        // It comes back and finds what it may see now.
        socket.event_of(&format!("employee:{rep1}")).await;
        assert_eq!(socket.closed().await, 4000);
        assert_eq!(rep.get("/me").await.ok(200)["teams"][0]["name"], "South");
        put(&rep1, about).await.ok(200);
        let manager = json!({ "name": "rep1 of alpha", "email": "rep1@alpha.test", "role": "manager", "manages": [firm.north.id, firm.north.id] });
        let now = put(&rep1, manager).await.ok(200);
        assert_eq!((&now["team"], &now["manages"][0]["name"]), (&Value::Null, &json!("North")));
        assert_eq!(names(&rep.get("/employees").await.ok(200)), ["rep1 of alpha", "rep2 of alpha"]);
        for (about, field) in [
            (json!({ "name": "x", "email": "x@alpha.test", "role": "rep" }), "team_id"),
            (json!({ "name": "x", "email": "x@alpha.test", "role": "admin", "team_id": firm.north.id }), "team_id"),
            (json!({ "name": "x", "email": "x@alpha.test", "role": "analyst", "manages": [firm.north.id] }), "manages"),
            (json!({ "name": " ", "email": "x@alpha.test", "role": "admin" }), "name"),
            (json!({ "name": "x", "email": "x", "role": "admin" }), "email"),
        ] {
            put(&rep1, about).await.refused(422, "invalid", field);
        }
        put(&rep1, json!({ "name": "x", "email": "rep2@alpha.test", "role": "admin" })).await.refused(409, "email_taken", "email");
    }

    async fn a_change_within_a_team_is_told_once(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let north = firm.north_stream().parse().unwrap();
        let (_, before) = Watcher::hello(&app, &manager, json!({})).await;
        let about = json!({ "name": "renamed", "email": "rep2@alpha.test", "role": "rep", "team_id": firm.north.id });
        let path = format!("/employees/{}", firm.rep2.id);
        manager.send(manager.request(reqwest::Method::PUT, &path).json(&about)).await.ok(200);
        let (_, after) = Watcher::hello(&app, &manager, json!({})).await;
        assert_eq!(after.streams[&north], before.streams[&north] + 1);
    }

    async fn the_last_admin_stays_and_nobody_closes_the_own_account(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let me = admin.get("/me").await.ok(200)["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/employees/{me}/deactivate"), &json!({})).await.refused(409, "own_account", "id");
        admin.post(&format!("/employees/{me}/reset-password"), &json!({})).await.refused(409, "own_account", "id");
        let second = json!({ "id": Uuid::new_v4(), "name": "second", "email": "second@alpha.test", "role": "admin", "password": "chosen by an admin" });
        admin.post("/employees", &second).await.ok(201);
        let tokens = app.anonymous().post("/auth/login", &json!({ "email": "second@alpha.test", "password": "chosen by an admin" })).await.ok(200);
        let other = Client::new(&app.address, tokens["access_token"].as_str());
        assert_eq!(other.post("/me/password", &json!({ "old_password": "chosen by an admin", "new_password": PASSWORD })).await.status, 204);
        other.post(&format!("/employees/{me}/deactivate"), &json!({})).await.ok(200);
        let own = second["id"].as_str().unwrap();
        let about = json!({ "name": "second", "email": "second@alpha.test", "role": "analyst" });
        other.send(other.request(reqwest::Method::PUT, &format!("/employees/{own}")).json(&about)).await.refused(409, "own_account", "id");
        other.post(&format!("/employees/{me}/activate"), &json!({})).await.ok(200);
        // An admin who cannot sign in yet does not count.
        let admin = firm.sign_in(&app, "admin").await;
        other.post(&format!("/employees/{me}/reset-password"), &json!({})).await.ok(200);
        admin.get("/me").await.refused(401, "invalid_token", "");
        other.post(&format!("/employees/{own}/deactivate"), &json!({})).await.refused(409, "own_account", "id");
    }

    async fn teams_have_managers_and_settings_that_count(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let put = async |client: &Client, id: &str, team: Value| client.send(client.request(reqwest::Method::PUT, &format!("/teams/{id}")).json(&team)).await;
        let id = Uuid::new_v4().to_string();
        let made = put(&admin, &id, json!({ "name": "East" })).await.ok(201);
        assert_eq!(made, json!({ "id": id, "name": "East", "managers": [], "reps": 0,
            "settings": { "work_hours": null, "radius_m": null, "visit_every_days": null } }));
        put(&admin, &id, json!({ "name": "North" })).await.refused(422, "invalid", "name");
        let manager = firm.sign_in(&app, "manager1").await;
        let me = manager.get("/me").await.ok(200)["id"].clone();
        put(&admin, &id, json!({ "name": "East", "manager_ids": [firm.rep1.id] })).await.refused(422, "invalid", "manager_ids");
        let (mut socket, _) = Watcher::hello(&app, &manager, json!({})).await;
        let ours = put(&admin, &id, json!({ "name": "East", "manager_ids": [me] })).await.ok(200);
        assert_eq!(ours["managers"][0]["id"], me);
        socket.event_of(&format!("employee:{}", me.as_str().unwrap())).await;
        assert_eq!(socket.closed().await, 4000);
        let teams = manager.get("/teams").await.ok(200);
        let found: Vec<_> = teams["teams"].as_array().unwrap().iter().map(|team| (&team["name"], &team["reps"])).collect();
        assert_eq!(found, [(&json!("East"), &json!(0)), (&json!("North"), &json!(2))]);

        let north = firm.north.id.to_string();
        let settings = json!({ "work_hours": { "from": "08:00", "to": "17:30" }, "radius_m": 250.0, "visit_every_days": { "a": 1, "b": 2, "c": 3, "d": 3, "other": 4 } });
        let set = put(&manager, &north, json!({ "name": "North", "settings": settings })).await.ok(200);
        assert_eq!((&set["settings"], &set["managers"][0]["id"]), (&settings, &me));
        for (settings, field) in [
            (json!({ "radius_m": 1.0 }), "settings.radius_m"),
            (json!({ "work_hours": { "from": "09:00", "to": "09:00" } }), "settings.work_hours.to"),
            (json!({ "work_hours": { "from": "9", "to": "17:00" } }), "settings.work_hours.from"),
            (json!({ "visit_every_days": { "a": 0, "b": 2, "c": 3, "other": 4 } }), "settings.visit_every_days.a"),
        ] {
            put(&manager, &north, json!({ "name": "North", "settings": settings })).await.refused(422, "invalid", field);
        }
        put(&manager, &firm.south.id.to_string(), json!({ "name": "Mine" })).await.refused(404, "team_not_found", "id");
        put(&manager, &north, json!({ "name": "North", "manager_ids": [] })).await.refused(403, "forbidden", "");
        let rep = firm.sign_in(&app, "rep1").await;
        put(&rep, &north, json!({ "name": "Mine" })).await.refused(403, "forbidden", "");

        // The radius of what a rep adds, and the end of a forgotten visit.
        let place = json!({ "id": Uuid::new_v4(), "name": "New shop", "lat": 13.7, "lng": 100.5 });
        let added = rep.post("/locations", &place).await.ok(201);
        assert_eq!(added["radius_m"], 250.0);
        put(&manager, &north, json!({ "name": "North", "settings": { "work_hours": { "from": "08:00", "to": "17:30" } } })).await.ok(200);
        assert_eq!(rep.post("/locations", &place).await.ok(200)["radius_m"], 250.0);
        let visit = check_in(&app, firm.market());
        rep.post("/visits", &visit).await.ok(201);
        app.advance(TimeDelta::days(1));
        app.app.visits.close_forgotten_once().await.unwrap();
        let closed = firm.sign_in(&app, "rep1").await.get(&format!("/visits/{}", visit["id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&closed["checked_out_at"], &closed["estimated"]), (&json!("2026-11-21T10:30:00Z"), &json!(true)));
    }

    async fn what_a_person_did_is_listed_latest_first(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = check_in(&app, firm.market());
        rep.post("/visits", &visit).await.ok(201);
        app.advance(TimeDelta::minutes(5));
        rep.put_photo(visit["id"].as_str().unwrap(), &new_photo()).await.ok(200);
        let manager = firm.sign_in(&app, "manager1").await;
        let rep1 = firm.rep1.id.to_string();
        let of = [("employee_id", rep1.as_str())];
        let log = manager.find("/activities", &of).await.ok(200);
        let kinds: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["visit.photo", "visit.checked_in"]);
        assert_eq!(log["items"][1]["subject"], visit["id"]);
        assert_eq!(manager.all("/activities", &of, 1).await.len(), 2);
        let statistics = manager.get(&format!("/employees/{}/statistics", firm.rep1.id)).await.ok(200);
        assert_eq!(statistics, rep.get("/me/statistics").await.ok(200));
    }

    async fn the_welcome_mail_carries_the_link(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (url, mails) = post_office().await;
        let app = app.with(|config| {
            config.public_url = Some("https://ekenko.example".into());
            config.mail = Some((url, "Ekenko <ekenko@example.com>".into()));
        }).await;
        let admin = firm.sign_in(&app, "admin").await;
        let made = admin.post("/employees", &rep(&firm.north.id, "somying@alpha.test")).await.ok(201);
        assert_eq!(made["mailed"], true);
        let mail = mails.await.unwrap();
        assert!(mail.contains("RCPT TO:<somying@alpha.test>"), "{mail}");
        assert!(mail.contains("From: Ekenko <ekenko@example.com>"), "{mail}");
        // Where the server is away the link comes back all the same.
        let made = admin.post("/employees", &rep(&firm.north.id, "b@alpha.test")).await.ok(201);
        assert_eq!(made["mailed"], false);
        token(&made);
        let (_, body) = mail.split_once("\r\n\r\n").unwrap();
        let body: String = body.lines().take_while(|line| *line != ".").collect();
        use base64::Engine;
        let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(body).unwrap()).unwrap();
        assert!(text.contains("https://ekenko.example/set-password?token"), "{text}");
        assert!(text.contains("สมหญิง"), "{text}");
    }
}

fn about_with_id(about: &Value) -> Value {
    let mut new = about.clone();
    new["id"] = json!(Uuid::new_v4());
    new
}

/// A mail server that takes one mail and goes away. Gives its address and what it was told.
async fn post_office() -> (String, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mails = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = socket.into_split();
        let mut lines = BufReader::new(reader);
        let (mut told, mut data) = (String::new(), false);
        writer.write_all(b"220 test\r\n").await.unwrap();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await.unwrap() == 0 {
                return told;
            }
            told += &line;
            let answer: &[u8] = match line.trim_end() {
                "." if data => {
                    writer.write_all(b"250 kept\r\n").await.unwrap();
                    return told;
                }
                _ if data => continue,
                "DATA" => {
                    data = true;
                    b"354 go on\r\n"
                }
                _ => b"250 fine\r\n",
            };
            writer.write_all(answer).await.unwrap();
        }
    });
    (url, mails)
}
