//! What a hold covers, said a second time: in the words of the tests, so that the fence is not judged by its own rule.

use std::collections::BTreeSet;

use domain::inventory::{DatasetRef, Slug};
use domain::scope::{DateRange, TenantScope};
use domain::subject::Identifier;
use domain::time::parse_date;
use engine::holds::NewScope;

use crate::site::key;

/// The systems of tests that only take notes, each dataset with the category it holds.
pub const DATASETS: [(&str, &str); 6] = [
    ("crm.users", "contact"),
    ("crm.tickets", "support"),
    ("billing.invoices", "billing"),
    ("billing.payers", "contact"),
    ("logs.visits", "usage"),
    ("logs.clicks", "usage"),
];

/// The inventory of these systems, in TOML.
pub fn inventory() -> String {
    let mut toml = String::new();
    let mut last = "";
    for (name, category) in DATASETS {
        let (system, dataset) = name.split_once('.').unwrap();
        if system != last {
            last = system;
            toml += &format!(
                "[[systems]]\nname = \"{system}\"\nkind = \"notes\"\nowner = \"Tests\"\nlocation = \"here\"\n\
                 handling = \"erase\"\nlimits = {{ concurrency = 40, chunk = 10 }}\n\
                 erase_credential = {{ env = \"erase\" }}\nprobe_credential = {{ env = \"probe\" }}\n"
            );
        }
        toml += &format!(
            "[[systems.datasets]]\nname = \"{dataset}\"\ncategories = [\"{category}\"]\n[systems.datasets.locator]\n\
             container = \"{dataset}\"\ntenant = {{ identifier = \"tenant_key\", field = \"tenant\" }}\n"
        );
    }
    toml
}

/// A dataset by name.
pub fn dataset(name: &str) -> DatasetRef {
    DatasetRef::try_from(name.to_owned()).unwrap()
}

/// One person, known by one kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// By which kind.
    pub by: &'static str,
    /// Which person.
    pub number: u64,
}

impl Known {
    /// As requests and holds write it.
    pub fn identifier(self) -> Identifier {
        Identifier::new(self.by, &format!("person-{}", self.number)).unwrap()
    }
}

/// What a step erases.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose data.
    pub tenant: String,
    /// Of which person; absent: of all.
    pub person: Option<Known>,
    /// In which dataset.
    pub dataset: DatasetRef,
}

/// What a hold keeps.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Of which tenant; absent: of any.
    pub tenant: Option<String>,
    /// Of which person; absent: of all.
    pub person: Option<Known>,
    /// In which system; absent: in all.
    pub system: Option<&'static str>,
    /// Of which category; absent: of all.
    pub category: Option<&'static str>,
    /// Of some dates only.
    pub dates: bool,
}

impl Kept {
    /// As counsel says it.
    pub fn scope(&self) -> NewScope {
        let days = DateRange {
            from: Some(parse_date("2025-01-01").unwrap()),
            until: None,
        };
        NewScope {
            tenant: self
                .tenant
                .as_deref()
                .map_or(TenantScope::Any, |tenant| TenantScope::One(key(tenant))),
            subject: self.person.iter().map(|known| known.identifier()).collect(),
            systems: self
                .system
                .iter()
                .map(|name| Slug::parse(name).unwrap())
                .collect::<BTreeSet<_>>(),
            categories: self.category.iter().map(|name| (*name).to_owned()).collect(),
            created: self.dates.then_some(days),
        }
    }

    /// Whether any record that is wanted may be one that is kept. Two people known by different kinds of identifiers
    /// may be the same one; a record of unknown date may be of the dates.
    pub fn covers(&self, wanted: &Wanted) -> bool {
        let (_, category) = DATASETS
            .iter()
            .find(|(name, _)| *name == wanted.dataset.to_string())
            .unwrap();
        let same_person = match (self.person, wanted.person) {
            (Some(kept), Some(asked)) => kept.by != asked.by || kept.number == asked.number,
            _ => true,
        };
        self.tenant.as_ref().is_none_or(|tenant| *tenant == wanted.tenant)
            && self
                .system
                .is_none_or(|system| system == wanted.dataset.system.as_str())
            && self.category.is_none_or(|kept| kept == *category)
            && same_person
    }
}

/// A scope of every kind that covers what a tenant's request wants in `crm.users`, by name.
pub fn every_kind(tenant: &str) -> Vec<(&'static str, Kept)> {
    let one = || Kept {
        tenant: Some(tenant.into()),
        ..Kept::default()
    };
    let ada = Some(Known {
        by: "email",
        number: 1,
    });
    vec![
        ("a tenant", one()),
        ("a data subject", Kept { person: ada, ..one() }),
        (
            "a system",
            Kept {
                system: Some("crm"),
                ..one()
            },
        ),
        (
            "a category",
            Kept {
                category: Some("contact"),
                ..one()
            },
        ),
        ("dates", Kept { dates: true, ..one() }),
        ("any tenant", Kept::default()),
        (
            "a system of any tenant",
            Kept {
                system: Some("crm"),
                ..Kept::default()
            },
        ),
        (
            "a data subject of any tenant",
            Kept {
                person: ada,
                ..Kept::default()
            },
        ),
    ]
}
