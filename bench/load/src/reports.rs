//! Reports of a million visits in a year, as long as the server works at them: no HTTP, but the answer's JSON.

use std::time::Instant;

use ekenko_domain::report::By;
use ekenko_server::{
    App,
    db::Db,
    identity::Caller,
    reports::{Asked, Format, Language, Piece},
};

use crate::{
    Failure, ms,
    prepare::{Installation, signed_in},
    report,
};

const VISITS: usize = 1_000_000;
const TASKS: usize = 50_000;
const TEAMS: usize = 10;
/// Each makes eight visits a day to the 293 or so customers they look after.
const REPS: usize = 341;
const TIMES: usize = 11;
const FIRST: &str = "2025-01-01";
const LAST: &str = "2026-01-01";

/// Who looks after what, by numbers; then visits and tasks from numbers alone. What the engines do in their own way:
/// series, dates from numbers, ids.
const POSTGRES: [&str; 5] = [
    "CREATE TABLE r AS SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS n FROM employees WHERE role = 'rep'",
    "CREATE TABLE p AS SELECT id, lat, lng, row_number() OVER (ORDER BY id) - 1 AS n FROM locations",
    "UPDATE locations SET owner_id = r.id FROM p, r WHERE p.id = locations.id AND r.n = p.n % 341",
    "INSERT INTO visits (organisation_id, id, employee_id, team_id, location_id, purpose, verdict, reasons, pin_lat, pin_lng, radius_m,
        business_date, checked_in_at, checked_out_at, outcome, estimated)
    SELECT o.id, gen_random_uuid(), r.id, r.team_id, p.id, (ARRAY['offer', 'collect', 'deliver', 'survey', 'complaint', 'other'])[(1 + x.h % 6)::INT],
        (ARRAY['verified', 'verified', 'verified', 'out_of_range', 'unverifiable', 'suspicious'])[(1 + x.h / 7 % 6)::INT], '', p.lat, p.lng, 150,
        DATE '2025-01-01' + (x.g / 2733)::INT, x.t, x.t + INTERVAL '1 second' * (60 + x.h % 3000),
        (ARRAY['ordered', 'no_order', 'collected', 'delivered', 'closed', 'absent', 'other'])[(1 + x.h / 11 % 7)::INT], x.h % 50 = 0
    FROM organisations o CROSS JOIN (SELECT g, g * 7919 % 100003 AS h, g % 2733 % 341 AS rep,
        TIMESTAMPTZ '2025-01-01 01:00:00+00' + INTERVAL '1 day' * (g / 2733) + INTERVAL '1 hour' * (g % 2733 / 341) AS t
        FROM generate_series(0::BIGINT, 999999) AS g) x
    JOIN r ON r.n = x.rep JOIN p ON p.n = x.rep + 341 * (x.h % 293)",
    "INSERT INTO tasks (organisation_id, id, employee_id, team_id, location_id, created_by, title, details, priority, status, due_date,
        created_at, changed_at, closed_at, comment)
    SELECT o.id, gen_random_uuid(), r.id, r.team_id, p.id, r.id, 'x', '', 'normal', (ARRAY['completed', 'completed', 'todo', 'cancelled'])[(1 + g % 4)::INT],
        DATE '2025-01-01' + (g % 366)::INT, now(), now(),
        CASE WHEN g % 4 <> 2 THEN TIMESTAMPTZ '2025-01-01 01:00:00+00' + INTERVAL '1 day' * (g % 366 + g % 3 - 1) END, ''
    FROM organisations o CROSS JOIN generate_series(0::BIGINT, 49999) AS g JOIN r ON r.n = g % 341 JOIN p ON p.n = g % 100000",
];
const SQLITE: [&str; 7] = [
    "CREATE TABLE r AS SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS n FROM employees WHERE role = 'rep'",
    "CREATE TABLE p AS SELECT id, lat, lng, row_number() OVER (ORDER BY id) - 1 AS n FROM locations",
    "CREATE UNIQUE INDEX r_n ON r (n)",
    "CREATE UNIQUE INDEX p_n ON p (n)",
    "UPDATE locations SET owner_id = r.id FROM p, r WHERE p.id = locations.id AND r.n = p.n % 341",
    "INSERT INTO visits (organisation_id, id, employee_id, team_id, location_id, purpose, verdict, reasons, pin_lat, pin_lng, radius_m,
        business_date, checked_in_at, checked_out_at, outcome, estimated)
    WITH RECURSIVE s (g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM s WHERE g < 999999),
    x AS (SELECT g, g * 7919 % 100003 AS h, g % 2733 % 341 AS rep, date('2025-01-01', '+' || (g / 2733) || ' days') AS day,
        1 + g % 2733 / 341 AS hour FROM s)
    SELECT o.id, randomblob(16), r.id, r.team_id, p.id,
        CASE x.h % 6 WHEN 0 THEN 'offer' WHEN 1 THEN 'collect' WHEN 2 THEN 'deliver' WHEN 3 THEN 'survey' WHEN 4 THEN 'complaint' ELSE 'other' END,
        CASE x.h / 7 % 6 WHEN 3 THEN 'out_of_range' WHEN 4 THEN 'unverifiable' WHEN 5 THEN 'suspicious' ELSE 'verified' END,
        '', p.lat, p.lng, 150, x.day, printf('%sT%02d:00:00+00:00', x.day, x.hour),
        printf('%sT%02d:%02d:%02d+00:00', x.day, x.hour, 1 + x.h % 3000 / 60, x.h % 60),
        CASE x.h / 11 % 7 WHEN 0 THEN 'ordered' WHEN 1 THEN 'no_order' WHEN 2 THEN 'collected' WHEN 3 THEN 'delivered' WHEN 4 THEN 'closed'
            WHEN 5 THEN 'absent' ELSE 'other' END, x.h % 50 = 0
    FROM x CROSS JOIN organisations o JOIN r ON r.n = x.rep JOIN p ON p.n = x.rep + 341 * (x.h % 293)",
    "INSERT INTO tasks (organisation_id, id, employee_id, team_id, location_id, created_by, title, details, priority, status, due_date,
        created_at, changed_at, closed_at, comment)
    WITH RECURSIVE s (g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM s WHERE g < 49999)
    SELECT o.id, randomblob(16), r.id, r.team_id, p.id, r.id, 'x', '', 'normal',
        CASE g % 4 WHEN 2 THEN 'todo' WHEN 3 THEN 'cancelled' ELSE 'completed' END, date('2025-01-01', '+' || (g % 366) || ' days'),
        '2025-01-01T00:00:00+00:00', '2025-01-01T00:00:00+00:00',
        CASE WHEN g % 4 <> 2 THEN date('2025-01-01', (g % 366 + g % 3 - 1) || ' days') || 'T01:00:00+00:00' END, ''
    FROM s CROSS JOIN organisations o JOIN r ON r.n = s.g % 341 JOIN p ON p.n = s.g % 100000",
];
const MIGRATIONS: [&str; 2] = [
    include_str!("../../../migrations/sqlite/0021_visit_weeks.sql"),
    include_str!("../../../migrations/postgres/0021_visit_weeks.sql"),
];

async fn execute(db: &Db, sql: &'static str) -> Result<(), Failure> {
    match db {
        Db::Sqlite { write, .. } => sqlx::raw_sql(sql).execute(write).await.map(|_| ())?,
        Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|_| ())?,
    }
    Ok(())
}

/// Fills an installation and measures it.
pub async fn run(database_url: Option<String>) -> Result<(), Failure> {
    let installation = Installation { data: tempfile::tempdir()?, database_url };
    installation.fill(TEAMS, REPS).await?;
    let app = installation.open().await?;
    let begun = Instant::now();
    let (statements, migration) = match &app.db {
        Db::Sqlite { .. } => (&SQLITE[..], MIGRATIONS[0]),
        Db::Postgres(_) => (&POSTGRES[..], MIGRATIONS[1]),
    };
    for sql in statements {
        execute(&app.db, sql).await?;
    }
    println!("{VISITS} visits, {TASKS} tasks made in {:.0} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    for sql in migration.split_inclusive(';') {
        if let Some(begin) = sql.find("INSERT INTO visit_") {
            execute(&app.db, &sql[begin..]).await?;
        }
    }
    println!("the migration packs them in {:.1} s", begun.elapsed().as_secs_f64());
    if let Db::Postgres(_) = &app.db {
        // As it does by itself within a minute.
        execute(&app.db, "VACUUM ANALYZE").await?;
    }
    for who in ["admin", "manager", "rep0"] {
        let caller = signed_in(&app, who).await?;
        for by in By::ALL {
            measure(&app, &caller, &format!("{who}, a year by {}", by.code()), year(*by)?).await?;
        }
        let month = Asked {
            from: Some("2025-12-01".parse()?),
            to: Some("2025-12-31".parse()?),
            by: By::Rep,
            ..year(By::Rep)?
        };
        measure(&app, &caller, &format!("{who}, a month by rep"), month).await?;
    }
    let admin = signed_in(&app, "admin").await?;
    for format in [Format::Csv, Format::Xlsx] {
        let begun = Instant::now();
        let file = app.reports.export(&admin, &year(By::Customer)?, format, Language::Thai).await?;
        println!(
            "{format:?} of all customers: {:.0} ms, {} KB",
            ms(begun.elapsed()),
            file.bytes.len() / 1000
        );
    }
    app.db.close().await;
    Ok(())
}

fn year(by: By) -> Result<Asked, Failure> {
    Ok(Asked { from: Some(FIRST.parse()?), to: Some(LAST.parse()?), by, ..Asked::default() })
}

async fn measure(app: &App, caller: &Caller, what: &str, asked: Asked) -> Result<(), Failure> {
    let piece = Piece { limit: 50, cursor: None };
    let (mut times, mut visits) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let answer = app.reports.report(caller, &asked, Some(&piece)).await?;
        serde_json::to_vec(&answer)?;
        times.push(begun.elapsed());
        visits = answer.total.visits;
    }
    report(&format!("{what}, {visits} visits"), &mut times);
    Ok(())
}
