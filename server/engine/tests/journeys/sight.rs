//! What a probe cannot see is never absent, and what does not answer is tried again, then named to a person who can mend it.

use domain::id::RequestId;
use domain::request::Aside;
use domain::verification::Verdict;
use engine::{Engine, Policy};

use crate::servers::tenants::{RECORDS, Servers};
use crate::servers::with_servers;
use crate::world::{Kind, World, policy};

impl World {
    /// Erased as reported, with the first look still to come.
    async fn settling(&self) -> RequestId {
        let id = self.planned().await;
        self.approve(id).await;
        self.run_ready().await;
        self.clock.advance_to(self.request(id).await.starts_at.unwrap());
        self.run_ready().await;
        assert_eq!(self.state(id).await, "settling");
        id
    }

    /// The verdict on a dataset in the newest round.
    async fn verdict(&self, id: RequestId, dataset: &str) -> Verdict {
        let mut tx = self.ports.store.read().await.unwrap();
        let checks = tx.findings().checks(id, None).await.unwrap();
        let newest = checks
            .into_iter()
            .filter(|check| check.dataset.to_string() == dataset);
        newest
            .max_by_key(|check| check.round)
            .unwrap()
            .finding()
            .unwrap()
            .verdict
            .clone()
    }

    /// The operator is asked, and told where and what to do.
    async fn assert_operator_is_asked(&self, id: RequestId, words: &[&str]) {
        let request = self.request(id).await;
        let Some(Aside::NeedsAttention { what, who, stops, .. }) = &request.aside else {
            panic!("{:?} {:?}", request.stage, request.aside)
        };
        for word in words {
            assert!(what.contains(word), "{word} is missing in: {what}");
        }
        assert_eq!((who.as_str(), *stops), ("operator", false));
    }

    /// It cannot be told, nobody can certify it, and mended it is verified.
    async fn assert_inconclusive(&self, id: RequestId, dataset: &str) {
        let verdict = self.verdict(id, dataset).await;
        assert!(matches!(verdict, Verdict::Inconclusive { .. }), "{verdict:?}");
        self.assert_operator_is_asked(id, &[dataset]).await;
        let evidence = self
            .engine
            .evidence(&self.people.second_officer, id)
            .await
            .unwrap();
        let certified = self
            .engine
            .certify(&self.people.second_officer, id, evidence.digest())
            .await;
        assert!(certified.is_err());
    }

    async fn mended(&self, id: RequestId) {
        self.engine
            .retry_round(&self.people.operator, id, "mended")
            .await
            .unwrap();
        self.run_jobs().await;
        assert_eq!(
            self.state(id).await,
            "verified",
            "{:?}",
            self.request(id).await.aside
        );
    }
}

/// An address at which nobody listens, in place of that of the cache.
fn nobody_listens(inventory: &str, half: &str) -> String {
    let server = std::env::var("LETHE_TEST_REDIS").unwrap();
    let (_, host) = server.rsplit_once('@').unwrap();
    let right = format!("{half}-secret@{host}");
    assert!(inventory.contains(&right));
    inventory.replace(&right, &format!("{half}-secret@127.0.0.1:1"))
}

/// Few tries, so that nobody waits long.
async fn impatient(kind: Kind) -> (World, Servers) {
    let (mut world, servers) = with_servers(kind, None).await;
    let rules = Policy {
        max_failures: 3,
        max_probe_tries: 3,
        ..policy()
    };
    world.engine = Engine::new(world.ports.clone(), rules);
    (world, servers)
}

journeys! {
    /// The table was renamed: what is not there was not looked into.
    async fn a_table_that_is_not_there_is_inconclusive(world: World) {
        let id = world.settling().await;
        world.systems.run("crm", "ALTER TABLE users RENAME TO people").await;
        world.run_jobs().await;
        world.assert_inconclusive(id, "crm.users").await;
        world.systems.run("crm", "ALTER TABLE people RENAME TO users").await;
        world.mended(id).await;
    }

    /// Another, empty store answers under the same name: the control record is not found, so nothing is believed.
    async fn a_store_that_was_swapped_for_an_empty_one_is_inconclusive(world: World) {
        let id = world.settling().await;
        world.systems.run("billing", "ALTER TABLE invoices RENAME TO invoices_of_old").await;
        world.systems.run("billing", "CREATE TABLE invoices (no TEXT PRIMARY KEY, customer TEXT, mail TEXT, made TEXT)").await;
        world.run_jobs().await;
        let verdict = world.verdict(id, "billing.invoices").await;
        assert!(matches!(verdict, Verdict::Inconclusive { .. }), "{verdict:?}");
        assert_eq!(world.state(id).await, "needs_attention");
    }

    /// A file that is gone is no proof that its records are.
    async fn a_database_file_that_is_gone_is_inconclusive(world: World) {
        let id = world.settling().await;
        let (file, aside) = (world.folder().join("billing.db"), world.folder().join("moved.db"));
        std::fs::rename(&file, &aside).unwrap();
        world.run_jobs().await;
        world.assert_inconclusive(id, "billing.invoices").await;
        std::fs::rename(&aside, &file).unwrap();
        world.mended(id).await;
    }

    /// A wrong password sees nothing, and says so.
    async fn a_wrong_credential_is_inconclusive(fresh: World) {
        let (world, servers) = with_servers(fresh.database.kind, None).await;
        let right = format!("{}\n{}", world.systems.inventory(), servers.inventory(None));
        let id = world.settling().await;
        world.apply_inventory(&right.replace("probe%20secret", "wrong%20secret")).await;
        world.run_jobs().await;
        world.assert_inconclusive(id, "warehouse.events").await;
        world.apply_inventory(&right).await;
        world.mended(id).await;
    }

    /// A probe that reaches nobody tries again, then names the system; nothing is called absent meanwhile.
    async fn a_system_that_no_probe_reaches_is_tried_again_then_named(fresh: World) {
        let (world, servers) = impatient(fresh.database.kind).await;
        let right = format!("{}\n{}", world.systems.inventory(), servers.inventory(None));
        let id = world.settling().await;
        world.apply_inventory(&nobody_listens(&right, "probe")).await;
        world.run_jobs().await;
        let verdict = world.verdict(id, "cache.sessions").await;
        assert!(matches!(verdict, Verdict::Unreachable { .. }), "{verdict:?}");
        world.assert_operator_is_asked(id, &["cache.sessions", "does not answer"]).await;
        let mut tx = world.ports.store.read().await.unwrap();
        let checks = tx.findings().checks(id, None).await.unwrap();
        let check = checks.iter().find(|check| check.dataset.to_string() == "cache.sessions").unwrap();
        let entries = tx.log().about(&format!("check:{}", check.id)).await.unwrap();
        let tries = entries.iter().filter(|entry| entry.claims.kind == "check.unreachable").count();
        assert_eq!(tries + 1, world.engine.policy().max_probe_tries as usize);
        drop(tx);
        world.apply_inventory(&right).await;
        world.mended(id).await;
    }

    /// An eraser that reaches nobody tries again, then the step is parked and named.
    async fn a_system_that_no_eraser_reaches_is_tried_again_then_parked_and_named(fresh: World) {
        let (world, servers) = impatient(fresh.database.kind).await;
        let right = format!("{}\n{}", world.systems.inventory(), servers.inventory(None));
        let id = world.planned().await;
        world.approve(id).await;
        world.apply_inventory(&nobody_listens(&right, "erase")).await;
        world.run_jobs().await;
        world.assert_operator_is_asked(id, &["cache.sessions is parked", "retry the step"]).await;
        let mut tx = world.ports.store.read().await.unwrap();
        let steps = tx.attempts().steps(id, None).await.unwrap();
        let step = steps.iter().find(|step| step.dataset.to_string() == "cache.sessions").unwrap();
        assert_eq!(step.failures, world.engine.policy().max_failures);
        drop(tx);
        assert_eq!(servers.census("acme").await[1], RECORDS, "nothing of it was erased");
        world.apply_inventory(&right).await;
        world.mended(id).await;
        assert_eq!(servers.census("acme").await, [0; 3]);
    }

    /// Before there is a manifest: the plan waits for the operator, who is told which system does not answer.
    async fn a_system_that_nobody_reaches_at_planning_is_tried_again_then_named(fresh: World) {
        let (world, servers) = impatient(fresh.database.kind).await;
        let right = format!("{}\n{}", world.systems.inventory(), servers.inventory(None));
        world.apply_inventory(&nobody_listens(&right, "probe")).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.assert_operator_is_asked(request.id, &["cache.sessions", "does not answer", "settle"]).await;
        world.apply_inventory(&right).await;
        world.engine.settle_attention(&world.people.operator, request.id, "mended").await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
    }
}
