//! The manifest: what a probe saw before erasure. Counts, and a sample that nobody could choose (V4, V5).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical;
use crate::digest::Digest;
use crate::id::{PlanId, RequestId};
use crate::inventory::DatasetRef;
use crate::nonce::Nonce;
use crate::port::vault::Sealed;
use crate::selection::RecordId;
use crate::time::Timestamp;

/// The largest sample of one dataset.
pub const SAMPLE_SIZE: usize = 1_000;
/// The largest sample of withheld records and of records outside the request.
pub const KEPT_SAMPLE_SIZE: usize = 100;

/// Where the sampling seed comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedSource {
    /// Root of a checkpoint of the log that contains the plan.
    pub root: Digest,
    /// Size of that checkpoint.
    pub tree_size: u64,
    /// Where the nonce was committed; where nobody outside did, the certificate says
    /// "seed from the operator's own log".
    pub nonce: NonceSource,
    /// The nonce that was committed to, opened; absent where the operator's log is the only source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<OpenedNonce>,
}

/// A nonce that was committed to before planning, with what an outsider needs to follow that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedNonce {
    /// The nonce.
    pub nonce: Nonce,
    /// Its SHA-256, as it was logged.
    pub commitment: Digest,
    /// Which commitment of the request it was, from 1.
    pub number: u32,
    /// When it was committed to.
    pub committed_at: Timestamp,
    /// Index of the entry that tells of it.
    pub committed_entry: u64,
    /// Index of the entry that tells of the plan.
    pub plan_entry: u64,
    /// When the root was fixed.
    pub fixed_at: Timestamp,
    /// When the nonce was opened.
    pub opened_at: Timestamp,
}

/// Who committed the nonce before planning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonceSource {
    /// The operator's own log only.
    OperatorsLog,
    /// The approver's side; it was kept sealed here until it was opened.
    Approver,
    /// The approver's side or a witness, who kept it outside until the root was fixed.
    Witness,
}

/// Seed of one dataset: SHA-256 over length-prefixed root, request id, dataset and nonce.
pub fn seed(root: Digest, request: RequestId, dataset: &DatasetRef, nonce: &[u8]) -> Digest {
    Digest::of_parts(&[
        root.as_bytes(),
        request.uuid().as_bytes(),
        dataset.to_string().as_bytes(),
        nonce,
    ])
}

/// Keeps the n records with the smallest SHA-256(seed || id) of one scan: a uniform sample that anybody who knows
/// seed and ids draws again.
#[derive(Debug)]
pub struct Sampler<R> {
    seed: Digest,
    size: usize,
    heap: std::collections::BinaryHeap<(Digest, R)>,
    seen: u64,
}

impl<R: Ord + AsRef<RecordId>> Sampler<R> {
    /// A sampler of at most `size` records.
    pub fn new(seed: Digest, size: usize) -> Self {
        Self {
            seed,
            size,
            heap: std::collections::BinaryHeap::with_capacity(size + 1),
            seen: 0,
        }
    }

    /// Offers one record of the scan.
    pub fn offer(&mut self, record: R) {
        self.seen += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.as_bytes());
        hash.update(record.as_ref().0.as_bytes());
        let rank = Digest::from(<[u8; 32]>::from(hash.finalize()));
        if self.heap.len() < self.size {
            self.heap.push((rank, record));
        } else if self.heap.peek().is_some_and(|(largest, _)| rank < *largest) {
            self.heap.pop();
            self.heap.push((rank, record));
        }
    }

    /// How many records were offered.
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// The sample, smallest first.
    pub fn into_sample(self) -> Vec<R> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|(_, record)| record)
            .collect()
    }
}

/// A record outside the request, known to be present.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "StoredControl")]
pub struct ControlRecord {
    /// The record.
    pub id: RecordId,
    /// Whose it is, as the store writes it: tells a loss from an erasure that this tenant asked for. Absent where the
    /// store names nobody.
    pub tenant: Option<String>,
}

/// As it is stored now, and as manifests drawn by earlier versions have it: an id without a tenant, whose loss nothing
/// explains.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredControl {
    Named { id: RecordId, tenant: Option<String> },
    Bare(RecordId),
}

impl From<StoredControl> for ControlRecord {
    fn from(stored: StoredControl) -> Self {
        let (id, tenant) = match stored {
            StoredControl::Named { id, tenant } => (id, tenant),
            StoredControl::Bare(id) => (id, None),
        };
        Self { id, tenant }
    }
}

impl AsRef<RecordId> for ControlRecord {
    fn as_ref(&self) -> &RecordId {
        &self.id
    }
}

/// The records of a dataset's manifest, opened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Samples {
    /// Of what is to be erased.
    pub selected: Vec<RecordId>,
    /// Of what is withheld.
    pub withheld: Vec<RecordId>,
    /// Outside the request: found or not found only.
    pub others: Vec<ControlRecord>,
    /// The canary, where the inventory names one.
    pub canary: Option<RecordId>,
}

/// Which positive control a dataset has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A record of the synthetic tenant.
    Canary,
    /// A record outside the request. The word stored is the one it had when only other tenants were looked at.
    #[serde(rename = "other_tenant")]
    OutsideRecord,
    /// None is possible: the verdict is Inconclusive unless a person accepts that.
    None,
}

/// What the probe saw of one dataset before erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetManifest {
    /// Which dataset.
    pub dataset: DatasetRef,
    /// Records to be erased: exact, where the store can count.
    pub count: Option<u64>,
    /// Records offered to the sampler by the scan.
    pub scanned: u64,
    /// How many are in the sample.
    pub sample_size: u64,
    /// Merkle root (RFC 6962) over keyed digests of the sampled ids, those to be erased first, then those withheld, each in
    /// sample order.
    pub commitment: Digest,
    /// Withheld records: exact, where the store can count.
    pub withheld_count: Option<u64>,
    /// How many of them are in their sample.
    pub withheld_sample_size: u64,
    /// How many records outside the request are in the control sample.
    pub others_sample_size: u64,
    /// Which positive control there is.
    pub control: Control,
    /// The probe found the whole sample and the control by the path that verification will use (V5).
    pub positive: bool,
    /// [`Samples`] as JSON, sealed under the request's key with context `samples:<plan id>:<dataset>`.
    pub sealed: Sealed,
}

/// What the probes saw of a request's datasets before erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of which plan.
    pub plan: PlanId,
    /// Where the seed comes from.
    pub seed: SeedSource,
    /// Each dataset that a probe can look into.
    pub datasets: Vec<DatasetManifest>,
    /// When it was complete.
    pub drawn_at: Timestamp,
}

impl Manifest {
    /// What was seen of a dataset.
    pub fn dataset(&self, name: &DatasetRef) -> Option<&DatasetManifest> {
        self.datasets.iter().find(|manifest| &manifest.dataset == name)
    }

    /// SHA-256 over plan digest, counts and withheld counts. The sample is left out: its seed differs with every
    /// drawing, and what is approved is *what* is erased, not which ids will be looked up.
    pub fn digest(&self, plan: Digest) -> Digest {
        let rows: Vec<_> = self
            .datasets
            .iter()
            .map(|seen| {
                (
                    &seen.dataset,
                    seen.count,
                    seen.withheld_count,
                    seen.control,
                    seen.positive,
                )
            })
            .collect();
        Digest::of(canonical::to_string(&(plan, rows)).as_bytes())
    }

    /// SHA-256 over everything but sealed boxes: what the certificate names.
    pub fn commitment(&self) -> Digest {
        let rows: Vec<_> = self
            .datasets
            .iter()
            .map(|seen| {
                (
                    &seen.dataset,
                    seen.count,
                    seen.sample_size,
                    seen.commitment,
                    seen.withheld_count,
                )
            })
            .collect();
        Digest::of(canonical::to_string(&(&self.seed, rows)).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seed: &[u8], ids: impl Iterator<Item = u32>) -> Vec<RecordId> {
        let mut sampler = Sampler::new(Digest::of(seed), 10);
        ids.for_each(|id| sampler.offer(RecordId(id.to_string())));
        sampler.into_sample()
    }

    #[test]
    fn the_sample_does_not_depend_on_the_order_of_the_scan() {
        assert_eq!(draw(b"s", 0..1_000), draw(b"s", (0..1_000).rev()));
    }

    #[test]
    fn another_seed_draws_another_sample() {
        assert_ne!(draw(b"s", 0..1_000), draw(b"t", 0..1_000));
    }

    #[test]
    fn samples_of_an_earlier_version_are_read() {
        let text = r#"{"selected":["1"],"withheld":[],"others":["7"],"canary":null}"#;
        let samples: Samples = serde_json::from_str(text).unwrap();
        let other = ControlRecord {
            id: RecordId("7".into()),
            tenant: None,
        };
        assert_eq!(samples.others, [other]);
        let again: Samples = serde_json::from_str(&serde_json::to_string(&samples).unwrap()).unwrap();
        assert_eq!(again, samples);
    }

    #[test]
    fn few_records_are_all_in_the_sample() {
        assert_eq!(draw(b"s", 0..7).len(), 7);
    }
}
