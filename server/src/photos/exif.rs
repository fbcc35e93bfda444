//! What a photo says of itself. Anyone can write anything there, so it is a clue, never evidence.

use ekenko_domain::geo::Position;
use exif::{In, Reader, Tag, Value};

/// Position and time a photo's EXIF block gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exif {
    /// Where it says it was taken.
    pub position: Option<Position>,
    /// When, as the camera wrote it: `2026-11-21 09:30:00` in the camera's own time.
    pub taken_at: Option<String>,
}

/// Reads the block out of a JPEG, PNG or WebP file; what cannot be read is left out.
pub fn read(bytes: &[u8]) -> Exif {
    let Ok(block) = Reader::new().read_from_container(&mut std::io::Cursor::new(bytes)) else {
        return Exif::default();
    };
    let degrees = |value: Tag, reference: Tag, negative: u8| -> Option<f64> {
        let Value::Rational(parts) = &block.get_field(value, In::PRIMARY)?.value else { return None };
        let [d, m, s] = parts.get(..3)? else { return None };
        let degrees = d.to_f64() + m.to_f64() / 60.0 + s.to_f64() / 3600.0;
        let Value::Ascii(letters) = &block.get_field(reference, In::PRIMARY)?.value else { return None };
        let letter = letters.first()?.first()?.to_ascii_uppercase();
        Some(if letter == negative { -degrees } else { degrees })
    };
    let position = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S')
        .zip(degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W'))
        .and_then(|(lat, lng)| Position::new(lat, lng).ok());
    let taken_at = [Tag::DateTimeOriginal, Tag::DateTime].into_iter().find_map(|tag| {
        let Value::Ascii(lines) = &block.get_field(tag, In::PRIMARY)?.value else { return None };
        let time = exif::DateTime::from_ascii(lines.first()?).ok()?;
        Some(time.to_string())
    });
    Exif { position, taken_at }
}
