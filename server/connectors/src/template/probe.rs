//! Which side a name is on, for looking only.

use std::collections::HashSet;

use domain::selection::{Criterion, Exclusion, Selection, Side};
use domain::subject::Normalisation;

use super::{Captures, text_of, value_of};

/// What a placeholder was read as, as a person would write it.
pub(crate) fn read(captures: &Captures<'_>, field: &str) -> Option<String> {
    let of_field = captures.iter().find(|(name, _)| *name == field);
    of_field.map(|(_, value)| value_of(value.clone()))
}

/// A criterion, made ready for many names.
struct Ready {
    field: String,
    normalise: Normalisation,
    any_of: HashSet<String>,
}

impl Ready {
    fn new(criterion: &Criterion) -> Self {
        let any_of = criterion
            .any_of
            .iter()
            .map(|value| text_of(value.as_bytes()))
            .collect();
        Self {
            field: criterion.field.clone(),
            normalise: criterion.normalise,
            any_of,
        }
    }

    fn fits(&self, captures: &Captures<'_>) -> bool {
        captures
            .iter()
            .filter(|(field, _)| *field == self.field)
            .any(|(_, value)| match self.normalise {
                Normalisation::Lower => self.any_of.contains(&Normalisation::Lower.apply(value)),
                Normalisation::Exact | Normalisation::Digits => self.any_of.contains(value),
            })
    }
}

/// The sides of a selection without exclusions by date.
pub(crate) struct Sides {
    tenant: Ready,
    subject: Vec<Ready>,
    withheld: Vec<Ready>,
}

impl Sides {
    /// Of a selection.
    pub(crate) fn new(selection: &Selection) -> Self {
        let mut withheld = Vec::new();
        for exclusion in &selection.except {
            if let Exclusion::AnyOf(criteria) = exclusion {
                withheld.extend(criteria.iter().map(Ready::new));
            }
        }
        let subject = selection.subject.iter().map(Ready::new).collect();
        Self {
            tenant: Ready::new(&selection.tenant),
            subject,
            withheld,
        }
    }

    /// The side of a name.
    pub(crate) fn of(&self, captures: &Captures<'_>) -> Side {
        let of_subject = || self.subject.is_empty() || self.subject.iter().any(|way| way.fits(captures));
        if !self.tenant.fits(captures) || !of_subject() {
            return Side::Others;
        }
        match self.withheld.iter().any(|ground| ground.fits(captures)) {
            true => Side::Withheld,
            false => Side::Selected,
        }
    }
}
