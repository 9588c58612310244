//! Control records: known to be present, and found by the path that looks for what had to go (V5).

use domain::manifest::KEPT_SAMPLE_SIZE;
use domain::port::probe::{Probe, ProbeError, Question};
use domain::selection::{RecordId, Side, Target};

/// The first of some records that the lookup finds now.
pub(crate) async fn first_found(
    probe: &dyn Probe,
    target: &Target,
    records: Vec<RecordId>,
) -> Result<Option<RecordId>, ProbeError> {
    if records.is_empty() {
        return Ok(None);
    }
    let question = Question {
        ids: Vec::new(),
        controls: records.clone(),
        count: Vec::new(),
    };
    let seen = probe.look(target, &question).await?.controls;
    let mut found = records.into_iter().zip(seen).filter(|(_, found)| *found);
    Ok(found.next().map(|(record, _)| record))
}

/// Some records outside the request that are listed now; none where the store cannot list them.
pub(crate) async fn listed(probe: &dyn Probe, target: &Target) -> Result<Vec<RecordId>, ProbeError> {
    if !probe.capabilities().others {
        return Ok(Vec::new());
    }
    let page = probe
        .scan(target, Side::Others, None, KEPT_SAMPLE_SIZE as u32)
        .await?;
    Ok(page.ids)
}

/// A record outside the request that is listed now, and found by the lookup.
pub(crate) async fn fresh(probe: &dyn Probe, target: &Target) -> Result<Option<RecordId>, ProbeError> {
    first_found(probe, target, listed(probe, target).await?).await
}
