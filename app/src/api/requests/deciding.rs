//! What officers decide about a request: the run, what was found, exceptions, and their own look at records.

use leptos::prelude::*;

use super::{confirm, id, page};
use crate::api::ssr;
use crate::error::{AppError, Code};

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
    let shown = shown.map_err(|error| AppError::new(Code::Fault, error.to_string()))?;
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
