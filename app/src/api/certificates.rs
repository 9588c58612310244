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

/// Sends a certificate again, to a contact on file or to another address.
#[server(prefix = "/act", endpoint = "send_certificate_again")]
pub async fn send_certificate_again(
    certificate: String,
    #[server(default)] mail: String,
    #[server(default)] to: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let in_place_of = match mail.trim() {
        "" => None,
        mail => Some(id(mail)?),
    };
    engine
        .send_certificate_again(&actor, id(&certificate)?, in_place_of, (&to, &reason))
        .await?;
    ssr::done(
        &page(&certificate),
        "The certificate is on its way. What becomes of the mail is shown below.",
    );
    Ok(())
}

/// Writes down that the recipient of a mail that did not arrive was told in another way.
#[server(prefix = "/act", endpoint = "settle_mail")]
pub async fn settle_mail(
    certificate: String,
    #[server(default)] mail: String,
    #[server(default)] how: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.settle_mail(&actor, id(&mail)?, &how).await?;
    ssr::done(&page(&certificate), "It is written down.");
    Ok(())
}

/// Has a certificate finished that could not be made.
#[server(prefix = "/act", endpoint = "finish_certificate")]
pub async fn finish_certificate(
    certificate: String,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine
        .finish_certificate(&actor, id(&certificate)?, &note)
        .await?;
    ssr::done(
        &page(&certificate),
        "The certificate is being made again, from the same evidence.",
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
