//! Visits: check-in, photo, check-out, and reading them back.

mod changes;
mod clues;
mod days;
mod forgotten;
mod happened;
mod photos;
mod row;
mod service;
mod statistics;
mod store;
mod sums;

pub use days::{PackedDay, PackedRepDay};
pub use service::{Filter, VisitError, Visits};
