//! Names that hold `{placeholders}`: how the keys, paths and segments of a container's template are read.
//!
//! A name is read from left to right, in one way only: a placeholder takes at least one character and ends before
//! the first occurrence of the text that follows it in the template; the last one takes the rest. `*` takes
//! characters as a placeholder does, without a name.

#[cfg(feature = "erase")]
pub(crate) mod erase;
#[cfg(feature = "probe")]
pub(crate) mod probe;

use domain::selection::{Criterion, Exclusion, Selection};

/// What placeholders were read as, by name.
pub(crate) type Captures<'a> = Vec<(&'a str, String)>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// With its name; without one for `*`.
    Field(Option<String>),
}

/// One template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads a template, or says in words what is wrong with it.
    pub(crate) fn parse(template: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = template;
        while !rest.is_empty() {
            let at = rest.find(['{', '}', '*']).unwrap_or(rest.len());
            if at > 0 {
                parts.push(Part::Text(rest[..at].to_owned()));
                rest = &rest[at..];
                continue;
            }
            if matches!(parts.last(), Some(Part::Field(_))) {
                return Err("two placeholders need text between them".into());
            }
            if let Some(after) = rest.strip_prefix('*') {
                parts.push(Part::Field(None));
                rest = after;
                continue;
            }
            let inner = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let (name, after) = inner.ok_or("expected {name} with both braces")?;
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err("the name of a placeholder has a-z A-Z 0-9 _".into());
            }
            parts.push(Part::Field(Some(name.to_owned())));
            rest = after;
        }
        match parts.is_empty() {
            true => Err("it is empty".into()),
            false => Ok(Self(parts)),
        }
    }

    /// The names of its placeholders.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Field(Some(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The text itself, where it holds no placeholder.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Reads a name; absent when it is not of this template.
    pub(crate) fn capture(&self, name: &str) -> Option<Captures<'_>> {
        let mut captures = Vec::new();
        let mut rest = name;
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Field(field) => {
                    let end = self.end_of(at, rest).filter(|end| *end > 0)?;
                    if let Some(field) = field {
                        captures.push((field.as_str(), rest[..end].to_owned()));
                    }
                    rest = &rest[end..];
                }
            }
        }
        rest.is_empty().then_some(captures)
    }

    /// Where the placeholder at a place ends in what is left of a name.
    fn end_of(&self, at: usize, rest: &str) -> Option<usize> {
        match self.0.get(at + 1) {
            None => Some(rest.len()),
            Some(Part::Text(text)) if at + 2 == self.0.len() => {
                rest.strip_suffix(text.as_str()).map(str::len)
            }
            Some(Part::Text(text)) => rest.find(text.as_str()),
            Some(Part::Field(_)) => None,
        }
    }

    /// Whether some name of this template has the value in the placeholder; true where the placeholder is not here.
    pub(crate) fn admits(&self, field: &str, value: &str) -> bool {
        let place = self
            .0
            .iter()
            .position(|part| matches!(part, Part::Field(Some(name)) if name == field));
        let Some(at) = place else { return true };
        let followed = match self.0.get(at + 1) {
            Some(Part::Text(text)) => format!("{value}{text}"),
            _ => value.to_owned(),
        };
        !value.is_empty() && self.end_of(at, &followed) == Some(value.len())
    }

    /// The glob of Redis that fits at least every name whose placeholders have the values known.
    pub(crate) fn glob(&self, known: &[(&str, &str)]) -> String {
        let mut glob = String::new();
        for part in &self.0 {
            let text = match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Field(name) => known
                    .iter()
                    .find(|(field, _)| Some(*field) == name.as_deref())
                    .map(|(_, value)| *value),
            };
            match text {
                None => glob.push('*'),
                Some(text) => text.chars().for_each(|c| {
                    if matches!(c, '*' | '?' | '[' | ']' | '\\' | '^' | '-') {
                        glob.push('\\');
                    }
                    glob.push(c);
                }),
            }
        }
        glob
    }
}

/// Every criterion of a selection; or words about what names cannot tell.
pub(crate) fn criteria(selection: &Selection) -> Result<Vec<&Criterion>, String> {
    let mut all: Vec<&Criterion> = std::iter::once(&selection.tenant)
        .chain(&selection.subject)
        .collect();
    for exclusion in &selection.except {
        match exclusion {
            Exclusion::AnyOf(criteria) => all.extend(criteria),
            Exclusion::Created { .. } => return Err("records here cannot be told apart by date".into()),
        }
    }
    Ok(all)
}

/// What takes the place of a byte that is not UTF-8, followed by the byte in hexadecimal.
const ESCAPE: char = '\u{FFFD}';

/// A name as text. Every name has one text, and [`bytes_of`] gives the name back.
pub(crate) fn text_of(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    let escape = |text: &mut String, bytes: &[u8]| {
        for byte in bytes {
            text.push(ESCAPE);
            text.push_str(&hex::encode([*byte]));
        }
    };
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                ESCAPE => escape(&mut text, ESCAPE.to_string().as_bytes()),
                c => text.push(c),
            }
        }
        escape(&mut text, chunk.invalid());
    }
    text
}

/// The name of a text.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        name.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| hex::decode(digits).ok()) {
            Some(byte) => {
                name.extend_from_slice(&byte);
                rest = &after[2..];
            }
            None => {
                name.extend_from_slice(ESCAPE.to_string().as_bytes());
                rest = after;
            }
        }
    }
    name.extend_from_slice(rest.as_bytes());
    name
}

/// A value read from a name, as a person would write it.
#[cfg(feature = "probe")]
pub(crate) fn value_of(text: String) -> String {
    String::from_utf8(bytes_of(&text)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(pattern: &'a Pattern, name: &str) -> Option<Vec<(&'a str, String)>> {
        pattern.capture(name)
    }

    #[test]
    fn a_placeholder_ends_before_the_text_that_follows() {
        let pattern = Pattern::parse("s:{tenant}:{user}").unwrap();
        assert_eq!(
            read(&pattern, "s:a:b:c"),
            Some(vec![("tenant", "a".into()), ("user", "b:c".into())])
        );
        assert_eq!(read(&pattern, "s::b"), None);
        assert_eq!(read(&pattern, "s:a:"), None);
        assert_eq!(read(&pattern, "x:a:b"), None);
    }

    #[test]
    fn the_last_placeholder_may_hold_the_ending() {
        let pattern = Pattern::parse("{user}.json").unwrap();
        assert_eq!(
            read(&pattern, "a.json.json"),
            Some(vec![("user", "a.json".into())])
        );
        assert!(pattern.admits("user", "a.json"));
    }

    #[test]
    fn a_value_that_no_name_could_hold_is_not_admitted() {
        let pattern = Pattern::parse("s:{tenant}:{user}").unwrap();
        assert!(pattern.admits("tenant", "acme"));
        assert!(!pattern.admits("tenant", "ac:me"));
        assert!(!pattern.admits("tenant", ""));
        assert!(pattern.admits("user", "a:b"));
    }

    #[test]
    fn globs_are_escaped() {
        let pattern = Pattern::parse("s[1]:{tenant}:*").unwrap();
        assert_eq!(pattern.glob(&[("tenant", "a*?")]), "s\\[1\\]:a\\*\\?:*");
    }

    #[test]
    fn wrong_templates_are_refused() {
        for template in ["", "{a}{b}", "{a}*", "{a", "a}", "{}", "{a b}"] {
            assert!(Pattern::parse(template).is_err(), "{template}");
        }
    }

    #[test]
    fn every_name_comes_back_from_its_text() {
        for name in [
            b"plain".as_slice(),
            "\u{FFFD}ff".as_bytes(),
            b"\xff\xfe",
            "\u{FFFD}".as_bytes(),
            b"a\xC3",
            "ü".as_bytes(),
        ] {
            assert_eq!(bytes_of(&text_of(name)), name);
        }
    }
}
