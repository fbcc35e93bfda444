//! Visits: check-in, photo, check-out, and reading them back.

mod changes;
mod clues;
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
mod weeks;

pub use review::Waiting;
pub use service::{Filter, VisitError, Visits};
pub use weeks::{PackedDay, PackedWeek};
