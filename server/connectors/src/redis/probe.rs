//! Looks at keys. Every look asks the server; only the further pages of one scan come from one walk over its keys.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::inventory::System;
use domain::port::connector::ConnectorError;
use domain::port::probe::{Capabilities, Page, Probe, ProbeError, Question, Sighting, Survey};
use domain::secret::Secret;
use domain::selection::{RecordId, Selection, Side, Target};
use domain::subject::Normalisation;
use redis::Client;

use super::config::{self, PAGE};
use super::keys;
use crate::template::probe::{Sides, read};
use crate::template::{Pattern, bytes_of, value_of};

const CAPABILITIES: Capabilities = Capabilities {
    exact_count: true,
    exclude_records: true,
    exclude_dates: false,
    others: true,
    level: "removed from memory; the append-only file and snapshots keep bytes until they are rewritten",
};

/// So many ids of a scan are kept for its further pages.
const KEPT: usize = 200_000;

/// Makes the probe.
pub(super) fn make(_system: &System, credential: &Secret) -> Result<Arc<dyn Probe>, ConnectorError> {
    Ok(Arc::new(Eyes {
        client: config::client(credential)?,
        ahead: Mutex::new(None),
    }))
}

struct Eyes {
    client: Client,
    ahead: Mutex<Option<Ahead>>,
}

/// The ids that a scan still has to give out.
struct Ahead {
    target: Target,
    side: Side,
    after: String,
    ids: BTreeSet<String>,
    complete: bool,
}

impl Eyes {
    /// Takes what is left of the scan that gave out `after` last.
    fn take(&self, target: &Target, side: Side, after: &str) -> Option<Ahead> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        ahead.take_if(|ahead| ahead.side == side && ahead.after == after && ahead.target == *target)
    }

    /// The first ids of a side after one, in order, from a walk over all keys.
    async fn walk(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        most: usize,
    ) -> Result<Ahead, ProbeError> {
        let pattern = config::pattern_of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        let sides = Sides::new(&target.selection);
        let mut db = keys::session(&self.client).await?;
        let mut ids = BTreeSet::new();
        let mut complete = true;
        keys::each(
            &mut db,
            &glob(&pattern, &target.selection, side == Side::Others),
            |key| {
                let of_side = pattern
                    .capture(&key)
                    .is_some_and(|captures| sides.of(&captures) == side);
                if of_side && after.is_none_or(|after| key.as_str() > after) {
                    ids.insert(key);
                    if ids.len() > most {
                        ids.pop_last();
                        complete = false;
                    }
                }
            },
        )
        .await?;
        Ok(Ahead {
            target: target.clone(),
            side,
            after: String::new(),
            ids,
            complete,
        })
    }
}

/// Whose each key is, by its name.
fn tenants_of(target: &Target, ids: &[RecordId]) -> Result<Vec<Option<String>>, ProbeError> {
    let pattern = config::pattern_of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
    let tenant = |id: &RecordId| read(&pattern.capture(&id.0)?, &target.selection.tenant.field);
    Ok(ids.iter().map(tenant).collect())
}

#[async_trait]
impl Probe for Eyes {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    async fn survey(&self, target: &Target) -> Result<Survey, ProbeError> {
        let pattern = config::pattern_of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        let mut db = keys::session(&self.client).await?;
        let mut container_found = false;
        let mut prefixes = BTreeSet::new();
        let mut keys_seen = 0_u64;
        keys::each(&mut db, "*", |key| {
            keys_seen += 1;
            match pattern.capture(&key) {
                Some(_) => container_found = true,
                None if prefixes.len() < 20 => {
                    let prefix = key
                        .split_once(':')
                        .map_or("keys without a prefix", |(prefix, _)| prefix);
                    prefixes.insert(prefix.to_owned());
                }
                None => {}
            }
        })
        .await?;
        let fields = pattern.fields().map(str::to_owned).collect();
        let notes = vec![format!("the database holds {keys_seen} keys")];
        Ok(Survey {
            container_found,
            siblings: prefixes.into_iter().collect(),
            fields,
            notes,
        })
    }

    async fn scan(
        &self,
        target: &Target,
        side: Side,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page, ProbeError> {
        let limit = limit.max(1) as usize;
        let kept = after.and_then(|after| self.take(target, side, after));
        let mut ahead = match kept {
            Some(ahead) if ahead.complete || ahead.ids.len() >= limit => ahead,
            _ => self.walk(target, side, after, limit.max(KEPT)).await?,
        };
        let ids: Vec<RecordId> = std::iter::from_fn(|| ahead.ids.pop_first())
            .take(limit)
            .map(RecordId)
            .collect();
        let done = ahead.ids.is_empty() && ahead.complete;
        let next = ids.last().filter(|_| !done).map(|id| id.0.clone());
        if let Some(after) = &next {
            ahead.after.clone_from(after);
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
        let tenants = match side {
            Side::Others => tenants_of(target, &ids)?,
            Side::Selected | Side::Withheld => Vec::new(),
        };
        Ok(Page { ids, tenants, next })
    }

    async fn look(&self, target: &Target, question: &Question) -> Result<Sighting, ProbeError> {
        let pattern = config::pattern_of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        let mut db = keys::session(&self.client).await?;
        let asked: Vec<&RecordId> = question.ids.iter().chain(&question.controls).collect();
        let mut seen: Vec<bool> = Vec::with_capacity(asked.len());
        for part in asked.chunks(PAGE) {
            let mut lookups = redis::pipe();
            for id in part {
                lookups.exists(bytes_of(&id.0));
            }
            let answers: Vec<bool> = lookups.query_async(&mut db).await.map_err(keys::error)?;
            seen.extend(answers);
        }
        if seen.len() != asked.len() {
            return Err(ProbeError::Blind("the server's answer was not understood".into()));
        }
        let mut counts = [0_u64; 3];
        if !question.count.is_empty() {
            let sides = Sides::new(&target.selection);
            let others = question.count.contains(&Side::Others);
            keys::each(&mut db, &glob(&pattern, &target.selection, others), |key| {
                if let Some(captures) = pattern.capture(&key) {
                    counts[sides.of(&captures) as usize] += 1;
                }
            })
            .await?;
        }
        let controls = seen.split_off(question.ids.len());
        let counts = question
            .count
            .iter()
            .map(|side| Some(counts[*side as usize]))
            .collect();
        Ok(Sighting {
            found: seen,
            controls,
            counts,
        })
    }

    async fn values(&self, target: &Target, field: &str) -> Result<Vec<String>, ProbeError> {
        let pattern = config::pattern_of(&target.locator, &target.selection).map_err(ProbeError::Blind)?;
        if !pattern.fields().any(|name| name == field) {
            return Err(ProbeError::Blind(format!(
                "the container has no placeholder {{{field}}}"
            )));
        }
        let sides = Sides::new(&target.selection);
        let mut db = keys::session(&self.client).await?;
        let mut values = BTreeSet::new();
        keys::each(&mut db, &glob(&pattern, &target.selection, false), |key| {
            let Some(captures) = pattern.capture(&key) else {
                return;
            };
            if sides.of(&captures) != Side::Others {
                values.extend(
                    captures
                        .into_iter()
                        .filter(|(name, _)| *name == field)
                        .map(|(_, value)| value_of(value)),
                );
            }
        })
        .await?;
        Ok(values.into_iter().collect())
    }

    fn place_behind(&self, _target: &Target, _id: &RecordId) -> Option<String> {
        None
    }

    fn native_query(&self, _target: &Target, id: &RecordId) -> String {
        let database = self.client.get_connection_info().redis_settings().db();
        format!("redis-cli -n {database} EXISTS '{}'", id.0.replace('\'', "'\\''"))
    }
}

/// A glob that every key asked for fits: the tenant's, where it is one exact value and no others are asked for.
fn glob(pattern: &Pattern, selection: &Selection, others: bool) -> String {
    match selection.tenant.any_of.as_slice() {
        [value] if !others && selection.tenant.normalise != Normalisation::Lower => {
            pattern.glob(&[(&selection.tenant.field, value)])
        }
        _ => pattern.glob(&[]),
    }
}
