//! Two organisations side by side: neither finds anything of the other's.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Firm, PASSWORD, Watcher, check_in, png, visit_done};

engines! {
    async fn nothing_crosses_the_wall(app: TestApp) {
        let (alpha, beta) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let done = json!({ "outcome": "ordered", "notes": "alpha's secret" });
        let id = visit_done(&app, &alpha.sign_in(&app, "rep1").await, alpha.market(), &done).await;
        for who in ["admin", "manager1", "rep1"] {
            let client = beta.sign_in(&app, who).await;
            for path in ["", "/photo", "/thumbnail"] {
                client.get(&format!("/visits/{id}{path}")).await.refused(404, "visit_not_found", "id");
            }
            client.get(&format!("/locations/{}", alpha.market().id)).await.refused(404, "location_not_found", "id");
            assert_eq!(client.all("/visits", &[], 50).await, Vec::<Value>::new());
            assert_eq!(client.all("/locations", &[], 50).await.len(), 3);
            for near in [("near", "13.7563,100.5018"), ("q", "Central Market")] {
                for item in client.all("/locations", &[near], 50).await {
                    assert_ne!(item["id"], json!(alpha.market().id));
                }
            }
            let board = client.get("/board").await.ok(200);
            assert_eq!(board["feed"]["items"], json!([]));
            assert!(!board.to_string().contains("alpha"), "{board}");
            assert_eq!(client.get("/board/pins").await.ok(200)["pins"], json!([]));
            let me = client.get("/me").await.ok(200);
            assert!(!me.to_string().contains("alpha"), "{me}");
        }
        let admin = beta.sign_in(&app, "admin").await;
        let of_alpha = [("employee_id", &*alpha.rep1.id.to_string())];
        assert_eq!(admin.find("/visits", &of_alpha).await.ok(200)["items"], json!([]));
    }

    async fn the_others_visits_and_locations_cannot_be_used(app: TestApp) {
        let (alpha, beta) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (here, there) = (alpha.sign_in(&app, "rep1").await, beta.sign_in(&app, "rep1").await);
        there.post("/visits", &check_in(&app, alpha.market())).await.refused(422, "unknown_location", "location_id");
        let body = check_in(&app, alpha.market());
        let id = body["id"].as_str().unwrap();
        let visit = here.post("/visits", &body).await.ok(201);
        there.put_photo(id, &png(2, 2)).await.refused(404, "visit_not_found", "id");
        there.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "other" })).await.refused(404, "visit_not_found", "id");
        // Not even that the id is taken can be found out.
        let mut same_id = check_in(&app, beta.market());
        same_id["id"] = id.into();
        assert_eq!(there.post("/visits", &same_id).await.ok(201)["location"]["id"], json!(beta.market().id));
        assert_eq!(here.get(&format!("/visits/{id}")).await.ok(200), visit);
        let (mine, yours) = (png(5, 4), png(4, 5));
        here.put_photo(id, &mine).await.ok(200);
        there.put_photo(id, &yours).await.ok(200);
        assert_eq!(here.get(&format!("/visits/{id}/photo")).await.body, mine);
        assert_eq!(there.get(&format!("/visits/{id}/photo")).await.body, yours);
    }

    async fn the_others_streams_cannot_be_watched(app: TestApp) {
        let (alpha, beta) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let admin = beta.sign_in(&app, "admin").await;
        let streams = [
            alpha.north_stream(), format!("org:{}", alpha.organisation.id), format!("employee:{}", alpha.rep1.id),
        ];
        let resume: Value = streams.iter().map(|stream| (stream.clone(), json!(0))).collect::<serde_json::Map<_, _>>().into();
        let (mut watcher, welcome) = Watcher::hello(&app, &admin, resume).await;
        for stream in &streams {
            assert!(!welcome.streams.keys().any(|followed| followed.to_string() == *stream));
            watcher.say(json!({ "follow": { "streams": [stream] } })).await;
            assert_eq!(watcher.refused().await, "forbidden_stream");
        }
        visit_done(&app, &alpha.sign_in(&app, "rep1").await, alpha.market(), &json!({ "outcome": "other" })).await;
        visit_done(&app, &beta.sign_in(&app, "rep1").await, beta.market(), &json!({ "outcome": "other" })).await;
        // The hub takes events in order: the other's would have come first.
        assert_eq!(watcher.event().await.stream.to_string(), beta.north_stream());
    }

    async fn an_import_knows_only_its_own_customers(app: TestApp) {
        let (alpha, beta) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let csv = "name,company,lat,lng\nshop,one company,13,100\n";
        for firm in [&alpha, &beta] {
            let report = firm.sign_in(&app, "admin").await.post_raw("/imports/locations", csv).await.ok(200);
            assert_eq!((&report["imported"], &report["unchanged"]), (&json!(1), &json!(0)));
        }
        let mut companies = Vec::new();
        for firm in [&alpha, &beta] {
            let shops = firm.sign_in(&app, "admin").await.all("/locations", &[("q", "shop")], 9).await;
            assert_eq!(shops.len(), 1);
            companies.push(shops[0]["company"]["id"].clone());
        }
        assert_ne!(companies[0], companies[1]);
    }

    async fn an_analyst_reads_announcements_and_tasks_and_changes_nothing_of_them(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let new = json!({ "id": Uuid::new_v4(), "name": "a", "email": "analyst@alpha.test", "role": "analyst", "password": "chosen by an admin" });
        admin.post("/employees", &new).await.ok(201);
        let first = json!({ "email": "analyst@alpha.test", "password": "chosen by an admin" });
        let tokens = app.anonymous().post("/auth/login", &first).await.ok(200);
        let analyst = Client::new(&app.address, tokens["access_token"].as_str());
        let change = json!({ "old_password": "chosen by an admin", "new_password": PASSWORD });
        assert_eq!(analyst.post("/me/password", &change).await.status, 204);

        let said = admin.post("/announcements", &json!({ "id": Uuid::new_v4(), "title": "x", "role": "analyst" })).await.ok(201);
        let batch = json!({ "id": Uuid::new_v4(), "title": "x", "assignee_ids": [firm.rep1.id] });
        let given = admin.post("/tasks/batches", &batch).await.ok(201);
        let announcement = format!("/announcements/{}", said["id"].as_str().unwrap());
        let task = format!("/tasks/{}", given["tasks"][0]["id"].as_str().unwrap());
        let batch = format!("/tasks/batches/{}", given["id"].as_str().unwrap());
        for path in [&announcement, &format!("{announcement}/receipts"), &task, &batch, &"/announcements?state=shown".to_owned()] {
            analyst.get(path).await.ok(200);
        }
        let file = format!("/attachments/{}?name=a.pdf", Uuid::new_v4());
        for (method, path) in [
            (Method::POST, "/announcements".to_owned()), (Method::PUT, announcement.clone()), (Method::DELETE, announcement.clone()),
            (Method::PUT, format!("{announcement}/picture")), (Method::POST, "/tasks".to_owned()), (Method::POST, "/tasks/batches".to_owned()),
            (Method::PUT, task.clone()), (Method::PUT, format!("{task}{file}")), (Method::DELETE, format!("{task}{file}")),
            (Method::DELETE, format!("{task}/repeat")), (Method::PUT, format!("{batch}{file}")),
        ] {
            analyst.send(analyst.request(method, &path).json(&json!({}))).await.refused(403, "forbidden", "");
        }
        // The own receipt is no change of anything.
        for end in ["read", "dismiss"] {
            assert_eq!(analyst.post(&format!("{announcement}/{end}"), &json!({})).await.status, 204);
        }
        assert_eq!(admin.get(&announcement).await.ok(200)["counts"], json!({ "audience": 1, "read": 1 }));
    }
}
