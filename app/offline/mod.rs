//! Working without signal. What a rep does is written down on the device first and then sent; until the server has
//! confirmed it, the pages show what it will have done. Pages of a rep read and write through here rather than
//! through [`crate::api`]. While the server renders, and in a desktop window, everything goes straight to the server.

mod overlay;
mod read;
mod write;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use ekenko_domain::{
    id::{TaskId, VisitId},
    problem::Problem,
    visit::Visit,
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

pub use read::*;
pub use write::*;

use crate::platform::{self, REACHED};

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Opens a visit.
    CheckIn,
    /// Adds a photo to it.
    VisitPhoto,
    /// Closes it.
    CheckOut,
    /// Moves a task.
    TaskMove,
    /// Shows that a task was done.
    TaskPhoto,
}

impl Kind {
    /// The name its message ends in.
    pub fn code(self) -> &'static str {
        match self {
            Self::CheckIn => "check-in",
            Self::VisitPhoto | Self::TaskPhoto => "photo",
            Self::CheckOut => "check-out",
            Self::TaskMove => "task-move",
        }
    }
}

/// What a command is about. Commands about the same thing are sent in the order they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A visit.
    Visit(VisitId),
    /// A task.
    Task(TaskId),
}

/// A command as it is handed to the device to keep and send.
#[derive(Debug, Clone, Serialize)]
pub struct Command {
    /// What it is about.
    #[serde(serialize_with = "as_key")]
    pub subject: Subject,
    /// What it does.
    pub kind: Kind,
    /// `POST` or `PUT`.
    pub method: &'static str,
    /// From `/api` on.
    pub path: String,
    /// For people: the customer's or the task's name.
    pub title: String,
    /// JSON; nothing when the body is a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The visit as it will be, for a check-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Visit>,
}

/// A command that the server has not confirmed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Waiting {
    /// Its number on this device; lower is earlier.
    pub seq: u64,
    /// What it is about.
    #[serde(deserialize_with = "from_key")]
    pub subject: Subject,
    /// What it does.
    pub kind: Kind,
    /// For people: the customer's or the task's name.
    pub title: String,
    /// When it was given, by the device's clock.
    pub made_at: DateTime<Utc>,
    /// JSON; nothing when the body is a photo.
    #[serde(default)]
    pub body: Option<String>,
    /// The visit as it will be, for a check-in.
    #[serde(default)]
    pub draft: Option<Visit>,
    /// A photo's hash.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Why the server refused it; it waits for the rep to decide.
    #[serde(default)]
    pub problem: Option<Problem>,
}

/// The subject as the device's storage keys it: one string, `visit:…` or `task:…`.
fn as_key<S: serde::Serializer>(subject: &Subject, to: S) -> Result<S::Ok, S::Error> {
    match subject {
        Subject::Visit(id) => to.collect_str(&format_args!("visit:{id}")),
        Subject::Task(id) => to.collect_str(&format_args!("task:{id}")),
    }
}

fn from_key<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Subject, D::Error> {
    let key = String::deserialize(from)?;
    let unknown = || serde::de::Error::custom(format!("unknown subject {key}"));
    let (kind, id) = key.split_once(':').ok_or_else(unknown)?;
    match kind {
        "visit" => id.parse().map(Subject::Visit).map_err(|_| unknown()),
        "task" => id.parse().map(Subject::Task).map_err(|_| unknown()),
        _ => Err(unknown()),
    }
}

/// What waits to be sent, for every page.
#[derive(Clone, Copy)]
pub struct Outbox {
    waiting: Signal<Vec<Waiting>>,
    revision: Signal<u32>,
}

impl Outbox {
    /// Everything not confirmed, oldest first.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.waiting.read().clone()
    }

    /// What is not confirmed about one thing.
    pub fn about(&self, subject: Subject) -> Vec<Waiting> {
        self.waiting.read().iter().filter(|item| item.subject == subject).cloned().collect()
    }
}

/// Makes the outbox; once, at the root.
pub fn use_outbox_root() {
    let mut outbox =
        use_context_provider(|| Outbox { waiting: Signal::new(Vec::new()), revision: Signal::new(0) });
    use_future(move || async move {
        let mut changes = platform::outbox_changes();
        loop {
            let now = platform::waiting().await;
            if now != *outbox.waiting.peek() {
                outbox.waiting.set(now);
                outbox.revision += 1;
            }
            let Some(reached) = changes.next().await else { return };
            platform::note_reached(reached);
        }
    });
    let mut was_reached = use_signal(|| true);
    use_effect(move || {
        let reached = REACHED();
        if reached && !*was_reached.peek() {
            outbox.revision += 1;
        }
        was_reached.set(reached);
    });
}

/// What waits to be sent.
pub fn use_outbox() -> Outbox {
    use_context()
}

/// Calls `again` whenever what was read before may be different now: something was sent, refused or given up, or the
/// server can be reached again.
pub fn use_refresh(mut again: impl FnMut() + 'static) {
    let revision = use_outbox().revision;
    let mut seen = use_hook(|| CopyValue::new(*revision.peek()));
    use_effect(move || {
        let now = revision();
        if now != *seen.read() {
            seen.set(now);
            again();
        }
    });
}
