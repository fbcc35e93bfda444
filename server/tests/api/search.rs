//! Finding a part of a text among many: the index of texts gives what looking at every location gives.

use ekenko_domain::text::fold;
use ekenko_server::db::Db;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;

use crate::support::{Client, Firm, TestApp, shared, within};

/// Pieces of names that share beginnings, endings, Thai marks and signs that mean something to a query language.
const PIECES: [&str; 24] = [
    "ร้าน",
    "ร้าง",
    "กาแฟ",
    "ก๋วยเตี๋ยว",
    "เจ๊",
    "หมวย",
    "ำ",
    "น้ำ",
    " ",
    "a",
    "ab",
    "ABA",
    "Bar",
    "barn",
    "7-Eleven",
    "%",
    "_",
    "\\",
    "'",
    "\"",
    "*",
    " OR ",
    "ß",
    "\u{fffe}",
];

fn some_text(rng: &mut StdRng, pieces: std::ops::Range<usize>) -> String {
    let text: String = (0..rng.random_range(pieces)).map(|_| *PIECES.choose(rng).unwrap()).collect();
    if text.trim().is_empty() { "x".into() } else { text.trim().to_owned() }
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Imports places of these names, in a row to the north.
async fn keep(app: &TestApp, firm: &Firm, names: &[String]) {
    let rows: String = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let grade = ["a", "b", ""][n % 3];
            format!("{},\"Co {}\",{:.4},100.0,{grade}\n", cell(name), n % 7, n as f64 / 1e4)
        })
        .collect();
    let csv = format!("name,company,lat,lng,grade\n{rows}");
    let admin = app.admin(firm.name).await;
    let report = app.app.customers.import(&admin, csv.as_bytes(), false, &|_, _| {}).await.unwrap();
    assert_eq!(report.bad_rows, vec![]);
}

/// What searches look at.
fn searched(item: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let parts = ["address", "district", "province", "postcode"].map(|part| text(&item[part]));
    let address = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    fold(&format!("{} {} {address}", text(&item["name"]), text(&item["company"]["name"])))
}

fn holding(all: &[Value], q: &str) -> Vec<Value> {
    all.iter().filter(|item| searched(item).contains(&fold(q))).cloned().collect()
}

fn without_distance(items: Vec<Value>) -> Vec<Value> {
    let strip = |mut item: Value| {
        item.as_object_mut().unwrap().remove("distance_m");
        item
    };
    items.into_iter().map(strip).collect()
}

async fn by_name(client: &Client, q: &str, limit: usize) -> Vec<Value> {
    client.all("/locations", &[("q", q)], limit).await
}

/// Runs a statement as somebody with the database's own tools would.
async fn execute(app: &TestApp, sql: &'static str) {
    match &app.app.db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
    }
    .unwrap();
}

engines! {
    async fn an_index_finds_what_looking_at_every_location_finds(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let rep = firm.sign_in(&app, "rep1").await;
        let mut rng = StdRng::seed_from_u64(3);
        let mut names: Vec<String> = (0..700).map(|_| some_text(&mut rng, 1..6)).collect();
        // At the end of the list, so that a walk through the names does not meet them.
        names.extend((0..60).map(|n| format!("\u{10FFFF}{} q\u{10FFFF}", some_text(&mut rng, n % 2..3))));
        names.extend(["zq", "z", "ΟΔΟΣ", "K\u{301}"].map(str::to_owned));
        keep(&app, &firm, &names).await;
        keep(&app, &other, &names[..300]).await;
        let all = rep.all("/locations", &[], 200).await;
        assert_eq!(all.len(), names.len() + 3);
        let north = rep.all("/locations", &[("near", "0,100")], 200).await;
        assert_eq!(north.len(), all.len());
        let mut queries: Vec<String> = (0..50).map(|_| some_text(&mut rng, 1..4)).collect();
        // Any one to five characters of any name.
        for _ in 0..70 {
            let name: Vec<char> = names.choose(&mut rng).unwrap().chars().collect();
            let from = rng.random_range(0..name.len());
            let to = (from + rng.random_range(1..6)).min(name.len());
            queries.push(name[from..to].iter().collect());
        }
        queries.extend(["zq", "q", "z", "ำ", "้", "๋ย", "co 3", "k\u{301}", "ΔΟΣ", "q\u{10FFFF}", "\u{10FFFF}", "nowhere", "'; --", "AND", "NEAR(a b)", "ab*"].map(str::to_owned));
        for q in &queries {
            if fold(q).is_empty() {
                continue;
            }
            let expected = holding(&all, q);
            // Few at once: only the first fifty names for each are looked through.
            assert_eq!(by_name(&rep, q, 2).await, expected, "{q:?}");
            assert_eq!(by_name(&rep, q, 200).await, expected, "{q:?} in one piece");
            let near = rep.all("/locations", &[("q", q), ("near", "0,100")], 7).await;
            assert_eq!(near, holding(&north, q), "{q:?} near");
            let graded = rep.all("/locations", &[("q", q), ("grade", "a")], 3).await;
            let expected: Vec<_> = expected.into_iter().filter(|item| item["grade"] == "a").collect();
            assert_eq!(graded, expected, "{q:?} of grade a");
        }
    }

    async fn naughty_names_are_found_among_many(app: TestApp) {
        let Some(file) = shared("strings/blns.json") else { return };
        let strings: Vec<String> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let names: Vec<_> = strings.iter().map(|text| text.trim().to_owned())
            .filter(|text| (1..=150).contains(&text.chars().count()) && !text.chars().any(char::is_control)).collect();
        keep(&app, &firm, &names).await;
        let all = rep.all("/locations", &[], 200).await;
        for name in &names {
            assert_eq!(by_name(&rep, name, 3).await, holding(&all, name), "{name:?}");
        }
    }

    async fn what_is_added_changed_and_removed_is_found_so(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        keep(&app, &firm, &(0..300).map(|n| format!("aa {n}")).collect::<Vec<_>>()).await;
        let names = async |q: &str| -> Vec<String> {
            by_name(&rep, q, 1).await.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        keep(&app, &firm, &["zz ปลาทู 1".into(), "zz ปลาทู 2".into(), "zz xy".into()]).await;
        assert_eq!(names("ปลาทู").await, ["zz ปลาทู 1", "zz ปลาทู 2"]);
        assert_eq!(names("xy").await, ["zz xy"]);
        // No page changes a name yet, but an operator or a later page may.
        execute(&app, "UPDATE locations SET name = 'zz ปลาวาฬ', search = 'zz ปลาวาฬ uv' WHERE name = 'zz ปลาทู 1'").await;
        execute(&app, "DELETE FROM locations WHERE name = 'zz xy'").await;
        assert_eq!(names("ปลาทู").await, ["zz ปลาทู 2"]);
        assert_eq!((names("วาฬ").await, names("uv").await), (vec!["zz ปลาวาฬ".to_owned()], vec!["zz ปลาวาฬ".to_owned()]));
        assert_eq!(names("xy").await, [""; 0]);
        // VACUUM gives rows without a number of their own new ones.
        execute(&app, "DELETE FROM locations WHERE name < 'aa 2' AND name > 'aa'").await;
        execute(&app, "VACUUM").await;
        assert_eq!(names("ปลาทู").await, ["zz ปลาทู 2"]);
        assert_eq!(names("uv").await, ["zz ปลาวาฬ"]);
        keep(&app, &firm, &["zz ปลาหมึก".into()]).await;
        assert_eq!(names("หมึก").await, ["zz ปลาหมึก"]);
        assert_eq!(names("ปลา").await, ["zz ปลาทู 2", "zz ปลาวาฬ", "zz ปลาหมึก"]);
        if let Db::Sqlite { .. } = app.app.db {
            execute(&app, "INSERT INTO location_trigrams (location_trigrams, rank) VALUES ('integrity-check', 1)").await;
        }
    }

    async fn what_was_there_before_the_index_is_found_too(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        keep(&app, &firm, &(0..120).map(|n| format!("aa {n}")).collect::<Vec<_>>()).await;
        keep(&app, &firm, &["zz ปลาทู".into()]).await;
        let undo: &[&str] = match app.app.db {
            Db::Sqlite { .. } => &[
                "DROP TRIGGER locations_added", "DROP TRIGGER locations_changed", "DROP TRIGGER locations_removed",
                "DROP TABLE location_vocabulary", "DROP TABLE location_trigrams", "DROP TABLE location_texts",
            ],
            Db::Postgres(_) => &["DROP FUNCTION location_trigrams CASCADE"],
        };
        for sql in undo.iter().chain(&["DELETE FROM _sqlx_migrations WHERE version = 5"]) {
            execute(&app, sql).await;
        }
        let later = app.beside(false).await;
        let rep = firm.sign_in(&later, "rep1").await;
        for q in ["ปลาทู", "zz", "ป"] {
            assert_eq!(by_name(&rep, q, 1).await.len(), 1, "{q}");
        }
    }

    async fn what_many_places_hold_is_found_far_down_the_list_and_far_away(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let many = (0..2_300).map(|n| if n < 200 { format!("aa {n:04}") } else { format!("zz {n:04}") });
        keep(&app, &firm, &many.collect::<Vec<_>>()).await;
        for query in [vec![("q", "zz")], vec![("q", "z")], vec![("q", "zz "), ("near", "0,100"), ("radius_m", "100000")]] {
            let mut cursor = String::new();
            for n in 200..204 {
                let asked: Vec<_> = query.iter().copied().chain([("limit", "1"), ("cursor", cursor.as_str())]).collect();
                let page = rep.find("/locations", &asked).await.ok(200);
                assert_eq!(page["items"][0]["name"], format!("zz {n:04}"), "{query:?}");
                cursor = page["next"].as_str().unwrap().to_owned();
            }
        }
    }

    async fn rare_texts_are_found_through_the_index(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        keep(&app, &firm, &(0..300).map(|n| format!("aa {n}")).collect::<Vec<_>>()).await;
        keep(&app, &firm, &["zz ปลาทู".into()]).await;
        for q in ["ปลาทู", "zz", "ป"] {
            assert_eq!(by_name(&rep, q, 1).await.len(), 1, "{q}");
        }
        match &app.app.db {
            // Without the index's entries nothing is found that a short walk does not meet.
            Db::Sqlite { .. } => {
                execute(&app, "INSERT INTO location_trigrams (location_trigrams) VALUES ('delete-all')").await;
                for q in ["ปลาทู", "zz", "ป"] {
                    assert_eq!(by_name(&rep, q, 1).await.len(), 0, "{q}");
                }
            }
            // A connection hands in what it counted when it closes.
            Db::Postgres(pool) => {
                let options = pool.connect_options();
                app.app.db.close().await;
                let pool = sqlx::PgPool::connect_with((*options).clone()).await.unwrap();
                let count = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'locations_by_trigram'";
                // Its process may outlive the connection by a moment.
                within("three scans of the index", async {
                    while sqlx::query_as::<_, (i64,)>(count).fetch_one(&pool).await.unwrap().0 < 3 {}
                })
                .await;
            }
        }
    }

    async fn a_search_stays_behind_the_wall_and_within_ones_own(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let (rep, stranger) = (firm.sign_in(&app, "rep1").await, other.sign_in(&app, "rep1").await);
        let many: Vec<_> = (0..200).map(|n| format!("aa {n}")).collect();
        for firm in [&firm, &other] {
            keep(&app, firm, &many).await;
        }
        keep(&app, &firm, &["zz ปลาทู".into(), "zz ปลาทู สอง".into()]).await;
        for q in ["ปลาทู", "zz", "ป"] {
            assert_eq!(by_name(&rep, q, 1).await.len(), 2, "{q}");
            assert_eq!(by_name(&stranger, q, 1).await.len(), 0, "{q}");
            assert_eq!(stranger.all("/locations", &[("q", q), ("near", "0,100")], 1).await.len(), 0, "{q}");
        }
        let mine = &by_name(&rep, "สอง", 1).await[0];
        let manager = firm.sign_in(&app, "manager1").await;
        let path = format!("/locations/{}/owner", mine["id"].as_str().unwrap());
        let owner = serde_json::json!({ "employee_id": firm.rep1.id });
        assert_eq!(manager.send(manager.request(reqwest::Method::PUT, &path).json(&owner)).await.status, 204);
        for query in [vec![("q", "ปลาทู")], vec![], vec![("near", "0,100")], vec![("q", "ปลา"), ("near", "0,100")]] {
            let query: Vec<_> = query.into_iter().chain([("mine", "true")]).collect();
            let found = without_distance(rep.all("/locations", &query, 1).await);
            assert_eq!(found, std::slice::from_ref(mine), "{query:?}");
        }
    }
}
