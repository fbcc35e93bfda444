//! Announcements.

use ekenko_domain::{
    announcement::{Announcement, EditAnnouncement, NewAnnouncement, Receipts},
    id::AnnouncementId,
    page::Page,
    problem::Problem,
    visit::PhotoRef,
};

use super::{Answer, get, page, post, put, read, send};
use crate::platform::Content;

/// The id in a page's address.
pub fn id(text: &str) -> Answer<AnnouncementId> {
    text.parse().map_err(|error| Problem::new(404, "announcement_not_found", format!("{error}")))
}

/// Announces something.
pub async fn announce(new: &NewAnnouncement) -> Answer<Announcement> {
    post("/announcements".into(), new).await
}

/// What is addressed to the reader and not put away.
pub async fn mine() -> Answer<Page<Announcement>> {
    get("/announcements?mine=true".into()).await
}

/// Those that stand so: scheduled, shown or expired.
pub async fn list(state: &str, cursor: Option<&str>) -> Answer<Page<Announcement>> {
    page(format!("/announcements?limit=50&state={state}"), cursor).await
}

/// One of them.
pub async fn announcement(id: AnnouncementId) -> Answer<Announcement> {
    get(format!("/announcements/{id}")).await
}

/// Changes one.
pub async fn edit(id: AnnouncementId, edit: &EditAnnouncement) -> Answer<Announcement> {
    put(format!("/announcements/{id}"), edit).await
}

/// Takes one back.
pub async fn withdraw(id: AnnouncementId) -> Answer<()> {
    send("DELETE", format!("/announcements/{id}"), Content::None).await.map(drop)
}

/// Gives one a picture.
pub async fn put_picture(id: AnnouncementId, bytes: Vec<u8>) -> Answer<PhotoRef> {
    read(&send("PUT", format!("/announcements/{id}/picture"), Content::Bytes(bytes)).await?)
}

/// Says that the reader has had it on screen.
pub async fn note_read(id: AnnouncementId) -> Answer<()> {
    send("POST", format!("/announcements/{id}/read"), Content::None).await.map(drop)
}

/// Puts one away.
pub async fn dismiss(id: AnnouncementId) -> Answer<()> {
    send("POST", format!("/announcements/{id}/dismiss"), Content::None).await.map(drop)
}

/// Who has read it and who has not.
pub async fn receipts(id: AnnouncementId) -> Answer<Receipts> {
    get(format!("/announcements/{id}/receipts")).await
}
