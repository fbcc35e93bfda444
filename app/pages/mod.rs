//! The pages.

pub mod board;
pub mod check_in;
pub mod customers;
pub mod feed;
pub mod import;
pub mod not_found;
pub mod place;
pub mod set_up;
pub mod shell;
pub mod sign_in;
pub mod start;
pub mod visit;
pub mod visits;
