//! What tests stand on. `engines!` runs a test on SQLite and on PostgreSQL, `engines_and_buses!` also without and with
//! Redis; each run has its own database, data folder and clock.

mod app;
mod client;
mod data;
mod firm;
mod pictures;
mod watcher;

pub use app::{NOW, TestApp};
pub use client::{Answer, Client, problem};
pub use data::{files_below, shared};
pub use firm::{Firm, PASSWORD, beside, check_in, days_work, visit_done};
pub use pictures::{crc32, jpeg_with_orientation, new_photo, picture, png};
pub use watcher::{Watcher, within};

use std::{future::Future, panic::resume_unwind, str::FromStr};

use futures_util::FutureExt;
use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgConnection},
};
use uuid::Uuid;

/// Where a test's data lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// What carries events between processes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    Memory,
    Redis,
}

fn service(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run `make test` or `scripts/with-services cargo nextest run -p ekenko-server`")
    })
}

/// Runs a test with an app of its own and clears up after it, also when it fails.
pub fn run<T: Future<Output = ()>>(engine: Engine, bus: Bus, test: impl FnOnce(TestApp) -> T) {
    let redis = (bus == Bus::Redis).then(|| service("EKENKO_TEST_REDIS"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let done = runtime.block_on(async {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::create().await),
        };
        let app = TestApp::start(database.as_ref().map(|database| database.url.clone()), redis).await;
        let done = std::panic::AssertUnwindSafe(test(app)).catch_unwind().await;
        if let Some(database) = database {
            database.drop().await;
        }
        done
    });
    runtime.shutdown_background();
    if let Err(panic) = done {
        resume_unwind(panic);
    }
}

/// A database for one test.
struct Database {
    name: String,
    url: String,
}

impl Database {
    async fn server() -> PgConnection {
        let options = PgConnectOptions::from_str(&service("EKENKO_TEST_POSTGRES")).unwrap();
        PgConnection::connect_with(&options).await.expect("the test PostgreSQL answers")
    }

    async fn execute(sql: String) {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut Self::server().await).await.unwrap();
    }

    async fn create() -> Self {
        let name = format!("ekenko_test_{}", Uuid::new_v4().simple());
        Self::execute(format!("CREATE DATABASE {name}")).await;
        let server = service("EKENKO_TEST_POSTGRES");
        let (address, _) = server.rsplit_once('/').expect("the address ends with a database");
        Self { url: format!("{address}/{name}"), name }
    }

    async fn drop(self) {
        Self::execute(format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// `engines! { async fn rule(app: TestApp) { … } }`
macro_rules! engines {
    ($($tests:tt)+) => {
        tests! { { sqlite: Sqlite, Memory; postgres: Postgres, Memory; } $($tests)+ }
    };
}

/// The same with both buses.
macro_rules! engines_and_buses {
    ($($tests:tt)+) => {
        tests! {
            {
                sqlite_memory: Sqlite, Memory;
                sqlite_redis: Sqlite, Redis;
                postgres_memory: Postgres, Memory;
                postgres_redis: Postgres, Redis;
            }
            $($tests)+
        }
    };
}

/// Each test as a module that has a `#[test]` for each run.
macro_rules! tests {
    ($runs:tt $($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use crate::support::{Bus, Engine, TestApp, run};

            async fn test($app: TestApp) $body

            runs! $runs
        }
    )+};
}

macro_rules! runs {
    ($($name:ident: $engine:ident, $bus:ident;)+) => {$(
        #[test]
        fn $name() {
            run(Engine::$engine, Bus::$bus, test);
        }
    )+};
}
