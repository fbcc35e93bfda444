//! Customer locations from CSV and from Excel workbooks, and back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, TestApp, Watcher, check_in, shared};

const IMPORT: &str = "/imports/locations";

async fn import_lines(client: &Client, path: &str, csv: impl Into<reqwest::Body>) -> (Answer, Vec<Value>) {
    let request = client.request(Method::POST, path).header("accept", "application/x-ndjson").body(csv);
    let answer = client.send(request).await;
    let lines = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answer, lines)
}

async fn count(client: &Client) -> usize {
    client.all("/locations", &[], 200).await.len()
}

/// What the activity log tells of imports, the first first.
async fn imported(firm: &Firm, app: &TestApp) -> Vec<u64> {
    let log =
        firm.sign_in(app, "admin").await.all("/activities", &[("kind", "customer.imported")], 100).await;
    // The first is the firm's own.
    log.iter().rev().skip(1).map(|line| line["after"]["imported"].as_u64().unwrap()).collect()
}

engines! {
    async fn a_dry_run_keeps_nothing_and_the_same_file_twice_makes_no_doubles(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let csv = "Name,LAT,lng,Company,colour,phone,postcode\n\
            ร้านหนึ่ง,13.1,100.1,บริษัท ก,red,02-123-4567,10400\n\
            ร้านหนึ่ง,13.1,100.1,บริษัท ก,blue,02-123-4567,10400\n\
            shop,-0.0,-0,,,,\n";
        let report = |dry_run: bool, imported: usize, unchanged: usize| {
            json!({
                "dry_run": dry_run, "rows": 3, "imported": imported, "unchanged": unchanged, "bad_rows": [], "ignored_columns": ["colour"],
            })
        };
        let dry = format!("{IMPORT}?dry_run=true");
        assert_eq!(manager.post_raw(&dry, csv).await.ok(200), report(true, 3, 0));
        assert_eq!(count(&manager).await, 3);
        assert_eq!(manager.post_raw(IMPORT, csv).await.ok(200), report(false, 3, 0));
        assert_eq!(count(&manager).await, 6);
        assert_eq!(manager.post_raw(&dry, csv).await.ok(200), report(true, 0, 3));
        assert_eq!(manager.post_raw(IMPORT, csv).await.ok(200), report(false, 0, 3));
        assert_eq!(count(&manager).await, 6);

        let shops = manager.all("/locations", &[("q", "ร้านหนึ่ง")], 5).await;
        assert_eq!(shops.len(), 2);
        assert_eq!(shops[0]["company"], shops[1]["company"], "one company of that name");
        assert_eq!((&shops[0]["phone"], &shops[0]["postcode"]), (&json!("02-123-4567"), &json!("10400")));
        let shop = &manager.all("/locations", &[("q", "shop")], 5).await[0];
        assert_eq!(shop["company"]["name"], "shop", "a row without company gets one of its own name");
    }

    async fn bad_rows_are_told_and_good_ones_kept(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let csv = b"name,lat,lng,address\n\
            good,13,100,x\n\
            ,13,100,x\n\
            north,91,100,x\n\
            \"two\nlines\",13,100,x\n\
            east,13,east,x\n\
            wide,13,100,x,y\n\
            \xff,13,100,x\n\
            also good,13,100,\n"
            .to_vec();
        let report = admin.post_raw(IMPORT, csv).await.ok(200);
        assert_eq!((&report["rows"], &report["imported"]), (&json!(8), &json!(2)));
        assert_eq!(report["bad_rows"], json!([
            { "line": 3, "field": "name", "reason": "must not be empty" },
            { "line": 4, "field": "lat", "reason": "latitude must be between -90 and 90 degrees, not 91" },
            { "line": 5, "field": "name", "reason": "must not contain control characters" },
            { "line": 7, "field": "lng", "reason": "is not a number: east" },
            { "line": 8, "field": "", "reason": "has 5 cells, the header has 4" },
            { "line": 9, "field": "name", "reason": "is not UTF-8 text" },
        ]));
        assert_eq!(count(&admin).await, 5);
    }

    async fn an_unreadable_file_changes_nothing(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let utf16: Vec<u8> = "\u{feff}name,lat,lng\nx,1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for csv in [b"".to_vec(), b"name,lat\nx,1\n".to_vec(), b"name,lat,lng,LAT\nx,1,2,3\n".to_vec(), b"\xff\xfe\xfd,b\n".to_vec(), utf16] {
            let shown = String::from_utf8_lossy(&csv).into_owned();
            let answer = admin.post_raw(IMPORT, csv.clone()).await;
            assert_eq!(answer.status, 422, "{shown}: {}", answer.text());
            answer.refused(422, "unreadable_file", "file");
            let (_, lines) = import_lines(&admin, IMPORT, csv).await;
            assert_eq!(lines.last().unwrap()["problem"]["type"], "/problems/unreadable_file");
        }
        admin.post_raw(&format!("{IMPORT}?dry_run=maybe"), "name,lat,lng\nx,1,2\n").await.refused(422, "invalid", "dry_run");
        assert_eq!(count(&admin).await, 3);
    }

    async fn a_rep_imports_nothing(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post_raw(IMPORT, "name,lat,lng\nx,1,2\n").await.refused(403, "forbidden", "");
        assert_eq!(count(&rep).await, 3);
    }

    async fn a_large_file_is_taken_told_and_logged_a_piece_at_a_time(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let (mut watcher, _) = Watcher::hello(&app, &manager, json!({})).await;
        // The row twice and the company of one number stand in two pieces.
        let rows: String = (0..2200).map(|n| format!("shop {},13,100,co {n},0994000617721\n", n % 1500)).collect();
        let csv = format!("name,lat,lng,company,tax_id\n{rows},1,1,,\n");
        let (answer, lines) = import_lines(&manager, IMPORT, csv.clone()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
        let (last, progress) = lines.split_last().unwrap();
        let done: Vec<_> = progress.iter().map(|line| line["progress"]["done"].as_u64().unwrap()).collect();
        assert_eq!(done, [1000, 2000, 2200]);
        assert!(progress.iter().all(|line| line["progress"]["total"] == 2200));
        assert_eq!(last["report"]["imported"], 2200);
        for (imported, bad_rows) in [(1000, 1), (1000, 0), (200, 0)] {
            let event = watcher.event().await;
            assert_eq!(event.data, json!({ "imported": imported, "unchanged": 0, "bad_rows": bad_rows }));
        }
        assert_eq!(imported(&firm, &app).await, [1000, 1000, 200]);
        let shops = manager.all("/locations", &[("q", "shop 699")], 9).await;
        assert_eq!(shops.len(), 2, "as often as the file has it");
        assert!(shops.iter().all(|shop| shop["company"]["name"] == "co 0"), "{shops:?}");
        for dry in ["?dry_run=true", ""] {
            let again = manager.post_raw(&format!("{IMPORT}{dry}"), csv.clone()).await.ok(200);
            assert_eq!((&again["imported"], &again["unchanged"]), (&json!(0), &json!(2200)), "{dry}");
        }
    }

    async fn others_write_between_pieces_and_what_breaks_off_is_taken_up_again(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (admin, rep) = (app.admin("alpha").await, firm.sign_in(&app, "rep1").await);
        let rows: String = (0..20_000).map(|n| format!("shop {n},13,100\n")).collect();
        let csv = format!("name,lat,lng\n{rows}");
        let (begun, kept) = tokio::sync::oneshot::channel();
        let begun = std::sync::Mutex::new(Some(begun));
        let import = tokio::spawn({
            let (app, csv) = (app.app.clone(), csv.clone());
            async move {
                let told = |_, _| {
                    if let Some(begun) = begun.lock().unwrap().take() {
                        begun.send(()).unwrap();
                    }
                };
                app.customers.import(&admin, csv.as_bytes(), false, &told).await.unwrap()
            }
        });
        kept.await.unwrap();
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        assert!(!import.is_finished(), "the visit did not wait for the whole import");
        import.abort();
        assert!(import.await.unwrap_err().is_cancelled());

        let manager = firm.sign_in(&app, "manager1").await;
        let taken = |report: &Value| report["unchanged"].as_u64().unwrap();
        let rest = manager.post_raw(&format!("{IMPORT}?dry_run=true"), csv.clone()).await.ok(200);
        assert!((1000..20_000).contains(&taken(&rest)) && taken(&rest) % 1000 == 0, "{rest}");
        let logged: u64 = imported(&firm, &app).await.iter().sum();
        assert_eq!(logged, taken(&rest), "every row that is there is in the log");
    }

    async fn columns_are_told_by_their_heads_or_by_a_mapping(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let csv = "ชื่อร้าน,ละติจูด,ลองจิจูด,Colour,เลขประจำตัวผู้เสียภาษี,เกรด,สถานะ,ผู้ดูแล,อำเภอ/เขต,บริษัท,เครดิต (วัน),วงเงินเครดิต\n\
            ร้านหนึ่ง,13.1,100.1,red,0-9940-00617-72-1,d,lead,REP1@alpha.test,บางรัก,บริษัท ก,30,\"1,250.50\"\n\
            ร้านสอง,13.2,100.2,blue,994000617721,,inactive,rep2 of alpha,,อีกชื่อ,,\n";
        let preview = manager.post_raw(&format!("{IMPORT}/preview"), csv).await.ok(200);
        assert_eq!((&preview["rows"], &preview["columns"][3]), (&json!(2), &json!({ "head": "Colour", "samples": ["red", "blue"] })));
        let guessed = json!({
            "name": 0, "lat": 1, "lng": 2, "tax_id": 4, "grade": 5, "status": 6, "owner": 7, "district": 8, "company": 9, "credit_days": 10, "credit_limit": 11,
        });
        assert_eq!(preview["mapping"], guessed);
        let report = manager.post_raw(IMPORT, csv).await.ok(200);
        assert_eq!((&report["imported"], &report["bad_rows"], &report["ignored_columns"]), (&json!(2), &json!([]), &json!(["Colour"])));
        let shops = manager.all("/locations", &[("q", "ร้าน")], 9).await;
        let one = shops.iter().find(|shop| shop["name"] == "ร้านหนึ่ง").unwrap();
        let two = shops.iter().find(|shop| shop["name"] == "ร้านสอง").unwrap();
        assert_eq!((&one["status"], &one["grade"], &one["district"]), (&json!("lead"), &json!("d"), &json!("บางรัก")));
        assert_eq!((&two["status"], &two["company"]), (&json!("inactive"), &one["company"]), "one tax id is one company");
        let details = manager.get(&format!("/locations/{}/details", one["id"].as_str().unwrap())).await.ok(200);
        assert_eq!((&details["owner"]["name"], &details["company"]["tax_id"]), (&json!("rep1 of alpha"), &json!("0994000617721")));
        assert_eq!((&details["company"]["credit_days"], &details["company"]["credit_limit"]), (&json!(30), &json!(125_050)));
        assert_eq!(manager.post_raw(IMPORT, csv).await.ok(200)["unchanged"], 2);

        // Another reading of the same file: the colour is the name.
        let dry = format!("{IMPORT}?dry_run=true&mapping=name:3,lat:1,lng:2");
        let report = manager.post_raw(&dry, csv).await.ok(200);
        assert_eq!((&report["imported"], report["ignored_columns"].as_array().unwrap().len()), (&json!(2), 9));
        for (mapping, name, field) in [
            ("name:3,lat:1,lng:99", "invalid", "mapping"), ("name:x", "invalid", "mapping"), ("colour:1", "invalid", "mapping"),
            ("name:3,lat:1", "unreadable_file", "file"),
        ] {
            manager.post_raw(&format!("{IMPORT}?mapping={mapping}"), csv).await.refused(422, name, field);
        }
        let rep = firm.sign_in(&app, "rep1").await;
        rep.post_raw(&format!("{IMPORT}/preview"), csv).await.refused(403, "forbidden", "");
    }

    async fn what_else_is_wrong_names_its_field(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let csv = "name,lat,lng,tax_id,grade,status,owner,credit_days,credit_limit,radius_m\n\
            a,13,100,0994000617723,,,,,,\n\
            b,13,100,,e,,,,,\n\
            c,13,100,,,gone,,,,\n\
            d,13,100,,,,rep3@alpha.test,,,\n\
            e,13,100,,,,,366,,\n\
            f,13,100,,,,,,x,\n\
            g,13,100,,,,,,,5\n\
            h,13,100,,,,,,,\n";
        let report = manager.post_raw(IMPORT, csv).await.ok(200);
        let bad: Vec<_> = report["bad_rows"].as_array().unwrap().iter().map(|row| (row["line"].clone(), row["field"].clone())).collect();
        let fields = ["tax_id", "grade", "status", "owner", "credit_days", "credit_limit", "radius_m"];
        let expected: Vec<_> = (2..).zip(fields).map(|(line, field)| (json!(line), json!(field))).collect();
        assert_eq!((bad, &report["imported"]), (expected, &json!(1)));
    }

    async fn a_list_goes_out_as_a_file_and_comes_back_unchanged(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let manager = firm.sign_in(&app, "manager1").await;
        let csv = "name,lat,lng,phone,grade,status,owner,company\n=1+1,13,100,+66 2 123 4567,d,lead,rep1@alpha.test,บริษัท ก\n";
        manager.post_raw(IMPORT, csv).await.ok(200);
        let export = |query: &'static str, language: &'static str| {
            let request = manager.request(Method::GET, &format!("/locations/export?{query}")).header("accept-language", language);
            let manager = manager.clone();
            async move { manager.send(request).await }
        };
        let whole = export("format=csv", "en").await;
        assert_eq!((whole.status, whole.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(whole.header("content-disposition"), "attachment; filename=\"ekenko-customers-2026-11-21.csv\"");
        let text = whole.text();
        assert!(text.starts_with("\u{feff}Name,Company,Legal name,Tax id,Grade,"), "{text}");
        assert_eq!(text.lines().count(), 5);
        assert!(text.contains("'=1+1,บริษัท ก,,,D,,,lead,rep1 of alpha,'+66 2 123 4567,,,,,,13,100,150"), "{text}");
        for (query, language) in [("format=csv", "th"), ("format=xlsx", "en"), ("format=xlsx", "th")] {
            let file = export(query, language).await;
            assert_eq!(file.status, 200);
            let report = manager.post_raw(IMPORT, file.body).await.ok(200);
            assert_eq!((&report["imported"], &report["unchanged"], &report["bad_rows"]), (&json!(0), &json!(4), &json!([])), "{query} {language}");
        }
        // The same filters as the list.
        assert_eq!(export("format=csv&status=lead", "en").await.text().lines().count(), 2);
        assert_eq!(export("format=csv&q=market&status=active", "en").await.text().lines().count(), 2);
        let theirs = other.sign_in(&app, "admin").await.get("/locations/export?format=csv").await.text();
        assert!(!theirs.contains("บริษัท ก"), "{theirs}");
        export("format=pdf", "en").await.refused(422, "invalid", "format");
        export("format=csv&status=gone", "en").await.refused(422, "invalid", "status");
    }

    async fn a_workbook_that_is_none_is_refused_whole(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        for path in [IMPORT.to_owned(), format!("{IMPORT}/preview")] {
            admin.post_raw(&path, b"PK\x03\x04 and no more".to_vec()).await.refused(422, "unreadable_file", "file");
        }
    }

    async fn seven_thousand_real_places_go_in_at_once(app: TestApp) {
        let Some(file) = shared("places_th/places_th.csv") else { return };
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let csv = std::fs::read(file).unwrap();
        let report = admin.post_raw(IMPORT, csv.clone()).await.ok(200);
        assert_eq!((&report["rows"], &report["imported"], &report["bad_rows"]), (&json!(7815), &json!(7815), &json!([])));
        assert_eq!(report["ignored_columns"], json!(["source", "kind"]));
        assert_eq!(count(&admin).await, 7818);
        let again = admin.post_raw(IMPORT, csv).await.ok(200);
        assert_eq!((&again["imported"], &again["unchanged"]), (&json!(0), &json!(7815)));
        let near = admin.get("/locations?near=13.7563,100.5018&q=ร้าน&limit=5").await.ok(200);
        assert_eq!(near["items"].as_array().unwrap().len(), 5);
    }
}
