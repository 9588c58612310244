//! The certificate of a request, with everything that proves it, as files; and the evidence of a request in one.

use std::path::{Path, PathBuf};

use domain::id::RequestId;
use domain::register::CertificateRecord;

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};
use crate::{files, pack, wiring};

/// Options of `download`.
#[derive(Debug, clap::Args)]
pub(crate) struct Download {
    /// The request
    request: RequestId,
    /// The folder
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

impl Download {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let all = desk.engine.certificates_of(&desk.actor, self.request).await?;
        let newest = all.iter().rev().find(|record| record.issued_at.is_some());
        let record = newest.ok_or_else(|| not_yet(&all))?;
        let (record, statement, document) = desk.engine.certificate(&desk.actor, record.id).await?;
        let (Some(statement), Some(document)) = (statement, document) else {
            return Err(not_yet(&all));
        };
        let proven = desk.engine.certificate_proof(&desk.actor, record.id).await?;
        std::fs::create_dir_all(&self.out)?;
        for (name, bytes) in [
            ("certificate.pdf", &document.pdf[..]),
            ("certificate.pdf.sig", &document.signature),
            ("certificate.pdf.sshsig", document.sshsig.as_bytes()),
            ("statement.json", &statement.bytes),
            ("statement.jws", statement.jws.as_bytes()),
            ("log-entry.json", &proven.bytes),
            ("log-entry.tlog-proof", document.log_proof.as_bytes()),
        ] {
            write(&self.out.join(name), bytes)?;
        }
        out::line(format_args!(
            "certificate {} ({}, {}), {}",
            record.id,
            record.code,
            record.kind.word(),
            record.state.word()
        ));
        out::line(
            "check it with: lethe check-certificate certificate.pdf --keys jwks.json (lethe keys jwks > jwks.json)",
        );
        Ok(())
    }
}

/// Options of `evidence`.
#[derive(Debug, clap::Args)]
pub(crate) struct Evidence {
    /// The request
    request: RequestId,
    /// The file
    #[arg(long, value_name = "FILE", default_value = pack::NAME)]
    out: PathBuf,
}

impl Evidence {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let issuer = wiring::open_issuer(&desk.config)?;
        let zip = pack::zipped(&desk.engine, &issuer, &desk.actor, self.request).await?;
        write(&self.out, &zip)?;
        out::line("unpack it, and follow VERIFY.md");
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write_whole(path, bytes)
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    out::line(path.display());
    Ok(())
}

fn not_yet(all: &[CertificateRecord]) -> Failure {
    match all.last() {
        Some(record) => Failure::failed(format!(
            "the certificate is {} and not issued yet",
            record.state.word()
        )),
        None => Failure::failed("the request has no certificate yet"),
    }
}
