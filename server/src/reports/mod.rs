//! Reports, put together from visits, tasks and the customer base, to be read or taken away as a file.

pub(crate) mod csv;
mod print;
mod service;
pub(crate) mod sheet;
mod words;
pub(crate) mod xlsx;

pub use service::{Asked, Piece, ReportError, Reports};
pub use sheet::{Export, Format};
pub use words::Language;
