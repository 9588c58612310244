//! What `services start` leaves behind for `services stop`: a small text file in the cache folder.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use nix::sys::signal::Signal;

use crate::places;

/// A server process that outlives this program.
pub struct Process {
    pub name: String,
    pub pid: i32,
    /// Start time in clock ticks since boot; tells the process from a later one with the same id.
    pub started: u64,
    pub stop: Signal,
}

/// The servers that were left running.
pub struct Kept {
    pub dir: PathBuf,
    pub processes: Vec<Process>,
    pub env: Vec<(String, String)>,
}

impl Kept {
    /// The servers an earlier run left, if any.
    pub fn load() -> Result<Option<Self>> {
        let file = file()?;
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text)
                .map(Some)
                .with_context(|| format!("{} is damaged", file.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    pub fn save(&self) -> Result<()> {
        let file = file()?;
        fs::write(&file, self.text()).with_context(|| format!("cannot write {}", file.display()))
    }

    /// Forgets the servers and removes their files.
    pub fn remove(self) -> Result<()> {
        if self.dir.exists() {
            fs::remove_dir_all(&self.dir).with_context(|| format!("cannot remove {}", self.dir.display()))?;
        }
        fs::remove_file(file()?).context("cannot remove the list of servers")
    }

    fn text(&self) -> String {
        let mut text = format!("dir {}\n", self.dir.display());
        for Process {
            name,
            pid,
            started,
            stop,
        } in &self.processes
        {
            writeln!(text, "server {name} {pid} {started} {stop}").expect("a string takes every line");
        }
        for (key, value) in &self.env {
            writeln!(text, "env {key} {value}").expect("a string takes every line");
        }
        text
    }

    fn parse(text: &str) -> Result<Self> {
        let mut kept = Self {
            dir: PathBuf::new(),
            processes: Vec::new(),
            env: Vec::new(),
        };
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').context("a line without a value")?;
            match word {
                "dir" => kept.dir = PathBuf::from(rest),
                "server" => kept.processes.push(Process::parse(rest)?),
                "env" => {
                    let (key, value) = rest.split_once(' ').context("a variable without a value")?;
                    kept.env.push((key.to_owned(), value.to_owned()));
                }
                _ => anyhow::bail!("an unknown line"),
            }
        }
        Ok(kept)
    }
}

impl Process {
    fn parse(text: &str) -> Result<Self> {
        let [name, pid, started, stop] = text.split(' ').collect::<Vec<_>>()[..] else {
            anyhow::bail!("a server needs four fields");
        };
        Ok(Self {
            name: name.to_owned(),
            pid: pid.parse()?,
            started: started.parse()?,
            stop: Signal::from_str(stop)?,
        })
    }
}

fn file() -> Result<PathBuf> {
    Ok(places::cache()?.join("services"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_servers_reads_back_as_it_was_written() {
        let kept = Kept {
            dir: PathBuf::from("/tmp/a b"),
            processes: vec![Process {
                name: "redis".into(),
                pid: 7,
                started: 99,
                stop: Signal::SIGINT,
            }],
            env: vec![("LETHE_TEST_REDIS".into(), "redis://:x@127.0.0.1:1".into())],
        };
        let again = Kept::parse(&kept.text()).unwrap();
        assert_eq!(again.text(), kept.text());
    }
}
