//! Photos: taken, turned upright, made small, and shown to those who may see the visit.

use std::path::Path;

use ekenko_server::photos::{Photos, Processed};
use image::{GenericImageView, ImageFormat, Rgb, RgbImage, imageops};
use reqwest::Method;
use serde_json::json;

use crate::support::{Client, Firm, TestApp, check_in, files_below, jpeg_with_orientation, picture, shared};

/// An open visit of rep1.
pub async fn open_visit(app: &TestApp, firm: &Firm, rep: &Client) -> String {
    let body = check_in(app, firm.market());
    rep.post("/visits", &body).await.ok(201);
    body["id"].as_str().unwrap().to_owned()
}

fn process(bytes: Vec<u8>) -> Processed {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(Photos::new(Path::new("unused")).process(bytes.into())).unwrap()
}

/// Which of red, green, blue and white each quarter's middle is nearest to.
pub fn quarters(jpeg: &[u8]) -> String {
    let image = image::load_from_memory(jpeg).unwrap();
    let (width, height) = image.dimensions();
    let colours = [('R', [220, 20, 20]), ('G', [20, 200, 20]), ('B', [20, 20, 220]), ('W', [240, 240, 240])];
    [(1, 1), (3, 1), (1, 3), (3, 3)]
        .map(|(x, y)| {
            let Rgb(pixel) = image.to_rgb8()[(width * x / 4, height * y / 4)];
            let far =
                |colour: [i32; 3]| -> i32 { (0..3).map(|i| (colour[i] - i32::from(pixel[i])).pow(2)).sum() };
            colours.iter().min_by_key(|(_, colour)| far(*colour)).unwrap().0
        })
        .iter()
        .collect()
}

engines! {
    async fn jpeg_png_and_webp_are_taken(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        for (format, media_type) in
            [(ImageFormat::Jpeg, "image/jpeg"), (ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")]
        {
            let bytes = picture(1200, 900, format);
            let photo = rep.put_photo(&id, &bytes).await.ok(200);
            assert_eq!((&photo["width"], &photo["height"]), (&json!(1200), &json!(900)));
            assert_eq!(photo["sha256"].as_str().unwrap().len(), 64);
            let original = rep.get(&format!("/visits/{id}/photo")).await;
            assert_eq!((original.status, original.header("content-type")), (200, media_type));
            assert_eq!(original.body, bytes, "the original is kept as it was sent");
            let small = rep.get(&format!("/visits/{id}/thumbnail")).await;
            assert_eq!((small.status, small.header("content-type")), (200, "image/jpeg"));
            assert_eq!(image::load_from_memory(&small.body).unwrap().dimensions(), (480, 360));
            assert_eq!(quarters(&small.body), "RGBW");
        }
    }

    async fn a_photo_is_turned_upright(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        for (who, width, height) in [("rep1", 64, 48), ("rep2", 1000, 600)] {
            let rep = firm.sign_in(&app, who).await;
            let id = open_visit(&app, &firm, &rep).await;
            for orientation in 1..=8 {
                let photo = rep.put_photo(&id, &jpeg_with_orientation(width, height, orientation)).await.ok(200);
                assert_eq!((&photo["width"], &photo["height"]), (&json!(width), &json!(height)), "{orientation}");
                let small = rep.get(&format!("/visits/{id}/thumbnail")).await.body;
                assert_eq!(quarters(&small), "RGBW", "{orientation}");
            }
        }
    }

    async fn a_photo_is_shown_only_to_those_who_see_the_visit(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        let paths = [format!("/visits/{id}/photo"), format!("/visits/{id}/thumbnail")];
        rep.get(&paths[0]).await.refused(404, "visit_not_found", "id");
        rep.put_photo(&id, &picture(10, 10, ImageFormat::Png)).await.ok(200);
        for path in &paths {
            for (who, status) in [("rep1", 200), ("manager1", 200), ("admin", 200), ("rep2", 404), ("rep3", 404), ("manager2", 404)] {
                assert_eq!(firm.sign_in(&app, who).await.get(path).await.status, status, "{who}");
            }
            app.anonymous().get(path).await.refused(401, "unauthenticated", "");
        }
    }

    async fn a_known_photo_is_not_sent_again(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        let photo = rep.put_photo(&id, &picture(10, 10, ImageFormat::Png)).await.ok(200);
        let path = format!("/visits/{id}/photo");
        let first = rep.get(&path).await;
        let tag = first.header("etag").to_owned();
        assert_eq!(tag, format!("{:?}", photo["sha256"].as_str().unwrap()));
        assert_eq!(first.header("cache-control"), "private, no-cache");
        assert_eq!(first.header("x-content-type-options"), "nosniff");
        assert_eq!(first.header("content-security-policy"), "default-src 'none'; sandbox");
        let known = |tag: &str| rep.request(Method::GET, &path).header("if-none-match", tag);
        let again = rep.send(known(&tag)).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
        assert_eq!(rep.send(known("\"other\"")).await.status, 200);
        rep.put_photo(&id, &picture(11, 10, ImageFormat::Png)).await.ok(200);
        assert_eq!(rep.send(known(&tag)).await.status, 200, "another photo has another tag");
        let stranger = firm.sign_in(&app, "rep2").await;
        let asked = stranger.request(Method::GET, &path).header("if-none-match", &tag);
        assert_eq!(stranger.send(asked).await.status, 404);
    }
}

#[test]
fn the_eight_real_orientations_look_alike() {
    let Some(folder) = shared("photos/orientation") else { return };
    let photos: Vec<_> =
        files_below(&folder).iter().map(|file| process(std::fs::read(file).unwrap())).collect();
    assert_eq!(photos.len(), 8);
    let pixels = |photo: &Processed| image::load_from_memory(&photo.thumbnail).unwrap().to_rgb8();
    let first = pixels(&photos[0]);
    let apart = |other: &RgbImage| {
        let sum: u64 =
            first.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum / first.as_raw().len() as u64
    };
    for photo in &photos {
        assert_eq!((photo.width, photo.height), (photos[0].width, photos[0].height));
        let other = pixels(photo);
        assert_eq!(other.dimensions(), first.dimensions());
        // Each shows its own number, so they are not quite the same.
        assert!(apart(&other) < 20, "{}", apart(&other));
    }
    for turned in
        [imageops::flip_horizontal(&first), imageops::flip_vertical(&first), imageops::rotate180(&first)]
    {
        assert!(apart(&turned) > 30, "{}", apart(&turned));
    }
}

/// `GPS Latitude = 41° 51' 10.8"` as degrees. The side of the equator comes from its own line: −0° has no sign.
fn degrees(expected: &str, tag: &str) -> Option<f64> {
    let text = told(expected, tag)?;
    let parts: Vec<f64> = text
        .split_whitespace()
        .map(|part| part.trim_end_matches(['°', '\'', '"']).parse().unwrap())
        .collect();
    let size = parts[0].abs() + parts[1] / 60.0 + parts[2] / 3600.0;
    let side = told(expected, &format!("{tag} Ref"))?;
    Some(if ["S", "W"].contains(&side) { -size } else { size })
}

fn told<'a>(expected: &'a str, tag: &str) -> Option<&'a str> {
    expected.lines().find_map(|line| line.split_once(&format!("] {tag} = ")).map(|(_, value)| value))
}

#[test]
fn exif_says_what_a_reference_reader_finds() {
    let Some(folder) = shared("photos") else { return };
    let mut compared = 0;
    for file in files_below(&folder) {
        let expected = Path::new(&format!("{}.expected.txt", file.display())).to_owned();
        let kind = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !expected.exists() || !["jpg", "webp"].contains(&kind) {
            continue;
        }
        let expected = String::from_utf8_lossy(&std::fs::read(expected).unwrap()).into_owned();
        let exif = process(std::fs::read(&file).unwrap()).exif;
        let name = file.display();
        let position = degrees(&expected, "GPS Latitude").zip(degrees(&expected, "GPS Longitude"));
        match (exif.position, position) {
            (None, None) => {}
            (Some(got), Some((lat, lng))) => {
                let apart = (got.lat.get() - lat).abs().max((got.lng.get() - lng).abs());
                assert!(apart < 0.00002, "{name}: {got:?} is not {lat}, {lng}");
            }
            (got, expected) => panic!("{name}: {got:?} is not {expected:?}"),
        }
        let time = told(&expected, "Date/Time Original").or(told(&expected, "Date/Time"));
        assert_eq!(exif.taken_at, time.map(|time| time.replacen(':', "-", 2)), "{name}");
        compared += 1;
    }
    assert!(compared >= 6, "{compared}");
}

#[test]
fn a_thumbnail_tells_nothing_about_its_origin() {
    let Some(folder) = shared("photos") else { return };
    let bytes = std::fs::read(folder.join("Apple iPhone 4.jpg")).unwrap();
    let small = process(bytes).thumbnail;
    assert!(!small.windows(4).any(|window| window == b"Exif"));
    assert_eq!(process(small).exif, ekenko_server::photos::Exif::default());
}
