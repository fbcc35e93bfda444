//! The customer base: companies and their locations.

mod added;
mod addresses;
mod base;
mod companies;
mod company;
mod duplicates;
mod edit;
mod export;
mod find;
mod import;
mod merge;
mod people;
mod search;
mod service;
mod status;
mod store;
mod text_index;

pub use addresses::find as addresses;
pub use edit::EditError;
pub use export::ExportError;
pub use find::{Narrow, OfStatus};
pub use import::{ImportError, MAX_BYTES, Owners, Progress, Reading};
pub use merge::MergeError;
pub use search::{Near, Search, SearchError};
pub use service::Customers;
pub(crate) use store::{LocationRow, columns};
