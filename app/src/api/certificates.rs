//! Certificates: asking for a revocation, confirming or dropping it, and beginning the correction.

use domain::revocation::RevocationReason;
use leptos::prelude::*;

use super::keep::words;
use super::requests::{confirm, id};
use super::ssr;
use crate::error::AppError;
use crate::routes;

/// The page of a certificate.
fn page(id: &str) -> String {
    routes::one(routes::CERTIFICATES, id)
}

/// Asks for the revocation of a certificate, as the first person.
#[server(prefix = "/act", endpoint = "propose_revocation")]
pub async fn propose_revocation(
    certificate: String,
    #[server(default)] reason: String,
    #[server(default)] explanation: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let unchosen = || AppError::field("reason", "Choose why the certificate is revoked.");
    let reason = RevocationReason::parse(&reason).ok_or_else(unchosen)?;
    engine
        .propose_revocation(&actor, id(&certificate)?, reason, &explanation)
        .await?;
    ssr::done(
        &page(&certificate),
        "The revocation is asked for. The certificate stays in force until a second person confirms it.",
    );
    Ok(())
}

/// Revokes a certificate, as the second person.
#[server(prefix = "/act", endpoint = "confirm_revocation")]
pub async fn confirm_revocation(
    certificate: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    engine.confirm_revocation(&actor, id(&certificate)?).await?;
    ssr::done(
        &page(&certificate),
        "The certificate is revoked, for good. The tenant is told why.",
    );
    Ok(())
}

/// Drops a revocation that was asked for; the certificate stays in force.
#[server(prefix = "/act", endpoint = "drop_revocation")]
pub async fn drop_revocation(certificate: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let reason = words(
        "reason",
        &reason,
        "Say why the certificate is not revoked after all.",
    )?;
    engine.drop_revocation(&actor, id(&certificate)?, &reason).await?;
    ssr::done(&page(&certificate), "The certificate stays in force.");
    Ok(())
}

/// Certifies that backups have run out since.
#[server(prefix = "/act", endpoint = "certify_addendum")]
pub async fn certify_addendum(
    certificate: String,
    #[server(default)] digest: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    let base = id(&certificate)?;
    engine.certify_addendum(&actor, base, id(&digest)?).await?;
    ssr::done(
        &page(&certificate),
        "Certified. The addendum is being signed, written and sent.",
    );
    Ok(())
}

/// Begins the correction of a revoked certificate.
#[server(prefix = "/act", endpoint = "begin_correction")]
pub async fn begin_correction(request: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.begin_correction(&actor, id(&request)?).await?;
    ssr::done(
        &routes::one(routes::REQUESTS, &request),
        "The correction has begun: the request is planned afresh on the present inventory.",
    );
    Ok(())
}
