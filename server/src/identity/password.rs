//! Password hashing: argon2id with the crate's defaults, which are OWASP's first choice (19 MiB, 2 passes).

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::context::Context;

/// Hashes and checks passwords, a few at a time: each takes 19 MiB and a core.
#[derive(Clone)]
pub struct Passwords {
    outside: Context,
    at_once: Arc<Semaphore>,
    /// Checked against when there is no such account, so that the answer takes as long.
    nobody: Arc<str>,
}

/// Hashing failed for want of memory, or a stored hash is not one.
#[derive(Debug, thiserror::Error)]
#[error("password hashing: {0}")]
pub struct HashError(String);

impl Passwords {
    /// Prepares the hash for accounts that do not exist.
    pub fn new(outside: Context) -> Result<Self, HashError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = hash(b"nobody has this password", &*outside)?.into();
        Ok(Self { outside, at_once: Arc::new(Semaphore::new(cores)), nobody })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let (password, outside) = (password.to_owned(), self.outside.clone());
        self.blocking(move || hash(password.as_bytes(), &*outside)).await
    }

    /// Whether the password is the account's; `None` stands for an account that does not exist and is never right.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool, HashError> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let password = password.to_owned();
        self.blocking(move || {
            let stored = PasswordHash::new(&stored).map_err(|e| HashError(e.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok() && exists)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let _turn = self.at_once.acquire().await.map_err(|e| HashError(e.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| HashError(e.to_string()))?
    }
}

fn hash(password: &[u8], outside: &dyn crate::context::Outside) -> Result<String, HashError> {
    let mut salt = [0; 16];
    outside.fill(&mut salt);
    let hash =
        Argon2::default().hash_password_with_salt(password, &salt).map_err(|e| HashError(e.to_string()))?;
    Ok(hash.to_string())
}
