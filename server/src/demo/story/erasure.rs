//! Erasure fans out; a partner attests; one system says what is not true.

use std::io::Write;

use domain::attempt::StepState;
use domain::id::RequestId;
use domain::request::{Aside, Stage};
use samples::AURORA;

use super::super::organisation::GRACE;
use super::super::systems::{Counts, LIAR, PARTNER, PARTNER_NAME};
use super::super::teller::Teller;
use super::super::{DemoError, partner};
use super::{Story, count};

impl Story<'_> {
    /// The first round, and the partner's document.
    pub(super) async fn erase<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
        before: &Counts,
    ) -> Result<(), DemoError> {
        teller.chapter("Erasure, in all systems at the same time")?;
        self.pass(teller, GRACE, "the grace period; nobody objects")?;
        self.run_due().await?;
        teller.act(
            "The erasers report; what they report is not believed yet. A plain query counts beside them:",
        )?;
        let steps = self
            .engine()
            .store()
            .read()
            .await?
            .attempts()
            .steps(id, Some(1))
            .await?;
        let (mut rows, mut claims, mut lie) = (Vec::new(), true, None);
        for step in &steps {
            let left = self.systems.count(&step.dataset, &AURORA).await?;
            let had = before
                .get(&(step.dataset.to_string(), AURORA.key))
                .copied()
                .unwrap_or(0);
            let is_liar = step.dataset.system.as_str() == LIAR;
            claims &= step.state == StepState::Done && (is_liar || step.reported + left == had);
            if is_liar {
                lie = Some((step.reported, had, left));
            }
            rows.push(vec![
                step.dataset.to_string(),
                count(had),
                count(step.reported),
                count(left),
            ]);
        }
        teller.table(&["dataset", "before", "reported", "still there"], &rows)?;
        teller.saw(
            claims,
            "every step ended well by its own account; what else is still there is withheld",
        )?;
        let (reported, had, left) = lie.unwrap_or_default();
        let text = format!(
            "{LIAR} lies: it reports {} of {}, and {} are still there",
            count(reported),
            count(had),
            count(left)
        );
        teller.saw(reported == had && left == had / 2 && left > 0, &text)?;
        self.attest(teller, id).await
    }

    /// Counsel records what the partner confirms.
    pub(super) async fn attest<W: Write>(
        &self,
        teller: &mut Teller<W>,
        id: RequestId,
    ) -> Result<(), DemoError> {
        let (engine, counsel) = (self.engine(), &self.world.people.counsel);
        let asked = self.look(id).await?;
        let names = |what: &str| what.contains(PARTNER_NAME) && what.contains(PARTNER);
        let waits =
            matches!(&asked.aside, Some(Aside::NeedsAttention { what, stops: false, .. }) if names(what));
        let text = format!("the request asks for a document of {PARTNER_NAME}, which no connector reaches");
        teller.saw(waits && asked.stage == Stage::Settling, &text)?;
        partner::attest(engine, counsel, id, &AURORA).await?;
        teller.act(&format!(
            "{counsel} records the signed confirmation of {PARTNER_NAME}; its digest is in the log."
        ))?;
        self.run_due().await
    }
}
