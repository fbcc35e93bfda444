//! The server's outer layers: pages beside the API, sign-in redirects, the content security policy, compression.

mod installable;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dioxus::server::{DioxusRouterExt, ServeConfig};
use ekenko_domain::employee::Role;
use ekenko_server::{
    App as Installation,
    http::{self, Ends},
    identity::Proof,
};
use sha2::{Digest, Sha256};
use tower_http::compression::{
    CompressionLayer, CompressionLevel,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};

use crate::{
    App,
    i18n::best,
    pages::start::home,
    platform::{Api, preferred},
};

/// Everything one address serves: API, pages and their files.
pub fn router(app: Arc<Installation>) -> Router {
    let api = http::router(app.clone());
    let pages = Router::new()
        .serve_dioxus_application(ServeConfig::new(), App)
        .layer(middleware::from_fn_with_state(app.clone(), page_rules))
        .layer(Extension(Api(api.clone())));
    // A progress line must arrive when it is said, not when a block is full.
    let worth = DefaultPredicate::new().and(NotForContentType::const_new("application/x-ndjson"));
    pages
        .merge(api)
        .merge(installable::router())
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth))
}

/// Serves until told to stop; then tells every live socket to come back, and lets requests under way end.
pub async fn serve(app: Arc<Installation>, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    let hub = app.hub.clone();
    let stop = async move {
        stop_signal().await;
        tracing::info!("stopping");
        let drain = hub.drain() + CLOSE_WITHIN;
        hub.stop();
        // Who is sent away may still ask for what they need to come back elsewhere.
        let _ = tokio::time::timeout(drain, hub.drained()).await;
    };
    if !http::serve(listener, router(app.clone()), stop, Ends::default()).await {
        tracing::warn!("some requests did not end in time");
    }
    app.chain.write()?;
    if tokio::time::timeout(CLOSE_WITHIN, app.db.close()).await.is_err() {
        tracing::warn!("some statements did not end in time");
    }
    Ok(())
}

/// The time that the last sockets, and then the last statements, have to end.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

/// Sends strangers to sign in and readers to their first page, and guards every page with its policy. The pages'
/// data is guarded by the API alone: this only spares people a detour.
async fn page_rules(State(app): State<Arc<Installation>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_page =
        request.method() == Method::GET && !path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    // A form sent before its page answered: back to the page, and nothing typed goes into an address.
    if request.method() == Method::POST && OPEN.contains(&path.as_str()) {
        return Redirect::to(&path).into_response();
    }
    if is_page {
        // Taken out first: a body cannot be looked at across a wait.
        let headers = request.headers().clone();
        let asked = request.uri().path_and_query().map_or_else(|| path.clone(), ToString::to_string);
        if let Some(elsewhere) = redirect(&app, &headers, &asked, &path).await {
            return elsewhere;
        }
    }
    let language = best(&preferred(request.headers()));
    let response = next.run(request).await;
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if html { guarded(response, &app, &language).await } else { response }
}

/// Pages for people who have not signed in.
const OPEN: [&str; 4] = ["/sign-in", "/set-up", "/set-password", "/shell"];
/// What changes things: for those who run teams.
const MANAGED: [&str; 7] = [
    "/customers/import",
    "/customers/duplicates",
    "/companies/new",
    "/tasks/new",
    "/announce",
    "/people/new",
    "/teams/new",
];

async fn redirect(app: &Installation, headers: &HeaderMap, asked: &str, path: &str) -> Option<Response> {
    let open = OPEN.contains(&path);
    let caller = match http::cookie_of(headers) {
        Some(cookie) => app.identity.authenticate(&Proof::Cookie(cookie)).await.ok(),
        None => None,
    };
    let to = match (&caller, path) {
        (None, _) if open => return None,
        (None, "/") => "/sign-in".to_owned(),
        (None, _) => {
            format!(
                "/sign-in?next={}",
                asked.replace('%', "%25").replace('&', "%26").replace('?', "%3F").replace('=', "%3D")
            )
        }
        (Some(caller), "/" | "/sign-in") => home(caller.role).to_string(),
        (Some(caller), path) if MANAGED.contains(&path) && !caller.role.manages() => {
            home(caller.role).to_string()
        }
        (Some(caller), path)
            if caller.role == Role::Rep
                && ["/activity", "/board", "/people", "/reports", "/teams", "/verification"]
                    .iter()
                    .any(|page| path.starts_with(page)) =>
        {
            home(caller.role).to_string()
        }
        (Some(caller), "/settings") if caller.role != Role::Admin => home(caller.role).to_string(),
        (Some(caller), "/today") if caller.role != Role::Rep => home(caller.role).to_string(),
        _ => return None,
    };
    Some(Redirect::to(&to).into_response())
}

/// Adds the content security policy. The page's own inline scripts are let in by their hashes and nothing else is.
async fn guarded(response: Response, app: &Installation, language: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(html) = to_bytes(body, 16 * 1024 * 1024).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let hashes: String = inline_scripts(&String::from_utf8_lossy(&html))
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    let tiles = app
        .config
        .map_tiles
        .as_deref()
        .and_then(origin)
        .map(|origin| format!(" {origin}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; style-src 'self'; img-src 'self' data: blob:{tiles}; \
         font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            parts.headers.insert(name, value);
        }
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let html = String::from_utf8_lossy(&html).replacen(
        "<html lang=\"en\"",
        &format!("<html lang=\"{language}\""),
        1,
    );
    Response::from_parts(parts, Body::from(html))
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next()?.replace("{s}", "*");
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_and_linked_ones_left() {
        let html = r#"<script type="module" src="/a.js"></script><p>x</p><script>let a=1;</script><script type=x>b</script><script></script>"#;
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["let a=1;", "b"]);
    }

    #[test]
    fn the_tiles_origin_is_let_in() {
        assert_eq!(
            origin("https://{s}.tile.example/{z}/{x}/{y}.png").as_deref(),
            Some("https://*.tile.example")
        );
        assert_eq!(origin("nonsense"), None);
    }
}
