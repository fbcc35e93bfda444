//! Reports of random work, against a plain second reckoning over the visits and tasks themselves.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};
use ekenko_domain::{
    day::{business_date, local},
    employee::{EmployeeRef, Role, TeamRef},
    geo::{EARTH_RADIUS_M, Metres},
    id::{LocationId, SessionId, TaskId, VisitId},
    report::{About, By, Figures, Report, Row, is_on_time},
    task::{MoveTask, NewTask, Task, TaskStatus},
    text::{Name, Notes},
    visit::{CheckIn, CheckOut, Decision, Fix, NewReview, Outcome, Purpose, Verdict, Visit},
};
use ekenko_server::{context::Outside, db::Db, identity::Caller, reports::Asked};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use uuid::Uuid;

use crate::support::{Firm, TestApp, new_photo};

const SHOPS: &str = "name,company,lat,lng\nสาขา 2,Market Co,13.70,100.50\nสาขา 3,Market Co,13.71,100.52\n";

/// What was done, as it is stored.
struct World {
    admin: Caller,
    manager: Caller,
    reps: Vec<Caller>,
    visits: Vec<Visit>,
    tasks: Vec<Task>,
    owned: Vec<(LocationId, Caller)>,
    at_market_co: BTreeSet<LocationId>,
}

fn caller(admin: &Caller, employee: &EmployeeRef, role: Role, team: Option<&TeamRef>) -> Caller {
    Caller {
        employee: employee.clone(),
        role,
        team: team.cloned(),
        session: SessionId(Uuid::new_v4()),
        ..admin.clone()
    }
}

async fn check_in(app: &TestApp, rep: &Caller, rng: &mut StdRng, places: &[LocationId]) -> VisitId {
    let location_id = *places.choose(rng).unwrap();
    let place = app.app.customers.location(rep, location_id).await.unwrap().unwrap();
    let now = app.clock.now();
    let north = |metres: f64| (place.lat + (metres / EARTH_RADIUS_M).to_degrees()).try_into().unwrap();
    let fix = |metres| Fix {
        lat: north(metres),
        lng: place.lng.try_into().unwrap(),
        accuracy_m: Metres::try_from(10.0).unwrap(),
        taken_at: now,
    };
    let fix = match rng.random_range(0..6) {
        0 => None,
        1 => Some(fix(5_000.0)),
        _ => Some(fix(rng.random_range(0.0..40.0))),
    };
    let id = VisitId(Uuid::new_v4());
    let purpose = *Purpose::ALL.choose(rng).unwrap();
    let command = CheckIn { id, location_id, purpose, fix, occurred_at: None };
    app.app.visits.check_in(rep, &command, None).await.unwrap();
    id
}

async fn tasks(app: &TestApp, manager: &Caller, rep: &Caller, rng: &mut StdRng, at: LocationId) -> TaskId {
    let today = business_date(app.clock.now(), &manager.organisation.time_zone);
    let id = TaskId(Uuid::new_v4());
    let due_date = rng.random_bool(0.9).then(|| today + TimeDelta::days(rng.random_range(-2..3)));
    let new = NewTask {
        id,
        title: Name::parse("x").unwrap(),
        details: None,
        priority: Default::default(),
        due_date,
        location_id: rng.random_bool(0.7).then_some(at),
        due_time: due_date
            .and_then(|_| ["00:30".parse().ok(), "23:30".parse().ok(), None][rng.random_range(0..3)]),
        repeat: None,
        repeat_until: None,
        assignee_id: rep.employee.id,
    };
    app.app.tasks.create(manager, &new).await.unwrap();
    let steps: &[(&Caller, TaskStatus)] = match rng.random_range(0..4) {
        0 => &[],
        1 => &[(manager, TaskStatus::Cancelled)],
        _ => &[(rep, TaskStatus::InProgress), (rep, TaskStatus::Completed)],
    };
    for (by, status) in steps {
        app.app.tasks.move_to(by, id, &MoveTask { status: *status, comment: None }).await.unwrap();
    }
    id
}

/// Some weeks of three reps.
async fn live(app: &TestApp, seed: u64) -> World {
    let firm = Firm::new(app, "alpha").await;
    let admin = app.admin("alpha").await;
    app.app.customers.import(&admin, SHOPS.as_bytes(), false, &|_, _| {}).await.unwrap();
    let team = app.app.identity.reps(&mut app.app.db.read().await.unwrap(), &admin).await.unwrap();
    let reps: Vec<_> = team.iter().map(|(who, team)| caller(&admin, who, Role::Rep, Some(team))).collect();
    let everything = ekenko_server::customers::Search { limit: 10, ..Default::default() };
    let places = app.app.customers.search(&admin, &everything).await.unwrap().items;
    let ids: Vec<_> = places.iter().map(|place| place.id).collect();
    let market_co = firm.market().company.id;
    let at_market_co = places.iter().filter(|place| place.company.id == market_co).map(|p| p.id).collect();
    let refs: Vec<_> = team.iter().map(|(who, _)| who.clone()).collect();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut owned = Vec::new();
    for place in &ids[..4] {
        let owner = reps.choose(&mut rng).unwrap();
        app.app.customers.set_owner(&admin, *place, Some(owner.employee.id), &refs).await.unwrap();
        owned.push((*place, owner.clone()));
    }
    let (mut open, mut made, mut given) = (vec![None; reps.len()], Vec::new(), Vec::new());
    let old_photo = new_photo();
    for _ in 0..90 {
        app.advance(TimeDelta::seconds(rng.random_range(30..25_000)));
        app.app.visits.close_forgotten_once().await.unwrap();
        let n = rng.random_range(0..reps.len());
        match open[n].take() {
            None => {
                let id = check_in(app, &reps[n], &mut rng, &ids).await;
                made.push(id);
                open[n] = Some(id);
            }
            Some(id) => {
                let photo = if rng.random_bool(0.2) { old_photo.clone() } else { new_photo() };
                app.app.visits.put_photo(&reps[n], id, photo.into()).await.unwrap();
                if rng.random_bool(0.8) {
                    let outcome = *Outcome::ALL.choose(&mut rng).unwrap();
                    let out = CheckOut { outcome, notes: None, occurred_at: None };
                    app.app.visits.check_out(&reps[n], id, &out, None).await.unwrap();
                } else {
                    app.advance(TimeDelta::days(1));
                }
            }
        }
        if rng.random_bool(0.3) {
            let at = *ids.choose(&mut rng).unwrap();
            given.push(tasks(app, &admin, &reps[n], &mut rng, at).await);
        }
    }
    if open[0].is_none() {
        made.push(check_in(app, &reps[0], &mut rng, &ids).await);
    }
    let (mut visits, mut tasks) = (Vec::new(), Vec::new());
    for id in made {
        visits.push(app.app.visits.visit(&admin, id).await.unwrap());
    }
    for id in given {
        tasks.push(app.app.tasks.task(&admin, id).await.unwrap());
    }
    let boss = app.app.identity.authenticate(&manager_proof(app).await).await.unwrap();
    World { manager: boss, admin, reps, visits, tasks, owned, at_market_co }
}

async fn manager_proof(app: &TestApp) -> ekenko_server::identity::Proof {
    let token = app.sign_in("manager1@alpha.test").await.token.unwrap();
    ekenko_server::identity::Proof::Bearer(token)
}

/// One row the slow and obvious way. `with` says which of customers and tasks it has.
fn plainly(
    visits: &[&Visit],
    owned: &[LocationId],
    tasks: &[&Task],
    zone: &Caller,
    with: (bool, bool),
) -> Figures {
    let count = |n: usize| u32::try_from(n).unwrap();
    let decided = |visit: &Visit| visit.review.as_ref().map(|review| review.decision);
    let unreviewed = |verdict| visits.iter().filter(|v| v.verdict == verdict && decided(v).is_none()).count();
    let judged = |verdict| count(unreviewed(verdict));
    let said = |decision| count(visits.iter().filter(|visit| decided(visit) == Some(decision)).count());
    let verified = judged(Verdict::Verified) + said(Decision::Approved);
    let stays: Vec<_> = visits.iter().filter(|v| !v.estimated).filter_map(|v| v.duration_s).collect();
    let places: BTreeSet<_> = visits.iter().map(|visit| visit.location.id).collect();
    let covered = owned.iter().filter(|place| places.contains(place)).count();
    let due: Vec<_> = tasks.iter().filter(|task| task.status != TaskStatus::Cancelled).collect();
    let on_time = due.iter().filter(|task| {
        let closed = task.closed_at.map(|at| local(at, &zone.organisation.time_zone));
        is_on_time(task.status, task.due_date.unwrap(), task.due_time, closed)
    });
    let on_time = on_time.count();
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    Figures {
        visits: count(visits.len()),
        timed: count(stays.len()),
        on_site_s: stays.iter().sum(),
        average_on_site_s: (!stays.is_empty()).then(|| stays.iter().sum::<i64>() / stays.len() as i64),
        verified,
        out_of_range: judged(Verdict::OutOfRange),
        unverifiable: judged(Verdict::Unverifiable),
        suspicious: judged(Verdict::Suspicious),
        rejected: said(Decision::Rejected),
        verified_share: share(verified as usize, visits.len()),
        customers_visited: count(places.len()),
        customers: with.0.then(|| count(owned.len())),
        customers_covered: with.0.then(|| count(covered)),
        coverage: share(covered, owned.len()).filter(|_| with.0),
        tasks_due: with.1.then(|| count(due.len())),
        tasks_on_time: with.1.then(|| count(on_time)),
        on_time_share: share(on_time, due.len()).filter(|_| with.1),
    }
}

fn month(date: NaiveDate) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Checks every figure of a report.
fn check(world: &World, who: &Caller, about: &About, report: &Report) {
    let sees = |employee: &EmployeeRef, team: &TeamRef| {
        let theirs = match who.role {
            Role::Admin | Role::Analyst => true,
            Role::Manager => team.name == "North",
            Role::Rep => employee.id == who.employee.id,
        };
        theirs
            && about.team.is_none_or(|id| id == team.id)
            && about.employee.is_none_or(|id| id == employee.id)
    };
    let at = |place: Option<LocationId>| {
        about.company.is_none() || place.is_some_and(|place| world.at_market_co.contains(&place))
    };
    let inside = |date: NaiveDate| (report.from..=report.to).contains(&date);
    let visits: Vec<_> = world
        .visits
        .iter()
        .filter(|v| sees(&v.employee, &v.team) && at(Some(v.location.id)) && inside(v.business_date))
        .collect();
    let tasks: Vec<_> = world
        .tasks
        .iter()
        .filter(|t| {
            sees(&t.assignee, &t.team)
                && at(t.location.as_ref().map(|p| p.id))
                && t.due_date.is_some_and(inside)
        })
        .collect();
    let owned: Vec<_> = world
        .owned
        .iter()
        .filter(|(place, owner)| sees(&owner.employee, owner.team.as_ref().unwrap()) && at(Some(*place)))
        .collect();
    let by = report.by;
    let all: Vec<_> = owned.iter().map(|(place, _)| *place).collect();
    assert_eq!(
        report.total,
        plainly(&visits, &all, &tasks, who, (true, true)),
        "total by {by:?} for {about:?}"
    );
    let with = (matches!(by, By::Month | By::Rep | By::Team), !matches!(by, By::Purpose | By::Outcome));
    for row in &report.rows {
        let key = row.key.clone();
        let is = |text: String| key == Some(text);
        let of_visit = |v: &Visit| match by {
            By::Day => is(v.business_date.to_string()),
            By::Month => is(month(v.business_date)),
            By::Rep => is(v.employee.id.to_string()),
            By::Team => is(v.team.id.to_string()),
            By::Customer => is(v.location.id.to_string()),
            By::Purpose => is(v.purpose.code().to_owned()),
            By::Outcome => key == v.outcome.map(|outcome| outcome.code().to_owned()),
        };
        let of_task = |t: &Task| match by {
            By::Day => is(t.due_date.unwrap().to_string()),
            By::Month => is(month(t.due_date.unwrap())),
            By::Rep => is(t.assignee.id.to_string()),
            By::Team => is(t.team.id.to_string()),
            _ => t.location.as_ref().is_some_and(|place| is(place.id.to_string())),
        };
        let of_owner = |owner: &Caller| match by {
            By::Rep => is(owner.employee.id.to_string()),
            By::Team => is(owner.team.as_ref().unwrap().id.to_string()),
            _ => true,
        };
        let visits: Vec<_> = visits.iter().copied().filter(|v| of_visit(v)).collect();
        let tasks: Vec<_> = tasks.iter().copied().filter(|t| of_task(t)).collect();
        let owned: Vec<_> =
            owned.iter().filter(|(_, owner)| of_owner(owner)).map(|(place, _)| *place).collect();
        assert_eq!(
            row.figures,
            plainly(&visits, &owned, &tasks, who, with),
            "{:?} by {by:?} for {about:?}",
            row.name
        );
    }
    adds_up(report);
}

/// What rows share out among them adds up to the total.
fn adds_up(report: &Report) {
    let total = &report.total;
    let sum = |of: fn(&Figures) -> u32| report.rows.iter().map(|row: &Row| of(&row.figures)).sum::<u32>();
    for of in [
        |f: &Figures| f.visits,
        |f: &Figures| f.timed,
        |f: &Figures| f.verified,
        |f: &Figures| f.out_of_range,
        |f: &Figures| f.unverifiable,
        |f: &Figures| f.suspicious,
        |f: &Figures| f.rejected,
    ] {
        assert_eq!(sum(of), of(total), "by {:?}", report.by);
    }
    assert_eq!(report.rows.iter().map(|row| row.figures.on_site_s).sum::<i64>(), total.on_site_s);
    if matches!(report.by, By::Day | By::Month | By::Rep | By::Team) {
        assert_eq!(sum(|f| f.tasks_due.unwrap()), total.tasks_due.unwrap(), "by {:?}", report.by);
        assert_eq!(sum(|f| f.tasks_on_time.unwrap()), total.tasks_on_time.unwrap(), "by {:?}", report.by);
    }
    if matches!(report.by, By::Rep | By::Team) {
        assert_eq!(sum(|f| f.customers.unwrap()), total.customers.unwrap());
    }
}

async fn every_report(app: &TestApp, world: &World) -> Vec<Report> {
    let today = business_date(app.clock.now(), &world.admin.organisation.time_zone);
    let north = world.reps[0].team.as_ref().unwrap().id;
    let company =
        app.app.customers.location(&world.admin, *world.at_market_co.first().unwrap()).await.unwrap();
    let abouts = [
        About::default(),
        About { team: Some(north), ..About::default() },
        About { employee: Some(world.reps[0].employee.id), ..About::default() },
        About { company: company.map(|place| place.company.id), ..About::default() },
    ];
    let mut reports = Vec::new();
    for who in [&world.admin, &world.manager, &world.reps[0]] {
        for about in abouts {
            for by in By::ALL {
                for (from, to) in [(-60, 0), (-20, -3)] {
                    let day = |days| Some(today + TimeDelta::days(days));
                    let asked = Asked { from: day(from), to: day(to), by: *by, about };
                    let report = app.app.reports.report(who, &asked, None).await.unwrap();
                    check(world, who, &about, &report);
                    reports.push(report);
                }
            }
        }
    }
    reports
}

/// Every third visit gets a word of the admin's, some another after that, some lose it again.
async fn reviewed(app: &TestApp, world: &mut World) {
    let mut rng = StdRng::seed_from_u64(11);
    for visit in &mut world.visits {
        for _ in 0..rng.random_range(0..3) {
            let reason = Notes::parse("x").ok();
            let review = match rng.random_range(0..5) {
                0 => None,
                1 | 2 => Some(NewReview { decision: Decision::Approved, reason }),
                _ => Some(NewReview { decision: Decision::Rejected, reason }),
            };
            app.app.visits.review(&world.admin, visit.id, review.as_ref()).await.unwrap();
        }
        *visit = app.app.visits.visit(&world.admin, visit.id).await.unwrap();
    }
    let said: BTreeSet<_> =
        world.visits.iter().map(|v| (v.verdict.code(), v.decision().map(Decision::code))).collect();
    assert!(said.len() > 8, "words of every kind: {said:?}");
}

async fn execute(app: &TestApp, sql: &'static str) {
    match &app.app.db {
        Db::Sqlite { write, .. } => sqlx::raw_sql(sql).execute(write).await.map(|_| ()).unwrap(),
        Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|_| ()).unwrap(),
    }
}

/// What a migration fills the tables with that reports read.
fn filling(migration: &'static str) -> impl Iterator<Item = &'static str> {
    migration.split_inclusive(';').filter_map(|sql| {
        let begin = sql.find("INSERT INTO visit_")?;
        Some(&sql[begin..])
    })
}

engines! {
    async fn reports_say_what_the_visits_and_tasks_say(app: TestApp) {
        let mut world = live(&app, 7).await;
        let verdicts: BTreeSet<_> = world.visits.iter().map(|visit| visit.verdict.code()).collect();
        assert_eq!(verdicts.len(), 4, "work of every kind");
        assert!(world.visits.iter().any(|visit| visit.estimated) && world.visits.iter().any(Visit::is_open));
        assert!(world.visits.iter().any(|visit| visit.employee.name.starts_with("rep3")));
        let timed = |task: &&Task| task.due_time.is_some() && task.status == TaskStatus::Completed;
        assert!(world.tasks.iter().filter(timed).count() > 3, "tasks due at a time");
        let before = every_report(&app, &world).await;

        // The migration finds the same in visits that were there before it.
        execute(&app, "DELETE FROM visit_codes; DELETE FROM visit_weeks").await;
        let migration = match &app.app.db {
            Db::Sqlite { .. } => include_str!("../../../migrations/sqlite/0021_visit_weeks.sql"),
            Db::Postgres(_) => include_str!("../../../migrations/postgres/0021_visit_weeks.sql"),
        };
        for sql in filling(migration) {
            execute(&app, sql).await;
        }
        assert_eq!(every_report(&app, &world).await, before);

        reviewed(&app, &mut world).await;
        assert_ne!(every_report(&app, &world).await, before);
    }
}
