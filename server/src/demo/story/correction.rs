//! Afterwards the certificate proves wrong: two people revoke it, the request is gone through again, and a corrected one takes
//! its place.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use domain::certificate::StandingState;
use domain::id::{CertificateId, RequestId};
use domain::inventory::SystemName;
use domain::mail::MailKind;
use domain::register::CertificateKind;
use domain::request::Stage;
use domain::revocation::RevocationReason;
use engine::Policy;

use super::super::proof::Files;
use super::super::systems::LIAR;
use super::super::teller::Teller;
use super::super::{DemoError, drive};
use super::{HOUR, LOOKS_AFTER, SETTLES, Story};
use crate::pack;

/// When somebody reads the certificate again.
const READS_AFTER: Duration = Duration::from_secs(HOUR);
/// So long the tenant can object again: cut short, so that the status lists of the story are fresh when it ends.
const OBJECTS_FOR: Duration = Duration::from_secs(2 * HOUR);
/// Where the system really is.
const LOCATION: &str = "Dublin, IE";
/// What the tenant is told.
const WHY: &str = "The certificate names a wrong location for our search index. Nothing else changes; a corrected certificate follows.";

/// How long it takes on the story's own clock, with a few minutes to spare.
pub(in crate::demo) const DURATION: Duration = Duration::from_secs(
    READS_AFTER.as_secs() + OBJECTS_FOR.as_secs() + SETTLES.as_secs() + LOOKS_AFTER.as_secs() + 600,
);

impl Story<'_> {
    /// Revokes the certificate and lets a corrected one take its place; leaves both, with the evidence, in a folder of their own.
    pub(in crate::demo) async fn correct<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
        wrong: CertificateId,
    ) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("A certificate that was wrong")?;
        self.pass(teller, READS_AFTER, "somebody reads the certificate again")?;
        let reason = RevocationReason::WrongStatement;
        engine
            .propose_revocation(&people.officer.actor, wrong, reason, WHY)
            .await?;
        let same = engine.confirm_revocation(&people.officer.actor, wrong).await;
        teller.act(&format!(
            "{} sees that it names a wrong location for {LIAR}, and asks for its revocation.",
            people.officer
        ))?;
        teller.saw(same.is_err(), "one person alone cannot revoke it")?;
        let revoked = engine
            .confirm_revocation(&people.second_counsel.actor, wrong)
            .await?;
        self.run_due().await?;
        let told = self.mails(id, MailKind::CertificateRevoked).await?.len();
        let ended = self.listed_as(wrong, StandingState::Revoked).await?;
        teller.act(&format!("{} confirms.", people.second_counsel))?;
        let text = format!(
            "certificate {} is revoked, for good; the status list says so, and {told} contacts were told why",
            revoked.code
        );
        teller.saw(ended && told == 2, &text)?;
        self.again(teller, id).await?;
        self.spot_check(teller, id).await?;
        teller.chapter("Corrected")?;
        let digest = engine.evidence(&people.certifier.actor, id).await?.digest();
        let corrected = engine.certify(&people.certifier.actor, id, digest).await?;
        self.run_due().await?;
        let (record, ..) = engine.certificate(&people.requester.actor, corrected.id).await?;
        let stands = self.listed_as(record.id, StandingState::Issued).await?;
        let names = record.kind == CertificateKind::Corrected && record.replaces == Some(wrong);
        let text = format!(
            "certificate {} is issued as a corrected one, and names the revoked one",
            record.code
        );
        teller.saw(stands && names, &text)?;
        let folder = self.out.join("reissued");
        self.leave(&folder.join("revoked"), wrong).await?;
        self.leave(&folder.join("corrected"), record.id).await?;
        self.pack(&folder, id).await?;
        teller.act("Both are in the folder `reissued`, with the evidence of the request.")
    }

    /// The request is planned, approved, erased and verified afresh, on the inventory as it is now.
    async fn again<W: Write>(&self, teller: &mut Teller<W>, id: RequestId) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        let mut inventory = self.systems.inventory()?;
        let name = SystemName::parse(LIAR).map_err(|error| DemoError::setup("a name")(&error))?;
        for system in inventory.systems.iter_mut().filter(|system| system.name == name) {
            system.location = LOCATION.into();
        }
        engine
            .apply_inventory(&people.operator.actor, inventory, &self.systems.credentials())
            .await?;
        engine.begin_correction(&people.officer.actor, id).await?;
        drive::run_to(engine, id, Stage::Planned).await?;
        let digest = engine.proposal(&people.officer.actor, id).await?.digest;
        let rules = Policy {
            grace: OBJECTS_FOR,
            ..engine.policy().clone()
        };
        let hurried = self.world.under(rules);
        hurried
            .approve_request(&people.officer.actor, id, digest, Vec::new(), None)
            .await?;
        teller.act(&format!(
            "{} mends the inventory. The request is planned afresh, and {} approves it.",
            people.operator, people.officer
        ))?;
        self.run_due().await?;
        self.pass(
            teller,
            OBJECTS_FOR,
            "the tenant can object again, for less time than usual",
        )?;
        self.run_due().await?;
        self.attest(teller, id).await?;
        self.pass(teller, SETTLES, "the systems settle")?;
        drive::run_to(engine, id, Stage::Verified).await?;
        teller.saw(
            true,
            "every dataset was looked at again, and none shows a record that had to go",
        )
    }

    /// Writes a certificate and everything that checks it.
    async fn leave(&self, folder: &Path, id: CertificateId) -> Result<(), DemoError> {
        std::fs::create_dir_all(folder).map_err(|error| DemoError::file(folder.display(), error))?;
        let requester = &self.world.people.requester.actor;
        let (record, statement, document) = self.engine().certificate(requester, id).await?;
        let (Some(statement), Some(document)) = (statement, document) else {
            return Err(DemoError::NotAsTold("the certificate has its files".into()));
        };
        Files::write(folder, &self.world.issuer, &record, &statement, &document)
    }

    /// Writes the evidence of the request, as an auditor gets it.
    pub(super) async fn pack(&self, folder: &Path, id: RequestId) -> Result<(), DemoError> {
        let auditor = &self.world.people.auditor.actor;
        let issuer = self.world.issuer.as_ref();
        let zip = pack::zipped(self.engine(), issuer, auditor, id).await?;
        std::fs::write(folder.join(pack::NAME), zip).map_err(|error| DemoError::file(pack::NAME, error))
    }
}
