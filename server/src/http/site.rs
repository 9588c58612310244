//! Files that the browser loads: those embedded in the program, or those of a folder, else the page that says so.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, header};
use axum::response::{IntoResponse as _, Response};
use leptos::IntoView;

/// Path in a URL, and bytes.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Where files come from.
#[derive(Debug, Clone)]
pub(super) struct Site(Option<Arc<PathBuf>>);

impl Site {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self(folder.map(Arc::new))
    }

    /// The file of a path: the folder's, else the embedded one.
    async fn file(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if let Some(file) = self.0.as_ref().and_then(|folder| inside(folder, path))
            && let Ok(bytes) = tokio::fs::read(file).await
        {
            return Some(bytes.into());
        }
        EMBEDDED
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, bytes)| Cow::Borrowed(*bytes))
    }
}

/// The path in the folder; nothing leads out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| folder.join(relative))
}

/// A file, where there is one of that path, else the page that the router of `app` gives (which is "not found").
pub(super) async fn file_or_page<V: IntoView + 'static>(
    State(site): State<Site>,
    request: Request<Body>,
    document: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> Response {
    let path = request.uri().path().to_owned();
    match site.file(&path).await {
        Some(bytes) => (
            [
                (header::CONTENT_TYPE, kind(&path)),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            bytes,
        )
            .into_response(),
        None => leptos_axum::render_app_to_stream(document)(request)
            .await
            .into_response(),
    }
}

/// The media type of a file name.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("site")).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::fs::write(folder.path().join("site/a.css"), "a").unwrap();
        let site = Site::new(Some(folder.path().join("site")));
        assert_eq!(site.file("/a.css").await, Some(Cow::Borrowed(&b"a"[..])));
        for path in ["/../secret", "/./../secret", "//../secret", "/a.css/../../secret"] {
            assert_eq!(site.file(path).await, None, "{path}");
        }
    }

    #[tokio::test]
    async fn the_icon_is_embedded() {
        assert!(Site::new(None).file("/favicon.svg").await.is_some());
    }
}
