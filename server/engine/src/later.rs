//! Looking again after the issue (V7): data comes back from imports and restores. What is seen again opens an incident.

use std::time::Duration;

use domain::actor::{Actor, Permission};
use domain::audit::Event;
use domain::id::CertificateId;
use domain::inventory::DatasetRef;
use domain::job::Job;
use domain::later::{LaterCheck, LooksAt};
use domain::mail::MailKind;
use domain::port::store::Tx;
use domain::register::{CertificateRecord, CertificateState};
use domain::time::{Date, Timestamp, days_later};
use domain::verification::{Check, Verdict};
use serde_json::json;

use crate::certification::certificate_in;
use crate::{Engine, Error};

const DAY: u64 = 24 * 3600;
/// From when on a look is late.
const LATE: Duration = Duration::from_secs(DAY);

impl Engine {
    /// Plans the later checks of a certificate, as its statement names them.
    pub(crate) async fn plan_later_checks(
        &self,
        tx: &mut dyn Tx,
        record: &CertificateRecord,
    ) -> Result<(), Error> {
        if !record.kind.is_base() {
            return Ok(());
        }
        for (number, days) in (1..).zip(&self.policy.later_checks) {
            let due_at = record
                .certified_at
                .after(Duration::from_secs(u64::from(*days) * DAY));
            let check = LaterCheck {
                certificate: record.id,
                number,
                looks_at: LooksAt::Records,
                due_at,
                ended: None,
                looks: Vec::new(),
                version: 1,
            };
            tx.incidents().insert_later(&check).await?;
            let job = Job::LookAgain {
                certificate: record.id,
                number,
            };
            tx.jobs().enqueue(&job, due_at).await?;
        }
        for (dataset, on) in expiring(tx, record).await? {
            self.plan_backup_look(tx, record.id, dataset, on).await?;
        }
        Ok(())
    }

    /// Plans the look at a backup on the day after its last set is to run out.
    pub(crate) async fn plan_backup_look(
        &self,
        tx: &mut dyn Tx,
        certificate: CertificateId,
        dataset: DatasetRef,
        on: Date,
    ) -> Result<(), Error> {
        let due_at = Timestamp::start_of(days_later(on, 1)?).max(self.now());
        let planned = tx.incidents().later_checks(certificate).await?;
        let number = planned.last().map_or(1, |last| last.number + 1);
        let check = LaterCheck {
            certificate,
            number,
            looks_at: LooksAt::Backup { dataset },
            due_at,
            ended: None,
            looks: Vec::new(),
            version: 1,
        };
        tx.incidents().insert_later(&check).await?;
        let job = Job::LookAgain { certificate, number };
        Ok(tx.jobs().enqueue(&job, due_at).await?)
    }

    /// Tells the officers that an addendum can be certified.
    #[cfg(feature = "probe")]
    pub(crate) async fn tell_of_run_out(&self, tx: &mut dyn Tx, id: CertificateId) -> Result<(), Error> {
        let record = certificate_in(tx, id).await?;
        let request = tx.requests().find(record.request).await?;
        let request = request.ok_or(Error::NotFound("that request"))?;
        self.tell_staff(tx, &request, MailKind::NeedsAttention).await
    }

    /// Tells the officers, once a day, of looks that should have been made a day ago: nobody runs them, or they are parked.
    pub(crate) async fn late_looks(&self, tx: &mut dyn Tx, actor: &Actor) -> Result<(), Error> {
        let now = self.now();
        let today = now.date_in(&self.policy.zone)?.to_string();
        for check in tx.incidents().due_before(now).await? {
            let name = format!("late-look:{}:{}", check.certificate, check.number);
            let told = tx.settings().text(&name).await?;
            if now < check.due_at.after(LATE) || told.is_some_and(|told| told == today) {
                continue;
            }
            let record = certificate_in(tx, check.certificate).await?;
            // Others are not looked at, or not now.
            if record.state != CertificateState::Issued {
                continue;
            }
            tx.settings().set_text(&name, &today).await?;
            let object = format!("certificate:{}", check.certificate);
            let details = json!({ "number": check.number, "due_at": check.due_at });
            self.log(tx, actor, Event::new("certificate.look_overdue", object, details))
                .await?;
            let request = tx.requests().find(record.request).await?;
            let request = request.ok_or(Error::NotFound("that request"))?;
            self.tell_staff(tx, &request, MailKind::NeedsAttention).await?;
        }
        Ok(())
    }

    /// Looks again at everything that a certificate in force says is gone, without waiting for the next day that is planned.
    pub async fn look_again_now(&self, actor: &Actor, id: CertificateId) -> Result<(), Error> {
        actor.require(Permission::Revoke)?;
        actor.person()?;
        let now = self.now();
        let mut tx = self.ports.store.begin().await?;
        let record = certificate_in(&mut *tx, id).await?;
        if record.state != CertificateState::Issued {
            return Err(Error::NotNow(format!(
                "the certificate is {}: only one in force is looked at again",
                record.state.word()
            )));
        }
        let request = tx.requests().find(record.request).await?;
        if request.is_none_or(|request| request.destroyed_at.is_some()) {
            return Err(Error::NotNow(
                "the samples were destroyed when their time was over: nothing is left to look for".into(),
            ));
        }
        let planned = tx.incidents().later_checks(id).await?;
        if planned
            .iter()
            .any(|check| check.ended.is_none() && check.due_at <= now)
        {
            return Err(Error::NotNow("the probes are looking again already".into()));
        }
        let number = planned.last().map_or(1, |last| last.number + 1);
        let check = LaterCheck {
            certificate: id,
            number,
            looks_at: LooksAt::Records,
            due_at: now,
            ended: None,
            looks: Vec::new(),
            version: 1,
        };
        tx.incidents().insert_later(&check).await?;
        let event = Event::new(
            "certificate.look_asked_for",
            format!("certificate:{id}"),
            json!({ "number": number }),
        );
        self.log(&mut *tx, actor, event).await?;
        let job = Job::LookAgain {
            certificate: id,
            number,
        };
        tx.jobs().enqueue(&job, now).await?;
        Ok(tx.commit().await?)
    }
}

/// Backups that a certificate says are yet to run out, and the last day of their last set.
async fn expiring(tx: &mut dyn Tx, record: &CertificateRecord) -> Result<Vec<(DatasetRef, Date)>, Error> {
    let request = tx.requests().find(record.request).await?;
    let request = request.ok_or(Error::NotFound("that request"))?;
    let checks = tx.findings().checks(request.id, Some(request.round)).await?;
    let on = |check: Check| match check.finding()?.verdict {
        Verdict::ExpiresOn { on } => Some((check.dataset.clone(), on)),
        _ => None,
    };
    Ok(checks.into_iter().filter_map(on).collect())
}
