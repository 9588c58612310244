//! Looking again after the issue (V7): data comes back from imports and restores. What is seen again opens an incident.

use std::time::Duration;

use domain::job::Job;
use domain::later::LaterCheck;
use domain::port::store::Tx;
use domain::register::CertificateRecord;

use crate::{Engine, Error};

const DAY: u64 = 24 * 3600;

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
        Ok(())
    }
}
