//! What a verdict is judged by: travel, repeated fixes, both clocks, photos; and check-outs nobody made.

use chrono::{DateTime, TimeDelta, Utc};
use ekenko_server::context::Outside;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, Firm, NOW, beside, check_in, jpeg_with_orientation, new_photo, png, visit_done,
};

/// A check-in sent with the device's clock beside it.
async fn told(rep: &Client, path: &str, body: &Value, device_now: DateTime<Utc>) -> Answer {
    let request = rep.request(Method::POST, path).header("device-time", device_now.to_rfc3339()).json(body);
    rep.send(request).await
}

async fn finish(rep: &Client, id: &Value) {
    let id = id.as_str().unwrap();
    rep.put_photo(id, &new_photo()).await.ok(200);
    rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
}

engines! {
    async fn two_shops_too_far_apart_for_the_time_are_suspicious(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        visit_done(&app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        app.advance(TimeDelta::seconds(60));
        // 11 km north, a minute later.
        let far = firm.locations.iter().find(|l| l.lat > 13.8).unwrap();
        let visit = rep.post("/visits", &check_in(&app, far)).await.ok(201);
        assert_eq!((&visit["verdict"], &visit["reasons"]), (&json!("suspicious"), &json!(["impossible_travel"])));
        assert!(visit["evidence"]["speed_mps"].as_f64().unwrap() > 180.0, "{visit}");
        finish(&rep, &visit["id"]).await;
        app.advance(TimeDelta::minutes(30));
        let rep = firm.sign_in(&app, "rep1").await;
        let back = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        assert_eq!(back["verdict"], "verified", "half an hour is time enough");
        // Another rep's way is not this one's.
        let other = firm.sign_in(&app, "rep2").await.post("/visits", &check_in(&app, far)).await.ok(201);
        assert_eq!(other["evidence"]["speed_mps"], Value::Null);
    }

    async fn the_same_coordinates_again_and_again_are_suspicious(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let mut verdicts = Vec::new();
        for _ in 0..4 {
            let rep = firm.sign_in(&app, "rep1").await;
            let visit = rep.post("/visits", &beside(app.clock.now(), firm.market(), 7.0)).await.ok(201);
            finish(&rep, &visit["id"]).await;
            verdicts.push((visit["verdict"].clone(), visit["reasons"].clone()));
            app.advance(TimeDelta::minutes(40));
        }
        assert_eq!(verdicts[2], (json!("verified"), json!([])));
        assert_eq!(verdicts[3], (json!("suspicious"), json!(["repeated_fix"])));
    }

    async fn a_check_in_told_later_keeps_both_clocks(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let pressed = app.clock.now();
        let mut body = check_in(&app, firm.market());
        body["occurred_at"] = json!(pressed);
        app.advance(TimeDelta::hours(3));
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = told(&rep, "/visits", &body, app.clock.now()).await.ok(201);
        assert_eq!(visit["verdict"], "verified");
        let at = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!(at(&visit["checked_in_at"]), pressed);
        let evidence = &visit["evidence"];
        assert_eq!((&evidence["offline"], &evidence["clock_offset_s"]), (&json!(true), &json!(0.0)));
        assert_eq!((at(&evidence["device_at"]), at(&evidence["received_at"])), (pressed, app.clock.now()));
        // Sent again after a lost answer, by a clock that went on.
        app.advance(TimeDelta::minutes(1));
        assert_eq!(told(&rep, "/visits", &body, app.clock.now()).await.ok(200)["id"], visit["id"]);
        let mut other = body.clone();
        other["occurred_at"] = json!(app.clock.now());
        told(&rep, "/visits", &other, app.clock.now()).await.refused(409, "id_conflict", "id");

        let id = visit["id"].as_str().unwrap();
        rep.put_photo(id, &new_photo()).await.ok(200);
        let left = pressed + TimeDelta::minutes(25);
        let out = json!({ "outcome": "ordered", "occurred_at": left });
        let path = format!("/visits/{id}/check-out");
        let done = told(&rep, &path, &out, app.clock.now()).await.ok(200);
        assert_eq!(done["duration_s"], 25 * 60);
        assert_eq!(told(&rep, &path, &out, app.clock.now()).await.ok(200), done);
        let other = json!({ "outcome": "ordered", "occurred_at": app.clock.now() });
        told(&rep, &path, &other, app.clock.now()).await.refused(409, "already_checked_out", "");
    }

    async fn a_wrong_clock_is_corrected_and_told(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let slow = TimeDelta::minutes(10);
        let pressed = app.clock.now();
        let mut body = beside(pressed - slow, firm.market(), 3.0);
        body["occurred_at"] = json!(pressed - slow);
        app.advance(TimeDelta::hours(1));
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = told(&rep, "/visits", &body, app.clock.now() - slow).await.ok(201);
        assert_eq!(visit["reasons"], json!(["clock_skew"]));
        assert_eq!(visit["evidence"]["clock_offset_s"], 600.0);
        assert_eq!(visit["evidence"]["fix_age_s"], 0.0);
        assert_eq!(visit["checked_in_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), pressed);
    }

    async fn what_was_kept_too_long_or_cannot_be_is_refused(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let mut body = check_in(&app, firm.market());
        body["occurred_at"] = json!(app.clock.now() - TimeDelta::days(31));
        told(&rep, "/visits", &body, app.clock.now()).await.refused(422, "invalid", "occurred_at");
        body["occurred_at"] = json!("yesterday");
        rep.post("/visits", &body).await.refused(422, "invalid", "occurred_at");
        body["occurred_at"] = json!(NOW);
        let odd = rep.request(Method::POST, "/visits").header("device-time", "noon").json(&body);
        rep.send(odd).await.refused(422, "invalid", "Device-Time");
    }

    async fn a_photo_sent_before_makes_the_visit_suspicious(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (shot, out) = (new_photo(), json!({ "outcome": "ordered" }));
        let mut ids = Vec::new();
        for _ in 0..2 {
            let rep = firm.sign_in(&app, "rep1").await;
            let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
            let id = visit["id"].as_str().unwrap().to_owned();
            rep.put_photo(&id, &shot).await.ok(200);
            rep.post(&format!("/visits/{id}/check-out"), &out).await.ok(200);
            ids.push(id);
            app.advance(TimeDelta::minutes(30));
        }
        let rep = firm.sign_in(&app, "rep1").await;
        let first = rep.get(&format!("/visits/{}", ids[0])).await.ok(200);
        assert_eq!((&first["verdict"], &first["evidence"]["photo"]["same_as"]), (&json!("verified"), &Value::Null));
        let again = rep.get(&format!("/visits/{}", ids[1])).await.ok(200);
        assert_eq!((&again["verdict"], &again["reasons"]), (&json!("suspicious"), &json!(["photo_reused"])));
        assert_eq!(again["evidence"]["photo"]["same_as"], json!(ids[0]));

        // The same picture, saved smaller and in another format.
        let picture = image::load_from_memory(&shot).unwrap().resize(60, 60, image::imageops::FilterType::Triangle);
        let mut saved = std::io::Cursor::new(Vec::new());
        picture.to_rgb8().write_to(&mut saved, image::ImageFormat::Jpeg).unwrap();
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        rep.put_photo(id, &saved.into_inner()).await.ok(200);
        let saved = rep.get(&format!("/visits/{id}")).await.ok(200);
        assert_eq!(saved["reasons"], json!(["photo_similar"]));
    }

    async fn a_visit_has_several_photos(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        let shots = [png(8, 6), jpeg_with_orientation(8, 6, 6)];
        let mut sent = Vec::new();
        for shot in &shots {
            sent.push(rep.put_photo(id, shot).await.ok(200));
            app.advance(TimeDelta::seconds(5));
        }
        // Sent again the first is still the first.
        assert_eq!(rep.put_photo(id, &shots[0]).await.ok(200), sent[0]);
        let visit = rep.get(&format!("/visits/{id}")).await.ok(200);
        assert_eq!((&visit["photos"], &visit["photo"]), (&json!(sent), &sent[1]));
        for (shot, photo) in shots.iter().zip(&sent) {
            let path = format!("/visits/{id}/photos/{}", photo["sha256"].as_str().unwrap());
            assert_eq!(&rep.get(&path).await.body, shot);
            assert_eq!(rep.get(&format!("{path}/thumbnail")).await.header("content-type"), "image/jpeg");
        }
        assert_eq!(rep.get(&format!("/visits/{id}/photo")).await.body, shots[1]);
        let unknown = format!("/visits/{id}/photos/{}", "0".repeat(64));
        rep.get(&unknown).await.refused(404, "visit_not_found", "id");
        firm.sign_in(&app, "rep2").await.get(&format!("/visits/{id}/photos/{}", sent[0]["sha256"].as_str().unwrap()))
            .await.refused(404, "visit_not_found", "id");
        for _ in 2..12 {
            rep.put_photo(id, &new_photo()).await.ok(200);
        }
        rep.put_photo(id, &new_photo()).await.refused(409, "too_many_photos", "photo");
    }

    async fn a_forgotten_check_out_is_made_at_the_days_end_and_gives_way_to_a_told_one(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let begun = app.clock.now();
        let visit = rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let id = visit["id"].as_str().unwrap();
        app.advance(TimeDelta::hours(12));
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 0, "the day is not over");
        app.advance(TimeDelta::hours(4));
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 1);
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 0);
        let rep = firm.sign_in(&app, "rep1").await;
        let closed = rep.get(&format!("/visits/{id}")).await.ok(200);
        assert_eq!((&closed["estimated"], &closed["checked_out_at"]), (&json!(true), &json!("2026-11-21T17:00:00Z")));
        assert_eq!(closed["outcome"], Value::Null);
        // A new visit may begin, and the watchers know.
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let manager = firm.sign_in(&app, "manager1").await;
        let seen = manager.get(&format!("/visits/{id}")).await.ok(200);
        assert_eq!(seen["estimated"], true);

        // The phone comes back with what it kept.
        rep.put_photo(id, &new_photo()).await.ok(200);
        let out = json!({ "outcome": "ordered", "occurred_at": begun + TimeDelta::minutes(20) });
        let path = format!("/visits/{id}/check-out");
        let told = told(&rep, &path, &out, app.clock.now()).await.ok(200);
        assert_eq!((&told["estimated"], &told["duration_s"]), (&json!(false), &json!(20 * 60)));
        rep.put_photo(id, &new_photo()).await.refused(409, "already_checked_out", "");
    }
}
