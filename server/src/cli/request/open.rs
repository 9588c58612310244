//! Opening a request and confirming the identity behind it.

use std::path::PathBuf;

use clap::ValueEnum;
use domain::digest::Digest;
use domain::id::RequestId;
use domain::request::IdentityMethod;
use domain::scope::RequestScope;
use domain::subject::TenantKey;
use domain::time::{Date, parse_date};
use engine::intake::NewRequest;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::scope::identifiers;
use crate::cli::{Failure, out};

/// Options of `open`.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// The tenant's key
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// One person, as kind=value (email=ada@example.com); may be repeated. Without it, the whole tenant
    #[arg(long = "subject", value_name = "KIND=VALUE", conflicts_with_all = ["contract", "ended_on"])]
    subjects: Vec<String>,
    /// For a whole tenant: the contract that ended
    #[arg(long, required_unless_present = "subjects")]
    contract: Option<String>,
    /// For a whole tenant: the last day of the contract's term
    #[arg(long, value_name = "DATE", value_parser = parse_date, required_unless_present = "subjects")]
    ended_on: Option<Date>,
    /// How it came
    #[arg(long, default_value = "cli", value_parser = ["portal", "mail", "letter", "api", "cli"])]
    channel: String,
}

impl Open {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let scope = match (self.contract, self.ended_on) {
            (Some(contract), Some(ended_on)) => RequestScope::Tenant { contract, ended_on },
            _ => RequestScope::Subject,
        };
        let new = NewRequest {
            tenant: TenantKey::parse(&self.tenant)
                .map_err(|error| Failure::usage(format!("--tenant: {error}")))?,
            scope,
            identifiers: identifiers("--subject", &self.subjects)?,
            channel: self.channel,
        };
        let request = desk.engine.open_request(&desk.actor, new).await?;
        match desk.json {
            true => out::json(&json!({ "request": request.id, "due_on": request.due_on })),
            false => out::line(format_args!(
                "request {} is open and due on {}",
                request.id, request.due_on
            )),
        }
        Ok(())
    }
}

/// Options of `confirm-identity`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfirmIdentity {
    /// The request
    request: RequestId,
    /// How
    #[arg(long, value_enum)]
    method: MethodWord,
    /// The evidence (a scan, a call record): only its SHA-256 is kept
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
}

/// A way to confirm, as a word.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum MethodWord {
    /// A second authorised person of the tenant; enough for a whole tenant
    SecondTenantPerson,
    /// Staff called a contact on file back; enough for a whole tenant
    CallBack,
    /// The person signed in to their account
    AccountSignIn,
    /// A document was shown
    Document,
}

impl From<MethodWord> for IdentityMethod {
    fn from(word: MethodWord) -> Self {
        match word {
            MethodWord::SecondTenantPerson => Self::SecondTenantPerson,
            MethodWord::CallBack => Self::CallBack,
            MethodWord::AccountSignIn => Self::AccountSignIn,
            MethodWord::Document => Self::Document,
        }
    }
}

impl ConfirmIdentity {
    pub(crate) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let evidence = std::fs::read(&self.evidence)
            .map_err(|error| Failure::failed(format!("{}: {error}", self.evidence.display())))?;
        if evidence.is_empty() {
            return Err(Failure::failed(format!(
                "{}: is empty, and so no evidence",
                self.evidence.display()
            )));
        }
        let digest = Digest::of(&evidence);
        desk.engine
            .confirm_identity(&desk.actor, self.request, self.method.into(), digest)
            .await?;
        out::line("the identity is confirmed; a plan is drawn by the workers (lethe request show)");
        Ok(())
    }
}
