//! The picture one shows of oneself.

use image::{GenericImageView, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    photos::quarters,
    support::{Answer, Client, Firm, jpeg_with_orientation, new_photo, picture},
};

async fn put(client: &Client, bytes: &[u8]) -> Answer {
    client.send(client.request(Method::PUT, "/me/avatar").body(bytes.to_vec())).await
}

/// Where a person's picture lies.
fn address(me: &Value) -> String {
    format!("/employees/{}/avatar/{}", me["id"].as_str().unwrap(), me["avatar"].as_str().unwrap())
}

engines! {
    async fn a_picture_is_the_middle_of_a_photo_upright_and_tells_nothing_else(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let rep = firm.sign_in(&app, "rep1").await;
        assert_eq!(rep.get("/me").await.ok(200).get("avatar"), None);
        for (width, height) in [(64, 48), (600, 1300)] {
            for orientation in 1..=8 {
                let me = put(&rep, &jpeg_with_orientation(width, height, orientation)).await.ok(200);
                assert_eq!(rep.get("/me").await.ok(200), me);
                let shown = rep.get(&address(&me)).await;
                assert_eq!((shown.status, shown.header("content-type")), (200, "image/jpeg"));
                assert_eq!(image::load_from_memory(&shown.body).unwrap().dimensions(), (256, 256));
                assert_eq!(quarters(&shown.body), "RGBW", "{orientation}");
                assert!(!shown.body.windows(4).any(|window| window == b"Exif"));
            }
        }
        // Red, green and blue beside or below one another; then strips of one pixel.
        for (width, height) in [(90, 30), (30, 90), (4500, 1500), (20_001, 1), (1, 20_001)] {
            let far = |x: u32, y: u32| if width > height { x * 3 / width } else { y * 3 / height };
            let stripes = RgbImage::from_fn(width, height, |x, y| Rgb([[220, 20, 20], [20, 200, 20], [20, 20, 220]][far(x, y) as usize]));
            let mut bytes = std::io::Cursor::new(Vec::new());
            stripes.write_to(&mut bytes, ImageFormat::Png).unwrap();
            let me = put(&rep, bytes.get_ref()).await.ok(200);
            assert_eq!(quarters(&rep.get(&address(&me)).await.body), "GGGG", "{width} × {height}");
        }
    }

    async fn everybody_in_the_organisation_sees_it_and_nobody_else(app: TestApp) {
        let (firm, other) = (Firm::new(&app, "alpha").await, Firm::new(&app, "beta").await);
        let rep = firm.sign_in(&app, "rep1").await;
        let first = address(&put(&rep, &picture(40, 30, ImageFormat::Png)).await.ok(200));
        let shown = rep.get(&first).await;
        for who in ["rep1", "rep3", "manager2", "admin"] {
            assert_eq!(firm.sign_in(&app, who).await.get(&first).await.body, shown.body, "{who}");
        }
        let stranger = other.sign_in(&app, "admin").await;
        stranger.get(&first).await.refused(404, "avatar_not_found", "sha256");
        app.anonymous().get(&first).await.refused(401, "unauthenticated", "");
        // The same picture, but another's.
        let colleague = first.replace(&firm.rep1.id.to_string(), &firm.rep2.id.to_string());
        rep.get(&colleague).await.refused(404, "avatar_not_found", "sha256");
        rep.get(&first.replace("/employees/", "/employees/x")).await.refused(404, "unknown_address", "id");

        assert_eq!((shown.header("cache-control"), shown.header("x-content-type-options")), ("private, no-cache", "nosniff"));
        let again = rep.send(rep.request(Method::GET, &first).header("if-none-match", shown.header("etag"))).await;
        assert_eq!((again.status, again.body.len()), (304, 0));

        let second = address(&put(&rep, &new_photo()).await.ok(200));
        assert_ne!(first, second);
        assert_eq!(rep.get(&second).await.status, 200);
        rep.get(&first).await.refused(404, "avatar_not_found", "sha256");
        for _ in 0..2 {
            assert_eq!(rep.send(rep.request(Method::DELETE, "/me/avatar")).await.status, 204);
        }
        rep.get(&second).await.refused(404, "avatar_not_found", "sha256");
        assert_eq!(rep.get("/me").await.ok(200).get("avatar"), None);
        assert_eq!(address(&put(&rep, &picture(40, 30, ImageFormat::Png)).await.ok(200)), first);
        assert_eq!(rep.get(&first).await.body, shown.body, "shown again");
    }

    async fn what_is_no_photo_changes_nothing(app: TestApp) {
        let firm = Firm::new(&app, "alpha").await;
        let admin = firm.sign_in(&app, "admin").await;
        let me = put(&admin, &picture(40, 30, ImageFormat::Jpeg)).await.ok(200);
        let jpeg = picture(40, 30, ImageFormat::Jpeg);
        put(&admin, b"").await.refused(422, "photo_broken", "photo");
        put(&admin, &jpeg[..jpeg.len() / 2]).await.refused(422, "photo_broken", "photo");
        put(&admin, b"GIF89a").await.refused(415, "photo_format", "photo");
        put(&admin, &vec![0; 12 * 1024 * 1024 + 1]).await.refused(413, "photo_too_large", "photo");
        put(&app.anonymous(), &jpeg).await.refused(401, "unauthenticated", "");
        assert_eq!(admin.get("/me").await.ok(200), me);
        assert_eq!(me["email"], json!("admin@alpha.test"));
    }
}
