//! Announcements: published by managers and admins, put away by whoever read them.

mod service;
mod store;

pub use service::{AnnouncementError, Announcements};
