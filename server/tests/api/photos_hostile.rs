//! Files that are not photos, or not whole, or made to hurt.

use image::ImageFormat;
use serde_json::Value;

use crate::{
    photos::open_visit,
    support::{Firm, crc32, files_below, picture, png, problem, shared},
};

/// A PNG that claims a size; its pixels are missing.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let body = [&kind[..], data].concat();
        bytes.extend(&body);
        bytes.extend(crc32(&body).to_be_bytes());
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    chunk(b"IHDR", &header);
    chunk(b"IDAT", b"\x78\x9c\x63\x00\x00\x00\x01\x00\x01");
    chunk(b"IEND", b"");
    bytes
}

fn black(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_luma8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The most memory this process ever held, in MB; nextest gives every test a process.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

engines! {
    async fn what_is_not_a_photo_is_refused(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        let before = rep.get(&format!("/visits/{id}")).await.ok(200);
        let mut wide = png(8, 8);
        wide.truncate(20);
        for (bytes, status, name) in [
            (vec![], 422, "photo_broken"),
            (b"just text".to_vec(), 415, "photo_format"),
            (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), 415, "photo_format"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), 415, "photo_format"),
            (b"BM".repeat(50), 415, "photo_format"),
            (b"\xff\xd8\xff".to_vec(), 422, "photo_broken"),
            (b"\x89PNG\r\n\x1a\n".to_vec(), 422, "photo_broken"),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), 422, "photo_broken"),
            (wide, 422, "photo_broken"),
            (claims(40_000, 40_000), 422, "photo_too_many_pixels"),
            (claims(u32::MAX >> 1, u32::MAX >> 1), 422, "photo_broken"),
            (claims(8000, 5001), 422, "photo_too_many_pixels"),
            (claims(8000, 4000), 422, "photo_broken"),
            (claims(0, 10), 422, "photo_broken"),
        ] {
            rep.put_photo(&id, &bytes).await.refused(status, name, "photo");
        }
        assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200), before);
    }

    async fn more_than_12_mb_is_too_much(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        let mut photo = png(8, 8);
        photo.resize(12 * 1024 * 1024, 0);
        rep.put_photo(&id, &photo).await.ok(200);
        photo.push(0);
        rep.put_photo(&id, &photo).await.refused(413, "photo_too_large", "photo");
        for megabytes in [13, 40] {
            photo.resize(megabytes * 1024 * 1024, 0);
            rep.put_photo(&id, &photo).await.refused(413, "photo_too_large", "photo");
        }
    }

    async fn forty_megapixels_are_taken_and_no_more(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        assert_eq!(rep.put_photo(&id, &black(8000, 5000)).await.ok(200)["width"], 8000);
        rep.put_photo(&id, &black(8000, 5001)).await.refused(422, "photo_too_many_pixels", "photo");
    }

    async fn a_photo_that_ends_too_soon_is_broken(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let whole = picture(640, 480, format);
            for part in [10, 50, 90, 99] {
                let bytes = &whole[..whole.len() * part / 100];
                let answer = rep.put_photo(&id, bytes).await;
                assert_eq!(answer.status, 422, "{part} % of a {format:?}: {}", answer.text());
                answer.refused(422, "photo_broken", "photo");
            }
        }
        assert_eq!(rep.get(&format!("/visits/{id}")).await.ok(200)["photo"], Value::Null);
    }

    async fn hostile_files_are_refused_and_cost_little(app: TestApp) {
        let Some(folder) = shared("images_bad") else { return };
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        let id = open_visit(&app, &firm, &rep).await;
        let files = files_below(&folder);
        assert!(files.len() > 200, "{}", files.len());
        let mut taken = Vec::new();
        for file in files {
            let answer = rep.put_photo(&id, &std::fs::read(&file).unwrap()).await;
            if answer.status == 200 {
                taken.push(file.strip_prefix(&folder).unwrap().to_owned());
            } else {
                let (name, _) = problem(&answer);
                assert!(answer.status < 500, "{}: {}", file.display(), answer.text());
                assert!(name.starts_with("photo_"), "{}: {name}", file.display());
            }
        }
        // Good pictures that once upset a decoder.
        let good = ["image-rs/tests/regression/image", "image-rs/tests/regression/webp"];
        assert!(taken.iter().all(|file| good.iter().any(|folder| file.starts_with(folder))), "{taken:?}");
        if let Some(megabytes) = most_memory() {
            assert!(megabytes < 512, "{megabytes} MB");
        }
    }
}
