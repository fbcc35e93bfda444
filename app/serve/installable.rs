//! What makes the web app installable: its manifest, and the service worker that keeps it openable without signal.

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The worker itself, as `web/build.mjs` bundles it.
const WORKER: &str = include_str!("../../assets/generated/service-worker.js");

/// The manifest and the service worker.
pub fn router() -> Router {
    Router::new().route("/manifest.webmanifest", get(manifest)).route("/sw.js", get(worker))
}

fn fresh(media_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], body).into_response()
}

async fn manifest() -> Response {
    let icon = |file: &str, sizes: &str, purpose: &str| json!({ "src": format!("/icons/{file}"), "sizes": sizes, "type": "image/png", "purpose": purpose });
    let manifest = json!({
        "id": "/",
        "name": "Ekenko",
        "short_name": "Ekenko",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [
            icon("192.png", "192x192", "any"),
            icon("512.png", "512x512", "any"),
            icon("maskable.png", "512x512", "maskable"),
        ],
    });
    fresh("application/manifest+json", manifest.to_string())
}

async fn worker() -> Response {
    static SCRIPT: LazyLock<String> = LazyLock::new(|| script(&public_folder()));
    fresh("text/javascript", SCRIPT.clone())
}

/// Where Dioxus looks for the bundle's files: beside the program.
fn public_folder() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("public")));
    beside.unwrap_or_default()
}

/// The worker's text with every file of the bundle above it; another bundle is another text, which makes browsers
/// fetch it anew.
fn script(public: &Path) -> String {
    let mut files = Vec::new();
    collect(public, "", &mut files);
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(file);
        hash.update(std::fs::read(public.join(file.trim_start_matches('/'))).unwrap_or_default());
    }
    hash.update(WORKER);
    let version: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("self.EKENKO={};\n{WORKER}", json!({ "version": version, "files": files }))
}

fn collect(folder: &Path, under: &str, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{under}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &name, files);
        } else if !name.ends_with(".br") && name != "/index.html" {
            files.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_bundle_is_another_worker() {
        let public = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(public.path().join(name), text).unwrap();
        std::fs::create_dir(public.path().join("assets")).unwrap();
        for name in ["index.html", "assets/a.wasm", "assets/a.wasm.br"] {
            write(name, "1");
        }
        let first = script(public.path());
        assert!(
            first.starts_with(r#"self.EKENKO={"files":["/assets/a.wasm"],"version":""#),
            "{}",
            &first[..200]
        );
        assert_eq!(first, script(public.path()));
        write("assets/a.wasm", "2");
        assert_ne!(first, script(public.path()));
    }
}
