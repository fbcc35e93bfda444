//! A running Ekenko of one test.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use ekenko_server::{
    App,
    config::Config,
    context::{Context, Replay},
    http::{Ends, router, serve},
    identity::Caller,
};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Client, PASSWORD};

/// When every test begins: a morning in Bangkok.
pub const NOW: &str = "2026-11-21T03:00:00.123456Z";

/// One node, and what it stands on.
#[derive(Clone)]
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<Replay>,
    /// `127.0.0.1:port`
    pub address: String,
    pub data: Arc<TempDir>,
}

impl TestApp {
    /// The first node.
    pub async fn start(database_url: Option<String>, redis_url: Option<String>) -> Self {
        let now: DateTime<Utc> = NOW.parse().unwrap();
        // Tests share one Redis, so their ids must differ.
        let seed = Uuid::new_v4().as_u64_pair().0;
        let data = Arc::new(TempDir::new().unwrap());
        let mut config = Config::read(|_| None).unwrap();
        config.data_dir = data.path().to_owned();
        config.secret = Some("a secret that only tests know, 32+".into());
        config.database_url = database_url;
        config.redis_url = redis_url;
        Self::node(config, Arc::new(Replay::new(now, seed)), data).await
    }

    /// Another node of the same installation; without `redis` no message reaches it.
    pub async fn beside(&self, redis: bool) -> Self {
        let mut config = self.app.config.clone();
        if !redis {
            config.redis_url = None;
        }
        Self::node(config, self.clock.clone(), self.data.clone()).await
    }

    /// Another node of the same installation with other settings.
    pub async fn with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.app.config.clone();
        change(&mut config);
        Self::node(config, self.clock.clone(), self.data.clone()).await
    }

    async fn node(config: Config, clock: Arc<Replay>, data: Arc<TempDir>) -> Self {
        let outside: Context = clock.clone();
        let app = App::start(config, outside).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let served = serve(listener, router(app.clone()), std::future::pending(), Ends::default());
        tokio::spawn(served);
        Self { app, clock, address, data }
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// A client that proves nothing.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// A program signed in to an account of [`super::Firm`].
    pub async fn sign_in(&self, email: &str) -> Client {
        let credentials = json!({ "email": email, "password": PASSWORD });
        let tokens = self.anonymous().post("/auth/login", &credentials).await.ok(200);
        Client::new(&self.address, Some(tokens["access_token"].as_str().unwrap()))
    }

    /// The first admin of an organisation, for calling services directly.
    pub async fn admin(&self, organisation: &str) -> Caller {
        self.app.identity.operator(Some(organisation)).await.unwrap()
    }
}
