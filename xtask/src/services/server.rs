//! One server process: started with its output in a file, stopped by its process id.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::state::Process;
use crate::tool;

const PATIENCE: Duration = Duration::from_secs(10);

/// A running server; dropping this stops it.
pub struct Server {
    child: Option<Child>,
    name: &'static str,
    log: PathBuf,
    stop: Signal,
}

impl Server {
    /// Starts a program that stays in the foreground. It gets a process group of its own, so that Ctrl-C in a
    /// terminal reaches the tests first and the servers only through us.
    pub fn spawn(name: &'static str, dir: &Path, command: &mut Command) -> Result<Self> {
        let log = dir.join(format!("{name}.log"));
        let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run {}", command.get_program().display()))?;
        Ok(Self {
            child: Some(child),
            name,
            log,
            stop: Signal::SIGTERM,
        })
    }

    /// The signal that asks this server to stop at once, where it is not SIGTERM.
    pub fn stopped_by(mut self, stop: Signal) -> Self {
        self.stop = stop;
        self
    }

    /// Waits until `ready` says yes; fails with the end of the log when the process ends or time runs out.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let child = self.child.as_mut();
        let child = child.context("the server was handed over already")?;
        let waited = tool::until(limit, || match child.try_wait()? {
            Some(status) => bail!("ended early: {status}"),
            None => Ok(ready()),
        });
        waited.with_context(|| {
            format!(
                "{} did not become ready; its log ends:\n{}",
                self.name,
                end_of(&self.log)
            )
        })
    }

    /// Hands the process over: it outlives this program.
    pub fn keep(mut self) -> Process {
        let pid = self.child.take().map_or(0, |child| child.id().cast_signed());
        Process {
            name: self.name.to_owned(),
            pid,
            started: started(pid).unwrap_or(0),
            stop: self.stop,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(child) = self.child.as_mut() else { return };
        let pid = Pid::from_raw(child.id().cast_signed());
        let begun = Instant::now();
        let mut signal = self.stop;
        // The child is not reaped yet, so its id cannot belong to another process.
        while child.try_wait().is_ok_and(|status| status.is_none()) {
            if begun.elapsed() > PATIENCE {
                signal = Signal::SIGKILL;
            }
            if kill(pid, signal).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Stops a process that an earlier run of this program left running, if it is still the same one.
pub fn stop(process: &Process) {
    let begun = Instant::now();
    let pid = Pid::from_raw(process.pid);
    while process.pid > 0 && started(process.pid) == Some(process.started) {
        let signal = if begun.elapsed() > PATIENCE {
            Signal::SIGKILL
        } else {
            process.stop
        };
        if kill(pid, signal).is_err() {
            eprintln!("cannot stop {} (process {})", process.name, process.pid);
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Whether the process is still the one that was started.
pub fn is_running(process: &Process) -> bool {
    started(process.pid) == Some(process.started)
}

/// When the process was started, in clock ticks since boot; none when there is no such process or it is a zombie.
fn started(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
