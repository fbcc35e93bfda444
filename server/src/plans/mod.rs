//! A rep's plan of a day: where to go, and which customers have waited too long.

mod service;
mod store;

pub use service::{PlanError, Plans};
