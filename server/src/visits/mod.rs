//! Visits: check-in, photo, check-out, and reading them back.

mod service;
mod store;

pub use service::{Filter, VisitError, Visits};
