//! Two tenants at once: what a neighbour's approved run erases is no loss, and everything else still is (invariant 10).

use domain::digest::Digest;
use domain::id::RequestId;
use domain::request::{Aside, IdentityMethod};
use domain::scope::RequestScope;
use domain::subject::{Identifier, TenantKey};
use domain::time::parse_date;
use engine::intake::NewRequest;

use crate::world::{Kind, World};

impl World {
    /// Records of a third tenant in every system, so that somebody is left.
    async fn settle_initech(&self) {
        let crm = "INSERT INTO users SELECT id + 5000, 'initech', email, made FROM users WHERE tenant = 'globex';
                   INSERT INTO tickets SELECT id + 5000, 'initech', user_id + 5000 FROM tickets WHERE tenant = 'globex'";
        self.systems.run("crm", crm).await;
        let billing = "INSERT INTO invoices SELECT 'initech-' || no, 'initech', mail, made FROM invoices WHERE customer = 'globex'";
        self.systems.run("billing", billing).await;
        let place = self.folder().join("files/initech/u1");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("photo.jpg"), b"a photo").unwrap();
    }

    /// A confirmed request of globex: for one of its people, or for all of it.
    async fn open_for_globex(&self, person: Option<&str>) -> RequestId {
        let whole = || RequestScope::Tenant {
            contract: "MSA 2024-118".into(),
            ended_on: parse_date("2026-02-28").unwrap(),
        };
        let new = NewRequest {
            tenant: TenantKey::parse("globex").unwrap(),
            scope: person.map_or_else(whole, |_| RequestScope::Subject),
            identifiers: person
                .map(|text| Identifier::parse(text).unwrap())
                .into_iter()
                .collect(),
            channel: "mail".into(),
        };
        let opened = self.engine.open_request(&self.people.counsel, new).await.unwrap();
        let method = IdentityMethod::SecondTenantPerson;
        self.engine
            .confirm_identity(
                &self.people.stranger,
                opened.id,
                method,
                Digest::of(b"call record"),
            )
            .await
            .unwrap();
        opened.id
    }

    /// A confirmed request for all of acme.
    async fn open_for_acme(&self) -> RequestId {
        let request = self.open_tenant_request().await;
        self.confirm(request.id).await;
        request.id
    }

    /// Plans both, approves both, and lets both work at the same time.
    async fn run_side_by_side(&self, requests: [RequestId; 2]) {
        self.run_jobs().await;
        for id in requests {
            assert_eq!(
                self.state(id).await,
                "planned",
                "{:?}",
                self.request(id).await.aside
            );
            self.approve(id).await;
        }
        self.run_jobs().await;
    }

    /// What a person is asked to look at.
    async fn attention(&self, id: RequestId) -> Option<(String, bool)> {
        match self.request(id).await.aside {
            Some(Aside::NeedsAttention { what, stops, .. }) => Some((what, stops)),
            _ => None,
        }
    }
}

journeys! {
    /// Each run finds records of the other gone that it had as controls; a third tenant shows that the probe is not blind.
    async fn two_tenants_are_erased_at_once(world: World) {
        world.settle_initech().await;
        let both = [world.open_for_acme().await, world.open_for_globex(None).await];
        world.run_side_by_side(both).await;
        for id in both {
            assert_eq!(world.state(id).await, "verified", "{:?}", world.attention(id).await);
        }
        assert_eq!(world.systems.census("acme").await, [0; 4]);
        assert_eq!(world.systems.census("globex").await, [0; 4]);
        for id in both {
            world.spot_check(id).await;
            world.certify(id).await;
        }
    }

    /// One person of a tenant goes while another tenant goes as a whole.
    async fn a_person_and_a_tenant_are_erased_at_once(world: World) {
        world.settle_initech().await;
        let both = [world.open_for_acme().await, world.open_for_globex(Some("email=user7@globex.example")).await];
        world.run_side_by_side(both).await;
        for id in both {
            assert_eq!(world.state(id).await, "verified", "{:?}", world.attention(id).await);
        }
    }

    /// Where both tenants were all there was, nobody is left to show that the probe sees: that is said, and no loss is claimed.
    async fn the_last_two_tenants_have_no_control_left(world: World) {
        let both = [world.open_for_acme().await, world.open_for_globex(None).await];
        world.run_side_by_side(both).await;
        for id in both {
            let (what, stops) = world.attention(id).await.expect("no verdict is possible");
            assert!(!stops && what.contains("no control possible"), "{what}");
        }
    }
}

/// Lets the eraser of acme's run take a tenant's records too, while a request of globex is at work or not.
async fn over_deletion(
    world: &World,
    lie_tenant: &str,
    person: Option<&str>,
    approve: bool,
) -> (String, bool) {
    world.settle_initech().await;
    let lie = format!("lie = \"deletes_too_much\", lie_tenant = \"{lie_tenant}\"");
    let globex = world.open_for_globex(person).await;
    world.run_jobs().await;
    if approve {
        world.approve(globex).await;
        world.run_jobs().await;
        assert_eq!(world.state(globex).await, "verified");
    }
    world
        .apply_inventory(&world.systems.lying_inventory("crm", &lie))
        .await;
    let acme = world.open_for_acme().await;
    world.run_jobs().await;
    world.approve(acme).await;
    world.run_jobs().await;
    world.attention(acme).await.expect("the loss is found")
}

/// A hundred thousand records of somebody else, before all others.
const FAR: &str =
    "INSERT INTO users WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 101000)
    SELECT -x, 'umbrella', 'far' || x || '@umbrella.example', '2024-01-01' FROM n";
/// Many of globex, right behind acme's.
const NEAR: &str =
    "INSERT INTO users WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
    SELECT 2000 + x, 'globex', 'near' || x || '@globex.example', '2024-01-01' FROM n";
/// So that of the table of tickets nothing is lost.
const NO_TICKETS: &str = "DELETE FROM tickets WHERE tenant = 'globex'";

/// Lets the eraser of acme's run take globex's records from a table.
async fn loss_beside(world: &World, table: &[&'static str]) -> (String, bool) {
    world.settle_initech().await;
    for sql in table {
        world.systems.run("crm", sql).await;
    }
    let lie = r#"lie = "deletes_too_much", lie_tenant = "globex""#;
    world
        .apply_inventory(&world.systems.lying_inventory("crm", lie))
        .await;
    let acme = world.open_for_acme().await;
    world.run_jobs().await;
    world.approve(acme).await;
    world.run_jobs().await;
    world.attention(acme).await.expect("the loss is found")
}

journeys! {
    /// A neighbour whose request nobody approved has lost its records.
    async fn a_request_that_waits_explains_nothing(world: World) {
        let (what, stops) = over_deletion(&world, "globex", None, false).await;
        assert!(stops && what.contains("had to stay"), "{what}");
    }

    /// One person's request does not explain that all of the tenant's records are gone.
    async fn a_request_for_one_person_explains_that_person_alone(world: World) {
        let (what, stops) = over_deletion(&world, "globex", Some("email=user7@globex.example"), true).await;
        assert!(stops && what.contains("had to stay"), "{what}");
    }

    /// That somebody else is erased at the same time does not explain what a third tenant lost.
    async fn a_run_of_one_neighbour_does_not_explain_the_loss_of_another(world: World) {
        world.settle_initech().await;
        world.systems.run("crm", "INSERT INTO users SELECT id + 9000, 'umbrella', email, made FROM users WHERE tenant = 'globex'").await;
        let lie = r#"lie = "deletes_too_much", lie_tenant = "initech""#;
        world.apply_inventory(&world.systems.lying_inventory("crm", lie)).await;
        let (acme, globex) = (world.open_for_acme().await, world.open_for_globex(None).await);
        world.run_side_by_side([acme, globex]).await;
        let (what, stops) = world.attention(acme).await.expect("the loss is found");
        assert!(stops && what.contains("had to stay"), "{what}");
    }

    /// In a large table, too, those are kept an eye on who stand beside what goes.
    async fn the_loss_of_those_next_to_what_goes_is_found_in_a_large_table(world: World) {
        let (what, stops) = loss_beside(&world, &[FAR, NO_TICKETS]).await;
        assert!(stops && what.contains("crm.users") && what.contains("had to stay"), "{what}");
    }

    /// When everybody beside what goes is gone, those far away show that the probe is not blind.
    async fn the_loss_of_all_that_stand_next_to_what_goes_is_no_blindness(world: World) {
        let (what, stops) = loss_beside(&world, &[FAR, NEAR, NO_TICKETS]).await;
        assert!(stops && what.contains("crm.users") && what.contains("had to stay"), "{what}");
    }

    /// What a neighbour's run withholds is lost when it goes, whoever else of that tenant was erased.
    async fn what_a_neighbour_withholds_is_not_explained(world: World) {
        world.settle_initech().await;
        let subject = vec![Identifier::parse("email=user3@globex.example").unwrap()];
        let scope = engine::holds::NewScope { subject, ..crate::holds::all_of("globex") };
        world.place(scope).await;
        let lie = r#"lie = "deletes_held""#;
        world.apply_inventory(&world.systems.lying_inventory("crm", lie)).await;
        let both = [world.open_for_acme().await, world.open_for_globex(None).await];
        world.run_side_by_side(both).await;
        for id in both {
            let (what, stops) = world.attention(id).await.expect("the loss is found");
            assert!(stops && what.contains("had to stay"), "{what}");
        }
    }
}
