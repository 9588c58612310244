//! Who is there: people of every role, and tenants that must not see each other.

use domain::actor::{Actor, Role};
use domain::id::TenantId;
use domain::secret::Secret;
use domain::subject::{Contact, TenantKey};
use engine::Engine;
use engine::inventory::{CredentialSource, InventoryDraft, OpenCredential};
use engine::people::NewPerson;

/// The password of everybody.
pub const PASSWORD: &str = "a lantern beside the quiet harbour";

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Counsel,
    SecondCounsel,
    Officer,
    /// A run needs two of them: one approves, another certifies.
    SecondOfficer,
    Operator,
    Auditor,
    Administrator,
    /// Of acme.
    Tenant,
    /// Of globex.
    Stranger,
}

impl Who {
    /// Everybody.
    pub const ALL: [Self; 9] = [
        Self::Counsel,
        Self::SecondCounsel,
        Self::Officer,
        Self::SecondOfficer,
        Self::Operator,
        Self::Auditor,
        Self::Administrator,
        Self::Tenant,
        Self::Stranger,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Counsel => "carol",
            Self::SecondCounsel => "colin",
            Self::Officer => "olga",
            Self::SecondOfficer => "oscar",
            Self::Operator => "paul",
            Self::Auditor => "anna",
            Self::Administrator => "adam",
            Self::Tenant => "tina",
            Self::Stranger => "sven",
        }
    }

    /// The role.
    pub const fn role(self) -> Role {
        match self {
            Self::Counsel | Self::SecondCounsel => Role::LegalCounsel,
            Self::Officer | Self::SecondOfficer => Role::ComplianceOfficer,
            Self::Operator => Role::Operator,
            Self::Auditor => Role::Auditor,
            Self::Administrator => Role::Administrator,
            Self::Tenant | Self::Stranger => Role::Tenant,
        }
    }

    /// The e-mail address.
    pub fn email(self) -> String {
        format!("{}@lethe.example", self.name())
    }

    fn new_person(self, tenant: Option<TenantId>) -> NewPerson {
        NewPerson {
            name: self.name().into(),
            email: self.email(),
            roles: [self.role()].into(),
            tenant,
            password: Secret::new(PASSWORD),
        }
    }
}

/// Everybody who was founded.
pub struct People {
    actors: Vec<(Who, Actor)>,
    /// acme.
    pub acme: TenantId,
    /// globex.
    pub globex: TenantId,
}

impl People {
    /// Founds the installation and registers two tenants.
    pub async fn found(engine: &Engine) -> Self {
        let staff = Who::ALL.iter().filter(|who| who.role() != Role::Tenant);
        let staff = staff.map(|who| who.new_person(None)).collect();
        engine.found(staff).await.unwrap();
        let counsel = actor(engine, Who::Counsel).await;
        let administrator = actor(engine, Who::Administrator).await;
        let mut tenants = Vec::new();
        for (key, name) in [("acme", "Acme GmbH"), ("globex", "Globex SA")] {
            let contact = Contact {
                name: "Ada".into(),
                email: format!("ada@{key}.example"),
            };
            let key = TenantKey::parse(key).unwrap();
            let registered = engine
                .register_tenant(&counsel, key, name, vec![contact], false)
                .await;
            tenants.push(registered.unwrap());
        }
        for (who, tenant) in [(Who::Tenant, tenants[0]), (Who::Stranger, tenants[1])] {
            let person = who.new_person(Some(tenant));
            engine.create_person(&administrator, person).await.unwrap();
        }
        let mut actors = Vec::new();
        for who in Who::ALL {
            actors.push((who, actor(engine, who).await));
        }
        Self {
            actors,
            acme: tenants[0],
            globex: tenants[1],
        }
    }

    /// Somebody as an actor.
    pub fn actor(&self, who: Who) -> Actor {
        let found = self.actors.iter().find(|(one, _)| *one == who);
        found.unwrap().1.clone()
    }
}

async fn actor(engine: &Engine, who: Who) -> Actor {
    let people = engine.people(&Actor::System("tests")).await.unwrap();
    people
        .iter()
        .find(|person| person.email == who.email())
        .unwrap()
        .actor()
}

/// One system, of a party that attests.
const INVENTORY: &str = r#"{ "systems": [{
    "name": "partner", "title": "Partner portal", "kind": "attestation", "owner": "Sales", "location": "Ireland",
    "processor": "Partner Ltd", "handling": "attest",
    "datasets": [{ "name": "contacts", "categories": ["contact"], "locator": {
        "container": "contacts", "id": "id",
        "tenant": { "identifier": "tenant_key", "field": "tenant" },
        "subject": [{ "identifier": "email", "field": "email" }] } }]
}] }"#;

struct NoCredentials;

impl OpenCredential for NoCredentials {
    fn open(&self, _: &CredentialSource) -> Result<Secret, String> {
        Err("there are no credentials here".into())
    }
}

/// Puts the inventory in force.
pub async fn apply_inventory(engine: &Engine, operator: &Actor) {
    let draft: InventoryDraft = serde_json::from_str(INVENTORY).unwrap();
    engine
        .apply_inventory(operator, draft, &NoCredentials)
        .await
        .unwrap();
}
