//! Drills: once a month and on time, an alarm when one fails or does not run, and approvals that know of them (C7, E3).

use std::collections::BTreeSet;

use domain::certificate::{Claims, Kind as CertificateWord, Rehearsal};
use domain::digest::Digest;
use domain::drill::{DrillState, Schedule};
use domain::id::{CertificateId, RequestId};
use domain::inventory::SystemName;
use domain::mail::MailKind;
use domain::request::{IdentityMethod, RefusalReason};
use domain::subject::{Contact, TenantKey};
use engine::drills::DrillSeen;
use engine::{Engine, Error, Policy};

use crate::world::{Kind, World, policy};

const WHY: &str = "The CRM moved on Monday; its drill is due in a week, and the contract ends today.";

impl World {
    /// The tenant `drill`, on which drills run from the fifth of each month, to end within a fortnight.
    async fn with_drills(self, synthetic: bool) -> Self {
        let gate = Policy {
            drill_gate: true,
            ..policy()
        };
        self.with_drills_and(synthetic, gate).await
    }

    /// The same beside other rules.
    pub async fn with_drills_and(mut self, synthetic: bool, rules: Policy) -> Self {
        let tenant = TenantKey::parse("drill").unwrap();
        let contacts = vec![Contact {
            name: "Dora".into(),
            email: "dora@lethe.example".into(),
        }];
        let counsel = &self.people.counsel;
        self.engine
            .register_tenant(counsel, tenant.clone(), "Drill Ltd", contacts, synthetic)
            .await
            .unwrap();
        let drills = Some(Schedule {
            tenant,
            day: 5,
            days: 14,
        });
        let rules = Policy { drills, ..rules };
        self.engine = Engine::new(self.ports.clone(), rules);
        self
    }

    /// Puts records of the synthetic tenant in every dataset, as its operators do.
    pub async fn stock(&self) {
        self.systems
            .run("crm", "INSERT INTO users (id, tenant, email, made) VALUES (9001, 'drill', 'd@drill.example', '2026-01-01')")
            .await;
        self.systems
            .run(
                "crm",
                "INSERT INTO tickets (id, tenant, user_id) VALUES (9001, 'drill', 9001)",
            )
            .await;
        self.systems
            .run("billing", "INSERT INTO invoices (no, customer, mail, made) VALUES ('drill-1', 'drill', 'd@drill.example', '2026-01-01')")
            .await;
        let place = self.folder().join("files/drill/u9001");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("photo.jpg"), b"a photo").unwrap();
    }

    pub async fn drills(&self) -> Vec<DrillSeen> {
        self.engine.drills(&self.people.operator).await.unwrap()
    }

    pub async fn states(&self) -> Vec<DrillState> {
        self.drills().await.iter().map(|drill| drill.state).collect()
    }

    /// Days go by until a drill is opened; its request.
    async fn opened(&self) -> RequestId {
        let known = self.drills().await.len();
        for _ in 0..40 {
            self.days_go_by(1).await;
            let drills = self.drills().await;
            if drills.len() > known {
                return drills[0].request.unwrap();
            }
        }
        panic!("no drill was opened in forty days");
    }

    /// People take a drill to where an officer may certify: confirmed by a call, approved by one who did not open it.
    pub async fn drilled(&self, id: RequestId) {
        let call = Digest::of(b"call record");
        let counsel = &self.people.counsel;
        self.engine
            .confirm_identity(counsel, id, IdentityMethod::CallBack, call)
            .await
            .unwrap();
        self.run_jobs().await;
        self.approve(id).await;
        self.run_jobs().await;
    }

    /// A drill from its opening to its certificate.
    async fn passed(&self) -> CertificateId {
        self.stock().await;
        let id = self.opened().await;
        self.drilled(id).await;
        assert_eq!(
            self.state(id).await,
            "verified",
            "{:?}",
            self.request(id).await.aside
        );
        self.spot_check(id).await;
        let record = self.certify(id).await;
        self.run_ready().await;
        record.id
    }

    async fn said(&self, id: CertificateId) -> Claims {
        let auditor = &self.people.auditor;
        let (_, statement, _) = self.engine.certificate(auditor, id).await.unwrap();
        Claims::parse(&statement.unwrap().bytes).unwrap()
    }

    async fn events(&self, kind: &str) -> usize {
        let mut found = 0;
        for drill in self.drills().await {
            let mut tx = self.ports.store.read().await.unwrap();
            let about = tx.log().about(&format!("drill:{}", drill.id)).await.unwrap();
            found += about.iter().filter(|entry| entry.claims.kind == kind).count();
        }
        found
    }

    /// Approves with an acceptance in writing, or without.
    async fn decide(&self, id: RequestId, undrilled: Option<&str>) -> Result<(), Error> {
        let officer = &self.people.officer;
        let digest = self.engine.proposal(officer, id).await.unwrap().digest;
        let undrilled = undrilled.map(str::to_owned);
        self.engine
            .approve_request(officer, id, digest, Vec::new(), undrilled)
            .await
            .map(drop)
    }
}

fn names(names: &[&str]) -> BTreeSet<SystemName> {
    names
        .iter()
        .map(|name| SystemName::parse(name).unwrap())
        .collect()
}

journeys! {
    /// Three months: a drill on the fifth of each, taken through as any request, and certified as what it is.
    async fn a_drill_runs_once_a_month_and_on_its_day(world: World) {
        let world = world.with_drills(true).await;
        let mut opened = Vec::new();
        for _ in 0..3 {
            let id = world.passed().await;
            opened.push(world.drills().await[0].opened_at.date().to_string());
            assert_eq!(world.said(id).await.kind, CertificateWord::Drill);
        }
        assert_eq!(opened, ["2026-03-05", "2026-04-05", "2026-05-05"]);
        assert_eq!(world.states().await, [DrillState::Passed; 3]);
        assert_eq!((world.events("drill.opened").await, world.events("drill.passed").await), (3, 3));
        assert_eq!(world.mails.sent(MailKind::DrillAlarm), 0, "nothing was wrong");
        assert_eq!(world.systems.census("drill").await, [0; 4], "the whole process ran");
        assert_eq!(world.systems.census("globex").await, [40; 4], "and on nothing of a real tenant");
        let drilled = world.engine.drilled_systems(&world.people.operator).await.unwrap();
        assert!(drilled.len() == 3 && drilled.iter().all(engine::drills::SystemDrilled::counts));
    }

    /// The schedule opens it; it can neither confirm, nor approve, nor certify. What nobody takes further alarms, once.
    async fn a_drill_that_nobody_takes_further_is_late(world: World) {
        let world = world.with_drills(true).await;
        let id = world.opened().await;
        assert_eq!(world.request(id).await.opened_by, None);
        let told = world.mails.sent(MailKind::NeedsAttention);
        assert_eq!(told, 2, "both officers are told that it waits");
        world.days_go_by(14).await;
        assert_eq!(world.states().await, [DrillState::Running], "until the nineteenth it is in time");
        world.days_go_by(1).await;
        assert_eq!(world.states().await, [DrillState::Overdue]);
        assert_eq!(world.mails.sent(MailKind::DrillAlarm), 4, "two officers, operator, administrator");
        world.days_go_by(5).await;
        assert_eq!(world.mails.sent(MailKind::DrillAlarm), 4, "once");
        assert_eq!(world.events("drill.overdue").await, 1);
        let alarm = world.engine.drill_alarm(&world.people.operator).await.unwrap().unwrap();
        assert_eq!(alarm.request, Some(id));
        let home = world.engine.home(&world.people.operator).await.unwrap();
        assert!(home.iter().any(|task| task.title == "The drill of 2026-03 is late"), "{home:?}");
        assert!(world.engine.home(&world.people.auditor).await.unwrap().iter().all(|task| !task.title.contains("drill")));

        // The next one is due while it still lies there: two at once would erase the same records.
        world.days_go_by(14).await;
        assert_eq!(world.states().await, [DrillState::NotRun, DrillState::Overdue]);
        let why = world.mails.facts(MailKind::DrillAlarm, "why");
        assert!(why.last().unwrap().contains("has not ended"), "{why:?}");
    }

    /// Three months without a scheduler: it notices when it comes back, and opens one drill, not three.
    async fn a_stopped_scheduler_is_noticed(world: World) {
        let world = world.with_drills(true).await;
        world.passed().await;
        world.days_go_by(1).await;
        let operator = &world.people.operator;
        assert!(!world.engine.watched(operator).await.unwrap().stopped);
        world.clock.advance_to("2026-06-20T12:00:00Z".parse().unwrap());
        let watched = world.engine.watched(operator).await.unwrap();
        assert!(watched.stopped && watched.at.is_some(), "whoever asks is told, though nothing runs");
        let home = world.engine.home(operator).await.unwrap();
        assert!(home.iter().any(|task| task.object == "schedule:watch"));
        assert_eq!(world.mails.sent(MailKind::DrillAlarm), 0, "what stands still cannot mail");

        world.days_go_by(1).await;
        let drills = world.drills().await;
        let seen: Vec<_> = drills.iter().map(|drill| (drill.month.as_ref().unwrap().as_str(), drill.state)).collect();
        assert_eq!(
            seen,
            [
                ("2026-06", DrillState::Overdue),
                ("2026-05", DrillState::NotRun),
                ("2026-04", DrillState::NotRun),
                ("2026-03", DrillState::Passed),
            ]
        );
        let what = world.mails.facts(MailKind::DrillAlarm, "what");
        for wanted in ["The drill of 2026-04 did not run", "The drill of 2026-05 did not run", "The drill of 2026-06 is late"] {
            assert!(what.iter().any(|what| what.starts_with(wanted)), "{wanted}: {what:?}");
        }
        assert!(!world.engine.watched(operator).await.unwrap().stopped);
        world.days_go_by(5).await;
        assert_eq!(world.drills().await.len(), 4, "once");
    }

    /// A dataset without a record of the synthetic tenant has rehearsed nothing, whatever the certificate of the drill says.
    async fn a_dataset_with_nothing_to_erase_has_not_passed(world: World) {
        let world = world.with_drills(true).await;
        world.stock().await;
        world.systems.run("billing", "DELETE FROM invoices WHERE customer = 'drill'").await;
        let id = world.opened().await;
        world.drilled(id).await;
        world.spot_check(id).await;
        world.certify(id).await;
        world.run_ready().await;
        let drill = world.drills().await.remove(0);
        assert_eq!(drill.state, DrillState::Failed);
        let lacking: Vec<_> = drill.lacking.keys().map(String::as_str).collect();
        assert_eq!(lacking, ["billing.invoices"]);
        assert_eq!((world.events("drill.failed").await, world.mails.sent(MailKind::DrillAlarm)), (1, 4));
        let systems = world.engine.drilled_systems(&world.people.operator).await.unwrap();
        let passed: BTreeSet<_> = systems.into_iter().filter(|seen| seen.counts()).map(|seen| seen.system).collect();
        assert_eq!(passed, names(&["crm", "files"]));
    }

    /// A step that fails for good, and a request that somebody ends: each is a drill that failed.
    async fn a_drill_that_fails_alarms(world: World) {
        let world = world.with_drills(true).await;
        world.stock().await;
        let id = world.opened().await;
        world.systems.run("crm", "ALTER TABLE users RENAME TO users_elsewhere").await;
        let call = Digest::of(b"call record");
        world.engine.confirm_identity(&world.people.counsel, id, IdentityMethod::CallBack, call).await.unwrap();
        world.run_jobs().await;
        world.days_go_by(1).await;
        assert_eq!(world.states().await, [DrillState::Failed]);
        let sent = world.mails.sent(MailKind::DrillAlarm);
        assert_eq!(sent, 4);
        world.engine.refuse_request(&world.people.officer, id, RefusalReason::NotCovered).await.unwrap();
        world.days_go_by(1).await;
        assert_eq!(world.events("drill.failed").await, 2);
        let refused = world.engine.run_drill(&world.people.auditor).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        world.systems.run("crm", "ALTER TABLE users_elsewhere RENAME TO users").await;
        let another = world.engine.run_drill(&world.people.operator).await.unwrap();
        assert_eq!(another.month, None, "it does not stand in for the month's");
        let twice = world.engine.run_drill(&world.people.operator).await;
        assert!(matches!(&twice, Err(Error::NotNow(why)) if why.contains("has not ended")), "{twice:?}");
        world.drilled(another.request.unwrap()).await;
        world.spot_check(another.request.unwrap()).await;
        world.certify(another.request.unwrap()).await;
        world.run_ready().await;
        assert_eq!(world.states().await, [DrillState::Passed, DrillState::Failed]);
        assert_eq!(world.engine.drill_alarm(&world.people.operator).await.unwrap(), None, "one has passed since");
    }

    /// Drills never run on a tenant that is not synthetic: the month had none, and that is told.
    async fn a_real_tenant_is_never_drilled(world: World) {
        let world = world.with_drills(false).await;
        world.stock().await;
        world.days_go_by(5).await;
        assert_eq!(world.states().await, [DrillState::NotRun]);
        let why = world.mails.facts(MailKind::DrillAlarm, "why");
        assert!(why[0].contains("not registered as synthetic"), "{why:?}");
        assert!(matches!(world.engine.run_drill(&world.people.operator).await, Err(Error::NotNow(_))));
        assert_eq!(world.systems.census("drill").await, [1; 4]);
    }

    /// Without a passed drill a run is refused; accepted in writing it goes on, and the certificate tells it.
    async fn a_run_without_a_drill_is_approved_only_in_writing(world: World) {
        let world = world.with_drills(true).await;
        let id = world.planned().await;
        let seen = world.engine.proposal(&world.people.officer, id).await.unwrap();
        assert!(seen.drill_gate);
        assert_eq!(seen.rehearsed.unwrap().missing, names(&["billing", "crm", "files"]));
        for nothing in [None, Some(""), Some("  ")] {
            let refused = world.decide(id, nothing).await;
            assert!(matches!(&refused, Err(Error::Invalid { field, why }) if field == "undrilled" && why.contains("crm")), "{refused:?}");
        }
        assert_eq!(world.state(id).await, "planned");
        world.decide(id, Some(WHY)).await.unwrap();
        let rehearsed = world.request(id).await.approval.unwrap().rehearsed.unwrap();
        assert_eq!(rehearsed.accepted.as_deref(), Some(WHY));
        world.run_jobs().await;
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_ready().await;
        let said = world.said(record.id).await;
        for system in &said.systems {
            let Some(Rehearsal::Missing { acceptance: Some(accepted) }) = &system.drill else {
                panic!("{:?}", system.drill)
            };
            assert_eq!((accepted.role.as_str(), accepted.reason.as_str()), ("compliance officer", WHY));
            let words = system.drill.as_ref().unwrap().words();
            assert!(words.starts_with("No passed drill since its last change; accepted by the compliance officer on 2026-03-"), "{words}");
        }
        let shown = world.request(id).await;
        assert!(shown.approval.unwrap().rehearsed.is_some());
        let told = world.engine.request_file(&world.people.tenant, id).await.unwrap();
        assert_eq!(told.request.approval.unwrap().rehearsed, None, "what staff wrote is not for the tenant");
    }

    /// A passed drill opens the gate; a system that changes loses its drill, and the others keep theirs.
    async fn a_system_that_changes_loses_its_drill(world: World) {
        let world = world.with_drills(true).await;
        world.passed().await;
        let inventory = world.systems.inventory();
        let changed = inventory.replace("categories = [\"invoice\"]", "categories = [\"invoice\", \"payment\"]");
        assert_ne!(inventory, changed);
        world.apply_inventory(&changed).await;
        let id = world.planned().await;
        let seen = world.engine.proposal(&world.people.officer, id).await.unwrap().rehearsed.unwrap();
        assert_eq!(seen.missing, names(&["billing"]));
        assert!(world.decide(id, None).await.is_err());

        world.apply_inventory(&inventory).await;
        world.run_jobs().await;
        world.decide(id, None).await.unwrap();
        world.run_jobs().await;
        world.spot_check(id).await;
        let record = world.certify(id).await;
        world.run_ready().await;
        let said = world.said(record.id).await;
        assert!(said.systems.iter().all(|system| matches!(system.drill, Some(Rehearsal::Passed { .. }))), "as it was drilled");
    }

    /// Where the rules do not ask for an acceptance, the certificate says all the same that there was no drill.
    async fn without_the_gate_the_certificate_still_tells(world: World) {
        let (_, id) = world.issued().await;
        let said = world.said(id).await;
        for system in &said.systems {
            assert_eq!(system.drill, Some(Rehearsal::Missing { acceptance: None }));
        }
        assert!(world.drills().await.is_empty(), "no synthetic tenant is named");
        let home = world.engine.home(&world.people.officer).await.unwrap();
        assert!(home.iter().any(|task| task.title.starts_with("No drill runs by itself")), "{home:?}");
    }
}
