//! Requests: opening, confirming, deciding.

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

/// One identifier a line, `kind=value`.
pub fn parse_identifiers(text: &str) -> Result<Vec<Identifier>, AppError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.enumerate().map(|(place, line)| {
        Identifier::parse(line)
            .map_err(|error| AppError::field("identifiers", format!("Line {}: {error}.", place + 1)))
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

/// Approves the run that the approver saw.
#[server(prefix = "/act", endpoint = "approve_request")]
pub async fn approve_request(
    request: String,
    #[server(default)] digest: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
    #[server(default)] exceptions: Vec<String>,
    #[server(default)] undrilled: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    engine
        .approve_request(&actor, id(&request)?, id(&digest)?, exceptions, Some(undrilled))
        .await?;
    ssr::done(
        &page(&request),
        "The run is approved. The tenant is told and can object until the grace period ends.",
    );
    Ok(())
}

/// Certifies what the officer saw.
#[server(prefix = "/act", endpoint = "certify")]
pub async fn certify(
    request: String,
    #[server(default)] digest: String,
    #[server(default)] typed: String,
    #[server(default)] expected: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    confirm(&typed, &expected)?;
    engine.certify(&actor, id(&request)?, id(&digest)?).await?;
    ssr::done(
        &page(&request),
        "Certified. The certificate is being signed, written and sent.",
    );
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

/// Accepts in writing that a dataset has no possible control.
#[server(prefix = "/act", endpoint = "accept_no_control")]
pub async fn accept_no_control(
    request: String,
    check: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    if reason.trim().is_empty() {
        return Err(AppError::field(
            "reason",
            "Say why this is acceptable; the certificate will say that no control was possible.",
        ));
    }
    engine.accept_no_control(&actor, id(&check)?, &reason).await?;
    ssr::done(&page(&request), "The exception is accepted in writing.");
    Ok(())
}

/// Shows an officer the ids of a dataset, once.
#[server(prefix = "/act", endpoint = "open_spot_check")]
pub async fn open_spot_check(request: String, dataset: String) -> Result<(), AppError> {
    let (engine, actor) = ssr::stepped_up_caller()?;
    let named = dataset.clone().try_into().map_err(|_| AppError::not_found())?;
    let (spot, shown) = engine.open_spot_check(&actor, id(&request)?, &named).await?;
    let shown = serde_json::to_vec(&ShownSpot {
        spot: spot.to_string(),
        dataset,
        ids: shown
            .into_iter()
            .map(|one| (one.id.0, one.native_query))
            .collect(),
    });
    let shown = shown.map_err(|error| AppError::new(crate::error::Code::Fault, error.to_string()))?;
    let draft = engine.keep_draft(ssr::holder()?, &shown).await?;
    ssr::see_other(&format!("{}/spot-check?shown={draft}", page(&request)));
    Ok(())
}

/// The ids of a spot check, kept sealed for a quarter of an hour and opened by the session that asked for them.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct ShownSpot {
    /// Which spot check.
    pub spot: String,
    /// Of which dataset.
    pub dataset: String,
    /// Ids with their native queries, in the order shown.
    pub ids: Vec<(String, String)>,
}

/// Records what the officer saw.
#[server(prefix = "/act", endpoint = "record_spot_check")]
pub async fn record_spot_check(
    request: String,
    spot: String,
    #[server(default)] seen: std::collections::BTreeMap<String, String>,
    #[server(default)] count: usize,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    let (engine, actor) = ssr::caller()?;
    let answers: Vec<Option<bool>> = (0..count)
        .map(|place| seen.get(&place.to_string()).map(|answer| answer == "yes"))
        .collect();
    let Some(answers) = answers.into_iter().collect::<Option<Vec<bool>>>() else {
        return Err(AppError::field(
            "seen",
            "Say for each record whether you found it.",
        ));
    };
    let result = engine
        .record_spot_check(&actor, id(&spot)?, &answers, &note)
        .await?;
    let said = match (result.decoy_seen, result.still_there) {
        (false, _) => {
            "The check is void: one of the records exists, and it was not found. Please begin again."
        }
        (true, 0) => "Recorded: the decoy was found, and none of the erased records.",
        (true, _) => {
            "Recorded: records were found that should be gone. The request is stopped until somebody has looked."
        }
    };
    ssr::done(&format!("{}/spot-check", page(&request)), said);
    Ok(())
}
