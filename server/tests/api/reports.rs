//! Reports over HTTP: who sees what, which days, pieces and files.

use std::io::Read;

use chrono::TimeDelta;
use ekenko_domain::report::Report;
use ekenko_server::{context::Outside, db::Db};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, TestApp, beside, check_in, new_photo, visit_done, within};

async fn report(client: &Client, query: &str) -> Report {
    serde_json::from_value(client.get(&format!("/reports?{query}")).await.ok(200)).unwrap()
}

/// Name and visits of each row that has any.
async fn visits(client: &Client, query: &str) -> Vec<(String, u32)> {
    let rows = report(client, query).await.rows.into_iter().filter(|row| row.figures.visits > 0);
    rows.map(|row| (row.name.or(row.key).unwrap_or_default(), row.figures.visits)).collect()
}

async fn export(client: &Client, query: &str, language: &str) -> Answer {
    let request = client.request(Method::GET, &format!("/reports/export?{query}"));
    client.send(request.header("accept-language", language)).await
}

/// rep1 once, rep2 twice and rep3 three times at Central Market.
async fn busy(app: &TestApp, firm: &Firm) {
    for (who, times) in [("rep1", 1), ("rep2", 2), ("rep3", 3)] {
        let rep = firm.sign_in(app, who).await;
        for _ in 0..times {
            visit_done(app, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        }
    }
}

/// A file of a workbook.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

engines! {
    async fn everybody_sees_what_is_theirs_to_see(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        busy(&app, &firm).await;
        visit_done(&app, &other.sign_in(&app, "rep1").await, other.market(), &json!({ "outcome": "absent" })).await;
        let [one, two, three] = ["rep1 of alpha", "rep2 of alpha", "rep3 of alpha"].map(str::to_owned);
        let all = [(one.clone(), 1), (two.clone(), 2), (three.clone(), 3)];
        for (who, sees) in [("admin", &all[..]), ("manager1", &all[..2]), ("manager2", &all[2..]), ("rep2", &all[1..2])] {
            let client = firm.sign_in(&app, who).await;
            assert_eq!(visits(&client, "by=rep").await, sees, "{who}");
            let total: u32 = sees.iter().map(|(_, visits)| visits).sum();
            for by in ["day", "month", "rep", "team", "customer", "purpose", "outcome"] {
                let whole = client.get(&format!("/reports?by={by}")).await.ok(200);
                assert_eq!(whole["total"]["visits"], total, "{who} by {by}");
                assert!(!whole.to_string().contains("beta"), "{who} by {by}: {whole}");
                let file = export(&client, &format!("by={by}&format=csv"), "en").await;
                assert_eq!(file.status, 200);
                assert!(!file.text().contains("beta"), "{who} by {by}");
            }
        }
        let manager = firm.sign_in(&app, "manager1").await;
        assert_eq!(visits(&manager, &format!("by=team&team_id={}", firm.north.id)).await, [("North".to_owned(), 3)]);
        // What is beyond the wall is as empty as what there is not.
        for narrow in [format!("team_id={}", firm.south.id), format!("team_id={}", other.north.id), format!("company_id={}", other.market().company.id), format!("employee_id={}", other.rep1.id)] {
            assert_eq!(report(&manager, &format!("by=customer&{narrow}")).await.total.visits, 0, "{narrow}");
        }
        let one_rep = format!("by=outcome&employee_id={}", firm.rep2.id);
        assert_eq!(visits(&manager, &one_rep).await, [("ordered".to_owned(), 2)]);
        let rep = firm.sign_in(&app, "rep1").await;
        rep.get(&format!("/reports?{one_rep}")).await.refused(403, "forbidden", "employee_id");
        rep.get(&format!("/reports/export?format=csv&{one_rep}")).await.refused(403, "forbidden", "employee_id");
        assert_eq!(visits(&rep, &format!("by=rep&employee_id={}", firm.rep1.id)).await, [(one, 1)]);
        app.anonymous().get("/reports").await.refused(401, "unauthenticated", "");
    }

    async fn without_values_it_is_the_month_so_far_by_day(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        busy(&app, &firm).await;
        let rep = firm.sign_in(&app, "rep1").await;
        let month = rep.get("/reports").await.ok(200);
        assert_eq!((&month["from"], &month["to"], &month["by"]), (&json!("2026-11-01"), &json!("2026-11-21"), &json!("day")));
        assert_eq!(month["rows"].as_array().unwrap().len(), 21);
        let day = json!({
            "key": "2026-11-21", "name": null, "visits": 1, "timed": 1, "on_site_s": 0, "average_on_site_s": 0, "verified": 1,
            "out_of_range": 0, "unverifiable": 0, "suspicious": 0, "rejected": 0, "verified_share": 1.0, "customers_visited": 1, "customers": null,
            "customers_covered": null, "coverage": null, "tasks_due": 0, "tasks_on_time": 0, "on_time_share": null,
        });
        assert_eq!((&month["rows"][20], &month["next"]), (&day, &Value::Null));
        // Past midnight in Bangkok, still the same day in UTC.
        app.advance(TimeDelta::hours(15));
        let rep = firm.sign_in(&app, "rep1").await;
        assert_eq!(report(&rep, "").await.to.to_string(), "2026-11-22");
        let both = report(&rep, "from=2025-12-01&to=2026-12-01&by=month").await;
        let keys: Vec<_> = both.rows.iter().filter_map(|row| row.key.as_deref()).collect();
        assert_eq!((keys.len(), keys[0], keys[12]), (13, "2025-12", "2026-12"));
    }

    async fn a_report_that_cannot_be_is_refused(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        for (query, field) in [
            ("from=2026-11-31", "from"), ("to=soon", "to"), ("to=0001-01-01", "to"), ("from=2026-11-22&to=2026-11-21", "to"),
            ("from=2025-11-20&to=2026-11-21", "to"), ("by=week", "by"), ("by=Day", "by"), ("team_id=1", "team_id"),
            ("employee_id=x", "employee_id"), ("company_id=x", "company_id"), ("by=customer&limit=201", "limit"),
            ("limit=0", "limit"), ("by=customer&cursor=x", "cursor"), ("by=day&by=rep", "by"),
        ] {
            admin.get(&format!("/reports?{query}")).await.refused(422, "invalid", field);
        }
        assert_eq!(report(&admin, "from=2025-11-21&to=2026-11-21").await.rows.len(), 366);
        for (query, field) in [("", "format"), ("format=doc", "format"), ("format=pdf&month=2026-13", "month"), ("format=pdf&month=2026-1", "month"), ("format=pdf&month=0026-01", "month"), ("format=pdf&team_id=x", "team_id"), ("format=csv&by=week", "by"), ("format=csv&from=2020-01-01", "to")] {
            admin.get(&format!("/reports/export?{query}")).await.refused(422, "invalid", field);
        }
    }

    async fn customers_come_in_pieces_the_most_visited_first(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        for (place, times) in [(1, 3), (2, 1), (0, 1)] {
            for _ in 0..times {
                visit_done(&app, &rep, &firm.locations[place], &json!({ "outcome": "other" })).await;
            }
        }
        let admin = firm.sign_in(&app, "admin").await;
        let csv = "name,lat,lng\nunseen 1,13,100\nunseen 2,13.1,100\n";
        admin.post_raw("/imports/locations", csv).await.ok(200);
        let unseen = admin.all("/locations", &[("q", "unseen")], 9).await;
        for place in &unseen {
            let path = format!("/locations/{}/owner", place["id"].as_str().unwrap());
            admin.send(admin.request(Method::PUT, &path).json(&json!({ "employee_id": firm.rep1.id }))).await;
        }
        let whole = report(&admin, "by=customer").await;
        assert_eq!((whole.rows.len(), &whole.next), (5, &None), "those looked after are there also without a visit");
        assert_eq!(whole.rows[0].name.as_deref(), Some("ร้านเจ๊หมวย"));
        let times: Vec<_> = whole.rows.iter().map(|row| row.figures.visits).collect();
        assert_eq!(times, [3, 1, 1, 0, 0]);
        assert_eq!((whole.total.customers, whole.total.customers_covered), (Some(2), Some(0)));
        for limit in [1, 2, 3, 4] {
            let (mut rows, mut cursor) = (Vec::new(), String::new());
            loop {
                let piece = report(&admin, &format!("by=customer&limit={limit}&cursor={cursor}")).await;
                assert_eq!(piece.total, whole.total);
                rows.extend(piece.rows);
                match piece.next {
                    Some(next) => cursor = next,
                    None => break,
                }
            }
            assert_eq!(rows, whole.rows, "{limit}");
        }
    }

    async fn a_report_can_be_taken_away(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let place = admin.post_raw("/imports/locations", "name,lat,lng\n\"=HYPERLINK(1), \"\"x\"\"\",13.757,100.502\n").await;
        place.ok(200);
        let evil = &admin.all("/locations", &[("q", "HYPERLINK")], 1).await[0];
        let rep = firm.sign_in(&app, "rep1").await;
        let evil = serde_json::from_value(evil.clone()).unwrap();
        visit_done(&app, &rep, &evil, &json!({ "outcome": "ordered" })).await;
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);

        let csv = export(&admin, "by=customer&format=csv", "th-TH,th;q=0.9,en;q=0.8").await;
        assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"ekenko-customer-2026-11-01-to-2026-11-21.csv\"");
        let text = csv.text();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("\u{FEFF}ลูกค้า,การเยี่ยม,"), "{text}");
        assert_eq!(lines.len(), 5, "{text}");
        assert_eq!(lines[3], "รวม,2,1,0,0,2,0,0,0,0,1.0000,2,0,0,,0,0,", "{text}");
        assert!(lines[1..3].contains(&"\"'=HYPERLINK(1), \"\"x\"\"\",1,1,0,0,1,0,0,0,0,1.0000,1,,,,0,0,"), "{text}");
        assert!(lines[1..3].contains(&"Central Market,1,0,0,,1,0,0,0,0,1.0000,1,,,,0,0,"), "{text}");
        let outcomes = export(&admin, "by=outcome&format=csv", "en-GB").await.text();
        assert!(outcomes.ends_with("\r\nTotal,2,1,0,0,2,0,0,0,0,1.0000,2,0,0,,0,0,\r\n"), "{outcomes}");
        assert!(outcomes.contains("\r\nOrdered,1,") && outcomes.contains("\r\nNot told,1,"), "{outcomes}");

        let book = export(&admin, "by=day&format=xlsx", "en").await;
        assert_eq!(book.header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        assert_eq!(book.header("content-disposition"), "attachment; filename=\"ekenko-day-2026-11-01-to-2026-11-21.xlsx\"");
        let page = part(&book.body, "xl/worksheets/sheet1.xml");
        assert!(page.contains("<pane xSplit=\"1\" ySplit=\"1\"") && page.contains("state=\"frozen\""), "{page}");
        // 2026-11-21 as Excel counts days, in the format of dates, and two visits as a number.
        assert!(page.contains("<c r=\"A22\" s=\"2\"><v>46347</v></c><c r=\"B22\" s=\"3\"><v>2</v></c>"), "{page}");
        assert!(part(&book.body, "xl/sharedStrings.xml").contains("<t>Verified share</t>"));
        let months = export(&admin, "by=month&format=xlsx", "th").await;
        assert!(part(&months.body, "xl/worksheets/sheet1.xml").contains("<v>46327</v>"), "the first of November");
        assert!(part(&months.body, "xl/sharedStrings.xml").contains("เดือน"));
    }

    async fn a_day_changed_by_several_at_once_is_kept_whole(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, photo) = (firm.sign_in(&app, "rep1").await, new_photo());
        let first = check_in(&app, firm.market());
        rep.post("/visits", &first).await.ok(201);
        rep.put_photo(first["id"].as_str().unwrap(), &photo).await.ok(200);
        let day = app.clock.now();
        app.advance(TimeDelta::days(1));
        let rep = firm.sign_in(&app, "rep1").await;
        let mut late = Vec::new();
        for n in 1..6 {
            // Each was forgotten in turn and told only now, so all are of one day and still take photos.
            assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 1);
            let at = day + TimeDelta::minutes(n);
            let mut body = beside(at, firm.market(), n as f64);
            body["occurred_at"] = json!(at);
            rep.post("/visits", &body).await.ok(201);
            late.push(body["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 1);
        let (rep, photo) = (&rep, &photo);
        let shown = late.iter().map(|id| async move { rep.put_photo(id, photo).await.status });
        assert_eq!(within("photos", futures_util::future::join_all(shown)).await, [200; 5]);
        let day = &report(rep, "from=2026-11-21&to=2026-11-21").await.total;
        assert_eq!((day.visits, day.suspicious, day.timed), (6, 5, 0));
    }

    async fn purposes_that_several_have_first_at_once_are_counted_apart(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let mut first = Vec::new();
        for (who, purpose) in [("rep1", "offer"), ("rep2", "survey"), ("rep3", "collect")] {
            let mut body = check_in(&app, firm.market());
            body["purpose"] = json!(purpose);
            first.push((firm.sign_in(&app, who).await, body));
        }
        let sent = first.iter().map(|(rep, body)| async move { rep.post("/visits", body).await.status });
        assert_eq!(within("check-ins", futures_util::future::join_all(sent)).await, [201; 3]);
        let admin = firm.sign_in(&app, "admin").await;
        let rows = report(&admin, "by=purpose").await.rows;
        let visited = rows.iter().filter(|row| row.figures.visits > 0);
        let visited: Vec<_> = visited.map(|row| (row.key.as_deref().unwrap(), row.figures.visits)).collect();
        assert_eq!(visited, [("offer", 1), ("collect", 1), ("survey", 1)]);
    }

    async fn days_of_one_week_changed_at_once_are_both_kept_and_made_again_when_unreadable(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, photo, saturday) = (firm.sign_in(&app, "rep1").await, new_photo(), app.clock.now());
        let begin = async |rep: &Client, body: Value| {
            rep.post("/visits", &body).await.ok(201);
            body["id"].as_str().unwrap().to_owned()
        };
        let first = begin(&rep, check_in(&app, firm.market())).await;
        rep.put_photo(&first, &photo).await.ok(200);
        app.advance(TimeDelta::days(1));
        let rep = firm.sign_in(&app, "rep1").await;
        app.app.visits.close_forgotten_once().await.unwrap();
        let mut told = beside(saturday + TimeDelta::minutes(1), firm.market(), 1.0);
        told["occurred_at"] = json!(saturday + TimeDelta::minutes(1));
        let late = begin(&rep, told).await;
        app.app.visits.close_forgotten_once().await.unwrap();
        let today = begin(&rep, check_in(&app, firm.market())).await;
        // A photo of before makes both suspicious.
        let shown = [&late, &today].map(|id| rep.put_photo(id, &photo));
        for answer in within("photos", futures_util::future::join_all(shown)).await {
            answer.ok(200);
        }
        let days = async || {
            let rows = report(&rep, "by=day&from=2026-11-21&to=2026-11-22").await.rows;
            rows.iter().map(|row| (row.figures.visits, row.figures.suspicious)).collect::<Vec<_>>()
        };
        assert_eq!(days().await, [(2, 1), (1, 1)]);

        match &app.app.db {
            Db::Sqlite { write, .. } => {
                sqlx::query("UPDATE visit_weeks SET packed = x'00'").execute(write).await.map(|_| ()).unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query("UPDATE visit_weeks SET packed = '\\x00'").execute(pool).await.map(|_| ()).unwrap();
            }
        }
        rep.get("/reports?from=2026-11-21&to=2026-11-22").await.refused(500, "internal", "");
        rep.put_photo(&today, &new_photo()).await.ok(200);
        assert_eq!(days().await, [(2, 1), (1, 1)]);
    }

    async fn a_verdict_that_changes_is_counted_as_it_is_now(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let photo = new_photo();
        for n in 0..2 {
            let body = check_in(&app, firm.market());
            rep.post("/visits", &body).await.ok(201);
            let total = report(&rep, "").await.total;
            assert_eq!((total.visits, total.verified, total.timed), (n + 1, n + 1, n));
            let id = body["id"].as_str().unwrap();
            rep.put_photo(id, &photo).await.ok(200);
            assert_eq!(report(&rep, "").await.total.suspicious, n, "the second time it is a photo of before");
            app.advance(TimeDelta::seconds(90));
            rep.post(&format!("/visits/{id}/check-out"), &json!({ "outcome": "ordered" })).await.ok(200);
        }
        let total = report(&rep, "").await.total;
        assert_eq!((total.timed, total.on_site_s, total.average_on_site_s), (2, 180, Some(90)));
        // The third is forgotten: it counts, but nobody knows for how long.
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        app.advance(TimeDelta::days(1));
        assert_eq!(app.app.visits.close_forgotten_once().await.unwrap(), 1);
        let total = report(&firm.sign_in(&app, "rep1").await, "").await.total;
        assert_eq!((total.visits, total.timed, total.average_on_site_s), (3, 2, Some(90)));
    }
}
