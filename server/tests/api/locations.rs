//! Finding customers.

use std::collections::HashSet;

use ekenko_domain::geo::Position;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::support::{Client, Firm, TestApp};

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// Pins where the globe is awkward, beside two thousand anywhere and a crowd in Bangkok.
fn pins() -> Vec<(f64, f64)> {
    let mut rng = StdRng::seed_from_u64(7);
    let mut pins = vec![
        (90.0, 0.0),
        (90.0, 77.0),
        (-90.0, 0.0),
        (89.9999, 180.0),
        (-89.9999, -180.0),
        (0.0, 180.0),
        (0.0, -180.0),
        (13.7563, 100.5018),
        (-13.7563, -79.4982),
        (0.0, 0.0),
        (-0.0, -0.0),
    ];
    for _ in 0..500 {
        pins.push((rng.random_range(-90.0..=90.0), rng.random_range(-180.0..=180.0)));
        pins.push((rng.random_range(13.5..14.0), rng.random_range(100.2..100.9)));
        pins.push((rng.random_range(87.0..=90.0), rng.random_range(-180.0..=180.0)));
        let east = rng.random_range(179.0..=181.0f64);
        pins.push((rng.random_range(-60.0..-59.0), if east > 180.0 { east - 360.0 } else { east }));
    }
    pins
}

async fn keep(app: &TestApp, firm: &Firm, pins: &[(f64, f64)]) {
    let rows: String =
        pins.iter().enumerate().map(|(n, (lat, lng))| format!("pin {n:04},{lat},{lng}\n")).collect();
    let admin = app.admin(firm.name).await;
    let csv = format!("name,lat,lng\n{rows}");
    let report = app.app.customers.import(&admin, csv.as_bytes(), false, &|_, _| {}).await.unwrap();
    assert_eq!((report.imported, report.bad_rows), (pins.len(), vec![]));
}

/// Asks for what is near, page by page, and compares with measuring every pin.
async fn compare(client: &Client, pins: &[(f64, f64)], at: (f64, f64), radius: Option<f64>, limit: usize) {
    let centre = Position::new(at.0, at.1).unwrap();
    let distance = |pin: &(f64, f64)| Position::new(pin.0, pin.1).unwrap().distance_m(centre);
    let near = format!("{},{}", at.0, at.1);
    let radius_text = radius.map(|r| r.to_string()).unwrap_or_default();
    let asked = [("near", near.as_str()), ("radius_m", &radius_text), ("q", "")];
    let found = client.all("/locations", &asked, limit).await;
    let found: Vec<_> =
        found.iter().filter(|item| item["name"].as_str().unwrap().starts_with("pin ")).collect();
    let unique: HashSet<_> = found.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(unique.len(), found.len(), "doubles near {at:?}");
    let seen: HashSet<usize> =
        found.iter().map(|item| item["name"].as_str().unwrap()[4..].parse().unwrap()).collect();
    let within = radius.unwrap_or(f64::MAX);
    for (n, pin) in pins.iter().enumerate() {
        // A centimetre at the rim may be rounded either way.
        if distance(pin) < within - 0.01 {
            assert!(
                seen.contains(&n),
                "{pin:?} is missing near {at:?} within {within}: {} m away",
                distance(pin)
            );
        } else if distance(pin) > within + 0.01 {
            assert!(
                !seen.contains(&n),
                "{pin:?} is found near {at:?} within {within}: {} m away",
                distance(pin)
            );
        }
    }
    let told: Vec<_> = found.iter().map(|item| item["distance_m"].as_f64().unwrap()).collect();
    assert!(told.windows(2).all(|pair| pair[0] <= pair[1] + 0.11), "not sorted near {at:?}");
    for item in found {
        let pin = (item["lat"].as_f64().unwrap(), item["lng"].as_f64().unwrap());
        assert!((item["distance_m"].as_f64().unwrap() - distance(&pin)).abs() < 0.1);
    }
}

engines! {
    async fn the_nearest_come_first_with_their_distance(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let found = rep.get("/locations?near=13.7563,100.5018").await.ok(200);
        let items = found["items"].as_array().unwrap();
        assert_eq!(names(items), ["Central Market", "ร้านเจ๊หมวย", "ห้างทอง 100%"]);
        let distances: Vec<_> = items.iter().map(|item| item["distance_m"].as_f64().unwrap()).collect();
        assert_eq!(distances[0], 0.0);
        assert!((distances[1] - 411.4).abs() < 1.0 && (distances[2] - 11_119.5).abs() < 10.0, "{distances:?}");
        let close = rep.get("/locations?near=13.7563,100.5018&radius_m=500").await.ok(200);
        assert_eq!(names(close["items"].as_array().unwrap()), names(&items[..2]));
        let here = rep.get("/locations?near=13.7563,100.5018&radius_m=0").await.ok(200);
        assert_eq!(names(here["items"].as_array().unwrap()), names(&items[..1]));
        let one = rep.get(&format!("/locations/{}", firm.market().id)).await.ok(200);
        assert_eq!(one, json!(firm.market()));
        assert!(one.get("distance_m").is_none());
    }

    async fn near_finds_what_measuring_every_pin_finds(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let pins = pins();
        keep(&app, &firm, &pins).await;
        let mut centres = vec![
            (90.0, 0.0), (-90.0, 123.0), (88.5, -179.99), (89.5, 10.0), (-59.5, 180.0), (-59.5, -180.0), (0.0, 180.0), (13.7563, 100.5018),
            (0.0, 0.0),
        ];
        let mut rng = StdRng::seed_from_u64(11);
        centres.extend((0..4).map(|_| (rng.random_range(-90.0..=90.0), rng.random_range(-180.0..=180.0))));
        for at in centres {
            for radius in [1_000.0, 40_000.0, 250_000.0, 20_037_508.0] {
                compare(&rep, &pins, at, Some(radius), 200).await;
            }
        }
        for at in [(13.7563, 100.5018), (89.99, 0.0), (-13.7563, -79.4982), (0.0, 0.0)] {
            compare(&rep, &pins, at, None, 200).await;
        }
        compare(&rep, &pins, (13.75, 100.5), Some(20_000.0), 3).await;
    }

    async fn many_at_one_point_come_in_pieces_without_gap_or_double(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let pins = vec![(13.9, 100.6); 25];
        keep(&app, &firm, &pins).await;
        compare(&rep, &pins, (13.9, 100.6), None, 4).await;
        compare(&rep, &pins, (13.9001, 100.6), Some(100.0), 7).await;
    }

    async fn by_name_the_whole_list_comes_in_pieces(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        keep(&app, &firm, &vec![(13.9, 100.6); 20]).await;
        // The same name many times: the id decides.
        let admin = app.admin("alpha").await;
        let rows: String = (0..20).map(|n| format!("7-Eleven,สาขา {n},13.{n},100.1\n")).collect();
        let csv = format!("name,address,lat,lng\n{rows}");
        app.app.customers.import(&admin, csv.as_bytes(), false, &|_, _| {}).await.unwrap();
        let whole = rep.all("/locations", &[], 200).await;
        assert_eq!(whole.len(), 43);
        for limit in [1, 6, 42, 43] {
            assert_eq!(rep.all("/locations", &[], limit).await, whole);
        }
        let shops = rep.all("/locations", &[("q", "7-eleven")], 3).await;
        assert_eq!(shops.len(), 20);
    }

    async fn a_text_is_found_inside_name_company_and_address(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let admin = app.admin("alpha").await;
        let csv = "name,company,address,lat,lng\n\"Bob's \"\"Best\"\" Shop\",B\\C,สาขา_2,13.7,100.5\n50 percent,,,13.7,100.6\n";
        app.app.customers.import(&admin, csv.as_bytes(), false, &|_, _| {}).await.unwrap();
        let all = ["50 percent", "Bob's \"Best\" Shop", "Central Market", "ร้านเจ๊หมวย", "ห้างทอง 100%"];
        for (q, expected) in [
            ("central", &["Central Market"][..]),
            ("MARKET co", &["Central Market"]),
            ("  central   market ", &["Central Market"]),
            ("main", &["Central Market"]),
            ("เจ๊", &["ร้านเจ๊หมวย"]),
            ("พหล", &["ร้านเจ๊หมวย"]),
            ("100%", &["ห้างทอง 100%"]),
            ("%", &["ห้างทอง 100%"]),
            ("0%m", &[]),
            ("ทอง_ทวี", &["ห้างทอง 100%"]),
            ("_", &["Bob's \"Best\" Shop", "ห้างทอง 100%"]),
            ("bob's", &["Bob's \"Best\" Shop"]),
            ("\"best\"", &["Bob's \"Best\" Shop"]),
            ("b\\c", &["Bob's \"Best\" Shop"]),
            ("'; DROP TABLE locations; --", &[]),
            ("", &all),
        ] {
            let mut found = rep.all("/locations", &[("q", q)], 2).await;
            found.sort_by_key(|item| item["name"].as_str().unwrap().to_owned());
            assert_eq!(names(&found), expected, "{q}");
            let near = rep.all("/locations", &[("q", q), ("near", "13.75,100.5")], 2).await;
            assert_eq!(near.len(), expected.len(), "{q} near");
        }
    }
}
