//! Who calls: a personal token, and whether it opens what is called.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::people::TokenScope;
use domain::secret::Secret;
use engine::{Engine, Error};
use utoipa::openapi::{OpenApi, SecurityRequirement};

use super::super::{Web, client};
use super::problem::Problem;

/// Whoever calls.
#[derive(Debug, Clone)]
pub(in crate::http) struct Caller {
    /// The person behind the token.
    pub(super) actor: Actor,
    /// What the token opens.
    scopes: BTreeSet<String>,
}

/// Which scopes open which operation: any of them.
#[derive(Clone)]
pub(super) struct Gate {
    web: Web,
    opens: Arc<HashMap<(Method, String), Vec<String>>>,
}

impl Gate {
    /// As the document says. What it says nothing of is opened by no scope.
    pub(super) fn new(web: Web, document: &OpenApi) -> Self {
        let mut opens = HashMap::new();
        for (path, operations) in &document.paths.paths {
            for (method, operation) in [(Method::GET, &operations.get), (Method::POST, &operations.post)] {
                let Some(operation) = operation else { continue };
                let scopes = operation.security.iter().flatten().flat_map(scopes_of).collect();
                opens.insert((method, path.clone()), scopes);
            }
        }
        Self {
            web,
            opens: Arc::new(opens),
        }
    }

    /// Absent: nothing of that method is there.
    fn scopes(&self, request: &Request) -> Option<&[String]> {
        let path = request
            .extensions()
            .get::<MatchedPath>()
            .map_or("", MatchedPath::as_str);
        let method = match request.method() {
            &Method::HEAD => Method::GET,
            method => method.clone(),
        };
        self.opens.get(&(method, path.to_owned())).map(Vec::as_slice)
    }
}

/// The scopes of one way in.
fn scopes_of(requirement: &SecurityRequirement) -> Vec<String> {
    let value = serde_json::to_value(requirement).unwrap_or_default();
    let scopes = value.get("token").and_then(|scopes| scopes.as_array());
    let words = scopes.into_iter().flatten().filter_map(|scope| scope.as_str());
    words.map(str::to_owned).collect()
}

/// Lets in whoever has a token that opens what they call.
pub(super) async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let caller = match caller(&gate.web, request.headers(), request.extensions()).await {
        Ok(caller) => caller,
        Err(response) => return response,
    };
    let Some(any_of) = gate.scopes(&request) else {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    };
    if !any_of.iter().any(|scope| caller.scopes.contains(scope)) {
        return Problem::scope(any_of).into_response();
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// The token may read: for figures.
pub(in crate::http) async fn may_read(web: &Web, headers: &HeaderMap, extensions: &Extensions) -> bool {
    reader(web, headers, extensions).await.is_some()
}

/// Whose token may read.
pub(in crate::http) async fn reader(
    web: &Web,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Option<Actor> {
    let caller = caller(web, headers, extensions).await.ok()?;
    let reads = caller.scopes.contains(TokenScope::Read.word());
    reads.then_some(caller.actor)
}

async fn caller(web: &Web, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller, Response> {
    let client = client::address(extensions, headers);
    let wrong_tokens = &web.limits.wrong_tokens;
    wrong_tokens.check(client).map_err(|too_many| {
        let mut response = Problem::from(too_many).into_response();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, too_many.retry_after());
        response
    })?;
    let Some(token) = bearer(headers) else {
        let missing = Problem::no_token("Send a personal token in the header Authorization: Bearer.");
        return Err(missing.into_response());
    };
    match recognised(&web.engine, &token).await {
        Ok(caller) => Ok(caller),
        Err(error) if error.is_passing() => Err(Problem::from(error).into_response()),
        Err(_) => {
            // Counted after the fact: what is refused here was refused already.
            let _counted = wrong_tokens.count(client);
            let wrong = Problem::no_token("The token is unknown, has ended, or its account is closed.");
            Err(wrong.into_response())
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token))
}

/// Whose token it is, and what it opens.
async fn recognised(engine: &Engine, token: &Secret) -> Result<Caller, Error> {
    let (actor, scopes) = engine.authenticate_token(token).await?;
    Ok(Caller {
        actor,
        scopes: scopes.into_iter().map(|scope| scope.word().to_owned()).collect(),
    })
}
