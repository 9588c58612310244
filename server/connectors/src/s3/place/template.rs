//! Key templates, such as `tenants/{tenant_key}/`.
//!
//! A template is read segment by segment between slashes, with at most one placeholder in a segment, so that no key
//! can be read in two ways: the tenant `acme` never matches `tenants/acme-2/`. A template that ends with `/` means
//! everything under it; any other means the one key it spells.

use domain::inventory::Locator;

use super::PlaceError;

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
    #[cfg(any(feature = "probe", test))]
    pub fn value<'k>(&self, key: &'k str, field: &str) -> Option<&'k str> {
        self.read(key)?
            .into_iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| value)
    }

    pub(super) fn require(&self, field: &str) -> Result<(), PlaceError> {
        match self.fields().any(|name| name == field) {
            true => Ok(()),
            false => Err(PlaceError::NoPlaceholder(field.to_owned())),
        }
    }

    pub(super) fn read<'k>(&self, key: &'k str) -> Option<Vec<(&str, &'k str)>> {
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
    pub(super) fn prefix(&self, value: impl Fn(&str) -> Option<String>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    #[test]
    fn a_key_is_read_in_one_way_only() {
        let open = template("tenants/{t}/");
        assert_eq!(open.value("tenants/acme/a/b", "t"), Some("acme"));
        assert_eq!(open.value("tenants/acme/", "t"), Some("acme"));
        for key in ["tenants/acme", "tenants//a", "tenant/acme/a", "x/tenants/acme/a"] {
            assert_eq!(open.value(key, "t"), None, "{key}");
        }
        let closed = template("t-{t}/u-{u}.json");
        assert_eq!(closed.value("t-a/u-b.json.json", "u"), Some("b.json"));
        for key in ["t-a/u-b.json/c", "t-a/u-.json", "t-a/b.json"] {
            assert_eq!(closed.value(key, "u"), None, "{key}");
        }
    }
}
