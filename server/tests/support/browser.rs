//! Whoever talks to the server: a browser with cookies, and a program with a token.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use domain::digest::Digest;
use domain::people::TokenScope;
use engine::people::Holder;
use serde_json::Value;

use super::{Answer, PASSWORD, TestApp, Who};

/// The host that the tests ask.
const HOST: &str = "lethe.example";

/// A browser: it keeps cookies, and says that its forms come from our own pages.
pub struct Browser<'a> {
    app: &'a TestApp,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form from a page.
    pub async fn post(&mut self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.form(from, path, kind, body.into_bytes()).await
    }

    /// Sends a form of any kind from a page.
    pub async fn form(&mut self, from: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(at(path))
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::REFERER, format!("http://{HOST}{from}"))
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = request.headers_mut();
        headers.insert(header::HOST, HOST.parse().unwrap());
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let answer = self.app.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// Signs in by the form.
    pub async fn sign_in(&mut self, who: Who) {
        let fields = [("email", who.email()), ("password", PASSWORD.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = self.post("/sign-in", "/act/sign_in", &fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/"),
            "{who:?}"
        );
        assert!(self.session().is_some(), "{who:?} has no session");
    }

    /// Gives the password once more.
    pub async fn step_up(&mut self) {
        let fields = [("password", PASSWORD)];
        let answer = self.post("/step-up", "/act/step_up", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    }

    /// The session: its name, and the owner of drafts.
    pub fn session(&self) -> Option<Digest> {
        self.cookies
            .get("lethe")
            .map(|token| Digest::of(token.as_bytes()))
    }

    /// What a refused form was refused for, by the draft that the answer leads to; absent when it was not refused.
    pub async fn refusal(&self, answer: &Answer) -> Option<app::visit::Draft> {
        let location = answer.header("location");
        // The way to the sign-in carries the way back inside.
        let (_, query) = location.split_once('?')?;
        let pairs: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let query = match pairs.get("next") {
            Some(next) => next.split_once('?')?.1.to_owned(),
            None => query.to_owned(),
        };
        let query = query.split('#').next().unwrap_or_default();
        let (_, id) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "form")?;
        let digest = |cookie: &str| Some(Digest::of(self.cookies.get(cookie)?.as_bytes()));
        let holders = [
            digest("lethe").map(Holder::Session),
            digest("lethe-browser").map(Holder::Browser),
        ];
        for holder in holders.into_iter().flatten() {
            if let Some(kept) = self.app.engine.open_draft(&id, holder).await.unwrap() {
                return Some(serde_json::from_slice(&kept).unwrap());
            }
        }
        None
    }
}

/// Where a server function is: `/act/<name>`, whatever stands between in this build.
fn at(path: &str) -> &str {
    let Some(name) = path.strip_prefix("/act/") else {
        return path;
    };
    let all = leptos::server_fn::axum::server_fn_paths();
    let mut all = all.map(|(path, _)| path);
    all.find(|path| path.rsplit('/').next() == Some(name))
        .unwrap_or(path)
}

/// A program with a personal token.
pub struct Program<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Program<'a> {
    pub(super) async fn new(app: &'a TestApp, who: Who, scopes: &[&str]) -> Self {
        let scopes = match scopes {
            [] => TokenScope::all(),
            scopes => scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        };
        let until = app.engine.now().after(Duration::from_secs(3600));
        let token = app
            .engine
            .create_token(&app.people.actor(who), "tests", scopes, until)
            .await
            .unwrap();
        Self {
            app,
            token: token.reveal().to_owned(),
        }
    }

    /// Asks.
    pub async fn get(&self, path: &str) -> Answer {
        let request = self.request("GET", path);
        self.app.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_once(path, body, None).await
    }

    /// Sends JSON under a key.
    pub async fn post_once(&self, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let mut request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The head of a request.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
    }
}
