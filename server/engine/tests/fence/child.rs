//! Other processes: the test binary starts itself again, and talks with it line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connectors::registry::Registry;
use domain::inventory::System;
use domain::job::Queue;
use domain::port::connector::ConnectorError;
use domain::port::erase::{Chunk, Erase, EraseError, Erased, Erasers};
use domain::port::store::Store as _;
use domain::secret::Secret;
use domain::selection::Target;
use engine::Engine;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use vault::SystemClock;

use crate::site::{Site, policy, ports};

/// Names our own database to a child.
const DATABASE: &str = "LETHE_TEST_CHILD_DATABASE";
/// What marks the lines that a child says on purpose.
const SAID: &str = ">>> ";
/// The times of the processes, theirs and ours: an attempt may live for three seconds.
pub const DEADLINE: Duration = Duration::from_millis(1_500);
/// How long a child holds its job.
pub const LEASE: Duration = Duration::from_secs(20);
/// How long a child is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Another process.
pub struct Other {
    process: std::process::Child,
    stdin: ChildStdin,
    lines: UnboundedReceiver<String>,
    said: Vec<String>,
}

impl Other {
    /// Starts one of the ignored tests as a process of its own.
    pub fn start(part: &str, site: &Site) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", part, "--ignored", "--nocapture"])
            .env(DATABASE, &site.database.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = process.stdin.take().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some(said) = line.strip_prefix(SAID)
                    && sender.send(said.to_owned()).is_err()
                {
                    return;
                }
            }
        });
        Self {
            process,
            stdin,
            lines,
            said: Vec::new(),
        }
    }

    /// Waits until it says something that begins so.
    pub async fn says(&mut self, beginning: &str) -> String {
        let saying = async {
            while let Some(line) = self.lines.recv().await {
                self.said.push(line.clone());
                if line.starts_with(beginning) {
                    return Some(line);
                }
            }
            None
        };
        let line = timeout(PATIENCE, saying).await;
        let line = line.ok().flatten();
        line.unwrap_or_else(|| panic!("the child never said {beginning:?}, only {:?}", self.said))
    }

    /// All that it said until the last line waited for.
    pub fn heard(&self) -> &[String] {
        &self.said
    }

    /// Lets it go on where it waits for a line.
    pub fn go_on(&mut self) {
        self.stdin.write_all(b"\n").unwrap();
        self.stdin.flush().unwrap();
    }

    /// Stands still from here on, as if its machine had been paused.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Wakes it.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// Waits for its end; gives all it ever said.
    pub async fn ended(mut self) -> Vec<String> {
        let listening = async {
            while let Some(line) = self.lines.recv().await {
                self.said.push(line);
            }
        };
        assert!(
            timeout(PATIENCE, listening).await.is_ok(),
            "the child never ends: {:?}",
            self.said
        );
        assert!(self.process.wait().unwrap().success(), "{:?}", self.said);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may be frozen, or have ended: neither keeps it from going.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In a child: says a line to the process that started it.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{SAID}{line}").unwrap();
    out.flush().unwrap();
}

/// In a child: waits for a line.
pub fn wait_for_a_line() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// In a child: the address of our own database.
pub fn database() -> String {
    std::env::var(DATABASE).expect("only started by tests of this program")
}

/// Real erasers that say when they are called, and wait for a line before they do anything.
struct Asking(Arc<Registry>);

struct AskingErase(Arc<dyn Erase>);

impl Erasers for Asking {
    fn eraser(&self, system: &System, credential: &Secret) -> Result<Arc<dyn Erase>, ConnectorError> {
        Ok(Arc::new(AskingErase(self.0.eraser(system, credential)?)))
    }
}

#[async_trait]
impl Erase for AskingErase {
    async fn erase(&self, target: &Target, chunk: &Chunk) -> Result<Erased, EraseError> {
        say("at the call");
        wait_for_a_line();
        let outcome = self.0.erase(target, chunk).await;
        say(&format!("outcome: {outcome:?}"));
        outcome
    }
}

#[tokio::test]
#[ignore = "a child process of other tests"]
async fn child_that_erases() {
    let store = storage::open(&database()).await.unwrap();
    let erasers = Asking(Arc::new(Registry::new(Arc::new(SystemClock))));
    let engine = Engine::new(
        ports(Arc::new(store.clone()), Some(Arc::new(erasers)), None),
        policy(DEADLINE, LEASE),
    );
    let leased = store
        .lease(&[Queue::EraseStep], 1, engine.now(), LEASE)
        .await
        .unwrap();
    let disposition = engine.run(&leased[0]).await;
    store.finish(&leased[0], &disposition).await.unwrap();
    say(&format!("disposition: {disposition:?}"));
}
