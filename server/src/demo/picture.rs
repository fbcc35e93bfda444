//! Shop fronts for the demo: drawn, so that nobody's real shop is shown.

use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};

use super::Dice;

const WIDTH: u32 = 400;
const HEIGHT: u32 = 300;
/// Everything is drawn on a grid of 640 × 480.
const GRID: u32 = 640;

/// A JPEG of a made-up shop front; the same seed draws the same one.
pub fn shop_front(seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut tint = |low: f64, high: f64| Rgb([0; 3].map(|_: u8| dice.between(low, high) as u8));
    let (sky, wall, roof, sign, door) =
        (tint(190.0, 240.0), tint(150.0, 230.0), tint(60.0, 150.0), tint(40.0, 220.0), tint(50.0, 110.0));
    let mut image = RgbImage::from_pixel(WIDTH, HEIGHT, sky);
    // Nobody stands at the same spot twice, and the street is never the same.
    let (left, up) = (dice.below(40) as u32, dice.below(40) as u32);
    for house in 0..9 {
        let (height, width) = (60 + dice.below(280) as u32, 50 + dice.below(60) as u32);
        let colour = Rgb([0; 3].map(|_: u8| dice.between(120.0, 250.0) as u8));
        fill(&mut image, house * 76, 380 - height, width, height, colour);
    }
    let fill = |image: &mut RgbImage, x: u32, y: u32, width, height, colour| {
        fill(image, (x + 20).saturating_sub(left), (y + 20).saturating_sub(up), width, height, colour);
    };
    fill(&mut image, 0, 380, GRID, 100, Rgb([120, 118, 115]));
    fill(&mut image, 60, 120, 520, 270, wall);
    fill(&mut image, 40, 90, 560, 40, roof);
    fill(&mut image, 120, 140, 400, 56, sign);
    for letter in 0..8 {
        let height = 18 + dice.below(18) as u32;
        fill(&mut image, 140 + letter * 46, 186 - height, 28, height, Rgb([250, 250, 245]));
    }
    for stripe in 0..13 {
        let colour = if stripe % 2 == 0 { Rgb([245, 245, 240]) } else { roof };
        fill(&mut image, 60 + stripe * 40, 204, 40, 26, colour);
    }
    fill(&mut image, 90 + dice.below(260) as u32, 250, 110, 140, door);
    for shelf in 0..3 {
        for item in 0..6 {
            let colour = Rgb([0; 3].map(|_: u8| dice.between(80.0, 240.0) as u8));
            fill(&mut image, 400 + item * 26, 256 + shelf * 44, 20, 34, colour);
        }
    }
    for _ in 0..10 {
        let (width, height) = (30 + dice.below(50) as u32, 30 + dice.below(60) as u32);
        let (x, y) = (dice.below(560) as u32, 470 - height - dice.below(60) as u32);
        let colour = Rgb([0; 3].map(|_: u8| dice.between(40.0, 230.0) as u8));
        fill(&mut image, x, y, width, height, colour);
    }
    // A camera's noise: no two photos are the same bytes.
    for pixel in image.pixels_mut() {
        let noise = (dice.next() % 9) as u8;
        pixel.0 = pixel.0.map(|c| c.saturating_add(noise));
    }
    let mut jpeg = Vec::new();
    // Writing to memory cannot fail, and an empty picture would be refused at once.
    let _ = image.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 70));
    jpeg
}

fn fill(image: &mut RgbImage, x: u32, y: u32, width: u32, height: u32, colour: Rgb<u8>) {
    let scaled = |n: u32| n * WIDTH / GRID;
    for y in scaled(y)..scaled(y + height).min(HEIGHT) {
        for x in scaled(x)..scaled(x + width).min(WIDTH) {
            image.put_pixel(x, y, colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use ekenko_domain::visit::same_picture;

    use super::*;
    use crate::photos::process::process;

    #[test]
    fn no_two_fronts_pass_for_the_same_picture() {
        let hashes: Vec<_> = (0..150).map(|seed| process(&shop_front(seed)).unwrap().picture).collect();
        for (n, one) in hashes.iter().enumerate() {
            assert!(
                hashes[..n].iter().all(|other| !same_picture(one, other)),
                "front {n} looks like another"
            );
        }
    }
}
