//! Processes of the binary: those that answer and end, and those that stay.

use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

/// What a command said.
#[derive(Debug)]
pub struct Said {
    done: bool,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn by(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self {
            done: status.success(),
            out: text(stdout),
            err: text(stderr),
        }
    }

    /// It was done.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// It was done: what was answered.
    #[track_caller]
    pub fn done(self) -> String {
        assert!(self.done, "{}{}", self.out, self.err);
        self.out
    }

    /// It was refused: why.
    #[track_caller]
    pub fn refused(self) -> String {
        assert!(!self.done, "this must be refused: {}", self.out);
        self.err
    }

    /// It was done: the answer as JSON.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.done()).unwrap()
    }
}

impl Said {
    /// The answer as JSON, whatever the exit status says of it.
    pub fn told(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

/// A process that stays; killed when dropped.
pub struct Staying(Child);

impl Staying {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Asks for the end, as an operator's service manager does, and waits for it.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.0.id())])
            .status()
            .unwrap();
        assert!(asked.success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// It still runs.
    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Staying {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(180), "never came: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
