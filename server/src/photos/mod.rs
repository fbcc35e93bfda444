//! Photos: checked, turned upright, made small, kept under their hash.

mod exif;
mod files;
mod jpeg;
pub(crate) mod process;

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use ekenko_domain::{id::OrganisationId, visit::PhotoRef};
use tokio::sync::Semaphore;

pub use exif::Exif;
use files::Files;
use process::PORTRAIT;
pub use process::{MAX_BYTES, MAX_PIXELS, PhotoError, Processed};

/// The photos of an installation. Read a few at a time: a 40 megapixel one takes up to 160 MB while it is read.
#[derive(Clone)]
pub struct Photos {
    at_once: Arc<Semaphore>,
    files: Files,
}

/// A photo's bytes on their way to somebody who may see them.
#[derive(Debug)]
pub struct Picture {
    /// Which.
    pub photo: PhotoRef,
    /// What the bytes are.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Photos {
    /// Photos under `data/photos`.
    pub fn new(data: &Path) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { at_once: Arc::new(Semaphore::new(cores)), files: Files::new(data) }
    }

    /// Checks and shrinks a photo.
    pub async fn process(&self, bytes: Bytes) -> Result<Processed, PhotoError> {
        self.in_turn(move || process::process(&bytes)).await
    }

    /// Reads a photo when it is its turn, on a thread that may be busy for a while.
    async fn in_turn<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, PhotoError> + Send + 'static,
    ) -> Result<T, PhotoError> {
        let failed = |error: String| PhotoError::Storage(std::io::Error::other(error));
        let _turn = self.at_once.acquire().await.map_err(|e| failed(e.to_string()))?;
        // A decoder that panics on a hostile file must not take the request with it.
        match tokio::task::spawn_blocking(read).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => Err(PhotoError::Broken("it cannot be decoded".into())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Checks, shrinks and keeps a photo. Its row is written after this: a row must never promise a file that is not
    /// there.
    pub async fn take(&self, organisation: OrganisationId, bytes: Bytes) -> Result<Processed, PhotoError> {
        let photo = self.process(bytes.clone()).await?;
        self.files.keep_original(organisation, &photo.sha256, &bytes).await?;
        self.files.keep_thumbnail(organisation, &photo.sha256, &photo.thumbnail).await?;
        Ok(photo)
    }

    /// Checks a picture or a PDF by its bytes and keeps them as they are, before its row as above. Gives hash and media
    /// type.
    pub async fn take_document(
        &self,
        organisation: OrganisationId,
        bytes: Bytes,
    ) -> Result<(String, &'static str), PhotoError> {
        if !process::is_pdf(&bytes) {
            let photo = self.take(organisation, bytes).await?;
            return Ok((photo.sha256, photo.media_type));
        }
        let sha256 = process::hash(&bytes);
        self.files.keep_original(organisation, &sha256, &bytes).await?;
        Ok((sha256, "application/pdf"))
    }

    /// Its bytes; whoever asks knows that they may be seen.
    pub async fn document(&self, organisation: OrganisationId, sha256: &str) -> Result<Vec<u8>, PhotoError> {
        Ok(self.files.original(organisation, sha256).await?)
    }

    /// Makes a portrait of a photo and keeps it alone, before its row as above. Gives its hash.
    pub async fn take_portrait(
        &self,
        organisation: OrganisationId,
        bytes: Bytes,
    ) -> Result<String, PhotoError> {
        let portrait = self.in_turn(move || process::portrait(&bytes)).await?;
        let sha256 = process::hash(&portrait);
        self.files.keep_original(organisation, &sha256, &portrait).await?;
        Ok(sha256)
    }

    /// A portrait kept; whoever asks knows that it may be seen.
    pub async fn portrait(
        &self,
        organisation: OrganisationId,
        sha256: String,
    ) -> Result<Picture, PhotoError> {
        let photo = PhotoRef { sha256, width: PORTRAIT, height: PORTRAIT };
        self.original(organisation, photo, "image/jpeg".into()).await
    }

    /// The bytes as sent; whoever asks knows that the photo may be seen.
    pub async fn original(
        &self,
        organisation: OrganisationId,
        photo: PhotoRef,
        media_type: String,
    ) -> Result<Picture, PhotoError> {
        let bytes = self.files.original(organisation, &photo.sha256).await?;
        Ok(Picture { photo, media_type, bytes })
    }

    /// The small JPEG of it.
    pub async fn thumbnail(
        &self,
        organisation: OrganisationId,
        photo: PhotoRef,
    ) -> Result<Picture, PhotoError> {
        let bytes = self.files.thumbnail(organisation, &photo.sha256).await?;
        Ok(Picture { photo, media_type: "image/jpeg".into(), bytes })
    }
}
