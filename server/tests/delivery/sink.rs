//! An SMTP server of the test's own, with rules by recipient.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const PROGRAM: &str = include_str!("../../../xtask/src/services/smtp.py");

/// The server; it ends with the test.
pub struct Sink {
    child: Child,
    folder: tempfile::TempDir,
    /// Where it takes mail in the open.
    pub port: u16,
    /// Where it asks for TLS.
    pub tls_port: u16,
}

impl Sink {
    pub fn start() -> Self {
        let python = std::env::var("LETHE_TEST_PYTHON")
            .expect("LETHE_TEST_PYTHON must name a Python with aiosmtpd; `cargo xtask test` sets it");
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("smtp.py");
        std::fs::write(&program, PROGRAM).unwrap();
        std::fs::create_dir(folder.path().join("mails")).unwrap();
        let (port, tls_port) = (free_port(), free_port());
        let child = Command::new(python)
            .arg(&program)
            .arg(port.to_string())
            .arg(folder.path().join("mails"))
            .arg(tls_port.to_string())
            .spawn()
            .unwrap();
        let sink = Self {
            child,
            folder,
            port,
            tls_port,
        };
        wait_for("the SMTP server of the tests (aiosmtpd of PyPI)", || {
            [port, tls_port]
                .iter()
                .all(|port| std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The certificate that signed itself.
    pub fn root(&self) -> Vec<u8> {
        std::fs::read(self.mails().join("ca.pem")).unwrap()
    }

    fn mails(&self) -> PathBuf {
        self.folder.path().join("mails")
    }

    /// What it took, in order.
    pub fn taken(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.mails())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .collect();
        files.sort();
        let texts = files
            .iter()
            .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        texts.collect()
    }

    /// What it took for one recipient.
    pub fn taken_for(&self, recipient: &str) -> Vec<String> {
        let line = format!("X-Envelope-To: {recipient}\r\n");
        self.taken()
            .into_iter()
            .filter(|mail| mail.contains(&line))
            .collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !there() {
        assert!(Instant::now() < end, "{what} did not come within 30 seconds");
        std::thread::sleep(Duration::from_millis(50));
    }
}
