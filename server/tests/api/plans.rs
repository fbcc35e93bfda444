//! A rep's plan of a day.

use chrono::TimeDelta;
use ekenko_domain::{event::Kind, id::LocationId};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, Firm, Watcher, visit_done, within};

async fn put(client: &Client, path: &str, stops: &[LocationId]) -> Answer {
    client.send(client.request(Method::PUT, path).json(&json!({ "stops": stops }))).await
}

/// Lets rep1 look after every location.
async fn look_after_all(app: &crate::support::TestApp, firm: &Firm) {
    let manager = firm.sign_in(app, "manager1").await;
    for location in &firm.locations {
        let owner = json!({ "employee_id": firm.rep1.id });
        let path = format!("/locations/{}/owner", location.id);
        assert_eq!(manager.send(manager.request(Method::PUT, &path).json(&owner)).await.status, 204);
    }
}

/// The ids of a plan's stops.
fn ids(plan: &Value) -> Vec<Value> {
    plan["stops"].as_array().unwrap().iter().map(|stop| stop["location"]["id"].clone()).collect()
}

engines! {
    async fn a_rep_plans_a_day_and_goes_through_it(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let [market, shop, mall] = [0, 1, 2].map(|n: usize| firm.locations[n].id);
        assert_eq!(rep.get("/plan").await.ok(200), json!({ "date": "2026-11-21", "stops": [], "overdue": [], "more_overdue": 0 }));
        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        let plan = put(&rep, "/plan", &[mall, market, shop]).await.ok(200);
        assert_eq!(ids(&plan), [json!(mall), json!(market), json!(shop)]);
        assert_eq!(plan["stops"][1]["location"], rep.get(&format!("/locations/{market}")).await.ok(200));
        assert_eq!((&plan["stops"][0]["visit"], &plan["stops"][0]["visited_at"]), (&Value::Null, &Value::Null));
        assert_eq!(put(&rep, "/plan?date=2026-11-21", &[mall, market, shop]).await.ok(200), plan);

        let out = json!({ "outcome": "ordered" });
        let first = visit_done(&app, &rep, firm.market(), &out).await;
        app.advance(TimeDelta::minutes(5));
        visit_done(&app, &rep, firm.market(), &out).await;
        visit_done(&app, &firm.sign_in(&app, "rep2").await, &firm.locations[1], &out).await;
        let plan = rep.get("/plan").await.ok(200);
        assert_eq!(ids(&plan), [json!(mall), json!(market), json!(shop)]);
        assert_eq!((&plan["stops"][1]["visit"], &plan["stops"][1]["visited_at"]), (&json!(first), &json!(crate::support::NOW)));
        assert_eq!(plan["stops"][2]["visit"], Value::Null, "a colleague's visit is no visit of the rep's");

        let fewer = put(&rep, "/plan", &[shop, market]).await.ok(200);
        assert_eq!(ids(&fewer), [json!(shop), json!(market)]);
        assert_eq!(fewer["stops"][1], plan["stops"][1]);
        assert_eq!(ids(&put(&rep, "/plan?date=2026-11-22", &[market]).await.ok(200)), [json!(market)]);
        assert_eq!(rep.get("/plan?date=2026-11-22").await.ok(200)["stops"][0]["visit"], Value::Null, "that was another day");
        assert_eq!(ids(&put(&rep, "/plan", &[]).await.ok(200)), [] as [Value; 0]);
        let mut told = Vec::new();
        while told.len() < 4 {
            let event = watcher.event().await;
            if event.kind == Kind::PlanChanged {
                assert_eq!(event.stream.to_string(), format!("employee:{}", firm.rep1.id));
                told.push((event.data["date"].clone(), ids(&event.data).len()));
            }
        }
        let today = json!("2026-11-21");
        assert_eq!(told, [(today.clone(), 3), (today.clone(), 2), (json!("2026-11-22"), 1), (today, 0)], "what changed nothing was not told");
    }

    async fn a_plan_that_cannot_be_is_refused_and_changes_nothing(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let rep = firm.sign_in(&app, "rep1").await;
        let market = firm.market().id;
        let plan = put(&rep, "/plan", &[market]).await.ok(200);
        let unknown = LocationId(Uuid::new_v4());
        let many: Vec<_> = (0..61).map(|_| LocationId(Uuid::new_v4())).collect();
        for stops in [&[market, market][..], &[firm.locations[1].id, unknown], &[other.market().id], &many] {
            put(&rep, "/plan", stops).await.refused(422, "invalid", "stops");
        }
        for (body, field) in [(json!({ "stops": ["x"] }), "stops[0]"), (json!({ "stops": null }), "stops"), (json!({}), "stops")] {
            rep.send(rep.request(Method::PUT, "/plan").json(&body)).await.refused(422, "invalid", field);
        }
        put(&rep, "/plan?date=2026-11-20", &[market]).await.refused(422, "invalid", "date");
        put(&rep, "/plan?date=soon", &[market]).await.refused(422, "invalid", "date");
        rep.get("/plan?date=soon").await.refused(422, "invalid", "date");
        for who in ["manager1", "admin"] {
            let client = firm.sign_in(&app, who).await;
            client.get("/plan").await.refused(403, "forbidden", "");
            put(&client, "/plan", &[market]).await.refused(403, "forbidden", "");
        }
        app.anonymous().get("/plan").await.refused(401, "unauthenticated", "");
        assert_eq!(rep.get("/plan").await.ok(200), plan);
        for (whose, who) in [(&firm, "rep2"), (&other, "rep1")] {
            assert_eq!(whose.sign_in(&app, who).await.get("/plan").await.ok(200)["stops"], json!([]), "{who}");
        }
        assert_eq!(rep.get("/plan?date=2026-11-20").await.ok(200)["stops"], json!([]));
    }

    async fn set_many_times_at_once_one_of_them_counts(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let tries = (0..9).map(|n| {
            let mut stops: Vec<_> = firm.locations.iter().map(|location| location.id).collect();
            stops.rotate_left(n % 3);
            stops.truncate(1 + n / 3);
            let rep = rep.clone();
            async move { put(&rep, "/plan", &stops).await.status }
        });
        assert_eq!(within("plans", futures_util::future::join_all(tries)).await, [200; 9]);
        let stops = ids(&rep.get("/plan").await.ok(200));
        let at = |id: &Value| firm.locations.iter().position(|location| json!(location.id) == *id).unwrap();
        let order: Vec<_> = stops.iter().map(at).collect();
        let first = order[0];
        assert!(order.iter().enumerate().all(|(n, at)| *at == (first + n) % 3), "{order:?}");
    }

    async fn own_customers_who_waited_too_long_are_overdue(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        look_after_all(&app, &firm).await;
        look_after_all(&app, &other).await;
        let (rep, colleague) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await);
        visit_done(&app, &colleague, firm.market(), &json!({ "outcome": "ordered" })).await;
        let admin = firm.sign_in(&app, "admin").await;
        let settings = json!({ "visit_target": 8, "calendar": "gregorian", "visit_every_days": { "a": 1, "b": 1, "c": 1, "other": 10 } });
        admin.send(admin.request(Method::PUT, "/organisation").json(&settings)).await.ok(200);

        let overdue = |plan: Value| {
            let shown = |late: &Value| {
                let name = late["location"]["name"].as_str().unwrap().to_owned();
                (name, late["last_visit"].clone(), late["due"].clone(), late["days_overdue"].clone())
            };
            plan["overdue"].as_array().unwrap().iter().map(shown).collect::<Vec<_>>()
        };
        let never = |name: &str, days: u32| (name.to_owned(), Value::Null, json!("2026-11-21"), json!(days));
        assert_eq!(overdue(rep.get("/plan").await.ok(200)), []);
        let soon = overdue(rep.get("/plan?date=2026-12-01").await.ok(200));
        assert_eq!(soon, [never("ร้านเจ๊หมวย", 10), never("ห้างทอง 100%", 10)]);
        let later = overdue(rep.get("/plan?date=2026-12-03").await.ok(200));
        let market = ("Central Market".to_owned(), json!("2026-11-21"), json!("2026-12-01"), json!(2));
        assert_eq!(later, [never("ร้านเจ๊หมวย", 12), never("ห้างทอง 100%", 12), market.clone()]);
        let planned = put(&rep, "/plan?date=2026-12-03", &[firm.locations[2].id]).await.ok(200);
        assert_eq!(overdue(planned), [never("ร้านเจ๊หมวย", 12), market]);
        assert_eq!(overdue(colleague.get("/plan?date=2026-12-03").await.ok(200)), [], "those are not the colleague's");

        app.advance(TimeDelta::days(3));
        visit_done(&app, &firm.sign_in(&app, "rep1").await, firm.market(), &json!({ "outcome": "ordered" })).await;
        let rep = firm.sign_in(&app, "rep1").await;
        let later = overdue(rep.get("/plan?date=2026-12-05").await.ok(200));
        assert_eq!(later[2], ("Central Market".to_owned(), json!("2026-11-24"), json!("2026-12-04"), json!(1)), "the last visit counts");
        let stranger = other.sign_in(&app, "rep1").await;
        let theirs = stranger.get("/plan?date=2026-12-05").await.ok(200);
        assert_eq!(theirs["overdue"].as_array().unwrap().len(), 3);
        assert!(!theirs.to_string().contains(&firm.market().id.to_string()));
    }
}
