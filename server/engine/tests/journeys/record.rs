//! The record: each change has exactly one entry (invariant 4), and nobody is named in it (invariant 6). Who waits too long
//! is heard of (invariant 9).

use std::collections::BTreeMap;

use domain::audit::Checkpoint;
use domain::id::RequestId;
use domain::mail::MailKind;
use domain::register::CertificateState;
use domain::revocation::RevocationReason;
use engine::{Engine, Policy};

use crate::world::{Kind, World, policy};

/// What a run appends for the request itself, each once.
const OF_A_WHOLE_RUN: [&str; 12] = [
    "request.opened",
    "request.identity_confirmed",
    "request.planned",
    "request.approved",
    "request.started",
    "request.settling",
    "request.verifying",
    "request.verified",
    "request.certified",
    "certificate.certified",
    "plan.frozen",
    "manifest.drawn",
];

impl World {
    /// Every entry by what it says and what it is about, with how often.
    async fn entries(&self) -> BTreeMap<(String, String), usize> {
        self.engine.sequence_log().await.unwrap();
        let mut tx = self.ports.store.read().await.unwrap();
        let mut counted = BTreeMap::new();
        for leaf in tx.log().leaves(0, 10_000).await.unwrap() {
            let entry: serde_json::Value = serde_json::from_slice(&leaf.bytes).unwrap();
            let text = |field: &str| entry[field].as_str().unwrap().to_owned();
            *counted.entry((text("type"), text("object"))).or_default() += 1;
        }
        counted
    }

    /// How often each kind of entry was made.
    pub async fn entries_by_kind(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for ((kind, _), count) in self.entries().await {
            *counted.entry(kind).or_default() += count;
        }
        counted
    }

    /// What was logged more than once about the same thing.
    pub async fn repeated_entries(&self) -> Vec<(String, String)> {
        let entries = self.entries().await.into_iter();
        entries
            .filter(|(_, count)| *count > 1)
            .map(|(entry, _)| entry)
            .collect()
    }

    /// Bytes and details of every entry.
    async fn whole_log(&self) -> String {
        self.engine.sequence_log().await.unwrap();
        let mut tx = self.ports.store.read().await.unwrap();
        let mut text = String::new();
        for leaf in tx.log().leaves(0, 10_000).await.unwrap() {
            text += &self.details_of(&leaf).await;
            text += &String::from_utf8(leaf.bytes).unwrap();
        }
        text.to_lowercase()
    }

    /// What opens the salted digest of a leaf, and stays with us.
    pub async fn details_of(&self, leaf: &domain::port::store::Leaf) -> String {
        let claims: serde_json::Value = serde_json::from_slice(&leaf.bytes).unwrap();
        let mut tx = self.ports.store.read().await.unwrap();
        let about = tx.log().about(claims["object"].as_str().unwrap()).await.unwrap();
        let entry = about.into_iter().find(|entry| entry.bytes == leaf.bytes).unwrap();
        entry.details.map(|details| details.text).unwrap_or_default()
    }

    async fn overdue_entries(&self, id: RequestId) -> usize {
        let kind = ("request.overdue".to_owned(), format!("request:{id}"));
        self.entries().await.get(&kind).copied().unwrap_or_default()
    }
}

/// Nothing that leads to a person of the tenant, or to who asked.
fn assert_names_nobody(text: &str) {
    for name in ["user7", "@acme.example", "@lethe.example"] {
        assert!(!text.contains(name), "{name} is in: {text}");
    }
}

journeys! {
    /// Where that is wanted, every auditor gets the checkpoint once a day, and can hold it against the log later.
    async fn the_checkpoint_of_the_day_is_mailed_to_auditors(world: World) {
        world.engine.sequence_log().await.unwrap();
        world.days_go_by(2).await;
        assert_eq!(world.mails.sent(MailKind::Checkpoint), 0, "nobody asked for it");
        let mut world = world;
        let policy = Policy { mail_checkpoint: true, ..policy() };
        world.engine = Engine::new(world.ports.clone(), policy);
        world.days_go_by(3).await;
        world.engine.sequence_log().await.unwrap();
        let mailed = world.mails.facts(MailKind::Checkpoint, "note");
        assert_eq!(mailed.len(), 3, "one auditor, three days");
        let keys = world.keys.log_keys().unwrap();
        for note in &mailed {
            let checkpoint = Checkpoint::open(note, &keys).unwrap();
            let published = world.engine.checkpoint_at(checkpoint.size).await.unwrap().unwrap();
            assert_eq!(Checkpoint::open(&published, &keys).unwrap().root, checkpoint.root);
        }
    }

    /// One entry for each change, and each step, check and chunk has its own.
    async fn each_change_has_exactly_one_entry(world: World) {
        let id = world.verified().await;
        world.spot_check(id).await;
        world.certify(id).await;
        world.run_jobs().await;
        let entries = world.entries().await;
        for kind in OF_A_WHOLE_RUN {
            let count: usize = entries.iter().filter(|((of, _), _)| of == kind).map(|(_, count)| count).sum();
            assert_eq!(count, 1, "{kind}");
        }
        assert_eq!(world.repeated_entries().await, [], "two entries for one change");
    }

    /// Names of staff stand on a certificate only where that is configured.
    async fn officers_are_named_on_certificates_only_where_that_is_configured(world: World) {
        let named = async |world: &World, id| {
            let (_, statement, _) = world.engine.certificate(&world.people.auditor, id).await.unwrap();
            let text = String::from_utf8(statement.unwrap().bytes).unwrap();
            ["olga", "oscar"].map(|name| text.contains(&format!("\"{name}\"")))
        };
        let (request, id) = world.issued().await;
        assert_eq!(named(&world, id).await, [false, false]);
        let mut world = world;
        let policy = Policy { name_officers: true, ..policy() };
        world.engine = Engine::new(world.ports.clone(), policy);
        world.engine.propose_revocation(&world.people.officer, id, RevocationReason::IssuedInError, "Names were wanted on this certificate.").await.unwrap();
        world.engine.confirm_revocation(&world.people.counsel, id).await.unwrap();
        world.engine.begin_correction(&world.people.officer, request).await.unwrap();
        world.run_jobs().await;
        world.approve(request).await;
        world.run_jobs().await;
        world.spot_check(request).await;
        let corrected = world.certify(request).await;
        world.run_ready().await;
        assert_eq!(named(&world, corrected.id).await, [true, true]);
    }

    /// Neither log nor certificate names the person, the tenant's people, or staff; nor does what the program writes of its work.
    async fn a_persons_erasure_names_nobody_in_log_and_certificate(world: World) {
        let work = crate::world::written();
        let request = world.open_person_request(&["email=User7@ACME.example", "user_id=7"]).await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.approve(request.id).await;
        world.run_jobs().await;
        world.spot_check(request.id).await;
        let record = world.certify(request.id).await;
        world.run_jobs().await;
        assert_names_nobody(&world.whole_log().await);
        let (_, statement, _) = world.engine.certificate(&world.people.auditor, record.id).await.unwrap();
        assert_names_nobody(&String::from_utf8(statement.unwrap().bytes).unwrap().to_lowercase());
        assert!(world.mails.sent(MailKind::CertificateIssued) > 0);
        let written = work.text();
        assert!(written.contains("erase"), "nothing was written: {written}");
        assert_names_nobody(&written.to_lowercase());
    }

    /// A request that everybody forgot is heard of on the day after its deadline, and on each day until somebody acts.
    async fn a_request_that_nobody_touches_alarms_every_day_after_its_deadline(world: World) {
        let request = world.open_tenant_request().await;
        world.days_go_by(28).await;
        assert_eq!(world.overdue_entries(request.id).await, 0, "due on {}", request.due_on);
        let told = world.mails.sent(MailKind::NeedsAttention);
        world.days_go_by(10).await;
        let alarms = world.overdue_entries(request.id).await;
        assert!((6..=10).contains(&alarms), "{alarms} alarms");
        assert_eq!(world.mails.sent(MailKind::NeedsAttention), told + 2 * alarms, "to both officers each time");
    }

    /// A hold does not stop the clock: also a request that it keeps waiting is heard of when its answer is late (C8).
    async fn a_request_on_hold_alarms_after_its_deadline_as_any_other(world: World) {
        world.place(crate::holds::acme()).await;
        let request = world.open_tenant_request().await;
        world.confirm(request.id).await;
        world.run_jobs().await;
        world.days_go_by(40).await;
        assert_eq!(world.state(request.id).await, "on_hold");
        assert!(world.overdue_entries(request.id).await >= 5);
    }

    /// Every state in which a request waits for somebody tells somebody.
    async fn whoever_is_waited_for_is_told(world: World) {
        let told = |kind| world.mails.sent(kind);
        let id = world.planned().await;
        assert_eq!(told(MailKind::NeedsAttention), 2, "officers: approve");
        world.approve(id).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "verified");
        assert_eq!(told(MailKind::NeedsAttention), 4, "officers: certify");
        let lie = r#"lie = "goes_blind", lie_looks = 0"#;
        world.apply_inventory(&world.systems.lying_inventory("crm", lie)).await;
        world.run_jobs().await;
        assert_eq!(world.state(id).await, "needs_attention");
        assert_eq!(told(MailKind::NeedsAttention), 6, "officers: it cannot go on");
    }

    /// A certificate that gave way to another stays what it was, byte for byte, can be fetched, and says what became of it (invariant 8).
    async fn a_superseded_certificate_stays_as_it_was_and_is_marked(world: World) {
        let hold = world.place(engine::holds::NewScope {
            systems: [domain::inventory::Slug::parse("billing").unwrap()].into(),
            ..crate::holds::acme()
        }).await;
        let id = world.verified().await;
        world.spot_check(id).await;
        let first = world.certify(id).await;
        world.run_jobs().await;
        let (before, statement, document) = world.engine.certificate(&world.people.tenant, first.id).await.unwrap();
        assert_eq!(before.state, CertificateState::Issued);

        world.release(&hold).await;
        world.run_jobs().await;
        world.approve(id).await;
        world.run_jobs().await;
        world.spot_check(id).await;
        let second = world.certify(id).await;
        world.run_jobs().await;
        for reader in [&world.people.tenant, &world.people.auditor] {
            let (after, statement_after, document_after) = world.engine.certificate(reader, first.id).await.unwrap();
            assert_eq!(after.state, CertificateState::Superseded { by: second.id });
            assert_eq!((&statement_after, &document_after), (&statement, &document));
        }
        let all = world.engine.certificates_of(&world.people.tenant, id).await.unwrap();
        assert_eq!(all.iter().map(|record| record.id).collect::<Vec<_>>(), [first.id, second.id]);
        assert_eq!(world.engine.certificate(&world.people.tenant, second.id).await.unwrap().0.state, CertificateState::Issued);
    }
}
