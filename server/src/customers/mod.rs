//! The customer base: companies and their locations.

mod import;
mod service;
mod store;

pub use import::{ImportError, MAX_BYTES, Progress};
pub use service::{Customers, Near, Search, SearchError};
