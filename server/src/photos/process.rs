//! Decoding with limits. A photo is believed only after every pixel of it was read.

use std::io::Cursor;

use ekenko_domain::visit::{PICTURE_BITS, PhotoRef};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};
use sha2::{Digest, Sha256};

use super::{
    exif::{self, Exif},
    jpeg::is_whole,
};

/// The largest file taken, in bytes.
pub const MAX_BYTES: usize = 12 * 1024 * 1024;
/// The most pixels taken.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Longest side of a thumbnail, in pixels.
const THUMBNAIL: u32 = 480;
/// Either side of a portrait, in pixels.
pub const PORTRAIT: u32 = 256;

/// Why a photo was refused.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Nothing was sent.
    #[error("the body must be the photo's bytes")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("a photo may have at most 12 MB")]
    TooLarge,
    /// More than [`MAX_PIXELS`].
    #[error("a photo may have at most 40 megapixels; this one has {width} × {height}")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Not one of the three formats, or an animation.
    #[error("a photo must be JPEG, PNG or WebP")]
    Format,
    /// It begins like one, but cannot be read to its end.
    #[error("the photo is broken: {0}")]
    Broken(String),
    /// The server is at fault.
    #[error("the photo could not be kept: {0}")]
    Storage(#[from] std::io::Error),
}

/// A photo that was read whole.
#[derive(Debug)]
pub struct Processed {
    /// Of the bytes as sent, lower-case hex.
    pub sha256: String,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: &'static str,
    /// Pixels across, upright.
    pub width: u32,
    /// Pixels down, upright.
    pub height: u32,
    /// A JPEG with a longest side of 480 pixels at most, upright, without any metadata.
    pub thumbnail: Vec<u8>,
    /// What it says of itself.
    pub exif: Exif,
    /// Of the bytes as sent.
    pub size_bytes: i64,
    /// A perceptual hash: the same for the same picture, however it was saved.
    pub picture: [u8; PICTURE_BITS / 8],
}

impl Processed {
    /// As the API tells it.
    pub fn photo_ref(&self) -> PhotoRef {
        PhotoRef { sha256: self.sha256.clone(), width: self.width, height: self.height }
    }
}

/// Every pixel of a photo, as it was stored, how it is to be turned, and its media type.
fn decode(bytes: &[u8]) -> Result<(DynamicImage, Orientation, &'static str), PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(PhotoError::TooLarge);
    }
    let (format, media_type) = match image::guess_format(bytes) {
        Ok(format @ ImageFormat::Jpeg) => (format, "image/jpeg"),
        Ok(format @ ImageFormat::Png) => (format, "image/png"),
        Ok(format @ ImageFormat::WebP) => (format, "image/webp"),
        _ => return Err(PhotoError::Format),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(512 * 1024 * 1024);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    if format == ImageFormat::Jpeg && !is_whole(bytes) {
        return Err(PhotoError::Broken("it ends too soon".into()));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(refused)?, orientation, media_type))
}

/// Without any metadata.
fn jpeg(image: &DynamicImage) -> Result<Vec<u8>, PhotoError> {
    let mut bytes = Vec::new();
    image
        .to_rgb8()
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 80))
        .map_err(|e| PhotoError::Broken(e.to_string()))?;
    Ok(bytes)
}

/// The square in a photo's middle as a JPEG of [`PORTRAIT`] pixels either way, upright, on the caller's thread.
pub fn portrait(bytes: &[u8]) -> Result<Vec<u8>, PhotoError> {
    let (mut image, orientation, _) = decode(bytes)?;
    let side = |image: &DynamicImage| image.width().min(image.height());
    let times = side(&image) / (PORTRAIT * 2);
    if times > 1 {
        image = image.thumbnail_exact(image.width() / times, image.height() / times);
    }
    // Cut out before it is made larger: a strip of one pixel would outgrow the memory.
    let side = side(&image);
    let (left, top) = ((image.width() - side) / 2, (image.height() - side) / 2);
    let square = image.crop_imm(left, top, side, side);
    let mut portrait = square.resize_exact(PORTRAIT, PORTRAIT, FilterType::Triangle);
    portrait.apply_orientation(orientation);
    jpeg(&portrait)
}

/// Checks and shrinks a photo on the caller's thread.
pub fn process(bytes: &[u8]) -> Result<Processed, PhotoError> {
    let (mut image, orientation, media_type) = decode(bytes)?;
    let (width, height) = (image.width(), image.height());
    // Shrunk before it is turned: far fewer pixels to move.
    let turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    if width.max(height) > THUMBNAIL {
        image =
            image.thumbnail(THUMBNAIL * 2, THUMBNAIL * 2).resize(THUMBNAIL, THUMBNAIL, FilterType::Triangle);
    }
    image.apply_orientation(orientation);
    let thumbnail = jpeg(&image)?;
    let (width, height) = if turned { (height, width) } else { (width, height) };
    let (exif, picture) = (exif::read(bytes), picture_hash(&image));
    let sha256 = hash(bytes);
    let size_bytes = bytes.len() as i64;
    Ok(Processed { sha256, media_type, width, height, thumbnail, exif, size_bytes, picture })
}

/// Whether it begins as a PDF does (ISO 32000-2, 7.5.2) and ends as a whole one does (7.5.5).
pub fn is_pdf(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    bytes.starts_with(b"%PDF-") && tail.windows(5).any(|five| five == b"%%EOF")
}

/// What a file lies under: its SHA-256, lower-case hex.
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whether it gets brighter from each of 16 × 16 places to the next on its right (dHash, Neal Krawetz 2013).
fn picture_hash(image: &DynamicImage) -> [u8; PICTURE_BITS / 8] {
    let small = image.resize_exact(17, 16, FilterType::Triangle).to_luma8();
    let mut hash = [0; PICTURE_BITS / 8];
    for bit in 0..PICTURE_BITS {
        let (x, y) = (bit as u32 % 16, bit as u32 / 16);
        if small.get_pixel(x, y).0 < small.get_pixel(x + 1, y).0 {
            hash[bit / 8] |= 1 << (bit % 8);
        }
    }
    hash
}

fn refused(error: ImageError) -> PhotoError {
    PhotoError::Broken(error.to_string())
}
