//! Signing in and staying signed in.

use chrono::TimeDelta;
use ekenko_domain::{
    employee::{Credentials, Tokens},
    id::SessionId,
    text::Email,
};

use super::{
    Caller, Passwords,
    password::HashError,
    presence, sessions,
    tokens::{ACCESS_FOR, Secret, Signer},
};
use crate::{
    context::{Context, new_id},
    db::{Db, StoreError},
    photos::Photos,
};

/// How long a sign-in lasts; a refresh begins it anew.
const SESSION_FOR: TimeDelta = TimeDelta::days(30);

/// Why a new password was refused.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The old one does not fit.
    #[error("is not your password")]
    Wrong,
    /// The machine could not hash.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a request proves its caller by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// An access token, from a program.
    Bearer(String),
    /// The session cookie, from a browser.
    Cookie(String),
}

/// Why a request has no caller.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Nothing was sent.
    #[error("sign in first: send the session cookie or an Authorization: Bearer header")]
    Missing,
    /// What was sent is not valid, or no longer.
    #[error("the token is wrong, expired or revoked: sign in again")]
    Invalid,
    /// It could not be checked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why somebody could not sign in or be added.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, or another password; never told which.
    #[error("e-mail or password is wrong")]
    Wrong,
    /// The refresh token is not the latest one. Its whole session has been ended: it may have been stolen.
    #[error("the refresh token is wrong, expired or already used: sign in again")]
    RefreshInvalid,
    /// There is an account already.
    #[error("this installation is set up already: ask its admin for an account")]
    SetUp,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The token could not be signed.
    #[error(transparent)]
    Sign(#[from] jsonwebtoken::errors::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A sign-in that succeeded.
pub struct Started {
    /// Who.
    pub caller: Caller,
    /// What the client carries: a browser as its cookie, a program as its refresh token.
    pub secret: String,
}

/// The accounts of this installation.
pub struct Identity {
    pub(super) db: Db,
    pub(super) outside: Context,
    /// For whoever makes accounts.
    pub passwords: Passwords,
    pub(super) photos: Photos,
    pub(super) heard: presence::Heard,
    signer: Signer,
}

impl Identity {
    /// `secret` signs the access tokens.
    pub fn new(db: Db, outside: Context, photos: Photos, secret: &[u8]) -> Result<Self, HashError> {
        let (passwords, signer) = (Passwords::new(outside.clone())?, Signer::new(secret));
        Ok(Self { db, outside, passwords, photos, heard: presence::Heard::default(), signer })
    }

    /// The person behind a proof, as the database knows them now: an ended session or a closed account is refused at
    /// once, whatever its token says.
    pub async fn authenticate(&self, proof: &Proof) -> Result<Caller, AuthError> {
        let now = self.outside.now();
        let (id, secret) = match proof {
            Proof::Bearer(token) => (self.signer.read(token, now).ok_or(AuthError::Invalid)?.sid, None),
            Proof::Cookie(text) => {
                let secret = Secret::parse(text).ok_or(AuthError::Invalid)?;
                (secret.session, Some(secret))
            }
        };
        let session = sessions::session(&mut self.db.read().await?, id).await?.ok_or(AuthError::Invalid)?;
        let alive = session.ended_at.is_none() && now < session.expires_at;
        if alive && secret.is_none_or(|secret| secret.matches(&session.secret_hash)) {
            Ok(session.caller)
        } else {
            Err(AuthError::Invalid)
        }
    }

    /// Checks the password and starts a session.
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<Started, SignInError> {
        let email = Email::parse(credentials.email.as_str()).ok();
        let account = match &email {
            Some(email) => sessions::by_email(&mut self.db.read().await?, email.as_str()).await?,
            None => None,
        };
        let stored = account.as_ref().map(|account| account.password_hash.clone());
        if !self.passwords.verify(&credentials.password, stored).await? {
            tracing::info!("sign-in refused");
            return Err(SignInError::Wrong);
        }
        let account = account.ok_or(SignInError::Wrong)?;
        let now = self.outside.now();
        let secret = Secret::new(SessionId(new_id(&*self.outside)), &*self.outside);
        let mut db = self.db.begin().await?;
        sessions::insert_session(&mut db, &account, secret.session, &secret.hash(), now, now + SESSION_FOR)
            .await?;
        let session = sessions::session(&mut db, secret.session).await?.ok_or(SignInError::Wrong)?;
        db.commit().await?;
        Ok(Started { caller: session.caller, secret: secret.to_string() })
    }

    /// The tokens a program gets for a sign-in.
    pub fn tokens(&self, started: Started) -> Result<Tokens, SignInError> {
        let Started { caller, secret } = started;
        Ok(Tokens {
            access_token: self.signer.sign(caller.employee.id, caller.session, self.outside.now())?,
            token_type: "Bearer".into(),
            expires_in: ACCESS_FOR.num_seconds(),
            refresh_token: secret,
            employee: caller.signed_in(),
        })
    }

    /// New tokens for the latest refresh token. An older one ends the session: somebody else holds a copy.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, SignInError> {
        let old = Secret::parse(refresh_token).ok_or(SignInError::RefreshInvalid)?;
        let now = self.outside.now();
        let new = Secret::new(old.session, &*self.outside);
        let mut db = self.db.begin().await?;
        let Some(session) = sessions::session(&mut db, old.session).await? else {
            return Err(SignInError::RefreshInvalid);
        };
        if session.ended_at.is_some() || now >= session.expires_at {
            return Err(SignInError::RefreshInvalid);
        }
        if !sessions::rotate(&mut db, old.session, &old.hash(), &new.hash(), now + SESSION_FOR).await? {
            sessions::end(&mut db, old.session, now).await?;
            db.commit().await?;
            tracing::warn!(session = %old.session, "a used refresh token came back: session ended");
            return Err(SignInError::RefreshInvalid);
        }
        db.commit().await?;
        self.tokens(Started { caller: session.caller, secret: new.to_string() })
    }

    /// Ends the session a request belongs to.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), StoreError> {
        let mut db = self.db.begin().await?;
        sessions::end(&mut db, caller.session, self.outside.now()).await?;
        db.commit().await
    }
}
