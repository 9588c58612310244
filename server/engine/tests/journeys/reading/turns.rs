//! Whose turn it is: who is asked, who is told, and who may not.

use domain::actor::Actor;
use domain::hold::Disclosure;
use domain::id::RequestId;
use engine::reading::home::Task;
use engine::reading::waiting::{Awaited, Turn, Waiting};

use super::{is_denied, secret_hold};
use crate::holds::acme;
use crate::world::{Kind, World};

async fn waits(world: &World, actor: &Actor, id: RequestId) -> Waiting {
    world.engine.request_file(actor, id).await.unwrap().waits_for
}

/// What an actor is asked for, and about what.
async fn asked(world: &World, actor: &Actor) -> Vec<(Awaited, String)> {
    let tasks = world.engine.home(actor).await.unwrap();
    tasks
        .into_iter()
        .filter(|task| !task.only_told)
        .map(|task| (task.what, task.object))
        .collect()
}

async fn told(world: &World, actor: &Actor) -> Vec<Task> {
    let tasks = world.engine.home(actor).await.unwrap();
    tasks.into_iter().filter(|task| task.only_told).collect()
}

journeys! {
    /// Identity: the opener is told that somebody else confirms; the others are asked.
    async fn the_opener_does_not_confirm(world: World) {
        let request = world.open_tenant_request().await;
        let object = format!("request:{}", request.id);
        let tina = waits(&world, &world.people.tenant, request.id).await;
        assert_eq!((tina.what, tina.yours, tina.not_yours_because), (Awaited::IdentityConfirmation, false, Some("opened the request")));
        assert_eq!(tina.excluded.len(), 1);
        assert!(tina.excluded[0].who.you);
        let tom = waits(&world, &world.people.second_tenant, request.id).await;
        assert!(tom.yours && tom.not_yours_because.is_none());
        assert_eq!(tom.who, [Turn::Tenant, Turn::ComplianceOfficer, Turn::LegalCounsel]);
        let wanted = [(Awaited::IdentityConfirmation, object)];
        assert_eq!(asked(&world, &world.people.second_tenant).await, wanted);
        assert_eq!(asked(&world, &world.people.officer).await, wanted);
        assert_eq!(asked(&world, &world.people.counsel).await, wanted);
        for other in [&world.people.tenant, &world.people.stranger, &world.people.operator, &world.people.auditor] {
            assert_eq!(asked(&world, other).await, []);
        }
    }

    /// Approval, spot check, certification: officers, one after the other, and the approver does not certify.
    async fn officers_are_asked_for_what_they_may_do(world: World) {
        let id = world.planned().await;
        let object = format!("request:{id}");
        let (first, second) = (&world.people.officer, &world.people.second_officer);
        let file = world.engine.request_file(first, id).await.unwrap();
        assert_eq!((file.waits_for.what, file.waits_for.yours), (Awaited::Approval, true));
        assert_eq!(file.approve, Some(world.engine.proposal(first, id).await.unwrap().digest));
        assert_eq!(file.systems.len(), 3);
        assert_eq!(file.plan.as_ref().unwrap().records, 160);
        assert_eq!(asked(&world, first).await, [(Awaited::Approval, object.clone())]);
        assert_eq!(asked(&world, &world.people.counsel).await, []);
        let counsel = waits(&world, &world.people.counsel, id).await;
        assert!(!counsel.yours && counsel.not_yours_because.is_none());

        world.approve(id).await;
        assert_eq!(asked(&world, second).await, []);
        assert_eq!(told(&world, &world.people.tenant).await[0].what, Awaited::Grace);
        let grace = waits(&world, second, id).await;
        assert_eq!((grace.who.as_slice(), grace.what, grace.until), ([Turn::Lethe].as_slice(), Awaited::Grace, world.request(id).await.starts_at));

        world.run_jobs().await;
        assert_eq!(asked(&world, second).await, [(Awaited::SpotCheck, object.clone())]);
        world.spot_check(id).await;
        let approver = waits(&world, first, id).await;
        assert_eq!((approver.what, approver.yours, approver.not_yours_because), (Awaited::Certification, false, Some("approved the run")));
        assert_eq!(asked(&world, first).await, []);
        assert_eq!(asked(&world, second).await, [(Awaited::Certification, object)]);
        let file = world.engine.request_file(second, id).await.unwrap();
        assert_eq!(file.certify, Some(world.engine.evidence(second, id).await.unwrap().digest()));
        let users = &file.systems.iter().find(|system| system.name.as_str() == "crm").unwrap().datasets[0];
        assert_eq!(users.check.as_ref().unwrap().state, "absent");
        assert_eq!(users.step.as_ref().unwrap().reported, 40);

        world.certify(id).await;
        world.run_jobs().await;
        assert_eq!(waits(&world, second, id).await.what, Awaited::Remainder);
        assert_eq!(asked(&world, second).await, []);
        let file = world.engine.request_file(&world.people.tenant, id).await.unwrap();
        assert_eq!(file.certificates.len(), 1);
        assert!(file.timeline.iter().any(|one| one.kind == "certificate.issued"));
        assert!(file.approve.is_none() && file.certify.is_none());
    }

    /// A fresh account is not asked to be the second person.
    async fn a_fresh_account_is_not_asked_to_approve(world: World) {
        let id = world.planned().await;
        let fresh = match &world.people.officer {
            Actor::Person { id, roles, tenant, .. } => Actor::Person {
                id: *id,
                roles: roles.clone(),
                tenant: *tenant,
                trusted_since: world.engine.now(),
            },
            system => system.clone(),
        };
        let waiting = waits(&world, &fresh, id).await;
        assert!(!waiting.yours && waiting.not_yours_because.is_some_and(|why| why.contains("24 hours")));
        assert_eq!(asked(&world, &fresh).await, []);
    }

    /// Holds: counsel is told what blocks, asked for reviews and for the second half of releases.
    async fn counsel_is_asked_for_reviews_and_second_releases(world: World) {
        let hold = world.engine.place_hold(&world.people.counsel, secret_hold(Disclosure::Ground, acme())).await.unwrap();
        let object = format!("hold:{}", hold.id);
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        let review = (Awaited::HoldReview, object.clone());
        assert_eq!(asked(&world, &world.people.counsel).await, std::slice::from_ref(&review));
        let blocked = told(&world, &world.people.counsel).await;
        assert_eq!((blocked.len(), blocked[0].what), (1, Awaited::HoldRelease));
        assert_eq!(world.engine.reviews_due(&world.people.counsel).await.unwrap().len(), 1);
        is_denied(world.engine.reviews_due(&world.people.auditor).await);

        world.engine.release_hold(&world.people.counsel, hold.id, "settled").await.unwrap();
        assert_eq!(asked(&world, &world.people.counsel).await, std::slice::from_ref(&review));
        assert_eq!(asked(&world, &world.people.second_counsel).await, [review, (Awaited::SecondRelease, object)]);
        assert_eq!(asked(&world, &world.people.auditor).await, []);
    }

    /// A party outside erases for us: counsel is asked for what the party attests, and nobody else.
    async fn counsel_is_asked_for_attestations(world: World) {
        let partner = r#"
[[systems]]
name = "partner"
title = "Payment partner"
kind = "attestation"
owner = "Finance"
location = "Oslo, Norway"
processor = "Fjord Payments AS"
handling = "attest"

[[systems.datasets]]
name = "accounts"
categories = ["payment"]
[systems.datasets.locator]
container = "accounts"
tenant = { identifier = "tenant_key", field = "customer" }
"#;
        world.apply_inventory(&format!("{}\n{partner}", world.systems.inventory())).await;
        let id = world.planned().await;
        world.approve(id).await;
        world.run_jobs().await;
        let task = (Awaited::Attestation, format!("request:{id}"));
        assert_eq!(asked(&world, &world.people.counsel).await, [task]);
        assert_eq!(asked(&world, &world.people.operator).await, []);
        assert_eq!(asked(&world, &world.people.officer).await, []);
    }

    /// What needs attention is put in front of whoever is named, and what is late in front of everybody who reads all.
    async fn what_is_late_or_stuck_is_told(world: World) {
        let request = world.open_tenant_request().await;
        let object = format!("request:{}", request.id);
        world.engine.object(&world.people.second_tenant, request.id, "not agreed").await.unwrap();
        assert_eq!(asked(&world, &world.people.officer).await, [(Awaited::Attention, object.clone())]);
        assert_eq!(asked(&world, &world.people.operator).await, []);
        let tenant = waits(&world, &world.people.tenant, request.id).await;
        assert_eq!((tenant.what, tenant.told), (Awaited::Attention, None));
        world.clock.advance(std::time::Duration::from_secs(40 * 24 * 3600));
        let late = told(&world, &world.people.auditor).await;
        assert_eq!((late.len(), late[0].object.as_str(), late[0].overdue), (1, object.as_str(), true));
    }
}
