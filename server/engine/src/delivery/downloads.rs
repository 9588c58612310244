//! Links that give the pages of a certificate once, without signing in. They are mailed, lie in the outbox only sealed, and
//! work for some days.

use domain::actor::Actor;
use domain::audit::Event;
use domain::digest::Digest;
use domain::download::DownloadLink;
use domain::id::CertificateId;
use domain::mail::Mail;
use domain::port::store::Tx;
use domain::register::{CertificateRecord, Document};
use domain::secret::Secret;
use domain::time::Timestamp;
use serde_json::json;

use crate::certification::certificate_in;
use crate::notification::links::words;
use crate::{Engine, Error};

/// What a link that still works leads to. It names neither the tenant nor a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDownload {
    /// The printed code.
    pub code: String,
    /// `issued`, `superseded`, `suspended` or `revoked`.
    pub state: &'static str,
    /// Who issued it.
    pub issuer: String,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

impl Engine {
    /// The mail with a link of its own, unless the operator wants none.
    pub(crate) async fn with_download(
        &self,
        tx: &mut dyn Tx,
        mut mail: Mail,
        certificate: CertificateId,
    ) -> Result<Mail, Error> {
        let Some(lasts) = self.policy.download_links else {
            return Ok(mail);
        };
        let token = hex::encode(self.random::<32>());
        let link = DownloadLink {
            digest: Digest::of(token.as_bytes()),
            certificate,
            mail: mail.id,
            expires_at: self.now().after(lasts),
        };
        tx.downloads().insert(&link).await?;
        let address = Secret::new(format!("{}/download/{token}", self.policy.public_url));
        mail.sealed = Some(self.seal_link(mail.id, &address)?);
        mail.facts.insert("lasts".into(), words(lasts));
        Ok(mail)
    }

    /// What a link leads to, while it works. Looking does not use it: programs that read mail look as well.
    pub async fn download(&self, token: &Secret) -> Result<OpenDownload, Error> {
        let mut tx = self.ports.store.read().await?;
        let (link, record) = self.open_download(&mut *tx, token).await?;
        Ok(OpenDownload {
            code: record.code,
            state: record.state.word(),
            issuer: self.issuer_in(&mut *tx).await?.name,
            expires_at: link.expires_at,
        })
    }

    /// Gives the pages, once.
    pub async fn take_download(&self, token: &Secret) -> Result<Document, Error> {
        let mut tx = self.ports.store.begin().await?;
        let (link, record) = self.open_download(&mut *tx, token).await?;
        let document = tx.certificates().document(record.id).await?;
        let document = document.ok_or(Error::NotFound("the document"))?;
        if !tx.downloads().take(link.digest, self.now()).await? {
            return Err(Error::SpentLink);
        }
        let event = Event::new(
            "certificate.downloaded",
            format!("certificate:{}", record.id),
            json!({ "mail": link.mail }),
        );
        self.log(&mut *tx, &Actor::System("download link"), event).await?;
        tx.commit().await?;
        Ok(document)
    }

    async fn open_download(
        &self,
        tx: &mut dyn Tx,
        token: &Secret,
    ) -> Result<(DownloadLink, CertificateRecord), Error> {
        let found = tx.downloads().find(Digest::of(token.reveal().as_bytes())).await?;
        let link = found
            .filter(|link| self.now() < link.expires_at)
            .ok_or(Error::SpentLink)?;
        let record = certificate_in(tx, link.certificate).await?;
        Ok((link, record))
    }
}
