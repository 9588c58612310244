//! `lethe certificate`: what becomes of certificates after their issue.

use clap::Subcommand;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::later::{LaterCheck, LooksAt};
use domain::revocation::RevocationReason;
use serde_json::json;

use super::desk::Desk;
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Ask for the revocation of a certificate; a second person confirms it (compliance officer)
    Revoke {
        /// The certificate
        certificate: CertificateId,
        /// Why: residue_found, system_missed, wrong_statement, issued_in_error or key_compromised; it is public
        #[arg(long, value_parser = reason)]
        reason: RevocationReason,
        /// What the tenant is told; it names nobody
        #[arg(long)]
        explanation: String,
    },
    /// Confirm a revocation that somebody else asked for: it is for good (compliance officer, legal counsel)
    ConfirmRevocation {
        /// The certificate
        certificate: CertificateId,
    },
    /// Drop a revocation that was asked for: the certificate stays in force
    DropRevocation {
        /// The certificate
        certificate: CertificateId,
        /// Why it is not revoked after all
        #[arg(long)]
        reason: String,
    },
    /// Show the backups that have run out since a certificate was issued; with their digest, certify it by an addendum
    /// (an officer who neither opened nor approved)
    Addendum {
        /// The base certificate
        certificate: CertificateId,
        /// The digest of the evidence, as shown
        #[arg(long)]
        evidence: Option<Digest>,
    },
    /// Begin the correction of a revoked certificate: its request is gone through again (compliance officer)
    Correct {
        /// The request
        request: RequestId,
    },
    /// Print the signed status list, as `/.well-known/status-list.jws` serves it
    StatusList,
}

fn reason(word: &str) -> Result<RevocationReason, String> {
    let words = RevocationReason::ALL.map(RevocationReason::word).join(", ");
    RevocationReason::parse(word).ok_or_else(|| format!("expected one of {words}"))
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        let (engine, actor) = (&desk.engine, &desk.actor);
        match self {
            Self::Revoke {
                certificate,
                reason,
                explanation,
            } => {
                engine
                    .propose_revocation(actor, certificate, reason, &explanation)
                    .await?;
                out::line(
                    "the revocation is asked for; the certificate stands until a second person confirms it",
                );
            }
            Self::ConfirmRevocation { certificate } => {
                engine.confirm_revocation(actor, certificate).await?;
                out::line("the certificate is revoked; the tenant is told, and the status list follows");
            }
            Self::DropRevocation { certificate, reason } => {
                engine.drop_revocation(actor, certificate, &reason).await?;
                out::line("the certificate stays in force");
            }
            Self::Addendum {
                certificate,
                evidence: Some(evidence),
            } => {
                let record = engine.certify_addendum(actor, certificate, evidence).await?;
                out::line(format_args!("addendum {} is being signed", record.code));
            }
            Self::Addendum { certificate, .. } => show_addendum(&desk, certificate).await?,
            Self::Correct { request } => {
                engine.begin_correction(actor, request).await?;
                out::line("the correction has begun: the request is planned afresh");
            }
            Self::StatusList => match engine.status_list().await? {
                Some(list) => out::line(list.jws),
                None => {
                    return Err(Failure::failed(
                        "there is no status list yet: it is made with the first certificate",
                    ));
                }
            },
        }
        Ok(())
    }
}

async fn show_addendum(desk: &Desk, certificate: CertificateId) -> Result<(), Failure> {
    let case = desk.engine.addendum(&desk.actor, certificate).await?;
    if desk.json {
        out::json(&json!(case));
        return Ok(());
    }
    let row = |check: &LaterCheck| {
        let LooksAt::Backup { dataset } = &check.looks_at else {
            return None;
        };
        let state = match &check.ended {
            Some((at, _)) => format!("run out, seen {at}"),
            None => "to come".into(),
        };
        Some([dataset.to_string(), check.due_at.date().to_string(), state])
    };
    let rows: Vec<_> = case.run_out.iter().chain(&case.waiting).filter_map(row).collect();
    out::table(
        ["BACKUP", "DUE", "STATE"],
        &rows,
        "no backup has yet to run out, or has run out without being told of",
    );
    if !case.run_out.is_empty() {
        out::fact("evidence", case.evidence);
    }
    Ok(())
}
