//! How a bucket is reached: the settings and the credential of a system of kind `s3`.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::secret::Secret;
use serde::Deserialize;
use serde_json::Value;

use crate::settings;

/// The settings of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The URL of the service; absent: AWS, by region.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` unless stated.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// `https://host/bucket/key` instead of `https://bucket.host/key`; the rule where an endpoint is stated.
    pub path_style: bool,
}

/// The settings that name a bucket.
pub const NAMES: [&str; 4] = ["endpoint", "region", "bucket", "path_style"];

impl Settings {
    /// Reads the settings that name a bucket.
    pub fn read(system: &System) -> Result<Self, ConnectorError> {
        let optional = |key: &str, what: &str| match system.config.contains_key(key) {
            true => settings::text(system, key, what).map(|text| Some(text.trim().to_owned())),
            false => Ok(None),
        };
        let endpoint = optional("endpoint", "a URL such as https://s3.example.com")?;
        if let Some(url) = &endpoint
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(settings::wrong(
                "config.endpoint",
                "expected a URL such as https://s3.example.com",
            ));
        }
        let path_style = match system.config.get("path_style") {
            None => endpoint.is_some(),
            Some(Value::Bool(chosen)) => *chosen,
            Some(_) => return Err(settings::wrong("config.path_style", "expected true or false")),
        };
        Ok(Self {
            region: optional("region", "a region such as eu-west-1")?
                .unwrap_or_else(|| "us-east-1".to_owned()),
            bucket: settings::text(system, "bucket", "the bucket's name")?
                .trim()
                .to_owned(),
            endpoint,
            path_style,
        })
    }

    /// A client with a credential. Connects to nothing yet. A call is tried `attempts` times, and each try ends after
    /// 30 seconds.
    pub fn client(&self, credential: &Secret, attempts: u32) -> Result<Client, ConnectorError> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_attempt_timeout(Duration::from_secs(30))
            .build();
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .credentials_provider(keys(credential)?)
            .force_path_style(self.path_style)
            .retry_config(RetryConfig::standard().with_max_attempts(attempts))
            .timeout_config(timeouts);
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint);
        }
        let plain = self
            .endpoint
            .as_deref()
            .is_some_and(|url| url.starts_with("http://"));
        let http = match plain {
            true => Builder::new().build_http(),
            false => Builder::new()
                .tls_provider(Provider::rustls(CryptoMode::Ring))
                .build_https(),
        };
        Ok(Client::from_conf(config.http_client(http).build()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    access_key: String,
    secret_key: String,
    #[serde(default)]
    session_token: Option<String>,
}

fn keys(credential: &Secret) -> Result<Credentials, ConnectorError> {
    let keys: Keys = serde_json::from_str(credential.reveal()).map_err(|_| {
        ConnectorError::Credential(
            r#"expected {"access_key": "..", "secret_key": "..", "session_token": ".." where there is one}"#
                .to_owned(),
        )
    })?;
    Ok(Credentials::new(
        keys.access_key,
        keys.secret_key,
        keys.session_token,
        None,
        "inventory",
    ))
}
