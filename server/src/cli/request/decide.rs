//! Decisions: approve, refuse, certify.

use clap::ValueEnum;
use domain::digest::Digest;
use domain::id::RequestId;
use domain::request::RefusalReason;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};

/// Options of `approve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Approve {
    /// The request
    request: RequestId,
    /// The digest of plan and manifest, as shown
    #[arg(long)]
    digest: Digest,
    /// An exception accepted in writing; may be repeated
    #[arg(long = "exception", value_name = "TEXT")]
    exceptions: Vec<String>,
    /// Why systems without a passed drill are accepted; the certificate tells it
    #[arg(long = "accept-undrilled", value_name = "REASON")]
    undrilled: Option<String>,
}

impl Approve {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let request = desk
            .engine
            .approve_request(
                &desk.actor,
                self.request,
                self.digest,
                self.exceptions,
                self.undrilled,
            )
            .await?;
        match (desk.json, request.starts_at) {
            (true, at) => out::json(&json!({ "request": request.id, "starts_at": at })),
            (false, Some(at)) => out::line(format_args!(
                "approved; erasure starts at {at}, until when the tenant can object"
            )),
            (false, None) => out::line("approved"),
        }
        Ok(())
    }
}

/// Options of `refuse`.
#[derive(Debug, clap::Args)]
pub(crate) struct Refuse {
    /// The request
    request: RequestId,
    /// Why
    #[arg(long, value_enum)]
    reason: ReasonWord,
    /// Why in words, for the reason other
    #[arg(long, required_if_eq("reason", "other"))]
    text: Option<String>,
}

/// Why a request is refused, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum ReasonWord {
    /// The person could not show who they are: Art. 12(6)
    IdentityNotEstablished,
    /// None of the grounds of Art. 17(1) applies
    NotCovered,
    /// Art. 12(5)
    ManifestlyUnfoundedOrExcessive,
    /// Art. 17(3)(b)
    LegalObligation,
    /// Art. 17(3)(e)
    LegalClaims,
    /// In words
    Other,
}

impl Refuse {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let text = self.text.unwrap_or_default();
        if self.reason != ReasonWord::Other && !text.is_empty() {
            return Err(Failure::usage("--text belongs to the reason other"));
        }
        let reason = match self.reason {
            ReasonWord::IdentityNotEstablished => RefusalReason::IdentityNotEstablished,
            ReasonWord::NotCovered => RefusalReason::NotCovered,
            ReasonWord::ManifestlyUnfoundedOrExcessive => RefusalReason::ManifestlyUnfoundedOrExcessive,
            ReasonWord::LegalObligation => RefusalReason::LegalObligation,
            ReasonWord::LegalClaims => RefusalReason::LegalClaims,
            ReasonWord::Other => RefusalReason::Other(text),
        };
        desk.engine
            .refuse_request(&desk.actor, self.request, reason)
            .await?;
        out::line("the request is refused");
        Ok(())
    }
}

/// Options of `certify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Certify {
    /// The request
    request: RequestId,
    /// The digest of the evidence, as shown
    #[arg(long)]
    evidence: Digest,
}

impl Certify {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let record = desk
            .engine
            .certify(&desk.actor, self.request, self.evidence)
            .await?;
        match desk.json {
            true => out::json(
                &json!({ "certificate": record.id, "code": record.code, "kind": record.kind.word() }),
            ),
            false => out::line(format_args!(
                "certificate {} ({}, {}) is being signed and rendered by the workers",
                record.id,
                record.code,
                record.kind.word()
            )),
        }
        Ok(())
    }
}
