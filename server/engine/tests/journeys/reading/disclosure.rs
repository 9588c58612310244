//! A confidential matter is never given away (H3): everything that can be read is read by everybody, and searched.

use domain::actor::Actor;
use domain::hold::Disclosure;
use domain::id::{HoldId, RequestId};
use domain::inventory::Slug;
use domain::port::reading::LogFilter;
use domain::subject::TenantKey;
use engine::holds::NewScope;
use engine::reading::holds::HoldFilter;

use super::{SECRETS, secret_hold};
use crate::holds::acme;
use crate::world::{Kind, World};

/// Everything that an actor can read which has to do with a hold, as one text.
async fn everything(world: &World, actor: &Actor, hold: HoldId, request: RequestId) -> String {
    let mut read = Vec::new();
    macro_rules! keep {
        ($outcome:expr) => {
            match $outcome {
                Ok(value) => read.push(serde_json::to_string(&value).unwrap()),
                Err(error) => read.push(error.to_string()),
            }
        };
    }
    let engine = &world.engine;
    keep!(engine.request_file(actor, request).await);
    keep!(engine.request_page(actor, Default::default()).await);
    keep!(engine.hold(actor, hold).await);
    keep!(engine.hold_list(actor, &HoldFilter::default()).await);
    keep!(engine.reviews_due(actor).await);
    keep!(
        engine
            .hold_preview(actor, &secret_hold(Disclosure::Ground, acme()))
            .await
    );
    keep!(engine.home(actor).await);
    keep!(
        engine
            .freeze_state(actor, &TenantKey::parse("acme").unwrap())
            .await
    );
    keep!(engine.search(actor, "acme").await);
    keep!(engine.search(actor, &hold.to_string()).await);
    for text in SECRETS {
        let filter = HoldFilter {
            text: Some(text.into()),
            ..HoldFilter::default()
        };
        keep!(engine.hold_list(actor, &filter).await);
        keep!(engine.search(actor, text).await);
    }
    keep!(engine.log_page(actor, &LogFilter::default()).await);
    let reader = &world.people.counsel;
    for line in engine
        .log_page(
            reader,
            &LogFilter {
                limit: 1_000,
                ..LogFilter::default()
            },
        )
        .await
        .unwrap()
        .rows
    {
        keep!(engine.log_entry(actor, line.entry.entry).await);
    }
    read.join("\n")
}

/// A request that a secret hold stops, and whose release is proposed in words that are not for everybody.
async fn held(world: &World, disclosure: Disclosure) -> (HoldId, RequestId) {
    let hold = world
        .engine
        .place_hold(&world.people.counsel, secret_hold(disclosure, acme()))
        .await
        .unwrap();
    let request = world.open_tenant_request().await;
    world.confirm(request.id).await;
    world.run_jobs().await;
    assert_eq!(world.state(request.id).await, "on_hold");
    world
        .engine
        .release_hold(&world.people.counsel, hold.id, "whispered by counsel")
        .await
        .unwrap();
    (hold.id, request.id)
}

fn others(world: &World) -> [&Actor; 7] {
    let people = &world.people;
    [
        &people.tenant,
        &people.stranger,
        &people.operator,
        &people.auditor,
        &people.officer,
        &people.administrator,
        &Actor::System("tests"),
    ]
}

journeys! {
    /// Ground only: the article, and nothing else, for everybody but counsel.
    async fn a_confidential_matter_is_nowhere_in_what_others_read(world: World) {
        let (hold, request) = held(&world, Disclosure::Ground).await;
        for actor in others(&world) {
            let read = everything(&world, actor, hold, request).await;
            for secret in SECRETS {
                assert!(!read.contains(secret), "{actor:?} reads {secret}: {read}");
            }
        }
        let read = everything(&world, &world.people.counsel, hold, request).await;
        for secret in SECRETS {
            assert!(read.contains(secret), "counsel does not read {secret}");
        }
    }

    /// Neutral wording: not even the ground.
    async fn a_neutral_wording_is_all_that_others_read(world: World) {
        let wording = "kept for reasons that cannot be told";
        let (hold, request) = held(&world, Disclosure::Neutral(wording.into())).await;
        for actor in others(&world) {
            let read = everything(&world, actor, hold, request).await;
            for secret in SECRETS.into_iter().chain(["Art. 17(3)(e)", "legal_claims"]) {
                assert!(!read.contains(secret), "{actor:?} reads {secret}: {read}");
            }
        }
        for actor in [&world.people.tenant, &world.people.operator, &world.people.auditor] {
            let file = world.engine.request_file(actor, request).await.unwrap();
            assert_eq!(file.keepers.len(), 1);
            assert_eq!(file.keepers[0].disclosed, wording);
        }
    }

    /// The matter's name, where the hold says so; never authority, custodian or reasons.
    async fn a_matter_that_may_be_named_is_named(world: World) {
        let (hold, request) = held(&world, Disclosure::Matter).await;
        let file = world.engine.request_file(&world.people.tenant, request).await.unwrap();
        assert_eq!(file.keepers[0].disclosed, "Project Nightjar (Art. 17(3)(e) GDPR)");
        for actor in others(&world) {
            let read = everything(&world, actor, hold, request).await;
            for secret in &SECRETS[1..] {
                assert!(!read.contains(secret), "{actor:?} reads {secret}: {read}");
            }
        }
    }

    /// What is withheld of a part says no more than the hold does.
    async fn a_withheld_part_says_what_the_hold_discloses(world: World) {
        let scope = NewScope { systems: [Slug::parse("billing").unwrap()].into(), ..acme() };
        let wording = Disclosure::Neutral("kept".into());
        let hold = world.engine.place_hold(&world.people.counsel, secret_hold(wording, scope)).await.unwrap();
        let id = world.verified().await;
        for actor in others(&world).into_iter().filter(|actor| **actor != world.people.stranger) {
            let file = world.engine.request_file(actor, id).await.unwrap();
            let billing = file.systems.iter().find(|system| system.name.as_str() == "billing").unwrap();
            assert_eq!(billing.datasets[0].kept[0].disclosed, "kept");
            let text = serde_json::to_string(&file).unwrap();
            assert!(!text.contains("Nightjar") && !text.contains("legal_claims"), "{text}");
        }
        let read = everything(&world, &world.people.counsel, hold.id, id).await;
        assert!(read.contains("Nightjar"));
    }

    /// Names of staff are for those who may see them; a tenant reads roles.
    async fn tenants_read_roles_instead_of_names(world: World) {
        let id = world.verified().await;
        let text = serde_json::to_string(&world.engine.request_file(&world.people.tenant, id).await.unwrap()).unwrap();
        for name in ["carol", "colin", "olga", "oscar", "paul", "anna", "adam"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
        let file = world.engine.request_file(&world.people.tenant, id).await.unwrap();
        let approved = file.timeline.iter().find(|one| one.kind == "request.approved").unwrap();
        assert_eq!((approved.by.role.as_str(), &approved.by.name, &approved.by.id), ("compliance officer", &None, &None));
        assert!(file.mails.iter().all(|mail| mail.kind.is_for_tenant()), "of mails it reads those that went to it");
        assert!(file.timeline.iter().all(|one| one.object.starts_with("request:") || one.object.starts_with("certificate:")));
        let file = world.engine.request_file(&world.people.auditor, id).await.unwrap();
        let approved = file.timeline.iter().find(|one| one.kind == "request.approved").unwrap();
        assert_eq!(approved.by.name.as_deref(), Some("olga"));
    }
}
