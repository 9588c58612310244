//! Checking a file for anybody: the register asked by digest, and the form of those without JavaScript.

use domain::digest::Digest;
use domain::port::press::Manuscript;
use domain::signature::jwk::thumbprint;
use domain::signature::jws;
use ed25519_dalek::{Signer as _, SigningKey};

use crate::support::planted::Genuine;
use crate::support::{Answer, Kind, TestApp};

const MULTIPART: &str = "multipart/form-data; boundary=x";

/// Files as a browser sends those of one field.
fn form(files: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for bytes in files {
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    body
}

async fn send(app: &TestApp, files: &[&[u8]]) -> Answer {
    app.browser()
        .form("/verify", "/verify", MULTIPART, form(files))
        .await
}

/// The answer of the page, in a word, and the whole page.
async fn answer(app: &TestApp, files: &[&[u8]]) -> (String, String) {
    let page = send(app, files).await.text();
    let marked = page.split("data-answer=\"").nth(1).unwrap_or_default();
    (marked.split('"').next().unwrap_or_default().to_owned(), page)
}

async fn planted(app: &TestApp) -> Genuine {
    let request = app.plan_request("acme").await;
    app.plant_genuine(request).await
}

/// Pages made out to somebody else, with the attachments of a genuine certificate.
fn swapped(genuine: &Manuscript) -> Vec<u8> {
    let mut pdf = press::render(genuine).unwrap();
    // Anything after the end leaves the attachments as they are, and is no longer what was issued.
    pdf.extend(b"\n% other pages\n");
    pdf
}

#[tokio::test]
async fn a_genuine_certificate_is_told_in_words_and_nothing_is_kept() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let (word, page) = answer(&app, &[&genuine.pdf]).await;
    assert_eq!(word, "in_force", "{page}");
    assert!(page.contains("Genuine and in force"), "{page}");
    assert!(page.contains("Aurora Fjordlogistik GmbH"), "{page}");
    assert!(
        page.contains("proved at size"),
        "the proof inside is checked with the key of the log: {page}"
    );
    let answer = send(&app, &[&genuine.pdf]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cache-control")),
        (200, "no-store")
    );
}

#[tokio::test]
async fn a_revoked_certificate_is_genuine_but_revoked() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    app.revoke(genuine.id).await;
    let (word, page) = answer(&app, &[&genuine.pdf]).await;
    assert_eq!(word, "ended", "{page}");
    assert!(page.contains("Genuine, but revoked on"), "{page}");
    // The list in force is of before: a statement is judged by it until the next is made.
    app.publish_list().await;
    let (word, _) = answer(&app, &[genuine.manuscript.jws.as_bytes()]).await;
    assert_eq!(word, "ended");
}

#[tokio::test]
async fn other_pages_around_a_genuine_statement_are_not_confirmed() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let (word, page) = answer(&app, &[&swapped(&genuine.manuscript)]).await;
    assert_eq!(word, "pages_not_confirmed", "{page}");
    assert!(page.contains("these pages are NOT confirmed"), "{page}");
    assert!(page.contains("Aurora Fjordlogistik GmbH"), "{page}");
}

#[tokio::test]
async fn statements_are_judged_as_pdfs_are() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let Manuscript { statement, jws, .. } = &genuine.manuscript;
    assert_eq!(answer(&app, &[statement]).await.0, "in_force");
    assert_eq!(answer(&app, &[jws.as_bytes()]).await.0, "in_force");
    assert_eq!(answer(&app, &[statement, jws.as_bytes()]).await.0, "in_force");
    let changed = String::from_utf8(statement.clone()).unwrap();
    let changed = changed.replace("Aurora Fjordlogistik", "Borealis");
    assert_eq!(
        answer(&app, &[changed.as_bytes(), jws.as_bytes()]).await.0,
        "altered"
    );
    assert_eq!(answer(&app, &[changed.as_bytes()]).await.0, "altered");
}

#[tokio::test]
async fn what_is_foreign_is_not_ours() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let (word, page) = answer(&app, &[b"%PDF-1.4\nan invoice"]).await;
    assert_eq!(word, "not_ours", "{page}");
    assert!(page.contains("Not a certificate of this issuer"), "{page}");
    let theirs = genuine_of_a_stranger(&genuine.manuscript);
    assert_eq!(
        answer(&app, &[&press::render(&theirs).unwrap()]).await.0,
        "not_ours"
    );
    assert_eq!(answer(&app, &[theirs.jws.as_bytes()]).await.0, "not_ours");
}

/// The same statement, signed by somebody else's key.
fn genuine_of_a_stranger(genuine: &Manuscript) -> Manuscript {
    let key = SigningKey::from_bytes(&[8; 32]);
    let kid = thumbprint(&key.verifying_key());
    let input = jws::signing_input(&kid, jws::Typ::Statement, &genuine.statement);
    Manuscript {
        jws: jws::compact(&input, &key.sign(input.as_bytes())),
        ..genuine.clone()
    }
}

#[tokio::test]
async fn what_cannot_be_checked_is_refused_in_words() {
    let app = TestApp::new(Kind::Sqlite).await;
    for (files, status, says) in [
        (&[][..], 422, "Choose a file: a certificate (PDF)"),
        (&[&b"PK\x03\x04"[..]][..], 422, "This file is of another kind."),
        (
            &[&b"%PDF-1"[..], b"%PDF-2"][..],
            422,
            "There are two files that are a PDF.",
        ),
        (&[&[1; 64][..]][..], 422, "Choose the PDF as well."),
    ] {
        let answer = send(&app, files).await;
        assert_eq!(answer.status, status, "{says}");
        let page = answer.text();
        assert!(
            page.contains("data-answer=\"refused\"") && page.contains(says),
            "{page}"
        );
    }
    let large = [&b"%PDF-1.7 "[..], &vec![b'a'; 9 * 1024 * 1024]].concat();
    let answer = send(&app, &[&large]).await;
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("is larger than 8 MB"));
    let huge = vec![b'a'; 17 * 1024 * 1024];
    assert_eq!(send(&app, &[&huge]).await.status, 413);
}

#[tokio::test]
async fn files_are_not_sent_by_the_thousand() {
    let app = TestApp::new(Kind::Sqlite).await;
    for _ in 0..20 {
        assert_eq!(send(&app, &[b"%PDF-1.4"]).await.status, 200);
    }
    let answer = send(&app, &[b"%PDF-1.4"]).await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn the_register_is_asked_by_digest_alone() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let ask = async |digest: Digest| app.browser().get(&format!("/verify/digest/{digest}")).await;
    let known = ask(Digest::of(&genuine.pdf)).await;
    assert_eq!(
        (known.status.as_u16(), known.header("cache-control")),
        (200, "no-store")
    );
    let document = &known.json()["document"];
    assert_eq!(document["certificate"], genuine.id.to_string());
    assert_eq!(document["state"], "issued");
    assert_eq!(document.as_object().unwrap().len(), 3, "{document}");
    assert!(ask(Digest::of(b"another file")).await.json()["document"].is_null());
    app.revoke(genuine.id).await;
    let revoked = ask(Digest::of(&genuine.pdf)).await;
    assert_eq!(revoked.json()["document"]["state"], "revoked");
    assert_eq!(app.browser().get("/verify/digest/abc").await.status, 400);
    for _ in 0..60 {
        ask(Digest::of(b"guess")).await;
    }
    assert_eq!(ask(Digest::of(b"guess")).await.status, 429);
}

#[tokio::test]
async fn the_signed_list_carries_the_register() {
    let app = TestApp::new(Kind::Sqlite).await;
    let genuine = planted(&app).await;
    let list = app.engine.status_list().await.unwrap().unwrap();
    let keys = app.signer.public_keys(app.engine.now()).unwrap().jwks_json;
    let keys = domain::signature::jwk::KeySet::parse(&keys).unwrap();
    let list = domain::certificate::StatusList::open(&list.jws, &keys, app.engine.now()).unwrap();
    let row = list.find(genuine.id).unwrap();
    assert_eq!(row.document, Some(Digest::of(&genuine.pdf)));
}

#[tokio::test]
async fn the_module_that_checks_in_the_browser_is_on_this_page_alone() {
    let app = TestApp::new(Kind::Sqlite).await;
    let page = app.browser().get("/verify").await;
    let policy = page.header("content-security-policy").to_owned();
    let text = page.text();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = nonce.unwrap();
    assert!(
        text.contains(&format!("nonce=\"{nonce}\">import wake from \"/pkg/check")),
        "{text}"
    );
    for elsewhere in ["/", "/sign-in"] {
        assert!(!app.browser().get(elsewhere).await.text().contains("/pkg/check"));
    }
}
