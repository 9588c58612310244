//! The same thread on real servers: PostgreSQL, Redis and S3, erased with one credential and looked at with another.

pub mod tenants;

use domain::certificate::Claims;

use crate::world::{Kind, World};
use tenants::Servers;

/// A world whose inventory has the three servers as well.
pub async fn with_servers(kind: Kind, lie: Option<(&str, &str)>) -> (World, Servers) {
    let world = World::new(kind).await;
    let servers = Servers::fill().await;
    let inventory = format!("{}\n{}", world.systems.inventory(), servers.inventory(lie));
    world.apply_inventory(&inventory).await;
    (world, servers)
}

/// Everything of acme is gone from every server, and everything of globex is there.
async fn assert_erased(servers: &Servers) {
    assert_eq!(servers.census("acme").await, [0, 0, 0]);
    assert_eq!(servers.census("globex").await, [tenants::RECORDS; 3]);
}

journeys! {
    async fn a_tenant_is_erased_from_real_servers_and_certified(world: World) {
        let (world, servers) = with_servers(world.database.kind, None).await;
        let id = world.verified().await;
        assert_erased(&servers).await;
        assert_eq!(world.systems.census("acme").await, [0; 4]);
        for dataset in ["warehouse.events", "cache.sessions", "objects.uploads"] {
            world.spot_check_of(id, dataset).await;
        }
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_jobs().await;
        let (_, statement, document) = world.engine.certificate(&world.people.auditor, record.id).await.unwrap();
        assert!(document.is_some());
        let claims = Claims::parse(&statement.unwrap().bytes).unwrap();
        let apart = |name: &str| {
            let system = claims.systems.iter().find(|system| system.kind == name).unwrap();
            system.datasets.iter().all(|dataset| dataset.verification.separate_credentials)
        };
        assert!(apart("postgres") && apart("redis"));
        assert!(!apart("s3"), "one credential for both halves is said on the certificate");
    }
}

macro_rules! lies_of_servers {
    ($($name:ident: $lie:literal => $expected:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            for system in ["warehouse", "cache", "objects"] {
                let (world, servers) = with_servers(Kind::Sqlite, Some((system, $lie))).await;
                let id = world.planned().await;
                world.approve(id).await;
                world.run_jobs().await;
                let state = world.state(id).await;
                assert_eq!(state, $expected, "{system}");
                if state == "verified" {
                    assert_erased(&servers).await;
                }
            }
        }
    )+};
}

lies_of_servers! {
    a_server_that_deletes_nothing_is_caught: r#"lie = "deletes_nothing""# => "needs_attention";
    a_server_that_deletes_half_at_first_is_caught_and_mended: r#"lie = "deletes_half", lie_attempts = 1"# => "verified";
    a_server_that_deletes_another_tenant_is_caught: r#"lie = "deletes_too_much", lie_tenant = "globex""# => "needs_attention";
    a_server_whose_probe_sees_nothing_is_not_believed: r#"lie = "sees_nothing", lie_looks = 2"# => "needs_attention";
    a_server_whose_probe_goes_blind_is_not_believed: r#"lie = "goes_blind", lie_looks = 2"# => "needs_attention";
}
