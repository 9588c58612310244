//! Servers that take, refuse, put off, hang up and ask for TLS: nothing is lost, and what was taken is not sent again.

use domain::job::Disposition;
use domain::mail::{Delivery, MailKind};
use server::mail::Hop;

use crate::sink::Sink;
use crate::support::{Outside, Who};
use crate::world::{sending_to, through, with_certificate};

fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let mut lines = mail.lines();
    let line = lines.find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {mail}")).trim()
}

#[tokio::test]
async fn a_mail_that_is_taken_is_sent_once_and_leads_back_to_its_row() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    assert_eq!(app.try_mail(id).await, Disposition::Done);
    assert_eq!(app.mail(id).await.delivery(), Delivery::Sent);
    let taken = sink.taken_for("grace@acme.example");
    assert_eq!(taken.len(), 1);
    assert_eq!(header(&taken[0], "X-Lethe-Mail"), format!("X-Lethe-Mail: {id}"));
    assert_eq!(
        header(&taken[0], "Message-ID"),
        format!("Message-ID: <{id}@lethe.example>")
    );
    assert_eq!(
        header(&taken[0], "Auto-Submitted"),
        "Auto-Submitted: auto-generated"
    );
}

#[tokio::test]
async fn one_refused_recipient_fails_alone_and_officers_are_told() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let refused = app.send_certificate(certificate, "refuse-me@acme.example").await;
    let taken = app.send_certificate(certificate, "grace@acme.example").await;
    app.try_mail(refused).await;
    assert_eq!(app.mail(taken).await.delivery(), Delivery::Sent);
    let mail = app.mail(refused).await;
    assert_eq!((mail.delivery(), mail.is_unreached()), (Delivery::Failed, true));
    let why = mail.trouble().unwrap();
    assert!(why.contains("550") && !why.contains('@'), "{why}");
    let told = app.mails_about(certificate, MailKind::DeliveryFailed).await;
    let mut told: Vec<&str> = told.iter().map(|mail| mail.to.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["olga@lethe.example", "oscar@lethe.example"]);
    assert_eq!(
        app.log_about(&format!("mail:{refused}")).await,
        ["mail.sent_again", "mail.failed"]
    );
    assert_eq!(sink.taken_for("refuse-me@acme.example").len(), 0);
}

#[tokio::test]
async fn a_server_that_refuses_all_is_told_apart_from_one_that_is_away() {
    let sink = Sink::start();
    let url = sink.url();
    let hop = Hop {
        url: &url,
        ..Hop::default()
    };
    let blocked = server::mail::SmtpMailer::new(&hop, "blocked@lethe.example", "lethe.example").unwrap();
    let outside = Outside {
        mailer: Some(std::sync::Arc::new(blocked)),
        ..Outside::default()
    };
    let (app, certificate) = with_certificate(outside).await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    app.try_mail(id).await;
    assert_eq!(app.mail(id).await.delivery(), Delivery::Failed);
    assert!(sink.taken().is_empty());

    let away = format!("smtp://127.0.0.1:{}", crate::sink::free_port());
    let hop = Hop {
        url: &away,
        ..Hop::default()
    };
    let (app, certificate) = with_certificate(Outside {
        mailer: through(&hop),
        ..Outside::default()
    })
    .await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    for _ in 1..12 {
        assert!(matches!(app.try_mail(id).await, Disposition::Retry { .. }));
        assert_eq!(app.mail(id).await.delivery(), Delivery::Queued, "it is not lost");
    }
    app.try_mail(id).await;
    assert_eq!(
        app.mail(id).await.delivery(),
        Delivery::Failed,
        "after twelve tries a person looks"
    );
}

#[tokio::test]
async fn what_is_put_off_is_taken_later_once() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let id = app.send_certificate(certificate, "greylist@acme.example").await;
    let first = app.try_mail(id).await;
    assert!(
        matches!(&first, Disposition::Retry { why, .. } if why.contains("451")),
        "{first:?}"
    );
    assert_eq!(app.try_mail(id).await, Disposition::Done);
    assert_eq!(app.mail(id).await.delivery(), Delivery::Sent);
    assert_eq!(sink.taken_for("greylist@acme.example").len(), 1);
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_loses_nothing_and_doubles_nothing() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let id = app.send_certificate(certificate, "drop@acme.example").await;
    let other = app.send_certificate(certificate, "grace@acme.example").await;
    let first = app.try_mail(id).await;
    assert!(matches!(first, Disposition::Retry { .. }), "{first:?}");
    assert_eq!(app.mail(other).await.delivery(), Delivery::Sent);
    assert_eq!(app.try_mail(id).await, Disposition::Done);
    assert_eq!(sink.taken_for("drop@acme.example").len(), 1);
    assert_eq!(
        sink.taken_for("grace@acme.example").len(),
        1,
        "who had it does not get it again"
    );
}

/// Nobody can know whether a server took what it never answered: it goes again under the same Message-ID, so that mailboxes
/// show it once.
#[tokio::test]
async fn a_mail_whose_receipt_was_lost_goes_again_as_the_same_mail() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let id = app.send_certificate(certificate, "forget@acme.example").await;
    assert!(matches!(app.try_mail(id).await, Disposition::Retry { .. }));
    assert_eq!(app.try_mail(id).await, Disposition::Done);
    let taken = sink.taken_for("forget@acme.example");
    let ids: Vec<&str> = taken.iter().map(|mail| header(mail, "Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_server_that_asks_for_tls_gets_it_or_the_mail_waits_and_says_why() {
    let sink = Sink::start();
    let root = sink.root();
    let plain = format!("smtp://127.0.0.1:{}", sink.tls_port);
    let secure = format!("smtp://localhost:{}?tls=required", sink.tls_port);
    let open = format!("smtp://localhost:{}?tls=required", sink.port);
    let hop = |url, root| Hop {
        url,
        root,
        return_path: None,
    };
    for (hop, why) in [
        (hop(&plain, None), "asks for TLS"),
        (hop(&secure, None), "certificate is not trusted"),
        (hop(&open, Some(&root[..])), "cannot be reached"),
    ] {
        let (app, certificate) = with_certificate(Outside {
            mailer: through(&hop),
            ..Outside::default()
        })
        .await;
        let id = app.send_certificate(certificate, "grace@acme.example").await;
        let tried = app.try_mail(id).await;
        assert!(
            matches!(&tried, Disposition::Retry { why: said, .. } if said.contains(why)),
            "{}: {tried:?}",
            hop.url
        );
        assert_eq!(app.mail(id).await.delivery(), Delivery::Queued, "{}", hop.url);
    }
    assert!(sink.taken().is_empty(), "nothing went in the open");

    let trusted = hop(&secure, Some(&root[..]));
    let (app, certificate) = with_certificate(Outside {
        mailer: through(&trusted),
        ..Outside::default()
    })
    .await;
    let id = app.send_certificate(certificate, "grace@acme.example").await;
    assert_eq!(app.try_mail(id).await, Disposition::Done);
    assert!(sink.taken_for("grace@acme.example")[0].contains("X-Envelope-TLS: True"));
}

#[tokio::test]
async fn an_officer_sends_it_elsewhere_and_that_settles_what_did_not_arrive() {
    let sink = Sink::start();
    let (app, certificate) = sending_to(&sink).await;
    let officer = app.people.actor(Who::Officer);
    let lost = app.send_certificate(certificate, "refuse@acme.example").await;
    app.try_mail(lost).await;
    let waits = async || {
        let tasks = app.engine.home(&officer).await.unwrap();
        let delivery = tasks
            .iter()
            .filter(|task| task.object == format!("delivery:{certificate}"));
        delivery.count()
    };
    assert_eq!(waits().await, 1);
    let no_reason = app
        .engine
        .send_certificate_again(&officer, certificate, Some(lost), ("grace@acme.example", " "))
        .await;
    assert!(matches!(no_reason, Err(engine::Error::Invalid { field, .. }) if field == "reason"));
    let on_file = app
        .engine
        .send_certificate_again(&officer, certificate, Some(lost), ("ADA@acme.example", ""))
        .await;
    let again = on_file.unwrap();
    assert_eq!(app.mail(again).await.to, "ada@acme.example");
    assert_eq!(waits().await, 0, "somebody has seen to it");
    app.try_mail(again).await;
    let seen = app
        .engine
        .deliveries(&app.people.actor(Who::Auditor), certificate)
        .await
        .unwrap();
    let results: Vec<_> = seen
        .mails
        .iter()
        .map(|mail| (mail.to.as_deref().unwrap(), mail.delivery.word()))
        .collect();
    assert!(
        results.contains(&("refuse@acme.example", "failed"))
            && results.contains(&("ada@acme.example", "sent"))
    );
    let twice = app.engine.settle_mail(&officer, lost, "by telephone").await;
    assert!(matches!(twice, Err(engine::Error::NotNow(_))), "{twice:?}");
}
