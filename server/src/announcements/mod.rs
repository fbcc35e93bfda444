//! Announcements: published by managers and admins at once or at a time, read and put away by those they are for.

mod due;
mod readers;
mod service;
mod store;

pub use service::{AnnouncementError, Announcements, Shown};
