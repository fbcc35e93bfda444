//! The live socket's address.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{Response, header},
    response::IntoResponse,
};
use ekenko_domain::{event::Stream, live::Close, problem::Problem};

use super::{auth, error::ApiError};
use crate::{
    App,
    db::StoreError,
    identity::{AuthError, Caller, Proof},
    live::{
        gate::{Gate, Holder, Refusal},
        session,
        upgrade::Upgrade,
    },
};

/// Seconds after which a client that came while the process stops may come again.
const COME_BACK: &str = "2";

/// `GET /live`: upgrades to the live protocol. A browser's cookie counts only when the page is ours; programs send
/// their token in the hello or as a Bearer header.
pub async fn live(State(app): State<Arc<App>>, mut request: Request) -> Result<Response<Body>, ApiError> {
    let Some(upgrade) = Upgrade::of(&mut request) else {
        let problem =
            Problem::new(426, "upgrade_required", "this address speaks websocket; see docs/live-protocol.md");
        let mut response = ApiError::from(problem).into_response();
        response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, header::HeaderValue::from_static("13"));
        return Ok(response);
    };
    let headers = request.headers();
    let ours = auth::is_ours(headers, app.config.public_url.as_deref());
    if headers.contains_key(header::ORIGIN) && !ours {
        return Err(Problem::new(
            403,
            "foreign_origin",
            "the live socket takes browsers from our own pages only",
        )
        .field("Origin", "is not ours")
        .into());
    }
    if *app.hub.stopping().borrow() {
        let mut response =
            ApiError::from(Problem::new(503, "stopping", "this process is stopping")).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(COME_BACK));
        return Ok(response);
    }
    let proof = match headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        Some(value) => auth::bearer(value).map(Proof::Bearer),
        None if ours => auth::cookie_of(headers).map(Proof::Cookie),
        None => None,
    };
    let hub = app.hub.clone();
    Ok(upgrade.answer(move |io, early| session::serve(hub, Door { app, proof }, io, early)))
}

/// Lets people in as every other address does.
struct Door {
    app: Arc<App>,
    /// What the upgrade request proved, if anything.
    proof: Option<Proof>,
}

fn unreadable(error: &StoreError) -> Refusal {
    tracing::error!(%error, "live session");
    Refusal::quiet(Close::Busy, "the server cannot read its events right now")
}

impl Door {
    async fn streams(&self, caller: &Caller) -> Result<BTreeSet<Stream>, StoreError> {
        Ok(caller.streams(&mut self.app.db.read().await?).await?.into_iter().collect())
    }
}

impl Gate for Door {
    type Who = (Caller, Proof);

    async fn admit(&self, token: Option<String>) -> Result<Holder<Self::Who>, Refusal> {
        let proof = token.map(Proof::Bearer).or_else(|| self.proof.clone());
        let caller = match &proof {
            Some(proof) => self.app.identity.authenticate(proof).await,
            None => Err(AuthError::Missing),
        };
        let (caller, proof) = match (caller, proof) {
            (Ok(caller), Some(proof)) => (caller, proof),
            (Err(AuthError::Store(error)), _) => return Err(unreadable(&error)),
            (Err(error), _) => {
                let error = Some(("unauthenticated", error.to_string()));
                return Err(Refusal { close: Close::SignIn, reason: "sign in first", error });
            }
            (Ok(_), None) => return Err(Refusal::quiet(Close::SignIn, "sign in first")),
        };
        if caller.must_change_password {
            let reason = "change your password first";
            let error = Some(("password_change_required", reason.to_owned()));
            return Err(Refusal { close: Close::SignIn, reason, error });
        }
        let may = self.streams(&caller).await.map_err(|error| unreadable(&error))?;
        let (organisation, own) = (caller.organisation.id, Stream::Employee(caller.employee.id));
        Ok(Holder { organisation, own, may, who: (caller, proof) })
    }

    async fn may(&self, holder: &Holder<Self::Who>) -> Result<BTreeSet<Stream>, Refusal> {
        let (caller, proof) = &holder.who;
        match self.app.identity.authenticate(proof).await {
            Ok(now) if now == *caller => self.streams(caller).await.map_err(|error| unreadable(&error)),
            Ok(_) => Err(Refusal::quiet(Close::Restart, "what you may see has changed")),
            Err(AuthError::Store(error)) => Err(unreadable(&error)),
            Err(_) => Err(Refusal::quiet(Close::SignIn, "sign in again")),
        }
    }

    fn heard(&self, holder: &Holder<Self::Who>) {
        self.app.identity.heard(&holder.who.0);
    }
}
