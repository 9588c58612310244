//! Reads settings one by one, and refuses those that nobody reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use toml::Value;
use vault::Source;
use vault::source::credential_name;

use super::settings::{SETTINGS, Setting, nearest};

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: the file of settings cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}: {why}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// No such setting.
    #[error("{place}: there is no setting {name}{hint}")]
    Unknown {
        /// The file.
        place: String,
        /// The name that was written.
        name: String,
        /// The name that was perhaps meant.
        hint: String,
    },
    /// A value that cannot be.
    #[error("{place}: {name} is {is}: {expected}")]
    Wrong {
        /// The file or the variable.
        place: String,
        /// The setting.
        name: String,
        /// What it is.
        is: String,
        /// What it should be.
        expected: String,
    },
}

/// What is written, until it is read.
pub(super) struct Reader {
    place: String,
    written: BTreeMap<String, Value>,
    variables: BTreeMap<&'static str, String>,
    /// Where systemd puts the credentials of a service.
    credentials: Option<PathBuf>,
}

impl Reader {
    /// Takes in the file and the environment.
    pub(super) fn open(
        file: Option<&Path>,
        usual: &str,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new(usual)).to_owned();
        let text = match std::fs::read_to_string(&path) {
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(|source| ConfigError::File {
                path: path.clone(),
                source,
            })?,
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::Toml {
            path: path.clone(),
            why: error.to_string().trim_end().to_owned(),
        })?;
        let mut written = BTreeMap::new();
        flatten("", table, &mut written);
        let set = |setting: &Setting| variable(&setting.variable()).map(|value| (setting.name, value));
        Ok(Self {
            place: path.display().to_string(),
            written,
            variables: SETTINGS.iter().filter_map(set).collect(),
            credentials: variable("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        })
    }

    /// Refuses what nobody read.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        let Some((name, _)) = self.written.into_iter().next() else {
            return Ok(());
        };
        let hint = match SETTINGS
            .iter()
            .find(|setting| setting.name == name && setting.secret)
        {
            Some(setting) => format!(
                " of a file: it is a secret; set {} or {}_file",
                setting.variable(),
                setting.name
            ),
            None => nearest(&name)
                .map(|near| format!(" (did you mean {near}?)"))
                .unwrap_or_default(),
        };
        Err(ConfigError::Unknown {
            place: self.place,
            name,
            hint,
        })
    }

    /// A complaint about a setting's value, which may be that of another setting read with it.
    pub(super) fn wrong(&self, name: &str, expected: &str) -> ConfigError {
        self.complaint(name, "not usable".into(), expected)
    }

    fn complaint(&self, name: &str, is: String, expected: &str) -> ConfigError {
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        let place = match setting.filter(|setting| self.variables.contains_key(setting.name)) {
            Some(setting) => setting.variable(),
            None => self.place.clone(),
        };
        ConfigError::Wrong {
            place,
            name: name.to_owned(),
            is,
            expected: expected.to_owned(),
        }
    }

    fn expected(&self, name: &str, is: &dyn std::fmt::Display) -> ConfigError {
        let expected = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.expected);
        self.complaint(name, is.to_string(), &format!("expected {expected}"))
    }

    /// A text; one that is empty counts as wrong, not as absent.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        let text = match (self.variables.get(name), self.written.remove(name)) {
            (Some(text), _) => text.clone(),
            (None, None) => return Ok(None),
            (None, Some(Value::String(text))) => text,
            (None, Some(Value::Integer(number))) => number.to_string(),
            (None, Some(Value::Boolean(truth))) => truth.to_string(),
            (None, Some(other)) => return Err(self.expected(name, &format!("of type {}", other.type_str()))),
        };
        match text.trim() {
            "" => Err(self.expected(name, &"empty")),
            trimmed => Ok(Some(trimmed.to_owned())),
        }
    }

    /// Whatever its type reads from text.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| self.expected(name, &format!("{text:?}")))
    }

    /// A path.
    pub(super) fn path(&mut self, name: &str) -> Result<Option<PathBuf>, ConfigError> {
        Ok(self.text(name)?.map(PathBuf::from))
    }

    /// One of some words.
    pub(super) fn one_of(&mut self, name: &str, words: &[&str]) -> Result<Option<String>, ConfigError> {
        match self.text(name)? {
            Some(text) if !words.contains(&text.as_str()) => Err(self.expected(name, &format!("{text:?}"))),
            text => Ok(text),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, name: &str, least: u32, most: u32) -> Result<Option<u32>, ConfigError> {
        let number = self.parsed::<u32>(name)?;
        match number {
            Some(number) if !(least..=most).contains(&number) => Err(self.expected(name, &number)),
            number => Ok(number),
        }
    }

    /// A duration of days, hours, minutes, seconds; a day has 24 hours.
    pub(super) fn duration(&mut self, name: &str) -> Result<Option<Duration>, ConfigError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let read = || {
            let span: jiff::Span = text.parse().ok()?;
            let length = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
            Duration::try_from(length).ok()
        };
        read()
            .map(Some)
            .ok_or_else(|| self.expected(name, &format!("{text:?}")))
    }

    /// A time zone.
    pub(super) fn zone(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match jiff::tz::TimeZone::get(&text) {
            Ok(_) => Ok(Some(text)),
            Err(_) => Err(self.expected(name, &format!("{text:?}"))),
        }
    }

    /// The URL of a site, without the slash at its end.
    pub(super) fn web_url(&mut self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let url = text.trim_end_matches('/');
        let host = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains([' ', '?', '#', '@']) => {
                Ok(Some(url.to_owned()))
            }
            _ => Err(self.expected(name, &format!("{text:?}"))),
        }
    }

    /// Several lines.
    pub(super) fn lines(&mut self, name: &str) -> Result<Option<Vec<String>>, ConfigError> {
        if self.variables.contains_key(name) || matches!(self.written.get(name), Some(Value::String(_))) {
            let text = self.text(name)?;
            return Ok(text.map(|text| text.split('|').map(|line| line.trim().to_owned()).collect()));
        }
        match self.written.remove(name) {
            None => Ok(None),
            Some(Value::Array(values)) => {
                let lines: Option<Vec<String>> = values
                    .iter()
                    .map(|value| value.as_str().map(str::to_owned))
                    .collect();
                lines
                    .map(Some)
                    .ok_or_else(|| self.expected(name, &"a list of other things"))
            }
            Some(other) => Err(self.expected(name, &format!("of type {}", other.type_str()))),
        }
    }

    /// Whether a setting is one word; reads nothing.
    pub(super) fn is(&self, name: &str, word: &str) -> bool {
        let written = self.written.get(name).and_then(Value::as_str);
        self.variables
            .get(name)
            .map(String::as_str)
            .or(written)
            .is_some_and(|text| text.trim() == word)
    }

    /// A secret that need not be there.
    pub(super) fn optional_secret(&mut self, value: &str, file: &str) -> Result<Option<Source>, ConfigError> {
        match self.variables.contains_key(value)
            || self.variables.contains_key(file)
            || self.written.contains_key(file)
        {
            // One of the two is set: the usual file is never looked for.
            true => self.secret(value, file, PathBuf::new()).map(Some),
            false => Ok(None),
        }
    }

    /// A secret: from the environment, from the file that is set, from a credential of systemd, or from the usual file.
    pub(super) fn secret(&mut self, value: &str, file: &str, usual: PathBuf) -> Result<Source, ConfigError> {
        let file = self.path(file)?;
        match (self.variables.get(value), file) {
            (Some(_), Some(_)) => {
                Err(self.complaint(value, "set twice".into(), "set it or its _file, not both"))
            }
            (Some(text), None) => Ok(Source::value(text.as_str())),
            (None, Some(file)) => Ok(Source::File(file)),
            (None, None) => Ok(self.credential(value).unwrap_or(Source::File(usual))),
        }
    }

    /// The credential that systemd gives the service for a setting, if it does.
    fn credential(&self, value: &str) -> Option<Source> {
        let path = self.credentials.as_ref()?.join(credential_name(value));
        path.is_file().then_some(Source::Credential(path))
    }
}

/// Tables become dotted names.
fn flatten(prefix: &str, table: toml::Table, into: &mut BTreeMap<String, Value>) {
    for (key, value) in table {
        let name = if prefix.is_empty() {
            key
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            Value::Table(table) => flatten(&name, table, into),
            value => drop(into.insert(name, value)),
        }
    }
}
