//! Running commands, with errors that say which one failed, and stopping them when a person interrupts.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C and SIGTERM end the running command, and this program through its ordinary error path,
/// so that every server it started is stopped.
pub fn catch_interrupt() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst)).context("cannot catch Ctrl-C")
}

/// Fails once a person has asked to stop.
pub fn still_wanted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        Err(anyhow!("interrupted"))
    } else {
        Ok(())
    }
}

/// Runs a command to its end, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    eprintln!("> {shown}");
    let mut child = spawn(command)?;
    let status = wait(&mut child)?;
    succeeded(status, &shown)
}

/// Runs a command to its end and returns its standard output; what it printed is in the error when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {shown}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{shown}: {}\n{}", output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{shown} did not print UTF-8"))
}

/// Whether a command exists and succeeds, silently.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Asks again every tenth of a second until the answer is yes; fails after `limit`.
pub fn until(limit: Duration, mut ready: impl FnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !ready()? {
        still_wanted()?;
        if begun.elapsed() > limit {
            bail!("not ready after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn spawn(command: &mut Command) -> Result<Child> {
    still_wanted()?;
    let shown = shown(command);
    command.spawn().with_context(|| format!("cannot run {shown}"))
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            still_wanted()?;
            return Ok(status);
        }
        if still_wanted().is_err() {
            // The child may have got the terminal's Ctrl-C already; then this is a second, harmless request.
            let _ = kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM);
            child.wait()?;
            still_wanted()?;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn succeeded(status: ExitStatus, shown: &str) -> Result<()> {
    if status.success() {
        Ok(())
    } else {
        Err(anyhow!("{shown}: {status}"))
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
