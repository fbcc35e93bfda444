//! What a visit may be for and what may come of it, as each organisation wants it.

mod service;
mod store;

pub(crate) use service::fill;
pub use service::{ChoiceLists, ChoicesError};
