//! Opens what an inventory file refers to: a variable of the environment, or a file.

use domain::secret::Secret;
use engine::inventory::{CredentialSource, OpenCredential};
use vault::Source;

/// Reads credentials where the command runs.
pub(super) struct FromHere;

impl OpenCredential for FromHere {
    fn open(&self, source: &CredentialSource) -> Result<Secret, String> {
        match source {
            CredentialSource::Env(name) => match std::env::var(name) {
                Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
                _ => Err(format!("the variable {name} of the environment is not set")),
            },
            CredentialSource::File(file) => match Source::File(file.into()).read(file) {
                Ok(text) => Ok(Secret::new(text.as_str())),
                Err(error) => Err(match std::error::Error::source(&error) {
                    Some(cause) => format!("the file {file} cannot be read: {cause}"),
                    None => error.to_string(),
                }),
            },
            CredentialSource::None(true) => Ok(Secret::new("")),
            CredentialSource::None(false) => {
                Err("none = false says nothing: write none = true, env or file".into())
            }
        }
    }
}
