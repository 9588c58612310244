//! Looking at backups: a date alone never completes. The sets are listed, and the rule that ends them is read again.

use std::time::Duration;

use domain::actor::Actor;
use domain::id::RequestId;
use domain::inventory::{DatasetRef, System};
use domain::job::{Disposition, Leased};
use domain::later::{LaterCheck, LaterLook, Outcome};
use domain::port::probe::{BackupReport, ProbeError};
use domain::register::{CertificateRecord, CertificateState};
use domain::request::{ErasureRequest, Stage};
use domain::time::Timestamp;
use domain::verification::{Finding, Verdict};

use super::{Look, inconclusive};
use crate::{Engine, Error};

/// How soon to ask again whether a certificate stands.
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// What a look at backups showed.
pub(super) struct SetsSeen {
    verdict: Verdict,
    /// Sets that may hold what was erased; absent where they could not be listed.
    holding: Option<u64>,
    /// A set was listed at all: the probe sees where the backups are.
    control_found: bool,
}

impl Engine {
    /// The look of a round.
    pub(super) async fn look_at_backups(&self, look: &Look) -> Result<Finding, Error> {
        let erased_at = self.last_authorised(look.request.id).await?;
        let erased_at = erased_at.unwrap_or(look.plan.created_at);
        let seen = self.sets_seen(&look.system, erased_at).await?;
        Ok(Finding {
            count: seen.holding,
            control_found: seen.control_found,
            ..self.plain(look, seen.verdict)
        })
    }

    /// Looks at a backup whose last set was to have run out. A certificate that is only suspended, or whose request is being
    /// run again, may come to stand as it did: the look waits.
    pub(super) async fn look_at_backup_again(
        &self,
        actor: &Actor,
        leased: &Leased,
        check: LaterCheck,
        (record, request): (&CertificateRecord, &ErasureRequest),
        dataset: DatasetRef,
    ) -> Result<Disposition, Error> {
        if !record.state.stands() {
            let why = format!("the certificate is {}", record.state.word());
            let outcome = Outcome::NotNeeded { why };
            return self.ended(actor, check, Vec::new(), outcome).await;
        }
        if record.state != CertificateState::Issued || request.stage != Stage::Certified {
            let at = self.now().after(A_DAY);
            return Ok(Disposition::Again { at });
        }
        let latest = self.ports.store.read().await?.inventory().latest().await?;
        let system = latest.and_then(|latest| latest.system(&dataset.system).cloned());
        let look = LaterLook {
            dataset,
            verdict: inconclusive("the inventory names the system no longer"),
            count: None,
            looked_up: 0,
            found: 0,
            accepted: false,
            looked_at: self.now(),
        };
        let look = match system {
            Some(system) => self.sets_again(request.id, &system, look).await?,
            None => look,
        };
        let outcome = match &look.verdict {
            Verdict::Absent => Outcome::RunOut,
            Verdict::ExpiresOn { on } => Outcome::NotYet { on: *on },
            Verdict::Inconclusive { why } | Verdict::Unreachable { why } => {
                let why = format!("{}: {why}", look.dataset);
                return Ok(self.cannot_tell(leased, record, check.number, &why));
            }
            other => {
                return Err(Error::Broken(format!(
                    "backups have the verdict {}",
                    other.word()
                )));
            }
        };
        self.ended(actor, check, vec![look], outcome).await
    }

    async fn sets_again(
        &self,
        request: RequestId,
        system: &System,
        look: LaterLook,
    ) -> Result<LaterLook, Error> {
        let erased_at = self.last_authorised(request).await?;
        let erased_at = erased_at.ok_or_else(|| Error::Broken("nothing was ever erased".into()))?;
        let seen = self.sets_seen(system, erased_at).await?;
        Ok(LaterLook {
            verdict: seen.verdict,
            count: seen.holding,
            ..look
        })
    }

    async fn sets_seen(&self, system: &System, erased_at: Timestamp) -> Result<SetsSeen, Error> {
        let unseen = |verdict| SetsSeen {
            verdict,
            holding: None,
            control_found: false,
        };
        let probe = match self.probes()?.backups(system, &self.probe_secret(system)?) {
            Ok(probe) => probe,
            Err(error) => return Ok(unseen(inconclusive(&error.to_string()))),
        };
        Ok(match probe.report(self.now()).await {
            Ok(report) => judged(&report, erased_at),
            Err(ProbeError::Unreachable(why)) => unseen(Verdict::Unreachable { why }),
            Err(ProbeError::Blind(why)) => unseen(inconclusive(&why)),
        })
    }

    /// When the last chunk of a request could have run: a set taken before may hold what was erased.
    async fn last_authorised(&self, request: RequestId) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.ports.store.read().await?;
        let steps = tx.attempts().steps(request, None).await?;
        Ok(steps.iter().filter_map(|step| step.ended_at).max())
    }
}

/// What sets and rule say of data that was gone from the systems at a moment.
fn judged(report: &BackupReport, erased_at: Timestamp) -> SetsSeen {
    let holding: Vec<_> = report
        .sets
        .iter()
        .filter(|set| set.taken_at <= erased_at)
        .collect();
    let endless = holding.iter().find(|set| set.expires_on.is_none());
    let last = holding.iter().filter_map(|set| set.expires_on).max();
    let verdict = match (&report.rule, endless, last) {
        (None, _, _) => inconclusive(&format!(
            "no rule that ends backup sets is in force: {}",
            report.notes.join("; ")
        )),
        // Looking at an empty place, or at the wrong one, shows nothing.
        _ if report.sets.is_empty() => {
            inconclusive("no backup set is listed at all: nothing shows that this is where the backups are")
        }
        (_, Some(set), _) => inconclusive(&format!(
            "backup set {} never ends by the rule in force",
            set.name
        )),
        (Some(_), None, Some(on)) => Verdict::ExpiresOn { on },
        (Some(_), None, None) => Verdict::Absent,
    };
    SetsSeen {
        verdict,
        holding: Some(holding.len() as u64),
        control_found: !report.sets.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use domain::port::probe::BackupSet;
    use domain::time::parse_date;

    use super::*;

    const ERASED: &str = "2026-03-05T12:00:00Z";

    fn set(taken_at: &str, expires_on: Option<&str>) -> BackupSet {
        BackupSet {
            name: taken_at.into(),
            taken_at: taken_at.parse().unwrap(),
            expires_on: expires_on.map(|on| parse_date(on).unwrap()),
        }
    }

    fn verdict(sets: &[BackupSet], rule: Option<&str>) -> Verdict {
        let report = BackupReport {
            sets: sets.to_vec(),
            rule: rule.map(str::to_owned),
            notes: vec!["the policy file cannot be read".into()],
        };
        judged(&report, ERASED.parse().unwrap()).verdict
    }

    #[test]
    fn the_last_set_from_before_the_erasure_counts() {
        let sets = [
            set("2026-03-01T00:00:00Z", Some("2026-04-05")),
            set("2026-03-05T00:00:00Z", Some("2026-04-09")),
            set("2026-03-06T00:00:00Z", Some("2026-04-10")),
        ];
        let on = parse_date("2026-04-09").unwrap();
        assert_eq!(verdict(&sets, Some("keep-within 35d")), Verdict::ExpiresOn { on });
        assert_eq!(verdict(&sets[2..], Some("keep-within 35d")), Verdict::Absent);
    }

    #[test]
    fn an_empty_place_shows_nothing() {
        let said = verdict(&[], Some("keep-within 35d"));
        assert!(
            matches!(&said, Verdict::Inconclusive { why } if why.contains("no backup set")),
            "{said:?}"
        );
    }

    #[test]
    fn without_a_rule_or_with_a_set_that_stays_it_cannot_be_told() {
        let lasting = [set("2026-03-01T00:00:00Z", None)];
        let ending = [set("2026-03-01T00:00:00Z", Some("2026-04-05"))];
        for (sets, rule) in [(&lasting, Some("keep-within 35d")), (&ending, None)] {
            assert!(matches!(verdict(sets, rule), Verdict::Inconclusive { .. }));
        }
    }
}
