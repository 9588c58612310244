//! Mails that come back: a real OpenSMTPD says so (RFC 3464), and what it says is read by the command and from a Maildir.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::mail::{Delivery, MailKind};
use server::mail::Hop;
use server::wiring::{Role, Wired};
use server::worker::{stop_pair, work};

use crate::sink::{Sink, free_port, wait_for};
use crate::support::{Outside, TestApp};
use crate::world::{through, with_certificate};

/// OpenSMTPD, which passes everything on to the sink; it ends with the test.
struct OpenSmtpd {
    child: Child,
    _folder: tempfile::TempDir,
    port: u16,
}

impl OpenSmtpd {
    fn before(sink: &Sink) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, settings) = (free_port(), folder.path().join("smtpd.conf"));
        let text = format!(
            "listen on 127.0.0.1 port {port} hostname mx.lethe.example\n\
             action \"on\" relay host \"smtp://127.0.0.1:{}\"\n\
             match from any for any action \"on\"\n",
            sink.port
        );
        std::fs::write(&settings, text).unwrap();
        let child = Command::new("smtpd")
            .arg("-d")
            .arg("-f")
            .arg(&settings)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let child = child.expect("OpenSMTPD must be there (package opensmtpd)");
        wait_for("OpenSMTPD (package opensmtpd, started as root)", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self {
            child,
            _folder: folder,
            port,
        }
    }
}

impl Drop for OpenSmtpd {
    fn drop(&mut self) {
        // Its parent ends its parts, which it would leave behind when killed.
        let _asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ended = self.child.wait();
    }
}

/// What `lethe mail bounce` says of a mail on its standard input.
fn bounce(app: &TestApp, folder: &Path, mail: &[u8]) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lethe"))
        .args(["mail", "bounce"])
        .current_dir(folder)
        .env("LETHE_DATABASE_URL", &app.database.url)
        .env("LETHE_DATA_DIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(mail).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_open_smtpd_sends_back_marks_the_mail() {
    let sink = Sink::start();
    let hop_by_hop = OpenSmtpd::before(&sink);
    let url = format!("smtp://127.0.0.1:{}", hop_by_hop.port);
    let hop = Hop {
        url: &url,
        root: None,
        return_path: Some("back@bounces.lethe.example"),
    };
    let outside = Outside {
        mailer: through(&hop),
        ..Outside::default()
    };
    let (app, certificate) = with_certificate(outside).await;
    let id = app.send_certificate(certificate, "refuse@acme.example").await;
    app.try_mail(id).await;
    assert_eq!(
        app.mail(id).await.delivery(),
        Delivery::Sent,
        "the next hop took it"
    );
    wait_for("the mail that comes back", || {
        !sink.taken_for("back@bounces.lethe.example").is_empty()
    });
    let back = sink.taken_for("back@bounces.lethe.example").remove(0);
    let (_, mail) = back.split_once("X-Envelope-TLS: False\r\n").unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (done, said) = bounce(&app, folder.path(), mail.as_bytes());
    assert!(done && said.contains("is written down"), "{said}\n{mail}");
    let marked = app.mail(id).await;
    assert_eq!(marked.delivery(), Delivery::Bounced);
    assert!(!marked.trouble().unwrap().contains('@'), "{:?}", marked.trouble());
    assert_eq!(
        app.mails_about(certificate, MailKind::DeliveryFailed).await.len(),
        2
    );
    let (done, said) = bounce(&app, folder.path(), mail.as_bytes());
    assert!(done && said.contains("nothing changes"), "{said}");
    let (done, said) = bounce(
        &app,
        folder.path(),
        b"Subject: On holiday\r\n\r\nBack on Monday.\r\n",
    );
    assert!(
        !done && said.contains("no delivery status notification"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_is_read_and_each_mail_once() {
    let (app, certificate) = with_certificate(Outside::default()).await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    let mut tx = app.engine.store().begin().await.unwrap();
    let mail = tx.outbox().find(id).await.unwrap().unwrap();
    tx.outbox().update(&mail.sent(app.engine.now())).await.unwrap();
    tx.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
    }
    let back = format!(
        "Subject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; grace@acme.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@lethe.example>\r\n\r\n--b--\r\n"
    );
    std::fs::write(folder.path().join("new/1.back"), back).unwrap();
    std::fs::write(
        folder.path().join("new/2.holiday"),
        "Subject: On holiday\r\n\r\nBack on Monday.\r\n",
    )
    .unwrap();
    let wired = Wired {
        engine: app.engine.clone(),
        database: app.database.store.clone(),
        issuer: None,
        bounces: Some(folder.path().to_owned()),
    };
    let (stopper, stop) = stop_pair();
    let working = tokio::spawn(async move { work(&wired, Role::Desk, 1, stop).await });
    let read = folder.path().to_owned();
    tokio::task::spawn_blocking(move || {
        wait_for("the reader of mail.bounces", || {
            read.join("cur/2.holiday:2,S").exists()
        });
    })
    .await
    .unwrap();
    stopper.stop();
    working.await.unwrap();
    let mail = app.mail(id).await;
    assert_eq!(
        (mail.delivery(), mail.trouble()),
        (Delivery::Bounced, Some("the mailbox is full (5.2.2)"))
    );
    assert!(
        folder.path().join("cur/1.back:2,S").exists(),
        "nothing is thrown away"
    );
}
