//! The clients that docs/live-protocol.md points to, as a stranger would run them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::support::{Bus, Engine, Firm, TestApp, check_in, run, within};

struct Program {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(command: &mut Command, app: &TestApp, who: &str) -> Self {
        command.args([&format!("http://{}", app.address), who, crate::support::PASSWORD]);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { _child: child, lines }
    }

    async fn line(&mut self) -> String {
        within("a line of the program", self.lines.next_line())
            .await
            .unwrap()
            .expect("the program still runs")
    }
}

/// It tells what happens, and goes on where it was after its socket was closed.
fn tells_and_comes_back(mut command: Command) {
    run(Engine::Sqlite, Bus::Memory, async |app| {
        let firm = Firm::new(&app, "alpha").await;
        let (rep, admin) = (firm.sign_in(&app, "rep1").await, firm.sign_in(&app, "admin").await);
        let manager = format!("manager1@{}.test", firm.name);
        let mut program = Program::start(&mut command, &app, &manager);
        assert_eq!(program.line().await, "0 check-ins so far");
        assert_eq!(program.line().await, "live");
        let body = check_in(&app, firm.market());
        rep.post("/visits", &body).await.ok(201);
        let told = program.line().await;
        assert!(told.contains("rep1"), "{told}");

        // What the manager may see changes, so the socket is closed with "come back now".
        let team = format!("/teams/{}", uuid::Uuid::new_v4());
        let me = firm.sign_in(&app, "manager1").await.get("/me").await.ok(200)["id"].clone();
        let east = json!({ "name": "East", "manager_ids": [me] });
        admin.send(admin.request(reqwest::Method::PUT, &team).json(&east)).await.ok(201);
        let out = format!("/visits/{}/check-out", body["id"].as_str().unwrap());
        rep.put_photo(body["id"].as_str().unwrap(), &crate::support::png(4, 3)).await.ok(200);
        rep.post(&out, &json!({ "outcome": "ordered" })).await.ok(200);
        app.advance(chrono::TimeDelta::seconds(90));
        rep.post("/visits", &check_in(&app, firm.market())).await.ok(201);
        let mut told = program.line().await;
        while told == "not connected" || told == "live" {
            told = program.line().await;
        }
        assert!(told.contains("rep1"), "{told}");
    });
}

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_python_client_tells_and_comes_back() {
    let mut command = Command::new("python3");
    command.arg(tree().join("examples/live_client.py"));
    tells_and_comes_back(command);
}

#[test]
fn the_tungstenite_client_tells_and_comes_back() {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().and_then(Path::parent).unwrap().join("examples/live_client");
    tells_and_comes_back(Command::new(program));
}
