//! Downloads, exports and uploads.

use crate::support::{Kind, TestApp, Who};

#[tokio::test]
async fn a_certificate_is_downloaded_with_everything_that_proves_it() {
    let app = TestApp::new(Kind::Sqlite).await;
    let request = app.plan_request("acme").await;
    let id = app.plant_certificate(request).await;
    let mut tina = app.signed_in(Who::Tenant).await;
    for (name, kind, begins) in [
        ("certificate.pdf", "application/pdf", "%PDF"),
        ("certificate.pdf.sig", "application/octet-stream", "\u{1}"),
        (
            "certificate.pdf.sshsig",
            "text/plain; charset=utf-8",
            "-----BEGIN SSH",
        ),
        ("statement.json", "application/json", "{\"backups\""),
        ("statement.jws", "application/jose", "e30."),
        ("log-entry.json", "application/json", "{\"actor\""),
        ("log-entry.tlog-proof", "text/plain; charset=utf-8", "c2sp.org"),
        ("jwks.json", "application/jwk-set+json", "{"),
        (
            "allowed_signers",
            "text/plain; charset=utf-8",
            "log.lethe.example",
        ),
        ("public.pem", "application/x-pem-file", "-----BEGIN PUBLIC KEY"),
    ] {
        let answer = tina.get(&format!("/certificates/{id}/{name}")).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("content-type"), kind, "{name}");
        assert_eq!(
            answer.header("content-disposition"),
            format!("attachment; filename=\"{name}\"")
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        assert!(answer.text().starts_with(begins), "{name}: {}", answer.text());
    }
    let mut sven = app.signed_in(Who::Stranger).await;
    assert_eq!(
        sven.get(&format!("/certificates/{id}/certificate.pdf"))
            .await
            .status,
        404
    );
    let led = app
        .browser()
        .get(&format!("/certificates/{id}/certificate.pdf"))
        .await;
    assert_eq!(
        led.header("location"),
        format!("/sign-in?next=%2Fcertificates%2F{id}%2Fcertificate.pdf")
    );
}

#[tokio::test]
async fn a_list_is_exported_with_its_filter() {
    let app = TestApp::new(Kind::Sqlite).await;
    let (acme, globex) = (app.open_request("acme").await, app.open_request("globex").await);
    let mut carol = app.signed_in(Who::Counsel).await;
    let all = carol.get("/requests/export.csv").await;
    assert_eq!(
        all.header("content-disposition"),
        "attachment; filename=\"requests.csv\""
    );
    assert_eq!(all.header("content-type"), "text/csv; charset=utf-8");
    let text = all.text();
    assert!(
        text.starts_with("request,tenant,about,state,") && text.contains(&globex.to_string()),
        "{text}"
    );
    let one = carol.get("/requests/export.csv?text=acme").await.text();
    assert!(
        one.contains(&acme.to_string()) && !one.contains(&globex.to_string()),
        "{one}"
    );
    let own = app
        .signed_in(Who::Tenant)
        .await
        .get("/requests/export.csv?text=globex")
        .await
        .text();
    assert_eq!(own.lines().count(), 1, "{own}");
    let log = carol.get("/log/export.csv?kind=request.").await.text();
    assert_eq!(log.lines().count(), 3, "{log}");
    assert_eq!(carol.get("/log/export.csv?from=yesterday").await.status, 422);
}

fn form(fields: &[(&str, &str)], file: (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let (name, bytes) = file;
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\r\n");
    body.extend(head.bytes());
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    body
}

#[tokio::test]
async fn a_file_of_another_kind_leads_back_to_the_form_with_what_was_typed() {
    let app = TestApp::new(Kind::Sqlite).await;
    let request = app.plan_request("acme").await.to_string();
    let mut carol = app.signed_in(Who::Counsel).await;
    let from = format!("/requests/{request}?tab=systems");
    let fields = [
        ("request", request.as_str()),
        ("dataset", "partner.contacts"),
        ("party", "Partner Ltd"),
        ("dated_on", "2026-02-01"),
    ];
    let kind = "multipart/form-data; boundary=x";
    let program = form(&fields, ("document", b"MZ\x90\0\x03"));
    let refused = carol.form(&from, "/upload/attestation", kind, program).await;
    assert_eq!(refused.status, 303);
    let location = refused.header("location");
    assert!(
        location.starts_with(&format!("/requests/{request}?tab=systems&form=")),
        "{location}"
    );
    assert!(location.ends_with("#problem"), "{location}");
    let draft = carol.refusal(&refused).await.unwrap();
    assert_eq!(
        (draft.action.as_str(), draft.value("party")),
        ("/upload/attestation", Some("Partner Ltd"))
    );
    assert_eq!(
        draft.error.of_field("document"),
        Some(
            "This file is of another kind. Accepted is a PDF, a PNG picture, a JPEG picture or plain text (UTF-8)."
        )
    );

    let large = form(&fields, ("document", &[b'a'; 1_100_000]));
    let refused = carol.form(&from, "/upload/attestation", kind, large).await;
    let draft = carol.refusal(&refused).await.unwrap();
    let why = draft.error.of_field("document").unwrap();
    assert!(why.ends_with("at most 1024 kB are accepted."), "{why}");

    let good = form(
        &fields,
        ("document", b"We erased everything of Acme on 1 February."),
    );
    let done = carol.form(&from, "/upload/attestation", kind, good).await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, format!("/requests/{request}").as_str())
    );
    assert!(
        done.header("set-cookie")
            .starts_with("lethe-done=The+attestation+is+recorded")
    );
}
