//! A rep's visit from check-in to check-out.

use chrono::{DateTime, TimeDelta, Utc};
use ekenko_domain::visit::{Outcome, Purpose};
use ekenko_server::context::Outside;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Firm, NOW, beside, check_in, png, visit_done, within};

engines! {
    async fn sent_again_a_check_in_is_the_same_visit(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let body = check_in(&app, firm.market());
        let first = rep.post("/visits", &body).await;
        first.ok(201);
        app.advance(TimeDelta::minutes(2));
        let again = rep.post("/visits", &body).await;
        assert_eq!(again.ok(200), first.json());

        for (field, value) in [
            ("purpose", json!("collect")),
            ("location_id", json!(firm.locations[1].id)),
            ("fix", Value::Null),
        ] {
            let mut other = body.clone();
            other[field] = value;
            rep.post("/visits", &other).await.refused(409, "id_conflict", "id");
        }
        let colleague = firm.sign_in(&app, "rep2").await;
        colleague.post("/visits", &body).await.refused(409, "id_conflict", "id");
    }

    async fn sent_many_times_at_once_a_check_in_is_one_visit(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let body = check_in(&app, firm.market());
        let tries = (0..8).map(|_| async { rep.post("/visits", &body).await.status });
        let mut statuses = within("check-ins", futures_util::future::join_all(tries)).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        let tries = (0..8).map(|_| async { rep.post("/visits", &check_in(&app, firm.market())).await.status });
        assert_eq!(within("check-ins", futures_util::future::join_all(tries)).await, [409; 8]);
    }

    async fn a_rep_has_one_open_visit(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let first = check_in(&app, firm.market());
        rep.post("/visits", &first).await.ok(201);
        let refused = rep.post("/visits", &check_in(&app, &firm.locations[1])).await.refused(409, "visit_open", "");
        assert!(refused["detail"].as_str().unwrap().contains(first["id"].as_str().unwrap()));
        firm.sign_in(&app, "rep2").await.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = first["id"].as_str().unwrap();
        rep.put_photo(id, &png(2, 2)).await.ok(200);
        rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "closed" })).await.ok(200);
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
    }

    async fn a_verdict_says_why(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let now = app.clock.now();
        let at = |north_m: f64, accuracy_m: f64, age_s: i64| {
            let mut body = beside(now - TimeDelta::seconds(age_s), firm.market(), north_m);
            body["fix"]["accuracy_m"] = accuracy_m.into();
            body
        };
        let mut no_fix = at(0.0, 0.0, 0);
        no_fix["fix"] = Value::Null;
        for (body, verdict, reasons, distance) in [
            (at(40.0, 10.0, 0), "verified", json!([]), json!(40.0)),
            (at(400.0, 10.0, 0), "out_of_range", json!(["outside_radius"]), json!(400.0)),
            (at(160.0, 30.0, 0), "unverifiable", json!(["maybe_inside"]), json!(160.0)),
            (at(0.0, 500.0, 0), "unverifiable", json!(["coarse_fix"]), json!(0.0)),
            (no_fix, "unverifiable", json!(["no_fix"]), Value::Null),
            (at(0.0, 10.0, 301), "suspicious", json!(["stale_fix"]), json!(0.0)),
            (at(0.0, 10.0, -121), "suspicious", json!(["clock_ahead"]), json!(0.0)),
            (at(900.0, 10.0, 3600), "suspicious", json!(["stale_fix", "outside_radius"]), json!(900.0)),
        ] {
            let visit = rep.post("/visits", &body).await.ok(201);
            assert_eq!(
                (&visit["verdict"], &visit["reasons"], &visit["distance_m"]), (&json!(verdict), &reasons, &distance), "{body}"
            );
            let id = visit["id"].as_str().unwrap();
            assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), visit);
            rep.put_photo(id, &png(2, 2)).await.ok(200);
            rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "other" })).await.ok(200);
        }
    }

    async fn checking_out_needs_a_photo_and_tells_the_duration(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        let path = format!("/visits/{id}/check-out");
        let out = json!({ "outcome": "no_order", "notes": "ปิดร้าน\nfree text" });
        rep.post(&path, &out).await.refused(409, "photo_required", "photo");
        assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), visit);

        let photo = rep.put_photo(id, &png(40, 30)).await.ok(200);
        assert_eq!((&photo["width"], &photo["height"]), (&json!(40), &json!(30)));
        assert_eq!(rep.put_photo(id, &png(40, 30)).await.ok(200), photo);
        app.advance(TimeDelta::milliseconds(754_900));
        let done = rep.post(&path, &out).await.ok(200);
        assert_eq!((&done["duration_s"], &done["outcome"], &done["photo"]), (&json!(754), &out["outcome"], &photo));
        assert_eq!(done["notes"], out["notes"]);

        app.advance(TimeDelta::minutes(1));
        assert_eq!(rep.post(&path, &out).await.ok(200), done);
        rep.post(&path, &json!({ "outcome": "ordered" })).await.refused(409, "already_checked_out", "");
        assert_eq!(rep.put_photo(id, &png(40, 30)).await.ok(200), photo);
        rep.put_photo(id, &png(30, 40)).await.refused(409, "already_checked_out", "");
        assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), done);
    }

    async fn the_latest_photo_counts(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        for picture in [png(4, 3), png(3, 4), png(5, 3)] {
            let photo = rep.put_photo(id, &picture).await.ok(200);
            assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200)["photo"], photo);
            assert_eq!(rep.get(&format!("/visits/{id}/photo")).await.body, picture);
        }
    }

    async fn times_come_back_to_the_microsecond(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let mut body = check_in(&app, firm.market());
        body["fix"]["taken_at"] = "2026-11-21T10:00:00.123456999+07:00".into();
        let visit = rep.post("/visits", &body).await.ok(201);
        let stored = rep.get(&format!("/visits/{}", visit["id"].as_str().unwrap())).await.ok(200);
        for visit in [&visit, &stored] {
            assert_eq!(visit["checked_in_at"], NOW);
            assert_eq!(visit["evidence"]["fix"]["taken_at"], NOW);
            assert_eq!(visit["evidence"]["fix_age_s"], 0.0);
        }
        rep.post("/visits", &body).await.ok(200);
        app.advance(TimeDelta::microseconds(1));
        let id = visit["id"].as_str().unwrap();
        rep.put_photo(id, &png(2, 2)).await.ok(200);
        let done = rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "other" })).await.ok(200);
        let out: DateTime<Utc> = done["checked_out_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(out - NOW.parse::<DateTime<Utc>>().unwrap(), TimeDelta::microseconds(1));
    }

    async fn every_number_comes_back_as_it_was_sent(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        for (lat, lng, accuracy) in [
            (-90.0, 180.0, 20_037_508.0), (90.0, -180.0, 0.0), (5e-324, 1e-300, 0.1), (13.756_331_234_567_89, 100.501_765_432_109_87, 3.3),
        ] {
            let mut body = check_in(&app, firm.market());
            body["fix"] = json!({ "lat": lat, "lng": lng, "accuracy_m": accuracy, "taken_at": NOW });
            let visit = rep.post("/visits", &body).await.ok(201);
            assert_eq!(visit["evidence"]["fix"], body["fix"]);
            let id = visit["id"].as_str().unwrap();
            assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), visit);
            rep.put_photo(id, &png(2, 2)).await.ok(200);
            rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "other" })).await.ok(200);
        }
    }

    async fn every_purpose_and_outcome_is_taken(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let codes = (Purpose::ALL.iter().map(|p| p.code()).collect::<Vec<_>>(), Outcome::ALL.iter().map(|o| o.code()).collect::<Vec<_>>());
        assert_eq!(codes.0, ["offer", "collect", "deliver", "survey", "complaint", "other"]);
        assert_eq!(codes.1, ["ordered", "no_order", "collected", "delivered", "closed", "absent", "other"]);
        for (n, outcome) in codes.1.iter().enumerate() {
            let mut body = check_in(&app, firm.market());
            body["purpose"] = codes.0[n % codes.0.len()].into();
            let visit = rep.post("/visits", &body).await.ok(201);
            let id = visit["id"].as_str().unwrap();
            rep.put_photo(id, &png(2, 2)).await.ok(200);
            let done = rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": outcome })).await.ok(200);
            assert_eq!((&done["purpose"], &done["outcome"], &done["notes"]), (&body["purpose"], &json!(outcome), &Value::Null));
        }
    }

    async fn what_was_answered_outlives_the_process(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        let before = rep.get(&format!("/visits/{id}")).await.ok(200);
        app.app.db.close().await;
        let next = app.beside(true).await;
        let rep = firm.sign_in(&next, "rep1").await;
        assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), before);
        assert!(Uuid::parse_str(&id).is_ok());
    }
}
