//! An issuer with keys in a folder of its own, and commands of others.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use domain::time::Timestamp;
use vault::pem::Work;
use vault::{IssuerError, IssuerKeys, IssuerSettings, SystemEntropy};
use zeroize::Zeroizing;

pub const ORIGIN: &str = "erasure.example.com/log";
pub const PASSPHRASE: &str = "correct horse battery staple";
pub const STATEMENT: &[u8] = br#"{"id":"0193","kind":"drill"}"#;
pub const PDF: &[u8] = b"%PDF-1.7\n\xe2\xe3\xcf\xd3\nnot much of a document\n%%EOF\n";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn first_day() -> Timestamp {
    at("2026-03-01T12:00:00.25Z")
}

/// A folder for keys and files, gone when dropped.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn settings(&self) -> IssuerSettings {
        IssuerSettings {
            work: Work::LEAST,
            ..IssuerSettings::new(self.0.path().join("keys"), ORIGIN)
        }
    }

    /// The issuer whose keys were made on the first day.
    pub fn issuer(&self) -> IssuerKeys {
        self.create(self.settings()).unwrap()
    }

    pub fn create(&self, settings: IssuerSettings) -> Result<IssuerKeys, IssuerError> {
        let passphrase = Zeroizing::new(PASSPHRASE.to_owned());
        IssuerKeys::open_or_create(settings, passphrase, Arc::new(SystemEntropy), first_day())
    }

    /// The issuer as another process would open it.
    pub fn open(&self, passphrase: &str) -> Result<IssuerKeys, IssuerError> {
        IssuerKeys::open(
            self.settings(),
            Zeroizing::new(passphrase.to_owned()),
            Arc::new(SystemEntropy),
        )
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The files of the folder of keys with what they hold, sorted by name.
    pub fn keys(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(self.path("keys")).unwrap();
        let mut files: Vec<_> = entries
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }

    /// The PEM file of a kind.
    pub fn pem(&self, kind: &str) -> PathBuf {
        let is_it = |path: &Path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(&format!("{kind}-"))
        };
        self.keys()
            .into_iter()
            .map(|(path, _)| path)
            .find(|path| is_it(path))
            .unwrap()
    }
}

/// Runs a command in which each word is an argument; `{}` stands for the next path.
pub fn run(line: &str, paths: &[&Path]) -> Output {
    let mut paths = paths.iter();
    let mut words = line.split(' ').map(|word| match word {
        "{}" => paths.next().unwrap().as_os_str().to_owned(),
        _ => word.into(),
    });
    let program = words.next().unwrap();
    Command::new(&program)
        .args(words)
        .output()
        .unwrap_or_else(|error| panic!("{program:?} is needed for this test: {error}"))
}

/// Runs a command that must succeed; gives what it printed.
pub fn run_well(line: &str, paths: &[&Path]) -> String {
    let output = run(line, paths);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{line}\n{out}{err}");
    out.into_owned()
}

/// The Python that has the libraries of others, named by `LETHE_TEST_PYTHON`.
pub fn python() -> String {
    std::env::var("LETHE_TEST_PYTHON")
        .expect("LETHE_TEST_PYTHON must name a Python with pyjwt[crypto]; `cargo xtask test` sets it")
}
