//! The application log: to standard error, as text or as one JSON object a line. It holds no identifiers of people.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::LogSettings;

/// Starts the log of this process; a second start changes nothing.
pub fn start(settings: &LogSettings) -> Result<(), String> {
    let filter = EnvFilter::builder().parse(&settings.filter);
    let filter = filter.map_err(|error| format!("log.filter is {:?}: {error}", settings.filter))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    // A process that is started twice (in tests) keeps its first log.
    let _already = match settings.json {
        true => log.json().flatten_event(true).try_init(),
        false => log.try_init(),
    };
    Ok(())
}
