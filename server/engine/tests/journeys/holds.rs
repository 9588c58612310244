//! Holds: while one stands, nothing it covers is erased, and nothing waits for a person when it ends.

use std::collections::BTreeSet;

use domain::hold::{Basis, Disclosure, Ground, HoldState, LegalHold};
use domain::inventory::Slug;
use domain::mail::MailKind;
use domain::register::CertificateKind;
use domain::scope::{DateRange, TenantScope};
use domain::subject::{Identifier, TenantKey};
use domain::time::parse_date;
use engine::Error;
use engine::holds::{NewHold, NewScope};

use crate::world::{Kind, World};

pub fn acme() -> NewScope {
    all_of("acme")
}

pub fn all_of(tenant: &str) -> NewScope {
    NewScope {
        tenant: TenantScope::One(TenantKey::parse(tenant).unwrap()),
        subject: Vec::new(),
        systems: BTreeSet::new(),
        categories: BTreeSet::new(),
        created: None,
    }
}

impl World {
    pub async fn place(&self, scope: NewScope) -> LegalHold {
        let hold = NewHold {
            matter: "Acme v. Northwind".into(),
            authority: "High Court".into(),
            basis: Basis::CourtOrder,
            ground: Ground::LegalClaims,
            scope,
            custodian: "General Counsel".into(),
            starts_on: parse_date("2026-01-01").unwrap(),
            review_on: parse_date("2026-06-01").unwrap(),
            disclosure: Disclosure::Ground,
        };
        self.engine.place_hold(&self.people.counsel, hold).await.unwrap()
    }

    pub async fn release(&self, hold: &LegalHold) {
        self.engine
            .release_hold(&self.people.counsel, hold.id, "settled")
            .await
            .unwrap();
        self.engine
            .release_hold(&self.people.second_counsel, hold.id, "settled, I agree")
            .await
            .unwrap();
    }

    async fn hold(&self, id: domain::id::HoldId) -> LegalHold {
        let mut tx = self.ports.store.read().await.unwrap();
        tx.holds().find(id).await.unwrap().unwrap()
    }
}

journeys! {
    /// H3: blocked, logged, legal told; resumed by itself after two people released it, with its original clock.
    async fn a_held_request_waits_and_resumes_by_itself(world: World) {
        let hold = world.place(acme()).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        assert!(matches!(world.hold(hold.id).await.state, HoldState::InForce { .. }));
        assert_eq!(world.mails.sent(MailKind::RequestBlocked), 2);
        assert_eq!(world.systems.census("acme").await, [40, 40, 40, 40]);

        let alone = world.engine.release_hold(&world.people.counsel, hold.id, "settled").await.unwrap();
        assert!(alone.stands());
        let same = world.engine.release_hold(&world.people.counsel, hold.id, "settled").await;
        assert!(same.is_err(), "one person cannot release a hold twice over");
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");

        world.engine.release_hold(&world.people.second_counsel, hold.id, "I agree").await.unwrap();
        world.run_ready().await;
        assert_eq!(world.state(request.id).await, "on_hold", "the cooling-off runs");
        world.run_jobs().await;
        let resumed = world.request(request.id).await;
        assert_eq!(resumed.state_word(), "planned");
        assert_eq!((resumed.received_at, resumed.due_on), (request.received_at, request.due_on));
    }

    /// H2: a hold placed after approval stops what has not begun.
    async fn a_hold_placed_after_approval_still_stops_the_erasure(world: World) {
        let id = world.planned().await;
        world.approve(id).await;
        world.place(acme()).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "on_hold");
        assert_eq!(world.systems.census("acme").await, [40, 40, 40, 40]);
    }

    /// H4: a hold on one system withholds only that; the certificate is partial and names it.
    async fn a_hold_on_one_system_withholds_only_that_system(world: World) {
        let hold = world.place(NewScope { systems: [Slug::parse("billing").unwrap()].into(), ..acme() }).await;
        let id = world.verified().await;
        assert_eq!(world.systems.census("acme").await, [0, 0, 40, 0]);
        world.spot_check(id).await;
        let record = world.certify(id).await;
        assert_eq!(record.kind, CertificateKind::Partial);
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "certified");

        // The remainder goes by itself once the hold is released, after a fresh approval.
        world.release(&hold).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "planned");
        world.approve(id).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "verified", "{:?}", world.request(id).await.aside);
        assert_eq!(world.systems.census("acme").await, [0, 0, 0, 0]);
    }

    /// A hold on one person of the tenant keeps that person's records, in every system that can tell them apart.
    async fn a_hold_on_a_person_keeps_theirs_when_the_tenant_goes(world: World) {
        let subject = vec![Identifier::parse("email=user3@acme.example").unwrap()];
        world.place(NewScope { subject, ..acme() }).await;
        let id = world.verified().await;
        assert_eq!(world.systems.census("acme").await, [1, 1, 1, 1]);
        assert_eq!(world.systems.count("crm", "SELECT COUNT(*) FROM users WHERE id = 3").await, 1);
        assert_eq!(world.systems.count("crm", "SELECT COUNT(*) FROM tickets WHERE user_id = 3").await, 1);
        assert_eq!(world.state(id).await, "verified");
    }

    /// A hold on dates keeps records of those dates; what has no date column is withheld whole.
    async fn a_hold_on_dates_keeps_records_of_those_dates(world: World) {
        let created = Some(DateRange { from: Some(parse_date("2025-02-01").unwrap()), until: Some(parse_date("2025-03-31").unwrap()) });
        world.place(NewScope { created, ..acme() }).await;
        let kept = world.systems.count("crm", "SELECT COUNT(*) FROM users WHERE tenant = 'acme' AND made BETWEEN '2025-02-01' AND '2025-03-31'").await;
        assert!((1..40).contains(&kept), "some are of those dates, others not: {kept}");
        let id = world.verified().await;
        let [users, tickets, invoices, files] = world.systems.census("acme").await;
        assert_eq!((users, invoices), (kept, kept));
        assert_eq!((tickets, files), (40, 40));
        assert_eq!(world.state(id).await, "verified");
    }

    /// H4: the wide one of two overlapping holds is released: the request goes on, and the narrow one withholds its part.
    async fn a_narrow_hold_does_not_keep_the_rest_waiting(world: World) {
        let wide = world.place(acme()).await;
        world.place(NewScope { systems: [Slug::parse("billing").unwrap()].into(), ..acme() }).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        world.release(&wide).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
    }

    /// H3: of two holds over everything, the last one counts.
    async fn a_second_hold_over_everything_keeps_the_request_waiting(world: World) {
        let first = world.place(acme()).await;
        let second = world.place(acme()).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.release(&first).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        world.release(&second).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
    }

    /// A hold may name a tenant that is not registered yet.
    async fn a_hold_on_any_tenant_stops_everybody(world: World) {
        world.place(NewScope { tenant: TenantScope::Any, ..acme() }).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "on_hold");
    }

    /// H6: a duty with an end date keeps until that date; then the request goes on by itself.
    async fn a_duty_keeps_until_its_date(world: World) {
        let until = parse_date("2026-03-03").unwrap();
        world.engine.record_duty(&world.people.counsel, "audit trail", Ground::LegalObligation, acme(), until).await.unwrap();
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_ready().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
    }

    /// H6: counsel ends a duty before its last day, once and with a reason; then the request goes on by itself.
    async fn a_duty_ended_early_keeps_nothing(world: World) {
        let until = parse_date("2036-03-03").unwrap();
        let (counsel, operator) = (&world.people.counsel, &world.people.operator);
        let duty = world.engine.record_duty(counsel, "audit trail", Ground::LegalObligation, acme(), until).await.unwrap();
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_ready().await;
        assert_eq!(world.state(request.id).await, "on_hold");
        assert!(matches!(world.engine.end_duty(operator, duty.id, "settled").await, Err(Error::Denied(_))));
        assert!(matches!(world.engine.end_duty(counsel, duty.id, " ").await, Err(Error::Invalid { .. })));
        world.engine.end_duty(counsel, duty.id, "the statute was repealed").await.unwrap();
        let seen = world.engine.duty(operator, duty.id).await.unwrap();
        assert!(!seen.stands && seen.ended.is_some());
        world.run_jobs().await;
        assert_eq!(world.state(request.id).await, "planned");
        assert!(matches!(world.engine.end_duty(counsel, duty.id, "again").await, Err(Error::Duty(_))));
    }
}
