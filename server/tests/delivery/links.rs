//! A mailed link gives the certificate once, to whoever presses the button, and not to programs that only look.

use std::time::Duration;

use domain::secret::Secret;
use engine::Error;

use crate::sink::Sink;
use crate::support::{Kind, TestApp, Who};
use crate::world::sending_to;

/// The token of the link in a mail.
fn token(mail: &str) -> String {
    // Soft line breaks of quoted-printable.
    let whole = mail.replace("=\r\n", "");
    let (_, rest) = whole
        .split_once("http://lethe.example/download/")
        .unwrap_or_else(|| panic!("no link in {mail}"));
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[tokio::test]
async fn a_link_gives_the_pages_once_and_looking_uses_nothing() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let mail = app.send_certificate(certificate, "grace@acme.example").await;
    app.try_mail(mail).await;
    let token = token(&sink.taken_for("grace@acme.example")[0]);
    assert_eq!(token.len(), 64);
    assert!(
        app.mail(mail).await.sealed.is_none(),
        "what is sent lies nowhere any more"
    );

    let mut browser = app.browser();
    for _ in 0..3 {
        let page = browser.get(&format!("/download/{token}")).await.text();
        assert!(
            page.contains("Download the PDF") && !page.contains("Acme"),
            "{page}"
        );
    }
    let fetched = browser.post("/", "/download", &[("token", &token)]).await;
    assert_eq!(
        (fetched.status.as_u16(), &fetched.body[..]),
        (200, &b"%PDF-1.7 planted"[..])
    );
    assert_eq!(fetched.header("cache-control"), "no-store");
    let again = browser.post("/", "/download", &[("token", &token)]).await;
    assert_eq!(
        (again.status.as_u16(), again.header("location")),
        (303, "/download/spent")
    );
    let page = browser.get(again.header("location")).await.text();
    assert!(
        page.contains("does not work any more") && page.contains("/sign-in"),
        "{page}"
    );
    assert!(
        app.log_about(&format!("certificate:{certificate}"))
            .await
            .contains(&"certificate.downloaded".to_owned())
    );
}

#[tokio::test]
async fn a_link_works_for_two_weeks() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let mail = app.send_certificate(certificate, "grace@acme.example").await;
    app.try_mail(mail).await;
    let token = Secret::new(token(&sink.taken_for("grace@acme.example")[0]));
    app.clock.advance(Duration::from_secs(14 * 24 * 3_600 - 7_200));
    assert_eq!(app.engine.download(&token).await.unwrap().state, "issued");
    app.clock.advance(Duration::from_secs(7_200));
    assert!(matches!(app.engine.download(&token).await, Err(Error::SpentLink)));
    assert!(matches!(
        app.engine.take_download(&token).await,
        Err(Error::SpentLink)
    ));
}

#[tokio::test]
async fn who_wants_no_links_gets_mails_without() {
    let app = TestApp::ruled(Kind::Sqlite, |rules| rules.download_links = None).await;
    let request = app.plan_request("acme").await;
    let certificate = app.plant_certificate(request).await;
    let mail = app.send_certificate(certificate, "grace@acme.example").await;
    assert!(app.mail(mail).await.sealed.is_none());
    assert!(!app.mail(mail).await.facts.contains_key("lasts"));
    let mut officer = app.signed_in(Who::Officer).await;
    let page = officer.get(&format!("/certificates/{certificate}")).await.text();
    assert!(page.contains("Who was told") && page.contains("grace@acme.example"));
}

#[tokio::test]
async fn a_link_to_a_revoked_certificate_says_so_before_it_gives_the_pages() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let mail = app.send_certificate(certificate, "grace@acme.example").await;
    app.try_mail(mail).await;
    let token = token(&sink.taken_for("grace@acme.example")[0]);
    let mut browser = app.browser();
    let said = "This certificate is revoked";
    let page = browser.get(&format!("/download/{token}")).await.text();
    assert!(!page.contains(said), "{page}");
    app.revoke(certificate).await;
    let page = browser.get(&format!("/download/{token}")).await.text();
    assert!(
        page.contains(said) && page.contains("must not be relied on"),
        "{page}"
    );
    let fetched = browser.post("/", "/download", &[("token", &token)]).await;
    assert_eq!(fetched.status.as_u16(), 200, "what was issued stays to be had");
}
