//! The register: what a hold would do, what it did, and how its release can be taken back.

use domain::hold::{Disclosure, Ground, HoldState};
use domain::inventory::Slug;
use domain::scope::TenantScope;
use domain::subject::{Identifier, TenantKey};
use domain::time::parse_date;
use engine::Error;
use engine::holds::NewScope;
use engine::reading::freeze::FreezeKind;
use engine::reading::holds::{HoldFilter, ReleaseSeen};
use engine::reading::waiting::Awaited;

use super::{is_denied, is_not_found, secret_hold};
use crate::holds::acme;
use crate::world::{Kind, World};

fn key(text: &str) -> TenantKey {
    TenantKey::parse(text).unwrap()
}

journeys! {
    /// What would stop is told in numbers, and nothing is written.
    async fn a_preview_says_what_a_hold_would_stop(world: World) {
        let id = world.planned().await;
        let person = world.open_person_request(&["email=user5@acme.example"]).await;
        let register = world.engine.freeze_state(&world.people.counsel, &key("acme")).await.unwrap().register_version;
        let counsel = &world.people.counsel;
        let whole = world.engine.hold_preview(counsel, &secret_hold(Disclosure::Ground, acme())).await.unwrap();
        let stopped: Vec<_> = whole.stopped.iter().map(|one| one.request).collect();
        assert_eq!(stopped, [id, person.id]);
        assert!(whole.in_part.is_empty() && whole.in_flight == 0 && !whole.unknown_tenant);
        assert_eq!(whole.systems.len(), 3);

        let billing = NewScope { systems: [Slug::parse("billing").unwrap()].into(), ..acme() };
        let part = world.engine.hold_preview(counsel, &secret_hold(Disclosure::Ground, billing)).await.unwrap();
        assert_eq!((part.stopped.len(), part.in_part.len()), (0, 2));
        assert_eq!(part.in_part[0].datasets.iter().map(ToString::to_string).collect::<Vec<_>>(), ["billing.invoices"]);
        assert_eq!(part.systems.len(), 1);

        let subject = vec![Identifier::parse("email=user6@acme.example").unwrap()];
        let other = world.engine.hold_preview(counsel, &secret_hold(Disclosure::Ground, NewScope { subject, ..acme() })).await.unwrap();
        let touched: Vec<_> = other.in_part.iter().map(|one| one.request).collect();
        assert_eq!((other.stopped.len(), touched), (0, vec![id]), "another person's request goes on");

        let nobody = NewScope { tenant: TenantScope::One(key("initech")), ..acme() };
        let nobody = world.engine.hold_preview(counsel, &secret_hold(Disclosure::Ground, nobody)).await.unwrap();
        assert!(nobody.unknown_tenant && nobody.stopped.is_empty());

        for other in [&world.people.officer, &world.people.operator, &world.people.auditor, &world.people.tenant] {
            is_denied(world.engine.hold_preview(other, &secret_hold(Disclosure::Ground, acme())).await);
        }
        let after = world.engine.freeze_state(counsel, &key("acme")).await.unwrap();
        assert_eq!((after.frozen, after.register_version), (false, register));
    }

    /// A hold has a history, and says which requests it stops and how far its release is.
    async fn a_hold_has_a_file(world: World) {
        let counsel = &world.people.counsel;
        let hold = world.engine.place_hold(counsel, secret_hold(Disclosure::Matter, acme())).await.unwrap();
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        let file = world.engine.hold(counsel, hold.id).await.unwrap();
        assert_eq!(file.stops, [request.id]);
        assert_eq!(file.history.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["hold.placed", "hold.in_force"]);
        assert!(matches!(file.hold.release, ReleaseSeen::None));
        world.engine.release_hold(counsel, hold.id, "settled").await.unwrap();
        let own = world.engine.hold(counsel, hold.id).await.unwrap().hold.release;
        assert!(matches!(own, ReleaseSeen::Proposed { yours: false, not_yours_because: Some("proposed the release"), .. }), "{own:?}");
        let second = world.engine.hold(&world.people.second_counsel, hold.id).await.unwrap().hold.release;
        assert!(matches!(second, ReleaseSeen::Proposed { yours: true, .. }), "{second:?}");
        let read_only = world.engine.hold(&world.people.auditor, hold.id).await.unwrap().hold;
        assert!(matches!(read_only.release, ReleaseSeen::Proposed { yours: false, not_yours_because: None, .. }));
        assert!(read_only.matter.is_none() && read_only.scope.is_some());
        assert!(world.engine.hold(&world.people.operator, hold.id).await.unwrap().hold.scope.is_none());
        is_not_found(world.engine.hold(counsel, request.id.uuid().into()).await);
        world.engine.place_hold(counsel, secret_hold(Disclosure::Ground, acme())).await.unwrap();
        let found = |text: &str| HoldFilter { text: Some(text.into()), ..HoldFilter::default() };
        assert_eq!(world.engine.hold_list(counsel, &found("quill")).await.unwrap().len(), 2);
        assert_eq!(world.engine.hold_list(&world.people.auditor, &found("quill")).await.unwrap().len(), 0);
        assert_eq!(world.engine.hold_list(&world.people.auditor, &found("nightjar")).await.unwrap().len(), 1, "it may be named");
        let released = HoldFilter { states: ["released".to_owned()].into(), ..HoldFilter::default() };
        assert!(world.engine.hold_list(counsel, &released).await.unwrap().is_empty());
    }

    /// During the cooling-off one person takes a release back: the hold stands, and the request waits on.
    async fn a_release_is_taken_back_during_the_cooling_off(world: World) {
        let (first, second) = (&world.people.counsel, &world.people.second_counsel);
        let hold = world.engine.place_hold(first, secret_hold(Disclosure::Ground, acme())).await.unwrap();
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.engine.release_hold(first, hold.id, "settled").await.unwrap();
        world.engine.release_hold(second, hold.id, "I agree").await.unwrap();
        world.run_ready().await;
        let waits = world.engine.request_file(first, request.id).await.unwrap().waits_for;
        assert_eq!(waits.what, Awaited::CoolingOff);
        let release = world.engine.hold(first, hold.id).await.unwrap().hold.release;
        assert!(matches!(release, ReleaseSeen::Released { revocable: true, .. }), "{release:?}");

        is_denied(world.engine.take_back_release(&world.people.officer, hold.id, "no").await);
        let unsaid = world.engine.take_back_release(first, hold.id, " ").await;
        assert!(matches!(unsaid, Err(Error::Invalid { .. })), "{unsaid:?}");
        let back = world.engine.take_back_release(first, hold.id, "the other side appealed").await.unwrap();
        assert!(back.stands() && matches!(back.state, HoldState::Draining { .. }));
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        assert_eq!(world.systems.census("acme").await, [40, 40, 40, 40]);
        let waits = world.engine.request_file(first, request.id).await.unwrap().waits_for;
        assert_eq!(waits.what, Awaited::HoldRelease);
        let again = world.engine.take_back_release(first, hold.id, "again").await;
        assert!(matches!(again, Err(Error::Hold(_))), "{again:?}");

        // A release proposed by one is taken back too; after the cooling-off it is too late.
        world.engine.release_hold(first, hold.id, "settled").await.unwrap();
        world.engine.take_back_release(second, hold.id, "not yet").await.unwrap();
        world.engine.release_hold(first, hold.id, "settled").await.unwrap();
        world.engine.release_hold(second, hold.id, "I agree").await.unwrap();
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
        let late = world.engine.take_back_release(first, hold.id, "too late").await;
        assert!(matches!(late, Err(Error::Hold(_))), "{late:?}");
    }

    /// A part that was free and is kept again: its next release has a cooling-off of its own.
    async fn a_part_that_is_kept_again_cools_off_again(world: World) {
        let (first, second) = (&world.people.counsel, &world.people.second_counsel);
        let scope = NewScope { systems: [Slug::parse("billing").unwrap()].into(), ..acme() };
        let hold = world.engine.place_hold(first, secret_hold(Disclosure::Ground, scope)).await.unwrap();
        let id = world.planned().await;
        world.engine.release_hold(first, hold.id, "settled").await.unwrap();
        world.engine.release_hold(second, hold.id, "I agree").await.unwrap();
        world.run_ready().await;
        world.engine.take_back_release(first, hold.id, "appealed").await.unwrap();
        world.run_jobs().await;
        let plan = world.request(id).await.plan;
        world.clock.advance(std::time::Duration::from_secs(3 * 24 * 3600));
        world.engine.release_hold(first, hold.id, "settled").await.unwrap();
        world.engine.release_hold(second, hold.id, "I agree").await.unwrap();
        world.run_ready().await;
        assert_eq!(world.request(id).await.plan, plan, "the cooling-off runs");
        world.run_jobs().await;
        assert_ne!(world.request(id).await.plan, plan);
    }

    /// Duties are listed with what they keep.
    async fn duties_are_listed(world: World) {
        let until = parse_date("2026-12-31").unwrap();
        let duty = world.engine.record_duty(&world.people.counsel, "audit trail", Ground::LegalObligation, acme(), until).await.unwrap();
        let listed = world.engine.duties(&world.people.auditor).await.unwrap();
        assert_eq!((listed.len(), listed[0].title.as_str(), listed[0].stands), (1, "audit trail", true));
        assert_eq!(world.engine.duty(&world.people.operator, duty.id).await.unwrap().until, until);
        is_not_found(world.engine.duty(&world.people.tenant, duty.id).await);
    }

    /// H7: whether a tenant is frozen, by what, as far as that may be told.
    async fn a_frozen_tenant_is_told_so(world: World) {
        let quiet = world.engine.freeze_state(&world.people.operator, &key("acme")).await.unwrap();
        assert!(!quiet.frozen && quiet.since.is_none());
        let wording = Disclosure::Neutral("kept".into());
        world.engine.place_hold(&world.people.counsel, secret_hold(wording, acme())).await.unwrap();
        let any = NewScope { tenant: TenantScope::Any, systems: [Slug::parse("crm").unwrap()].into(), ..acme() };
        world.engine.place_hold(&world.people.counsel, secret_hold(Disclosure::Ground, any)).await.unwrap();
        world.engine.pause(&world.people.operator, None, "maintenance of the crm").await.unwrap();
        let state = world.engine.freeze_state(&world.people.operator, &key("acme")).await.unwrap();
        let reasons: Vec<_> = state.because.iter().map(|one| (one.kind, one.disclosed.as_str(), one.whole)).collect();
        assert_eq!(reasons, [
            (FreezeKind::Hold, "kept", true),
            (FreezeKind::Hold, "Art. 17(3)(e) GDPR", false),
            (FreezeKind::Pause, "everything is paused: maintenance of the crm", true),
        ]);
        assert!(state.register_version > quiet.register_version);
        let own = world.engine.freeze_state(&world.people.tenant, &key("acme")).await.unwrap();
        assert!(own.frozen && own.because.iter().all(|one| !one.disclosed.contains("maintenance")));
        is_not_found(world.engine.freeze_state(&world.people.tenant, &key("globex")).await);
        is_not_found(world.engine.freeze_state(&world.people.tenant, &key("nobody")).await);
    }
}
