//! Components: props in, events out, no calls to the API.

pub mod attachments;
pub mod banner;
pub mod bars;
pub mod day_switch;
pub mod feedback;
pub mod filter;
pub mod form;
pub mod icon;
pub mod map_view;
pub mod person;
pub mod picture;
pub mod priority;
pub mod radios;
pub mod search_box;
pub mod show_more;
pub mod sparkline;
pub mod tab;
pub mod ticks;
pub mod title;
pub mod toast;
pub mod verdict;
pub mod waiting;
