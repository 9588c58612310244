//! Where a dataset's objects lie, and which side of a selection a key is on.

use domain::inventory::Locator;
use domain::selection::{Criterion, Exclusion, Selection, Side};
use domain::subject::Normalisation;

pub use template::Template;

mod template;

/// The template, or what a request needs of it, is not understood. Names fields, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Braces that do not pair up, or two placeholders in one segment.
    #[error("each part between slashes holds at most one {{placeholder}}, in whole braces")]
    Braces,
    /// An empty name, or one that is there twice.
    #[error("placeholders have a name each and appear once")]
    Names,
    /// No placeholder for the tenant: every tenant's objects would be meant.
    #[error("the template has no placeholder {{{0}}}")]
    NoPlaceholder(String),
    /// Objects carry no date that a hold could be tested against.
    #[error("records by date cannot be told apart: the template holds no date")]
    Dates,
    /// A value that would reach into another part of the tree.
    #[error("a value of {0} is empty or holds a slash or control character")]
    Value(String),
    /// Nothing to find.
    #[error("no value of {0} is given")]
    NoValue(String),
}

/// A template with a selection: tells the side of any key, and under which prefixes to look.
#[derive(Debug, Clone)]
pub struct Place {
    template: Template,
    selection: Selection,
}

impl Place {
    /// Binds a selection to the locator it came from.
    pub fn bind(locator: &Locator, selection: &Selection) -> Result<Self, PlaceError> {
        let template = Template::of(locator)?;
        let withheld = selection.except.iter().map(|exclusion| match exclusion {
            Exclusion::AnyOf(criteria) => Ok(criteria),
            Exclusion::Created { .. } => Err(PlaceError::Dates),
        });
        let withheld = withheld.collect::<Result<Vec<_>, _>>()?;
        let criteria = std::iter::once(&selection.tenant)
            .chain(&selection.subject)
            .chain(withheld.into_iter().flatten());
        for criterion in criteria {
            template.require(&criterion.field)?;
            if criterion.any_of.is_empty() {
                return Err(PlaceError::NoValue(criterion.field.clone()));
            }
            if criterion.any_of.iter().any(|value| !sound(value)) {
                return Err(PlaceError::Value(criterion.field.clone()));
            }
        }
        Ok(Self {
            template,
            selection: selection.clone(),
        })
    }

    /// The side a key is on; absent when it does not follow the template.
    pub fn side(&self, key: &str) -> Option<Side> {
        let values = self.template.read(key)?;
        let meets = |criterion: &Criterion| {
            let stored = values
                .iter()
                .find(|(field, _)| *field == criterion.field)
                .map(|(_, value)| *value);
            stored.is_some_and(|stored| criterion.admits(stored))
        };
        if !meets(&self.selection.tenant) {
            return Some(Side::Others);
        }
        if !self.selection.subject.is_empty() && !self.selection.subject.iter().any(meets) {
            return Some(Side::Others);
        }
        let withheld = self.selection.except.iter().any(|exclusion| match exclusion {
            Exclusion::AnyOf(criteria) => criteria.iter().any(meets),
            Exclusion::Created { .. } => true,
        });
        Some(if withheld { Side::Withheld } else { Side::Selected })
    }

    /// The prefixes under which every key of a side lies; none is a beginning of another.
    pub fn prefixes(&self, side: Side) -> Vec<String> {
        if side == Side::Others {
            return vec![self.template.head()];
        }
        let tenants = known(&self.selection.tenant);
        let person = match self.selection.subject.as_slice() {
            [only] if only.field != self.selection.tenant.field => Some(only),
            _ => None,
        };
        let people = person.map_or_else(|| vec![None], known);
        let mut prefixes = Vec::new();
        for tenant in &tenants {
            for value in &people {
                prefixes.push(self.template.prefix(|field| match person {
                    _ if field == self.selection.tenant.field => tenant.clone(),
                    Some(criterion) if field == criterion.field => value.clone(),
                    _ => None,
                }));
            }
        }
        prefixes.sort();
        prefixes.dedup_by(|later, earlier| later.starts_with(earlier.as_str()));
        prefixes
    }

    /// Whose a key is, by its name.
    #[cfg(feature = "probe")]
    pub fn tenant<'k>(&self, key: &'k str) -> Option<&'k str> {
        self.value(key, &self.selection.tenant.field)
    }

    /// The value of a placeholder in a key.
    #[cfg(feature = "probe")]
    pub fn value<'k>(&self, key: &'k str, field: &str) -> Option<&'k str> {
        self.template.value(key, field)
    }
}

/// The values as they are stored, or `None` for all of them when the stored side is normalised first.
fn known(criterion: &Criterion) -> Vec<Option<String>> {
    match criterion.normalise {
        Normalisation::Lower => vec![None],
        _ => criterion.any_of.iter().cloned().map(Some).collect(),
    }
}

fn sound(value: &str) -> bool {
    !value.is_empty() && !value.contains('/') && !value.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(field: &str, values: &[&str]) -> Criterion {
        let any_of = values.iter().map(|value| (*value).to_owned()).collect();
        Criterion {
            field: field.to_owned(),
            any_of,
            normalise: Normalisation::Exact,
        }
    }

    fn place(text: &str, tenant: Criterion, subject: Vec<Criterion>) -> Place {
        Place {
            template: Template::parse(text).unwrap(),
            selection: Selection {
                tenant,
                subject,
                except: vec![],
            },
        }
    }

    #[test]
    fn a_tenant_is_listed_under_a_prefix_that_no_other_shares() {
        let acme = place("tenants/{t}/", criterion("t", &["acme"]), vec![]);
        assert_eq!(acme.prefixes(Side::Selected), ["tenants/acme/"]);
        assert_eq!(acme.prefixes(Side::Others), ["tenants/"]);
        assert_eq!(acme.side("tenants/acme-2/a"), Some(Side::Others));
        assert_eq!(acme.side("logs/acme/a"), None);
    }

    #[test]
    fn several_values_make_several_prefixes_and_one_within_another_counts_once() {
        let both = place(
            "{t}/u/{u}/",
            criterion("t", &["b", "a", "a"]),
            vec![criterion("u", &["x", "y"])],
        );
        assert_eq!(
            both.prefixes(Side::Selected),
            ["a/u/x/", "a/u/y/", "b/u/x/", "b/u/y/"]
        );
        let either = vec![criterion("u", &["x"]), criterion("v", &["y"])];
        let either = place("{t}/{u}/{v}/", criterion("t", &["a"]), either);
        assert_eq!(either.prefixes(Side::Selected), ["a/"]);
        assert_eq!(either.side("a/z/y/1"), Some(Side::Selected));
        assert_eq!(either.side("a/z/z/1"), Some(Side::Others));
    }

    #[test]
    fn a_placeholder_that_nothing_fills_matches_any_value() {
        let any = place("{region}/{t}/", criterion("t", &["acme"]), vec![]);
        assert_eq!(any.prefixes(Side::Selected), [""]);
        assert_eq!(any.side("eu/acme/a"), Some(Side::Selected));
    }

    #[test]
    fn a_value_that_would_leave_its_folder_is_refused() {
        let locator = |container: &str| Locator {
            container: container.to_owned(),
            id: None,
            tenant: domain::inventory::Match {
                identifier: "tenant_key".to_owned(),
                field: "t".to_owned(),
                normalise: Normalisation::Exact,
                lookup: None,
            },
            subject: vec![],
            created: None,
        };
        let bind = |container: &str, value: &str| {
            let selection = Selection {
                tenant: criterion("t", &[value]),
                subject: vec![],
                except: vec![],
            };
            Place::bind(&locator(container), &selection).map(|_| ())
        };
        assert_eq!(bind("tenants/{t}/", "acme"), Ok(()));
        for value in ["acme/a", "", "a\nb"] {
            assert_eq!(
                bind("tenants/{t}/", value),
                Err(PlaceError::Value("t".to_owned()))
            );
        }
        assert_eq!(
            bind("tenants/", "acme"),
            Err(PlaceError::NoPlaceholder("t".to_owned()))
        );
    }
}
