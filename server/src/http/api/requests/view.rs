//! Requests as programs see them.

use domain::request::ErasureRequest;
use domain::scope::RequestScope;
use engine::reading::file::RequestFile;
use engine::reading::{DatasetSeen, SystemSeen};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose data a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum About {
    /// The whole tenant, when its contract ended.
    Tenant,
    /// One person.
    Person,
}

/// A request. Identifiers are sealed: they are not given out.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct RequestView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The tenant's key.
    tenant: String,
    /// Whose data it is about.
    about: About,
    /// The contract that ended, for a whole tenant.
    contract: Option<String>,
    /// When it ended.
    #[schema(format = Date)]
    ended_on: Option<String>,
    /// How it is: `on_hold`, `needs_attention`, `paused`, else its stage.
    #[schema(example = "planned")]
    state: &'static str,
    /// How far the work is, whatever stops it.
    #[schema(example = "planned")]
    stage: &'static str,
    /// How it came: `portal`, `staff`, `api`, `cli` ...
    channel: String,
    /// A synthetic run: its certificate certifies nothing.
    drill: bool,
    /// When it was received.
    #[schema(format = DateTime)]
    received_at: String,
    /// When it must be answered, extension included.
    #[schema(format = Date)]
    due_on: String,
    /// When the grace period ends, once the run is approved.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// Which round of erasing and verifying this is; 0 before the first.
    round: i32,
    /// The certificate, once there is one.
    #[schema(format = Uuid)]
    certificate: Option<String>,
}

/// A request with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct RequestFileView {
    /// The request.
    request: RequestView,
    /// The tenant's legal name.
    tenant_name: String,
    /// Whose turn it is, on what.
    waits_for: WaitsFor,
    /// Holds and duties that keep parts of it, or all, as far as they may be told.
    kept: Vec<Kept>,
    /// The systems of the plan; empty while there is none.
    systems: Vec<SystemState>,
    /// Its certificates, oldest first.
    certificates: Vec<CertificateMention>,
}

/// Whose turn it is.
#[derive(Debug, Serialize, ToSchema)]
struct WaitsFor {
    /// Any of these: `tenant`, `legal_counsel`, `compliance_officer`, `operator`, or `lethe` where it goes on by
    /// itself. Empty where nothing is waited for.
    #[schema(example = json!(["compliance_officer"]))]
    who: Vec<&'static str>,
    /// On what.
    #[schema(example = "approval")]
    what: &'static str,
    /// Since when.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Until when, where that is known.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// What is the matter, as somebody wrote it.
    told: Option<String>,
}

/// A hold or duty.
#[derive(Debug, Serialize, ToSchema)]
struct Kept {
    /// What may be said of it.
    disclosed: String,
    /// Its last day, where it has one.
    #[schema(format = Date)]
    until: Option<String>,
}

/// A system of the plan.
#[derive(Debug, Serialize, ToSchema)]
struct SystemState {
    /// Its stable name.
    name: String,
    /// What people call it.
    title: String,
    /// What is done about its data: `erase`, `expire` or `attest`.
    handling: &'static str,
    /// Its datasets.
    datasets: Vec<DatasetState>,
}

/// A dataset of the plan.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetState {
    /// `system.dataset`.
    name: String,
    /// How far erasing is, as reported: not what is gone.
    #[schema(example = "done")]
    erasing: Option<&'static str>,
    /// How far the independent check is: its verdict once there is one.
    #[schema(example = "absent")]
    check: Option<&'static str>,
    /// Parts of it are kept.
    parts_kept: bool,
}

/// A certificate of the request.
#[derive(Debug, Serialize, ToSchema)]
struct CertificateMention {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The code printed on it.
    code: String,
    /// `complete`, `partial`, `corrected`, `addendum` or `drill`.
    kind: &'static str,
    /// How it is.
    #[schema(example = "issued")]
    state: &'static str,
}

impl From<ErasureRequest> for RequestView {
    fn from(request: ErasureRequest) -> Self {
        let (state, stage) = (request.state_word(), request.stage.word());
        let (about, contract, ended_on) = match request.scope {
            RequestScope::Tenant { contract, ended_on } => {
                (About::Tenant, Some(contract), Some(ended_on.to_string()))
            }
            RequestScope::Subject => (About::Person, None, None),
        };
        Self {
            id: request.id.to_string(),
            tenant: request.tenant_key.to_string(),
            about,
            contract,
            ended_on,
            state,
            stage,
            channel: request.channel,
            drill: request.drill,
            received_at: request.received_at.to_string(),
            due_on: request.due_on.to_string(),
            starts_at: request.starts_at.map(|at| at.to_string()),
            round: request.round,
            certificate: request.certificate.map(|id| id.to_string()),
        }
    }
}

impl From<RequestFile> for RequestFileView {
    fn from(file: RequestFile) -> Self {
        let certificates = file.certificates.into_iter().map(|record| CertificateMention {
            id: record.id.to_string(),
            kind: record.kind.word(),
            state: record.state.word(),
            code: record.code,
        });
        let kept = file.keepers.into_iter().map(|keeper| Kept {
            disclosed: keeper.disclosed,
            until: keeper.until.map(|date| date.to_string()),
        });
        Self {
            tenant_name: file.tenant_name,
            waits_for: WaitsFor {
                who: file.waits_for.who.iter().map(|turn| turn.word()).collect(),
                what: file.waits_for.what.word(),
                since: file.waits_for.since.map(|at| at.to_string()),
                until: file.waits_for.until.map(|at| at.to_string()),
                told: file.waits_for.told,
            },
            kept: kept.collect(),
            systems: file.systems.into_iter().map(SystemState::from).collect(),
            certificates: certificates.collect(),
            request: file.request.into(),
        }
    }
}

impl From<SystemSeen> for SystemState {
    fn from(system: SystemSeen) -> Self {
        Self {
            name: system.name.to_string(),
            title: system.title,
            handling: system.handling.word(),
            datasets: system.datasets.into_iter().map(DatasetState::from).collect(),
        }
    }
}

impl From<DatasetSeen> for DatasetState {
    fn from(dataset: DatasetSeen) -> Self {
        Self {
            name: dataset.dataset.to_string(),
            erasing: dataset.step.map(|step| step.state),
            check: dataset.check.map(|check| check.state),
            parts_kept: !dataset.kept.is_empty(),
        }
    }
}
