//! Runs a backup tool: a clean environment, secrets in it and never among the arguments, and an end to waiting.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use domain::port::connector::ConnectorError;
use domain::port::probe::ProbeError;
use domain::secret::Secret;
use tokio::process::Command;

/// Variables for a tool. Printing shows names only.
#[derive(Clone)]
pub(super) struct Environment(BTreeMap<String, Secret>);

/// Reads a credential: a JSON object of environment variables, each beginning with an allowed word, or the one secret
/// that is passed as `only`.
pub(super) fn environment(
    credential: &Secret,
    only: Option<&str>,
    allowed: &[&str],
) -> Result<Environment, ConnectorError> {
    let text = credential.reveal();
    if let Some(name) = only
        && !text.trim_start().starts_with('{')
    {
        return Ok(Environment(BTreeMap::from([(
            name.to_owned(),
            credential.clone(),
        )])));
    }
    let expected = || {
        let whole = only.map_or_else(String::new, |name| format!("{name} as text, or "));
        let words = allowed.join("*, ");
        ConnectorError::Credential(format!("expected {whole}a JSON object of the variables {words}*"))
    };
    let variables: BTreeMap<String, String> = serde_json::from_str(text).map_err(|_| expected())?;
    match variables
        .keys()
        .all(|name| allowed.iter().any(|word| name.starts_with(word)))
    {
        true => Ok(Environment(
            variables
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
        )),
        false => Err(expected()),
    }
}

/// Runs a program and gives what it wrote, if it ended well.
pub(super) async fn run(
    program: &str,
    arguments: &[&str],
    environment: &Environment,
    variables: &[(&str, &str)],
    timeout: Duration,
) -> Result<Vec<u8>, ProbeError> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
    // Where ssh finds the hosts it knows.
    command.envs(std::env::var_os("HOME").map(|home| ("HOME", home)));
    command.envs(variables.iter().copied());
    command.envs(environment.0.iter().map(|(name, value)| (name, value.reveal())));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(timeout, command.output()).await;
    let output = ended
        .map_err(|_| ProbeError::Unreachable(format!("{program} did not end in time")))?
        .map_err(|_| ProbeError::Blind(format!("{program} cannot be run here: is it installed?")))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(failure(
            program,
            output.status.code(),
            &output.stdout,
            &output.stderr,
        )),
    }
}

/// Signs of a connection that did not come about or broke; everything else needs a person.
const PASSING: [&str; 9] = [
    "connection refused",
    "connection reset",
    "connection timed out",
    "i/o timeout",
    "no such host",
    "network is unreachable",
    "no route to host",
    "temporary failure",
    "unable to connect",
];

/// What a failure says about what can be seen. The tool's own words may hold paths and names, and are not repeated.
fn failure(program: &str, code: Option<i32>, stdout: &[u8], stderr: &[u8]) -> ProbeError {
    let said = [stdout, stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).to_lowercase())
        .concat();
    let code = code.map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"));
    if PASSING.iter().any(|sign| said.contains(sign)) {
        return ProbeError::Unreachable(format!("{program} has no connection to its repository"));
    }
    let why = match said {
        _ if said.contains("wrong password") => "the password is not the repository's",
        _ if said.contains("repository does not exist") || said.contains("is there a repository at") => {
            "there is no repository"
        }
        _ if said.contains("permission denied") => "permission denied",
        _ => "run it by hand to see why",
    };
    ProbeError::Blind(format!("{program} ended with {code}: {why}"))
}
