//! What a hold or a duty keeps, as options.

use domain::hold::Ground;
use domain::inventory::Slug;
use domain::scope::{DateRange, TenantScope};
use domain::subject::{Identifier, TenantKey};
use domain::time::{Date, parse_date};
use engine::holds::NewScope;

use super::Failure;

/// Options that narrow a hold or a duty.
#[derive(Debug, clap::Args)]
pub(super) struct Scope {
    /// The tenant's key, also one that is not registered yet; any for all tenants
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// One person, as kind=value (email=ada@example.com); may be repeated
    #[arg(long = "subject", value_name = "KIND=VALUE")]
    subjects: Vec<String>,
    /// Only in this system; may be repeated
    #[arg(long = "system", value_name = "NAME")]
    systems: Vec<String>,
    /// Only this category of data; may be repeated
    #[arg(long = "category", value_name = "WORD")]
    categories: Vec<String>,
    /// Only records made on this day or later
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    created_from: Option<Date>,
    /// Only records made on this day or earlier
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    created_until: Option<Date>,
}

impl Scope {
    pub(super) fn read(self) -> Result<NewScope, Failure> {
        let created = (self.created_from.is_some() || self.created_until.is_some()).then_some(DateRange {
            from: self.created_from,
            until: self.created_until,
        });
        let tenant = match self.tenant.as_str() {
            "any" => TenantScope::Any,
            key => TenantScope::One(
                TenantKey::parse(key).map_err(|error| Failure::usage(format!("--tenant: {error}")))?,
            ),
        };
        let system =
            |name: &String| Slug::parse(name).map_err(|error| Failure::usage(format!("--system: {error}")));
        Ok(NewScope {
            tenant,
            subject: identifiers("--subject", &self.subjects)?,
            systems: self.systems.iter().map(system).collect::<Result<_, _>>()?,
            categories: self.categories.into_iter().collect(),
            created,
        })
    }
}

/// Reads `kind=value` each.
pub(super) fn identifiers(option: &str, texts: &[String]) -> Result<Vec<Identifier>, Failure> {
    let read =
        |text: &String| Identifier::parse(text).map_err(|error| Failure::usage(format!("{option}: {error}")));
    texts.iter().map(read).collect()
}

/// Why something must be kept, as a word.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum GroundWord {
    /// Legal claims: Art. 17(3)(e)
    LegalClaims,
    /// A legal obligation: Art. 17(3)(b)
    LegalObligation,
    /// Public health: Art. 17(3)(c)
    PublicHealth,
    /// Archiving, research, statistics: Art. 17(3)(d)
    Archiving,
    /// Freedom of expression: Art. 17(3)(a)
    Expression,
}

impl From<GroundWord> for Ground {
    fn from(word: GroundWord) -> Self {
        match word {
            GroundWord::LegalClaims => Self::LegalClaims,
            GroundWord::LegalObligation => Self::LegalObligation,
            GroundWord::PublicHealth => Self::PublicHealth,
            GroundWord::Archiving => Self::Archiving,
            GroundWord::Expression => Self::Expression,
        }
    }
}
