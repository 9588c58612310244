//! What the probes see before erasure, and the approval that binds to it.

use std::io::Write;

use domain::id::RequestId;
use domain::inventory::DatasetRef;
use domain::mail::MailKind;
use domain::manifest::Control;
use domain::plan::Action;
use domain::request::Stage;
use samples::AURORA;

use super::super::DemoError;
use super::super::organisation::GRACE;
use super::super::systems::Counts;
use super::super::teller::Teller;
use super::{APPROVES_AFTER, Story, count, words};

impl Story<'_> {
    /// Shows the plan and manifest, and compares them with plain queries.
    pub(super) async fn plan<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
        before: &Counts,
    ) -> Result<(), DemoError> {
        let proposal = self
            .engine()
            .proposal(&self.world.people.officer.actor, id)
            .await?;
        teller.chapter("What there is, before anything is erased")?;
        self.show_time(teller);
        teller.act(&format!(
            "The plan freezes inventory version {} and has one entry for each of its {} systems. The probes, with \
             credentials that can only look, draw the manifest:",
            proposal.plan.inventory,
            proposal.plan.entries.len()
        ))?;
        let (mut rows, mut equal, mut positive) = (Vec::new(), true, true);
        let mut largest = (0, 0);
        for (entry, part) in proposal.plan.parts() {
            let name = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let action = match part.action {
                Action::Erase if part.kept.is_empty() => "erase",
                Action::Erase => "erase the rest",
                Action::Expire => "let it run out",
                Action::Attest => "let it be attested",
                Action::Withheld => "withhold",
                Action::NoPersonalRecords => "nothing personal",
            };
            let Some(seen) = proposal.manifest.dataset(&name) else {
                let none = || "-".to_owned();
                rows.push(vec![
                    name.to_string(),
                    action.into(),
                    none(),
                    none(),
                    none(),
                    none(),
                ]);
                continue;
            };
            let (selected, withheld) = (seen.count.unwrap_or(0), seen.withheld_count.unwrap_or(0));
            equal &= Some(&(selected + withheld)) == before.get(&(name.to_string(), AURORA.key));
            positive &= seen.positive && seen.control == Control::Canary;
            largest = largest.max((selected, seen.sample_size));
            let figures = [selected, withheld, seen.sample_size, seen.others_sample_size].map(count);
            rows.push([vec![name.to_string(), action.into()], figures.into()].concat());
        }
        let head = [
            "dataset",
            "what is done",
            "to erase",
            "withheld",
            "sample",
            "of others",
        ];
        teller.table(&head, &rows)?;
        teller.saw(
            equal,
            "in each dataset, both figures together are what a plain query counts",
        )?;
        let text = "every sampled id was found by the query that will look for it afterwards, and so was a record of the \
                    synthetic tenant: the probes are not blind";
        teller.saw(positive, text)?;
        let (records, sample) = largest;
        let text = format!(
            "of {} records a sample of {} was drawn by a seed that the log fixed",
            count(records),
            count(sample)
        );
        teller.saw(records > 1_000 && sample == 1_000, &text)
    }

    /// An officer approves what was seen; the tenant is told, and the grace period runs.
    pub(super) async fn approve<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
    ) -> Result<(), DemoError> {
        let (engine, officer) = (self.engine(), &self.world.people.officer);
        teller.chapter("Approved, and announced")?;
        self.pass(teller, APPROVES_AFTER, "an officer reads plan and manifest")?;
        let digest = engine.proposal(&officer.actor, id).await?.digest;
        let other = domain::digest::Digest::of(b"something else");
        let blind = engine
            .approve_request(&officer.actor, id, other, Vec::new(), None)
            .await;
        let request = engine
            .approve_request(&officer.actor, id, digest, Vec::new(), None)
            .await?;
        teller.act(&format!(
            "{officer} approves the digest of plan and manifest, {}.",
            short(&digest.to_string())
        ))?;
        teller.saw(blind.is_err(), "an approval of any other digest is refused")?;
        self.run_due().await?;
        let told = self.mails(id, MailKind::RunScheduled).await?.len();
        let waiting = self.look(id).await?;
        let text = format!(
            "{told} contacts of the tenant were told that it starts in {}, and can object",
            words(GRACE)
        );
        let in_grace =
            waiting.stage == Stage::Scheduled && !waiting.touched && request.starts_at > Some(engine.now());
        teller.saw(in_grace && told == 2, &text)
    }
}

/// The beginning of a digest.
pub(super) fn short(digest: &str) -> String {
    digest.chars().take(16).collect::<String>() + ".."
}
