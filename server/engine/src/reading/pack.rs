//! The evidence of a request as files (A2): its certificates and what became of them, what was seen and done, and, for
//! those who read the log, its entries with what they were made over. No identifiers of people.

mod run;

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission};
use domain::audit::Proof;
use domain::audit::proof::lines;
use domain::id::{CertificateId, MailId, RequestId};
use domain::port::reading::Line;
use domain::port::store::Tx;
use domain::register::CertificateRecord;

use super::file::attestations;
use super::loaded::Loaded;
use super::timeline;
use crate::audit::{ProvenEntry, consistency, prove_at};
use crate::{Engine, Error};

/// Files of a request by their paths, which are the same for the same request at the same moment.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What is known of a request, as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Of which request.
    pub request: RequestId,
    /// The codes of its issued certificates, the newest first. The files of each lie under `certificates/<code>/`.
    pub certificates: Vec<String>,
    /// Entries of the log lie under `log/`.
    pub with_log: bool,
    /// The files.
    pub files: Files,
}

impl Engine {
    /// The evidence of a request, where the actor may see it. Those who read all get the entries of the log and what the
    /// officer certified; a tenant gets names of systems only where the rules say so.
    pub async fn evidence_pack(&self, actor: &Actor, id: RequestId) -> Result<Pack, Error> {
        let mut tx = self.ports.store.read().await?;
        let tx = &mut *tx;
        let request = self.visible_request(tx, actor, id).await?;
        let reads_all = actor.require(Permission::ReadAll).is_ok();
        let staff = reads_all || actor.require(Permission::ReadOperations).is_ok();
        let loaded = self.load(tx, request).await?;
        let mut issued: Vec<_> = loaded.certificates.iter().collect();
        issued.retain(|record| record.issued_at.is_some());
        issued.reverse();
        let mut files = Files::new();
        for record in &issued {
            self.add_certificate(tx, &mut files, record).await?;
        }
        let run = run::told(tx, &loaded, staff, self.policy.name_systems).await?;
        files.insert("run.json".into(), run);
        if reads_all {
            if let Some(newest) = issued.iter().find(|record| record.kind.is_base()) {
                self.add_evidence(tx, &mut files, newest).await?;
            }
            add_entries(tx, &mut files, &loaded).await?;
        }
        Ok(Pack {
            request: id,
            certificates: issued.into_iter().map(|record| record.code.clone()).collect(),
            with_log: reads_all,
            files,
        })
    }

    /// A certificate with its signatures and proofs, and the signed statements of what became of it.
    async fn add_certificate(
        &self,
        tx: &mut dyn Tx,
        files: &mut Files,
        record: &CertificateRecord,
    ) -> Result<(), Error> {
        let broken =
            |what: &str| Error::Broken(format!("certificate {} is issued without its {what}", record.id));
        let statement = tx.certificates().statement(record.id).await?;
        let statement = statement.ok_or_else(|| broken("statement"))?;
        let document = tx.certificates().document(record.id).await?;
        let document = document.ok_or_else(|| broken("document"))?;
        let entry = tx.log().find(statement.entry).await?;
        let entry = entry.ok_or_else(|| broken("log entry"))?;
        let growth = growth(tx, &document.log_proof).await?;
        let mut add = |name: &str, bytes: Vec<u8>| {
            files.insert(format!("certificates/{}/{name}", record.code), bytes);
        };
        add("certificate.pdf", document.pdf);
        add("certificate.pdf.sig", document.signature);
        add("certificate.pdf.sshsig", document.sshsig.into_bytes());
        add("statement.json", statement.bytes);
        add("statement.jws", statement.jws.into_bytes());
        add("log-entry.json", entry.bytes);
        add("log-entry.tlog-proof", document.log_proof.into_bytes());
        add("log-growth.txt", growth.into_bytes());
        for (number, standing) in (1..).zip(tx.certificates().standings(record.id).await?) {
            let name = format!("standing-{number}");
            add(&format!("{name}.json"), standing.bytes);
            add(&format!("{name}.jws"), standing.jws.into_bytes());
            if let Some(ProvenEntry { bytes, proof, .. }) = self.prove(tx, standing.entry).await? {
                add(&format!("{name}.entry.json"), bytes);
                add(&format!("{name}.tlog-proof"), proof.into_bytes());
            }
        }
        Ok(())
    }

    /// What the officer certified, where the request still stands as it did then: its SHA-256 is in the statement.
    async fn add_evidence(
        &self,
        tx: &mut dyn Tx,
        files: &mut Files,
        record: &CertificateRecord,
    ) -> Result<(), Error> {
        let evidence = self.gather(tx, record.request).await?;
        if evidence.digest() == record.evidence {
            let path = format!("certificates/{}/evidence.json", record.code);
            files.insert(path, evidence.text().into_bytes());
        }
        Ok(())
    }
}

/// The entries about the request and its parts, each with its proof, and with the opening of its digest where that was not
/// destroyed.
async fn add_entries(tx: &mut dyn Tx, files: &mut Files, loaded: &Loaded) -> Result<(), Error> {
    let id = loaded.request.id;
    let Some((size, note)) = tx.log().checkpoint().await? else {
        return Ok(());
    };
    let spots = tx.findings().spot_checks(id).await?;
    let attested = attestations(tx, loaded.plan()).await?;
    let certificates: Vec<CertificateId> = loaded.certificates.iter().map(|record| record.id).collect();
    let mails: Vec<MailId> = tx
        .outbox()
        .of_request(id)
        .await?
        .iter()
        .map(|mail| mail.id)
        .collect();
    let objects = timeline::objects(
        &loaded.request,
        (&loaded.plans, &loaded.nonces),
        (&loaded.steps, &loaded.checks),
        (&spots, &attested),
        &certificates,
        &mails,
    );
    for Line { entry, index, .. } in tx.reading().log_of(&objects, u32::MAX).await? {
        let Some(index) = index.filter(|index| *index < size) else {
            continue;
        };
        let name = format!("log/{index:08}-{}", entry.claims.kind);
        let proof = prove_at(tx, index, size, &note).await?.to_string();
        files.insert(format!("{name}.json"), entry.bytes);
        files.insert(format!("{name}.tlog-proof"), proof.into_bytes());
        if let Some(details) = &entry.details {
            let opening = serde_json::to_vec(details).map_err(|error| Error::Broken(error.to_string()))?;
            files.insert(format!("{name}.opening"), opening);
        }
    }
    Ok(())
}

/// The proof that the log only grew from the checkpoint of a proof to the newest one (C2SP tlog-witness, as a file).
async fn growth(tx: &mut dyn Tx, proof: &str) -> Result<String, Error> {
    let broken = |what: &str| Error::Broken(format!("the log has {what}"));
    let proof: Proof = proof.parse().map_err(|_| broken("a proof that cannot be read"))?;
    let old = proof
        .size()
        .ok_or_else(|| broken("a checkpoint that cannot be read"))?;
    let (new, note) = tx
        .log()
        .checkpoint()
        .await?
        .ok_or_else(|| broken("no checkpoint"))?;
    let hashes = consistency(tx, old, new).await?.hashes;
    Ok(format!("old {old}\n{}\n{note}", lines(&hashes)))
}
