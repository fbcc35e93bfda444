//! The customer base: companies and their locations.

mod edit;
mod import;
mod people;
mod service;
mod store;

pub use edit::EditError;
pub use import::{ImportError, MAX_BYTES, Progress};
pub use service::{Customers, Near, Search, SearchError};
pub(crate) use store::{LocationRow, columns};
