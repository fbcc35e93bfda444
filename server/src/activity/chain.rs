//! The log's chain: each line's MAC covers the line and the MAC before it, so that nobody without the key can change,
//! remove or add one unseen. The head, under its own MAC, says where the chain ends; a copy lies in a file apart, so that
//! an older head put back with a shorter chain is found as well.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

use chrono::{DateTime, Utc};
use ekenko_domain::id::OrganisationId;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// A MAC's bytes.
pub type Seal = Vec<u8>;

/// A line as it is sealed and stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    pub position: i64,
    pub id: Uuid,
    pub employee_id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub subject: String,
    pub origin: String,
    pub old_data: Option<String>,
    pub new_data: Option<String>,
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last line's place, from 1.
    pub position: i64,
    /// Its MAC, in hex.
    pub seal: String,
}

/// Seals lines with a key made of the installation's secret.
pub struct Chain {
    key: [u8; 32],
    file: PathBuf,
    /// What the file is to hold, and whether it does.
    heads: Mutex<(BTreeMap<OrganisationId, Head>, bool)>,
}

impl Chain {
    /// `file` holds the heads apart from the database.
    pub fn new(secret: &[u8], file: PathBuf) -> Self {
        let heads = read(&file).unwrap_or_default();
        Self { key: mac(secret, &[b"ekenko activity log"]), file, heads: Mutex::new((heads, true)) }
    }

    /// The MAC of a line behind another.
    pub fn seal(&self, organisation: OrganisationId, before: &[u8], line: &Line) -> Seal {
        let text = serde_json::json!([
            organisation,
            line.position,
            line.id,
            line.employee_id,
            line.at.timestamp_micros(),
            line.kind,
            line.subject,
            line.origin,
            line.old_data,
            line.new_data,
        ]);
        mac(&self.key, &[b"line", before, text.to_string().as_bytes()]).to_vec()
    }

    /// The MAC of a head.
    pub fn seal_head(&self, organisation: OrganisationId, position: i64, seal: &[u8]) -> Seal {
        let (id, position) = (organisation.0.into_bytes(), position.to_be_bytes());
        mac(&self.key, &[b"head", &id, &position, seal]).to_vec()
    }

    /// Remembers a committed head for the file.
    pub fn note(&self, organisation: OrganisationId, head: Head) {
        let Ok(mut heads) = self.heads.lock() else { return };
        if heads.0.get(&organisation).is_none_or(|known| known.position < head.position) {
            heads.0.insert(organisation, head);
            heads.1 = false;
        }
    }

    /// Brings the file up to date. Several processes may share it: each keeps what is farther.
    pub fn write(&self) -> std::io::Result<()> {
        let heads = {
            let Ok(mut heads) = self.heads.lock() else { return Ok(()) };
            if heads.1 {
                return Ok(());
            }
            for (organisation, head) in read(&self.file).unwrap_or_default() {
                if heads.0.get(&organisation).is_none_or(|ours| ours.position < head.position) {
                    heads.0.insert(organisation, head);
                }
            }
            heads.1 = true;
            serde_json::to_vec_pretty(&heads.0).unwrap_or_default()
        };
        let aside = self.file.with_extension(format!("{}.new", std::process::id()));
        std::fs::write(&aside, heads)?;
        std::fs::rename(&aside, &self.file)
    }

    /// The head the file holds.
    pub fn kept(&self, organisation: OrganisationId) -> Option<Head> {
        read(&self.file)?.remove(&organisation)
    }
}

fn read(file: &Path) -> Option<BTreeMap<OrganisationId, Head>> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Each part goes in with its length, so that no two lists of parts look alike.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(position: i64) -> Line {
        Line {
            position,
            id: Uuid::from_u128(7),
            employee_id: Uuid::from_u128(8),
            at: "2026-11-21T03:00:00.123456Z".parse().unwrap(),
            kind: "visit.checked_in".into(),
            subject: "x".into(),
            origin: "192.0.2.1".into(),
            old_data: None,
            new_data: Some("{}".into()),
        }
    }

    #[test]
    fn every_part_of_a_line_is_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let chain = |secret: &[u8]| Chain::new(secret, folder.path().join("heads"));
        let (ours, id) = (chain(b"secret"), OrganisationId(Uuid::from_u128(1)));
        let seal = |line: &Line| ours.seal(id, b"before", line);
        let whole = seal(&line(1));
        assert_eq!(whole, seal(&line(1)));
        let changes: [fn(&mut Line); 9] = [
            |line| line.position = 2,
            |line| line.id = Uuid::nil(),
            |line| line.employee_id = Uuid::nil(),
            |line| line.at += chrono::TimeDelta::microseconds(1),
            |line| line.kind = "visit.photo".into(),
            |line| line.subject = "y".into(),
            |line| line.origin.clear(),
            |line| line.old_data = Some(String::new()),
            |line| line.new_data = None,
        ];
        for change in changes {
            let mut other = line(1);
            change(&mut other);
            assert_ne!(whole, seal(&other), "{other:?}");
        }
        assert_ne!(whole, ours.seal(id, b"", &line(1)));
        assert_ne!(whole, ours.seal(OrganisationId(Uuid::from_u128(2)), b"before", &line(1)));
        assert_ne!(whole, chain(b"another").seal(id, b"before", &line(1)));
    }

    #[test]
    fn the_file_keeps_the_farthest_head() {
        let folder = tempfile::tempdir().unwrap();
        let chain = || Chain::new(b"secret", folder.path().join("heads"));
        let (one, two, id) = (chain(), chain(), OrganisationId(Uuid::from_u128(1)));
        let head = |position| Head { position, seal: "00".into() };
        two.note(id, head(5));
        two.write().unwrap();
        one.note(id, head(3));
        one.write().unwrap();
        assert_eq!(chain().kept(id), Some(head(5)));
        one.note(id, head(7));
        one.note(id, head(6));
        one.write().unwrap();
        assert_eq!(chain().kept(id), Some(head(7)));
    }
}
