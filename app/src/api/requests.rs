//! Requests: opening, confirming, and what becomes of them before and beside a run.

mod deciding;
mod nonce;

use domain::digest::Digest;
use domain::request::{IdentityMethod, RefusalReason};
use domain::scope::RequestScope;
use domain::subject::{Identifier, TenantKey};
use domain::time::parse_date;
use engine::intake::NewRequest;
use leptos::prelude::*;

use super::ssr;
use crate::error::AppError;
use crate::routes;

pub use deciding::*;
pub use nonce::*;

/// The page of a request.
fn page(id: &str) -> String {
    routes::one(routes::REQUESTS, id)
}

/// An id out of a form; one that is none is not there.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, AppError> {
    text.trim().parse().map_err(|_| AppError::not_found())
}

/// Opens a request.
#[server(prefix = "/act", endpoint = "open_request")]
pub async fn open_request(
    #[server(default)] tenant: String,
    #[server(default)] about: String,
    #[server(default)] contract: String,
    #[server(default)] ended_on: String,
    #[server(default)] identifiers: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let tenant = TenantKey::parse(&tenant)
        .map_err(|_| AppError::field("tenant", "Choose the tenant that this is about."))?;
    let (scope, identifiers) = match about.as_str() {
        "tenant" => (whole(&contract, &ended_on)?, Vec::new()),
        "person" => (RequestScope::Subject, parse_identifiers(&identifiers)?),
        _ => return Err(AppError::field("about", "Choose whose data is to be erased.")),
    };
    let channel = if ssr::is_tenant(&actor) { "portal" } else { "staff" };
    let new = NewRequest {
        tenant,
        scope,
        identifiers,
        channel: channel.into(),
    };
    let opened = engine.open_request(&actor, new).await?;
    ssr::done(
        &page(&opened.id.to_string()),
        "The request is open. Somebody else now has to confirm the identity behind it.",
    );
    Ok(())
}

fn whole(contract: &str, ended_on: &str) -> Result<RequestScope, AppError> {
    if contract.trim().is_empty() {
        return Err(AppError::field(
            "contract",
            "Name the contract that ended, by its number or title.",
        ));
    }
    let ended_on = parse_date(ended_on.trim()).map_err(|_| {
        AppError::field(
            "ended_on",
            "Give the day on which the contract ended, such as 2026-03-31.",
        )
    })?;
    Ok(RequestScope::Tenant {
        contract: contract.trim().to_owned(),
        ended_on,
    })
}

/// One identifier a line, `kind=value`; an e-mail address may stand alone.
pub fn parse_identifiers(text: &str) -> Result<Vec<Identifier>, AppError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.enumerate().map(|(place, line)| {
        let address = line.contains('@') && !line.contains(['=', ' ']);
        let read = if address {
            Identifier::new("email", line)
        } else {
            Identifier::parse(line)
        };
        read.map_err(|error| AppError::field("identifiers", format!("Line {}: {error}.", place + 1)))
    });
    read.collect()
}

/// Confirms who is behind a request.
#[server(prefix = "/act", endpoint = "confirm_identity")]
pub async fn confirm_identity(
    request: String,
    #[server(default)] method: String,
    #[server(default)] evidence: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let method = match method.as_str() {
        "second_tenant_person" => IdentityMethod::SecondTenantPerson,
        "call_back" => IdentityMethod::CallBack,
        "account_sign_in" => IdentityMethod::AccountSignIn,
        "document" => IdentityMethod::Document,
        _ => {
            return Err(AppError::field(
                "method",
                "Choose how the identity was confirmed.",
            ));
        }
    };
    if evidence.trim().is_empty() {
        return Err(AppError::field(
            "evidence",
            "Say where the evidence is kept, or give its SHA-256.",
        ));
    }
    let evidence = evidence
        .trim()
        .parse()
        .unwrap_or_else(|_| Digest::of(evidence.trim().as_bytes()));
    engine
        .confirm_identity(&actor, id(&request)?, method, evidence)
        .await?;
    ssr::done(
        &page(&request),
        "The identity is confirmed. A plan is being drawn.",
    );
    Ok(())
}

/// Refuses a request with one of the reasons of the law.
#[server(prefix = "/act", endpoint = "refuse_request")]
pub async fn refuse_request(
    request: String,
    #[server(default)] reason: String,
    #[server(default)] other: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let reason = match reason.as_str() {
        "identity_not_established" => RefusalReason::IdentityNotEstablished,
        "not_covered" => RefusalReason::NotCovered,
        "manifestly_unfounded_or_excessive" => RefusalReason::ManifestlyUnfoundedOrExcessive,
        "legal_obligation" => RefusalReason::LegalObligation,
        "legal_claims" => RefusalReason::LegalClaims,
        "other" if !other.trim().is_empty() => RefusalReason::Other(other.trim().to_owned()),
        "other" => {
            return Err(AppError::field(
                "other",
                "Say in words why the request is refused.",
            ));
        }
        _ => return Err(AppError::field("reason", "Choose why the request is refused.")),
    };
    engine.refuse_request(&actor, id(&request)?, reason).await?;
    ssr::done(&page(&request), "The request is refused.");
    Ok(())
}

/// Takes a request back.
#[server(prefix = "/act", endpoint = "withdraw_request")]
pub async fn withdraw_request(request: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.withdraw_request(&actor, id(&request)?).await?;
    ssr::done(&page(&request), "The request is withdrawn. Nothing was erased.");
    Ok(())
}

/// Marks a request as the same as another.
#[server(prefix = "/act", endpoint = "mark_duplicate")]
pub async fn mark_duplicate(request: String, #[server(default)] of: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let of = of
        .trim()
        .parse()
        .map_err(|_| AppError::field("of", "Give the id of the other request."))?;
    engine.mark_duplicate(&actor, id(&request)?, of).await?;
    ssr::done(&page(&request), "The request is marked as a duplicate.");
    Ok(())
}

/// Extends the deadline by two months, once.
#[server(prefix = "/act", endpoint = "extend_deadline")]
pub async fn extend_deadline(request: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.extend_deadline(&actor, id(&request)?, &reason).await?;
    ssr::done(
        &page(&request),
        "The deadline is extended, and the tenant is told why.",
    );
    Ok(())
}

/// A tenant objects while the grace period runs.
#[server(prefix = "/act", endpoint = "object")]
pub async fn object(request: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.object(&actor, id(&request)?, &reason).await?;
    ssr::done(
        &page(&request),
        "Your objection is recorded. Nothing is erased until somebody has looked at it.",
    );
    Ok(())
}

/// Somebody looked at what went wrong: the request goes on.
#[server(prefix = "/act", endpoint = "settle_attention")]
pub async fn settle_attention(request: String, #[server(default)] note: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    if note.trim().is_empty() {
        return Err(AppError::field("note", "Say what you found and what was mended."));
    }
    engine.settle_attention(&actor, id(&request)?, &note).await?;
    ssr::done(&page(&request), "The request goes on.");
    Ok(())
}

/// Another round of erasing and checking.
#[server(prefix = "/act", endpoint = "retry_round")]
pub async fn retry_round(request: String, #[server(default)] note: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    if note.trim().is_empty() {
        return Err(AppError::field("note", "Say what you found and what was mended."));
    }
    engine.retry_round(&actor, id(&request)?, &note).await?;
    ssr::done(
        &page(&request),
        "What remained will be erased again and checked again.",
    );
    Ok(())
}

/// Pauses one request.
#[server(prefix = "/act", endpoint = "pause_request")]
pub async fn pause_request(request: String, #[server(default)] reason: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    if reason.trim().is_empty() {
        return Err(AppError::field(
            "reason",
            "Say why it is paused: whoever lets it go on will read it.",
        ));
    }
    engine.pause_request(&actor, id(&request)?, &reason).await?;
    ssr::done(
        &page(&request),
        "The request is paused. Chunks under way end; none follows.",
    );
    Ok(())
}

/// Lets a paused request go on.
#[server(prefix = "/act", endpoint = "unpause_request")]
pub async fn unpause_request(request: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    engine.unpause_request(&actor, id(&request)?).await?;
    ssr::done(&page(&request), "The request goes on.");
    Ok(())
}

/// A dangerous act is confirmed by typing what it is about.
pub fn confirm(typed: &str, expected: &str) -> Result<(), AppError> {
    match typed.trim() == expected.trim() && !expected.trim().is_empty() {
        true => Ok(()),
        false => Err(AppError::field(
            "typed",
            format!("Type {expected} to confirm that you mean this one."),
        )),
    }
}
