//! After the issue: verification is repeated, what is seen again suspends the certificate, and people say whether it is so
//! (V7, C3).

use std::time::Duration;

use domain::certificate::StandingState;
use domain::digest::Digest;
use domain::id::{CertificateId, RequestId};
use domain::incident::{Account, Incident, IncidentState};
use domain::later::{LaterCheck, Outcome};
use domain::mail::MailKind;
use domain::register::{CertificateKind, CertificateState};
use domain::revocation::RevocationReason;
use domain::time::Clock as _;
use domain::verification::Verdict;
use engine::Error;

use crate::world::{Kind, World};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A user of acme whose id was erased, as a restored backup brings it back.
const RESTORED: &str =
    "INSERT INTO users (id, tenant, email, made) VALUES (7, 'acme', 'user7@acme.example', '2025-08-01')";
const THERE: &str = "SELECT count(*) FROM users WHERE tenant = 'acme'";
const WHY: &str = "The tenant signed a new contract on 4 March; this is a new user.";

impl World {
    /// Certified, and some days later something of acme is there again.
    async fn seen_again(&self) -> (RequestId, CertificateId, Incident) {
        let (request, id) = self.issued().await;
        self.systems.run("crm", RESTORED).await;
        self.clock.advance(7 * DAY);
        self.run_jobs().await;
        let mut incidents = self.engine.incidents_of(&self.people.auditor, id).await.unwrap();
        assert_eq!(incidents.len(), 1);
        (request, id, incidents.remove(0))
    }

    async fn state_of(&self, id: CertificateId) -> CertificateState {
        self.engine
            .certificate(&self.people.auditor, id)
            .await
            .unwrap()
            .0
            .state
    }

    async fn checks_of(&self, id: CertificateId) -> Vec<LaterCheck> {
        self.engine.later_checks(&self.people.auditor, id).await.unwrap()
    }

    async fn listed(&self, id: CertificateId) -> StandingState {
        self.list().await.find(id).unwrap().state
    }

    async fn incident_state(&self, id: CertificateId) -> &'static str {
        let incidents = self.engine.incidents_of(&self.people.auditor, id).await.unwrap();
        incidents[0].state.word()
    }
}

fn outcomes(checks: &[LaterCheck]) -> Vec<Option<&Outcome>> {
    checks
        .iter()
        .map(|check| check.ended.as_ref().map(|(_, outcome)| outcome))
        .collect()
}

journeys! {
    /// Three looks in three months, each once and on its day.
    async fn nothing_came_back(world: World) {
        let (request, id) = world.issued().await;
        let issued = world.clock.now();
        let mut ended = Vec::new();
        for _ in 0..100 {
            world.days_go_by(1).await;
            ended.push(world.checks_of(id).await.iter().filter(|check| check.ended.is_some()).count());
        }
        let first = |wanted| ended.iter().position(|ended| *ended == wanted).unwrap() + 1;
        assert_eq!([first(1), first(2), first(3)], [7, 30, 90]);
        assert_eq!(world.state(request).await, "closed", "nothing remains");
        let checks = world.checks_of(id).await;
        assert_eq!(outcomes(&checks), [Some(&Outcome::Clean); 3]);
        for check in &checks {
            assert_eq!(check.looks.len(), 4, "{:?}", check.looks);
            let (at, _) = check.ended.clone().unwrap();
            assert!(at >= check.due_at && check.due_at > issued);
            for look in &check.looks {
                assert_eq!((&look.verdict, look.count, look.found), (&Verdict::Absent, Some(0), 0));
                assert!(look.looked_up > 0);
            }
        }
        assert_eq!(world.state_of(id).await, CertificateState::Issued);
        let told = world.engine.later_checks(&world.people.tenant, id).await.unwrap();
        assert!(told.iter().all(|check| check.looks.is_empty()), "a tenant learns that it was looked, not where");
    }

    /// What was seen again is told at once, erased only after an approval, and ends in a corrected certificate.
    async fn what_is_seen_again_ends_in_a_corrected_certificate(world: World) {
        let (request, id, incident) = world.seen_again().await;
        assert_eq!(world.state_of(id).await, CertificateState::Suspended);
        assert_eq!(world.listed(id).await, StandingState::Suspended);
        let seen: Vec<_> = incident.seen.iter().map(|seen| (seen.dataset.to_string(), seen.remaining)).collect();
        assert_eq!(seen, [("crm.users".to_owned(), 1)]);
        assert_eq!(world.mails.sent(MailKind::CertificateSuspended), world.mails.sent(MailKind::CertificateIssued));
        assert_eq!(world.mails.sent(MailKind::IncidentOpened), 2);
        assert_eq!(world.state(request).await, "planned");
        assert_eq!(world.systems.count("crm", THERE).await, 1, "nothing is erased before a person has approved it");

        world.approve(request).await;
        assert_eq!(world.incident_state(id).await, "confirmed");
        world.run_jobs().await;
        assert_eq!(world.systems.count("crm", THERE).await, 0);
        assert_eq!(world.state(request).await, "verified");
        world.spot_check(request).await;
        let evidence = world.engine.evidence(&world.people.second_officer, request).await.unwrap().digest();
        let early = world.engine.certify(&world.people.second_officer, request, evidence).await;
        assert!(matches!(&early, Err(Error::NotNow(why)) if why.contains("revoked first")), "{early:?}");

        let (reason, officer) = (RevocationReason::ResidueFound, &world.people.officer);
        world.engine.propose_revocation(officer, id, reason, "A restored backup had brought one user back.").await.unwrap();
        world.engine.confirm_revocation(&world.people.counsel, id).await.unwrap();
        let corrected = world.certify(request).await;
        world.run_ready().await;
        assert_eq!((corrected.kind, corrected.replaces), (CertificateKind::Corrected, Some(id)));
        assert_eq!(world.listed(id).await, StandingState::Revoked);
        assert_eq!(world.listed(corrected.id).await, StandingState::Issued);
        let planned = world.checks_of(corrected.id).await;
        assert_eq!(outcomes(&planned), [None; 3], "the corrected one is looked at again as well");
        world.clock.advance(30 * DAY);
        world.run_ready().await;
        assert!(matches!(outcomes(&world.checks_of(id).await)[1..], [Some(Outcome::NotNeeded { .. }), _]));
        assert_eq!(outcomes(&world.checks_of(corrected.id).await)[..2], [Some(&Outcome::Clean); 2]);

        let officer = &world.people.officer;
        assert!(world.engine.close_incident(officer, incident.id).await.is_err(), "nothing is written down yet");
        let account = Account {
            cause: "A backup of February was restored into the CRM.".into(),
            remedy: "Erased again, and certified anew.".into(),
            lessons: "Restores go through replay before use.".into(),
        };
        world.engine.describe_incident(officer, incident.id, account.clone()).await.unwrap();
        world.engine.close_incident(officer, incident.id).await.unwrap();
        let file = world.engine.incident(&world.people.auditor, incident.id).await.unwrap();
        assert_eq!(file.seen.incident.account, account);
        assert!(file.seen.closed_by.is_some());
    }

    /// A finding that was wrong: two people say so, the certificate stands again, and nothing is erased.
    async fn a_finding_that_was_wrong_is_lifted_by_two(world: World) {
        let (request, id, incident) = world.seen_again().await;
        let (people, engine) = (&world.people, &world.engine);
        assert!(engine.lift_suspension(&people.second_officer, incident.id).await.is_err(), "nobody says it was wrong");
        let evidence = Digest::of(b"the new contract");
        engine.refute_finding(&people.officer, incident.id, evidence, WHY).await.unwrap();
        assert_eq!(world.state_of(id).await, CertificateState::Suspended);
        for wrong in [&people.officer, &people.counsel, &people.tenant, &people.operator] {
            let refused = engine.lift_suspension(wrong, incident.id).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        }
        engine.lift_suspension(&people.second_officer, incident.id).await.unwrap();
        world.run_ready().await;
        assert_eq!(world.state_of(id).await, CertificateState::Issued);
        assert_eq!(world.listed(id).await, StandingState::Issued);
        assert_eq!(world.state(request).await, "certified");
        assert_eq!(world.systems.count("crm", THERE).await, 1);
        assert_eq!(world.mails.sent(MailKind::CertificateReinstated), world.mails.sent(MailKind::CertificateIssued));
        let mut tx = world.ports.store.read().await.unwrap();
        let stated = tx.certificates().standings(id).await.unwrap();
        let stated: Vec<_> = stated.iter().map(|one| one.state).collect();
        assert_eq!(stated, [StandingState::Suspended, StandingState::Issued]);
        drop(tx);
        world.run_jobs().await;
        assert_eq!(world.systems.count("crm", THERE).await, 1, "no run is left that would erase it");
        assert!(engine.lift_suspension(&people.second_officer, incident.id).await.is_err(), "once is enough");
    }

    /// Revoked while somebody says that the finding was wrong: there is no suspension left to lift.
    async fn a_suspension_is_not_lifted_from_what_was_revoked_meanwhile(world: World) {
        let (_, id, incident) = world.seen_again().await;
        let (people, engine) = (&world.people, &world.engine);
        engine.refute_finding(&people.officer, incident.id, Digest::of(b"evidence"), WHY).await.unwrap();
        engine.propose_revocation(&people.officer, id, RevocationReason::WrongStatement, WHY).await.unwrap();
        engine.confirm_revocation(&people.counsel, id).await.unwrap();
        assert!(engine.lift_suspension(&people.second_officer, incident.id).await.is_err());
        world.run_ready().await;
        assert_eq!(world.state_of(id).await, CertificateState::Revoked { reason: RevocationReason::WrongStatement });
        assert_eq!(world.listed(id).await, StandingState::Revoked);
    }

    /// Residue that somebody confirmed is never lifted.
    async fn confirmed_residue_is_never_lifted(world: World) {
        let (_, id, incident) = world.seen_again().await;
        let (people, engine) = (&world.people, &world.engine);
        let evidence = Digest::of(b"evidence");
        engine.refute_finding(&people.officer, incident.id, evidence, WHY).await.unwrap();
        engine.confirm_finding(&people.second_officer, incident.id).await.unwrap();
        for refused in [
            engine.lift_suspension(&people.second_officer, incident.id).await,
            engine.refute_finding(&people.officer, incident.id, evidence, WHY).await,
            engine.confirm_finding(&people.officer, incident.id).await,
            engine.close_incident(&people.officer, incident.id).await,
        ] {
            assert!(refused.is_err());
        }
        let file = engine.incident(&people.auditor, incident.id).await.unwrap();
        assert!(matches!(file.seen.incident.state, IncidentState::Confirmed { .. }));
        assert_eq!(world.state_of(id).await, CertificateState::Suspended);
    }

    /// A probe that sees nothing suspends nothing and clears nothing: a person looks.
    async fn a_blind_later_check_is_parked(world: World) {
        let (_, id) = world.issued().await;
        world.systems.run("crm", "ALTER TABLE users RENAME TO users_elsewhere").await;
        world.clock.advance(7 * DAY);
        world.run_jobs().await;
        assert_eq!(outcomes(&world.checks_of(id).await), [None; 3]);
        assert_eq!(world.state_of(id).await, CertificateState::Issued);
        let parked = world.engine.parked_jobs(&world.people.operator).await.unwrap();
        assert_eq!(parked.len(), 1);
        let why = &parked[0].2;
        assert!(why.contains("later check 1") && why.contains("crm.users"), "{why}");

        let told = world.mails.sent(MailKind::NeedsAttention);
        for (days, more) in [(1, 2), (1, 4)] {
            world.days_go_by(days).await;
            assert_eq!(world.mails.sent(MailKind::NeedsAttention), told + more, "both officers, once a day");
        }

        world.systems.run("crm", "ALTER TABLE users_elsewhere RENAME TO users").await;
        world.engine.retry_job(&world.people.operator, parked[0].0).await.unwrap();
        world.run_jobs().await;
        assert_eq!(outcomes(&world.checks_of(id).await)[0], Some(&Outcome::Clean));
    }
}
