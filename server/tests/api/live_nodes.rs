//! Two processes on one PostgreSQL.

use ekenko_domain::event::Stream;
use serde_json::json;

use crate::support::{Bus, Engine, Firm, TestApp, Watcher, days_work, run, visit_done, within};

/// Checks in on one node while somebody watches the other.
async fn a_visit_reaches_the_other_node(one: &TestApp, other: &TestApp, firm: &Firm, swept: bool) {
    let rep = firm.sign_in(one, "rep1").await;
    let manager = firm.sign_in(other, "manager1").await;
    let north = firm.north_stream();
    let (mut watcher, welcome) = Watcher::hello(other, &manager, json!({})).await;
    let head = welcome.streams[&Stream::Team(firm.north.id)];
    for round in 0..2 {
        visit_done(one, &rep, firm.market(), &json!({ "outcome": "ordered" })).await;
        if swept {
            other.app.hub.sweep().await.unwrap();
        }
        for n in 1..=3 {
            assert_eq!(watcher.event_of(&north).await.offset, head + round * 3 + n);
        }
    }
}

#[test]
fn a_check_in_on_one_node_appears_at_a_watcher_of_the_other() {
    run(Engine::Postgres, Bus::Redis, async |one| {
        let other = one.beside(true).await;
        let firm = Firm::new(&one, "alpha").await;
        a_visit_reaches_the_other_node(&one, &other, &firm, false).await;
        a_visit_reaches_the_other_node(&other, &one, &firm, false).await;
    });
}

/// `/ready`, as a load balancer asks it.
async fn status(app: &TestApp) -> String {
    let answer = reqwest::get(format!("http://{}/ready", app.address)).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json::<serde_json::Value>().await.unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
fn without_redis_a_process_works_and_says_that_it_is_degraded() {
    run(Engine::Postgres, Bus::Redis, async |one| {
        within("Redis to be heard", async { while status(&one).await != "ready" {} }).await;
        let cut_off = one.with(|config| config.redis_url = Some("redis://127.0.0.1:1".into())).await;
        assert_eq!(status(&cut_off).await, "degraded");
        let firm = Firm::new(&one, "alpha").await;
        a_visit_reaches_the_other_node(&one, &cut_off, &firm, true).await;
        a_visit_reaches_the_other_node(&cut_off, &one, &firm, true).await;
    });
}

#[test]
fn events_whose_messages_are_lost_are_found_in_the_table() {
    run(Engine::Postgres, Bus::Redis, async |one| {
        let deaf = one.beside(false).await;
        let firm = Firm::new(&one, "alpha").await;
        a_visit_reaches_the_other_node(&one, &deaf, &firm, true).await;
        a_visit_reaches_the_other_node(&deaf, &one, &firm, true).await;
    });
}

#[test]
fn reps_on_both_nodes_make_one_gapless_line() {
    run(Engine::Postgres, Bus::Redis, async |one| {
        let other = one.beside(true).await;
        let firm = Firm::new(&one, "alpha").await;
        let north = firm.north_stream();
        let mut watchers = Vec::new();
        for node in [&one, &other] {
            let manager = firm.sign_in(node, "manager1").await;
            watchers.push(Watcher::hello(node, &manager, json!({})).await.0);
        }
        let mut work = Vec::new();
        for (node, who) in [(&one, "rep1"), (&other, "rep2")] {
            let rep = firm.sign_in(node, who).await;
            work.push(tokio::spawn(days_work(node.clone(), rep, firm.market().clone(), 6)));
        }
        let mut lines = Vec::new();
        for watcher in &mut watchers {
            let mut line = Vec::new();
            for _ in 0..36 {
                line.push(watcher.event_of(&north).await);
            }
            lines.push(line);
        }
        assert_eq!(
            lines[0].iter().map(|event| event.offset).collect::<Vec<_>>(),
            (1..=36).collect::<Vec<_>>()
        );
        assert_eq!(lines[0], lines[1]);
        for rep in work {
            rep.await.unwrap();
        }
    });
}
