//! The live hub: streams of events in the database, a bus between processes, and the sockets that watch.
//!
//! The table is the truth; bus and memory only make it fast. Whoever sees a gap in the offsets reads the table, so a
//! lost message delays an event, never loses it. [`fanout`] decides who gets what and touches nothing; [`turn`] runs it and
//! alone writes to the sockets it was given; [`session`] reads from one socket and asks a [`gate`] whose it is; [`hub`]
//! joins them to the bus and the table.

pub mod bus;
mod client;
pub mod fanout;
pub mod frame;
pub mod gate;
pub mod hub;
pub mod session;
pub mod stream;
pub mod table;
pub mod turn;
pub mod upgrade;
pub mod wire;
