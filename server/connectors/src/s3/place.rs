//! Where a dataset's objects lie: the key template of the locator, such as `tenants/{tenant_key}/`, and which side of
//! a selection a key is on.
//!
//! A template is read segment by segment between slashes, with at most one placeholder in a segment, so that no key
//! can be read in two ways: the tenant `acme` never matches `tenants/acme-2/`. A template that ends with `/` means
//! everything under it; any other means the one key it spells.

use domain::inventory::Locator;
use domain::selection::{Criterion, Exclusion, Selection, Side};
use domain::subject::Normalisation;

/// One segment of a template: fixed text around at most one placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Segment {
    before: String,
    field: Option<String>,
    after: String,
}

/// A parsed key template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    /// Ends with `/`: everything under it is meant.
    open: bool,
}

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

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let open = text.ends_with('/');
        let body = if open { &text[..text.len() - 1] } else { text };
        let segments = body
            .split('/')
            .map(Segment::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let template = Self { segments, open };
        let mut names: Vec<&str> = template.fields().collect();
        names.sort_unstable();
        match names.windows(2).any(|pair| pair[0] == pair[1]) || names.contains(&"") {
            true => Err(PlaceError::Names),
            false => Ok(template),
        }
    }

    /// Reads the template of a locator and checks that every field of it is a placeholder.
    pub fn of(locator: &Locator) -> Result<Self, PlaceError> {
        let template = Self::parse(&locator.container)?;
        template.require(&locator.tenant.field)?;
        locator
            .subject
            .iter()
            .try_for_each(|way| template.require(&way.field))?;
        match locator.created {
            Some(_) => Err(PlaceError::Dates),
            None => Ok(template),
        }
    }

    /// The names of the placeholders, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.segments
            .iter()
            .filter_map(|segment| segment.field.as_deref())
    }

    /// The fixed text before the first placeholder.
    pub fn head(&self) -> String {
        self.prefix(|_| None)
    }

    /// The value of a placeholder in a key; absent when the key does not follow the template.
    pub fn value<'k>(&self, key: &'k str, field: &str) -> Option<&'k str> {
        self.read(key)?
            .into_iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| value)
    }

    fn require(&self, field: &str) -> Result<(), PlaceError> {
        match self.fields().any(|name| name == field) {
            true => Ok(()),
            false => Err(PlaceError::NoPlaceholder(field.to_owned())),
        }
    }

    fn read<'k>(&self, key: &'k str) -> Option<Vec<(&str, &'k str)>> {
        let mut parts = key.splitn(self.segments.len() + 1, '/');
        let mut values = Vec::new();
        for segment in &self.segments {
            let part = parts.next()?;
            let middle = part
                .strip_prefix(segment.before.as_str())?
                .strip_suffix(segment.after.as_str())?;
            match &segment.field {
                Some(field) if !middle.is_empty() => values.push((field.as_str(), middle)),
                None if middle.is_empty() => {}
                _ => return None,
            }
        }
        (parts.next().is_some() == self.open).then_some(values)
    }

    /// The longest fixed beginning, with the placeholders filled in as far as they are known.
    fn prefix(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut prefix = String::new();
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                prefix.push('/');
            }
            prefix.push_str(&segment.before);
            if let Some(field) = &segment.field {
                match value(field) {
                    Some(value) => prefix.push_str(&value),
                    None => return prefix,
                }
            }
            prefix.push_str(&segment.after);
        }
        if self.open {
            prefix.push('/');
        }
        prefix
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, PlaceError> {
        let Some((before, rest)) = text.split_once('{') else {
            return match text.contains('}') {
                true => Err(PlaceError::Braces),
                false => Ok(Self {
                    before: text.to_owned(),
                    field: None,
                    after: String::new(),
                }),
            };
        };
        let (field, after) = rest.split_once('}').ok_or(PlaceError::Braces)?;
        match [before, field, after]
            .iter()
            .any(|part| part.contains(['{', '}']))
        {
            true => Err(PlaceError::Braces),
            false => Ok(Self {
                before: before.to_owned(),
                field: Some(field.to_owned()),
                after: after.to_owned(),
            }),
        }
    }
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

    /// The side a key is on; absent when it does not follow the template. Others are other tenants' keys, so another
    /// person's key of the same tenant is on no side.
    pub fn side(&self, key: &str) -> Option<Side> {
        let values = self.template.read(key)?;
        let meets = |criterion: &Criterion| {
            let stored = values
                .iter()
                .find(|(field, _)| *field == criterion.field)
                .map(|(_, value)| *value);
            stored.is_some_and(|stored| meets(stored, criterion))
        };
        if !meets(&self.selection.tenant) {
            return Some(Side::Others);
        }
        if !self.selection.subject.is_empty() && !self.selection.subject.iter().any(meets) {
            return None;
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

    /// The value of a placeholder in a key.
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

fn meets(stored: &str, criterion: &Criterion) -> bool {
    match criterion.normalise {
        Normalisation::Lower => {
            let stored = criterion.normalise.apply(stored);
            criterion.any_of.contains(&stored)
        }
        _ => criterion.any_of.iter().any(|value| value == stored),
    }
}

fn sound(value: &str) -> bool {
    !value.is_empty() && !value.contains('/') && !value.contains(char::is_control)
}
