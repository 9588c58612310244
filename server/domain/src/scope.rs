//! Scopes: what a request asks for, what a hold or duty keeps, and where they meet.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::inventory::{Category, SystemName};
use crate::port::vault::Sealed;
use crate::subject::{IdentifierDigest, TenantKey};
use crate::time::Date;

/// Which tenants a hold or duty is about. Tenants are named by key, so that one not yet registered can be held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantScope {
    /// All of them, also those to come.
    Any,
    /// One.
    One(TenantKey),
}

/// One person, known by digests for comparing and by sealed identifiers for withholding their records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectScope {
    /// Keyed digests of the identifiers.
    pub digests: BTreeSet<IdentifierDigest>,
    /// The identifiers (JSON array of [`crate::subject::Identifier`]), sealed for records with context `hold-subject`.
    pub sealed: Sealed,
}

/// Both ends included; an open end reaches for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRange {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
}

/// What a hold or a duty keeps: what meets every part of it. Never changed once placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepScope {
    /// Which tenants.
    pub tenant: TenantScope,
    /// Which person; absent: everybody.
    pub subject: Option<SubjectScope>,
    /// Which systems; empty: all.
    pub systems: BTreeSet<SystemName>,
    /// Which categories; empty: all.
    pub categories: BTreeSet<Category>,
    /// Records made when; absent: whenever.
    pub created: Option<DateRange>,
}

/// What a request asks to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestScope {
    /// A whole tenant, when its contract ended (Art. 28(3)(g)).
    Tenant {
        /// The contract, by its number or title.
        contract: String,
        /// The end of its term.
        ended_on: Date,
    },
    /// One data subject of the tenant (Art. 17).
    Subject,
}

/// A dataset as the fence sees it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// In which system.
    pub system: &'a SystemName,
    /// What it holds.
    pub categories: &'a BTreeSet<Category>,
}

/// Whose data a request is about, as the fence sees it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The tenant.
    pub tenant: &'a TenantKey,
    /// The person's identifiers as digests, also those found by lookups; absent: the whole tenant.
    pub subject: Option<&'a BTreeSet<IdentifierDigest>>,
}

/// How much of the wanted records of one dataset is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// Nothing.
    None,
    /// All of them, or it cannot be told apart.
    Whole,
    /// Those of the scope's person.
    Subject,
    /// Those made within the scope's dates.
    Dates,
}

impl KeepScope {
    /// How much of what is wanted in a dataset this scope keeps.
    ///
    /// Where it cannot be told (the hold names a person by e-mail, the request by user id), it covers: no answer means
    /// no erasure. Where a person and dates are both named, the person's records are kept whole.
    pub fn covers(&self, wanted: Wanted<'_>, place: Place<'_>) -> Cover {
        let tenant = match &self.tenant {
            TenantScope::Any => true,
            TenantScope::One(key) => key == wanted.tenant,
        };
        let system = self.systems.is_empty() || self.systems.contains(place.system);
        let category = self.categories.is_empty() || !self.categories.is_disjoint(place.categories);
        if !(tenant && system && category) {
            return Cover::None;
        }
        match (&self.subject, wanted.subject) {
            (Some(kept), Some(asked)) if told_apart(&kept.digests, asked) => Cover::None,
            (Some(_), None) => Cover::Subject,
            _ if self.created.is_some() => Cover::Dates,
            _ => Cover::Whole,
        }
    }
}

/// Two sets of identifiers are certainly two persons: they share a kind, and nothing of any shared kind is equal.
fn told_apart(kept: &BTreeSet<IdentifierDigest>, asked: &BTreeSet<IdentifierDigest>) -> bool {
    let share_kind = kept
        .iter()
        .any(|one| asked.iter().any(|other| one.kind == other.kind));
    share_kind && kept.is_disjoint(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::inventory::Slug;

    fn digest(kind: &str, value: &str) -> IdentifierDigest {
        IdentifierDigest {
            kind: kind.into(),
            digest: Digest::of(value.as_bytes()),
        }
    }

    fn scope() -> KeepScope {
        KeepScope {
            tenant: TenantScope::One(TenantKey::parse("acme").unwrap()),
            subject: None,
            systems: BTreeSet::new(),
            categories: BTreeSet::new(),
            created: None,
        }
    }

    fn person(digests: &[IdentifierDigest]) -> Option<SubjectScope> {
        let sealed = Sealed {
            key: String::new(),
            box_: String::new(),
        };
        Some(SubjectScope {
            digests: digests.iter().cloned().collect(),
            sealed,
        })
    }

    fn cover(scope: &KeepScope, tenant: &str, subject: Option<&[IdentifierDigest]>) -> Cover {
        let tenant = TenantKey::parse(tenant).unwrap();
        let system = Slug::parse("crm").unwrap();
        let categories = BTreeSet::from(["contact".to_owned()]);
        let subject = subject.map(|digests| digests.iter().cloned().collect());
        scope.covers(
            Wanted {
                tenant: &tenant,
                subject: subject.as_ref(),
            },
            Place {
                system: &system,
                categories: &categories,
            },
        )
    }

    #[test]
    fn a_hold_on_a_tenant_covers_that_tenant_only() {
        assert_eq!(cover(&scope(), "acme", None), Cover::Whole);
        assert_eq!(cover(&scope(), "globex", None), Cover::None);
    }

    #[test]
    fn a_hold_on_any_tenant_covers_tenants_not_yet_known() {
        let any = KeepScope {
            tenant: TenantScope::Any,
            ..scope()
        };
        assert_eq!(cover(&any, "founded-tomorrow", None), Cover::Whole);
    }

    #[test]
    fn systems_and_categories_narrow_a_hold() {
        let other = KeepScope {
            systems: [Slug::parse("billing").unwrap()].into(),
            ..scope()
        };
        assert_eq!(cover(&other, "acme", None), Cover::None);
        let category = KeepScope {
            categories: ["invoice".to_owned()].into(),
            ..scope()
        };
        assert_eq!(cover(&category, "acme", None), Cover::None);
    }

    #[test]
    fn a_hold_on_a_person_keeps_only_theirs_when_the_tenant_is_erased() {
        let held = KeepScope {
            subject: person(&[digest("email", "ada")]),
            ..scope()
        };
        assert_eq!(cover(&held, "acme", None), Cover::Subject);
    }

    #[test]
    fn persons_that_cannot_be_told_apart_are_covered() {
        let held = KeepScope {
            subject: person(&[digest("email", "ada")]),
            ..scope()
        };
        assert_eq!(
            cover(&held, "acme", Some(&[digest("user_id", "7")])),
            Cover::Whole
        );
        assert_eq!(cover(&held, "acme", Some(&[digest("email", "bob")])), Cover::None);
        assert_eq!(
            cover(
                &held,
                "acme",
                Some(&[digest("email", "bob"), digest("email", "ada")])
            ),
            Cover::Whole
        );
    }

    #[test]
    fn a_hold_on_dates_keeps_records_of_those_dates() {
        let dates = KeepScope {
            created: Some(DateRange {
                from: None,
                until: None,
            }),
            ..scope()
        };
        assert_eq!(cover(&dates, "acme", None), Cover::Dates);
    }
}
