//! Systems that lie: each lie is caught, or ends where no certificate can be issued.

use domain::request::Aside;
use domain::verification::Verdict;

use crate::world::{Kind, World};

/// Runs a whole request with one lying system, and says how it ended.
async fn told(world: &World, system: &str, lie: &str) -> &'static str {
    world
        .apply_inventory(&world.systems.lying_inventory(system, lie))
        .await;
    let request = world.open_tenant_request().await;
    world.confirm(request.id).await;
    world.run_jobs().await;
    if world.state(request.id).await == "planned" {
        world.approve(request.id).await;
        world.run_jobs().await;
    }
    let state = world.state(request.id).await;
    if state == "verified" {
        assert_eq!(
            world.systems.census("acme").await,
            [0, 0, 0, 0],
            "verified, and records remain"
        );
        assert_eq!(
            world.systems.census("globex").await,
            [40, 40, 40, 40],
            "verified, and others are gone"
        );
    } else {
        let evidence = world
            .engine
            .evidence(&world.people.second_officer, request.id)
            .await;
        if let Ok(evidence) = evidence {
            let certified = world
                .engine
                .certify(&world.people.second_officer, request.id, evidence.digest())
                .await;
            assert!(certified.is_err(), "certified in state {state}");
        }
    }
    state
}

macro_rules! lies {
    ($($name:ident: $lie:expr => $($expected:literal)|+;)+) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn of_a_database() {
                let world = World::new(Kind::Sqlite).await;
                let state = told(&world, "crm", $lie).await;
                assert!(matches!(state, $($expected)|+), "{state}");
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn of_a_folder() {
                let world = World::new(Kind::Sqlite).await;
                let state = told(&world, "files", $lie).await;
                assert!(matches!(state, $($expected)|+), "{state}");
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn told_to_a_store_on_postgres() {
                let world = World::new(Kind::Postgres).await;
                let state = told(&world, "billing", $lie).await;
                assert!(matches!(state, $($expected)|+), "{state}");
            }
        }
    )+};
}

lies! {
    deletes_nothing: r#"lie = "deletes_nothing""# => "needs_attention";
    deletes_half: r#"lie = "deletes_half""# => "needs_attention";
    deletes_half_at_first: r#"lie = "deletes_half", lie_attempts = 1"# => "verified";
    deletes_the_wrong_tenant: r#"lie = "deletes_wrong_tenant", lie_tenant = "globex""# => "needs_attention";
    deletes_another_tenant_too: r#"lie = "deletes_too_much", lie_tenant = "globex""# => "needs_attention";
    deletes_late: r#"lie = "deletes_late", lie_delay_ms = 60000"# => "needs_attention";
    reports_success_when_refused: r#"lie = "error_inside200""# => "needs_attention" | "verified";
    loses_its_index: r#"lie = "loses_index""# => "needs_attention" | "verified";
    sees_nothing: r#"lie = "sees_nothing""# => "needs_attention";
    sees_nothing_after_the_start: r#"lie = "sees_nothing", lie_looks = 2"# => "needs_attention";
    goes_blind_after_the_manifest: r#"lie = "goes_blind", lie_looks = 1"# => "needs_attention";
    goes_blind_after_the_start: r#"lie = "goes_blind", lie_looks = 2"# => "needs_attention";
    counts_from_a_cache: r#"lie = "counts_from_cache""# => "needs_attention";
}

/// Residue that was found is named, mended, and the second round is what the certificate rests on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn residue_is_found_by_the_probe_and_erased_again() {
    let world = World::new(Kind::Sqlite).await;
    world
        .apply_inventory(
            &world
                .systems
                .lying_inventory("crm", r#"lie = "deletes_half", lie_attempts = 1"#),
        )
        .await;
    let id = world.verified().await;
    let mut tx = world.ports.store.read().await.unwrap();
    let first = tx.findings().checks(id, Some(1)).await.unwrap();
    let residue = first
        .iter()
        .filter_map(|check| check.finding())
        .filter(|finding| matches!(finding.verdict, Verdict::Residue { .. }));
    let residue: Vec<_> = residue.collect();
    assert!(!residue.is_empty());
    assert!(residue.iter().all(|finding| finding.residue_ids.is_some()));
    assert_eq!(world.request(id).await.round, 2);
}

/// Records that lost their tenant are still found: sampled ids are looked up without the tenant filter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_only_unlinked_are_found() {
    let world = World::new(Kind::Sqlite).await;
    let state = told(&world, "crm", r#"lie = "only_unlinks""#).await;
    assert_eq!(state, "needs_attention");
    assert_eq!(
        world
            .systems
            .count("crm", "SELECT COUNT(*) FROM users WHERE tenant IS NULL")
            .await,
        40
    );
}

/// The run is stopped for everybody but an officer, who must look first (invariant 10).
async fn assert_stopped(world: &World) {
    let request = world
        .engine
        .requests(&world.people.auditor)
        .await
        .unwrap()
        .remove(0);
    let Some(Aside::NeedsAttention { what, who, stops, .. }) = &request.aside else {
        panic!("{:?}", request.aside)
    };
    assert!(*stops && what.contains("had to stay"), "{what}");
    assert_eq!(who, "compliance officer");
    let operator = &world.people.operator;
    assert!(
        world
            .engine
            .retry_round(operator, request.id, "again")
            .await
            .is_err()
    );
    assert!(
        world
            .engine
            .settle_attention(operator, request.id, "go on")
            .await
            .is_err()
    );
    // An officer who looked into it lets it go on; that does not make the loss certifiable.
    let officer = &world.people.second_officer;
    world
        .engine
        .settle_attention(officer, request.id, "looked into it")
        .await
        .unwrap();
    world.run_jobs().await;
    assert_eq!(world.state(request.id).await, "needs_attention");
    let evidence = world.engine.evidence(officer, request.id).await.unwrap();
    let certified = world.engine.certify(officer, request.id, evidence.digest()).await;
    assert!(certified.is_err());
}

/// Withheld records that vanish stop the run at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withheld_records_that_vanish_stop_the_run() {
    let world = World::new(Kind::Sqlite).await;
    let subject = vec![domain::subject::Identifier::parse("email=user3@acme.example").unwrap()];
    world
        .place(engine::holds::NewScope {
            subject,
            ..crate::holds::acme()
        })
        .await;
    let state = told(&world, "crm", r#"lie = "deletes_held""#).await;
    assert_eq!(state, "needs_attention");
    assert_stopped(&world).await;
}

/// Where one person asked, the records of other people of the same tenant must stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_another_person_that_vanish_stop_the_run() {
    let world = World::new(Kind::Sqlite).await;
    let lie = r#"lie = "deletes_too_much", lie_tenant = "acme""#;
    world
        .apply_inventory(&world.systems.lying_inventory("crm", lie))
        .await;
    let request = world.open_person_request(&["email=user5@acme.example"]).await;
    world.confirm(request.id).await;
    world.run_jobs().await;
    world.approve(request.id).await;
    world.run_jobs().await;
    assert_eq!(world.state(request.id).await, "needs_attention");
    assert_stopped(&world).await;
}

/// Records of another tenant that vanish stop it as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_another_tenant_that_vanish_stop_the_run() {
    let world = World::new(Kind::Sqlite).await;
    // A third tenant, whose records stay: the probe is not blind.
    world
        .systems
        .run(
            "crm",
            "INSERT INTO users SELECT id + 5000, 'initech', email, made FROM users WHERE tenant = 'globex';
             INSERT INTO tickets SELECT id + 5000, 'initech', user_id + 5000 FROM tickets WHERE tenant = 'globex'",
        )
        .await;
    let state = told(
        &world,
        "crm",
        r#"lie = "deletes_too_much", lie_tenant = "globex""#,
    )
    .await;
    assert_eq!(state, "needs_attention");
    assert_stopped(&world).await;
}
