//! Three months in which everything that has a day falls due, each thing once and on its day, whoever else looks as well.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::digest::Digest;
use domain::drill::DrillState;
use domain::id::CertificateId;
use domain::job::Job;
use domain::key::KeyKind;
use domain::mail::MailKind;
use domain::port::reading::LogFilter;
use domain::port::store::Store as _;

use domain::request::IdentityMethod;
use engine::Policy;

use crate::world::{Kind, World, policy};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What happens, and on which days. Certified on 4 December, and looked at 7, 30 and 90 days later; the last backup set runs
/// out on 2 January, is looked for three days later, and the addendum follows. A drill runs from the fifth to the tenth of each
/// month; the drills before it are not looked at from then on. The keys end on 1 March.
const EXPECTED: [(&str, &[&str]); 8] = [
    (
        "certificate.issued",
        &[
            "2026-12-04",
            "2026-12-10",
            "2027-01-05",
            "2027-01-10",
            "2027-02-10",
            "2027-03-10",
        ],
    ),
    (
        "certificate.looked_again",
        &[
            "2026-12-11",
            "2026-12-17",
            "2027-01-03",
            "2027-01-05",
            "2027-01-05",
            "2027-01-09",
            "2027-01-17",
            "2027-01-27",
            "2027-02-09",
            "2027-02-17",
            "2027-02-27",
            "2027-03-04",
            "2027-03-10",
            "2027-03-12",
            "2027-03-17",
        ],
    ),
    (
        "drill.opened",
        &["2026-12-05", "2027-01-05", "2027-02-05", "2027-03-05"],
    ),
    (
        "drill.passed",
        &["2026-12-10", "2027-01-10", "2027-02-10", "2027-03-10"],
    ),
    ("key.rotated", &["2027-02-24", "2027-02-24"]),
    (
        "key.warned",
        &[
            "2026-12-31",
            "2026-12-31",
            "2027-01-30",
            "2027-01-30",
            "2027-02-22",
            "2027-02-22",
        ],
    ),
    ("request.closed", &["2027-03-04"]),
    ("request.key_destroyed", &["2027-03-06"]),
];

/// What must not happen at all.
const NEVER: [&str; 5] = [
    "certificate.look_overdue",
    "certificate.suspended",
    "drill.failed",
    "drill.overdue",
    "incident.opened",
];

impl World {
    /// What people do on a day: whatever waits for them.
    async fn people_act(&self, base: CertificateId) {
        let drill = self.drills().await.into_iter().next();
        let drill = drill.filter(|drill| drill.state == DrillState::Running);
        if let Some(id) = drill.and_then(|drill| drill.request) {
            let counsel = &self.people.counsel;
            match self.state(id).await {
                "received" => {
                    self.stock().await;
                    let (call, record) = (IdentityMethod::CallBack, Digest::of(b"call record"));
                    self.engine
                        .confirm_identity(counsel, id, call, record)
                        .await
                        .unwrap();
                }
                "planned" => self.approve(id).await,
                "verified" => {
                    self.spot_check(id).await;
                    self.certify(id).await;
                }
                _ => {}
            }
        }
        let case = self.engine.addendum(&self.people.auditor, base).await.unwrap();
        if !case.run_out.is_empty() {
            self.add(base).await;
        }
        self.run_ready().await;
    }

    /// On which days what is expected was logged, and what must not happen.
    async fn days_of(&self) -> BTreeMap<String, Vec<String>> {
        let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut filter = LogFilter {
            limit: 100,
            ..LogFilter::default()
        };
        loop {
            let mut tx = self.database.store.read().await.unwrap();
            let page = tx.reading().log_page(&filter).await.unwrap();
            for line in page.rows {
                let claims = line.entry.claims;
                let expected = EXPECTED.iter().any(|(kind, _)| *kind == claims.kind);
                if expected || NEVER.contains(&claims.kind.as_str()) {
                    days.entry(claims.kind)
                        .or_default()
                        .insert(0, claims.time.date().to_string());
                }
            }
            match page.next {
                Some(next) => filter.after = Some(next),
                None => return days,
            }
        }
    }
}

journeys! {
    async fn a_quarter_goes_by(world: World) {
        let rules = Policy { dispute_window: 60 * DAY, ..policy() };
        let world = world.with_drills_and(true, rules).await;
        world.clock.advance(275 * DAY);
        world.with_backup_of("2026-11-28 03:00:00").await;
        let (request, id) = world.issued().await;
        for _ in 0..115 {
            world.days_go_by(1).await;
            // A second process looks on the same day.
            let mut tx = world.ports.store.begin().await.unwrap();
            tx.jobs().enqueue(&Job::Watch, world.engine.now()).await.unwrap();
            tx.commit().await.unwrap();
            world.run_ready().await;
            world.people_act(id).await;
            match world.engine.now().date().to_string().as_str() {
                at @ ("2026-12-20" | "2027-01-20" | "2027-02-20") => world.back_up(&format!("{at} 03:00:00")),
                "2027-01-03" | "2027-01-25" | "2027-02-25" => world.restic(&["forget", "--keep-last", "1", "--prune"]),
                "2027-02-24" => {
                    world.rotated(KeyKind::Document).await;
                    world.rotated(KeyKind::Seal).await;
                }
                _ => {}
            }
        }
        assert_eq!(world.days_of().await, EXPECTED.map(|(kind, days)| (kind.to_owned(), days.iter().map(|day| (*day).to_owned()).collect())).into());
        assert_eq!(world.mails.sent(MailKind::KeyEnding), 3 * 2 * 3, "two keys, three thresholds, three people");
        assert_eq!(world.mails.sent(MailKind::DrillAlarm), 0);
        assert_eq!(*world.destroyed.0.lock().unwrap(), [request]);

        // Nobody looks for a fortnight: whoever asks is told, and what fell due meanwhile is done when somebody looks again.
        let operator = &world.people.operator;
        assert!(!world.engine.watched(operator).await.unwrap().stopped);
        world.clock.advance_to("2027-04-07T12:00:00Z".parse().unwrap());
        assert!(world.engine.watched(operator).await.unwrap().stopped);
        let home = world.engine.home(operator).await.unwrap();
        assert!(home.iter().any(|task| task.object == "schedule:watch"), "{home:?}");
        assert_eq!(world.days_of().await["drill.opened"].len(), 4, "nothing goes on by itself");
        world.days_go_by(1).await;
        assert!(!world.engine.watched(operator).await.unwrap().stopped);
        assert_eq!(world.days_of().await["drill.opened"][4..], ["2027-04-08"], "late, and once");
        world.days_go_by(2).await;
        assert_eq!(world.days_of().await["drill.opened"].len(), 5);
    }
}
