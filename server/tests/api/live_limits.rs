//! What a socket may cost: slow, silent and hostile clients, and everybody at once when a process stops.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use ekenko_server::http::{Ends, router, serve};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{Firm, Watcher, within};

engines! {
    async fn a_client_that_floods_is_sent_away_for_a_while(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let (mut calm, _) = Watcher::hello(&app, &client, json!({})).await;
        let (mut flooding, _) = Watcher::hello(&app, &client, json!({})).await;
        for _ in 0..150 {
            flooding.say(json!({ "ping": {} })).await;
        }
        assert_eq!(flooding.closed().await, 4003);
        calm.say(json!({ "ping": {} })).await;
        calm.frame().await;
    }

    async fn a_client_that_does_not_read_what_it_asks_for_is_told_to_resume(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let mut greedy = Watcher::connect(&app, &[], Some(4096)).await.unwrap();
        greedy.greet(&client, json!({})).await;
        // Far more than what may wait and the operating system's buffers.
        let t = "x".repeat(60_000);
        for _ in 0..90 {
            greedy.say(json!({ "ping": { "t": t } })).await;
        }
        assert_eq!(greedy.closed().await, 4001);
    }

    async fn a_frame_that_is_too_large_or_no_websocket_closes_with_its_code(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let (mut watcher, _) = Watcher::hello(&app, &client, json!({})).await;
        watcher.say(json!({ "ping": { "t": "x".repeat(66_000) } })).await;
        assert_eq!(watcher.closed().await, 1009);
        let (mut watcher, _) = Watcher::hello(&app, &client, json!({})).await;
        watcher.raw(&[0xf0, 0x80, 0, 0, 0, 0]).await;
        assert_eq!(watcher.closed().await, 1002);
    }

    async fn a_client_that_says_goodbye_is_answered_with_its_code(app: TestApp) {
        let client = Firm::new(&app, "alpha").await.sign_in(&app, "rep1").await;
        let (mut watcher, _) = Watcher::hello(&app, &client, json!({})).await;
        watcher.raw(&[0x88, 0x82, 0, 0, 0, 0, 0x0b, 0xb9]).await;
        assert_eq!(watcher.closed().await, 3001);
        let mut silent = Watcher::silent(&app).await;
        silent.raw(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]).await;
        assert_eq!(silent.closed().await, 1000);
        within("the sessions to end", app.app.hub.drained()).await;
    }

    async fn clients_that_are_silent_are_let_go(app: TestApp) {
        let hasty = app.with(|config| config.times.hello = Duration::from_millis(50)).await;
        let mut wordless = Watcher::silent(&hasty).await;
        assert_eq!(wordless.closed().await, 4400);
        let quick = app.with(|config| config.times.ping = Duration::from_millis(200)).await;
        let client = Firm::new(&app, "alpha").await.sign_in(&quick, "rep1").await;
        // Its line was cut: it answers no ping, and nobody says goodbye.
        let (half_open, _) = Watcher::hello(&quick, &client, json!({})).await;
        // This one reads, and so answers.
        let (mut alive, _) = Watcher::hello(&quick, &client, json!({})).await;
        tokio::spawn(async move {
            loop {
                alive.message().await;
            }
        });
        within("the silent one to go", async {
            while quick.app.hub.sessions() > 1 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            assert_eq!(quick.app.hub.sessions(), 1, "who answers stays");
            tokio::task::yield_now().await;
        }
        drop(half_open);
    }

    async fn a_request_that_never_ends_is_cut_off(app: TestApp) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ends = Ends { head: Duration::from_millis(100), ..Ends::default() };
        tokio::spawn(serve(listener, router(app.app.clone()), std::future::pending(), ends));
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET /api/v1/live HTTP/1.1\r\nConnection: upgrade\r\nX-Slow: ").await.unwrap();
        let mut answer = Vec::new();
        within("the connection to end", slow.read_to_end(&mut answer)).await.unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 101"));
    }

    async fn what_is_no_upgrade_is_told_how(app: TestApp) {
        let answer = reqwest::get(format!("http://{}/api/v1/live", app.address)).await.unwrap();
        assert_eq!(answer.status(), 426);
        assert_eq!(answer.headers()["sec-websocket-version"], "13");
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert!(problem["type"].as_str().unwrap().ends_with("/upgrade_required"));
    }

    async fn a_stopping_process_takes_no_new_sockets_and_sends_the_others_away_one_after_the_other(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let client = firm.sign_in(&app, "rep1").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let node = crate::support::TestApp { address, ..app.clone() };
        let hub = app.app.hub.clone();
        let stop = {
            let hub = hub.clone();
            async move {
                let _ = hub.stopping().wait_for(|stop| *stop).await;
                hub.drained().await;
            }
        };
        let served = tokio::spawn(serve(listener, router(app.app.clone()), stop, Ends::default()));
        let mut watchers = Vec::new();
        for _ in 0..40 {
            watchers.push(Watcher::hello(&node, &client, json!({})).await.0);
        }
        assert_eq!(hub.drain(), Duration::from_millis(80));
        hub.stop();
        let mut request = reqwest::Client::new().get(format!("http://{}/api/v1/live", node.address));
        for (name, value) in [
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            request = request.header(name, value);
        }
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), 503);
        assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
        drop(refused);
        for mut watcher in watchers {
            assert_eq!(watcher.closed().await, 4000);
        }
        assert!(within("the process to end", served).await.unwrap(), "nothing is left to wait for");
    }

    async fn everybody_who_comes_back_at_once_is_resumed(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (client, rep) = (firm.sign_in(&app, "manager1").await, firm.sign_in(&app, "rep1").await);
        let north = firm.north_stream();
        for _ in 0..4 {
            crate::support::visit_done(&app, &rep, firm.market(), &json!({ "outcome": "other" })).await;
        }
        app.advance(TimeDelta::seconds(1));
        let mut coming = Vec::new();
        for number in 0..300 {
            let (app, client, north) = (app.clone(), client.clone(), north.clone());
            coming.push(tokio::spawn(async move {
                let seen = number % 13;
                let (mut watcher, _) = Watcher::hello(&app, &client, json!({ north.as_str(): seen })).await;
                for offset in seen + 1..=12 {
                    assert_eq!(watcher.event_of(&north).await.offset, offset);
                }
            }));
        }
        for watcher in coming {
            watcher.await.unwrap();
        }
    }

    async fn a_stream_that_is_one_s_own_may_be_muted_and_still_ends_the_session(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "admin").await);
        let own = format!("employee:{}", firm.rep1.id);
        let (mut watcher, _) = Watcher::hello(&app, &rep, json!({})).await;
        watcher.say(json!({ "unfollow": { "streams": [own] } })).await;
        watcher.say(json!({ "ping": {} })).await;
        watcher.frame().await;
        crate::support::visit_done(&app, &rep, firm.market(), &json!({ "outcome": "other" })).await;
        watcher.say(json!({ "ping": {} })).await;
        assert!(matches!(watcher.frame().await, ekenko_domain::live::ServerFrame::Pong(_)), "nothing of it is told");
        admin.post(&format!("/employees/{}/deactivate", firm.rep1.id), &json!({})).await.ok(200);
        assert_eq!(watcher.closed().await, 4401);
    }
}
