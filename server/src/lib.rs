//! Everything of Ekenko that touches the outside. [`App::start`] is the composition root: settings become adapters,
//! adapters become services, and [`http::router`] puts addresses on them.

pub mod activity;
pub mod announcements;
pub mod board;
pub mod choices;
pub mod config;
pub mod context;
pub mod customers;
pub mod db;
pub mod demo;
pub mod http;
pub mod identity;
pub mod live;
pub mod mail;
pub mod merges;
pub mod outbox;
pub mod page;
pub mod photos;
pub mod plans;
pub mod reports;
pub mod tasks;
pub mod visits;

use std::{path::Path, sync::Arc, time::Duration};

use chrono::TimeDelta;

use config::Config;
use context::Context;
use db::Db;

/// The SQLite file's name in the data folder.
pub(crate) const DATABASE: &str = "ekenko.sqlite";

/// Why Ekenko could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file or folder.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// The database cannot be reached.
    #[error("database: {0}")]
    Db(#[from] db::StoreError),
    /// Its tables cannot be brought up to date.
    #[error("database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The Redis address cannot be read.
    #[error("REDIS_URL: {0}")]
    Redis(#[from] redis::RedisError),
    /// Something else that start-up needs.
    #[error("{0}")]
    Other(String),
}

/// One running Ekenko: its services, wired together.
pub struct App {
    /// The settings it started with.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Time and randomness.
    pub outside: Context,
    /// The live hub.
    pub hub: Arc<live::hub::Hub>,
    /// Accounts.
    pub identity: Arc<identity::Identity>,
    /// Accounts and teams, for those who keep them.
    pub staff: identity::Staff,
    /// Companies and locations.
    pub customers: Arc<customers::Customers>,
    /// What a visit may be for.
    pub choices: Arc<choices::ChoiceLists>,
    /// Visits.
    pub visits: Arc<visits::Visits>,
    /// The reps' plans of their days.
    pub plans: Arc<plans::Plans>,
    /// Tasks.
    pub tasks: Arc<tasks::Tasks>,
    /// Announcements.
    pub announcements: Arc<announcements::Announcements>,
    /// Seals the activity log.
    pub chain: Arc<activity::Chain>,
    /// The manager's and the rep's day.
    pub boards: board::Boards,
    /// Reports.
    pub reports: reports::Reports,
    /// Locations that become one.
    pub merges: merges::Merges,
}

impl App {
    /// Opens the database, brings its tables up to date and wires the services.
    pub async fn start(config: Config, outside: Context) -> Result<Arc<Self>, StartError> {
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|e| StartError::Io(config.data_dir.display().to_string(), e))?;
        let secret = match &config.secret {
            Some(secret) => secret.clone(),
            None => kept_secret(&config.data_dir, &*outside)?,
        };
        let db = match &config.database_url {
            Some(url) => Db::postgres(url).await?,
            None => Db::sqlite(&config.data_dir.join(DATABASE)).await?,
        };
        db.migrate().await?;
        let table = Arc::new(live::table::Stored { db: db.clone(), outside: outside.clone() });
        let hub = live::hub::Hub::start(table, outside.clone(), config.live())?;
        let photos = photos::Photos::new(&config.data_dir);
        let identity =
            identity::Identity::new(db.clone(), outside.clone(), photos.clone(), secret.as_bytes())
                .map_err(|e| StartError::Other(e.to_string()))?;
        let identity = Arc::new(identity);
        let chain =
            Arc::new(activity::Chain::new(secret.as_bytes(), config.data_dir.join("activity-heads.json")));
        let outbox = outbox::Outbox::new(outside.clone(), hub.clone(), chain.clone());
        let customers = Arc::new(customers::Customers::new(db.clone(), outside.clone(), outbox.clone()));
        let choices = Arc::new(choices::ChoiceLists::new(db.clone(), outbox.clone()));
        let visits = Arc::new(visits::Visits::new(
            db.clone(),
            outside.clone(),
            outbox.clone(),
            customers.clone(),
            choices.clone(),
            photos.clone(),
        ));
        let plans = Arc::new(plans::Plans::new(db.clone(), outbox.clone(), visits.clone()));
        let tasks = Arc::new(tasks::Tasks::new(
            db.clone(),
            outside.clone(),
            outbox.clone(),
            identity.clone(),
            customers.clone(),
            photos.clone(),
        ));
        let announcements =
            Arc::new(announcements::Announcements::new(db.clone(), outside.clone(), outbox.clone(), photos));
        let mail = config
            .mail
            .as_ref()
            .map(|(url, from)| mail::Mail::new(url, from, config.public_url.as_deref().unwrap_or_default()));
        let mail = mail.transpose().map_err(|e| StartError::Other(format!("EKENKO_SMTP_URL: {e}")))?;
        let staff = identity::Staff::new(db.clone(), outside.clone(), outbox.clone(), identity.clone(), mail);
        let boards = board::Boards::new(
            db.clone(),
            outside.clone(),
            identity.clone(),
            customers.clone(),
            visits.clone(),
            plans.clone(),
            tasks.clone(),
            announcements.clone(),
        );
        let reports = reports::Reports::new(
            db.clone(),
            outside.clone(),
            identity.clone(),
            customers.clone(),
            choices.clone(),
            visits.clone(),
            tasks.clone(),
        );
        let merges = merges::Merges::new(
            db.clone(),
            outside.clone(),
            outbox,
            customers.clone(),
            visits.clone(),
            plans.clone(),
            tasks.clone(),
        );
        Ok(Arc::new(Self {
            config,
            db,
            outside,
            hub,
            identity,
            staff,
            customers,
            choices,
            visits,
            plans,
            tasks,
            announcements,
            chain,
            boards,
            reports,
            merges,
        }))
    }

    /// Keeps the ends of the activity log apart from the database, every second.
    pub async fn keep_heads(self: Arc<Self>) {
        let mut every = tokio::time::interval(Duration::from_secs(1));
        loop {
            every.tick().await;
            if let Err(error) = self.chain.write() {
                tracing::error!(%error, "the ends of the activity log could not be kept");
            }
        }
    }

    /// Forgets events older than the settings keep, now and every hour.
    pub async fn trim_events(self: Arc<Self>) {
        let mut hourly = tokio::time::interval(Duration::from_secs(3600));
        loop {
            hourly.tick().await;
            if let Err(error) = self.trim_once().await {
                tracing::error!(%error, "old events could not be forgotten");
            }
        }
    }

    /// Forgets events older than the settings keep. Gives the number forgotten.
    pub async fn trim_once(&self) -> Result<u64, db::StoreError> {
        let before = self.outside.now() - TimeDelta::days(i64::from(self.config.event_days));
        let mut db = self.db.begin().await?;
        let trimmed = live::stream::trim(&mut db, before).await?;
        db.commit().await?;
        Ok(trimmed)
    }
}

/// The secret of an installation that was given none: made once, readable by its owner alone.
fn kept_secret(data: &Path, outside: &dyn context::Outside) -> Result<String, StartError> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let path = data.join("secret");
    let failed = |error| StartError::Io(path.display().to_string(), error);
    match std::fs::read_to_string(&path) {
        Ok(secret) if secret.trim().len() >= 32 => return Ok(secret.trim().to_owned()),
        Ok(_) => {
            return Err(StartError::Other(format!("{}: must hold at least 32 characters", path.display())));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut bytes = [0; 32];
    outside.fill(&mut bytes);
    let secret = hex::encode(bytes);
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(secret)
}
