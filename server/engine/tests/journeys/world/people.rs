//! Who is there: enough people for every separated duty.

use std::collections::BTreeSet;

use domain::actor::{Actor, Role};
use domain::id::TenantId;
use domain::secret::Secret;
use domain::subject::{Contact, TenantKey};
use engine::Engine;
use engine::people::NewPerson;

/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// Actors by part.
pub struct People {
    /// Opens requests and places holds.
    pub counsel: Actor,
    /// The second person of releases.
    pub second_counsel: Actor,
    /// Approves.
    pub officer: Actor,
    /// Spot-checks and certifies.
    pub second_officer: Actor,
    /// Connects systems.
    pub operator: Actor,
    /// Reads.
    pub auditor: Actor,
    /// Keeps accounts.
    pub administrator: Actor,
    /// A tenant's person at acme.
    pub tenant: Actor,
    /// A second one at acme.
    pub second_tenant: Actor,
    /// A person of the other tenant.
    pub stranger: Actor,
    /// acme.
    pub acme: TenantId,
    /// globex.
    pub globex: TenantId,
}

fn person(name: &str, roles: &[Role], tenant: Option<TenantId>) -> NewPerson {
    NewPerson {
        name: name.into(),
        email: format!("{name}@lethe.example"),
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        tenant,
        password: Secret::new(PASSWORD),
    }
}

/// The actor of a name, without the work of a password.
async fn actor(engine: &Engine, reader: &Actor, name: &str) -> Actor {
    let email = format!("{name}@lethe.example");
    let people = engine.people(reader).await.unwrap();
    people
        .iter()
        .find(|person| person.email == email)
        .unwrap()
        .actor()
}

impl People {
    /// Founds the installation and registers two tenants.
    pub async fn found(engine: &Engine) -> Self {
        let staff = [
            ("carol", Role::LegalCounsel),
            ("colin", Role::LegalCounsel),
            ("olga", Role::ComplianceOfficer),
            ("oscar", Role::ComplianceOfficer),
            ("paul", Role::Operator),
            ("anna", Role::Auditor),
            ("adam", Role::Administrator),
        ];
        engine
            .found(
                staff
                    .iter()
                    .map(|(name, role)| person(name, &[*role], None))
                    .collect(),
            )
            .await
            .unwrap();
        let reader = &Actor::System("tests");
        let counsel = actor(engine, reader, "carol").await;
        let administrator = actor(engine, reader, "adam").await;
        let contact = |name: &str| {
            vec![Contact {
                name: name.into(),
                email: format!("{name}@acme.example"),
            }]
        };
        let key = |key: &str| TenantKey::parse(key).unwrap();
        let acme = engine
            .register_tenant(&counsel, key("acme"), "Acme GmbH", contact("ada"), false)
            .await
            .unwrap();
        let globex = engine
            .register_tenant(&counsel, key("globex"), "Globex SA", contact("gil"), false)
            .await
            .unwrap();
        for (name, tenant) in [("tina", acme), ("tom", acme), ("sven", globex)] {
            engine
                .create_person(&administrator, person(name, &[Role::Tenant], Some(tenant)))
                .await
                .unwrap();
        }
        Self {
            counsel,
            second_counsel: actor(engine, reader, "colin").await,
            officer: actor(engine, reader, "olga").await,
            second_officer: actor(engine, reader, "oscar").await,
            operator: actor(engine, reader, "paul").await,
            auditor: actor(engine, reader, "anna").await,
            administrator,
            tenant: actor(engine, reader, "tina").await,
            second_tenant: actor(engine, reader, "tom").await,
            stranger: actor(engine, reader, "sven").await,
            acme,
            globex,
        }
    }
}
