//! Proofs a client carries: signed access tokens, and opaque secrets of sessions.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ekenko_domain::id::{EmployeeId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::context::Outside;

/// How long an access token is good for.
pub const ACCESS_FOR: TimeDelta = TimeDelta::minutes(15);

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The employee.
    pub sub: EmployeeId,
    /// The session; when it ends, its tokens end with it.
    pub sid: SessionId,
    /// Seconds since 1970 it was made at.
    pub iat: i64,
    /// Seconds since 1970 it ends at.
    pub exp: i64,
}

/// Signs and reads access tokens.
pub struct Signer {
    header: Header,
    encode: EncodingKey,
    decode: DecodingKey,
    validation: Validation,
}

impl Signer {
    /// The key is the installation's secret; `kid` leaves room for several.
    pub fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Ours is the clock that counts, and tests hold it still.
        validation.validate_exp = false;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("1".into());
        Self {
            header,
            encode: EncodingKey::from_secret(secret),
            decode: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token good for [`ACCESS_FOR`].
    pub fn sign(
        &self,
        sub: EmployeeId,
        sid: SessionId,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims { sub, sid, iat: now.timestamp(), exp: (now + ACCESS_FOR).timestamp() };
        jsonwebtoken::encode(&self.header, &claims, &self.encode)
    }

    /// What a token says, if it is ours and not over.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decode, &self.validation).ok()?.claims;
        (now.timestamp() < claims.exp).then_some(claims)
    }
}

/// A session's secret as the client carries it: `<session id>.<secret>`.
pub struct Secret {
    /// Whose.
    pub session: SessionId,
    secret: String,
}

impl Secret {
    /// 256 bits nobody can guess.
    pub fn new(session: SessionId, outside: &dyn Outside) -> Self {
        let mut bytes = [0; 32];
        outside.fill(&mut bytes);
        Self { session, secret: URL_SAFE_NO_PAD.encode(bytes) }
    }

    /// Reads what a client sent.
    pub fn parse(text: &str) -> Option<Self> {
        let (session, secret) = text.split_once('.')?;
        Some(Self { session: session.parse().ok()?, secret: secret.to_owned() })
    }

    /// What is stored.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret.as_bytes()).to_vec()
    }

    /// Compares in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.hash().ct_eq(stored).into()
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.session, self.secret)
    }
}
