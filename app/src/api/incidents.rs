//! Incidents: saying whether a finding holds, and writing down what is known of it.

use domain::digest::Digest;
use domain::incident::Account;
use leptos::prelude::*;

use super::keep::words;
use super::requests::{confirm, id};
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// The page of an incident.
fn page(id: &str) -> String {
    routes::one(routes::INCIDENTS, id)
}

/// Confirms that what was seen is what the certificate says is gone.
#[server(prefix = "/act", endpoint = "confirm_finding")]
pub async fn confirm_finding(incident: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    engine.confirm_finding(&actor, id(&incident)?).await?;
    ssr::done(
        &page(&incident),
        "The finding is confirmed. The certificate can now only be revoked.",
    );
    Ok(())
}

/// Says that the finding was wrong, as the first person.
#[server(prefix = "/act", endpoint = "refute_finding")]
pub async fn refute_finding(
    incident: String,
    #[server(default)] explanation: String,
    #[server(default)] evidence: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let evidence = words(
        "evidence",
        &evidence,
        "Say where the evidence is kept, or give its SHA-256.",
    )?;
    let digest = evidence
        .parse()
        .unwrap_or_else(|_| Digest::of(evidence.as_bytes()));
    engine
        .refute_finding(&actor, id(&incident)?, digest, &explanation)
        .await?;
    ssr::done(
        &page(&incident),
        "It is written down. The certificate stays suspended until a second person confirms it.",
    );
    Ok(())
}

/// Takes back what was said against the finding.
#[server(prefix = "/act", endpoint = "drop_refutation")]
pub async fn drop_refutation(incident: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.drop_refutation(&actor, id(&incident)?).await?;
    ssr::done(&page(&incident), "It is taken back. The finding is open again.");
    Ok(())
}

/// Lifts the suspension, as the second person.
#[server(prefix = "/act", endpoint = "lift_suspension")]
pub async fn lift_suspension(
    incident: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    engine.lift_suspension(&actor, id(&incident)?).await?;
    ssr::done(
        &page(&incident),
        "The certificate stands again, and the tenant is told why.",
    );
    Ok(())
}

/// Writes down cause, remedy and lessons.
#[server(prefix = "/act", endpoint = "describe_incident")]
pub async fn describe_incident(
    incident: String,
    #[server(default)] cause: String,
    #[server(default)] remedy: String,
    #[server(default)] lessons: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let account = Account {
        cause: cause.trim().to_owned(),
        remedy: remedy.trim().to_owned(),
        lessons: lessons.trim().to_owned(),
    };
    engine.describe_incident(&actor, id(&incident)?, account).await?;
    ssr::done(&page(&incident), "The record is kept.");
    Ok(())
}

/// Closes the record of an incident.
#[server(prefix = "/act", endpoint = "close_incident")]
pub async fn close_incident(incident: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.close_incident(&actor, id(&incident)?).await?;
    ssr::done(&page(&incident), "The record is closed.");
    Ok(())
}

/// Looks again at everything that a certificate says is gone, now.
#[server(prefix = "/act", endpoint = "look_again")]
pub async fn look_again(certificate: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.look_again_now(&actor, id(&certificate)?).await?;
    ssr::done(
        &routes::one(routes::CERTIFICATES, &certificate),
        "The probes look again now. What they see stands below, in a moment.",
    );
    Ok(())
}
