//! The customer base: companies and their locations.

mod added;
mod base;
mod edit;
mod find;
mod import;
mod people;
mod search;
mod service;
mod store;
mod text_index;

pub use edit::EditError;
pub use import::{ImportError, MAX_BYTES, Progress};
pub use search::{Near, Search, SearchError};
pub use service::Customers;
pub(crate) use store::{LocationRow, columns};
