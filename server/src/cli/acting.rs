//! Who acts: a person with a password or a personal token, else the system.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use domain::actor::Actor;
use domain::secret::Secret;
use engine::Engine;
use engine::people::Credentials;

use super::Failure;

/// Options that say who acts.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Acting {
    /// Act as this person, who must prove it: by LETHE_PASSWORD, --password-file, or when asked
    #[arg(long = "as", global = true, value_name = "EMAIL", env = "LETHE_AS")]
    who: Option<String>,
    /// A file with that person's password
    #[arg(long, global = true, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The code of that person's authenticator, or a recovery code, where the account has a second factor
    #[arg(long, global = true, value_name = "CODE")]
    code: Option<String>,
    /// A file with a personal token (or LETHE_TOKEN), in place of --as
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Acting {
    /// Somebody is named.
    pub(super) fn is_given(&self) -> bool {
        self.who.is_some() || self.token_file.is_some() || variable("LETHE_TOKEN").is_some()
    }

    /// Whoever acts. Nobody named: the system, which can neither approve, release nor certify.
    pub(super) async fn actor(&self, engine: &Engine) -> Result<Actor, Failure> {
        match self.credentials()? {
            Some(credentials) => Ok(engine.authenticate(&credentials).await?),
            None => Ok(Actor::System("cli")),
        }
    }

    fn credentials(&self) -> Result<Option<Credentials>, Failure> {
        if let Some(email) = &self.who {
            if self.token_file.is_some() {
                return Err(Failure::usage("--as and --token-file say twice who acts"));
            }
            let password = match (&self.password_file, variable("LETHE_PASSWORD")) {
                (Some(file), _) => secret_file("--password-file", file)?,
                (None, Some(password)) => password,
                (None, None) => ask(&format!("Password of {email}: "))?,
            };
            let email = email.clone();
            let code = self
                .code
                .clone()
                .map(Secret::new)
                .or_else(|| variable("LETHE_CODE"));
            return Ok(Some(match code {
                Some(code) => Credentials::SecondFactor {
                    email,
                    password,
                    code,
                },
                None => Credentials::Password { email, password },
            }));
        }
        if self.password_file.is_some() {
            return Err(Failure::usage("--password-file needs --as EMAIL"));
        }
        let token = match &self.token_file {
            Some(file) => Some(secret_file("--token-file", file)?),
            None => variable("LETHE_TOKEN"),
        };
        Ok(token.map(Credentials::Token))
    }
}

/// A secret of the environment; an empty one counts as absent.
pub(super) fn variable(name: &str) -> Option<Secret> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .map(Secret::new)
}

/// A file's text without the line end at its end.
pub(super) fn secret_file(option: &str, file: &Path) -> Result<Secret, Failure> {
    let text = vault::Source::File(file.into()).read(option)?;
    Ok(Secret::new(text.as_str()))
}

/// Asks at the terminal, without showing what is typed.
pub(super) fn ask(prompt: &str) -> Result<Secret, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::failed(format!(
            "{}: there is no terminal to ask at; give a file of passwords, or use the environment",
            prompt.trim_end_matches(": ")
        )));
    }
    Ok(Secret::new(rpassword::prompt_password(prompt)?))
}
