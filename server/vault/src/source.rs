//! Where a secret comes from: a file that the operator mounts, or a value of the environment.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

/// A file or a value. Printing shows the path, never the value.
#[derive(Clone)]
pub enum Source {
    /// Read when needed.
    File(PathBuf),
    /// Given outright.
    Value(Zeroizing<String>),
}

/// The secret cannot be had. Names the setting it was to come from.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read as text.
    #[error("{setting}: the file {} cannot be read", path.display())]
    File {
        /// The setting.
        setting: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Nothing in it.
    #[error("{setting}: is empty")]
    Empty {
        /// The setting.
        setting: String,
    },
}

impl Source {
    /// A value given outright.
    pub fn value(value: impl Into<String>) -> Self {
        Self::Value(Zeroizing::new(value.into()))
    }

    /// The secret without the line ends at its end; an empty one is an error. `setting` is its name in messages.
    pub fn read(&self, setting: &str) -> Result<Zeroizing<String>, SourceError> {
        let text = match self {
            Self::Value(value) => value.clone(),
            Self::File(path) => std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|source| SourceError::File {
                    setting: setting.into(),
                    path: path.clone(),
                    source,
                })?,
        };
        let trimmed = text.trim_end_matches(['\r', '\n']);
        if trimmed.is_empty() {
            return Err(SourceError::Empty {
                setting: setting.into(),
            });
        }
        Ok(Zeroizing::new(trimmed.to_owned()))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Value(_) => f.write_str("Value(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_are_taken_off() {
        assert_eq!(*Source::value(" a b \r\n").read("X").unwrap(), " a b ");
    }

    #[test]
    fn the_setting_is_named() {
        assert_eq!(
            Source::value("\n").read("LETHE_X").unwrap_err().to_string(),
            "LETHE_X: is empty"
        );
        let missing = Source::File("/nowhere/key".into())
            .read("LETHE_X")
            .unwrap_err()
            .to_string();
        assert_eq!(missing, "LETHE_X: the file /nowhere/key cannot be read");
    }

    #[test]
    fn printing_shows_no_secret() {
        assert_eq!(format!("{:?}", Source::value("secret")), "Value(..)");
    }
}
