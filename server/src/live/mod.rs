//! The live hub: streams of events in the database, a bus between processes, and the sockets that watch.
//!
//! The table is the truth; bus and queues only make it fast. Whoever sees a gap in the offsets reads the table, so a
//! lost message delays an event, never loses it.

pub mod bus;
pub mod hub;
pub mod session;
pub mod stream;
