//! Looking: what each sees of the same things, and that nobody sees more than they may.

mod certificates;
mod disclosure;
mod holds;
mod inventory;
mod log;
mod settings;
mod turns;

use domain::actor::Actor;
use domain::hold::{Basis, Disclosure, Ground};
use domain::port::reading::{CertificateFilter, LogFilter, RequestFilter};
use domain::time::parse_date;
use engine::Error;
use engine::holds::{NewHold, NewScope};
use engine::reading::holds::HoldFilter;

use crate::holds::acme;
use crate::world::{Kind, World};

/// Words that only those who keep the register may read.
pub const SECRETS: [&str; 4] = ["Nightjar", "Landgericht", "Quill", "whispered"];

/// A hold whose every word is a secret.
pub fn secret_hold(disclosure: Disclosure, scope: NewScope) -> NewHold {
    NewHold {
        matter: "Project Nightjar".into(),
        authority: "Landgericht Hamburg".into(),
        basis: Basis::CourtOrder,
        ground: Ground::LegalClaims,
        scope,
        custodian: "Ms Quill".into(),
        starts_on: parse_date("2026-01-01").unwrap(),
        review_on: parse_date("2026-02-01").unwrap(),
        disclosure,
    }
}

/// Not there, or not to be seen.
pub fn is_not_found<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::NotFound(_))), "{outcome:?}");
}

/// Not allowed at all.
pub fn is_denied<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::Denied(_))), "{outcome:?}");
}

journeys! {
    /// A tenant sees its own, whatever it asks for; a stranger nothing of it, by any door.
    async fn tenants_see_only_their_own(world: World) {
        let id = world.verified().await;
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_jobs().await;
        let (tina, sven) = (&world.people.tenant, &world.people.stranger);

        let everything = RequestFilter { tenant: Some(world.people.acme), ..RequestFilter::default() };
        assert_eq!(world.engine.request_page(tina, everything.clone()).await.unwrap().rows.len(), 1);
        assert!(world.engine.request_page(sven, everything).await.unwrap().rows.is_empty());
        assert!(world.engine.request_counts(sven).await.unwrap().is_empty());
        is_not_found(world.engine.request_file(sven, id).await);
        world.engine.request_file(tina, id).await.unwrap();

        let everything = CertificateFilter { tenant: Some(world.people.acme), ..CertificateFilter::default() };
        assert_eq!(world.engine.certificate_page(tina, everything.clone()).await.unwrap().rows.len(), 1);
        assert!(world.engine.certificate_page(sven, everything).await.unwrap().rows.is_empty());
        is_not_found(world.engine.certificate(sven, record.id).await);
        is_not_found(world.engine.certificate_proof(sven, record.id).await);
        is_not_found(world.engine.certificates_of(sven, id).await);
        is_not_found(world.engine.certificate_by_code(sven, &record.code).await);

        let key = domain::subject::TenantKey::parse("acme").unwrap();
        is_not_found(world.engine.freeze_state(sven, &key).await);
        world.engine.freeze_state(tina, &key).await.unwrap();
        for text in ["acme", "Acme GmbH", &id.to_string(), &record.code, "crm"] {
            assert!(world.engine.search(sven, text).await.unwrap().is_empty(), "{text}");
        }
        assert!(!world.engine.search(tina, "acme").await.unwrap().is_empty());
        assert!(world.engine.home(sven).await.unwrap().is_empty());
    }

    /// Registers, inventory and log are no business of tenants.
    async fn tenants_do_not_see_how_the_house_is_kept(world: World) {
        let hold = world.engine.place_hold(&world.people.counsel, secret_hold(Disclosure::Ground, acme())).await.unwrap();
        let tina = &world.people.tenant;
        is_not_found(world.engine.hold(tina, hold.id).await);
        is_denied(world.engine.hold_list(tina, &HoldFilter::default()).await);
        is_denied(world.engine.duties(tina).await);
        is_denied(world.engine.inventory_versions(tina).await);
        is_denied(world.engine.inventory_version(tina, 1).await);
        is_denied(world.engine.inventory_diff(tina, 1, 1).await);
        is_denied(world.engine.inventory_coverage(tina).await);
        is_denied(world.engine.log_page(tina, &LogFilter::default()).await);
        assert!(world.engine.search(tina, "crm").await.unwrap().is_empty());
        assert!(world.engine.search(tina, &hold.id.to_string()).await.unwrap().is_empty());
    }

    /// A request by what it is about, its state, and how many there are.
    async fn requests_are_listed_and_counted(world: World) {
        let first = world.open_tenant_request().await;
        let second = world.open_person_request(&["email=user5@acme.example"]).await;
        world.engine.withdraw_request(&world.people.tenant, first.id).await.unwrap();
        let officer = &world.people.officer;
        let all = world.engine.request_page(officer, RequestFilter::default()).await.unwrap();
        assert_eq!(all.rows.iter().map(|request| request.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert!(all.rows.iter().all(|request| request.key.is_none() && request.identifiers.is_none() && request.digests.is_empty()));
        let withdrawn = RequestFilter { states: ["withdrawn".to_owned()].into(), ..RequestFilter::default() };
        let withdrawn = world.engine.request_page(officer, withdrawn).await.unwrap();
        assert_eq!(withdrawn.rows.len(), 1);
        let counts = world.engine.request_counts(officer).await.unwrap();
        let counts: Vec<_> = counts.iter().map(|count| (count.state.as_str(), count.count)).collect();
        assert_eq!(counts, [("received", 1), ("withdrawn", 1)]);
        let nonsense = RequestFilter { states: ["nonsense".to_owned()].into(), ..RequestFilter::default() };
        let nonsense = world.engine.request_page(officer, nonsense).await;
        assert!(matches!(nonsense, Err(Error::Invalid { .. })), "{nonsense:?}");
        is_denied(world.engine.request_page(&nobody(&world), RequestFilter::default()).await);
    }
}

/// Somebody without any role.
fn nobody(world: &World) -> Actor {
    match &world.people.officer {
        Actor::Person {
            id, trusted_since, ..
        } => Actor::Person {
            id: *id,
            roles: Default::default(),
            tenant: None,
            trusted_since: *trusted_since,
        },
        system => system.clone(),
    }
}
