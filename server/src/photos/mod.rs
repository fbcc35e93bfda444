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
        let failed = |error: String| PhotoError::Storage(std::io::Error::other(error));
        let _turn = self.at_once.acquire().await.map_err(|e| failed(e.to_string()))?;
        // A decoder that panics on a hostile file must not take the request with it.
        match tokio::task::spawn_blocking(move || process::process(&bytes)).await {
            Ok(done) => done,
            Err(error) if error.is_panic() => Err(PhotoError::Broken("it cannot be decoded".into())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Checks, shrinks and keeps a photo. Its row is written after this: a row must never promise a file that is not
    /// there.
    pub async fn take(&self, organisation: OrganisationId, bytes: Bytes) -> Result<Processed, PhotoError> {
        let photo = self.process(bytes.clone()).await?;
        self.files.keep(organisation, &photo.sha256, &bytes, &photo.thumbnail).await?;
        Ok(photo)
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
