//! Visits: check-in, photo, check-out, and reading them back.

mod changes;
mod clues;
mod days;
mod evidence;
mod forgotten;
mod happened;
mod photos;
mod review;
mod row;
mod service;
mod statistics;
mod store;
mod sums;

pub use days::{PackedDay, PackedRepDay};
pub use review::Waiting;
pub use service::{Filter, VisitError, Visits};
