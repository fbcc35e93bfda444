//! Who sees which visits, and reading long lists.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Firm, check_in, png, visit_done};

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

engines! {
    async fn a_long_list_comes_in_pieces_without_gap_or_double(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep1, rep2) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await);
        let mut made = Vec::new();
        for n in 0..23 {
            let rep = if n % 3 == 0 { &rep2 } else { &rep1 };
            made.push(visit_done(&app, rep, firm.market(), &json!({ "outcome": "other" })).await);
            // Now and then two within one microsecond.
            if n % 4 != 0 {
                app.advance(TimeDelta::microseconds(1));
            }
        }
        let manager = firm.sign_in(&app, "manager1").await;
        let whole = manager.find("/visits", &[("limit", "500")]).await.ok(200);
        assert_eq!(whole["next"], Value::Null);
        let whole = ids(whole["items"].as_array().unwrap());
        assert_eq!(whole.iter().collect::<BTreeSet<_>>(), made.iter().collect::<BTreeSet<_>>());
        assert_eq!(whole.len(), made.len());
        for limit in [1, 7, 22, 23] {
            assert_eq!(ids(&manager.all("/visits", &[], limit).await), whole);
        }
        let of_rep2 = json!(firm.rep2.id).as_str().unwrap().to_owned();
        let theirs = manager.all("/visits", &[("employee_id", &of_rep2)], 3).await;
        assert_eq!(theirs.len(), 8);
        assert!(theirs.iter().all(|visit| visit["employee"]["id"] == json!(firm.rep2.id)));
        let times: Vec<_> = theirs.iter().map(|visit| visit["checked_in_at"].as_str().unwrap().to_owned()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "latest first");
    }

    async fn a_day_is_the_organisations_own(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let today = visit_done(&app, &rep, firm.market(), &json!({ "outcome": "other" })).await;
        // Past midnight in Bangkok, still the same day in UTC.
        app.advance(TimeDelta::hours(15));
        let rep = firm.sign_in(&app, "rep1").await;
        let tomorrow = check_in(&app, firm.market());
        rep.post("/visits", &tomorrow).await.ok(201);
        let tomorrow = tomorrow["id"].as_str().unwrap();
        let of = async |date: &str| ids(&rep.all("/visits", &[("date", date)], 5).await);
        assert_eq!(of("2026-11-21").await, [today]);
        assert_eq!(of("2026-11-22").await, [tomorrow]);
        assert_eq!(of("").await, [tomorrow], "without a date it is today");
        assert_eq!(of("2026-11-20").await, Vec::<String>::new());
        let open = rep.find("/visits", &[("open", "true")]).await.ok(200);
        assert_eq!(ids(open["items"].as_array().unwrap()), [tomorrow], "open visits of any day");
    }

    async fn a_rep_finds_own_visits_only(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep1, rep2) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "rep2").await);
        let visit = rep2.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        rep1.get(&format!("/visits/{id}")).await.refused(404, "visit_not_found", "id");
        rep1.put_photo(id, &png(2, 2)).await.refused(404, "visit_not_found", "id");
        let out = json!({ "outcome": "ordered" });
        rep1.post(&format!("/visits/{id}/check-out"), &out).await.refused(404, "visit_not_found", "id");
        assert_eq!(rep1.all("/visits", &[], 5).await, Vec::<Value>::new());
        let theirs = [("employee_id", &*firm.rep2.id.to_string())];
        rep1.find("/visits", &theirs).await.refused(403, "forbidden", "employee_id");
        let board = rep1.get("/board").await.ok(200);
        assert_eq!(board["reps"].as_array().unwrap().len(), 1);
        assert_eq!(board["feed"]["items"], json!([]));
        assert_eq!(rep1.get("/board/pins").await.ok(200)["pins"], json!([]));
        assert_eq!(rep2.get(&format!("/visits/{id}")).await.ok(200), visit);
    }

    async fn a_manager_sees_own_teams_and_an_admin_all(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let mut made = Vec::new();
        for who in ["rep1", "rep2", "rep3"] {
            let visit = firm.sign_in(&app, who).await.post("/visits", &check_in(&app, firm.market())).await.ok(201);
            app.advance(TimeDelta::seconds(1));
            made.insert(0, visit["id"].as_str().unwrap().to_owned());
        }
        for (who, sees) in [("manager1", &made[1..]), ("manager2", &made[..1]), ("admin", &made[..])] {
            let client = firm.sign_in(&app, who).await;
            assert_eq!(ids(&client.all("/visits", &[], 2).await), sees, "{who}");
            let board = client.get("/board").await.ok(200);
            assert_eq!(ids(board["feed"]["items"].as_array().unwrap()), sees, "{who}");
            assert_eq!(board["reps"].as_array().unwrap().len(), sees.len(), "{who}");
            assert_eq!(client.get("/board/pins").await.ok(200)["pins"].as_array().unwrap().len(), sees.len(), "{who}");
            for id in &made {
                let status = if sees.contains(id) { 200 } else { 404 };
                assert_eq!(client.get(&format!("/visits/{id}")).await.status, status, "{who}");
            }
        }
    }
}
