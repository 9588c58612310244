//! Scanning the sides of a dataset, and the samples that nobody could choose (V4).

use std::collections::BTreeSet;

use domain::digest::Digest;
use domain::manifest::{ControlRecord, KEPT_SAMPLE_SIZE, SAMPLE_SIZE, Sampler};
use domain::port::probe::{Page, Probe, ProbeError};
use domain::selection::{RecordId, Side, Target};

/// Ids per page of a scan.
const PAGE: u32 = 10_000;
/// Records outside the request that are listed at each place where some are looked for.
const NEIGHBOURS: u32 = 500;
/// Such places: right behind records that are to go.
const PLACES: usize = 2;
/// Pages of records outside the request that are looked through where these are too few: enough to meet many, not the whole store.
const OTHERS_PAGES: usize = 10;

/// One dataset, looked through by its probe.
pub(super) struct Scan<'a> {
    pub(super) probe: &'a dyn Probe,
    pub(super) target: &'a Target,
    pub(super) seed: Digest,
}

impl Scan<'_> {
    /// A sample of what is to go, and of how many records.
    pub(super) async fn selected(&self) -> Result<(Vec<RecordId>, u64), ProbeError> {
        let mut sampler = Sampler::new(self.seed, SAMPLE_SIZE);
        self.pages(Side::Selected, usize::MAX, |page| {
            page.ids.into_iter().for_each(|id| sampler.offer(id));
        })
        .await?;
        let scanned = sampler.seen();
        Ok((sampler.into_sample(), scanned))
    }

    /// A sample of what is withheld, and all of its ids where they are asked for. Where nothing is withheld nobody looks.
    pub(super) async fn withheld(
        &self,
        remember: bool,
    ) -> Result<(Vec<RecordId>, BTreeSet<RecordId>), ProbeError> {
        let mut sampler = Sampler::new(self.seed, KEPT_SAMPLE_SIZE);
        let mut seen = BTreeSet::new();
        if !self.target.selection.except.is_empty() {
            self.pages(Side::Withheld, usize::MAX, |page| {
                if remember {
                    seen.extend(page.ids.iter().cloned());
                }
                page.ids.into_iter().for_each(|id| sampler.offer(id));
            })
            .await?;
        }
        Ok((sampler.into_sample(), seen))
    }

    /// A sample of what is outside the request: half of it neighbours of what is to go, whom a deletion that reaches too far
    /// would meet first, and the rest from the beginning of the listing, which still shows that the probe sees when all
    /// neighbours are gone. Where neighbours are few, more of so much else as meets many tenants. None where the store
    /// cannot list it.
    pub(super) async fn others(&self, going: &[RecordId]) -> Result<Vec<ControlRecord>, ProbeError> {
        if !self.probe.capabilities().others {
            return Ok(Vec::new());
        }
        let behind = |id| self.probe.place_behind(self.target, id);
        let mut met = BTreeSet::new();
        let mut neighbours = Sampler::new(self.seed, KEPT_SAMPLE_SIZE / 2);
        for place in going.iter().filter_map(behind).take(PLACES) {
            let page = self
                .probe
                .scan(self.target, Side::Others, Some(&place), NEIGHBOURS);
            for other in controls(page.await?) {
                if met.insert(other.id.clone()) {
                    neighbours.offer(other);
                }
            }
        }
        let mut sample = neighbours.into_sample();
        let drawn: BTreeSet<RecordId> = sample.iter().map(|other| other.id.clone()).collect();
        let mut rest = Sampler::new(self.seed, KEPT_SAMPLE_SIZE - sample.len());
        let mut fill = |page| {
            let others = controls(page).filter(|other| !drawn.contains(&other.id));
            others.for_each(|other| rest.offer(other));
        };
        if sample.len() == KEPT_SAMPLE_SIZE / 2 {
            let first = self.probe.scan(self.target, Side::Others, None, NEIGHBOURS);
            fill(first.await?);
        } else {
            self.pages(Side::Others, OTHERS_PAGES, fill).await?;
        }
        sample.extend(rest.into_sample());
        Ok(sample)
    }

    /// Hands on each page of a side, at most so many.
    async fn pages(
        &self,
        side: Side,
        most: usize,
        mut each: impl FnMut(Page) + Send,
    ) -> Result<(), ProbeError> {
        let mut after: Option<String> = None;
        for _ in 0..most {
            let page = self.probe.scan(self.target, side, after.as_deref(), PAGE).await?;
            after.clone_from(&page.next);
            each(page);
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// The records of a page with whose they are, where the store says it.
fn controls(page: Page) -> impl Iterator<Item = ControlRecord> {
    let tenants = page.tenants.into_iter().chain(std::iter::repeat(None));
    let records = page.ids.into_iter().zip(tenants);
    records.map(|(id, tenant)| ControlRecord { id, tenant })
}
