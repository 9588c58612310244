//! An officer certifies; the tenant fetches the certificate; a stranger checks it.

use std::io::Write;

use domain::certificate::{Claims, StandingState, StatusList};
use domain::id::{CertificateId, RequestId};
use domain::mail::MailKind;
use domain::register::{CertificateKind, CertificateState};
use samples::{AURORA, BOREALIS};

use super::super::DemoError;
use super::super::organisation::LOG_ORIGIN;
use super::super::proof::{self, Files};
use super::super::systems::PARTNER_NAME;
use super::super::teller::Teller;
use super::{CERTIFIES_AFTER, Story, count};

impl Story<'_> {
    /// Certifies, and sees what the certificate says.
    pub(super) async fn certify<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
    ) -> Result<CertificateId, DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("Certified")?;
        self.pass(teller, CERTIFIES_AFTER, "another officer reads the evidence")?;
        let digest = engine.evidence(&people.certifier.actor, id).await?.digest();
        let record = engine.certify(&people.certifier.actor, id, digest).await?;
        teller.act(&format!(
            "{} certifies the evidence. The statement is signed, its digest logged, the PDF rendered, signed and issued.",
            people.certifier
        ))?;
        self.run_due().await?;
        let (record, statement, document) = engine.certificate(&people.requester.actor, record.id).await?;
        let (Some(statement), Some(document)) = (statement, document) else {
            return Err(DemoError::NotAsTold(
                "the certificate has a statement and a document".into(),
            ));
        };
        let issued = record.state == CertificateState::Issued && record.kind == CertificateKind::Partial;
        teller.saw(
            issued,
            &format!(
                "certificate {} is issued, and says on its face that it is partial",
                record.code
            ),
        )?;
        let claims =
            Claims::parse(&statement.bytes).map_err(|error| DemoError::setup("the statement")(&error))?;
        self.remainder(teller, &claims).await?;
        let told = self.mails(id, MailKind::CertificateIssued).await?.len();
        teller.saw(told == 2, &format!("{told} contacts of the tenant were told"))?;
        Files::write(self.out, &self.world.issuer, &record, &statement, &document)?;
        self.listed(teller, record.id).await?;
        self.pack(self.out, id).await?;
        teller.act(&format!(
            "{} fetches it: {} bytes.",
            people.requester,
            count(document.pdf.len() as u64)
        ))?;
        Ok(record.id)
    }

    /// The signed status list, as an outsider keeps it beside the certificate.
    async fn listed<W: Write>(&self, teller: &mut Teller<W>, id: CertificateId) -> Result<(), DemoError> {
        const NAME: &str = "status-list.jws";
        let list = self.engine().status_list().await?;
        let list = list.ok_or_else(|| DemoError::NotAsTold("a status list is published".into()))?;
        std::fs::write(self.out.join(NAME), &list.jws).map_err(|error| DemoError::file(NAME, error))?;
        let stands = self.listed_as(id, StandingState::Issued).await?;
        teller.saw(
            stands,
            "the signed status list has it in force; whoever keeps the list knows that without asking us",
        )
    }

    /// The status list, opened as an outsider does it, has a certificate in a state.
    pub(super) async fn listed_as(&self, id: CertificateId, state: StandingState) -> Result<bool, DemoError> {
        let list = self.engine().status_list().await?;
        let list = list.ok_or_else(|| DemoError::NotAsTold("a status list is published".into()))?;
        let keys = Files::read(self.out)?.keys;
        let opened = StatusList::open(&list.jws, &keys, self.engine().now())
            .map_err(|error| DemoError::setup("the status list")(&error))?;
        Ok(opened.find(id).is_some_and(|row| row.state == state))
    }

    /// What the certificate says is not erased.
    async fn remainder<W: Write>(&self, teller: &mut Teller<W>, claims: &Claims) -> Result<(), DemoError> {
        let named = |name: &str| {
            claims
                .withheld
                .iter()
                .any(|part| part.dataset.as_deref() == Some(name))
        };
        let all = named("invoices") && named("audit_trail");
        for part in &claims.withheld {
            let (dataset, records) = (
                part.dataset.clone().unwrap_or_default(),
                part.records.unwrap_or(0),
            );
            let text = format!(
                "withheld: {} / {dataset}, {}, {} records; {}",
                part.system,
                part.what,
                count(records),
                part.ground
            );
            teller.saw(all && records > 0, &text)?;
        }
        let attested = claims.systems.iter().flat_map(|system| &system.datasets);
        let attested = attested.filter_map(|dataset| dataset.verification.attestation.as_ref());
        let by: Vec<&str> = attested.map(|attestation| attestation.by.as_str()).collect();
        teller.saw(
            by == [PARTNER_NAME],
            &format!("attested, not seen: what {PARTNER_NAME} holds"),
        )?;
        if let Some(users) = self.systems.users_in_backup(self.work, &AURORA).await? {
            let backup = claims.backups.first();
            let on = backup
                .map(|backup| backup.expires_on.to_string())
                .unwrap_or_default();
            let sets = backup.map_or(0, |backup| backup.sets);
            let text = format!(
                "{sets} backup sets are named with their end, {on}: restored, the newest still holds {} users",
                count(users)
            );
            teller.saw(
                backup.is_some_and(|backup| backup.sets > 0 && backup.gone_at.is_none()) && users > 0,
                &text,
            )?;
        }
        Ok(())
    }

    /// Checks the files as somebody who has nothing but them.
    pub(super) async fn prove<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: CertificateId,
    ) -> Result<(), DemoError> {
        let (engine, auditor) = (self.engine(), &self.world.people.auditor);
        teller.chapter("Checked by a stranger")?;
        self.show_time(teller);
        let files = Files::read(self.out)?;
        let answer = files.check(&files.pdf, true)?;
        teller.act(
            "From here on, only the files in the folder are used. The certificate with its signatures:",
        )?;
        teller.saw(answer.is_genuine(), &answer.to_string())?;
        let facts = answer.facts().map(|facts| facts.lines()).unwrap_or_default();
        let wanted = ["code", "recipient", "issued", "outcome", "log"];
        for (label, value) in facts.into_iter().filter(|(label, _)| wanted.contains(label)) {
            teller.saw(true, &format!("{label}: {value}"))?;
        }
        let alone = files.check(&files.pdf, false)?;
        teller.act("The PDF without its signature files:")?;
        teller.saw(!alone.is_genuine() && alone.facts().is_some(), &alone.to_string())?;
        let flips = files.flipped()?;
        teller.act(&format!(
            "One byte flipped, at {} places over the whole file, one after the other:",
            flips.tried
        ))?;
        teller.saw(
            flips.refused == flips.tried && flips.tried > 0,
            &format!("refused {} times, such as: {}", flips.refused, flips.example),
        )?;
        let forged = proof::forge(&files, BOREALIS.name)?;
        let answer = files.check(&forged, true)?;
        teller.act(&format!(
            "Other pages, made out to {}, with the genuine statement and proofs attached:",
            BOREALIS.name
        ))?;
        let about = answer
            .facts()
            .map(|facts| facts.claims.recipient.name().to_owned());
        teller.saw(!answer.is_genuine(), &answer.to_string())?;
        teller.saw(
            about.as_deref() == Some(AURORA.name),
            &format!("and the facts are shown from the statement: {}", AURORA.name),
        )?;
        let keys = self
            .world
            .issuer
            .log_keys()
            .map_err(|error| DemoError::setup("the log keys")(&error))?;
        engine.sequence_log().await?;
        let report = engine.verify_log(&auditor.actor, &keys).await?;
        teller.act(&format!(
            "{auditor} recomputes the log {} from its leaves.",
            report.origin
        ))?;
        let whole = report.origin == LOG_ORIGIN && report.waiting == 0 && report.size > 0;
        teller.saw(
            whole,
            &format!("{} entries give the root that was signed", count(report.size)),
        )?;
        let proven = engine.certificate_proof(&auditor.actor, id).await?;
        let same = proven.bytes == files.log_entry;
        teller.saw(
            same,
            &format!(
                "entry {} of it is the one in the folder, which carries the statement's digest",
                proven.index
            ),
        )?;
        let leaves = engine.store().read().await?.log().leaves(0, u32::MAX).await?;
        let personal = leaves.iter().any(|leaf| leaf.bytes.contains(&b'@'));
        let text = format!(
            "in none of the {} entries there is an e-mail address",
            count(leaves.len() as u64)
        );
        teller.saw(!personal && leaves.len() as u64 == report.size, &text)?;
        teller.act("Whoever trusts none of our software asks others:")?;
        teller.command("openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile certificate.pdf.sig -in certificate.pdf")?;
        teller.command(&format!(
            "ssh-keygen -Y verify -f allowed_signers -I {LOG_ORIGIN} -n lethe-certificate -s certificate.pdf.sshsig < certificate.pdf"
        ))
    }
}
