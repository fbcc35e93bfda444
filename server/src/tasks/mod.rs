//! Tasks: given by managers to one rep or many, done by reps, made again by themselves.

mod attachments;
mod batches;
mod changes;
mod due;
mod read;
mod repeats;
mod row;
mod service;
mod store;

pub use attachments::{AttachmentError, Download, MAX_BYTES as MAX_ATTACHMENT_BYTES};
pub use read::{Filter, State};
pub use service::{TaskError, Tasks};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An id that is made of others: the same whoever makes it, and however often.
fn derived(from: Uuid, and: &[u8]) -> Uuid {
    let digest = Sha256::new().chain_update(from).chain_update(and).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
