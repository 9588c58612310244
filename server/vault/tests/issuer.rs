//! The life of signing keys: made, opened, expired, rotated, and what goes wrong with each.

mod support;

use std::os::unix::fs::PermissionsExt as _;

use domain::audit::Checkpoint;
use domain::digest::Digest;
use domain::key::{Compromise, KeyKind, KeyState, ending};
use domain::port::keeper::KeyKeeper;
use domain::port::signer::{SignError, Signer as _};
use domain::signature::jwk::KeySet;
use domain::signature::jws::Typ;
use domain::signature::{jws, sshsig};
use support::{Desk, ORIGIN, PASSPHRASE, PDF, STATEMENT, at, first_day};
use vault::{IssuerError, IssuerSettings, Kind};

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.into(),
        size,
        root: Digest::of(b"root"),
    }
}

#[tokio::test]
async fn what_is_signed_verifies_with_the_published_keys() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let now = first_day();
    let keys = KeySet::parse(&issuer.public_keys(now).unwrap().jwks_json).unwrap();

    let verified = jws::verify(
        &issuer
            .sign_statement(Typ::Statement, STATEMENT, now)
            .await
            .unwrap(),
        Typ::Statement,
        &keys,
    )
    .unwrap();
    assert_eq!(
        (verified.payload.as_slice(), verified.kid),
        (STATEMENT, issuer.document_key(now).unwrap())
    );

    let detached = issuer.sign_document(PDF, now).await.unwrap();
    let kid = sshsig::verify(&detached.sshsig, PDF, &keys).unwrap();
    let raw = domain::signature::Signature::from_slice(&detached.raw).unwrap();
    keys.find(&kid).unwrap().key.verify_strict(PDF, &raw).unwrap();

    let note = issuer.sign_checkpoint(&checkpoint(3).text(), now).await.unwrap();
    let vkey = issuer.public_keys(now).unwrap().log_vkey.parse().unwrap();
    assert_eq!(Checkpoint::open(&note, &[vkey]).unwrap(), checkpoint(3));
}

#[test]
fn keys_are_made_once_and_only_for_us_to_read() {
    let desk = Desk::new();
    desk.issuer();
    let made = desk.keys();
    assert_eq!(
        made.len(),
        6,
        "two keys, a seal and its root, their list and a lock"
    );
    desk.issuer();
    assert_eq!(desk.keys(), made);
    for (path, bytes) in made {
        assert_eq!(
            path.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{}",
            path.display()
        );
        assert!(!String::from_utf8_lossy(&bytes).contains("BEGIN PRIVATE KEY"));
    }
    assert_eq!(
        desk.path("keys").metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[test]
fn a_wrong_passphrase_says_so_and_touches_nothing() {
    let desk = Desk::new();
    desk.issuer();
    let before = desk.keys();
    let error = desk.open("wrong").unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("cannot be used, and nothing was changed"),
        "{error}"
    );
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "the passphrase does not open it"
    );
    assert_eq!(desk.keys(), before);
}

#[tokio::test]
async fn an_expired_key_never_signs() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let (last, end) = (at("2027-03-01T11:59:59Z"), at("2027-03-01T12:00:00Z"));
    assert!(
        issuer
            .sign_statement(Typ::Statement, STATEMENT, last)
            .await
            .is_ok()
    );
    let expired = SignError::NoValidKey {
        kind: "document",
        at: end,
    };
    assert_eq!(
        issuer.sign_statement(Typ::Statement, STATEMENT, end).await,
        Err(expired.clone())
    );
    assert_eq!(issuer.sign_document(PDF, end).await, Err(expired.clone()));
    assert_eq!(issuer.document_key(end), Err(expired));
    let log_end = at("2031-03-01T12:00:00Z");
    let note = issuer.sign_checkpoint(&checkpoint(3).text(), log_end).await;
    assert_eq!(
        note,
        Err(SignError::NoValidKey {
            kind: "log",
            at: log_end
        })
    );
    // Nor before its time; and the public halves are there all the same.
    assert!(
        issuer
            .sign_statement(Typ::Statement, STATEMENT, at("2026-02-28T00:00:00Z"))
            .await
            .is_err()
    );
    assert!(issuer.public_keys(log_end).is_ok());
}

#[tokio::test]
async fn after_rotation_the_new_key_signs_and_the_old_signatures_still_verify() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2027-01-15T08:00:00.5Z");
    let old_jws = issuer
        .sign_statement(Typ::Statement, STATEMENT, day)
        .await
        .unwrap();
    let old_ssh = issuer.sign_document(PDF, day).await.unwrap().sshsig;
    let old_kid = issuer.document_key(day).unwrap();

    let new = issuer.rotate(Kind::Document, day).unwrap();
    assert_eq!(issuer.document_key(day).unwrap(), new.kid);
    let keys = KeySet::parse(&issuer.public_keys(day).unwrap().jwks_json).unwrap();
    assert_eq!(
        keys.keys().iter().map(|jwk| &jwk.kid).collect::<Vec<_>>(),
        [&new.kid, &old_kid]
    );
    assert_eq!(jws::verify(&old_jws, Typ::Statement, &keys).unwrap().kid, old_kid);
    assert_eq!(sshsig::verify(&old_ssh, PDF, &keys).unwrap(), old_kid);
    let old = keys.find(&old_kid).unwrap();
    assert!(old.valid_at(day) && !old.valid_at(at("2027-01-15T08:00:01Z")));
    assert_eq!(
        issuer.public_keys(day).unwrap().allowed_signers.lines().count(),
        2
    );
    // Its private half is gone, the log key's is not.
    assert_eq!(desk.keys().len(), 6);
    assert!(issuer.sign_checkpoint(&checkpoint(1).text(), day).await.is_ok());
}

#[tokio::test]
async fn another_process_notices_a_rotation_before_it_signs() {
    let desk = Desk::new();
    let serving = desk.issuer();
    let day = at("2027-01-15T08:00:00Z");
    let new = desk
        .open(PASSPHRASE)
        .unwrap()
        .rotate(Kind::Document, day)
        .unwrap();
    let jws = serving
        .sign_statement(Typ::Statement, STATEMENT, day)
        .await
        .unwrap();
    assert_eq!(
        jws::verify(&jws, Typ::Statement, &serving.document_keys().unwrap())
            .unwrap()
            .kid,
        new.kid
    );
}

#[tokio::test]
async fn checkpoints_of_a_retired_log_key_still_verify() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let text = checkpoint(3).text();
    let old = issuer.sign_checkpoint(&text, first_day()).await.unwrap();
    let day = at("2027-01-15T08:00:00Z");
    issuer.rotate(Kind::Log, day).unwrap();
    let new = issuer.sign_checkpoint(&text, day).await.unwrap();
    let keys = issuer.log_keys().unwrap();
    assert!(Checkpoint::open(&old, &keys).is_ok() && Checkpoint::open(&new, &keys).is_ok());
    assert!(Checkpoint::open(&old, &keys[..1]).is_err());
}

#[tokio::test]
async fn foreign_bytes_are_not_signed() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let foreign = jws::signing_input("kid", Typ::Statement, b"a statement nobody certified");
    assert!(matches!(
        issuer.sign_document(foreign.as_bytes(), first_day()).await,
        Err(SignError::Broken(_))
    ));
    let elsewhere = Checkpoint {
        origin: "elsewhere.example/log".into(),
        ..checkpoint(3)
    }
    .text();
    for text in [elsewhere.as_str(), "no checkpoint\n"] {
        assert!(matches!(
            issuer.sign_checkpoint(text, first_day()).await,
            Err(SignError::Broken(_))
        ));
    }
}

#[test]
fn a_folder_that_is_not_whole_is_refused() {
    let desk = Desk::new();
    assert!(matches!(desk.open(PASSPHRASE), Err(IssuerError::NoKeys(_))));
    desk.issuer();
    let list = desk.path("keys/keys.json");

    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::remove_file(&list).unwrap();
    assert!(matches!(
        desk.create(desk.settings()),
        Err(IssuerError::Orphans(_))
    ));

    std::fs::write(&list, text.replace(ORIGIN, "other.example/log")).unwrap();
    assert!(matches!(
        desk.create(desk.settings()),
        Err(IssuerError::Origin { .. })
    ));

    std::fs::write(&list, &text).unwrap();
    std::fs::copy(desk.pem("log"), desk.pem("document")).unwrap();
    assert!(matches!(
        desk.create(desk.settings()),
        Err(IssuerError::OtherKey(_))
    ));
}

#[tokio::test]
async fn a_crash_between_the_list_and_its_files_is_made_good() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let new = issuer.rotate(Kind::Document, first_day()).unwrap();
    let pem = desk.pem("document");
    let prepared = pem.with_extension("pem.new");
    std::fs::rename(&pem, &prepared).unwrap();
    let leftover = desk
        .path("keys")
        .join(format!("document-{}.pem", issuer.records().unwrap()[0].kid));
    std::fs::write(&leftover, "of the retired key").unwrap();

    assert_eq!(
        desk.open(PASSPHRASE).unwrap().document_key(first_day()).unwrap(),
        new.kid
    );
    assert!(pem.exists() && !prepared.exists() && !leftover.exists());
}

#[test]
fn a_crash_before_the_first_list_leaves_the_way_free() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("keys")).unwrap();
    std::fs::write(desk.path("keys/document-never-listed.pem.new"), "half a ke").unwrap();
    assert!(desk.create(desk.settings()).is_ok());
}

#[test]
fn servers_that_start_together_make_one_set_of_keys() {
    let desk = Desk::new();
    let kids = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| desk.issuer().document_key(first_day()).unwrap()))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(kids.len(), 1);
}

#[tokio::test]
async fn a_lost_list_of_keys_stops_signing() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    std::fs::remove_file(desk.path("keys/keys.json")).unwrap();
    assert!(matches!(
        issuer
            .sign_statement(Typ::Statement, STATEMENT, first_day())
            .await,
        Err(SignError::Broken(_))
    ));
}

#[test]
fn a_name_that_cannot_name_a_key_is_refused() {
    let desk = Desk::new();
    let settings = IssuerSettings {
        origin: "two words".into(),
        ..desk.settings()
    };
    assert!(matches!(desk.create(settings), Err(IssuerError::Name(_))));
    assert!(!desk.path("keys").exists());
}

#[test]
fn printing_shows_no_secret() {
    let desk = Desk::new();
    let printed = format!("{:?}", desk.issuer());
    assert!(printed.contains(ORIGIN) && !printed.contains(PASSPHRASE));
}

#[tokio::test]
async fn a_key_made_ahead_is_published_before_it_signs_and_takes_over_on_its_day() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let (made, day) = (at("2027-01-15T08:00:00Z"), at("2027-02-01T00:00:00Z"));
    let old = issuer.document_key(made).unwrap();
    let next = issuer.prepare_next(Kind::Document, day, made).unwrap();
    assert_eq!(
        next.not_after,
        at("2028-02-01T00:00:00Z"),
        "its year counts from the day on which it signs"
    );

    let before = issuer.public_keys(at("2027-01-31T23:59:59Z")).unwrap();
    let set = KeySet::parse(&before.jwks_json).unwrap();
    assert_eq!(
        (set.keys()[0].kid.clone(), set.keys()[1].kid.clone()),
        (old.clone(), next.kid.clone())
    );
    assert_eq!(issuer.document_key(at("2027-01-31T23:59:59Z")).unwrap(), old);
    let asking = ending(&issuer.keys().unwrap(), at("2027-01-31T00:00:00Z"));
    assert!(
        asking.iter().all(|one| one.key.kind == KeyKind::Seal),
        "another takes over in time"
    );

    let jws = issuer
        .sign_statement(Typ::Statement, STATEMENT, day)
        .await
        .unwrap();
    let verified = jws::verify(&jws, Typ::Statement, &set).unwrap();
    assert_eq!(
        verified.kid, next.kid,
        "whoever took the keys before the day can check it"
    );
    assert!(set.find(&next.kid).unwrap().valid_at(day));
    let again = issuer.prepare_next(
        Kind::Document,
        at("2027-03-01T00:00:00Z"),
        at("2027-01-20T00:00:00Z"),
    );
    assert!(matches!(again, Err(IssuerError::NextExists { .. })));

    assert_eq!(
        issuer.retire_followed(at("2027-01-31T00:00:00Z")).unwrap(),
        [] as [&str; 0]
    );
    assert_eq!(issuer.retire_followed(day).unwrap(), std::slice::from_ref(&old));
    assert_eq!(issuer.retire_followed(day).unwrap(), [] as [&str; 0]);
    assert!(!desk.path(&format!("keys/document-{old}.pem")).exists());
}

#[test]
fn rotating_early_brings_the_next_key_forward() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2027-01-15T08:00:00Z");
    let next = issuer
        .prepare_next(Kind::Log, at("2027-02-01T00:00:00Z"), day)
        .unwrap();
    let public = issuer.public_keys(day).unwrap();
    assert_eq!(public.log_vkeys.len(), 2);
    assert_eq!(public.log_vkeys[0], public.log_vkey, "the present one first");
    let rotated = issuer.rotate(Kind::Log, at("2027-01-20T00:00:00Z")).unwrap();
    assert_eq!(rotated.kid, next.kid);
    assert!(rotated.may_sign(at("2027-01-20T00:00:00Z")));
    let log: Vec<_> = issuer
        .records()
        .unwrap()
        .into_iter()
        .filter(|key| key.kind == Kind::Log)
        .collect();
    assert_eq!(log.iter().filter(|key| key.retired_at.is_none()).count(), 1);
}

#[test]
fn a_fresh_root_stands_beside_the_old_one_and_seals_follow_when_they_rotate() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2026-06-01T00:00:00Z");
    let before = issuer.seals(day).unwrap();
    let fresh = KeyKeeper::rotate(&issuer, KeyKind::Root, day).unwrap();
    assert_eq!((fresh.retired.len(), fresh.fresh.len()), (0, 1));
    assert_eq!(
        issuer.seals(day).unwrap(),
        before,
        "until the seal rotates, it stands under the old root"
    );
    let public = issuer.public_keys(day).unwrap();
    assert_eq!((public.roots.len(), public.other_roots.len()), (1, 1));
    assert_eq!(public.root_certificates().matches("BEGIN CERTIFICATE").count(), 2);
    issuer.rotate_seals(day).unwrap();
    let after = issuer.seals(at("2026-06-01T00:00:01Z")).unwrap();
    assert_ne!(after[0].root, before[0].root);
    assert_eq!(
        issuer
            .public_keys(day)
            .unwrap()
            .root_certificates()
            .matches("BEGIN CERTIFICATE")
            .count(),
        2
    );
    let keys = issuer.keys().unwrap();
    let states: Vec<_> = keys
        .iter()
        .filter(|key| key.kind == KeyKind::Root)
        .map(|key| key.state(&keys, day))
        .collect();
    assert_eq!(states, [KeyState::Idle, KeyState::Signs]);
}

#[test]
fn a_marked_root_takes_its_seals_with_it_and_leaves_what_outsiders_trust() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2026-06-01T00:00:00Z");
    let before = issuer.public_keys(day).unwrap();
    let old = before.roots[0].clone();
    let mark = |reason: &str| Compromise {
        since: None,
        marked_at: day,
        reason: reason.into(),
    };
    let done = issuer
        .mark_compromised(&old.id, mark("the safe was opened"))
        .unwrap();
    let kinds: Vec<_> = done.fresh.iter().map(|key| key.kind).collect();
    assert_eq!(kinds, [KeyKind::Root, KeyKind::Seal]);
    assert_eq!(done.retired.len(), 2, "the seal and its root");

    let after = issuer.public_keys(day).unwrap();
    assert_ne!(after.roots[0].id, old.id);
    assert!(!after.root_certificates().contains(&old.pem));
    let list = after.revocation_lists();
    let (_, last) = list.iter().find(|(name, _)| name.contains(&old.id)).unwrap();
    assert_ne!(*last, old.crl.as_slice(), "the root has listed its seal");
    assert_eq!(issuer.seals(at("2026-06-01T00:00:01Z")).unwrap().len(), 1);
    let files = desk.keys();
    let roots = files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("-root-"));
    assert_eq!(roots.count(), 1, "its private half is gone");

    let keys = issuer.keys().unwrap();
    let state = |id: &str| {
        let key = keys.iter().find(|key| key.id == id).unwrap();
        key.state(&keys, at("2026-06-01T00:00:01Z"))
    };
    for id in &done.retired {
        assert_eq!(state(id), KeyState::Compromised);
    }
    for key in &done.fresh {
        assert_eq!(state(&key.id), KeyState::Signs);
    }
    for id in &done.retired {
        assert!(issuer.mark_compromised(id, mark("again")).is_err(), "{id}");
    }
    // And again when the keys are opened anew.
    let later = desk.open(PASSPHRASE).unwrap().public_keys(day).unwrap();
    assert_eq!(later.root_certificates(), after.root_certificates());
}

#[test]
fn a_root_that_is_marked_before_it_carries_a_seal_changes_nothing_that_signs() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2026-06-01T00:00:00Z");
    let fresh = KeyKeeper::rotate(&issuer, KeyKind::Root, day)
        .unwrap()
        .fresh
        .remove(0);
    let seals = issuer.seals(day).unwrap();
    let mark = Compromise {
        since: None,
        marked_at: day,
        reason: "it was copied".into(),
    };
    let done = issuer.mark_compromised(&fresh.id, mark).unwrap();
    assert_eq!((done.retired, done.fresh), (vec![fresh.id], vec![]));
    assert_eq!(issuer.seals(day).unwrap(), seals);
    issuer.rotate_seals(day).unwrap();
    let later = issuer.seals(at("2026-06-01T00:00:01Z")).unwrap();
    assert_eq!(
        later[0].root, seals[0].root,
        "the next seal stands under the root that is kept"
    );
}

#[test]
fn every_kind_of_key_asks_to_be_replaced_before_its_end() {
    let desk = Desk::new();
    let keys = desk.issuer().keys().unwrap();
    let kinds = |day: &str| -> Vec<_> { ending(&keys, at(day)).iter().map(|one| one.key.kind).collect() };
    assert_eq!(kinds("2026-12-30T00:00:00Z"), []);
    assert_eq!(kinds("2027-01-02T00:00:00Z"), [KeyKind::Document, KeyKind::Seal]);
    assert_eq!(kinds("2031-02-01T00:00:00Z").len(), 3);
    assert_eq!(kinds("2046-02-01T00:00:00Z").len(), 4);
}

#[tokio::test]
async fn a_compromised_key_is_marked_its_private_half_is_gone_and_another_signs_at_once() {
    let desk = Desk::new();
    let issuer = desk.issuer();
    let day = at("2026-06-01T00:00:00Z");
    let stolen = issuer.document_key(day).unwrap();
    let mark = Compromise {
        since: Some(at("2026-05-20T00:00:00Z")),
        marked_at: day,
        reason: "the folder lay in a public bucket".into(),
    };
    let done = issuer.mark_compromised(&stolen, mark.clone()).unwrap();
    assert_eq!(done.retired, std::slice::from_ref(&stolen));
    assert_eq!(
        issuer.document_key(at("2026-06-01T00:00:01Z")).unwrap(),
        done.fresh[0].id
    );
    assert!(!desk.path(&format!("keys/document-{stolen}.pem")).exists());
    let set = KeySet::parse(&issuer.public_keys(day).unwrap().jwks_json).unwrap();
    assert_eq!(set.find(&stolen).unwrap().compromised_since, mark.since);
    assert_eq!(set.find(&done.fresh[0].id).unwrap().compromised_since, None);
    assert!(
        issuer.mark_compromised(&stolen, mark.clone()).is_err(),
        "once is enough"
    );
    assert!(issuer.mark_compromised("nobody", mark.clone()).is_err());
    // A seal as well; the list is read back with its marks.
    let seal = issuer.seal_records().unwrap()[0].1.name();
    let done = issuer.mark_compromised(&seal, mark).unwrap();
    assert_eq!((done.retired, done.fresh.len()), (vec![seal], 1));
    assert_eq!(
        desk.open(PASSPHRASE).unwrap().keys().unwrap(),
        issuer.keys().unwrap()
    );
}
