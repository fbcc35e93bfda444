//! Photos on disk: `<data>/photos/<organisation>/<first two digits>/<sha256>`, the thumbnail beside it.

use std::path::{Path, PathBuf};

use ekenko_domain::id::OrganisationId;
use tokio::{fs, io::AsyncWriteExt};
use uuid::Uuid;

/// The folder photos lie in. It is never served as it is: a visit leads to its photos, and to nobody else's.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Photos under `data/photos`.
    pub fn new(data: &Path) -> Self {
        Self { root: data.join("photos") }
    }

    fn path(&self, organisation: OrganisationId, sha256: &str, suffix: &str) -> PathBuf {
        let prefix = sha256.get(..2).unwrap_or("00");
        self.root.join(organisation.to_string()).join(prefix).join(format!("{sha256}{suffix}"))
    }

    /// Keeps the bytes as sent; when it returns, they survive a power cut.
    pub async fn keep_original(
        &self,
        organisation: OrganisationId,
        sha256: &str,
        original: &[u8],
    ) -> std::io::Result<()> {
        write_whole(&self.path(organisation, sha256, ""), original).await
    }

    /// Keeps the small JPEG beside them in the same way.
    pub async fn keep_thumbnail(
        &self,
        organisation: OrganisationId,
        sha256: &str,
        thumbnail: &[u8],
    ) -> std::io::Result<()> {
        write_whole(&self.path(organisation, sha256, ".thumbnail.jpg"), thumbnail).await
    }

    /// The bytes as sent.
    pub async fn original(&self, organisation: OrganisationId, sha256: &str) -> std::io::Result<Vec<u8>> {
        fs::read(self.path(organisation, sha256, "")).await
    }

    /// The small JPEG.
    pub async fn thumbnail(&self, organisation: OrganisationId, sha256: &str) -> std::io::Result<Vec<u8>> {
        fs::read(self.path(organisation, sha256, ".thumbnail.jpg")).await
    }
}

/// Writes beside, syncs and renames, so that a file under its hash is always whole.
async fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if fs::try_exists(path).await? {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).await?;
    let beside = folder.join(format!(".{}", Uuid::new_v4()));
    let mut file = fs::File::create(&beside).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    fs::rename(&beside, path).await?;
    fs::File::open(folder).await?.sync_all().await
}
