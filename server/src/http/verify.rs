//! Checking a file for anybody: the register asked by SHA-256, and the form of those without JavaScript, whose file is checked
//! here by the same rules and not kept.

use app::routes::{PAGES, Page, VERIFY};
use app::visit::Checked;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, RequestExt as _, Router};
use domain::certificate::{Given, Published, Registered, StatusList, Told, pdf};
use domain::digest::Digest;
use domain::signature::jwk::KeySet;
use domain::signature::note::VerifierKey;

use super::uploads::form::Form;
use super::{Web, client, pages};

/// Whether the register has a file, by its SHA-256.
pub(super) const REGISTER: &str = "/verify/digest/{sha256}";

/// The largest form that is read at all, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;
/// The largest files that are checked, all of a form together, in bytes. Certificates are far smaller.
const LARGEST_FILES: usize = 8 * 1024 * 1024;
/// How many files are checked at a time: each keeps a core busy.
pub(super) const AT_A_TIME: usize = 2;

pub(super) fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .route(REGISTER, get(registered))
        .layer(from_fn_with_state(web.clone(), pages::slow_down_look_ups))
        .route(VERIFY, post(sent).layer(DefaultBodyLimit::max(LARGEST)))
}

async fn registered(State(web): State<Web>, Path(sha256): Path<String>) -> Response {
    let Ok(digest) = sha256.parse::<Digest>() else {
        let why = "The address ends with the SHA-256 of a file: 64 hexadecimal characters.\n";
        return (StatusCode::BAD_REQUEST, why).into_response();
    };
    match web.engine.registered(digest).await {
        Ok(registered) => ([(header::CACHE_CONTROL, "no-store")], Json(registered)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the register of documents cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Checks what was sent, and draws the page with the answer.
async fn sent(State(web): State<Web>, request: Request) -> Response {
    let client = client::address(request.extensions(), request.headers());
    if let Err(too_many) = web.limits.checks.count(client) {
        return pages::too_often(&web, request, &too_many).await;
    }
    let (mut parts, body) = request.with_limited_body().into_parts();
    let read = Form::read(Request::from_parts(parts.clone(), body)).await;
    let (status, checked) = match read {
        Ok(form) => match checked(&web, form).await {
            Ok(told) => (StatusCode::OK, Checked::Told(told)),
            Err((status, why)) => (status, Checked::Refused(why)),
        },
        Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, Checked::Refused(too_large())),
    };
    parts.extensions.insert(checked);
    let request = Request::from_parts(parts, axum::body::Body::empty());
    let mut response = pages::draw(&web, page(), request).await;
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// The page of the form.
fn page() -> &'static Page {
    let found = PAGES.iter().find(|page| page.path == VERIFY);
    found.expect("the table of pages has the page of this form")
}

/// Why a file is not checked: for the answer, and for whoever sent it.
type Refusal = (StatusCode, String);

async fn checked(web: &Web, form: Form) -> Result<Told, Refusal> {
    let files = form.into_files("file");
    if files.iter().map(|file| file.bytes.len()).sum::<usize>() > LARGEST_FILES {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, too_large()));
    }
    let given = Given::of(files.into_iter().map(|file| file.bytes));
    let given = given.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    let published = Issued::of(web, given.digest()).await?;
    let permit = web.checking.clone().acquire_owned().await.map_err(not_now)?;
    let checking = tokio::task::spawn_blocking(move || {
        // A PDF that cannot be read has nothing attached that could be believed.
        let attached = given.pdf.as_deref().map(pdf::attachments).and_then(Result::ok);
        let answer = given.check(&attached.unwrap_or_default(), published.as_published());
        drop(permit);
        Told::of(&answer)
    });
    checking.await.map_err(not_now)
}

/// What files are checked against: the issuer's keys, those of its log, its status list where it is good, and its register
/// for a PDF.
struct Issued {
    keys: KeySet,
    log_keys: Vec<VerifierKey>,
    list: Option<StatusList>,
    registered: Option<Registered>,
}

impl Issued {
    async fn of(web: &Web, digest: Option<Digest>) -> Result<Self, Refusal> {
        let now = web.engine.now();
        let signer = web.signer.as_ref();
        let signer = signer.ok_or_else(|| not_now("this process has no keys of the issuer"))?;
        let published = signer.public_keys(now).map_err(not_now)?;
        let keys = KeySet::parse(&published.jwks_json).map_err(not_now)?;
        let log_keys = published.log_vkeys.iter().map(|line| line.parse());
        let list = web.engine.status_list().await.map_err(not_now)?;
        Ok(Self {
            log_keys: log_keys.collect::<Result<_, _>>().map_err(not_now)?,
            list: list.and_then(|list| StatusList::open(&list.jws, &keys, now).ok()),
            keys,
            registered: match digest {
                Some(digest) => Some(web.engine.registered(digest).await.map_err(not_now)?),
                None => None,
            },
        })
    }

    fn as_published(&self) -> Published<'_> {
        Published {
            keys: &self.keys,
            log_keys: &self.log_keys,
            status: self.list.as_ref(),
            registered: self.registered.as_ref(),
        }
    }
}

fn too_large() -> String {
    format!(
        "The file did not arrive whole, or is larger than {} MB. With JavaScript it is checked in your browser, and may be larger.",
        LARGEST_FILES / 1024 / 1024
    )
}

fn not_now(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a file cannot be checked");
    let why = "It cannot be checked right now. Please try again in a moment.";
    (StatusCode::SERVICE_UNAVAILABLE, why.to_owned())
}
