//! The rules over real check-ins, where the project's data folder is there: what is flagged is what a second, slower
//! way of reckoning flags.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ekenko_domain::{
    geo::{EARTH_RADIUS_M, Position},
    visit::{Claim, FASTEST_MPS, Fix, JUMP_M, PastFix, REMEMBERED, REPEATS, Reason, Verdict, judge},
};

const ACCURACY_M: f64 = 15.0;

struct Row {
    at: DateTime<Utc>,
    user: String,
    position: Position,
}

fn rows(text: &str) -> Vec<Row> {
    let read = |line: &str| {
        // The venue's name, between, may hold commas.
        let mut front = line.splitn(3, ',');
        let (at, user) = (front.next()?.parse().ok()?, front.next()?.to_owned());
        let mut back = front.next()?.rsplitn(3, ',');
        let (lng, lat) = (back.next()?.parse().ok()?, back.next()?.parse().ok()?);
        Some(Row { at, user, position: Position::new(lat, lng).ok()? })
    };
    text.lines().skip(1).map(|line| read(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

/// By the angle between unit vectors, not by the haversine.
fn metres(one: Position, other: Position) -> f64 {
    let ([ax, ay, az], [bx, by, bz]) = (one.unit_vector(), other.unit_vector());
    let cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    let sine = cross.iter().map(|part| part * part).sum::<f64>().sqrt();
    EARTH_RADIUS_M * sine.atan2(ax * bx + ay * by + az * bz)
}

#[test]
fn real_check_ins_are_flagged_as_a_second_reckoning_flags_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/checkins/gowalla_nyc_60k.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: there is no {path}");
        return;
    };
    let rows = rows(&text);
    assert!(rows.len() > 50_000);
    let mut ways: HashMap<&str, Vec<&Row>> = HashMap::new();
    let (mut fast, mut repeated, mut verified) = (0, 0, 0);
    for row in &rows {
        let way = ways.entry(&row.user).or_default();
        let fix = |row: &Row| Fix {
            lat: row.position.lat,
            lng: row.position.lng,
            accuracy_m: ACCURACY_M.try_into().unwrap(),
            taken_at: row.at,
        };
        let past: Vec<_> =
            way.iter().rev().take(REMEMBERED).map(|row| PastFix { fix: fix(row), at: row.at }).collect();
        let claim = Claim {
            fix: Some(fix(row)),
            at: row.at,
            device_at: None,
            clock_offset: None,
            received_at: row.at,
        };
        let judged = judge(row.position, 150.0, &claim, &past);

        let too_fast = way.last().is_some_and(|last| {
            let way = metres(last.position, row.position) - 2.0 * ACCURACY_M;
            let seconds = ((row.at - last.at).num_seconds() as f64).max(1.0);
            // As told: to the decimetre a second.
            way >= JUMP_M && (way / seconds * 10.0).round() / 10.0 > FASTEST_MPS
        });
        let again = way.iter().rev().take(REMEMBERED).filter(|past| {
            (past.position.lat, past.position.lng) == (row.position.lat, row.position.lng)
                && past.at != row.at
        });
        let again = again.count() >= REPEATS;
        assert_eq!(judged.reasons.contains(&Reason::ImpossibleTravel), too_fast, "{} {}", row.user, row.at);
        assert_eq!(judged.reasons.contains(&Reason::RepeatedFix), again, "{} {}", row.user, row.at);
        assert_eq!(judged.verdict == Verdict::Verified, !too_fast && !again);
        fast += usize::from(too_fast);
        repeated += usize::from(again);
        verified += usize::from(judged.verdict == Verdict::Verified);
        way.push(row);
    }
    // The data holds impossible ways, and they are few.
    assert!((10..rows.len() / 20).contains(&fast), "{fast} of {}", rows.len());
    assert!(repeated > 0 && verified > rows.len() / 2, "{repeated} repeated, {verified} verified");
}
