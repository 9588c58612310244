//! Rules that the operator sets; the defaults are those of the design.

use std::time::Duration;

use domain::drift::Tolerance;
use domain::drill::Schedule;
use domain::nonce::NonceRule;
use domain::signature::cosignature::WitnessKey;
use serde::{Deserialize, Serialize};

/// Who issues certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Issuer {
    /// The legal entity.
    pub name: String,
    /// `controller` or `processor`.
    pub role: String,
    /// Lines of the postal address.
    pub address: Vec<String>,
    /// How to reach the data protection officer.
    pub dpo_contact: String,
}

impl Issuer {
    /// Name and address are set, so that a certificate can be issued.
    pub fn is_named(&self) -> bool {
        !self.name.trim().is_empty() && self.address.iter().any(|line| !line.trim().is_empty())
    }
}

impl Default for Issuer {
    fn default() -> Self {
        Self {
            name: "Unnamed issuer".into(),
            role: "controller".into(),
            address: Vec::new(),
            dpo_contact: "not named".into(),
        }
    }
}

/// How people prove who they are, and for how long it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRules {
    /// How long a session lasts, used or not.
    pub session: Duration,
    /// How long a session lasts that nobody uses.
    pub idle: Duration,
    /// How long it counts that somebody proved again who they are.
    pub step_up: Duration,
    /// The window in which attempts are counted.
    pub window: Duration,
    /// Attempts in a window for one e-mail address.
    pub per_address: u32,
    /// Attempts in a window from one client's address.
    pub per_client: u32,
    /// How long an invitation works.
    pub invitation: Duration,
    /// How long a link works that replaces a lost password.
    pub reset: Duration,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self {
            session: Duration::from_secs(12 * 3600),
            idle: Duration::from_secs(3600),
            step_up: Duration::from_secs(10 * 60),
            window: Duration::from_secs(15 * 60),
            per_address: 10,
            per_client: 50,
            invitation: Duration::from_secs(7 * 24 * 3600),
            reset: Duration::from_secs(3600),
        }
    }
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Who issues.
    pub issuer: Issuer,
    /// The issuer's zone (IANA), in which days are counted.
    pub zone: String,
    /// Where the status of certificates is published, without a slash at the end.
    pub public_url: String,
    /// After the last hold is released: time in which the release can still be taken back.
    pub cooling_off: Duration,
    /// Between approval and the first chunk: time in which the tenant can object.
    pub grace: Duration,
    /// How far counts may drift between manifest and start before a person must approve again.
    pub drift: Tolerance,
    /// Where the nonce of a sampling seed comes from.
    pub nonce: NonceRule,
    /// Rounds of erasing and verifying before a person must look.
    pub max_rounds: i32,
    /// Time that a chunk is given, from authorisation to the start of its last deleting call. Shorter than a lease.
    pub chunk_deadline: Duration,
    /// How long a worker holds a job.
    pub lease: Duration,
    /// Failures of one step in a row before it is parked.
    pub max_failures: u32,
    /// How often an unreachable system is tried by one check.
    pub max_probe_tries: u32,
    /// How many ids an officer looks at per dataset.
    pub spot_ids: usize,
    /// Print names of staff on certificates, else roles only.
    pub name_officers: bool,
    /// Tenants learn in their evidence how systems and datasets are called, else they are numbered.
    pub name_systems: bool,
    /// After so many days verification is repeated, in ascending order (V7).
    pub later_checks: Vec<u16>,
    /// How long after its certificate a request may be disputed: identifiers and samples are kept as long (A3).
    pub dispute_window: Duration,
    /// When drills are due, and on which synthetic tenant; absent: none runs.
    pub drills: Option<Schedule>,
    /// A run is approved only if every system has passed a drill since its last change, or somebody accepts in writing that it
    /// has not. Whatever it says, certificates tell which have.
    pub drill_gate: bool,
    /// How people sign in.
    pub sign_in: SignInRules,
    /// How long a mailed link works that gives a certificate once, without signing in; absent: no such links.
    pub download_links: Option<Duration>,
    /// Whose cosignatures of the log's checkpoints are kept.
    pub witnesses: Vec<WitnessKey>,
    /// The newest checkpoint of the log is mailed to auditors every day.
    pub mail_checkpoint: bool,
    /// Anybody may read the entries of the log, not only auditors.
    pub public_entries: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            issuer: Issuer::default(),
            zone: "UTC".into(),
            public_url: "http://localhost:8080".into(),
            cooling_off: Duration::from_secs(24 * 3600),
            grace: Duration::from_secs(3 * 24 * 3600),
            drift: Tolerance::default(),
            nonce: NonceRule::default(),
            max_rounds: 3,
            chunk_deadline: Duration::from_secs(30),
            lease: Duration::from_secs(120),
            max_failures: 8,
            max_probe_tries: 6,
            spot_ids: 5,
            name_officers: false,
            name_systems: true,
            later_checks: vec![7, 30, 90],
            dispute_window: Duration::from_secs(365 * 24 * 3600),
            drills: None,
            drill_gate: false,
            sign_in: SignInRules::default(),
            download_links: Some(Duration::from_secs(14 * 24 * 3600)),
            witnesses: Vec::new(),
            mail_checkpoint: false,
            public_entries: false,
        }
    }
}
