//! Files that the browser loads: those embedded in the program, or those of a folder.
//!
//! The names of script, module and style sheet carry the digest of all of them (`lethe-<digest>.css`), so that browsers
//! may keep them for ever. Where a compressed twin (`.br`, `.gz`) lies beside a file, it is sent to whoever takes it.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use domain::digest::Digest;

/// Path in a URL, and bytes.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Compressed twins in the order of preference: encoding, ending.
const TWINS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// How many characters of the digest stand in a name.
const MARK: usize = 12;

/// Where files come from.
#[derive(Debug, Clone)]
pub(super) struct Site {
    folder: Option<Arc<PathBuf>>,
    /// `-<digest>`; empty for a folder, whose files change while the server runs.
    mark: Arc<str>,
}

impl Site {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        let mark = match folder {
            Some(_) => String::new(),
            None => format!("-{}", &digest_of(EMBEDDED)[..MARK]),
        };
        Self {
            folder: folder.map(Arc::new),
            mark: mark.into(),
        }
    }

    /// The name of script, module and style sheet in URLs, without ending.
    pub(super) fn name(&self) -> String {
        format!("{}{}", app::NAME, self.mark)
    }

    /// Files come from a folder: whoever builds Lethe runs this server.
    pub(super) fn is_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// The file that a request asks for.
    pub(super) async fn answer(&self, asked: &str, headers: &HeaderMap) -> Option<Response> {
        let path = self.plain(asked);
        let kept = path != asked || asked.starts_with("/fonts/");
        let caching = if kept {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        for (encoding, ending) in TWINS {
            if accepts(headers, encoding)
                && let Some(bytes) = self.file(&format!("{path}{ending}")).await
            {
                let headers = [
                    (header::CONTENT_TYPE, kind(&path)),
                    (header::CACHE_CONTROL, caching),
                    (header::CONTENT_ENCODING, encoding),
                    (header::VARY, "accept-encoding"),
                ];
                return Some((headers, bytes).into_response());
            }
        }
        let bytes = self.file(&path).await?;
        let headers = [
            (header::CONTENT_TYPE, kind(&path)),
            (header::CACHE_CONTROL, caching),
            (header::VARY, "accept-encoding"),
        ];
        Some((headers, bytes).into_response())
    }

    /// The path without the digest in the name.
    fn plain(&self, path: &str) -> String {
        match self.mark.is_empty() {
            true => path.to_owned(),
            false => path.replacen(&*self.mark, "", 1),
        }
    }

    /// The file of a path: the folder's, else the embedded one.
    async fn file(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if let Some(file) = self.folder.as_ref().and_then(|folder| inside(folder, path))
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

fn digest_of(files: &[(&str, &[u8])]) -> String {
    let all: Vec<u8> = files
        .iter()
        .flat_map(|(name, bytes)| [name.as_bytes(), Digest::of(bytes).as_bytes()].concat())
        .collect();
    Digest::of(&all).to_string()
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let mut offers = accepted.unwrap_or_default().split(',').map(str::trim);
    offers.any(|offer| offer.split(';').next() == Some(encoding) && !offer.ends_with("q=0"))
}

/// The path in the folder; nothing leads out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| folder.join(relative))
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

    async fn get(site: &Site, path: &str, encodings: &'static str) -> Response {
        let accepted = axum::http::HeaderValue::from_static(encodings);
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted)]);
        site.answer(path, &headers).await.unwrap()
    }

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
    async fn a_name_with_the_digest_is_kept_for_ever() {
        let site = Site::new(None);
        let marked = format!("/favicon{}.svg", site.mark);
        for (path, caching) in [
            (marked.as_str(), "public, max-age=31536000, immutable"),
            ("/favicon.svg", "no-cache"),
        ] {
            let answer = get(&site, path, "gzip").await;
            assert_eq!(answer.headers()[header::CACHE_CONTROL], caching, "{path}");
        }
    }

    #[tokio::test]
    async fn a_compressed_twin_goes_to_whoever_takes_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.css"), "plain").unwrap();
        std::fs::write(folder.path().join("a.css.br"), "small").unwrap();
        let site = Site::new(Some(folder.path().to_owned()));
        let small = get(&site, "/a.css", "gzip, br").await;
        assert_eq!(small.headers()[header::CONTENT_ENCODING], "br");
        let plain = get(&site, "/a.css", "br;q=0, gzip").await;
        assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
    }
}
