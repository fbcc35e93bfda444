//! Pictures made on the spot.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture with a red top left, green top right, blue bottom left and white bottom right quarter.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x * 2 < width, y * 2 < height) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    encode(quarters(width, height), format)
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

/// A picture nobody sent before: random squares, 17 × 16 of them.
pub fn new_photo() -> Vec<u8> {
    let mut squares = Vec::new();
    while squares.len() < 272 {
        squares.extend(uuid::Uuid::new_v4().into_bytes().map(|byte| byte.wrapping_mul(37)));
    }
    encode(
        RgbImage::from_fn(68, 64, |x, y| Rgb([squares[(x / 4 + y / 4 * 17) as usize]; 3])),
        ImageFormat::Png,
    )
}

fn encode(image: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG that looks like `quarters(width, height)` once its EXIF orientation is applied.
///
/// The orientation says on which side of the upright picture the stored first row and first column lie (TIFF 6.0).
pub fn jpeg_with_orientation(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let upright = quarters(width, height);
    let (right, bottom) = (width - 1, height - 1);
    let stored_size = if orientation > 4 { (height, width) } else { (width, height) };
    let stored = RgbImage::from_fn(stored_size.0, stored_size.1, |column, row| {
        let (x, y) = match orientation {
            1 => (column, row),
            2 => (right - column, row),
            3 => (right - column, bottom - row),
            4 => (column, bottom - row),
            5 => (row, column),
            6 => (right - row, column),
            7 => (right - row, bottom - column),
            8 => (row, bottom - column),
            _ => unreachable!(),
        };
        *upright.get_pixel(x, y)
    });
    let jpeg = encode(stored, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend(b"\xff\xe1");
    bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// The checksum of PNG chunks.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}
