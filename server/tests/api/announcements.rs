//! Announcements: for whom, from when, until when, and who has read them.

use chrono::TimeDelta;
use ekenko_domain::{announcement::Announcement, dashboard::Dashboard, event::Kind};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, TestApp, Watcher, new_photo};

fn new(more: Value) -> Value {
    let mut body = json!({ "id": Uuid::new_v4(), "title": "ประชุมใหญ่" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn path(announcement: &Value) -> String {
    format!("/announcements/{}", announcement["id"].as_str().unwrap())
}

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.send(client.request(Method::PUT, path).json(body)).await
}

async fn put_picture(client: &Client, announcement: &Value, bytes: &[u8]) -> Answer {
    client
        .send(client.request(Method::PUT, &format!("{}/picture", path(announcement))).body(bytes.to_vec()))
        .await
}

async fn withdraw(client: &Client, announcement: &Value) -> Answer {
    client.send(client.request(Method::DELETE, &path(announcement))).await
}

/// Titles of a list.
async fn titles(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/announcements{query}")).await.ok(200);
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn people(app: &TestApp, firm: &Firm) -> [Client; 6] {
    let mut all = Vec::new();
    for who in ["admin", "manager1", "manager2", "rep1", "rep2", "rep3"] {
        all.push(firm.sign_in(app, who).await);
    }
    all.try_into().unwrap_or_else(|_| panic!())
}

engines! {
    async fn each_audience_is_reached_and_nobody_else(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let [admin, manager1, manager2, rep1, rep2, rep3] = people(&app, &firm).await;
        let stranger = other.sign_in(&app, "rep1").await;
        let readers = [&manager1, &manager2, &rep1, &rep2, &rep3];
        // To whom, by whom, and which of the readers it is addressed to.
        let cases = [
            (&admin, json!({}), [true, true, true, true, true]),
            (&admin, json!({ "role": "rep" }), [false, false, true, true, true]),
            (&admin, json!({ "role": "manager" }), [true, true, false, false, false]),
            (&admin, json!({ "team_id": firm.south.id }), [false, true, false, false, true]),
            (&admin, json!({ "team_id": firm.north.id, "role": "rep" }), [false, false, true, true, false]),
            (&manager1, json!({ "team_id": firm.north.id }), [false, false, true, true, false]),
            (&manager1, json!({ "role": "rep" }), [false, false, true, true, false]),
            (&manager2, json!({ "role": "rep" }), [false, false, false, false, true]),
        ];
        for (n, (by, to, expected)) in cases.into_iter().enumerate() {
            let mut watchers = Vec::new();
            for reader in readers {
                watchers.push(Watcher::hello(&app, reader, json!({})).await.0);
            }
            let mut body = new(to.clone());
            body["title"] = json!(format!("case {n}"));
            let said = by.post("/announcements", &body).await.ok(201);
            assert_eq!(by.post("/announcements", &body).await.ok(200), said, "{to}");
            let audience = expected.iter().filter(|yes| **yes).count();
            let counts = by.get(&path(&said)).await.ok(200)["counts"].clone();
            assert_eq!(counts, json!({ "audience": audience, "read": 0 }), "{to}");
            for ((reader, watcher), expected) in readers.iter().zip(&mut watchers).zip(expected) {
                let mine = titles(reader, "?mine=true").await;
                assert_eq!(mine.contains(&format!("case {n}")), expected, "{to}");
                if expected {
                    assert_eq!(watcher.event().await.data, said, "{to}");
                }
            }
            assert_eq!(titles(&stranger, "").await, Vec::<String>::new());
            stranger.get(&path(&said)).await.refused(404, "announcement_not_found", "id");
            assert_eq!(withdraw(&admin, &said).await.status, 204);
        }
        manager1.post("/announcements", &new(json!({ "role": "admin" }))).await.refused(422, "invalid", "role");
        manager1.post("/announcements", &new(json!({ "role": "boss" }))).await.refused(422, "invalid", "role");
        manager1.post("/announcements", &new(json!({ "role": "rep", "team_id": firm.south.id }))).await.refused(422, "unknown_team", "team_id");
        rep1.post("/announcements", &new(json!({ "role": "rep" }))).await.refused(403, "forbidden", "");
    }

    async fn who_joins_a_team_sees_what_is_addressed_to_it_now(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, _, rep1, _, rep3] = people(&app, &firm).await;
        let said = manager1.post("/announcements", &new(json!({ "team_id": firm.north.id }))).await.ok(201);
        assert_eq!(rep1.post(&format!("{}/read", path(&said)), &json!({})).await.status, 204);
        assert_eq!(titles(&rep3, "").await.len(), 0);
        let employees = admin.get("/employees?q=rep3").await.ok(200);
        let rep3_id = employees["items"][0]["id"].as_str().unwrap().to_owned();
        let moved = json!({ "name": "rep3 of alpha", "email": "rep3@alpha.test", "role": "rep", "team_id": firm.north.id });
        put(&admin, &format!("/employees/{rep3_id}"), &moved).await.ok(200);
        assert_eq!(titles(&rep3, "").await.len(), 1);
        let counts = manager1.get(&path(&said)).await.ok(200)["counts"].clone();
        assert_eq!(counts, json!({ "audience": 3, "read": 1 }));
        let moved = json!({ "name": "rep1 of alpha", "email": "rep1@alpha.test", "role": "rep", "team_id": firm.south.id });
        put(&admin, &format!("/employees/{}", firm.rep1.id), &moved).await.ok(200);
        let counts = manager1.get(&path(&said)).await.ok(200)["counts"].clone();
        assert_eq!(counts, json!({ "audience": 2, "read": 0 }), "who left the team no longer counts");
        assert_eq!(titles(&rep1, "").await.len(), 0);
    }

    async fn a_scheduled_one_is_published_once_at_its_time(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, _, rep1, _, _] = people(&app, &firm).await;
        let (mut at_rep, _) = Watcher::hello(&app, &rep1, json!({})).await;
        let body = new(json!({ "team_id": firm.north.id, "publish_at": "2026-11-21T04:00:00Z", "expires_at": "2026-11-21T05:00:00Z" }));
        let said = manager1.post("/announcements", &body).await.ok(201);
        assert_eq!((&said["status"], &said["published_at"]), (&json!("scheduled"), &json!("2026-11-21T04:00:00Z")));
        assert_eq!(manager1.post("/announcements", &body).await.ok(200), said);
        assert_eq!(titles(&manager1, "?state=scheduled").await.len(), 1);
        assert_eq!(titles(&admin, "?state=scheduled").await.len(), 1);
        for query in ["", "?state=scheduled", "?state=shown"] {
            assert_eq!(titles(&rep1, query).await.len(), 0, "{query}");
        }
        rep1.get(&path(&said)).await.refused(404, "announcement_not_found", "id");
        rep1.post(&format!("{}/read", path(&said)), &json!({})).await.refused(404, "announcement_not_found", "id");
        assert_eq!(app.app.announcements.publish_due_once().await.unwrap(), 0);
        app.advance(TimeDelta::minutes(61));
        // Several processes look at the same time.
        let beside = app.beside(false).await;
        let (here, there) = tokio::join!(
            app.app.announcements.publish_due_once(),
            beside.app.announcements.publish_due_once(),
        );
        assert_eq!(here.unwrap() + there.unwrap(), 1);
        assert_eq!(app.app.announcements.publish_due_once().await.unwrap(), 0);
        let event = at_rep.event().await;
        assert_eq!((event.kind, &event.data["status"]), (Kind::AnnouncementPublished, &json!("published")));
        let manager1 = firm.sign_in(&app, "manager1").await;
        assert_eq!(titles(&manager1, "?state=shown").await.len(), 1);
        let repeated = manager1.post("/announcements", &body).await.ok(200);
        assert_eq!(repeated, event.data, "the same command after it was published");
        app.advance(TimeDelta::hours(1));
        let manager1 = firm.sign_in(&app, "manager1").await;
        assert_eq!(titles(&manager1, "?state=expired").await.len(), 1);
        // One whose time is over before anybody looked is never told.
        let late = new(json!({ "team_id": firm.north.id, "publish_at": "2026-11-21T06:00:00Z", "expires_at": "2026-11-21T06:30:00Z" }));
        manager1.post("/announcements", &late).await.ok(201);
        app.advance(TimeDelta::days(1));
        assert_eq!(app.app.announcements.publish_due_once().await.unwrap(), 0);
        let manager1 = firm.sign_in(&app, "manager1").await;
        for (field, value) in [("expires_at", "2026-11-22T06:00:00Z"), ("expires_at", "2026-11-22T09:00:00Z"), ("publish_at", "+12345-01-01T00:00:00Z")] {
            let mut body = new(json!({ "team_id": firm.north.id, "publish_at": "2026-11-22T10:00:00Z" }));
            body[field] = json!(value);
            manager1.post("/announcements", &body).await.refused(422, "invalid", field);
        }
    }

    async fn an_edit_reaches_readers_and_a_withdrawn_one_goes(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, manager2, rep1, _, rep3] = people(&app, &firm).await;
        let said = manager1.post("/announcements", &new(json!({ "team_id": firm.north.id }))).await.ok(201);
        let edit = json!({ "title": "ประชุมเลื่อน", "body": "เป็นบ่ายโมง", "pinned": true });
        let (mut at_rep, _) = Watcher::hello(&app, &rep1, json!({})).await;
        let edited = put(&manager1, &path(&said), &edit).await.ok(200);
        assert_eq!((&edited["title"], &edited["pinned"]), (&json!("ประชุมเลื่อน"), &json!(true)));
        let event = at_rep.event().await;
        assert_eq!((event.kind, &event.data), (Kind::AnnouncementChanged, &edited));
        assert_eq!(put(&manager1, &path(&said), &edit).await.ok(200), edited, "nothing changes, nothing is told");
        put(&manager2, &path(&said), &edit).await.refused(404, "announcement_not_found", "id");
        put(&rep1, &path(&said), &edit).await.refused(403, "forbidden", "");
        withdraw(&rep1, &said).await.refused(403, "forbidden", "");
        withdraw(&rep3, &said).await.refused(404, "announcement_not_found", "id");
        put(&manager1, &path(&said), &json!({ "title": "" })).await.refused(422, "invalid", "title");
        put(&manager1, &path(&said), &json!({ "title": "x", "expires_at": "2026-11-01T00:00:00Z" })).await.refused(422, "invalid", "expires_at");

        let to_all = admin.post("/announcements", &new(json!({}))).await.ok(201);
        put(&manager1, &path(&to_all), &edit).await.refused(403, "forbidden", "");
        assert_eq!(at_rep.event().await.data, to_all);
        for _ in 0..2 {
            assert_eq!(withdraw(&admin, &said).await.status, 204);
        }
        let event = at_rep.event().await;
        assert_eq!((event.kind, &event.data["status"]), (Kind::AnnouncementChanged, &json!("withdrawn")));
        rep1.get(&path(&said)).await.refused(404, "announcement_not_found", "id");
        assert_eq!(titles(&rep1, "").await.len(), 1);
        assert_eq!(titles(&manager1, "?state=expired").await, ["ประชุมเลื่อน"]);
        put(&manager1, &path(&said), &edit).await.refused(409, "announcement_withdrawn", "");
        put_picture(&manager1, &said, &new_photo()).await.refused(409, "announcement_withdrawn", "");

        // A scheduled one that is told to go out now.
        let later = manager1.post("/announcements", &new(json!({ "team_id": firm.north.id, "publish_at": "2026-11-22T04:00:00Z" }))).await.ok(201);
        let now = put(&manager1, &path(&later), &json!({ "title": "now" })).await.ok(200);
        assert_eq!(now["status"], "published");
        let event = at_rep.event().await;
        assert_eq!((event.kind, &event.data), (Kind::AnnouncementPublished, &now));
    }

    async fn a_pinned_one_stays_on_top_until_it_is_unpinned_or_expires(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, _, _, rep1, _, _] = people(&app, &firm).await;
        let first = admin.post("/announcements", &new(json!({ "title": "first", "pinned": true, "expires_at": "2026-11-21T03:50:00Z" }))).await.ok(201);
        app.advance(TimeDelta::seconds(1));
        let second = admin.post("/announcements", &new(json!({ "title": "second" }))).await.ok(201);
        assert_eq!(titles(&rep1, "").await, ["first", "second"]);
        let put_away = |announcement: &Value| format!("{}/dismiss", path(announcement));
        rep1.post(&put_away(&first), &json!({})).await.refused(409, "announcement_pinned", "");
        assert_eq!(rep1.post(&format!("{}/read", path(&first)), &json!({})).await.status, 204);
        assert_eq!(rep1.post(&put_away(&second), &json!({})).await.status, 204);
        assert_eq!(titles(&rep1, "").await, ["first"]);
        // Pinned later it comes back; unpinned it can be put away.
        put(&admin, &path(&second), &json!({ "title": "second", "pinned": true })).await.ok(200);
        assert_eq!(titles(&rep1, "").await, ["second", "first"]);
        put(&admin, &path(&second), &json!({ "title": "second" })).await.ok(200);
        assert_eq!(titles(&rep1, "").await, ["first", "second"]);
        assert_eq!(rep1.post(&put_away(&second), &json!({})).await.status, 204);
        app.advance(TimeDelta::minutes(51));
        let rep1 = firm.sign_in(&app, "rep1").await;
        assert_eq!(titles(&rep1, "").await.len(), 0);
        assert_eq!(rep1.post(&put_away(&first), &json!({})).await.status, 204);
    }

    async fn receipts_are_counted_once_and_told_to_those_who_may_follow(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, manager2, rep1, rep2, rep3] = people(&app, &firm).await;
        let said = manager1.post("/announcements", &new(json!({ "team_id": firm.north.id }))).await.ok(201);
        let (mut at_manager, _) = Watcher::hello(&app, &manager1, json!({})).await;
        let (mut at_admin, _) = Watcher::hello(&app, &admin, json!({})).await;
        let (mut at_rep2, _) = Watcher::hello(&app, &rep2, json!({})).await;
        let (mut at_south, _) = Watcher::hello(&app, &manager2, json!({})).await;
        let read = format!("{}/read", path(&said));
        for _ in 0..3 {
            assert_eq!(rep1.post(&read, &json!({})).await.status, 204);
        }
        // Who may see it without being addressed leaves no receipt; nor does its author.
        for other in [&admin, &manager1] {
            assert_eq!(other.post(&read, &json!({})).await.status, 204);
        }
        rep3.post(&read, &json!({})).await.refused(404, "announcement_not_found", "id");
        let counts = json!({ "audience": 2, "read": 1 });
        let north = firm.north_stream();
        for watcher in [&mut at_manager, &mut at_admin] {
            let event = watcher.event_of(&north).await;
            assert_eq!(event.kind, Kind::AnnouncementRead);
            assert_eq!((&event.data["id"], &event.data["audience"], &event.data["read"]), (&said["id"], &json!(2), &json!(1)));
            assert_eq!(event.data["employee"]["name"], "rep1 of alpha");
        }
        let receipts = manager1.get(&format!("{}/receipts", path(&said))).await.ok(200);
        assert_eq!((&receipts["audience"], &receipts["read"]), (&counts["audience"], &counts["read"]));
        assert_eq!(receipts["readers"][0]["employee"]["name"], "rep1 of alpha");
        assert_eq!(receipts["waiting"][0]["name"], "rep2 of alpha");
        assert_eq!(admin.get(&format!("{}/receipts", path(&said))).await.ok(200), receipts);
        manager2.get(&format!("{}/receipts", path(&said))).await.refused(404, "announcement_not_found", "id");
        rep1.get(&format!("{}/receipts", path(&said))).await.refused(403, "forbidden", "");
        assert!(rep1.get(&path(&said)).await.ok(200)["read_at"].is_string());
        assert!(rep1.get(&path(&said)).await.ok(200).get("counts").is_none());
        // Putting away is reading.
        assert_eq!(rep2.post(&format!("{}/dismiss", path(&said)), &json!({})).await.status, 204);
        assert_eq!(at_manager.event_of(&north).await.data["read"], 2);
        // Nobody else heard of either.
        let last = admin.post("/announcements", &new(json!({ "title": "last" }))).await.ok(201);
        for watcher in [&mut at_rep2, &mut at_south] {
            assert_eq!(watcher.event().await.data, last);
        }
        manager1.get(&format!("{}/receipts", path(&last))).await.refused(403, "forbidden", "");
        assert_eq!(manager1.post(&format!("{}/read", path(&last)), &json!({})).await.status, 204);
        let own = format!("employee:{}", admin.get("/me").await.ok(200)["id"].as_str().unwrap());
        assert_eq!(at_admin.event_of(&own).await.data["audience"], 5);
    }

    async fn many_who_read_at_once_are_counted_exactly(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, manager2, rep1, rep2, rep3] = people(&app, &firm).await;
        let said = admin.post("/announcements", &new(json!({}))).await.ok(201);
        let (mut at_admin, _) = Watcher::hello(&app, &admin, json!({})).await;
        let read = format!("{}/read", path(&said));
        let body = json!({});
        tokio::join!(
            manager1.post(&read, &body), manager2.post(&read, &body), rep1.post(&read, &body),
            rep2.post(&read, &body), rep3.post(&read, &body), rep1.post(&read, &body),
        );
        for expected in 1..=5 {
            assert_eq!(at_admin.event().await.data["read"], expected);
        }
        let log = admin.get("/activities?kind=announcement.read").await.ok(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 5);
    }

    async fn a_picture_goes_along_and_stays_within_the_wall(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let [_, manager1, _, rep1, _, rep3] = people(&app, &firm).await;
        let said = manager1.post("/announcements", &new(json!({ "team_id": firm.north.id }))).await.ok(201);
        rep1.get(&format!("{}/picture", path(&said))).await.refused(404, "picture_not_found", "id");
        let (mut at_rep, _) = Watcher::hello(&app, &rep1, json!({})).await;
        let photo = new_photo();
        let picture = put_picture(&manager1, &said, &photo).await.ok(200);
        assert_eq!(put_picture(&manager1, &said, &photo).await.ok(200), picture);
        assert_eq!(at_rep.event().await.data["picture"], picture);
        assert_eq!(rep1.get("/announcements").await.ok(200)["items"][0]["picture"], picture);
        assert_eq!(rep1.get(&format!("{}/picture", path(&said))).await.body, photo);
        assert_eq!(rep1.get(&format!("{}/thumbnail", path(&said))).await.header("content-type"), "image/jpeg");
        let stranger = other.sign_in(&app, "admin").await;
        for client in [&rep3, &stranger] {
            for what in ["picture", "thumbnail"] {
                client.get(&format!("{}/{what}", path(&said))).await.refused(404, "announcement_not_found", "id");
            }
        }
        put_picture(&rep1, &said, &photo).await.refused(403, "forbidden", "");
        put_picture(&stranger, &said, &photo).await.refused(404, "announcement_not_found", "id");
        put_picture(&manager1, &said, b"no picture").await.refused(415, "photo_format", "photo");
    }

    async fn news_applied_to_an_old_dashboard_gives_the_fresh_one(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let [admin, manager1, _, rep1, _, _] = people(&app, &firm).await;
        let dashboard = async || -> Dashboard { serde_json::from_value(rep1.get("/dashboard").await.ok(200)).unwrap() };
        let gone = admin.post("/announcements", &new(json!({ "title": "gone" }))).await.ok(201);
        let mut old = dashboard().await;
        let mut said = Vec::new();
        for (n, by) in [&admin, &manager1, &admin].into_iter().enumerate() {
            app.advance(TimeDelta::seconds(1));
            let body = new(json!({ "title": format!("{n}"), "pinned": n == 0, "team_id": firm.north.id }));
            said.push(by.post("/announcements", &body).await.ok(201));
        }
        put(&admin, &path(&said[2]), &json!({ "title": "two", "pinned": true })).await.ok(200);
        put(&admin, &path(&said[0]), &json!({ "title": "zero" })).await.ok(200);
        withdraw(&admin, &gone).await;
        let fresh = dashboard().await;
        assert_eq!(fresh.announcements.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(), ["two", "1", "zero"]);
        let (mut watcher, _) = Watcher::hello(&app, &rep1, serde_json::to_value(&old.streams).unwrap()).await;
        // The streams have no order between them, and one published may be told of after it was changed.
        let mut told = Vec::new();
        while old.streams != fresh.streams {
            let event = watcher.event().await;
            *old.streams.get_mut(&event.stream).unwrap() = event.offset;
            told.push(event);
        }
        for event in told {
            old.announced(event.kind, &serde_json::from_value::<Announcement>(event.data).unwrap());
        }
        assert_eq!(old, fresh);
    }
}
