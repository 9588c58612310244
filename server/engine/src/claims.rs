//! From evidence to claims: everything that the statement says is read off the records here, and nowhere else.

mod addendum;

use std::collections::BTreeSet;

use domain::audit::Entry;
use domain::certificate as said;
use domain::certificate::{
    Act, ActKind, Claims, Earlier, HoldResult, HoldWait, LogReference, Recipient, SCHEMA,
};
use domain::digest::Digest;
use domain::id::PersonId;
use domain::inventory::{DatasetRef, Handling, System, SystemName};
use domain::manifest::{Control, DatasetManifest, NonceSource};
use domain::plan::{Action, PlanEntry, PlanPart};
use domain::register::{CertificateKind, CertificateRecord};
use domain::retention::{KeeperId, due_on};
use domain::scope::{Cover, RequestScope};
use domain::time::{Timestamp, days_later};
use domain::verification::{Finding, Preservation, Verdict};

pub(crate) use addendum::{Additions, addendum_claims};

use crate::evidence::Evidence;
use crate::{Engine, Error, Issuer};

/// What a statement is made for, beside the evidence.
pub(crate) struct Occasion<'a> {
    /// The record that it is to carry.
    pub(crate) record: &'a CertificateRecord,
    /// When it is signed: when the officer certified, or later where the certificate waited for a key.
    pub(crate) signed_at: Timestamp,
    /// The revoked certificate in whose place it stands.
    pub(crate) replaced: Option<&'a CertificateRecord>,
    /// Entries of the log about the request.
    pub(crate) log: &'a [Entry],
    /// Who issues.
    pub(crate) issuer: Issuer,
    /// Thumbprint of the key that will sign.
    pub(crate) key: &'a str,
    /// The name of the log.
    pub(crate) origin: &'a str,
}

/// The claims of a certificate. The same records give the same claims, so that a retry signs the same bytes.
pub(crate) fn claims_of(engine: &Engine, seen: &Evidence, occasion: Occasion<'_>) -> Result<Claims, Error> {
    let Occasion {
        record,
        signed_at,
        replaced,
        log,
        issuer,
        key,
        origin,
    } = occasion;
    let policy = engine.policy();
    let writer = Writer { engine, seen };
    let systems: Result<Vec<_>, Error> = seen
        .plan
        .entries
        .iter()
        .map(|entry| writer.system(entry))
        .collect();
    let verified_at = seen
        .checks
        .iter()
        .filter_map(|check| check.finding())
        .map(|finding| finding.looked_at)
        .max();
    let today = record.certified_at.date_in(&policy.zone)?;
    let later = policy.later_checks.iter();
    let later: Result<Vec<_>, _> = later.map(|days| days_later(today, i32::from(*days))).collect();
    let claims = Claims {
        schema: SCHEMA.into(),
        id: record.id,
        code: record
            .code
            .parse()
            .map_err(|_| Error::Broken("the printed code".into()))?,
        kind: match record.kind {
            CertificateKind::Complete => said::Kind::Complete,
            CertificateKind::Partial => said::Kind::Partial,
            CertificateKind::Corrected => said::Kind::Corrected,
            CertificateKind::Addendum => said::Kind::Addendum,
            CertificateKind::Drill => said::Kind::Drill,
        },
        issued_at: signed_at,
        supersedes: replaced.map(earlier).transpose()?,
        supplements: None,
        issuer: said::Issuer {
            name: issuer.name,
            role: issuer.role,
            address: issuer.address,
            dpo_contact: issuer.dpo_contact,
            zone: policy.zone.clone(),
        },
        recipient: writer.recipient(record)?,
        request: writer.request()?,
        hold_check: writer.hold_check(record, log),
        inventory: said::Inventory {
            version: seen.inventory.number.unsigned_abs(),
            digest: seen.inventory.digest,
            last_audit_on: seen.inventory.audited_on,
            systems: seen.inventory.systems.len() as u64,
        },
        systems: systems?,
        sampling: writer.sampling(),
        withheld: writer.withheld(),
        backups: writer.backups(),
        recipients_notified: Vec::new(),
        spot_checks: writer.spot_checks(),
        later_checks_on: later?,
        officers: writer.officers(record)?,
        verified_at: verified_at.ok_or_else(|| Error::Broken("nothing was verified".into()))?,
        evidence: record.evidence,
        limits: Vec::new(),
        key_id: key.to_owned(),
        log: LogReference {
            origin: origin.to_owned(),
        },
        status_url: format!("{}/verify/{}", policy.public_url, record.code),
        verify_offline: String::new(),
    };
    Ok(claims.worded())
}

/// The revoked certificate, as the corrected one names it.
fn earlier(revoked: &CertificateRecord) -> Result<Earlier, Error> {
    let broken = |what: &str| Error::Broken(format!("certificate {}: {what}", revoked.id));
    let code = revoked.code.parse().map_err(|_| broken("the printed code"))?;
    let reason = revoked.revocation.as_ref().map(|asked| asked.explanation.clone());
    Ok(Earlier {
        id: revoked.id,
        code,
        statement: revoked.statement.ok_or_else(|| broken("no statement"))?,
        reason: reason.ok_or_else(|| broken("no explanation"))?,
    })
}

struct Writer<'a> {
    engine: &'a Engine,
    seen: &'a Evidence,
}

impl Writer<'_> {
    fn recipient(&self, record: &CertificateRecord) -> Result<Recipient, Error> {
        let tenant = &self.seen.tenant;
        Ok(match self.seen.request.scope {
            RequestScope::Tenant { .. } => Recipient::Tenant {
                id: tenant.id,
                name: tenant.name.clone(),
            },
            RequestScope::Subject => {
                let identifiers = self.engine.identifiers_of(&self.seen.request)?;
                let text = domain::canonical::to_string(&identifiers);
                let label = format!("recipient:{}", record.id);
                let key = Engine::key_of(&self.seen.request)?;
                let commitment = self
                    .engine
                    .ports
                    .vault
                    .digest_under(key, &label, text.as_bytes())?;
                Recipient::Person {
                    tenant: tenant.id,
                    tenant_name: tenant.name.clone(),
                    commitment,
                }
            }
        })
    }

    fn request(&self) -> Result<said::Request, Error> {
        let request = &self.seen.request;
        let zone = &self.engine.policy().zone;
        let confirmed = request.identity.as_ref().map(|identity| identity.confirmed_at);
        let first_due_on = due_on(request.received_at, zone)?;
        Ok(said::Request {
            id: request.id,
            channel: request.channel.clone(),
            received_at: request.received_at,
            confirmed_at: confirmed
                .ok_or_else(|| Error::Broken("the identity was never confirmed".into()))?,
            due_on: request.due_on,
            extension: request.extension.as_ref().map(|extension| said::Extension {
                first_due_on,
                told_at: extension.told_at,
                reason: extension.reason.clone(),
            }),
            ground: match &request.scope {
                RequestScope::Subject => said::Ground::Erasure { point: None },
                RequestScope::Tenant { contract, ended_on } => said::Ground::ContractEnd {
                    contract: contract.clone(),
                    term: format!("after its end on {ended_on}"),
                },
            },
        })
    }

    fn hold_check(&self, record: &CertificateRecord, log: &[Entry]) -> said::HoldCheck {
        let moments = |kind: &str| -> Vec<Timestamp> {
            log.iter()
                .filter(|entry| entry.claims.kind == kind)
                .map(|entry| entry.claims.time)
                .collect()
        };
        let (blocked, resumed) = (moments("request.blocked"), moments("request.resumed"));
        let waits = blocked.iter().filter_map(|from| {
            resumed.iter().find(|until| *until > from).map(|until| HoldWait {
                from: *from,
                until: *until,
            })
        });
        let matters: BTreeSet<String> = self.kept().map(|(_, _, kept)| reference(kept.keeper)).collect();
        let holds = self
            .kept()
            .any(|(_, _, kept)| matches!(kept.keeper, KeeperId::Hold(_)));
        let first_at = blocked.first().copied().unwrap_or(self.seen.plan.created_at);
        said::HoldCheck {
            first_at: first_at.min(self.seen.plan.created_at),
            last_at: record.certified_at,
            register_version: self.seen.register_version.unsigned_abs(),
            result: if holds {
                HoldResult::PartsWithheld
            } else {
                HoldResult::Clear
            },
            matters: matters.into_iter().collect(),
            waits: waits.collect(),
        }
    }

    fn kept(&self) -> impl Iterator<Item = (&PlanEntry, &PlanPart, &domain::plan::KeptPart)> {
        self.seen
            .plan
            .parts()
            .flat_map(|(entry, part)| part.kept.iter().map(move |kept| (entry, part, kept)))
    }

    fn system(&self, entry: &PlanEntry) -> Result<said::System, Error> {
        let broken = || Error::Broken(format!("system {} is not in the frozen inventory", entry.system));
        let system = self.seen.inventory.system(&entry.system).ok_or_else(broken)?;
        let steps: Vec<_> = self
            .seen
            .steps
            .iter()
            .filter(|step| step.dataset.system == entry.system && step.chunks > 0)
            .collect();
        let wholly_withheld = entry.parts.iter().all(|part| part.action == Action::Withheld);
        let datasets: Result<Vec<_>, Error> = entry
            .parts
            .iter()
            .map(|part| self.dataset(system, part))
            .collect();
        let method: BTreeSet<&str> = steps.iter().filter_map(|step| step.method.as_deref()).collect();
        let connector_version = self
            .seen
            .checks
            .iter()
            .find(|check| check.dataset.system == entry.system)
            .and_then(|check| check.finding());
        Ok(said::System {
            name: system.title.clone(),
            kind: system.kind.clone(),
            location: system.location.clone(),
            owner: system.owner.clone(),
            categories: system.categories().into_iter().collect(),
            processor: system.processor.clone(),
            handling: match (wholly_withheld, entry.handling) {
                (true, _) => said::Handling::Withheld,
                (false, Handling::Erase) => said::Handling::Erase,
                (false, Handling::Expire) => said::Handling::Expire,
                (false, Handling::Attest) => said::Handling::Attest,
            },
            method: match (wholly_withheld, entry.handling, method.is_empty()) {
                (true, ..) => "nothing was erased: all of it is withheld".into(),
                (false, Handling::Expire, _) => "backup sets run out by the rule in force".into(),
                (false, Handling::Attest, _) => "erased by the named party, which attests it".into(),
                (false, Handling::Erase, true) => "nothing had to be erased".into(),
                (false, Handling::Erase, false) => method.into_iter().collect::<Vec<_>>().join("; "),
            },
            connector: system.kind.clone(),
            connector_version: connector_version
                .map(|finding| {
                    finding
                        .prober
                        .trim_start_matches(&*system.kind)
                        .trim_start()
                        .to_owned()
                })
                .unwrap_or_default(),
            started_at: steps.iter().filter_map(|step| step.started_at).min(),
            ended_at: steps.iter().filter_map(|step| step.ended_at).max(),
            drill: self.rehearsal(&entry.system),
            datasets: datasets?,
        })
    }

    /// Whether the approver of the run saw that a drill of the system had passed.
    fn rehearsal(&self, system: &SystemName) -> Option<said::Rehearsal> {
        let approval = self.seen.request.approval.as_ref()?;
        let rehearsed = approval.rehearsed.as_ref()?;
        let acceptance = rehearsed.accepted.as_ref().map(|reason| said::Acceptance {
            role: "compliance officer".into(),
            name: self.name_of(approval.by),
            at: approval.at,
            reason: reason.clone(),
        });
        Some(match rehearsed.passed.get(system) {
            Some(at) => said::Rehearsal::Passed { at: *at },
            None => said::Rehearsal::Missing { acceptance },
        })
    }

    fn dataset(&self, system: &System, part: &PlanPart) -> Result<said::Dataset, Error> {
        let name = DatasetRef {
            system: system.name.clone(),
            dataset: part.dataset.clone(),
        };
        let finding = self
            .seen
            .finding(&name)
            .ok_or_else(|| Error::Broken(format!("{name} has no verdict")))?;
        let now = self.seen.manifest.dataset(&name);
        let first = self
            .seen
            .earlier
            .iter()
            .find_map(|(_, manifest)| manifest.dataset(&name))
            .or(now);
        let steps = self
            .seen
            .steps
            .iter()
            .filter(|step| step.dataset == name && step.chunks > 0);
        let reported: Vec<u64> = steps.map(|step| step.reported).collect();
        Ok(said::Dataset {
            name: part.dataset.to_string(),
            before: first.and_then(|seen| match part.action {
                Action::Withheld => seen.withheld_count.or(seen.count),
                _ => seen.count,
            }),
            after: match part.action {
                Action::Withheld => now.and_then(|seen| seen.withheld_count),
                Action::Erase => finding.count,
                Action::Expire | Action::Attest | Action::NoPersonalRecords => None,
            },
            reported: (!reported.is_empty()).then(|| reported.iter().sum()),
            manifest: now.map(|seen| seen.commitment),
            verification: self.verification(system, part, &name, finding, now)?,
        })
    }

    fn verification(
        &self,
        system: &System,
        part: &PlanPart,
        name: &DatasetRef,
        finding: &Finding,
        before: Option<&DatasetManifest>,
    ) -> Result<said::Verification, Error> {
        let looked_for = matches!(part.action, Action::Erase) && before.is_some();
        let others = before.map_or(0, |before| before.others_sample_size);
        let kept = !matches!(finding.kept, Preservation::Lost { .. } | Preservation::Unknown);
        let committed = self.sampling();
        Ok(said::Verification {
            verdict: self.verdict(finding, name)?,
            at: finding.looked_at,
            sample: (looked_for).then(|| said::Sample {
                size: finding.looked_up,
                found: finding.found,
                dataset: committed.as_ref().map(|_| name.to_string()),
                seed: match &committed {
                    Some(said) => said.seed(self.seen.request.id, name),
                    None => self.seed_commitment(),
                },
                seed_source: match committed {
                    Some(_) => said::SeedSource::CommittedNonce,
                    None => said::SeedSource::OperatorLog,
                },
            }),
            control: match (looked_for, before.map(|before| before.control)) {
                (true, Some(Control::Canary)) => said::Control::Canary,
                (true, Some(Control::OutsideRecord)) => said::Control::OutsideRecord,
                (true, Some(Control::None) | None) => said::Control::NotPossible,
                (false, _) => said::Control::NotNeeded,
            },
            neighbours: (looked_for && others > 0 && kept).then_some(said::Neighbours {
                looked_up: others,
                found: others,
            }),
            waited_seconds: u64::from(system.settle_seconds),
            separate_credentials: !system.shared_credential,
            verifier: finding.prober.clone(),
            acceptance: finding.accepted.as_ref().map(|accepted| said::Acceptance {
                role: "compliance officer".into(),
                name: self.name_of(accepted.by),
                at: accepted.at,
                reason: accepted.reason.clone(),
            }),
            attestation: self.seen.attestations.get(name).map(|one| said::Attestation {
                by: one.party.clone(),
                at: Timestamp::start_of(one.dated_on),
                evidence: one.document,
            }),
            proves: String::new(),
        })
    }

    /// Where the seeds come from, when a nonce was committed to.
    fn sampling(&self) -> Option<said::Sampling> {
        let source = &self.seen.manifest.seed;
        let opened = source.committed.as_ref()?;
        Some(said::Sampling {
            commitment: opened.commitment,
            number: u64::from(opened.number),
            committed_at: opened.committed_at,
            committed_entry: opened.committed_entry,
            plan_entry: opened.plan_entry,
            root: source.root,
            tree_size: source.tree_size,
            fixed_at: opened.fixed_at,
            kept: match source.nonce {
                NonceSource::Witness => said::NonceKept::Outside,
                NonceSource::Approver | NonceSource::OperatorsLog => said::NonceKept::Sealed,
            },
            nonce: opened.nonce.clone(),
            opened_at: opened.opened_at,
        })
    }

    fn verdict(&self, finding: &Finding, name: &DatasetRef) -> Result<said::Verdict, Error> {
        Ok(match &finding.verdict {
            Verdict::Absent if self.expires(name) => said::Verdict::Expired,
            Verdict::Absent => said::Verdict::Absent,
            Verdict::Inconclusive { .. } if finding.accepted.is_some() => said::Verdict::InconclusiveAccepted,
            Verdict::ExpiresOn { .. } => said::Verdict::Expiring,
            Verdict::Attested { .. } => said::Verdict::Attested,
            Verdict::Withheld => said::Verdict::Preserved,
            Verdict::NoPersonalRecords => said::Verdict::NoPersonalRecords,
            Verdict::Inconclusive { .. } | Verdict::Unreachable { .. } | Verdict::Residue { .. } => {
                return Err(Error::Broken(format!(
                    "{name} has a verdict that cannot be certified"
                )));
            }
        })
    }

    fn expires(&self, name: &DatasetRef) -> bool {
        self.seen
            .plan
            .part(name)
            .is_some_and(|part| part.action == Action::Expire)
    }

    /// What the seed was made from where nobody outside committed to a nonce: the root of the checkpoint and the plan's own.
    fn seed_commitment(&self) -> Digest {
        Digest::of_parts(&[
            self.seen.manifest.seed.root.as_bytes(),
            self.seen.plan.nonce_commitment.as_bytes(),
        ])
    }

    fn withheld(&self) -> Vec<said::Withheld> {
        let rows = self.kept().map(|(entry, part, kept)| {
            let name = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let before = self.seen.manifest.dataset(&name);
            let title = self
                .seen
                .inventory
                .system(&entry.system)
                .map(|system| system.title.clone());
            said::Withheld {
                system: title.unwrap_or_else(|| entry.system.to_string()),
                dataset: Some(part.dataset.to_string()),
                what: match kept.cover {
                    Cover::Whole | Cover::None => "all records of the dataset".into(),
                    Cover::Subject => "the records of one person".into(),
                    Cover::Dates => "records made within certain dates".into(),
                },
                records: before.and_then(|before| before.withheld_count),
                by: match kept.keeper {
                    KeeperId::Hold(_) => said::WithheldBy::LegalHold,
                    KeeperId::Duty(_) => said::WithheldBy::RetentionDuty,
                },
                ground: kept.disclosed.clone(),
                matter: Some(reference(kept.keeper)),
                until: match kept.until {
                    Some(on) => said::Until::Date { on },
                    None => said::Until::Release,
                },
            }
        });
        rows.collect()
    }

    /// Backups that were looked at. Nothing is said of others: nobody saw whether they hold anything.
    fn backups(&self) -> Vec<said::Backup> {
        let rows = self
            .seen
            .plan
            .entries
            .iter()
            .filter(|entry| entry.handling == Handling::Expire)
            .filter_map(|entry| {
                let part = entry.parts.first()?;
                let name = DatasetRef {
                    system: entry.system.clone(),
                    dataset: part.dataset.clone(),
                };
                let finding = self.seen.finding(&name)?;
                let title = self
                    .seen
                    .inventory
                    .system(&entry.system)
                    .map(|system| system.title.clone());
                let (expires_on, gone_at) = match finding.verdict {
                    Verdict::ExpiresOn { on } => (on, None),
                    Verdict::Absent => (finding.looked_at.date(), Some(finding.looked_at)),
                    _ => return None,
                };
                Some(said::Backup {
                    system: title.unwrap_or_else(|| entry.system.to_string()),
                    sets: finding.count.unwrap_or(0),
                    expires_on,
                    checked_at: finding.looked_at,
                    rule_confirmed: true,
                    gone_at,
                })
            });
        rows.collect()
    }

    fn spot_checks(&self) -> Vec<said::SpotCheck> {
        let rows = self.seen.spot_checks.iter().filter_map(|(dataset, spot)| {
            let result = spot.result.as_ref()?;
            let title = self
                .seen
                .inventory
                .system(&dataset.system)
                .map(|system| system.title.clone());
            Some(said::SpotCheck {
                system: title.unwrap_or_else(|| dataset.system.to_string()),
                dataset: dataset.dataset.to_string(),
                ids: u64::from(spot.shown.saturating_sub(1)),
                found: u64::from(result.still_there),
                decoy_seen: result.decoy_seen,
                saw: result.note.clone(),
                role: "compliance officer".into(),
                name: self.name_of(spot.officer),
                at: result.recorded_at,
            })
        });
        rows.collect()
    }

    fn officers(&self, record: &CertificateRecord) -> Result<Vec<Act>, Error> {
        let request = &self.seen.request;
        let approval = request
            .approval
            .as_ref()
            .ok_or_else(|| Error::Broken("nobody approved the run".into()))?;
        let identity = request
            .identity
            .as_ref()
            .ok_or_else(|| Error::Broken("the identity was never confirmed".into()))?;
        let act = |act, role: &str, by, at, over| Act {
            act,
            role: role.into(),
            name: self.name_of(by),
            at,
            over,
        };
        let confirmer = if identity.method == domain::request::IdentityMethod::SecondTenantPerson {
            "authorised person of the tenant"
        } else {
            "staff"
        };
        Ok(vec![
            act(
                ActKind::ConfirmedIdentity,
                confirmer,
                identity.confirmed_by,
                identity.confirmed_at,
                None,
            ),
            act(
                ActKind::Approved,
                "compliance officer",
                approval.by,
                approval.at,
                Some(approval.digest),
            ),
            act(
                ActKind::Certified,
                "compliance officer",
                record.certified_by,
                record.certified_at,
                Some(record.evidence),
            ),
        ])
    }

    /// Names of staff stand on certificates only where that is configured (invariant 6).
    fn name_of(&self, person: PersonId) -> Option<String> {
        let staff = |one: &&domain::people::Person| one.id == person && one.tenant.is_none();
        let named = self.seen.people.iter().find(staff).map(|one| one.name.clone());
        named.filter(|_| self.engine.policy().name_officers)
    }
}

/// How a matter is named to outsiders: an opaque reference.
fn reference(keeper: KeeperId) -> String {
    let (letter, id) = match keeper {
        KeeperId::Hold(id) => ("H", id.to_string()),
        KeeperId::Duty(id) => ("D", id.to_string()),
    };
    let tail: String = id.chars().rev().filter(|c| *c != '-').take(8).collect();
    format!(
        "{letter}-{}",
        tail.chars().rev().collect::<String>().to_uppercase()
    )
}
