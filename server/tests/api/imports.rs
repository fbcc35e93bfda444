//! Customer locations from CSV.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Firm, shared};

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

    async fn progress_is_told_line_by_line(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let manager = firm.sign_in(&app, "manager1").await;
        let rows: String = (0..250).map(|n| format!("shop {n},13.{n},100\n")).collect();
        let (answer, lines) = import_lines(&manager, IMPORT, format!("name,lat,lng\n{rows}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
        let (last, progress) = lines.split_last().unwrap();
        let done: Vec<_> = progress.iter().map(|line| line["progress"]["done"].as_u64().unwrap()).collect();
        assert_eq!(done, [100, 200, 250]);
        assert!(progress.iter().all(|line| line["progress"]["total"] == 250));
        assert_eq!(last["report"]["imported"], 250);
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
