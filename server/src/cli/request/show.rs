//! Where a request stands, and what was seen.

use domain::attempt::StepState;
use domain::drift::Drift;
use domain::id::RequestId;
use domain::inventory::DatasetRef;
use domain::request::{Aside, ErasureRequest, NonceWait, Stage};
use domain::scope::RequestScope;
use domain::selection::Side;
use domain::verification::{Check, Verdict};
use serde_json::{Value, json};

use crate::cli::desk::Desk;
use crate::cli::{Failure, out};

/// Every request that the actor may see.
pub(crate) async fn list(desk: &Desk) -> Result<(), Failure> {
    let requests = desk.engine.requests(&desk.actor).await?;
    if desk.json {
        out::json(&requests.iter().map(short).collect());
        return Ok(());
    }
    let row = |request: &ErasureRequest| {
        let what = match request.scope {
            RequestScope::Tenant { .. } => "tenant",
            RequestScope::Subject => "person",
        };
        [
            request.id.to_string(),
            request.tenant_key.to_string(),
            what.to_owned(),
            request.state_word().replace('_', " "),
            request.due_on.to_string(),
        ]
    };
    let rows: Vec<_> = requests.iter().map(row).collect();
    out::table(
        ["REQUEST", "TENANT", "OF", "STATE", "DUE"],
        &rows,
        "there are no requests",
    );
    Ok(())
}

/// One request.
pub(crate) async fn one(desk: &Desk, id: RequestId) -> Result<(), Failure> {
    let request = desk.engine.request(&desk.actor, id).await?;
    let seen = Seen::gather(desk, &request).await;
    if desk.json {
        let mut value = short(&request);
        if let Some(seen) = &seen {
            value["digest"] = json!(seen.digest);
            value["evidence"] = json!(seen.evidence);
            value["drifted"] = json!(seen.drifted);
            value["datasets"] = seen.rows.iter().map(Row::json).collect();
        }
        out::json(&value);
        return Ok(());
    }
    head(&request);
    if let Some(seen) = &seen {
        let rows: Vec<_> = seen.rows.iter().map(Row::cells).collect();
        out::line("");
        out::table(
            ["DATASET", "PLAN", "BEFORE", "REPORTED", "AFTER", "VERDICT"],
            &rows,
            "the plan names no dataset",
        );
        out::line("");
        out::fact("plan digest", &seen.digest);
        out::fact("evidence digest", &seen.evidence);
        for row in &seen.rows {
            if let Some(note) = &row.note {
                out::line(format_args!("{}: {note}", row.dataset));
            }
        }
        for drift in &seen.drifted {
            out::line(drifted(drift));
        }
    }
    out::line("");
    out::line(standstill(desk, &request).await.unwrap_or_else(|| next(&request)));
    Ok(())
}

/// What stops everything, where that is what the request waits for.
async fn standstill(desk: &Desk, request: &ErasureRequest) -> Option<String> {
    let waits = request.aside.is_none() && request.stage == Stage::Erasing;
    let switches = desk.engine.switches(&desk.actor).await.ok().filter(|_| waits)?;
    if switches.register_unconfirmed_since.is_some() {
        return Some(
            "Nothing is erased before legal counsel confirms the hold register: lethe hold confirm-register"
                .into(),
        );
    }
    let pause = switches.all?;
    Some(format!(
        "Everything is paused ({}). It goes on with: lethe request resume --all",
        pause.reason
    ))
}

fn short(request: &ErasureRequest) -> Value {
    json!({ "id": request.id, "tenant": request.tenant_key, "scope": request.scope, "drill": request.drill, "destroyed_at": request.destroyed_at,
        "channel": request.channel, "received_at": request.received_at, "due_on": request.due_on,
        "state": request.state_word(), "stage": request.stage, "awaits_nonce": request.awaits_nonce, "aside": request.aside, "round": request.round,
        "starts_at": request.starts_at, "approved": request.approval.is_some(), "certificate": request.certificate })
}

fn head(request: &ErasureRequest) {
    out::fact("request", request.id);
    out::fact("tenant", &request.tenant_key);
    let of = match &request.scope {
        RequestScope::Tenant { contract, ended_on } => {
            format!("the whole tenant ({contract}, ended on {ended_on})")
        }
        RequestScope::Subject => "one person".to_owned(),
    };
    out::fact("of", of);
    out::fact("received", request.received_at);
    out::fact("due on", request.due_on);
    out::fact("stage", request.stage.word().replace('_', " "));
    if request.round > 0 {
        out::fact("round", request.round);
    }
    match &request.aside {
        Some(Aside::OnHold { resumes_at: None, .. }) => {
            out::fact("on hold", "until the last covering hold is released")
        }
        Some(Aside::OnHold {
            resumes_at: Some(at), ..
        }) => out::fact("on hold", format!("cooling off until {at}")),
        Some(Aside::NeedsAttention { what, who, .. }) => {
            out::fact("needs attention", format!("{who}: {what}"))
        }
        Some(Aside::Paused { reason, .. }) => out::fact("paused", reason),
        None => {}
    }
}

/// Whom it waits for, in a sentence.
fn next(request: &ErasureRequest) -> String {
    let id = request.id;
    match (&request.aside, request.stage) {
        (Some(Aside::OnHold { .. }), _) => "It resumes by itself; nobody has to retry.".into(),
        (Some(Aside::NeedsAttention { who, .. }), _) => format!("It waits for the {who}."),
        (Some(Aside::Paused { .. }), _) => format!("It goes on with: lethe request resume {id}"),
        (None, Stage::Received) => {
            format!("Next: lethe request confirm-identity {id}, by somebody other than the opener.")
        }
        (None, Stage::IdentityConfirmed) if request.awaits_nonce.is_some() => {
            match request.awaits_nonce.map(|(wait, _)| wait) {
                Some(NonceWait::Opening) => {
                    format!("Next: lethe request open-nonce {id} --file FILE, with the nonce kept outside.")
                }
                _ => format!("Next: lethe request commit-nonce {id}, by an officer who did not open it."),
            }
        }
        (None, Stage::IdentityConfirmed) => "The workers draw plan and manifest.".into(),
        (None, Stage::Planned) => {
            format!("Next: lethe request approve {id} --digest DIGEST, by an officer who did not open it.")
        }
        (None, Stage::Approved | Stage::Scheduled) => match request.starts_at {
            Some(at) => format!("Erasure starts at {at}; until then the tenant can object."),
            None => "Erasure starts soon.".into(),
        },
        (None, Stage::Erasing | Stage::Settling | Stage::Verifying | Stage::Residue) => {
            "The workers are at it.".into()
        }
        (None, Stage::Verified) => format!(
            "Next: lethe request spot-check {id} for each system, then certify {id} --evidence DIGEST, by an officer who neither \
             opened nor approved it."
        ),
        (None, Stage::Certified) => format!("Next: lethe request download {id} --out FOLDER"),
        (None, Stage::Closed | Stage::Refused | Stage::Withdrawn | Stage::Duplicate) => {
            "Nothing remains to be done.".into()
        }
    }
}

/// What plan, manifest, steps and checks say, by dataset.
struct Seen {
    digest: String,
    evidence: String,
    drifted: Vec<Drift>,
    rows: Vec<Row>,
}

/// One dataset.
struct Row {
    dataset: DatasetRef,
    action: String,
    before: Option<u64>,
    reported: u64,
    after: Option<u64>,
    verdict: String,
    check: Option<String>,
    note: Option<String>,
}

impl Seen {
    /// `None` while there is no manifest yet, or for those who may not read all.
    async fn gather(desk: &Desk, request: &ErasureRequest) -> Option<Self> {
        let evidence = desk.engine.evidence(&desk.actor, request.id).await.ok()?;
        let mut rows = Vec::new();
        for (entry, part) in evidence.plan.parts() {
            let dataset = DatasetRef {
                system: entry.system.clone(),
                dataset: part.dataset.clone(),
            };
            let before = evidence.manifest.dataset(&dataset);
            let steps = evidence.steps.iter().filter(|step| step.dataset == dataset);
            let parked =
                steps
                    .clone()
                    .filter(|step| step.round == request.round)
                    .find_map(|step| match &step.state {
                        StepState::Parked { why } => Some(format!("parked: {why}")),
                        _ => None,
                    });
            let check = evidence.checks.iter().find(|check| check.dataset == dataset);
            let finding = check.and_then(Check::finding);
            let told = finding.and_then(|finding| match &finding.verdict {
                Verdict::Inconclusive { why } => {
                    Some(format!("{why} (check {})", check.map(|check| check.id)?))
                }
                Verdict::Unreachable { why } => Some(why.clone()),
                Verdict::Residue { remaining } => Some(format!("{remaining} records remain")),
                _ => None,
            });
            let spotted = evidence
                .spot_checks
                .contains_key(&dataset)
                .then(|| "an officer looked at single records".to_owned());
            rows.push(Row {
                action: word(&json!(part.action)),
                before: before.and_then(|before| before.count),
                reported: steps.map(|step| step.reported).sum(),
                after: finding.and_then(|finding| finding.count),
                verdict: check.map_or("", Check::state_word).replace('_', " "),
                check: check.map(|check| check.id.to_string()),
                note: parked.or(told).or(spotted),
                dataset,
            });
        }
        let proposal = match request.stage {
            Stage::Planned => desk.engine.proposal(&desk.actor, request.id).await.ok(),
            _ => None,
        };
        Some(Self {
            drifted: proposal.map(|proposal| proposal.drifted).unwrap_or_default(),
            digest: evidence.manifest.digest(evidence.plan.digest()).to_string(),
            evidence: evidence.digest().to_string(),
            rows,
        })
    }
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let count = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
        [
            self.dataset.to_string(),
            self.action.clone(),
            count(self.before),
            self.reported.to_string(),
            count(self.after),
            self.verdict.clone(),
        ]
    }

    fn json(&self) -> Value {
        json!({ "dataset": self.dataset, "action": self.action, "before": self.before, "reported": self.reported,
            "after": self.after, "verdict": self.verdict, "check": self.check, "note": self.note })
    }
}

/// Why an approval is asked for again.
fn drifted(drift: &Drift) -> String {
    let Drift {
        dataset, before, now, ..
    } = drift;
    let side = match drift.side {
        Side::Withheld => " withheld",
        Side::Selected | Side::Others => "",
    };
    format!(
        "{dataset}: {before}{side} records were approved, and {now} were there just before the start: find out why"
    )
}

/// A word as stored, for people.
fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('_', " ")
}
