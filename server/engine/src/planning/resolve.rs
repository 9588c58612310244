//! Filling in locators: identifiers of the request, values of lookups, and what holds keep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::inventory::{Dataset, DatasetRef, InventoryVersion, Match, System};
use domain::plan::KeptPart;
use domain::port::probe::Probe;
use domain::port::vault::Purpose;
use domain::request::ErasureRequest;
use domain::retention::Keeper;
use domain::scope::{Cover, Place, RequestScope, Wanted};
use domain::selection::{Criterion, Exclusion, Selection, Target};
use domain::subject::{Identifier, IdentifierDigest, TENANT_KEY, TenantKey};

use crate::{Engine, Error};

/// How deep lookups may lead into one another.
const DEEPEST_LOOKUP: usize = 8;

/// Fills in the locators of one inventory for one request.
pub(crate) struct Resolver<'a> {
    engine: &'a Engine,
    inventory: &'a InventoryVersion,
    tenant: &'a TenantKey,
    whole_tenant: bool,
    identifiers: Vec<Identifier>,
    /// What lookups yielded for the request, beside its own identifiers.
    found: BTreeSet<Identifier>,
    probes: BTreeMap<String, Arc<dyn Probe>>,
}

/// The whole tenant's records of a dataset, without lookups: for trying.
pub(crate) fn tenant_target(system: &System, dataset: &Dataset, tenant: &TenantKey) -> Target {
    let one = &dataset.locator.tenant;
    let criterion = Criterion {
        field: one.field.clone(),
        any_of: vec![one.normalise.apply(tenant.as_str())],
        normalise: one.normalise,
    };
    target(system, dataset, criterion, Vec::new())
}

fn target(system: &System, dataset: &Dataset, tenant: Criterion, subject: Vec<Criterion>) -> Target {
    Target {
        dataset: DatasetRef {
            system: system.name.clone(),
            dataset: dataset.name.clone(),
        },
        locator: dataset.locator.clone(),
        selection: Selection {
            tenant,
            subject,
            except: Vec::new(),
        },
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        inventory: &'a InventoryVersion,
        request: &'a ErasureRequest,
    ) -> Result<Self, Error> {
        Ok(Self {
            engine,
            inventory,
            tenant: &request.tenant_key,
            whole_tenant: matches!(request.scope, RequestScope::Tenant { .. }),
            identifiers: engine.identifiers_of(request)?,
            found: BTreeSet::new(),
            probes: BTreeMap::new(),
        })
    }

    /// For searching all that there is of a tenant.
    pub(crate) fn of_tenant(
        engine: &'a Engine,
        inventory: &'a InventoryVersion,
        tenant: &'a TenantKey,
    ) -> Self {
        Self {
            engine,
            inventory,
            tenant,
            whole_tenant: true,
            identifiers: Vec::new(),
            found: BTreeSet::new(),
            probes: BTreeMap::new(),
        }
    }

    /// Digests of the request's identifiers and of all that lookups yielded.
    pub(super) fn digests(&self) -> Result<BTreeSet<IdentifierDigest>, Error> {
        if self.whole_tenant {
            return Ok(BTreeSet::new());
        }
        let all: Vec<Identifier> = self
            .identifiers
            .iter()
            .cloned()
            .chain(self.found.iter().cloned())
            .collect();
        self.engine.digests(&all)
    }

    /// The target of a dataset, nothing withheld yet. A dataset whose identifier is missing stops planning and is named.
    pub(crate) async fn target(&mut self, system: &System, dataset: &Dataset) -> Result<Target, Error> {
        let tenant = self.tenant_criterion(system, dataset, 0).await?;
        if self.whole_tenant || dataset.locator.subject.is_empty() {
            return Ok(target(system, dataset, tenant, Vec::new()));
        }
        let identifiers = self.identifiers.clone();
        let subject = self.subject_criteria(dataset, &identifiers, 0, true).await?;
        if subject.is_empty() {
            let kinds: Vec<&str> = dataset
                .locator
                .subject
                .iter()
                .map(|one| one.identifier.as_str())
                .collect();
            return Err(Error::NotNow(format!(
                "dataset {}.{} finds a person by {}, which the request does not carry and no lookup yields: \
                 ask for it, or add a lookup to the locator",
                system.name,
                dataset.name,
                kinds.join(" or ")
            )));
        }
        Ok(target(system, dataset, tenant, subject))
    }

    async fn tenant_criterion(
        &mut self,
        system: &System,
        dataset: &Dataset,
        depth: usize,
    ) -> Result<Criterion, Error> {
        let one = dataset.locator.tenant.clone();
        let values = match (&one.lookup, one.identifier == TENANT_KEY) {
            (Some(lookup), _) => self.look_up(&lookup.dataset, &lookup.field, None, depth).await?,
            (None, true) => vec![self.tenant.as_str().to_owned()],
            (None, false) => {
                return Err(Error::NotNow(format!(
                    "dataset {}.{} finds the tenant by {}, which nothing yields",
                    system.name, dataset.name, one.identifier
                )));
            }
        };
        Ok(criterion(&one, values))
    }

    /// Criteria for a person, one per match that can be filled in. Those of lookups may be empty: then the other dataset knows
    /// no such person.
    async fn subject_criteria(
        &mut self,
        dataset: &Dataset,
        identifiers: &[Identifier],
        depth: usize,
        remember: bool,
    ) -> Result<Vec<Criterion>, Error> {
        let mut criteria = Vec::new();
        for one in &dataset.locator.subject {
            let own: Vec<String> = identifiers
                .iter()
                .filter(|identifier| identifier.kind == one.identifier)
                .map(|identifier| identifier.value.clone())
                .collect();
            let looked_up = match &one.lookup {
                Some(lookup) => {
                    let found = self
                        .look_up(&lookup.dataset, &lookup.field, Some(identifiers), depth)
                        .await?;
                    if remember {
                        let known = found
                            .iter()
                            .filter_map(|value| Identifier::new(&one.identifier, value).ok());
                        self.found.extend(known);
                    }
                    Some(found)
                }
                None => None,
            };
            if own.is_empty() && looked_up.is_none() {
                continue;
            }
            let values = own.into_iter().chain(looked_up.unwrap_or_default()).collect();
            criteria.push(criterion(one, values));
        }
        Ok(criteria)
    }

    /// Distinct values of a field over the tenant's (and person's) records of another dataset.
    async fn look_up(
        &mut self,
        dataset: &DatasetRef,
        field: &str,
        person: Option<&[Identifier]>,
        depth: usize,
    ) -> Result<Vec<String>, Error> {
        if depth > DEEPEST_LOOKUP {
            return Err(Error::NotNow(format!(
                "lookups lead in a circle at {dataset}: mend the locators"
            )));
        }
        let inventory = self.inventory;
        let system = inventory.system(&dataset.system);
        let found =
            system.and_then(|system| system.dataset(&dataset.dataset).map(|dataset| (system, dataset)));
        let (system, set) = found.ok_or_else(|| {
            Error::NotNow(format!("a lookup names {dataset}, which is not in the inventory"))
        })?;
        let tenant = Box::pin(self.tenant_criterion(system, set, depth + 1)).await?;
        let subject = match person {
            Some(identifiers) => {
                let criteria = Box::pin(self.subject_criteria(set, identifiers, depth + 1, false)).await?;
                if criteria.is_empty() {
                    return Ok(Vec::new());
                }
                criteria
            }
            None => Vec::new(),
        };
        let target = target(system, set, tenant, subject);
        let probe = self.probe(system)?;
        let values = probe.values(&target, field).await;
        values.map_err(|error| Error::Probe(error).at(dataset))
    }

    pub(crate) fn probe(&mut self, system: &System) -> Result<Arc<dyn Probe>, Error> {
        if let Some(probe) = self.probes.get(system.name.as_str()) {
            return Ok(probe.clone());
        }
        let probe = self
            .engine
            .probes()?
            .probe(system, &self.engine.probe_secret(system)?)?;
        self.probes.insert(system.name.to_string(), probe.clone());
        Ok(probe)
    }

    /// What keepers keep of a dataset: exclusions are added to the target; what the locator cannot express withholds the whole
    /// dataset. Gives whether all of it is withheld, and what is kept on which ground.
    pub(super) async fn withhold(
        &mut self,
        system: &System,
        dataset: &Dataset,
        keepers: &[Keeper],
        wanted: Wanted<'_>,
        target: &mut Target,
    ) -> Result<(bool, Vec<KeptPart>), Error> {
        let place = Place {
            system: &system.name,
            categories: &dataset.categories,
        };
        let mut kept = Vec::new();
        let mut whole = false;
        for keeper in keepers {
            let cover = keeper.scope.covers(wanted, place);
            if cover == Cover::None {
                continue;
            }
            let exclusion = match cover {
                Cover::Subject => self.held_person(system, dataset, keeper).await?,
                Cover::Dates => self.held_dates(system, dataset, keeper)?,
                Cover::None | Cover::Whole => None,
            };
            let cover = if exclusion.is_some() { cover } else { Cover::Whole };
            whole |= cover == Cover::Whole;
            target.selection.except.extend(exclusion);
            kept.push(KeptPart {
                keeper: keeper.id,
                cover,
                ground: keeper.ground,
                until: keeper.until,
                disclosed: keeper.disclosed.clone(),
            });
        }
        if whole {
            target.selection.except = vec![Exclusion::AnyOf(vec![target.selection.tenant.clone()])];
        }
        Ok((whole, kept))
    }

    /// The held person's records, where the dataset can tell them apart by an identifier that the hold names.
    async fn held_person(
        &mut self,
        system: &System,
        dataset: &Dataset,
        keeper: &Keeper,
    ) -> Result<Option<Exclusion>, Error> {
        let Some(subject) = &keeper.scope.subject else {
            return Ok(None);
        };
        if system.handling != domain::inventory::Handling::Erase
            || !self.probe(system)?.capabilities().exclude_records
        {
            return Ok(None);
        }
        let text = self
            .engine
            .ports
            .vault
            .open(Purpose::Record, "hold-subject", &subject.sealed)?;
        let identifiers: Vec<Identifier> = serde_json::from_slice(&text)
            .map_err(|_| Error::Broken("the identifiers of a hold are not readable".into()))?;
        let criteria = self.subject_criteria(dataset, &identifiers, 0, false).await?;
        // A lookup that yields nothing does not say that the held person has no records here.
        let told = !criteria.is_empty() && criteria.iter().all(|criterion| !criterion.any_of.is_empty());
        Ok(told.then_some(Exclusion::AnyOf(criteria)))
    }

    fn held_dates(
        &mut self,
        system: &System,
        dataset: &Dataset,
        keeper: &Keeper,
    ) -> Result<Option<Exclusion>, Error> {
        let (Some(range), Some(field)) = (keeper.scope.created, dataset.locator.created.clone()) else {
            return Ok(None);
        };
        if system.handling != domain::inventory::Handling::Erase
            || !self.probe(system)?.capabilities().exclude_dates
        {
            return Ok(None);
        }
        Ok(Some(Exclusion::Created {
            field,
            from: range.from,
            until: range.until,
        }))
    }
}

fn criterion(one: &Match, values: Vec<String>) -> Criterion {
    let values: BTreeSet<String> = values.iter().map(|value| one.normalise.apply(value)).collect();
    Criterion {
        field: one.field.clone(),
        any_of: values.into_iter().collect(),
        normalise: one.normalise,
    }
}
