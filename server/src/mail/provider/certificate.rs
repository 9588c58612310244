//! Fetching the certificate under which a topic signs: by https, with a limit of size and time, and kept once it is here.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The largest certificate, in bytes.
const LARGEST: usize = 32 * 1024;
/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The certificate cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// It cannot be fetched.
    #[error("the certificate of the topic cannot be fetched: {0}")]
    Unreachable(String),
    /// It is none.
    #[error("the certificate of the topic cannot be read")]
    Unreadable,
}

/// Fetches certificates (PEM) from addresses that were found to be Amazon's.
#[async_trait]
pub trait FetchCertificate: Send + Sync {
    /// The bytes at an address.
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, CertificateError>;
}

/// Fetches over the network, each address once.
pub struct HttpsFetch {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    kept: Mutex<HashMap<String, Vec<u8>>>,
}

impl HttpsFetch {
    /// With the roots of the machine.
    pub fn new() -> Result<Self, std::io::Error> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_only()
            .enable_http1()
            .build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            kept: Mutex::default(),
        })
    }

    fn kept(&self, url: &str) -> Option<Vec<u8>> {
        let kept = self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.get(url).cloned()
    }

    async fn over_the_network(&self, url: &str) -> Result<Vec<u8>, CertificateError> {
        let failed = |why: &dyn std::fmt::Display| CertificateError::Unreachable(why.to_string());
        let uri = url
            .parse()
            .map_err(|error: axum::http::uri::InvalidUri| failed(&error))?;
        let answer = self.client.get(uri).await.map_err(|error| failed(&error))?;
        if !answer.status().is_success() {
            return Err(failed(&answer.status()));
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        Ok(body.map_err(|error| failed(&error))?.to_bytes().to_vec())
    }
}

#[async_trait]
impl FetchCertificate for HttpsFetch {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, CertificateError> {
        if let Some(kept) = self.kept(url) {
            return Ok(kept);
        }
        let fetched = tokio::time::timeout(PATIENCE, self.over_the_network(url)).await;
        let fetched = fetched.map_err(|_| CertificateError::Unreachable("it took too long".into()))??;
        let mut kept = self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.insert(url.to_owned(), fetched.clone());
        Ok(fetched)
    }
}
