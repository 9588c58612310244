//! The look itself, some days after the issue: every record that was in a sample is looked up again by its key, and every
//! dataset is counted. The control is a record that is listed now: those of months ago may have gone rightly.

use std::collections::BTreeMap;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::drill::Drill;
use domain::id::CertificateId;
use domain::incident::SeenAgain;
use domain::inventory::{DatasetRef, System};
use domain::job::{Disposition, Leased, backoff};
use domain::later::{LaterCheck, LaterLook, LooksAt, Outcome};
use domain::manifest::{Control, DatasetManifest, Samples};
use domain::plan::{Action, ErasurePlan};
use domain::port::probe::{Probe, ProbeError, Question};
use domain::port::store::Tx;
use domain::register::{CertificateRecord, CertificateState};
use domain::request::{ErasureRequest, Stage};
use domain::selection::{Side, Target};
use domain::verification::{Accounted, Judgement, Verdict, judge};
use serde_json::json;

use super::inconclusive;
use crate::certification::certificate_in;
use crate::{Engine, Error, controls};

/// One dataset as a plan knew it before erasure.
struct Place {
    plan: ErasurePlan,
    before: DatasetManifest,
    /// The system as the inventory has it now.
    system: Option<System>,
}

impl Engine {
    /// Looks again at everything that a certificate says is gone.
    pub(crate) async fn look_again(
        &self,
        actor: &Actor,
        leased: &Leased,
        certificate: CertificateId,
        number: i64,
    ) -> Result<Disposition, Error> {
        actor.require(Permission::Work)?;
        let mut tx = self.ports.store.read().await?;
        let record = certificate_in(&mut *tx, certificate).await?;
        let planned = tx.incidents().later_checks(certificate).await?;
        let Some(check) = planned.into_iter().find(|check| check.number == number) else {
            return Err(Error::NotFound("that later check"));
        };
        if check.ended.is_some() {
            return Ok(Disposition::Done);
        }
        let request = tx.requests().find(record.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        if let LooksAt::Backup { dataset } = &check.looks_at {
            let dataset = dataset.clone();
            drop(tx);
            return self
                .look_at_backup_again(actor, leased, check, (&record, &request), dataset)
                .await;
        }
        let drilled_again = request.drill && drilled_since(&mut *tx, &request).await?;
        if let Some(why) = not_needed(&record, &request, drilled_again) {
            drop(tx);
            return self
                .ended(actor, check, Vec::new(), Outcome::NotNeeded { why })
                .await;
        }
        let places = self.places(&mut *tx, &record).await?;
        drop(tx);
        let mut looks: BTreeMap<DatasetRef, LaterLook> = BTreeMap::new();
        for place in &places {
            let look = self.look_at_place(&request, place).await?;
            match looks.get_mut(&look.dataset) {
                Some(earlier) => worse(earlier, look),
                None => drop(looks.insert(look.dataset.clone(), look)),
            }
        }
        let looks: Vec<LaterLook> = looks.into_values().collect();
        let again = |look: &&LaterLook| matches!(look.verdict, Verdict::Residue { .. });
        if looks.iter().any(|look| again(&look)) {
            return self.ended(actor, check, looks, Outcome::SeenAgain).await;
        }
        if let Some((dataset, why)) = looks.iter().find_map(unsure) {
            return Ok(self.cannot_tell(leased, &record, number, &format!("{dataset}: {why}")));
        }
        self.ended(actor, check, looks, Outcome::Clean).await
    }

    /// What cannot be told is tried again, and then parked in front of a person.
    pub(super) fn cannot_tell(
        &self,
        leased: &Leased,
        record: &CertificateRecord,
        number: i64,
        why: &str,
    ) -> Disposition {
        let tried = u32::try_from(leased.attempt).unwrap_or(u32::MAX);
        match tried < self.policy.max_probe_tries {
            true => Disposition::Retry {
                at: self.now().after(backoff(tried)),
                why: why.to_owned(),
            },
            false => Disposition::Park {
                why: format!("later check {number} of certificate {}: {why}", record.code),
            },
        }
    }

    /// Every dataset that was erased under this certificate, by each plan under which that began.
    async fn places(&self, tx: &mut dyn Tx, record: &CertificateRecord) -> Result<Vec<Place>, Error> {
        let steps = tx.attempts().steps(record.request, None).await?;
        let latest = tx.inventory().latest().await?;
        let mut places = Vec::new();
        for plan in tx.plans().of_request(record.request).await? {
            let began = steps.iter().any(|step| step.plan == plan.id && step.chunks > 0);
            if plan.id != record.plan && !began {
                continue;
            }
            let Some(manifest) = tx.plans().manifest(plan.id).await? else {
                continue;
            };
            for before in manifest.datasets {
                let erased = plan
                    .part(&before.dataset)
                    .is_some_and(|part| part.action == Action::Erase);
                if erased {
                    let name = &before.dataset.system;
                    places.push(Place {
                        system: latest.as_ref().and_then(|latest| latest.system(name).cloned()),
                        plan: plan.clone(),
                        before,
                    });
                }
            }
        }
        Ok(places)
    }

    async fn look_at_place(&self, request: &ErasureRequest, place: &Place) -> Result<LaterLook, Error> {
        let dataset = &place.before.dataset;
        let nothing = |verdict| LaterLook {
            dataset: dataset.clone(),
            verdict,
            count: None,
            looked_up: 0,
            found: 0,
            accepted: false,
            looked_at: self.now(),
        };
        let Some(system) = &place.system else {
            return Ok(nothing(inconclusive("the inventory names the system no longer")));
        };
        let context = format!("samples:{}:{dataset}", place.plan.id);
        let samples: Samples = self.open_under(Self::key_of(request)?, &context, &place.before.sealed)?;
        let mut secrets = self.secrets_of(request, &place.plan)?;
        let target = secrets.targets.remove(dataset);
        let target = target.ok_or_else(|| Error::Broken(format!("no target for {dataset}")))?;
        let probe = match self.probes()?.probe(system, &self.probe_secret(system)?) {
            Ok(probe) => probe,
            Err(error) => return Ok(nothing(inconclusive(&error.to_string()))),
        };
        Ok(match seen_now(&*probe, &target, &place.before, samples).await {
            Ok((judged, complete)) => LaterLook {
                count: judged.count,
                looked_up: place.before.sample_size,
                found: judged.found,
                accepted: complete && place.before.control == Control::None,
                ..nothing(judged.verdict)
            },
            Err(ProbeError::Unreachable(why)) => nothing(Verdict::Unreachable { why }),
            Err(ProbeError::Blind(why)) => nothing(inconclusive(&why)),
        })
    }

    /// Writes down how a later check ended; what was seen again opens an incident in the same commit.
    pub(super) async fn ended(
        &self,
        actor: &Actor,
        check: LaterCheck,
        looks: Vec<LaterLook>,
        outcome: Outcome,
    ) -> Result<Disposition, Error> {
        let id = check.certificate;
        let seen: Vec<SeenAgain> = looks.iter().filter_map(seen_again).collect();
        let details = json!({ "number": check.number, "result": outcome });
        let looks_at = check.looks_at.clone();
        let mut tx = self.ports.store.begin().await?;
        tx.incidents()
            .update_later(&LaterCheck {
                ended: Some((self.now(), outcome.clone())),
                looks,
                ..check
            })
            .await?;
        let event = Event::new("certificate.looked_again", format!("certificate:{id}"), details);
        self.log(&mut *tx, actor, event).await?;
        match (outcome, looks_at) {
            (Outcome::SeenAgain, _) => self.open_incident(&mut *tx, actor, id, seen).await?,
            (Outcome::RunOut, _) => self.tell_of_run_out(&mut *tx, id).await?,
            (Outcome::NotYet { on }, LooksAt::Backup { dataset }) => {
                self.plan_backup_look(&mut *tx, id, dataset, on).await?;
            }
            _ => {}
        }
        tx.commit().await?;
        Ok(Disposition::Done)
    }
}

/// Whether another drill was opened since. The synthetic tenant is stocked anew for each of them.
async fn drilled_since(tx: &mut dyn Tx, request: &ErasureRequest) -> Result<bool, Error> {
    let drills = tx.drills().all().await?;
    let another = |drill: &Drill| drill.request.is_some_and(|of| of != request.id);
    Ok(drills
        .iter()
        .any(|drill| another(drill) && drill.opened_at > request.received_at))
}

/// Why nobody needs to look, where that is so.
fn not_needed(record: &CertificateRecord, request: &ErasureRequest, drilled_again: bool) -> Option<String> {
    match (&record.state, request.stage) {
        (CertificateState::Issued, Stage::Certified | Stage::Closed) if drilled_again => {
            Some("another drill was opened, whose records are not of this one".into())
        }
        (CertificateState::Issued, Stage::Certified | Stage::Closed) => match request.key {
            Some(_) => None,
            None => Some("the samples were destroyed when their time was over".into()),
        },
        (CertificateState::Issued, _) => Some("the request is being run again".into()),
        (state, _) => Some(format!("the certificate is {}", state.word())),
    }
}

/// What one look shows of what had to go, by the rule of every check: the control is found in the same session.
async fn seen_now(
    probe: &dyn Probe,
    target: &Target,
    before: &DatasetManifest,
    samples: Samples,
) -> Result<(Judgement, bool), ProbeError> {
    let controls = match before.control {
        Control::Canary => samples.canary.into_iter().collect(),
        Control::OutsideRecord => controls::listed(probe, target).await?,
        Control::None => Vec::new(),
    };
    let question = Question {
        ids: samples.selected,
        controls,
        count: vec![Side::Selected],
    };
    let sighting = probe.look(target, &question).await?;
    let complete = sighting.found.len() == question.ids.len();
    // What was withheld may have gone rightly since, and is not asked for.
    let before = DatasetManifest {
        withheld_sample_size: 0,
        withheld_count: None,
        ..before.clone()
    };
    Ok((judge(&before, &sighting, Accounted::default()), complete))
}

/// Two looks at the same dataset, by the targets of two plans: the worse one counts.
fn worse(earlier: &mut LaterLook, later: LaterLook) {
    let rank = |look: &LaterLook| match look.verdict {
        Verdict::Residue { remaining } => (2, remaining),
        Verdict::Absent => (0, 0),
        _ => (1, 0),
    };
    if rank(&later) > rank(earlier) {
        *earlier = later;
    }
}

fn unsure(look: &LaterLook) -> Option<(&DatasetRef, &str)> {
    match &look.verdict {
        Verdict::Inconclusive { .. } if look.accepted => None,
        Verdict::Inconclusive { why } | Verdict::Unreachable { why } => Some((&look.dataset, why)),
        _ => None,
    }
}

fn seen_again(look: &LaterLook) -> Option<SeenAgain> {
    match look.verdict {
        Verdict::Residue { remaining } => Some(SeenAgain {
            dataset: look.dataset.clone(),
            remaining,
            looked_at: look.looked_at,
        }),
        _ => None,
    }
}
