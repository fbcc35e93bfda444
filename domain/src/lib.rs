//! The heart of Ekenko: names, values and rules of field sales.
//!
//! Pure: no IO, no clock, no randomness. It compiles to wasm, so the pages check input with the same
//! rules as the server and read the same types the API writes.

pub mod activity;
pub mod address;
pub mod announcement;
pub mod board;
pub mod choices;
mod codes;
pub mod company;
pub mod customer;
pub mod dashboard;
pub mod day;
pub mod duplicate;
pub mod employee;
pub mod event;
pub mod feed;
pub mod follower;
pub mod geo;
pub mod id;
pub mod import;
pub mod live;
pub mod page;
pub mod plan;
pub mod problem;
pub mod report;
pub mod settings;
pub mod staff;
pub mod statistics;
pub mod task;
pub mod tax_id;
pub mod text;
pub mod visit;
