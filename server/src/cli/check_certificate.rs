//! `lethe check-certificate`: is this file genuine? Offline, with nothing but the issuer's public keys.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use domain::certificate::given::{ACCEPTED, Kind};
use domain::certificate::{Answer, Beside, File, StatusList, check, pdf};
use domain::signature::jwk::KeySet;
use domain::signature::note::VerifierKey;
use domain::time::Clock as _;
use serde_json::json;
use vault::SystemClock;

use super::{Failure, Options, out};

/// The length of a raw signature, in bytes.
const SIGNATURE: usize = 64;

#[derive(Debug, clap::Args)]
pub(super) struct CheckCertificate {
    /// The certificate (PDF), its statement (statement.json), or the signed statement (statement.jws)
    file: PathBuf,
    /// The issuer's public keys, from its /.well-known/jwks.json
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// The raw signature over the PDF; FILE.sig beside it, when absent
    #[arg(long, value_name = "FILE")]
    sig: Option<PathBuf>,
    /// The SSH signature over the PDF; FILE.sshsig beside it, when absent
    #[arg(long, value_name = "FILE")]
    sshsig: Option<PathBuf>,
    /// Also check the log proof, with this key of the log (a file, or the line itself); may be repeated
    #[arg(long = "log-vkey", value_name = "FILE")]
    log_keys: Vec<String>,
    /// Also look the certificate up in the issuer's status list, from its /.well-known/status-list.jws
    #[arg(long, value_name = "FILE")]
    status_list: Option<PathBuf>,
}

/// What lies beside the file, read.
struct Found {
    raw: Option<Vec<u8>>,
    sshsig: Option<String>,
    jws: Option<String>,
    log_entry: Option<Vec<u8>>,
    log_proof: Option<Vec<u8>>,
    status: Option<StatusList>,
}

impl CheckCertificate {
    pub(super) fn run(self, options: &Options) -> Result<(), Failure> {
        let bytes = read(&self.file)?;
        let keys = KeySet::parse(&text(&self.keys)?).map_err(|error| named(&self.keys, error))?;
        let log_keys = self
            .log_keys
            .iter()
            .map(|given| log_key(given))
            .collect::<Result<Vec<_>, _>>()?;
        let found = Found {
            status: self.status(&keys)?,
            ..self.beside(&bytes)?
        };
        let answer = self.answer(&bytes, &keys, &log_keys, &found)?;
        report(&self.file, &answer, options.json);
        match answer.is_genuine() {
            true => Ok(()),
            false => Err(Failure::Told),
        }
    }

    fn answer(
        &self,
        bytes: &[u8],
        keys: &KeySet,
        log_keys: &[VerifierKey],
        found: &Found,
    ) -> Result<Answer, Failure> {
        let beside = Beside {
            raw: found.raw.as_deref(),
            sshsig: found.sshsig.as_deref(),
            log_keys,
            log_entry: found.log_entry.as_deref(),
            log_proof: found.log_proof.as_deref(),
            status: found.status.as_ref(),
            registered: None,
        };
        let attached;
        let file = match Kind::of(bytes) {
            Some(Kind::Pdf) => {
                // A PDF that cannot be read has nothing attached that could be believed.
                attached = pdf::attachments(bytes).unwrap_or_default();
                File::Pdf {
                    bytes,
                    attached: &attached,
                }
            }
            Some(Kind::Statement) => File::Statement {
                bytes,
                jws: found.jws.as_deref().map(str::trim_ascii),
            },
            _ => {
                let text = std::str::from_utf8(bytes);
                let text =
                    text.map_err(|_| named(&self.file, format_args!("what can be checked is {ACCEPTED}")))?;
                File::Jws(text.trim_ascii())
            }
        };
        Ok(check(file, keys, beside))
    }

    /// Reads what was named; looks beside the file for what was not.
    fn beside(&self, bytes: &[u8]) -> Result<Found, Failure> {
        let pdf = Kind::of(bytes) == Some(Kind::Pdf);
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let own = |name: &str| (!pdf && !self.log_keys.is_empty()).then(|| folder.join(name));
        let raw = given_or_beside(self.sig.as_deref(), pdf.then(|| extended(&self.file, ".sig")))?;
        if raw.as_ref().is_some_and(|raw| raw.len() != SIGNATURE) {
            return Err(Failure::failed(
                "the raw signature (.sig) does not have 64 bytes: it is none",
            ));
        }
        let sshsig = given_or_beside(
            self.sshsig.as_deref(),
            pdf.then(|| extended(&self.file, ".sshsig")),
        )?;
        let jws = given_or_beside(None, (!pdf).then(|| self.file.with_extension("jws")))?;
        Ok(Found {
            raw,
            sshsig: sshsig.map(utf8).transpose()?,
            jws: jws.map(utf8).transpose()?,
            log_entry: given_or_beside(None, own("log-entry.json"))?,
            log_proof: given_or_beside(None, own("log-entry.tlog-proof"))?,
            status: None,
        })
    }

    /// The status list, which must be the issuer's and not have run out.
    fn status(&self, keys: &KeySet) -> Result<Option<StatusList>, Failure> {
        let Some(file) = &self.status_list else {
            return Ok(None);
        };
        let list = StatusList::open(&text(file)?, keys, SystemClock.now());
        list.map(Some).map_err(|error| named(file, error))
    }
}

fn report(file: &Path, answer: &Answer, as_json: bool) {
    if as_json {
        let facts = answer.facts().map(|facts| &*facts.claims);
        out::json(
            &json!({ "genuine": answer.is_genuine(), "answer": answer.to_string(), "statement": facts }),
        );
        return;
    }
    out::line(format_args!("{}: {answer}", file.display()));
    if let Some(facts) = answer.facts() {
        out::line("The statement says:");
        for (label, value) in facts.lines() {
            out::line(format_args!("  {label:<14} {value}"));
        }
    }
}

fn given_or_beside(given: Option<&Path>, beside: Option<PathBuf>) -> Result<Option<Vec<u8>>, Failure> {
    match (given, beside) {
        (Some(given), _) => read(given).map(Some),
        (None, Some(beside)) if beside.is_file() => read(&beside).map(Some),
        _ => Ok(None),
    }
}

fn extended(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

/// A line of a file, or the line itself.
pub(super) fn log_key(given: &str) -> Result<VerifierKey, Failure> {
    let path = Path::new(given);
    let line = if path.is_file() {
        text(path)?
    } else {
        given.to_owned()
    };
    let key = line.trim().parse::<VerifierKey>();
    key.map_err(|error| {
        Failure::failed(format!(
            "--log-vkey {given:?} is neither a file nor a key: {error}"
        ))
    })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| named(file, error))
}

fn text(file: &Path) -> Result<String, Failure> {
    utf8(read(file)?).map_err(|_| named(file, "is not text"))
}

fn utf8(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::failed("what lies beside the file is not text"))
}

fn named(file: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::failed(format!("{}: {why}", file.display()))
}
