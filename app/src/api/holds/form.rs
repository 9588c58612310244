//! The form of a hold.

use domain::hold::{Basis, Disclosure};
use engine::holds::NewHold;
use serde::{Deserialize, Serialize};

use super::super::keep::{ScopeForm, day, ground, words};
use crate::error::AppError;

/// The fields. They are kept between the form and the page that shows what the hold would stop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldForm {
    /// The matter's name.
    pub matter: String,
    /// The court, regulator or body.
    pub authority: String,
    /// What gives it force, as a word.
    pub basis: String,
    /// Why the data may be kept, as a word.
    pub ground: String,
    /// Who answers for it.
    pub custodian: String,
    /// From when the matter runs.
    pub starts_on: String,
    /// When it must be looked at again.
    pub review_on: String,
    /// `matter`, `ground` or `neutral`.
    pub disclosure: String,
    /// The wording, for `neutral`.
    pub wording: String,
    /// What it keeps.
    #[serde(flatten)]
    pub scope: ScopeForm,
}

impl HoldForm {
    /// The fields by name, as a form sends them.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let scope = &self.scope;
        let single = [
            ("matter", &self.matter),
            ("authority", &self.authority),
            ("basis", &self.basis),
            ("ground", &self.ground),
            ("custodian", &self.custodian),
            ("starts_on", &self.starts_on),
            ("review_on", &self.review_on),
            ("disclosure", &self.disclosure),
            ("wording", &self.wording),
            ("whose", &scope.whose),
            ("tenant", &scope.tenant),
            ("tenant_key", &scope.tenant_key),
            ("identifiers", &scope.identifiers),
            ("other_categories", &scope.other_categories),
            ("created_from", &scope.created_from),
            ("created_until", &scope.created_until),
        ];
        let systems = scope.systems.iter().map(|value| ("systems[]", value));
        let categories = scope.categories.iter().map(|value| ("categories[]", value));
        let all = single.into_iter().chain(systems).chain(categories);
        all.map(|(name, value)| (name, value.clone())).collect()
    }

    /// The form whose fields were sent so.
    pub fn of_pairs(sent: &[(String, String)]) -> Self {
        let many = |name: &str| -> Vec<String> {
            let found = sent.iter().filter(|(field, _)| field == name);
            found.map(|(_, value)| value.clone()).collect()
        };
        let one = |name: &str| many(name).into_iter().next().unwrap_or_default();
        Self {
            matter: one("matter"),
            authority: one("authority"),
            basis: one("basis"),
            ground: one("ground"),
            custodian: one("custodian"),
            starts_on: one("starts_on"),
            review_on: one("review_on"),
            disclosure: one("disclosure"),
            wording: one("wording"),
            scope: ScopeForm {
                whose: one("whose"),
                tenant: one("tenant"),
                tenant_key: one("tenant_key"),
                identifiers: one("identifiers"),
                systems: many("systems[]"),
                categories: many("categories[]"),
                other_categories: one("other_categories"),
                created_from: one("created_from"),
                created_until: one("created_until"),
            },
        }
    }

    /// The hold, or the field that is wrong.
    pub fn read(&self) -> Result<NewHold, AppError> {
        let starts_on = day(
            "starts_on",
            &self.starts_on,
            "Give the day from which the matter runs.",
        )?;
        let review_on = day(
            "review_on",
            &self.review_on,
            "Give the day on which the hold is looked at again. No hold runs for ever unseen.",
        )?;
        if review_on <= starts_on {
            return Err(AppError::field("review_on", "The review comes after the start."));
        }
        Ok(NewHold {
            matter: words("matter", &self.matter, "Name the matter, as your own files do.")?,
            authority: words(
                "authority",
                &self.authority,
                "Name the court, regulator or body behind the hold.",
            )?,
            basis: basis(&self.basis)?,
            ground: ground(&self.ground)?,
            scope: self.scope.read()?,
            custodian: words("custodian", &self.custodian, "Name who answers for the hold.")?,
            starts_on,
            review_on,
            disclosure: self.disclosure()?,
        })
    }

    fn disclosure(&self) -> Result<Disclosure, AppError> {
        Ok(match self.disclosure.as_str() {
            "matter" => Disclosure::Matter,
            "ground" => Disclosure::Ground,
            "neutral" => Disclosure::Neutral(words(
                "wording",
                &self.wording,
                "Write the sentence that others may read, or choose another answer above.",
            )?),
            _ => {
                return Err(AppError::field(
                    "disclosure",
                    "Choose what others may learn of the hold.",
                ));
            }
        })
    }
}

fn basis(word: &str) -> Result<Basis, AppError> {
    Ok(match word {
        "court_order" => Basis::CourtOrder,
        "regulator" => Basis::Regulator,
        "investigation" => Basis::Investigation,
        "contract" => Basis::Contract,
        "statute" => Basis::Statute,
        _ => return Err(AppError::field("basis", "Choose what gives the hold its force.")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> HoldForm {
        HoldForm {
            matter: "Acme v. Globex".into(),
            authority: "High Court".into(),
            basis: "court_order".into(),
            ground: "legal_claims".into(),
            custodian: "Legal".into(),
            starts_on: "2026-01-01".into(),
            review_on: "2026-04-01".into(),
            disclosure: "ground".into(),
            wording: String::new(),
            scope: ScopeForm {
                whose: "any".into(),
                ..ScopeForm::default()
            },
        }
    }

    #[test]
    fn a_whole_form_is_a_hold() {
        assert_eq!(form().read().unwrap().disclosure, Disclosure::Ground);
    }

    #[test]
    fn neutral_wording_needs_its_words() {
        let silent = HoldForm {
            disclosure: "neutral".into(),
            ..form()
        };
        assert!(silent.read().unwrap_err().of_field("wording").is_some());
    }

    #[test]
    fn a_review_on_the_first_day_is_none() {
        let at_once = HoldForm {
            review_on: "2026-01-01".into(),
            ..form()
        };
        assert!(at_once.read().unwrap_err().of_field("review_on").is_some());
    }

    #[test]
    fn what_is_sent_twice_is_the_same_form() {
        let mut form = form();
        form.scope.systems = vec!["crm".into(), "billing".into()];
        form.scope.identifiers = "email=ada@example.com".into();
        let sent: Vec<(String, String)> = form
            .pairs()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        assert_eq!(HoldForm::of_pairs(&sent), form);
    }

    #[test]
    fn what_is_kept_between_the_steps_comes_back_whole() {
        let bytes = serde_json::to_vec(&form()).unwrap();
        assert_eq!(serde_json::from_slice::<HoldForm>(&bytes).unwrap(), form());
    }
}
