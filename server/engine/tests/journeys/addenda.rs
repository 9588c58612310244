//! Backups run out by themselves. A certificate that waits for that is completed by an addendum, once a probe saw it and an
//! officer certified it; a request of which nothing remains is closed (V7, C3).

use std::process::Command;
use std::time::Duration;

use domain::certificate::{Claims, Kind as SaidKind, StandingState, Verdict as SaidVerdict};
use domain::id::{CertificateId, RequestId};
use domain::later::{LaterCheck, LooksAt, Outcome};
use domain::mail::MailKind;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};
use domain::revocation::RevocationReason;
use domain::time::parse_date;
use engine::Error;

use crate::world::{Kind, World};

const DAY: Duration = Duration::from_secs(24 * 3600);
const WHY: &str = "A system that held records was missing from the inventory.";
/// The first day on which no set from before the erasure may be left: 20 February, 35 days, and 2 of grace.
const DUE: &str = "2026-03-30T00:00:00Z";

impl World {
    pub fn restic(&self, arguments: &[&str]) {
        let output = Command::new("restic")
            .args(["--no-cache", "--quiet"])
            .args(arguments)
            .env("RESTIC_REPOSITORY", self.folder().join("backup"))
            .env("RESTIC_PASSWORD", "a password of the tests")
            .env("TZ", "UTC")
            .output()
            .expect("restic is installed");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub fn back_up(&self, at: &str) {
        let file = self.folder().join("policy");
        self.restic(&["backup", "--host", "crm", "--time", at, file.to_str().unwrap()]);
    }

    fn keep_sets_for(&self, days: u32) {
        let policy = format!("restic forget --keep-within {days}d --prune\n");
        std::fs::write(self.folder().join("policy"), policy).unwrap();
    }

    async fn with_backups(&self) {
        self.with_backup_of("2026-02-20 03:00:00").await;
    }

    /// An inventory with backups, of which one set is from before the erasure; sets are kept for 35 days.
    pub async fn with_backup_of(&self, at: &str) {
        self.keep_sets_for(35);
        self.restic(&["init"]);
        self.back_up(at);
        let folder = self.folder().display();
        let backups = format!(
            r#"
[[systems]]
name = "backups"
title = "Nightly backups"
kind = "backup"
owner = "Platform"
location = "Cork, Ireland"
handling = "expire"
config = {{ source = "restic", repository = "{folder}/backup", policy_file = "{folder}/policy" }}
probe_credential = {{ env = "a password of the tests" }}

[[systems.datasets]]
name = "sets"
categories = ["contact"]
[systems.datasets.locator]
container = "all"
tenant = {{ identifier = "tenant_key", field = "all" }}
"#
        );
        self.apply_inventory(&format!("{}{backups}", self.systems.inventory()))
            .await;
    }

    /// Certified, and the day has come on which the last set is to have run out.
    async fn run_out(&self) -> (RequestId, CertificateId) {
        self.with_backups().await;
        let (request, id) = self.issued().await;
        self.back_up("2026-03-20 03:00:00");
        self.restic(&["forget", "--keep-within", "5d", "--prune"]);
        self.clock.advance_to(DUE.parse().unwrap());
        self.run_ready().await;
        (request, id)
    }

    pub async fn add(&self, base: CertificateId) -> CertificateRecord {
        let case = self.engine.addendum(&self.people.auditor, base).await.unwrap();
        let officer = &self.people.second_officer;
        self.engine
            .certify_addendum(officer, base, case.evidence)
            .await
            .unwrap()
    }

    async fn backup_looks(&self, id: CertificateId) -> Vec<LaterCheck> {
        let mut looks = self.engine.later_checks(&self.people.auditor, id).await.unwrap();
        looks.retain(|check| matches!(check.looks_at, LooksAt::Backup { .. }));
        looks
    }

    async fn as_it_is(&self, id: CertificateId) -> (CertificateRecord, Option<Claims>) {
        let (record, statement, _) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        (
            record,
            statement.map(|statement| Claims::parse(&statement.bytes).unwrap()),
        )
    }
}

fn outcomes(looks: &[LaterCheck]) -> Vec<Option<&Outcome>> {
    looks
        .iter()
        .map(|look| look.ended.as_ref().map(|(_, outcome)| outcome))
        .collect()
}

journeys! {
    /// On the day, and not before, a probe lists the sets; an officer who took no part certifies; then nothing remains.
    async fn a_backup_that_has_run_out_is_certified_by_an_addendum(world: World) {
        world.with_backups().await;
        let (request, id) = world.issued().await;
        let (base, said) = world.as_it_is(id).await;
        assert_eq!(base.kind, CertificateKind::Partial);
        let backup = said.unwrap().backups.remove(0);
        assert_eq!((backup.expires_on, backup.gone_at), (parse_date("2026-03-29").unwrap(), None));
        let planned = world.backup_looks(id).await;
        assert_eq!(planned.len(), 1);
        assert_eq!(planned[0].due_at, DUE.parse().unwrap());

        world.back_up("2026-03-20 03:00:00");
        world.restic(&["forget", "--keep-within", "5d", "--prune"]);
        world.clock.advance_to("2026-03-29T23:00:00Z".parse().unwrap());
        world.run_ready().await;
        assert_eq!(outcomes(&world.backup_looks(id).await), [None], "a date alone completes nothing");
        let case = world.engine.addendum(&world.people.auditor, id).await.unwrap();
        let early = world.engine.certify_addendum(&world.people.second_officer, id, case.evidence).await;
        assert!(matches!(&early, Err(Error::NotNow(why)) if why.contains("no backup has run out")), "{early:?}");

        let told = world.mails.sent(MailKind::NeedsAttention);
        world.clock.advance_to(DUE.parse().unwrap());
        world.run_ready().await;
        assert_eq!(outcomes(&world.backup_looks(id).await), [Some(&Outcome::RunOut)]);
        assert_eq!(world.mails.sent(MailKind::NeedsAttention), told + 2, "both officers learn that it is their turn");

        let (engine, people) = (&world.engine, &world.people);
        let old = case.evidence;
        let case = engine.addendum(&people.auditor, id).await.unwrap();
        let stale = engine.certify_addendum(&people.second_officer, id, old).await;
        assert!(matches!(&stale, Err(Error::NotNow(why)) if why.contains("changed")), "{stale:?}");
        for wrong in [&people.officer, &people.counsel, &people.tenant, &people.auditor] {
            let refused = engine.certify_addendum(wrong, id, case.evidence).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        }
        let mailed = world.mails.sent(MailKind::CertificateIssued);
        let addendum = world.add(id).await;
        world.run_ready().await;
        assert_eq!(world.mails.sent(MailKind::CertificateIssued), 2 * mailed);
        let (record, said) = world.as_it_is(addendum.id).await;
        assert_eq!((record.kind, record.state), (CertificateKind::Addendum, CertificateState::Issued));
        let said = said.unwrap();
        assert_eq!((said.kind, said.contradictions()), (SaidKind::Addendum, vec![]));
        assert_eq!(said.supplements.as_ref().map(|base| base.id), Some(id));
        let reported: Vec<_> = said.systems.iter().map(|system| system.name.as_str()).collect();
        assert_eq!(reported, ["Nightly backups"]);
        assert_eq!(said.systems[0].datasets[0].verification.verdict, SaidVerdict::Expired);
        assert!(said.backups[0].gone_at.is_some());
        assert_eq!(world.list().await.find(addendum.id).unwrap().state, StandingState::Issued);
        assert!(engine.certify_addendum(&people.second_officer, id, case.evidence).await.is_err(), "once is enough");

        assert_eq!(world.state(request).await, "certified", "looks of the systems are still to come");
        world.days_go_by(70).await;
        assert_eq!(world.state(request).await, "closed");
        assert_eq!(world.as_it_is(id).await.0.state, CertificateState::Issued);
    }

    /// Sets are kept longer than was said: nobody certifies, and the look is repeated on the new day.
    async fn a_date_that_moved_is_looked_at_again(world: World) {
        world.with_backups().await;
        let (_, id) = world.issued().await;
        world.back_up("2026-03-20 03:00:00");
        world.keep_sets_for(60);
        world.clock.advance_to(DUE.parse().unwrap());
        world.run_ready().await;
        let looks = world.backup_looks(id).await;
        let on = parse_date("2026-04-23").unwrap();
        assert_eq!(outcomes(&looks), [Some(&Outcome::NotYet { on }), None]);
        assert_eq!(looks[1].due_at, "2026-04-24T00:00:00Z".parse().unwrap());
    }

    /// A rule that is not applied ends nothing: the look is parked, and told every day.
    async fn a_set_that_outstays_its_rule_is_parked(world: World) {
        world.with_backups().await;
        let (_, id) = world.issued().await;
        world.clock.advance_to(DUE.parse().unwrap());
        world.run_jobs().await;
        assert_eq!(outcomes(&world.backup_looks(id).await), [None]);
        let parked = world.engine.parked_jobs(&world.people.operator).await.unwrap();
        assert!(parked.len() == 1 && parked[0].2.contains("not applied"), "{parked:?}");
        let told = world.mails.sent(MailKind::NeedsAttention);
        world.days_go_by(2).await;
        assert!(world.mails.sent(MailKind::NeedsAttention) >= told + 4);

        world.back_up("2026-04-01 03:00:00");
        world.restic(&["forget", "--keep-within", "5d", "--prune"]);
        world.engine.retry_job(&world.people.operator, parked[0].0).await.unwrap();
        world.run_jobs().await;
        assert_eq!(outcomes(&world.backup_looks(id).await), [Some(&Outcome::RunOut)]);
    }

    /// What was certified in addition falls with its base, also while it is still in the making.
    async fn addenda_fall_with_their_base(world: World) {
        let (request, id) = world.run_out().await;
        let first = world.add(id).await;
        world.run_ready().await;
        let (engine, people) = (&world.engine, &world.people);
        let reason = RevocationReason::WrongStatement;
        engine.propose_revocation(&people.officer, first.id, reason, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, first.id).await.unwrap();
        let second = world.add(id).await;
        assert_eq!(world.as_it_is(second.id).await.0.state, CertificateState::Draft);
        engine.propose_revocation(&people.officer, id, reason, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, id).await.unwrap();
        world.run_ready().await;
        for fallen in [first.id, second.id, id] {
            let (record, _) = world.as_it_is(fallen).await;
            assert!(matches!(record.state, CertificateState::Revoked { .. }), "{record:?}");
        }
        assert_eq!(engine.parked_jobs(&people.operator).await.unwrap(), []);
        assert!(world.list().await.find(second.id).is_none(), "what was never issued is in no list");
        world.clock.advance(60 * DAY);
        world.days_go_by(1).await;
        assert_eq!(world.state(request).await, "certified", "a revoked certificate closes nothing");
    }

    /// Sets that were taken before the run of a correction may hold what that run erased: they are waited for anew.
    async fn a_correction_waits_for_backups_of_its_own(world: World) {
        let (request, id) = world.run_out().await;
        let addendum = world.add(id).await;
        world.run_ready().await;
        let (engine, people) = (&world.engine, &world.people);
        engine.propose_revocation(&people.officer, id, RevocationReason::WrongStatement, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, id).await.unwrap();
        engine.begin_correction(&people.officer, request).await.unwrap();
        world.run_jobs().await;
        world.approve(request).await;
        world.run_jobs().await;
        world.spot_check(request).await;
        let corrected = world.certify(request).await;
        world.run_ready().await;
        let (_, said) = world.as_it_is(corrected.id).await;
        assert_eq!(said.unwrap().backups[0].expires_on, parse_date("2026-04-26").unwrap());
        assert_eq!(outcomes(&world.backup_looks(corrected.id).await), [None]);
        assert_eq!(world.list().await.find(addendum.id).unwrap().state, StandingState::Revoked);
    }
}
