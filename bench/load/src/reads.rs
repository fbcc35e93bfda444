//! What one client waits for when it only reads.

use std::time::Instant;

use ekenko_domain::{customer::Location, dashboard::Dashboard, page::Page};
use reqwest::Client;
use serde::de::DeserializeOwned;

use crate::{
    Failure,
    prepare::{LOCATIONS, name},
    report, spread,
};

const NEARBY: usize = 2_000;
const SEARCHES: usize = 200;

async fn get<T: DeserializeOwned>(
    http: &Client,
    url: String,
    token: &str,
    query: &[(&str, &str)],
) -> Result<T, Failure> {
    let answer = http.get(url).query(query).bearer_auth(token).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// One client asks for what is near, at places all over Bangkok.
pub async fn nearby(http: &Client, base: &str, token: &str) -> Result<Vec<Location>, Failure> {
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for n in 0..NEARBY as u64 {
        let (lat, lng) = (13.60 + spread(n) * 0.35, 100.35 + spread(n + 7_777_777) * 0.45);
        let begun = Instant::now();
        let url = format!("{base}/api/v1/locations?near={lat:.6},{lng:.6}&limit=20");
        let page: Page<Location> = get(http, url, token, &[]).await?;
        times.push(begun.elapsed());
        found.extend(page.items.into_iter().next());
    }
    report("nearby search, 1 client, 20 of 100,000", &mut times);
    Ok(found)
}

/// One client looks for parts of names, twenty at a time.
pub async fn search(http: &Client, base: &str, token: &str) -> Result<(), Failure> {
    let whole = |n: usize| name((spread(n as u64) * LOCATIONS as f64) as usize);
    let number = |n: usize| whole(n).rsplit(' ').next().unwrap_or_default().to_owned();
    let fixed = |text: &'static str| move |_: usize| text.to_owned();
    let searches: [(&str, &dyn Fn(usize) -> String); 14] = [
        ("a number, rare", &number),
        ("a whole name", &whole),
        ("held by none: qqqq", &fixed("qqqq")),
        ("common: mart", &fixed("mart")),
        ("common, Thai: สาทร", &fixed("สาทร")),
        ("held by all: กรุงเทพ", &fixed("กรุงเทพ")),
        ("two letters, common: ma", &fixed("ma")),
        ("two letters, Thai: ร้", &fixed("ร้")),
        ("two letters, held by none: qz", &fixed("qz")),
        ("one letter: z, in 3,000 low in the list", &fixed("z")),
        ("3,000 low in the list: zebra", &fixed("zebra")),
        ("3,000 low in the list, Thai: ร้านเจริญ", &fixed("ร้านเจริญ")),
        ("8,000 low in the list, Thai: ก๋วยเตี๋ยว", &fixed("ก๋วยเตี๋ยว")),
        ("46,000 behind the Latin names: ร้าน", &fixed("ร้าน")),
    ];
    for (what, text) in searches {
        let mut times = Vec::new();
        for n in 0..SEARCHES {
            let q = text(n);
            let begun = Instant::now();
            let _: Page<Location> =
                get(http, format!("{base}/api/v1/locations"), token, &[("q", &q)]).await?;
            times.push(begun.elapsed());
        }
        report(&format!("search, {what}"), &mut times);
    }
    Ok(())
}

/// Each rep looks at the day once, one after another.
pub async fn dashboards(http: &Client, base: &str, tokens: &[String]) -> Result<(), Failure> {
    let mut times = Vec::new();
    for token in tokens {
        let begun = Instant::now();
        let _: Dashboard = get(http, format!("{base}/api/v1/dashboard"), token, &[]).await?;
        times.push(begun.elapsed());
    }
    report("GET /dashboard, 1 client", &mut times);
    Ok(())
}
