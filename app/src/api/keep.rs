//! What a hold or a duty keeps, as a form has it.

use std::collections::BTreeSet;

use domain::hold::Ground;
use domain::inventory::{Category, Slug};
use domain::scope::{DateRange, TenantScope};
use domain::subject::TenantKey;
use domain::time::{Date, parse_date};
use engine::holds::NewScope;
use serde::{Deserialize, Serialize};

use super::requests::parse_identifiers;
use crate::error::AppError;

/// The fields of a scope. Its debug output shows nothing: it may name a person.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScopeForm {
    /// `one`, `key` or `any`.
    pub whose: String,
    /// The key of a registered tenant.
    pub tenant: String,
    /// The key of one that is not registered yet.
    pub tenant_key: String,
    /// One person, `kind=value` a line; empty: everybody.
    pub identifiers: String,
    /// Systems; empty: all.
    pub systems: Vec<String>,
    /// Categories; empty: all.
    pub categories: Vec<String>,
    /// Further categories, parted by commas.
    pub other_categories: String,
    /// The first day on which records were made.
    pub created_from: String,
    /// The last.
    pub created_until: String,
}

impl std::fmt::Debug for ScopeForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScopeForm(..)")
    }
}

impl ScopeForm {
    /// What is to be kept, or the field that is wrong.
    pub fn read(&self) -> Result<NewScope, AppError> {
        let systems = self.systems.iter().filter(|name| !name.is_empty());
        let systems = systems.map(|name| Slug::parse(name)).collect::<Result<_, _>>();
        Ok(NewScope {
            tenant: self.tenant()?,
            subject: parse_identifiers(&self.identifiers)?,
            systems: systems.map_err(|_| AppError::field("systems", "Choose systems of the inventory."))?,
            categories: self.categories(),
            created: self.created()?,
        })
    }

    fn tenant(&self) -> Result<TenantScope, AppError> {
        let key = |field: &str, text: &str, why: &str| {
            let key = TenantKey::parse(text).map_err(|_| AppError::field(field, why))?;
            Ok(TenantScope::One(key))
        };
        match self.whose.as_str() {
            "one" => key("tenant", &self.tenant, "Choose the tenant."),
            "key" => key(
                "tenant_key",
                &self.tenant_key,
                "Give the key by which your systems will know the tenant, in 1 to 200 characters.",
            ),
            "any" => Ok(TenantScope::Any),
            _ => Err(AppError::field("whose", "Choose whose records are kept.")),
        }
    }

    fn categories(&self) -> BTreeSet<Category> {
        let others = self.other_categories.split([',', '\n']);
        let all = self.categories.iter().map(String::as_str).chain(others);
        all.map(|word| word.trim().to_lowercase())
            .filter(|word| !word.is_empty())
            .collect()
    }

    fn created(&self) -> Result<Option<DateRange>, AppError> {
        let from = optional_day("created_from", &self.created_from)?;
        let until = optional_day("created_until", &self.created_until)?;
        match (from, until) {
            (None, None) => Ok(None),
            (Some(from), Some(until)) if from > until => Err(AppError::field(
                "created_until",
                "The last day is before the first.",
            )),
            _ => Ok(Some(DateRange { from, until })),
        }
    }
}

/// A day that must be given.
pub(super) fn day(field: &str, text: &str, missing: &str) -> Result<Date, AppError> {
    optional_day(field, text)?.ok_or_else(|| AppError::field(field, missing))
}

fn optional_day(field: &str, text: &str) -> Result<Option<Date>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => parse_date(text)
            .map(Some)
            .map_err(|_| AppError::field(field, "Give a date such as 2026-03-31.")),
    }
}

/// A ground of Art. 17(3).
pub(super) fn ground(word: &str) -> Result<Ground, AppError> {
    Ok(match word {
        "legal_claims" => Ground::LegalClaims,
        "legal_obligation" => Ground::LegalObligation,
        "public_health" => Ground::PublicHealth,
        "archiving" => Ground::Archiving,
        "expression" => Ground::Expression,
        _ => return Err(AppError::field("ground", "Choose why the data may be kept.")),
    })
}

/// A text that must be there.
pub(super) fn words(field: &str, text: &str, missing: &str) -> Result<String, AppError> {
    match text.trim() {
        "" => Err(AppError::field(field, missing)),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ScopeForm {
        ScopeForm {
            whose: "one".into(),
            tenant: "acme".into(),
            ..ScopeForm::default()
        }
    }

    #[test]
    fn a_scope_without_a_choice_is_refused_at_its_field() {
        let refused = ScopeForm::default().read().unwrap_err();
        assert!(refused.of_field("whose").is_some());
        let nobody = ScopeForm {
            tenant: String::new(),
            ..form()
        };
        assert!(nobody.read().unwrap_err().of_field("tenant").is_some());
    }

    #[test]
    fn ticked_and_typed_categories_are_kept_alike() {
        let form = ScopeForm {
            categories: vec!["contact".into()],
            other_categories: "Billing, contact,, usage".into(),
            ..form()
        };
        let kept: Vec<String> = form.read().unwrap().categories.into_iter().collect();
        assert_eq!(kept, ["billing", "contact", "usage"]);
    }

    #[test]
    fn dates_may_be_open_at_one_end_and_never_run_backwards() {
        let open = ScopeForm {
            created_from: "2026-01-01".into(),
            ..form()
        };
        assert!(
            open.read()
                .unwrap()
                .created
                .is_some_and(|range| range.until.is_none())
        );
        let backwards = ScopeForm {
            created_from: "2026-02-01".into(),
            created_until: "2026-01-01".into(),
            ..form()
        };
        let refused = backwards.read().unwrap_err();
        assert!(refused.of_field("created_until").is_some());
    }

    #[test]
    fn a_scope_never_prints_the_person_it_names() {
        let form = ScopeForm {
            identifiers: "email=ada@example.com".into(),
            ..form()
        };
        assert!(!format!("{form:?}").contains("ada"));
    }
}
