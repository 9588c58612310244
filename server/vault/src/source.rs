//! Where a secret comes from: a file that the operator mounts, a value of the environment, or a credential of systemd.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// A file or a value. Printing shows the path, never the value.
#[derive(Clone)]
pub enum Source {
    /// Read when needed.
    File(PathBuf),
    /// A file that systemd made for the service and that is only read (`LoadCredential=`, `LoadCredentialEncrypted=`).
    Credential(PathBuf),
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
    /// None of the places has it.
    #[error(
        "{setting}: {} is not there: give the secret in that file, in the variable {variable}, or as the systemd \
         credential {credential}",
        path.display()
    )]
    Nowhere {
        /// The setting.
        setting: String,
        /// The file.
        path: PathBuf,
        /// The variable of the environment.
        variable: String,
        /// The name in the folder of systemd's credentials.
        credential: String,
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
            Self::File(path) | Self::Credential(path) => std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|source| unread(setting, path, source))?,
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

/// The name of a setting's secret among the credentials of systemd: `passphrase` for `keys.passphrase_file`.
pub fn credential_name(setting: &str) -> &str {
    let name = setting.rsplit('.').next().unwrap_or(setting);
    name.strip_suffix("_file").unwrap_or(name)
}

/// Why a file gave no secret; where a setting has other places for it, they are named.
fn unread(setting: &str, path: &Path, source: std::io::Error) -> SourceError {
    match setting.strip_suffix("_file") {
        Some(value) if source.kind() == std::io::ErrorKind::NotFound => SourceError::Nowhere {
            setting: setting.into(),
            path: path.into(),
            variable: format!("LETHE_{}", value.replace('.', "_").to_uppercase()),
            credential: credential_name(setting).into(),
        },
        _ => SourceError::File {
            setting: setting.into(),
            path: path.into(),
            source,
        },
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Credential(path) => f.debug_tuple("Credential").field(path).finish(),
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
    fn where_a_secret_is_nowhere_all_three_places_are_named() {
        let missing = Source::File("/nowhere/passphrase".into())
            .read("keys.passphrase_file")
            .unwrap_err()
            .to_string();
        for place in [
            "/nowhere/passphrase",
            "LETHE_KEYS_PASSPHRASE",
            "systemd credential passphrase",
        ] {
            assert!(missing.contains(place), "{missing}");
        }
    }

    #[test]
    fn printing_shows_no_secret() {
        assert_eq!(format!("{:?}", Source::value("secret")), "Value(..)");
    }
}
