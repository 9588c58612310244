//! An officer looks at single records by hand: each shown id is looked up by a plain query that shares no code with the product.

use domain::actor::Actor;
use domain::id::RequestId;
use domain::inventory::DatasetRef;
use domain::plan::Action;
use engine::Engine;

use super::DemoError;
use super::systems::Systems;

/// What was seen of all datasets that were erased.
pub(super) struct Looked {
    /// How many ids were looked up.
    pub(super) ids: u64,
    /// In every dataset the decoy was seen, and it alone.
    pub(super) good: bool,
    /// The command that looks one of them up.
    pub(super) query: String,
}

/// Looks at every dataset of which records were erased.
pub(super) async fn by_hand(
    engine: &Engine,
    systems: &Systems,
    officer: &Actor,
    id: RequestId,
) -> Result<Looked, DemoError> {
    let evidence = engine.evidence(officer, id).await?;
    let (mut looked, mut query) = (
        Looked {
            ids: 0,
            good: true,
            query: String::new(),
        },
        None,
    );
    for (entry, part) in evidence.plan.parts() {
        let dataset = DatasetRef {
            system: entry.system.clone(),
            dataset: part.dataset.clone(),
        };
        let before = evidence.manifest.dataset(&dataset);
        if part.action != Action::Erase || before.is_none_or(|seen| seen.sample_size == 0) {
            continue;
        }
        let (spot, shown) = engine.open_spot_check(officer, id, &dataset).await?;
        let mut seen = Vec::new();
        for one in &shown {
            seen.push(systems.exists(&dataset, &one.id.0).await?);
        }
        if query.is_none() {
            query = shown.into_iter().next().map(|one| one.native_query);
        }
        let there = seen.iter().filter(|there| **there).count();
        let note = format!("{there} of {} ids exist, by a plain query", seen.len());
        let result = engine.record_spot_check(officer, spot, &seen, &note).await?;
        looked.good &= result.decoy_seen && result.still_there == 0 && there == 1;
        looked.ids += seen.len() as u64;
    }
    looked.query = query.unwrap_or_default();
    Ok(looked)
}
