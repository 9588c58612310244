//! What providers post is believed by secret or signature, and by nothing else; ids that are not ours are answered alike.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::Request;
use base64::Engine as _;
use domain::id::{CertificateId, MailId};
use domain::mail::{Delivery, MailKind};
use serde_json::{Value, json};
use server::http::Hooks;
use server::mail::provider::{CertificateError, FetchCertificate};

use crate::support::{Answer, Outside, TestApp, Who};
use crate::world::with_certificate;

const SECRET: &str = "a shared secret of the tests";
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:mail";
const CERTIFICATE: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem";

/// The certificate of the topic, as the network would give it.
struct Held(Vec<u8>);

#[async_trait]
impl FetchCertificate for Held {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, CertificateError> {
        assert_eq!(url, CERTIFICATE, "nothing else is fetched");
        Ok(self.0.clone())
    }
}

impl TestApp {
    async fn hook(&self, secret: Option<&str>, body: &Value) -> Answer {
        let request = Request::post("/hooks/mail").header("content-type", "text/plain; charset=UTF-8");
        let request = match secret {
            Some(secret) => request.header("authorization", format!("Bearer {secret}")),
            None => request,
        };
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// A mail that the next hop took.
    async fn sent_mail(&self, certificate: CertificateId) -> MailId {
        let id = self.send_certificate(certificate, "grace@acme.example").await;
        self.note_as_sent(id).await;
        id
    }

    async fn note_as_sent(&self, id: MailId) {
        let mut tx = self.engine.store().begin().await.unwrap();
        let mail = tx.outbox().find(id).await.unwrap().unwrap();
        tx.outbox().update(&mail.sent(self.engine.now())).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn listening(hooks: Hooks) -> (TestApp, CertificateId) {
    let outside = Outside {
        hooks,
        ..Outside::default()
    };
    with_certificate(outside).await
}

fn bounced(id: &str) -> Value {
    json!({ "message_id": format!("<{id}@lethe.example>"), "event": "bounced", "code": "5.1.1 grace@acme.example" })
}

#[tokio::test]
async fn a_provider_with_the_secret_marks_a_bounce_and_officers_and_tenant_read_of_it() {
    let (app, certificate) = listening(Hooks::default().by_secret(SECRET)).await;
    let id = app.sent_mail(certificate).await;
    for wrong in [None, Some("a guess")] {
        assert_eq!(app.hook(wrong, &bounced(&id.to_string())).await.status, 401);
    }
    assert_eq!(app.mail(id).await.delivery(), Delivery::Sent);
    assert_eq!(
        app.hook(Some(SECRET), &bounced(&id.to_string())).await.status,
        204
    );
    let mail = app.mail(id).await;
    assert_eq!(
        (mail.delivery(), mail.trouble()),
        (Delivery::Bounced, Some("there is no such mailbox (5.1.1)"))
    );
    assert_eq!(
        app.mails_about(certificate, MailKind::DeliveryFailed).await.len(),
        2
    );
    assert!(
        app.log_about(&format!("mail:{id}"))
            .await
            .contains(&"mail.bounced".to_owned())
    );

    let mut tenant = app.signed_in(Who::Tenant).await;
    let page = tenant.get(&format!("/certificates/{certificate}")).await.text();
    assert!(page.contains("We could not reach grace@acme.example"), "{page}");
    let mut officer = app.signed_in(Who::Officer).await;
    assert!(officer.get("/").await.text().contains("did not arrive"));
    let mut operator = app.signed_in(Who::Operator).await;
    let request = mail.request.unwrap();
    let page = operator.get(&format!("/requests/{request}")).await.text();
    assert!(
        page.contains("Bounced") && !page.contains("grace@acme.example"),
        "no addresses for operators"
    );

    assert_eq!(
        app.hook(Some(SECRET), &bounced(&id.to_string())).await.status,
        204
    );
    assert_eq!(
        app.mails_about(certificate, MailKind::DeliveryFailed).await.len(),
        2,
        "told once"
    );
}

#[tokio::test]
async fn what_is_said_before_we_have_noted_that_it_left_is_asked_for_again() {
    let (app, certificate) = listening(Hooks::default().by_secret(SECRET)).await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    let said = bounced(&id.to_string());
    assert_eq!(app.hook(Some(SECRET), &said).await.status, 503);
    assert_eq!(app.mail(id).await.delivery(), Delivery::Queued);
    app.note_as_sent(id).await;
    assert_eq!(app.hook(Some(SECRET), &said).await.status, 204);
    assert_eq!(app.mail(id).await.delivery(), Delivery::Bounced);
}

#[tokio::test]
async fn an_id_that_is_not_ours_is_answered_like_one_that_is() {
    let (app, certificate) = listening(Hooks::default().by_secret(SECRET)).await;
    let ours = app.sent_mail(certificate).await.to_string();
    let known = app
        .hook(Some(SECRET), &json!({ "message_id": ours, "event": "delivered" }))
        .await;
    for foreign in ["01937f5e-8a7b-7c3d-9e2f-0123456789ab", "nobody"] {
        let unknown = app.hook(Some(SECRET), &bounced(foreign)).await;
        assert_eq!((unknown.status, &unknown.body), (known.status, &known.body));
    }
    assert_eq!(
        app.mail(ours.parse().unwrap()).await.delivery(),
        Delivery::Delivered
    );
    assert_eq!(app.hook(Some(SECRET), &json!({ "what": 1 })).await.status, 422);
}

#[tokio::test]
async fn without_a_secret_nobody_is_believed() {
    let (app, certificate) = listening(Hooks::default()).await;
    let id = app.sent_mail(certificate).await.to_string();
    assert_eq!(app.hook(Some(""), &bounced(&id)).await.status, 401);
    assert_eq!(app.hook(Some(SECRET), &bounced(&id)).await.status, 401);
}

/// Key and certificate that OpenSSL makes, as a topic would have them.
struct Topic {
    folder: tempfile::TempDir,
}

impl Topic {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        openssl(
            folder.path(),
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=sns.amazonaws.com -days 2",
        );
        Self { folder }
    }

    fn hooks(&self) -> Hooks {
        let certificate = std::fs::read(self.folder.path().join("cert.pem")).unwrap();
        Hooks::default().by_topic(TOPIC, Arc::new(Held(certificate)))
    }

    /// Signs a message as the topic does: names and values in the order of the names.
    fn signed(&self, mut message: Value, version: &str) -> Value {
        let names: &[&str] = match message["Type"].as_str().unwrap() {
            "Notification" => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
            _ => &[
                "Message",
                "MessageId",
                "SubscribeURL",
                "Timestamp",
                "Token",
                "TopicArn",
                "Type",
            ],
        };
        let mut text = String::new();
        for name in names {
            if let Some(value) = message[name].as_str() {
                text += &format!("{name}\n{value}\n");
            }
        }
        std::fs::write(self.folder.path().join("text"), text).unwrap();
        let digest = if version == "1" { "-sha1" } else { "-sha256" };
        openssl(
            self.folder.path(),
            &format!("dgst {digest} -sign key.pem -out sig text"),
        );
        let signature = std::fs::read(self.folder.path().join("sig")).unwrap();
        message["SignatureVersion"] = version.into();
        message["Signature"] = base64::engine::general_purpose::STANDARD.encode(signature).into();
        message["SigningCertURL"] = CERTIFICATE.into();
        message
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn notification(id: MailId) -> Value {
    let event = json!({
        "eventType": "Bounce",
        "mail": { "messageId": "0100018f", "headers": [{ "name": "X-Lethe-Mail", "value": id.to_string() }] },
        "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "grace@acme.example", "status": "5.1.1" }] },
    });
    json!({
        "Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Subject": "Amazon SES Email Event Notification",
        "Message": event.to_string(), "Timestamp": "2026-03-01T12:00:00.000Z",
    })
}

#[tokio::test]
async fn a_topic_is_believed_by_its_signature() {
    let topic = Topic::new();
    let (app, certificate) = listening(topic.hooks()).await;
    for version in ["1", "2"] {
        let id = app.sent_mail(certificate).await;
        let message = topic.signed(notification(id), version);
        let mut altered = message.clone();
        altered["Message"] = message["Message"]
            .as_str()
            .unwrap()
            .replace("Permanent", "Undetermined")
            .into();
        assert_eq!(app.hook(None, &altered).await.status, 401, "altered");
        let mut elsewhere = message.clone();
        elsewhere["SigningCertURL"] = "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem".into();
        assert_eq!(
            app.hook(None, &elsewhere).await.status,
            401,
            "another certificate"
        );
        let mut foreign = notification(id);
        foreign["TopicArn"] = "arn:aws:sns:eu-west-1:666666666666:mail".into();
        assert_eq!(
            app.hook(None, &topic.signed(foreign, version)).await.status,
            401,
            "another topic"
        );
        assert_eq!(app.mail(id).await.delivery(), Delivery::Sent);
        assert_eq!(app.hook(None, &message).await.status, 204);
        assert_eq!(
            app.mail(id).await.delivery(),
            Delivery::Bounced,
            "version {version}"
        );
    }
}

#[tokio::test]
async fn a_topic_that_asks_to_be_subscribed_is_shown_to_people_and_not_followed() {
    let topic = Topic::new();
    let (app, _) = listening(topic.hooks()).await;
    let address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    let asked = json!({
        "Type": "SubscriptionConfirmation", "MessageId": "m-2", "TopicArn": TOPIC, "Token": "t", "SubscribeURL": address,
        "Message": "You have chosen to subscribe", "Timestamp": "2026-03-01T12:00:00.000Z",
    });
    assert_eq!(app.hook(None, &topic.signed(asked, "1")).await.status, 204);
    let mut administrator = app.signed_in(Who::Administrator).await;
    let page = administrator.get("/settings").await.text();
    assert!(
        page.contains("asked to be subscribed") && page.contains("Action=ConfirmSubscription"),
        "{page}"
    );
}
