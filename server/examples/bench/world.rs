//! An installation as `lethe serve` makes one, with its people, in a folder that goes when it is dropped.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use domain::actor::{Actor, Role};
use domain::id::TenantId;
use domain::secret::Secret;
use domain::subject::{Contact, TenantKey};
use engine::people::{Credentials, NewPerson};
use server::config::Config;
use server::wiring::{self, Wired, wire};
use tempfile::TempDir;

const PASSWORD: &str = "a password of the bench";

/// Settings of the bench: nothing settles, nobody is waited for.
const SETTINGS: &str = r#"
public_url = "https://lethe.example"
zone = "Europe/Dublin"

[issuer]
name = "Meridian Cloud Services DAC"
role = "processor"
address = ["12 Harbour Row", "Dublin D02 XK41", "Ireland"]
dpo_contact = "dpo@meridian.example"

[rules]
cooling_off = "0s"
grace = "0s"
"#;

/// The installation.
pub struct World {
    /// Its process.
    pub wired: Wired,
    /// Jobs at the same time.
    pub concurrency: usize,
    /// Places holds.
    pub counsel: Actor,
    /// Approves and spot-checks.
    pub officer: Actor,
    /// Certifies.
    pub certifier: Actor,
    /// Connects systems.
    pub operator: Actor,
    /// Reads everything.
    pub auditor: Actor,
    administrator: Actor,
    _folder: TempDir,
}

/// Whom a request is about, and who of them asks.
pub struct Customer {
    /// Its key.
    pub key: TenantKey,
    /// Opens the request.
    pub requester: Actor,
    /// Confirms it.
    pub confirmer: Actor,
}

impl World {
    /// On an embedded store, or on another.
    pub async fn make(database: Option<&str>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = folder.path().display();
        let mut text = format!("data_dir = \"{place}\"\n{SETTINGS}\n[mail]\nurl = \"file:{place}/mails\"\n");
        if let Some(url) = database {
            text.push_str(&format!("\n[database]\nurl = \"{url}\"\n"));
        }
        let file = folder.path().join("lethe.toml");
        std::fs::write(&file, text)?;
        let config = Config::load(Some(&file))?;
        let wired = wire(&config, wiring::Role::All).await?;
        let staff = [
            Role::LegalCounsel,
            Role::ComplianceOfficer,
            Role::ComplianceOfficer,
            Role::Operator,
            Role::Auditor,
            Role::Administrator,
        ];
        let people = staff.iter().enumerate();
        let people = people.map(|(at, role)| person(&staff_address(at), *role, None));
        wired.engine.found(people.collect()).await?;
        let mut actors = Vec::new();
        for at in 0..staff.len() {
            actors.push(sign_in(&wired, &staff_address(at)).await?);
        }
        let [counsel, officer, certifier, operator, auditor, administrator] = <[Actor; 6]>::try_from(actors)
            .ok()
            .context("six people were founded")?;
        let world = Self {
            wired,
            concurrency: config.concurrency,
            counsel,
            officer,
            certifier,
            operator,
            auditor,
            administrator,
            _folder: folder,
        };
        world.register("synthetic", true).await?;
        Ok(world)
    }

    /// A tenant with two people.
    pub async fn customer(&self, key: &str) -> Result<Customer> {
        let id = self.register(key, false).await?;
        let mut people = Vec::new();
        for name in ["requester", "confirmer"] {
            let address = format!("{name}@{key}.example");
            let new = person(&address, Role::Tenant, Some(id));
            self.wired.engine.create_person(&self.administrator, new).await?;
            people.push(sign_in(&self.wired, &address).await?);
        }
        let [requester, confirmer] = <[Actor; 2]>::try_from(people).ok().context("two people")?;
        Ok(Customer {
            key: TenantKey::parse(key)?,
            requester,
            confirmer,
        })
    }

    async fn register(&self, key: &str, synthetic: bool) -> Result<TenantId> {
        let contact = Contact {
            name: "Katrin Moen".into(),
            email: format!("katrin@{key}.example"),
        };
        let engine = &self.wired.engine;
        Ok(engine
            .register_tenant(
                &self.counsel,
                TenantKey::parse(key)?,
                key,
                vec![contact],
                synthetic,
            )
            .await?)
    }

    /// Closes the store.
    pub async fn close(self) {
        self.wired.database.close().await;
    }
}

fn staff_address(at: usize) -> String {
    format!("staff{at}@meridian.example")
}

fn person(address: &str, role: Role, tenant: Option<TenantId>) -> NewPerson {
    NewPerson {
        name: "Nora Quinn".into(),
        email: address.into(),
        roles: BTreeSet::from([role]),
        tenant,
        password: Secret::new(PASSWORD),
    }
}

async fn sign_in(wired: &Wired, address: &str) -> Result<Actor> {
    let credentials = Credentials::Password {
        email: address.into(),
        password: Secret::new(PASSWORD),
    };
    Ok(wired.engine.authenticate(&credentials).await?)
}
