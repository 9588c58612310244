//! The probes look again, find what the liar left, and people look with their own eyes.

use std::io::Write;

use domain::actor::Denied;
use domain::id::RequestId;
use domain::request::Stage;
use domain::verification::{Check, Preservation, Verdict};
use engine::Error;
use samples::AURORA;

use super::super::systems::LIAR;
use super::super::teller::Teller;
use super::super::{DemoError, drive, look};
use super::{LOOKS_AFTER, SETTLES, Story, count};

impl Story<'_> {
    /// Two rounds: residue, and none.
    pub(super) async fn verify<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
    ) -> Result<(), DemoError> {
        teller.chapter("An independent look finds what was left")?;
        self.pass(teller, SETTLES, "the systems settle")?;
        drive::run_to(self.engine(), id, Stage::Residue).await?;
        teller.act("The probes look again in every system, by the way in which they looked before:")?;
        let checks = self.checks(teller, id, 1).await?;
        let liar = checks.iter().find(|check| check.dataset.system.as_str() == LIAR);
        let remaining = match liar.and_then(Check::finding).map(|finding| &finding.verdict) {
            Some(Verdict::Residue { remaining }) => *remaining,
            _ => 0,
        };
        let left = match liar {
            Some(check) => self.systems.count(&check.dataset, &AURORA).await?,
            None => 0,
        };
        let text = format!(
            "{LIAR} is caught: {} records remain, as a plain query counts",
            count(remaining)
        );
        teller.saw(remaining > 0 && remaining == left, &text)?;
        let others = checks
            .iter()
            .filter(|check| check.dataset.system.as_str() != LIAR);
        let good = others
            .filter_map(Check::finding)
            .all(|finding| finding.verdict.certifiable());
        teller.saw(
            good,
            "every other dataset has a verdict that a certificate can rest on",
        )?;

        teller.chapter("Erased again, and verified")?;
        self.show_time(teller);
        self.run_due().await?;
        let steps = self
            .engine()
            .store()
            .read()
            .await?
            .attempts()
            .steps(id, Some(2))
            .await?;
        let again: Vec<String> = steps.iter().map(|step| step.dataset.to_string()).collect();
        teller.act(&format!(
            "By itself, a second round erases {} again, on the same approval.",
            again.join(", ")
        ))?;
        let only = steps.len() == 1 && steps.iter().all(|step| step.dataset.system.as_str() == LIAR);
        teller.saw(only, "nothing else is erased twice")?;
        self.pass(teller, SETTLES, "the systems settle again")?;
        drive::run_to(self.engine(), id, Stage::Verified).await?;
        teller.act("The probes look at every system once more:")?;
        let checks = self.checks(teller, id, 2).await?;
        let findings = || checks.iter().filter_map(Check::finding);
        let good = findings().all(|finding| finding.verdict.certifiable() && finding.found == 0);
        teller.saw(
            good && findings().count() == checks.len(),
            "no dataset shows a record that had to go",
        )?;
        let kept = findings()
            .filter(|finding| finding.kept == Preservation::Preserved)
            .count();
        let lost = findings()
            .any(|finding| matches!(finding.kept, Preservation::Lost { .. } | Preservation::Unknown));
        let text = format!(
            "in {kept} datasets, all withheld records and all sampled records outside the request are still there"
        );
        teller.saw(!lost && kept > 0, &text)
    }

    async fn checks<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
        round: i32,
    ) -> Result<Vec<Check>, DemoError> {
        let checks = self
            .engine()
            .store()
            .read()
            .await?
            .findings()
            .checks(id, Some(round))
            .await?;
        let mut rows = Vec::new();
        for check in &checks {
            let Some(finding) = check.finding() else {
                return Err(DemoError::NotAsTold(format!("{} was looked at", check.dataset)));
            };
            let figure = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), count);
            let looked = (finding.looked_up > 0).then_some(finding.looked_up);
            let verdict = match &finding.verdict {
                Verdict::ExpiresOn { on } => format!("gone by {on}"),
                verdict => verdict.word().replace('_', " "),
            };
            let figures = [finding.count, looked, looked.map(|_| finding.found)].map(figure);
            rows.push([vec![check.dataset.to_string(), verdict], figures.into()].concat());
        }
        teller.table(&["dataset", "verdict", "count", "looked up", "found"], &rows)?;
        Ok(checks)
    }

    /// An officer looks at single records of every dataset that was erased, a decoy among them.
    pub(super) async fn spot_check<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
    ) -> Result<(), DemoError> {
        let (engine, people) = (self.engine(), &self.world.people);
        teller.chapter("With one's own eyes")?;
        self.pass(teller, LOOKS_AFTER, "an officer finds the time")?;
        let looked = look::by_hand(engine, self.systems, &people.officer.actor, id).await?;
        let text = format!(
            "{} looks {} ids up without the product, a decoy that exists among those of every dataset.",
            people.officer,
            count(looked.ids)
        );
        teller.act(&text)?;
        teller.saw(
            looked.good && looked.ids > 0,
            "in every dataset the decoy was seen, and it alone",
        )?;
        teller.saw(
            !looked.query.is_empty(),
            "each id comes with the command to look it up, such as",
        )?;
        teller.command(&looked.query)?;
        let digest = engine.evidence(&people.officer.actor, id).await?.digest();
        let own = engine.certify(&people.officer.actor, id, digest).await;
        let refused = matches!(own, Err(Error::Denied(Denied::SamePerson { .. })));
        teller.saw(
            refused,
            &format!("{} approved the run and may not certify it", people.officer.name),
        )
    }
}
