//! The second place of certificates: copies that nobody can delete for seven years, and the daily look whether every place
//! gives back what was written to it (C6, C7).

use std::time::Duration;

use domain::actor::{Actor, Permission, Role};
use domain::archive::{CopiedObject, DocumentCopy, StorageHealth, StorageLook};
use domain::audit::Event;
use domain::digest::Digest;
use domain::id::{CertificateId, JobId};
use domain::job::{Disposition, Job, backoff};
use domain::mail::MailKind;
use domain::port::archive::Archive;
use domain::port::store::Tx;
use domain::time::Timestamp;
use serde_json::json;

use crate::certification::certificate_in;
use crate::notification::About;
use crate::{Engine, Error};

/// How often a copy is tried before a person must look.
const COPY_TRIES: i32 = 12;
/// How long certificates are kept: seven years, counted long (C6).
const KEPT: Duration = Duration::from_secs(7 * 366 * 24 * 3600);
/// How long a test object is kept.
const TRIAL_KEPT: Duration = Duration::from_secs(3600);
/// How often every place is looked at.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// How soon again while one fails.
const WHILE_FAILING: Duration = Duration::from_secs(3600);
/// At most so many earlier certificates are copied at one look.
const AT_ONCE: u32 = 500;
/// Where the last look is kept.
const HEALTH: &str = "storage_health";
/// The place that is our own.
const DATABASE: &str = "database";

impl Engine {
    /// Copies a certificate to the second place, reads it back, and writes that down.
    pub(crate) async fn copy_document(
        &self,
        actor: &Actor,
        id: CertificateId,
        attempt: i32,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let archive = self.ports.archive.as_ref();
        let archive = archive.ok_or(Error::NotEquipped("a bucket for copies of certificates"))?;
        let mut tx = self.ports.store.read().await?;
        if tx.copies().find(id).await?.is_some() {
            return Ok(Disposition::Done);
        }
        let record = certificate_in(&mut *tx, id).await?;
        let document = tx.certificates().document(id).await?;
        let document = document.ok_or(Error::NotFound("the document"))?;
        drop(tx);
        let kept_until = record.issued_at.unwrap_or(record.certified_at).after(KEPT);
        let files = [
            ("certificate.pdf", &document.pdf[..]),
            ("certificate.pdf.sig", &document.signature[..]),
            ("certificate.pdf.sshsig", document.sshsig.as_bytes()),
        ];
        let mut objects = Vec::new();
        for (name, bytes) in files {
            let key = format!("certificates/{id}/{name}");
            match written(&**archive, key, bytes, kept_until).await {
                Ok(object) => objects.push(object),
                Err(error) if attempt < COPY_TRIES => {
                    let failures = u32::try_from(attempt).unwrap_or(1);
                    return Ok(Disposition::Retry {
                        at: self.now().after(backoff(failures)),
                        why: error.to_string(),
                    });
                }
                Err(error) => {
                    return Ok(Disposition::Park {
                        why: format!(
                            "the certificate could not be copied to {}: {error}",
                            archive.place()
                        ),
                    });
                }
            }
        }
        let copy = DocumentCopy {
            certificate: id,
            place: archive.place().to_owned(),
            objects,
            kept_until,
            copied_at: self.now(),
        };
        let mut tx = self.ports.store.begin().await?;
        tx.copies().insert(&copy).await?;
        let details = json!({ "objects": copy.objects, "kept_until": kept_until });
        let event = Event::new("certificate.copied", format!("certificate:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Where a certificate is kept besides the database, for whoever may read all.
    pub async fn document_copy(
        &self,
        actor: &Actor,
        id: CertificateId,
    ) -> Result<Option<DocumentCopy>, Error> {
        actor.require(Permission::ReadAll)?;
        Ok(self.ports.store.read().await?.copies().find(id).await?)
    }

    /// What the last look at every place of certificates showed; absent: nobody has looked yet.
    pub async fn storage_health(&self, actor: &Actor) -> Result<Option<StorageHealth>, Error> {
        actor.require_any(&[Permission::ReadAll, Permission::ReadOperations])?;
        health(&mut *self.ports.store.read().await?).await
    }

    /// Leaves a look when the last one was a day ago, or an hour while something fails; and copies of certificates that were
    /// issued before there was a second place, or whose copying was given up.
    pub(crate) async fn refresh_storage(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        let now = self.now();
        let due = match health(tx).await? {
            None => true,
            Some(last) => {
                let wait = match last.failing().next() {
                    Some(_) => WHILE_FAILING,
                    None => EVERY,
                };
                last.looked_at.after(wait) <= now
            }
        };
        if due {
            tx.jobs().enqueue(&Job::ProbeStorage, now).await?;
        }
        Ok(())
    }

    /// Writes a test object to every place and reads it; who must know is told once, when one begins to fail.
    pub(crate) async fn probe_storage(&self, actor: &Actor, job: JobId) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let now = self.now();
        let last = health(&mut *self.ports.store.read().await?).await?;
        if last.is_some_and(|last| last.by == Some(job)) {
            return Ok(Disposition::Done);
        }
        let mut looks = vec![StorageLook {
            place: DATABASE.to_owned(),
            failed: self.try_database().await?,
        }];
        if let Some(archive) = &self.ports.archive {
            let (bytes, key) = (self.random::<64>(), format!("trials/{now}"));
            let tried = written(&**archive, key, &bytes, now.after(TRIAL_KEPT)).await;
            looks.push(StorageLook {
                place: archive.place().to_owned(),
                failed: tried.err().map(|error| error.to_string()),
            });
        }
        let seen = StorageHealth {
            looked_at: now,
            by: Some(job),
            looks,
        };
        let mut tx = self.ports.store.begin().await?;
        let before = health(&mut *tx).await?;
        let failed_before = |place: &str| {
            let before = before.as_ref();
            before.is_some_and(|before| before.failing().any(|look| look.place == place))
        };
        let text = serde_json::to_string(&seen).map_err(|error| Error::Broken(error.to_string()))?;
        tx.settings().set_text(HEALTH, &text).await?;
        let event = Event::new(
            "storage.probed",
            "storage:certificates",
            json!({ "looks": seen.looks }),
        );
        self.log(&mut *tx, actor, event).await?;
        for look in seen.failing().filter(|look| !failed_before(&look.place)) {
            let why = look.failed.clone().unwrap_or_default();
            tracing::error!(place = look.place, why, "a place of certificates fails");
            let facts = [("place", look.place.clone()), ("why", why)];
            let roles = [Role::Operator, Role::Administrator, Role::ComplianceOfficer];
            self.tell_roles(
                &mut *tx,
                About::default(),
                MailKind::StorageFailed,
                (&roles, &facts),
            )
            .await?;
        }
        if self.ports.archive.is_some() {
            for certificate in tx.copies().missing(AT_ONCE).await? {
                tx.jobs().enqueue(&Job::CopyDocument { certificate }, now).await?;
            }
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Why the database does not give back what is written to it; absent: it does.
    async fn try_database(&self) -> Result<Option<String>, Error> {
        let bytes = self.random::<64>();
        let digest = Digest::of(&bytes);
        let mut tx = self.ports.store.begin().await?;
        tx.copies().put_trial(digest, &bytes, self.now()).await?;
        tx.commit().await?;
        let read = self.ports.store.read().await?.copies().trial(digest).await?;
        let mut tx = self.ports.store.begin().await?;
        tx.copies().drop_trials().await?;
        tx.commit().await?;
        Ok(match read {
            Some(read) if read == bytes => None,
            Some(_) => Some("it gave back something else than was written".into()),
            None => Some("it did not give back what was written".into()),
        })
    }
}

/// Writes an object and reads it back.
async fn written(
    archive: &dyn Archive,
    key: String,
    bytes: &[u8],
    until: Timestamp,
) -> Result<CopiedObject, Error> {
    let version = archive.keep(&key, bytes, until).await?;
    let read = archive.read(&key, &version).await?;
    if read != bytes {
        return Err(Error::Broken(format!(
            "{} gave back something else than was written",
            archive.place()
        )));
    }
    Ok(CopiedObject {
        digest: Digest::of(&read),
        key,
        version,
    })
}

async fn health(tx: &mut dyn Tx) -> Result<Option<StorageHealth>, Error> {
    let text = tx.settings().text(HEALTH).await?;
    let read = text.map(|text| serde_json::from_str(&text)).transpose();
    read.map_err(|error| Error::Broken(format!("the last look at the storage: {error}")))
}
