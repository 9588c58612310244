//! The story: a tenant leaves, a hold stops its erasure, a system lies about it, and in the end there is a certificate.

mod certificate;
pub(super) mod correction;
mod erasure;
mod hold;
mod planning;
mod request;
mod verification;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use domain::id::{CertificateId, RequestId};
use domain::mail::{Mail, MailKind};
use domain::request::ErasureRequest;
use engine::Engine;
use samples::{AURORA, TENANTS};

use super::organisation::{COOLING_OFF, GRACE, ZONE};
use super::systems::{Counts, Systems};
use super::teller::Teller;
use super::world::World;
use super::{DemoError, drive};

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

const CONFIRMS_AFTER: Duration = Duration::from_secs(2 * HOUR);
const RELEASES_AFTER: Duration = Duration::from_secs(27 * HOUR);
const SECOND_AFTER: Duration = Duration::from_secs(2 * HOUR);
const APPROVES_AFTER: Duration = Duration::from_secs(HOUR);
const SETTLES: Duration = Duration::from_secs(5 * MINUTE);
const LOOKS_AFTER: Duration = Duration::from_secs(30 * MINUTE);
const CERTIFIES_AFTER: Duration = Duration::from_secs(HOUR);

/// How long the story takes on its own clock, with a few minutes to spare.
pub(super) const DURATION: Duration = Duration::from_secs(
    CONFIRMS_AFTER.as_secs()
        + RELEASES_AFTER.as_secs()
        + SECOND_AFTER.as_secs()
        + COOLING_OFF.as_secs()
        + APPROVES_AFTER.as_secs()
        + GRACE.as_secs()
        + 2 * SETTLES.as_secs()
        + LOOKS_AFTER.as_secs()
        + CERTIFIES_AFTER.as_secs()
        + 10 * MINUTE,
);

/// The story on its stage.
pub(super) struct Story<'a> {
    world: &'a World,
    systems: &'a Systems,
    work: &'a Path,
    out: &'a Path,
}

impl<'a> Story<'a> {
    /// Sets the stage.
    pub(super) fn new(world: &'a World, systems: &'a Systems, work: &'a Path, out: &'a Path) -> Self {
        Self {
            world,
            systems,
            work,
            out,
        }
    }

    /// Tells it from beginning to end; gives the request and its certificate.
    pub(super) async fn tell<W: Write>(
        &self,
        teller: &mut Teller<W>,
    ) -> Result<(RequestId, CertificateId), DemoError> {
        teller.title("One deletion request, from opening to certificate")?;
        teller.plain(&format!(
            "The demo has a clock of its own. It begins {} ago and is moved forward where people take their time, where \
             a grace period or cooling-off runs, and where a system settles; each time it says so. What it shows as \
             seen (+) was compared with plain queries that share no code with the product.",
            words(DURATION)
        ))?;
        let before = self.systems.counts().await?;
        self.organisation(teller, &before).await?;
        let dispute = self.place_holds(teller).await?;
        let request = self.request(teller, &before).await?;
        self.release(teller, dispute, &request).await?;
        self.plan(teller, request.id, &before).await?;
        self.approve(teller, request.id).await?;
        self.erase(teller, request.id, &before).await?;
        self.verify(teller, request.id).await?;
        self.spot_check(teller, request.id).await?;
        let certificate = self.certify(teller, request.id).await?;
        self.prove(teller, certificate).await?;
        self.nothing_else_is_lost(teller, request.id, &before).await?;
        Ok((request.id, certificate))
    }

    async fn organisation<W: Write>(&self, teller: &mut Teller<W>, before: &Counts) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("The organisation, its systems and its tenants")?;
        self.show_time(teller);
        let inventory = engine.inventory(&people.operator.actor).await?;
        let staff = engine.people(&people.auditor.actor).await?.len();
        teller.act(&format!(
            "{} is founded with {staff} people and {} tenants. {} applies the inventory: version {}, {} systems.",
            engine.policy().issuer.name,
            engine.tenants(&people.auditor.actor).await?.len(),
            people.operator,
            inventory.number,
            inventory.systems.len()
        ))?;
        teller.table(&["system", "what it is", "datasets"], &self.systems.shown())?;
        for missing in self.systems.substitutes() {
            teller.note(&missing)?;
        }
        let of = |key| {
            before
                .iter()
                .filter(|((_, tenant), _)| *tenant == key)
                .map(|(_, count)| count)
                .sum::<u64>()
        };
        let held: Vec<String> = TENANTS
            .iter()
            .map(|tenant| format!("{} {}", count(of(tenant.key)), tenant.name))
            .collect();
        let everywhere = before.values().all(|count| *count > 0);
        teller.saw(
            everywhere,
            &format!("every tenant has records in every dataset: {}", held.join(", ")),
        )
    }

    fn engine(&self) -> &'a Engine {
        &self.world.engine
    }

    async fn run_due(&self) -> Result<(), DemoError> {
        drive::run_due(self.engine()).await
    }

    /// Lets the following lines carry the present time.
    fn show_time<W: Write>(&self, teller: &mut Teller<W>) {
        teller.at(self.engine().now(), ZONE);
    }

    /// Moves the clock forward and says so.
    fn pass<W: Write>(&self, teller: &mut Teller<W>, by: Duration, why: &str) -> Result<(), DemoError> {
        teller.time_passes(&format!(
            "The demo's clock is moved forward by {}: {why}",
            words(by)
        ))?;
        self.world.forward(by);
        self.show_time(teller);
        Ok(())
    }

    /// The request as an auditor sees it.
    async fn look(&self, id: RequestId) -> Result<ErasureRequest, DemoError> {
        Ok(self
            .engine()
            .request(&self.world.people.auditor.actor, id)
            .await?)
    }

    /// Mails of a kind about the request that were handed over.
    async fn mails(&self, id: RequestId, kind: MailKind) -> Result<Vec<Mail>, DemoError> {
        let all = self
            .engine()
            .store()
            .read()
            .await?
            .outbox()
            .of_request(id)
            .await?;
        Ok(all
            .into_iter()
            .filter(|mail| mail.kind == kind && mail.sent_at.is_some())
            .collect())
    }

    async fn nothing_else_is_lost<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
        before: &Counts,
    ) -> Result<(), DemoError> {
        teller.chapter("Nothing else was lost")?;
        self.show_time(teller);
        teller.act("Records of every tenant, counted by plain queries before and after:")?;
        let evidence = self
            .engine()
            .evidence(&self.world.people.auditor.actor, id)
            .await?;
        let after = self.systems.counts().await?;
        let withheld = |name: &str| {
            let mut seen = evidence.manifest.datasets.iter();
            seen.find(|seen| seen.dataset.to_string() == name)
                .and_then(|seen| seen.withheld_count)
                .unwrap_or(0)
        };
        let mut rows = Vec::new();
        let (mut as_told, mut kept) = (true, 0);
        for name in before
            .keys()
            .map(|(name, _)| name)
            .collect::<std::collections::BTreeSet<_>>()
        {
            let mut row = vec![name.clone()];
            for tenant in &TENANTS {
                let key = (name.clone(), tenant.key);
                let (was, is) = (before[&key], after[&key]);
                let expected = if tenant.key == AURORA.key {
                    withheld(name)
                } else {
                    was
                };
                as_told &= is == expected;
                row.push(if was == is {
                    count(is)
                } else {
                    format!("{} > {}", count(was), count(is))
                });
            }
            kept += withheld(name);
            rows.push(row);
        }
        let head: Vec<&str> = std::iter::once("dataset")
            .chain(TENANTS.iter().map(|tenant| tenant.key))
            .collect();
        teller.table(&head, &rows)?;
        let text = format!(
            "of {} only the {} withheld records are left; not one record of any other tenant is gone",
            AURORA.key,
            count(kept)
        );
        teller.saw(as_told && kept > 0, &text)
    }
}

/// A duration in words.
fn words(duration: Duration) -> String {
    let minutes = duration.as_secs() / MINUTE;
    match (minutes / 60 / 24, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (1, 0, 0) => "24 h".to_owned(),
        (days, 0, 0) => format!("{days} days"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, hours, _) => format!("{} h", hours + 24),
        (days, hours, _) => format!("{days} days and {hours} h"),
    }
}

/// A number with its thousands parted.
fn count(number: u64) -> String {
    domain::certificate::wording::count(number)
}
