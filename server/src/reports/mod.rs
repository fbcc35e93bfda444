//! Reports, put together from visits, tasks and the customer base, to be read or taken away as a file.

mod csv;
mod service;
mod sheet;
mod words;
mod xlsx;

pub use service::{Asked, Piece, ReportError, Reports};
pub use sheet::{Export, Format};
pub use words::Language;
