//! Which names are to be erased.

use std::collections::HashSet;

use domain::selection::{Criterion, Exclusion, Selection};
use domain::subject::Normalisation;

use super::{Captures, text_of};

struct Any<'a> {
    field: &'a str,
    lower: bool,
    values: HashSet<String>,
}

impl<'a> Any<'a> {
    fn new(criterion: &'a Criterion) -> Self {
        Self {
            field: &criterion.field,
            lower: criterion.normalise == Normalisation::Lower,
            values: criterion
                .any_of
                .iter()
                .map(|value| text_of(value.as_bytes()))
                .collect(),
        }
    }

    /// Whether the name meets it; absent where the placeholder was not read yet.
    fn met_by(&self, captures: &Captures<'_>) -> Option<bool> {
        let (_, value) = captures.iter().find(|(field, _)| *field == self.field)?;
        Some(match self.lower {
            true => self.values.contains(value.trim().to_lowercase().as_str()),
            false => self.values.contains(value.as_str()),
        })
    }
}

/// The names to erase.
pub(crate) struct Wanted<'a> {
    tenant: Any<'a>,
    subject: Vec<Any<'a>>,
    except: Vec<Any<'a>>,
}

impl<'a> Wanted<'a> {
    /// Those of a selection without exclusions by date.
    pub(crate) fn new(selection: &'a Selection) -> Self {
        let except = selection.except.iter().flat_map(|exclusion| match exclusion {
            Exclusion::AnyOf(criteria) => criteria.as_slice(),
            Exclusion::Created { .. } => &[],
        });
        Self {
            tenant: Any::new(&selection.tenant),
            subject: selection.subject.iter().map(Any::new).collect(),
            except: except.map(Any::new).collect(),
        }
    }

    /// Whether a name is to be erased.
    pub(crate) fn holds(&self, captures: &Captures<'_>) -> bool {
        let met = |any: &Any<'_>| any.met_by(captures) == Some(true);
        met(&self.tenant)
            && (self.subject.is_empty() || self.subject.iter().any(met))
            && !self.except.iter().any(met)
    }

    /// Whether names that begin so can be to be erased, as far as was read.
    pub(crate) fn may_hold(&self, captures: &Captures<'_>) -> bool {
        let may = |any: &Any<'_>| any.met_by(captures) != Some(false);
        may(&self.tenant) && (self.subject.is_empty() || self.subject.iter().any(may))
    }
}
