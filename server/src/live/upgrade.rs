//! From an HTTP request to a bare connection that speaks websocket.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::wire;

/// Whether a comma-separated header names this.
fn names(headers: &HeaderMap, header: header::HeaderName, name: &str) -> bool {
    headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(name))
}

/// A connection that is about to speak websocket.
pub struct Upgrade {
    key: HeaderValue,
    upgrade: OnUpgrade,
}

impl Upgrade {
    /// Takes the upgrade out of a request (RFC 6455, 4.2.1); `None` when it asks for none.
    pub fn of(request: &mut Request) -> Option<Self> {
        let headers = request.headers();
        let asks = request.method() == Method::GET
            && names(headers, header::CONNECTION, "upgrade")
            && names(headers, header::UPGRADE, "websocket")
            && headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
        let key = headers.get(header::SEC_WEBSOCKET_KEY).cloned().filter(|_| asks)?;
        let upgrade = request.extensions_mut().remove::<OnUpgrade>()?;
        Some(Self { key, upgrade })
    }

    /// The answer, and `serve` with the connection and what came with the request once it was given.
    pub fn answer<F>(self, serve: impl FnOnce(TcpStream, Bytes) -> F + Send + 'static) -> Response<Body>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Self { key, upgrade } = self;
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            match upgraded.downcast::<TokioIo<TcpStream>>() {
                Ok(parts) => {
                    let early = Bytes::copy_from_slice(&parts.read_buf);
                    drop(parts.read_buf);
                    let io = parts.io.into_inner();
                    // A task of its own: this one has room for the whole upgrade.
                    tokio::spawn(serve(io, early));
                }
                Err(_) => tracing::error!("the live socket is served over TCP only"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::from_str(&wire::accept(key.as_bytes())) {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        }
        response
    }
}
