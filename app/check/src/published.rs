//! What the issuer published, fetched once when the page is opened: its keys, and the signed list of what became of every
//! certificate. And its register, asked by SHA-256 while there is a network.

use std::rc::Rc;

use domain::certificate::{Registered, StatusError, StatusList};
use domain::digest::Digest;
use domain::signature::jwk::KeySet;
use domain::signature::note::VerifierKey;
use domain::time::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestInit, Response};

const KEYS: &str = "/.well-known/jwks.json";
const LOG: &str = "/log/vkey";
const LIST: &str = "/.well-known/status-list.jws";
const REGISTER: &str = "/verify/digest";

/// How long the register may take, in milliseconds: whoever has no network should not wait.
const PATIENCE: u32 = 6_000;

/// What was fetched. Cheap to clone.
#[derive(Clone)]
pub struct Published(Rc<Fetched>);

struct Fetched {
    keys: KeySet,
    /// The keys of the log; none where they could not be had.
    log_keys: Vec<VerifierKey>,
    /// The signed list as it came; absent before the first certificate, or where it could not be had.
    list: Option<String>,
}

impl Published {
    /// Fetches them.
    pub async fn fetch() -> Result<Self, String> {
        let keys = text(KEYS)
            .await
            .map_err(|why| format!("the issuer's keys: {why}"))?;
        let keys = KeySet::parse(&keys).map_err(|error| error.to_string())?;
        let log_keys = text(LOG).await.unwrap_or_default();
        let log_keys = log_keys.lines().filter_map(|line| line.parse().ok()).collect();
        let list = text(LIST).await.ok();
        Ok(Self(Rc::new(Fetched { keys, log_keys, list })))
    }

    /// The keys.
    pub fn keys(&self) -> &KeySet {
        &self.0.keys
    }

    /// The keys of the log.
    pub fn log_keys(&self) -> &[VerifierKey] {
        &self.0.log_keys
    }

    /// The list, where it is good at this moment; else a sentence that says why there is none.
    pub fn status(&self) -> (Option<StatusList>, Option<String>) {
        let Some(list) = &self.0.list else {
            return (None, Some("The issuer's status list could not be had.".into()));
        };
        match StatusList::open(list, &self.0.keys, now()) {
            Ok(list) => (Some(list), None),
            Err(StatusError::Expired(_)) => (
                None,
                Some("The status list that this page holds has run out: load the page again.".into()),
            ),
            Err(error) => (None, Some(format!("The status list is not believed: {error}."))),
        }
    }
}

/// Asks the register whether it has a document of these bytes; else says in a sentence why it was not asked.
pub async fn ask_register(digest: Digest) -> Result<Registered, String> {
    let not_asked = |why: String| format!("The issuer's register could not be asked: {why}.");
    let answer = text(&format!("{REGISTER}/{digest}")).await.map_err(not_asked)?;
    serde_json::from_str(&answer).map_err(|error| not_asked(error.to_string()))
}

/// The clock of the browser.
fn now() -> Timestamp {
    Timestamp::from_microsecond((js_sys::Date::now() * 1_000.0) as i64)
}

/// The text at an address of this site, as it is now.
async fn text(address: &str) -> Result<String, String> {
    let no_network = |_: JsValue| "there is no network".to_owned();
    let window = web_sys::window().ok_or("there is no window")?;
    let asked = RequestInit::new();
    asked.set_cache(RequestCache::NoStore);
    asked.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let response = JsFuture::from(window.fetch_with_str_and_init(address, &asked)).await;
    let response: Response = response.and_then(JsCast::dyn_into).map_err(no_network)?;
    match response.status() {
        200 => {}
        429 => return Err("it was asked too often from your network; wait a minute".into()),
        status => return Err(format!("it answered with status {status}")),
    }
    let text = response.text().map_err(no_network)?;
    let text = JsFuture::from(text).await.map_err(no_network)?;
    text.as_string().ok_or_else(|| "it answered with no text".into())
}
