//! Settings from the environment; README.md lists them.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::live::{
    fanout::Limits,
    gate::Times,
    hub::{Setup, turns},
};

/// What demo data is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demo {
    /// None: the first visitor makes the first admin.
    #[default]
    Off,
    /// A small distributor in Bangkok.
    On,
    /// The same, with simulated reps at work.
    Live,
}

/// The settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// `IP`: where to listen.
    pub ip: IpAddr,
    /// `PORT`: where to listen.
    pub port: u16,
    /// `EKENKO_DATA_DIR`: SQLite file, photos and the generated secret.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: a PostgreSQL server instead of SQLite.
    pub database_url: Option<String>,
    /// `REDIS_URL`: carries events between processes.
    pub redis_url: Option<String>,
    /// `EKENKO_SECRET`: signs tokens; the same for every process of an installation.
    pub secret: Option<String>,
    /// `EKENKO_DEMO`.
    pub demo: Demo,
    /// `EKENKO_PUBLIC_URL`: the address browsers use, when a proxy stands in front.
    pub public_url: Option<String>,
    /// `EKENKO_SMTP_URL` and `EKENKO_MAIL_FROM`: how mail goes out, and as whose.
    pub mail: Option<(String, String)>,
    /// `EKENKO_MAP_TILES`: an OpenStreetMap-style tile address with {z}, {x} and {y}.
    pub map_tiles: Option<String>,
    /// `EKENKO_MAP_ATTRIBUTION`: whom to thank for the tiles.
    pub map_attribution: String,
    /// `EKENKO_EVENT_DAYS`: how long a watcher may have been away and still get every event one by one.
    pub event_days: u32,
    /// `EKENKO_DRAIN_SECONDS`: over how long at most live sockets are closed when the process stops.
    pub drain_seconds: u32,
    /// How long live sockets are waited for; no variable sets it.
    pub times: Times,
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

impl Config {
    /// Reads the settings; `get` is `std::env::var` outside tests.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &'static str| get(name).filter(|value| !value.is_empty());
        let bad = |name: &'static str, reason: &dyn std::fmt::Display| ConfigError {
            name,
            reason: reason.to_string(),
        };
        let ip: IpAddr =
            text("IP").map_or(Ok([127, 0, 0, 1].into()), |ip| ip.parse()).map_err(|e| bad("IP", &e))?;
        let demo = match text("EKENKO_DEMO").as_deref() {
            None | Some("off") => Demo::Off,
            Some("on") => Demo::On,
            Some("live") => Demo::Live,
            Some(_) => return Err(bad("EKENKO_DEMO", &"must be on, live or off")),
        };
        if demo != Demo::Off && !ip.is_loopback() {
            return Err(bad(
                "EKENKO_DEMO",
                &format!(
                    "demo accounts have a published password: with them Ekenko listens on loopback only, not on {ip}"
                ),
            ));
        }
        let database_url = text("DATABASE_URL");
        if let Some(url) = &database_url
            && !(url.starts_with("postgres://") || url.starts_with("postgresql://"))
        {
            return Err(bad("DATABASE_URL", &"must begin with postgres://; without it SQLite is used"));
        }
        let secret = text("EKENKO_SECRET");
        if secret.as_ref().is_some_and(|secret| secret.len() < 32) {
            return Err(bad("EKENKO_SECRET", &"must have at least 32 characters"));
        }
        if database_url.is_some() && secret.is_none() {
            return Err(bad(
                "EKENKO_SECRET",
                &"is needed with DATABASE_URL, the same for every process: try openssl rand -hex 32",
            ));
        }
        let public_url = text("EKENKO_PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned());
        let mail = match (text("EKENKO_SMTP_URL"), text("EKENKO_MAIL_FROM")) {
            (None, _) => None,
            (Some(_), _) if public_url.is_none() => {
                return Err(bad(
                    "EKENKO_PUBLIC_URL",
                    &"is needed with EKENKO_SMTP_URL: links in mails lead there",
                ));
            }
            (Some(url), Some(from)) => Some((url, from)),
            (Some(_), None) => {
                return Err(bad(
                    "EKENKO_MAIL_FROM",
                    &"is needed with EKENKO_SMTP_URL: the address mails come from",
                ));
            }
        };
        let map_tiles = text("EKENKO_MAP_TILES");
        if let Some(tiles) = &map_tiles
            && !(["{z}", "{x}", "{y}"].iter().all(|part| tiles.contains(part))
                && (tiles.starts_with("https://") || tiles.starts_with('/')))
        {
            return Err(bad(
                "EKENKO_MAP_TILES",
                &"must be an https:// address, or one of this server, with {z}, {x} and {y}",
            ));
        }
        Ok(Self {
            ip,
            port: text("PORT").map_or(Ok(8080), |port| port.parse()).map_err(|e| bad("PORT", &e))?,
            data_dir: text("EKENKO_DATA_DIR").unwrap_or_else(|| "./data".into()).into(),
            database_url,
            redis_url: text("REDIS_URL"),
            secret,
            demo,
            public_url,
            mail,
            map_attribution: text("EKENKO_MAP_ATTRIBUTION")
                .unwrap_or_else(|| "© OpenStreetMap contributors".into()),
            map_tiles,
            event_days: text("EKENKO_EVENT_DAYS")
                .map_or(Ok(7), |days| days.parse())
                .map_err(|e| bad("EKENKO_EVENT_DAYS", &e))?,
            drain_seconds: text("EKENKO_DRAIN_SECONDS")
                .map_or(Ok(10), |seconds| seconds.parse())
                .map_err(|e| bad("EKENKO_DRAIN_SECONDS", &e))?,
            times: Times::default(),
        })
    }

    /// How the live hub is set up.
    pub fn live(&self) -> Setup {
        Setup {
            redis: self.redis_url.clone(),
            turns: turns(),
            drain: Duration::from_secs(self.drain_seconds.into()),
            times: self.times.clone(),
            limits: Limits::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
            .map_err(|e| e.to_string())
    }

    #[test]
    fn nothing_set_is_a_laptop() {
        let config = read(&[]).unwrap();
        assert_eq!(
            (config.ip.to_string().as_str(), config.port, config.demo),
            ("127.0.0.1", 8080, Demo::Off)
        );
        assert!(config.database_url.is_none());
    }

    #[test]
    fn demo_data_never_listens_beyond_loopback() {
        assert!(read(&[("EKENKO_DEMO", "on"), ("IP", "0.0.0.0")]).unwrap_err().contains("loopback"));
        assert!(read(&[("EKENKO_DEMO", "live"), ("IP", "::")]).unwrap_err().contains("loopback"));
        assert!(read(&[("EKENKO_DEMO", "on"), ("IP", "::1")]).is_ok());
        assert!(read(&[("IP", "0.0.0.0")]).is_ok());
    }

    #[test]
    fn a_bad_setting_is_named() {
        for (name, value) in [
            ("IP", "here"),
            ("PORT", "99999"),
            ("EKENKO_DEMO", "yes"),
            ("DATABASE_URL", "mysql://x"),
            ("EKENKO_SECRET", "short"),
            ("EKENKO_MAP_TILES", "https://x/y.png"),
            ("EKENKO_EVENT_DAYS", "-1"),
        ] {
            assert!(read(&[(name, value)]).unwrap_err().starts_with(name), "{name}");
        }
        assert!(read(&[("DATABASE_URL", "postgres://x")]).unwrap_err().starts_with("EKENKO_SECRET"));
    }
}
