//! Photos: checked, turned upright, made small, kept under their hash.

mod exif;
mod files;
mod jpeg;
pub(crate) mod process;

pub use exif::Exif;
pub use files::Files;
pub use process::{MAX_BYTES, MAX_PIXELS, PhotoError, Photos, Processed};
