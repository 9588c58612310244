//! What providers post: what became of mails. Whoever may not say so is refused; what is said of mails that are not ours is
//! answered like all the rest, so that nobody learns which ids exist.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use domain::actor::Actor;
use domain::digest::Digest;
use vault::SourceError;

use super::Web;
use crate::config::Deliveries;
use crate::mail::provider::{self, FetchCertificate, HttpsFetch, Kind, Message, SnsError, Told};

/// Where it is posted.
pub(super) const MAIL: &str = "/hooks/mail";
/// The largest post, in bytes.
const LARGEST: usize = 256 * 1024;

/// Who may say what became of mails.
#[derive(Clone, Default)]
pub struct Hooks {
    /// SHA-256 of the secret of a provider: digests are compared, so how long that takes tells nothing of the secret.
    secret: Option<Digest>,
    /// The topic, and the way to its certificates.
    topic: Option<(String, Arc<dyn FetchCertificate>)>,
}

/// The hook cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum HookSetupError {
    /// The secret.
    #[error(transparent)]
    Secret(#[from] SourceError),
    /// The way to certificates.
    #[error("mail.sns_topic: the certificates of this machine cannot be read")]
    Roots(#[from] std::io::Error),
}

impl Hooks {
    /// By the settings.
    pub fn of(settings: &Deliveries) -> Result<Self, HookSetupError> {
        let secret = settings.hook_secret.as_ref();
        let secret = secret.map(|secret| secret.read("mail.hook_secret")).transpose()?;
        let mut hooks = Self::default();
        if let Some(secret) = secret {
            hooks = hooks.by_secret(&secret);
        }
        match &settings.sns_topic {
            Some(topic) => Ok(hooks.by_topic(topic, Arc::new(HttpsFetch::new()?))),
            None => Ok(hooks),
        }
    }

    /// Lets whoever has the secret.
    pub fn by_secret(self, secret: &str) -> Self {
        Self {
            secret: Some(Digest::of(secret.as_bytes())),
            ..self
        }
    }

    /// Lets a topic.
    pub fn by_topic(self, topic: &str, certificates: Arc<dyn FetchCertificate>) -> Self {
        Self {
            topic: Some((topic.to_owned(), certificates)),
            ..self
        }
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|secret| Digest::of(secret.trim().as_bytes()));
        self.secret.is_some() && given == self.secret
    }
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route(MAIL, post(mail).layer(DefaultBodyLimit::max(LARGEST)))
}

type Answer = (StatusCode, &'static str);

const DONE: Answer = (StatusCode::NO_CONTENT, "");
const AGAIN: Answer = (
    StatusCode::SERVICE_UNAVAILABLE,
    "it could not be written down: post it again\n",
);
const UNREADABLE: Answer = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "expected {\"message_id\": \"..\", \"event\": \"bounced\", \"code\": \"5.1.1\"}, several of them under \"events\", or a message of SNS\n",
);

async fn mail(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Answer {
    let from_topic = serde_json::from_slice::<Message>(&body).ok();
    let told = match (from_topic, &web.hooks.topic) {
        (Some(message), Some((topic, certificates))) => {
            match said_by_topic(&web, &message, (topic, &**certificates)).await {
                Ok(told) => told,
                Err(answer) => return answer,
            }
        }
        _ if !web.hooks.knows(&headers) => {
            return (StatusCode::UNAUTHORIZED, "the secret is missing or wrong\n");
        }
        _ => match provider::plain(&body) {
            Ok(told) => told,
            Err(_) => return UNREADABLE,
        },
    };
    write_down(&web, &told).await
}

async fn said_by_topic(
    web: &Web,
    message: &Message,
    (topic, certificates): (&str, &dyn FetchCertificate),
) -> Result<Vec<Told>, Answer> {
    if let Err(error) = message.verify(topic, certificates).await {
        tracing::warn!(%error, "a message to /hooks/mail is not believed");
        return Err(match error {
            // It is posted again.
            SnsError::Certificate(_) => (StatusCode::SERVICE_UNAVAILABLE, "its certificate cannot be had\n"),
            _ => (StatusCode::UNAUTHORIZED, "the message is not believed\n"),
        });
    }
    match (message.kind, &message.subscribe_url) {
        (Kind::Notification, _) => {
            let event = serde_json::from_str(&message.message).map_err(|_| UNREADABLE)?;
            Ok(provider::ses(&event).into_iter().collect())
        }
        (Kind::SubscriptionConfirmation, Some(url)) => {
            let kept = web
                .engine
                .keep_subscription(&Actor::System("mail provider"), url)
                .await;
            kept.map_err(|error| failed(&error))?;
            tracing::warn!("a topic of SNS asks to be subscribed: see the page of settings");
            Ok(Vec::new())
        }
        _ => Ok(Vec::new()),
    }
}

async fn write_down(web: &Web, told: &[Told]) -> Answer {
    for one in told {
        let written = web
            .engine
            .mail_told(&Actor::System("mail provider"), one.mail, &one.fate)
            .await;
        match written {
            Ok(_) => {}
            Err(engine::Error::NotNow(why)) => {
                tracing::info!(mail = %one.mail, why, "what a provider said of a mail came early");
                return AGAIN;
            }
            Err(error) => return failed(&error),
        }
    }
    DONE
}

fn failed(error: &engine::Error) -> Answer {
    tracing::error!(%error, "what a provider said of mails could not be written down");
    AGAIN
}
