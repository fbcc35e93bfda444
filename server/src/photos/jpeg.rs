//! Whether a JPEG is all there: the decoder paints what is missing grey and says nothing.

const SCAN: u8 = 0xDA;
const END: u8 = 0xD9;

/// Whether the markers lead to the end of the image (ITU-T T.81, B.2.1). What cameras append after it does not matter.
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some((marker, after)) = next_marker(bytes, at) {
        match marker {
            END => return true,
            // Restart markers stand alone, as does TEM.
            0x01 | 0xD0..=0xD7 => at = after,
            _ => {
                let Some(&[high, low]) = bytes.get(after..after + 2) else { return false };
                at = after + usize::from(u16::from_be_bytes([high, low]));
                if marker == SCAN {
                    at = end_of_scan(bytes, at);
                }
            }
        }
    }
    false
}

/// The first marker at or after `at`, and where it ends. Before one may stand any number of 0xFF.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let start = at + bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
    let code = start + bytes.get(start..)?.iter().position(|byte| *byte != 0xFF)?;
    Some((bytes[code], code + 1))
}

/// Where a scan's data stops: 0xFF belongs to it before 0 and in restart markers.
fn end_of_scan(bytes: &[u8], at: usize) -> usize {
    let data = bytes.get(at..).unwrap_or_default();
    let end = data.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF));
    end.map_or(bytes.len(), |end| at + end)
}
