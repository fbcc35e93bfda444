//! Tasks: given by managers, done by reps.

mod service;
mod store;

pub use service::{Filter, TaskError, Tasks};
