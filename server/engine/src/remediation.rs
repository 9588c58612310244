//! What follows from the findings of a round: verified, erased again, or in front of a person (V7).

use std::collections::BTreeSet;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::RequestId;
use domain::inventory::DatasetRef;
use domain::job::{Disposition, Job};
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::request::{Aside, ErasureRequest, Stage};
use domain::verification::{Acceptance, Check, CheckState, Finding, Preservation, Verdict};
use serde_json::json;

use crate::{Engine, Error};

impl Engine {
    /// All checks of a round are in: what follows.
    pub(crate) async fn conclude(
        &self,
        actor: &Actor,
        id: RequestId,
        round: i32,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        let running = matches!(request.stage, Stage::Settling | Stage::Verifying);
        if !running
            || request.round != round
            || matches!(request.aside, Some(Aside::NeedsAttention { stops: true, .. }))
        {
            return Ok(Disposition::Done);
        }
        let checks = tx.findings().checks(id, Some(round)).await?;
        let findings: Option<Vec<(&Check, &Finding)>> = checks
            .iter()
            .map(|check| check.finding().map(|finding| (check, finding)))
            .collect();
        let Some(findings) = findings.filter(|findings| !findings.is_empty()) else {
            return Ok(Disposition::Done);
        };
        let with_residue = findings
            .iter()
            .filter(|(_, finding)| matches!(finding.verdict, Verdict::Residue { .. }));
        let residue: Vec<String> = with_residue.map(|(check, _)| check.dataset.to_string()).collect();
        let open: Vec<String> = findings
            .iter()
            .filter_map(|(check, finding)| unsettled(check, finding))
            .collect();
        let object = format!("request:{id}");
        if !residue.is_empty() && round < self.policy.max_rounds {
            let request = verifying(request)?;
            tx.requests()
                .update(&ErasureRequest {
                    aside: None,
                    ..request.become_stage(Stage::Residue)?
                })
                .await?;
            let details = json!({ "round": round, "datasets": residue });
            self.log(&mut *tx, actor, Event::new("request.residue", object, details))
                .await?;
            tx.jobs()
                .enqueue(&Job::Remediate { request: id, round }, self.now())
                .await?;
        } else if !residue.is_empty() {
            let what = format!(
                "after {round} rounds records remain in {}: find out why, then retry",
                residue.join(", ")
            );
            self.needs_attention(&mut *tx, actor, request, what, "operator", false)
                .await?;
        } else if !open.is_empty() {
            self.needs_attention(&mut *tx, actor, request, open.join("; "), "operator", false)
                .await?;
        } else if request.again.is_some() {
            self.erased_again(&mut *tx, actor, verifying(request)?).await?;
        } else {
            let request = verifying(request)?;
            let request = ErasureRequest {
                aside: None,
                ..request.become_stage(Stage::Verified)?
            };
            tx.requests().update(&request).await?;
            self.enter_erased(&mut *tx, &request).await?;
            self.log(
                &mut *tx,
                actor,
                Event::new("request.verified", object, json!({ "round": round })),
            )
            .await?;
            self.tell_staff(&mut *tx, &request, MailKind::NeedsAttention)
                .await?;
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// Residue becomes steps of the next round, on the same plan and approval.
    pub(crate) async fn remediate(
        &self,
        actor: &Actor,
        id: RequestId,
        round: i32,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if request.stage != Stage::Residue || request.round != round {
            return Ok(Disposition::Done);
        }
        let checks = tx.findings().checks(id, Some(round)).await?;
        let found = checks.iter().filter(|check| {
            check
                .finding()
                .is_some_and(|finding| matches!(finding.verdict, Verdict::Residue { .. }))
        });
        let datasets: Vec<DatasetRef> = found
            .map(|check| check.dataset.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let plan = request
            .plan
            .ok_or_else(|| Error::Broken("residue without a plan".into()))?;
        let request = ErasureRequest {
            round: round + 1,
            ..request.become_stage(Stage::Erasing)?
        };
        tx.requests().update(&request).await?;
        let details = json!({ "round": round + 1, "datasets": datasets });
        self.log(
            &mut *tx,
            actor,
            Event::new("request.erased_again", format!("request:{id}"), details),
        )
        .await?;
        self.add_steps(&mut *tx, &request, plan, &datasets).await?;
        tx.commit().await?;
        Ok(Disposition::Done)
    }

    /// An officer accepts, with a reason, that a dataset has no possible control. The certificate says so. Anything else that is
    /// inconclusive cannot be accepted.
    pub async fn accept_no_control(
        &self,
        actor: &Actor,
        check: domain::id::CheckId,
        reason: &str,
    ) -> Result<(), Error> {
        actor.require(Permission::AcceptException)?;
        let by = actor.person()?;
        if reason.trim().is_empty() {
            return Err(Error::invalid("reason", "say why no control is possible"));
        }
        let mut tx = self.ports.store.begin().await?;
        let check = tx
            .findings()
            .find_check(check)
            .await?
            .ok_or(Error::NotFound("that check"))?;
        let (id, request_id, round) = (check.id, check.request, check.round);
        let request = tx
            .requests()
            .find(request_id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        actor.differs_from(
            request.opened_by,
            "accepting an exception",
            "who opened the request",
        )?;
        let CheckState::Found(finding) = check.state.clone() else {
            return Err(Error::NotNow("the probe has not looked yet".into()));
        };
        let acceptable = matches!(&finding.verdict, Verdict::Inconclusive { why } if why.starts_with("no control possible"));
        if !acceptable {
            return Err(Error::NotNow(
                "only \"no control possible\" can be accepted".into(),
            ));
        }
        let accepted = Some(Acceptance {
            by,
            at: self.now(),
            reason: reason.trim().to_owned(),
        });
        tx.findings()
            .update_check(&Check {
                state: CheckState::Found(Finding { accepted, ..finding }),
                ..check
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "check.accepted",
                format!("check:{id}"),
                json!({ "reason": reason }),
            ),
        )
        .await?;
        tx.jobs()
            .enqueue(
                &Job::Conclude {
                    request: request_id,
                    round,
                },
                self.now(),
            )
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Looks again at the datasets of a round whose check could not tell, after a person mended the cause; residue after the last
    /// round is erased and verified in one more.
    pub async fn retry_round(&self, actor: &Actor, id: RequestId, note: &str) -> Result<(), Error> {
        actor.require(Permission::RetryStep)?;
        let mut tx = self.ports.store.begin().await?;
        let request = tx
            .requests()
            .find(id)
            .await?
            .ok_or(Error::NotFound("that request"))?;
        if !matches!(request.aside, Some(Aside::NeedsAttention { stops: false, .. })) {
            return Err(Error::NotNow(
                "the request waits for nothing that a retry could mend".into(),
            ));
        }
        let round = request.round;
        let stage = request.stage;
        let retried = match stage {
            Stage::Erasing => self.retry_steps(&mut *tx, &request).await?,
            Stage::Settling | Stage::Verifying => self.retry_checks(&mut *tx, &request).await?,
            _ => return Err(Error::NotNow("nothing of this request can be retried now".into())),
        };
        let request = match (stage, retried) {
            (Stage::Settling | Stage::Verifying, 0) => {
                tx.jobs()
                    .enqueue(&Job::Remediate { request: id, round }, self.now())
                    .await?;
                verifying(request)?.become_stage(Stage::Residue)?
            }
            _ => request,
        };
        tx.requests()
            .update(&ErasureRequest {
                aside: None,
                ..request
            })
            .await?;
        self.log(
            &mut *tx,
            actor,
            Event::new(
                "request.retried",
                format!("request:{id}"),
                json!({ "note": note }),
            ),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn retry_steps(&self, tx: &mut dyn Tx, request: &ErasureRequest) -> Result<usize, Error> {
        use domain::attempt::{Step, StepState};
        let mut retried = 0;
        for step in tx.attempts().steps(request.id, Some(request.round)).await? {
            if matches!(step.state, StepState::Parked { .. }) {
                tx.jobs()
                    .enqueue(&Job::EraseStep { step: step.id }, self.now())
                    .await?;
                tx.attempts()
                    .update_step(&Step {
                        state: StepState::Ready,
                        failures: 0,
                        ..step
                    })
                    .await?;
                retried += 1;
            }
        }
        Ok(retried)
    }

    async fn retry_checks(&self, tx: &mut dyn Tx, request: &ErasureRequest) -> Result<usize, Error> {
        let mut retried = 0;
        for check in tx.findings().checks(request.id, Some(request.round)).await? {
            let Some(finding) = check.finding() else { continue };
            let cannot_tell =
                !finding.verdict.certifiable() && !matches!(finding.verdict, Verdict::Residue { .. });
            if cannot_tell && finding.accepted.is_none() {
                tx.jobs()
                    .enqueue(&Job::RunCheck { check: check.id }, self.now())
                    .await?;
                let state = CheckState::Waiting {
                    until: self.now(),
                    tries: 0,
                };
                tx.findings().update_check(&Check { state, ..check }).await?;
                retried += 1;
            }
        }
        Ok(retried)
    }
}

/// A round that ends straight from settling was verified all the same.
fn verifying(request: ErasureRequest) -> Result<ErasureRequest, Error> {
    match request.stage {
        Stage::Settling => Ok(request.become_stage(Stage::Verifying)?),
        _ => Ok(request),
    }
}

/// Why a finding cannot carry a certificate, in words.
pub(crate) fn unsettled(check: &Check, finding: &Finding) -> Option<String> {
    if let Preservation::Lost { withheld, others } = finding.kept {
        return Some(format!(
            "{}: records that had to stay are gone ({withheld} withheld, {others} outside the request)",
            check.dataset
        ));
    }
    match &finding.verdict {
        verdict if verdict.certifiable() => None,
        Verdict::Inconclusive { .. } if finding.accepted.is_some() => None,
        Verdict::Inconclusive { why } => Some(format!("{}: it cannot be told ({why})", check.dataset)),
        Verdict::Unreachable { why } => {
            Some(format!("{}: the system does not answer ({why})", check.dataset))
        }
        _ => Some(format!("{}: records remain", check.dataset)),
    }
}
