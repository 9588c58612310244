//! A server with a way for mail, a certificate that was issued, and the acts of these tests.

use std::sync::Arc;
use std::time::Duration;

use domain::id::{CertificateId, MailId};
use domain::job::{Disposition, Job, Queue};
use domain::mail::{Mail, MailKind};
use domain::port::mailer::Mailer;
use server::mail::{Hop, SmtpMailer};

use crate::sink::Sink;
use crate::support::{Kind, Outside, TestApp, Who};

/// The sender of these tests.
pub const FROM: &str = "Lethe <lethe@lethe.example>";

pub fn through(hop: &Hop<'_>) -> Option<Arc<dyn Mailer>> {
    Some(Arc::new(SmtpMailer::new(hop, FROM, "lethe.example").unwrap()))
}

/// A server that sends through a sink.
pub async fn sending_to(sink: &Sink) -> (TestApp, CertificateId) {
    let url = sink.url();
    let hop = Hop {
        url: &url,
        ..Hop::default()
    };
    with_certificate(Outside {
        mailer: through(&hop),
        ..Outside::default()
    })
    .await
}

pub async fn with_certificate(outside: Outside) -> (TestApp, CertificateId) {
    let app = TestApp::reaching(Kind::Sqlite, outside).await;
    let request = app.plan_request("acme").await;
    let certificate = app.plant_certificate(request).await;
    (app, certificate)
}

impl TestApp {
    /// An officer sends the certificate to an address.
    pub async fn send_certificate(&self, id: CertificateId, to: &str) -> MailId {
        let officer = self.people.actor(Who::Officer);
        let sent = self
            .engine
            .send_certificate_again(&officer, id, None, (to, "they asked for it"))
            .await;
        sent.unwrap()
    }

    pub async fn mail(&self, id: MailId) -> Mail {
        let mut tx = self.engine.store().read().await.unwrap();
        tx.outbox().find(id).await.unwrap().unwrap()
    }

    pub async fn mails_about(&self, certificate: CertificateId, kind: MailKind) -> Vec<Mail> {
        let mut tx = self.engine.store().read().await.unwrap();
        let all = tx.outbox().of_certificate(certificate).await.unwrap();
        all.into_iter().filter(|mail| mail.kind == kind).collect()
    }

    /// Runs the jobs of a queue that are ready, once each; how those of this mail or all others ended.
    pub async fn run_queue(&self, queue: Queue) -> Vec<(Job, Disposition)> {
        let store = self.engine.store();
        let now = self.engine.now();
        let leased = store
            .lease(&[queue], 64, now, Duration::from_secs(120))
            .await
            .unwrap();
        let mut ended = Vec::new();
        for job in leased {
            let disposition = self.engine.run(&job).await;
            store.finish(&job, &disposition).await.unwrap();
            ended.push((job.job, disposition));
        }
        ended
    }

    /// One try of one mail, after whatever it must wait for.
    pub async fn try_mail(&self, id: MailId) -> Disposition {
        self.clock.advance(Duration::from_secs(3_600));
        let ended = self.run_queue(Queue::Mail).await;
        let of_mail = ended
            .into_iter()
            .find(|(job, _)| *job == Job::SendMail { mail: id });
        of_mail.expect("the mail is tried").1
    }

    /// Kinds of entries of the log about an object.
    pub async fn log_about(&self, object: &str) -> Vec<String> {
        let mut tx = self.engine.store().read().await.unwrap();
        let entries = tx.log().about(object).await.unwrap();
        entries.into_iter().map(|entry| entry.claims.kind).collect()
    }
}
