//! The sample organisation: an issuer, its staff, and people of its tenants. Everybody signs in with a password.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::drill::Schedule;
use domain::id::{PersonId, TenantId};
use domain::secret::Secret;
use domain::subject::{Contact, TenantKey};
use domain::time::{Date, Entropy as _};
use engine::people::{Credentials, NewPerson};
use engine::{Engine, Issuer, Policy};
use samples::{AURORA, BOREALIS, CERAMICA, COBALT, DOVETAIL, REHEARSAL, SYNTHETIC, Tenant};
use vault::SystemEntropy;

use super::DemoError;

/// The zone in which the issuer counts days.
pub(super) const ZONE: &str = "Europe/Dublin";
/// Where certificates are looked up, when nobody serves the pages.
pub(super) const PUBLIC_URL: &str = "https://lethe.meridian.example";
/// The name of the log.
pub(super) const LOG_ORIGIN: &str = "lethe.meridian.example/log";
/// How long the tenant can object.
pub(super) const GRACE: Duration = Duration::from_secs(3 * 24 * 3600);
/// How long a release can be taken back.
pub(super) const COOLING_OFF: Duration = Duration::from_secs(24 * 3600);

/// Somebody who acts in the story.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    /// Their name.
    pub(super) name: &'static str,
    /// What they are, in words.
    pub(super) title: &'static str,
    /// Their address.
    pub(super) email: &'static str,
    /// As whom they act, once signed in.
    pub(super) actor: Actor,
}

impl People {
    /// Everybody, in the order in which a visitor would try them.
    pub(super) fn all(&self) -> [&Somebody; 10] {
        [
            &self.counsel,
            &self.second_counsel,
            &self.officer,
            &self.certifier,
            &self.operator,
            &self.auditor,
            &self.administrator,
            &self.requester,
            &self.confirmer,
            &self.stranger,
        ]
    }
}

impl std::fmt::Display for Somebody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.title)
    }
}

/// Everybody, signed in.
#[derive(Debug)]
pub(super) struct People {
    /// Keeps the hold register.
    pub(super) counsel: Somebody,
    /// The second person for releases.
    pub(super) second_counsel: Somebody,
    /// Approves and spot-checks.
    pub(super) officer: Somebody,
    /// Certifies.
    pub(super) certifier: Somebody,
    /// Connects systems.
    pub(super) operator: Somebody,
    /// Reads everything.
    pub(super) auditor: Somebody,
    /// Invites people.
    pub(super) administrator: Somebody,
    /// Opens the request.
    pub(super) requester: Somebody,
    /// Confirms it.
    pub(super) confirmer: Somebody,
    /// Belongs to another tenant.
    pub(super) stranger: Somebody,
}

/// Name, title, address, role.
type Account = (&'static str, &'static str, &'static str, Role);

const STAFF: [Account; 7] = [
    (
        "Nora Quinn",
        "legal counsel",
        "nora.quinn@meridian.example",
        Role::LegalCounsel,
    ),
    (
        "Tomás Ferreira",
        "legal counsel",
        "tomas.ferreira@meridian.example",
        Role::LegalCounsel,
    ),
    (
        "Aoife Brennan",
        "compliance officer",
        "aoife.brennan@meridian.example",
        Role::ComplianceOfficer,
    ),
    (
        "Ravi Menon",
        "compliance officer",
        "ravi.menon@meridian.example",
        Role::ComplianceOfficer,
    ),
    (
        "Lena Vogt",
        "operator",
        "lena.vogt@meridian.example",
        Role::Operator,
    ),
    (
        "Iris Okafor",
        "auditor",
        "iris.okafor@meridian.example",
        Role::Auditor,
    ),
    (
        "Paul Adler",
        "administrator",
        "paul.adler@meridian.example",
        Role::Administrator,
    ),
];

const REQUESTER: Account = (
    "Katrin Moen",
    "of the tenant",
    "katrin.moen@aurora.example",
    Role::Tenant,
);
const CONFIRMER: Account = (
    "Jonas Eide",
    "of the tenant",
    "jonas.eide@aurora.example",
    Role::Tenant,
);
const STRANGER: Account = (
    "Bea Baker",
    "of another tenant",
    "bea.baker@borealis.example",
    Role::Tenant,
);

/// The rules of the issuer. Names of staff stand on its certificates.
pub(super) fn policy(public_url: &str) -> Policy {
    Policy {
        issuer: Issuer {
            name: "Meridian Cloud Services DAC".into(),
            role: "processor".into(),
            address: ["12 Harbour Row", "Dublin D02 XK41", "Ireland"]
                .map(str::to_owned)
                .into(),
            dpo_contact: "dpo@meridian.example".into(),
        },
        zone: ZONE.into(),
        public_url: public_url.to_owned(),
        cooling_off: COOLING_OFF,
        grace: GRACE,
        name_officers: true,
        ..Policy::default()
    }
}

/// The drill of this month is opened today.
pub(super) fn drills(today: Date) -> Result<Schedule, DemoError> {
    Ok(Schedule {
        tenant: key(&REHEARSAL)?,
        day: today.day().unsigned_abs().min(28),
        days: 14,
    })
}

/// Founds the installation: staff, tenants, and people of tenants, all with one password or each with a random one.
pub(super) async fn found(engine: &Engine, shared: Option<&Secret>) -> Result<People, DemoError> {
    let password = || shared.cloned().unwrap_or_else(password);
    let passwords: Vec<Secret> = STAFF.iter().map(|_| password()).collect();
    let accounts = STAFF
        .iter()
        .zip(&passwords)
        .map(|(account, password)| new_person(account, None, password.clone()));
    engine.found(accounts.collect()).await?;
    let mut staff = Vec::new();
    for (account, password) in STAFF.iter().zip(passwords) {
        staff.push(sign_in(engine, account, password).await?);
    }
    let [
        counsel,
        second_counsel,
        officer,
        certifier,
        operator,
        auditor,
        administrator,
    ] = <[Somebody; 7]>::try_from(staff)
        .map_err(|_| DemoError::NotAsTold("seven people were founded".into()))?;
    let aurora = register(engine, &counsel, &AURORA, &[REQUESTER, CONFIRMER]).await?;
    let borealis = register(engine, &counsel, &BOREALIS, &[STRANGER]).await?;
    for tenant in [&CERAMICA, &COBALT, &DOVETAIL, &REHEARSAL, &SYNTHETIC] {
        register(engine, &counsel, tenant, &[]).await?;
    }
    let mut outsiders = Vec::new();
    for (account, tenant) in [(&REQUESTER, aurora), (&CONFIRMER, aurora), (&STRANGER, borealis)] {
        let password = password();
        let _id: PersonId = engine
            .create_person(
                &administrator.actor,
                new_person(account, Some(tenant), password.clone()),
            )
            .await?;
        outsiders.push(sign_in(engine, account, password).await?);
    }
    let [requester, confirmer, stranger] = <[Somebody; 3]>::try_from(outsiders)
        .map_err(|_| DemoError::NotAsTold("three people were created".into()))?;
    Ok(People {
        counsel,
        second_counsel,
        officer,
        certifier,
        operator,
        auditor,
        administrator,
        requester,
        confirmer,
        stranger,
    })
}

async fn register(
    engine: &Engine,
    counsel: &Somebody,
    tenant: &Tenant,
    contacts: &[Account],
) -> Result<TenantId, DemoError> {
    let contacts = contacts.iter().map(|(name, _, email, _)| Contact {
        name: (*name).into(),
        email: (*email).into(),
    });
    let synthetic = [SYNTHETIC.key, REHEARSAL.key].contains(&tenant.key);
    Ok(engine
        .register_tenant(
            &counsel.actor,
            key(tenant)?,
            tenant.name,
            contacts.collect(),
            synthetic,
        )
        .await?)
}

/// The key of a sample tenant.
pub(super) fn key(tenant: &Tenant) -> Result<TenantKey, DemoError> {
    TenantKey::parse(tenant.key).map_err(|error| DemoError::Setup {
        what: "a tenant key",
        why: error.to_string(),
    })
}

fn new_person((name, _, email, role): &Account, tenant: Option<TenantId>, password: Secret) -> NewPerson {
    NewPerson {
        name: (*name).into(),
        email: (*email).into(),
        roles: BTreeSet::from([*role]),
        tenant,
        password,
    }
}

async fn sign_in(engine: &Engine, account: &Account, password: Secret) -> Result<Somebody, DemoError> {
    let (name, title, email, _) = *account;
    let actor = engine
        .authenticate(&Credentials::Password {
            email: email.into(),
            password,
        })
        .await?;
    Ok(Somebody {
        name,
        title,
        email,
        actor,
    })
}

/// 128 random bits.
pub(super) fn password() -> Secret {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    Secret::new(hex::encode(bytes))
}
