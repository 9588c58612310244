//! The program at rest: how soon it answers after its start, and the memory it holds when nothing happens.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::figure::{Figure, Goal};

/// How long it is left alone before its memory is read.
const REST: Duration = Duration::from_secs(3);
/// No start takes longer.
const LONGEST: Duration = Duration::from_secs(30);
/// How often it is asked while it starts.
const LOOK: Duration = Duration::from_millis(1);

/// Takes the figures: the first start makes database and keys, the others find them.
pub async fn take(program: &Path, rounds: u32) -> Result<Vec<Figure>> {
    let program = program.to_owned();
    tokio::task::spawn_blocking(move || starts(&program, rounds)).await?
}

fn starts(program: &Path, rounds: u32) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let (first, _) = start(program, folder.path())?;
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (time, kibibytes) = start(program, folder.path())?;
        times.push(time);
        memory.push(kibibytes * 1024.0 / 1_000_000.0);
    }
    let size = program.metadata()?.len() as f64 / 1_000_000.0;
    Ok(vec![
        Figure::seconds("lethe serve: process start to the first answer", &times).goal(Goal::Under(0.3)),
        Figure::seconds("  the very first start, which makes database and keys", &[first]),
        Figure::new("lethe serve: resident memory at rest", "MB", memory).goal(Goal::Under(60.0)),
        Figure::new("  the program file, pages and fonts in it", "MB", vec![size]),
    ])
}

/// How long it took to answer, and the kibibytes it then holds.
fn start(program: &Path, folder: &Path) -> Result<(Duration, f64)> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let begun = Instant::now();
    let child = Command::new(program)
        .args(["serve", "--listen", &address.to_string()])
        .env("LETHE_DATA_DIR", folder.join("data"))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    let mut running = Running(child);
    while !answers(address) {
        ensure!(running.0.try_wait()?.is_none(), "lethe serve ended by itself");
        ensure!(begun.elapsed() < LONGEST, "lethe serve does not answer");
        std::thread::sleep(LOOK);
    }
    let time = begun.elapsed();
    std::thread::sleep(REST);
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id()))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = resident.and_then(|text| text.split_whitespace().next()?.parse().ok());
    running.stop()?;
    Ok((time, kibibytes.context("the system tells no resident memory")?))
}

fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Ends with the bench, also where the bench fails.
struct Running(Child);

impl Running {
    /// Asks it to end, as a service manager does.
    fn stop(&mut self) -> Result<()> {
        let asked = Command::new("kill").arg(self.0.id().to_string()).status()?;
        ensure!(asked.success(), "lethe serve cannot be asked to stop");
        ensure!(self.0.wait()?.success(), "lethe serve did not end well");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is gone already where all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
