//! Separation of duties, by every door (invariant 3), and who may see what.

use domain::actor::{Actor, Denied};
use domain::digest::Digest;
use domain::request::IdentityMethod;
use engine::Error;

use crate::world::{Kind, World};

/// Refused because the same person, or nobody real, acts.
fn is_denied<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::Denied(_))), "{outcome:?}");
}

impl World {
    /// A third officer, who has been here for two days.
    async fn third_officer(&self) -> Actor {
        let third = engine::people::NewPerson {
            name: "thea".into(),
            email: "thea@lethe.example".into(),
            roles: [domain::actor::Role::ComplianceOfficer].into(),
            tenant: None,
            password: domain::secret::Secret::new("correct horse battery"),
        };
        let id = self
            .engine
            .create_person(&self.people.administrator, third)
            .await
            .unwrap();
        self.clock.advance(std::time::Duration::from_secs(48 * 3600));
        let people = self.engine.people(&self.people.auditor).await.unwrap();
        people.iter().find(|person| person.id == id).unwrap().actor()
    }
}

journeys! {
    /// Approval: not the opener, not a fresh account, not the system.
    async fn only_a_second_seasoned_officer_approves(world: World) {
        let id = world.planned().await;
        let digest = world.engine.proposal(&world.people.officer, id).await.unwrap().digest;
        for actor in [&world.people.counsel, &world.people.operator, &world.people.auditor, &world.people.administrator, &world.people.tenant] {
            is_denied(world.engine.approve_request(actor, id, digest, Vec::new(), None).await);
        }
        is_denied(world.engine.approve_request(&Actor::System("cli"), id, digest, Vec::new(), None).await);
        let fresh = match &world.people.officer {
            Actor::Person { id, roles, tenant, .. } => Actor::Person {
                id: *id,
                roles: roles.clone(),
                tenant: *tenant,
                trusted_since: world.engine.now(),
            },
            system => system.clone(),
        };
        let outcome = world.engine.approve_request(&fresh, id, digest, Vec::new(), None).await;
        assert!(matches!(outcome, Err(Error::Denied(Denied::TooFresh))), "{outcome:?}");
        let stale = world.engine.approve_request(&world.people.officer, id, Digest::of(b"another"), Vec::new(), None).await;
        assert!(matches!(stale, Err(Error::NotNow(_))), "{stale:?}");
        world.engine.approve_request(&world.people.officer, id, digest, Vec::new(), None).await.unwrap();
    }

    /// The opener can neither confirm the identity nor approve nor certify.
    async fn the_opener_does_nothing_else(world: World) {
        let scope = domain::scope::RequestScope::Tenant { contract: "MSA".into(), ended_on: domain::time::parse_date("2026-02-28").unwrap() };
        let tenant = domain::subject::TenantKey::parse("acme").unwrap();
        let new = engine::intake::NewRequest { tenant, scope, identifiers: Vec::new(), channel: "letter".into() };
        let request = world.engine.open_request(&world.people.officer, new).await.unwrap();
        let own = world.engine.confirm_identity(&world.people.officer, request.id, IdentityMethod::CallBack, Digest::of(b"call")).await;
        is_denied(own);
        world.engine.confirm_identity(&world.people.counsel, request.id, IdentityMethod::CallBack, Digest::of(b"call")).await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "needs_attention", "only one officer is left: nobody could certify");
    }

    /// Approving, certifying and accepting: not the opener, even where enough others could.
    async fn an_officer_who_opened_neither_approves_nor_certifies(world: World) {
        let opener = world.third_officer().await;
        let scope = domain::scope::RequestScope::Tenant { contract: "MSA".into(), ended_on: domain::time::parse_date("2026-02-28").unwrap() };
        let tenant = domain::subject::TenantKey::parse("acme").unwrap();
        let new = engine::intake::NewRequest { tenant, scope, identifiers: Vec::new(), channel: "letter".into() };
        let id = world.engine.open_request(&opener, new).await.unwrap().id;
        world.confirm(id).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "planned");
        let digest = world.engine.proposal(&opener, id).await.unwrap().digest;
        is_denied(world.engine.approve_request(&opener, id, digest, Vec::new(), None).await);
        world.approve(id).await;
        world.run_jobs().await;
        world.spot_check(id).await;
        let evidence = world.engine.evidence(&opener, id).await.unwrap().digest();
        is_denied(world.engine.certify(&opener, id, evidence).await);
        world.certify(id).await;
    }

    /// Certifying: not the approver.
    async fn the_approver_does_not_certify(world: World) {
        let id = world.verified().await;
        world.spot_check(id).await;
        let evidence = world.engine.evidence(&world.people.officer, id).await.unwrap();
        is_denied(world.engine.certify(&world.people.officer, id, evidence.digest()).await);
        is_denied(world.engine.certify(&Actor::System("cli"), id, evidence.digest()).await);
        world.engine.certify(&world.people.second_officer, id, evidence.digest()).await.unwrap();
    }

    /// A certificate without the officer's own look is refused, and so is one whose decoy was missed.
    async fn no_certificate_without_a_valid_spot_check(world: World) {
        let id = world.verified().await;
        let evidence = world.engine.evidence(&world.people.second_officer, id).await.unwrap();
        let blind = world.engine.certify(&world.people.second_officer, id, evidence.digest()).await;
        assert!(matches!(&blind, Err(Error::NotNow(why)) if why.contains("spot check")), "{blind:?}");
        let dataset = domain::inventory::DatasetRef::try_from("crm.users".to_owned()).unwrap();
        let (spot, shown) = world.engine.open_spot_check(&world.people.second_officer, id, &dataset).await.unwrap();
        assert_eq!(shown.len(), 6);
        let missed = world.engine.record_spot_check(&world.people.second_officer, spot, &vec![false; shown.len()], "saw none").await.unwrap();
        assert!(!missed.decoy_seen);
        let evidence = world.engine.evidence(&world.people.second_officer, id).await.unwrap();
        let void = world.engine.certify(&world.people.second_officer, id, evidence.digest()).await;
        assert!(matches!(void, Err(Error::NotNow(_))), "{void:?}");
    }

    /// Another tenant's request does not exist, for those of a tenant.
    async fn another_tenants_request_is_not_found(world: World) {
        let request = world.open_tenant_request().await;
        let seen = world.engine.request(&world.people.stranger, request.id).await;
        assert!(matches!(seen, Err(Error::NotFound(_))), "{seen:?}");
        assert!(world.engine.requests(&world.people.stranger).await.unwrap().is_empty());
        assert_eq!(world.engine.requests(&world.people.tenant).await.unwrap().len(), 1);
        let confirmed = world.engine.confirm_identity(&world.people.stranger, request.id, IdentityMethod::SecondTenantPerson, Digest::of(b"x")).await;
        assert!(matches!(confirmed, Err(Error::NotFound(_))), "{confirmed:?}");
    }

    /// A system added after planning has no entry in the plan: the request is planned again (invariant 2).
    async fn a_system_added_later_is_planned_and_approved_again(world: World) {
        let id = world.planned().await;
        let before = world.engine.proposal(&world.people.officer, id).await.unwrap();
        world.approve(id).await;
        let inventory = world.systems.inventory().replace("title = \"Billing\"", "title = \"Billing, moved\"");
        world.apply_inventory(&inventory).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "planned");
        let after = world.engine.proposal(&world.people.officer, id).await.unwrap();
        assert_ne!(before.digest, after.digest);
        assert_eq!(world.systems.census("acme").await, [40, 40, 40, 40]);
    }

    /// A system changed after verification stops the certificate.
    async fn a_system_changed_after_verification_stops_the_certificate(world: World) {
        let id = world.verified().await;
        world.spot_check(id).await;
        let evidence = world.engine.evidence(&world.people.second_officer, id).await.unwrap();
        let inventory = world.systems.inventory().replace("title = \"Billing\"", "title = \"Billing, moved\"");
        world.apply_inventory(&inventory).await;
        let refused = world.engine.certify(&world.people.second_officer, id, evidence.digest()).await;
        assert!(matches!(&refused, Err(Error::Plan(_))), "{refused:?}");
    }

    /// No personal data in the log: neither names, nor addresses, nor identifiers, nor tenant names (invariant 6).
    async fn the_log_holds_no_personal_data(world: World) {
        let request = world.open_person_request(&["email=user7@acme.example"]).await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.approve(request.id).await;
        world.run_jobs().await;
        world.engine.sequence_log().await.unwrap();
        let mut tx = world.ports.store.read().await.unwrap();
        let leaves = tx.log().leaves(0, 10_000).await.unwrap();
        assert!(leaves.len() > 20);
        for leaf in &leaves {
            let text = String::from_utf8(leaf.bytes.clone()).unwrap();
            for word in ["user7", "acme", "@", "tina", "olga", "Acme"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
        // Nor in what opens the salted digests, which stays with us.
        for leaf in leaves {
            let details = world.details_of(&leaf).await;
            assert!(!details.contains("user7") && !details.contains('@'), "{details}");
        }
    }
}
