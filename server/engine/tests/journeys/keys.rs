//! The issuer's keys over time (C6): warned of, replaced, waited for, and what a stolen one signed.

use std::time::Duration;

use domain::actor::Denied;
use domain::certificate::{Answer, Beside, Claims, File, StatusList, check};
use domain::id::CertificateId;
use domain::key::{KeyKind, KeyState};
use domain::mail::MailKind;
use domain::port::keeper::KeyKeeper as _;
use domain::register::CertificateState;
use domain::signature::jwk::KeySet;
use domain::time::Clock as _;
use engine::Error;
use engine::reading::waiting::Awaited;

use crate::world::{Kind, World};

const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(61);
/// Administrators and compliance officers.
const TOLD: usize = 3;

impl World {
    async fn state_now(&self, id: CertificateId) -> CertificateState {
        let (record, ..) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        record.state
    }

    pub async fn rotated(&self, kind: KeyKind) {
        let administrator = &self.people.administrator;
        self.engine
            .rotate_key(administrator, kind, "yearly")
            .await
            .unwrap();
        // Signed first; then a checkpoint must cover it before it is rendered.
        for _ in 0..3 {
            self.clock.advance(MINUTE);
            self.run_ready().await;
        }
    }

    fn published(&self) -> KeySet {
        let public = domain::port::signer::Signer::public_keys(&*self.keys, self.clock.now()).unwrap();
        KeySet::parse(&public.jwks_json).unwrap()
    }

    /// What a stranger's program says of the PDF.
    async fn asked(&self, id: CertificateId, keys: &KeySet, status: Option<&StatusList>) -> Answer {
        let (_, _, document) = self.engine.certificate(&self.people.auditor, id).await.unwrap();
        let document = document.unwrap();
        let attached = domain::certificate::pdf::attachments(&document.pdf).unwrap();
        let file = File::Pdf {
            bytes: &document.pdf,
            attached: &attached,
        };
        check(
            file,
            keys,
            Beside {
                raw: Some(&document.signature),
                status,
                ..Beside::default()
            },
        )
    }
}

journeys! {
    /// Document key and seal end on 1 March 2027: three months with a look each day, by two processes.
    async fn whoever_keeps_keys_is_told_once_at_each_threshold(world: World) {
        world.clock.advance(DAY * 275);
        let mut told = Vec::new();
        for day in 1..=95 {
            let before = world.mails.sent(MailKind::KeyEnding);
            world.days_go_by(1).await;
            // Another process looks on the same day.
            world.clock.advance(Duration::from_secs(1));
            let mut tx = world.ports.store.begin().await.unwrap();
            tx.jobs().enqueue(&domain::job::Job::Watch, world.engine.now()).await.unwrap();
            tx.commit().await.unwrap();
            world.run_ready().await;
            let mails = world.mails.sent(MailKind::KeyEnding) - before;
            if mails > 0 {
                told.push((day, mails));
            }
        }
        assert_eq!(told, [30, 60, 83, 90].map(|day| (day, 2 * TOLD)));

        let ending = world.engine.ending_keys(&world.people.administrator).unwrap();
        assert_eq!(ending.iter().map(|one| one.threshold).collect::<Vec<_>>(), [0, 0]);
        assert_eq!(world.engine.ending_keys(&world.people.officer).unwrap(), ending);
        assert_eq!(world.engine.ending_keys(&world.people.counsel).unwrap(), []);
        assert_eq!(world.engine.ending_keys(&world.people.tenant).unwrap(), []);
        world.rotated(KeyKind::Document).await;
        world.rotated(KeyKind::Seal).await;
        assert_eq!(world.engine.ending_keys(&world.people.administrator).unwrap(), []);
    }

    /// After a long stop, what was missed is told as one.
    async fn thresholds_that_were_missed_are_told_as_one(world: World) {
        world.clock.advance(DAY * 362);
        world.days_go_by(1).await;
        assert_eq!(world.mails.sent(MailKind::KeyEnding), 2 * TOLD);
        world.days_go_by(1).await;
        assert_eq!(world.mails.sent(MailKind::KeyEnding), 2 * TOLD);
    }

    /// Certified, and then the keys end before it is signed: nothing is signed in the name of an earlier moment.
    async fn a_certificate_waits_for_a_valid_key_and_goes_on_by_itself(world: World) {
        let request = world.verified().await;
        world.spot_check(request).await;
        let record = world.certify(request).await;
        world.clock.advance(DAY * 366);
        world.run_ready().await;
        assert_eq!(world.state_now(record.id).await, CertificateState::Draft);
        let file = world.engine.request_file(&world.people.administrator, request).await.unwrap();
        assert!(file.waits_for.yours, "it is the administrator's turn");
        let file = world.engine.request_file(&world.people.officer, request).await.unwrap();
        assert_eq!(file.waits_for.what, Awaited::Key);
        assert_eq!(file.waits_for.told.as_deref(), Some("No document key is valid."));
        let home = world.engine.home(&world.people.officer).await.unwrap();
        assert!(home.iter().any(|task| task.what == Awaited::Key && task.only_told), "{home:?}");
        // It never falls to a person for that, however long it waits.
        for _ in 0..10 {
            world.clock.advance(MINUTE);
            world.run_ready().await;
        }
        assert_eq!(world.engine.parked_jobs(&world.people.auditor).await.unwrap(), []);

        world.rotated(KeyKind::Document).await;
        assert_eq!(world.state_now(record.id).await, CertificateState::Signed);
        let file = world.engine.request_file(&world.people.officer, request).await.unwrap();
        assert_eq!(file.waits_for.told.as_deref(), Some("No seal key is valid."));
        let fresh = world.clock.now();
        world.rotated(KeyKind::Seal).await;
        assert_eq!(world.state_now(record.id).await, CertificateState::Issued);

        let (_, statement, _) = world.engine.certificate(&world.people.auditor, record.id).await.unwrap();
        let claims = Claims::parse(&statement.unwrap().bytes).unwrap();
        assert!(claims.issued_at > record.certified_at.after(DAY * 365) && claims.issued_at < fresh);
        let list = world.list().await;
        let answer = world.asked(record.id, &world.published(), Some(&list)).await;
        assert!(answer.is_genuine(), "{answer}");
    }

    /// Only administrators, with a reason; the log has both names.
    async fn keys_are_replaced_by_administrators_and_the_log_says_so(world: World) {
        let engine = &world.engine;
        for actor in [&world.people.officer, &world.people.operator, &world.people.tenant] {
            let denied = engine.rotate_key(actor, KeyKind::Log, "why not").await;
            assert!(matches!(denied, Err(Error::Denied(Denied::Permission(_)))), "{denied:?}");
        }
        let administrator = &world.people.administrator;
        let silent = engine.rotate_key(administrator, KeyKind::Document, " ").await;
        assert!(matches!(silent, Err(Error::Invalid { .. })), "{silent:?}");
        let old = world.published().keys()[0].kid.clone();
        let done = engine.rotate_key(administrator, KeyKind::Document, "an officer left").await.unwrap();
        assert_eq!(done.retired, std::slice::from_ref(&old));
        let fresh = &done.fresh[0].id;
        let mut tx = world.ports.store.read().await.unwrap();
        let said = tx.log().about(&format!("key:{fresh}")).await.unwrap();
        assert_eq!(said.len(), 1);
        drop(tx);

        let seen = engine.signing_keys(administrator).await.unwrap().unwrap();
        assert!(seen.may_rotate);
        let states: Vec<_> = seen.of(KeyKind::Document).map(|seen| seen.state).collect();
        assert_eq!(states, [KeyState::Signs, KeyState::Retired]);
        assert!(!engine.signing_keys(&world.people.officer).await.unwrap().unwrap().may_rotate);
    }

    /// A next key is published ahead, takes over on its day, and the old one is retired by itself.
    async fn a_next_key_takes_over_by_itself(world: World) {
        let administrator = &world.people.administrator;
        let (now, old) = (world.clock.now(), world.published().keys()[0].kid.clone());
        let prepare = async |kind, from| world.engine.prepare_key(administrator, kind, from, "yearly").await;
        assert!(matches!(prepare(KeyKind::Seal, now.after(DAY)).await, Err(Error::Invalid { .. })));
        assert!(matches!(prepare(KeyKind::Document, now.after(DAY * 400)).await, Err(Error::Invalid { .. })));
        let next = prepare(KeyKind::Document, now.after(DAY * 14)).await.unwrap();
        assert!(matches!(prepare(KeyKind::Document, now.after(DAY * 14)).await, Err(Error::NotNow(_))));
        let published = world.published();
        assert_eq!((published.keys()[0].kid.as_str(), published.keys().len()), (old.as_str(), 2));

        world.days_go_by(13).await;
        assert_eq!(world.published().keys()[0].kid, old);
        world.days_go_by(2).await;
        assert_eq!(world.published().keys()[0].kid, next.id);
        let keys = world.keys.keys().unwrap();
        let retired = keys.iter().find(|key| key.id == old).unwrap();
        assert!(retired.retired_at.is_some());
        let mut tx = world.ports.store.read().await.unwrap();
        assert_eq!(tx.log().about(&format!("key:{old}")).await.unwrap().len(), 1, "it was retired once");
    }

    /// The document key was stolen: what it signed still stands, because the issuer says so again under another key.
    async fn what_a_stolen_key_signed_is_attested_again(world: World) {
        let (_, id) = world.issued().await;
        let before = world.published();
        world.clock.advance(DAY);
        let stolen = before.keys()[0].kid.clone();
        let administrator = &world.people.administrator;
        let stake = world.engine.at_stake(administrator, &stolen).await.unwrap();
        assert_eq!(stake.certificates.iter().map(|signed| signed.id).collect::<Vec<_>>(), [id]);
        let denied = world.engine.at_stake(&world.people.officer, &stolen).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
        let old_list = world.list().await;

        let (done, _) = world.engine.mark_key_compromised(administrator, &stolen, None, "a laptop was stolen").await.unwrap();
        let after = world.published();
        let alone = world.asked(id, &after, None).await;
        assert!(matches!(alone, Answer::KeyCompromised(_)), "{alone}");
        world.run_ready().await;

        let published = world.engine.status_list().await.unwrap().unwrap();
        let list = StatusList::open(&published.jws, &after, world.clock.now()).unwrap();
        assert_eq!(list.compromised_keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), [stolen.as_str()]);
        let again = list.find(id).unwrap().attested_again.clone().unwrap();
        assert_eq!(again.key_id, stolen);
        let answer = world.asked(id, &after, Some(&list)).await;
        assert!(answer.is_genuine(), "{answer}");
        // Whoever still holds the old list learns that it does not say so.
        let old = world.asked(id, &after, Some(&old_list)).await;
        assert!(matches!(old, Answer::KeyCompromised(_)), "{old}");

        let mut tx = world.ports.store.read().await.unwrap();
        let standings = tx.certificates().standings(id).await.unwrap();
        assert_eq!(standings.len(), 1);
        drop(tx);
        let verified = domain::signature::jws::verify(&standings[0].jws, domain::signature::jws::Typ::Standing, &after).unwrap();
        assert_eq!(verified.kid, done.fresh[0].id);
        let twice = world.engine.mark_key_compromised(administrator, &stolen, None, "again").await;
        assert!(matches!(twice, Err(Error::NotNow(_))), "{twice:?}");
    }

    /// The log key was stolen: a proof under it proves nothing from then on, and a fresh one does.
    async fn what_a_stolen_key_of_the_log_proved_is_proved_again(world: World) {
        let (_, id) = world.issued().await;
        let keys = world.keys.keys().unwrap();
        let stolen = keys.iter().find(|key| key.kind == KeyKind::Log).unwrap();
        let before = world.engine.certificate_proof(&world.people.auditor, id).await.unwrap();
        world.clock.advance(DAY);
        world.engine.mark_key_compromised(&world.people.administrator, &stolen.id, None, "a backup was lost").await.unwrap();
        world.run_ready().await;
        world.engine.sequence_log().await.unwrap();
        let (list, published) = (world.list().await, world.published());
        let vkeys = world.keys.log_keys().unwrap();
        let after = world.engine.certificate_proof(&world.people.auditor, id).await.unwrap();
        let (_, statement, _) = world.engine.certificate(&world.people.auditor, id).await.unwrap();
        let jws = statement.unwrap().jws;
        let ask = |proof: &str| {
            let beside = Beside {
                log_keys: &vkeys,
                log_entry: Some(&after.bytes),
                log_proof: Some(proof.as_bytes()),
                status: Some(&list),
                ..Beside::default()
            };
            check(File::Jws(&jws), &published, beside)
        };
        let old = ask(&before.proof);
        assert!(matches!(&old, Answer::NotOurs { why } if why.contains("fetch a fresh one")), "{old}");
        let fresh = ask(&after.proof);
        assert!(fresh.is_genuine(), "{fresh}");
    }

    /// The root of the seals was stolen: its seals go with it, the status list says so, and what was certified still stands.
    async fn a_stolen_root_takes_its_seals_with_it_and_no_certificate(world: World) {
        let (_, id) = world.issued().await;
        let keys = world.keys.keys().unwrap();
        let root = keys.iter().find(|key| key.kind == KeyKind::Root).unwrap();
        world.clock.advance(DAY);
        let administrator = &world.people.administrator;
        let (done, stake) = world.engine.mark_key_compromised(administrator, &root.id, None, "the safe was opened").await.unwrap();
        assert_eq!((done.fresh.len(), stake.certificates.len()), (2, 0));
        world.run_ready().await;
        let list = world.list().await;
        let marked: Vec<_> = list.compromised_other_keys.iter().map(|seal| seal.kind).collect();
        assert_eq!(marked.iter().filter(|kind| **kind == KeyKind::Root).count(), 1);
        assert_eq!(marked.iter().filter(|kind| **kind == KeyKind::Seal).count(), 1);
        let answer = world.asked(id, &world.published(), Some(&list)).await;
        assert!(answer.is_genuine(), "{answer}");
    }
}
