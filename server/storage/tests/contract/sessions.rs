//! Sessions, and the counts that keep guessing slow.

use domain::digest::Digest;
use domain::id::PersonId;
use domain::port::store::{Store as _, StoreError};
use domain::session::{Attempts, Session, SessionState};

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{later, now, person, session};

/// A person who is signed in, stored.
async fn signed_in(world: &World) -> Session {
    let ada = person("ada@example.com");
    let kept = session(ada.id, "token", SessionState::SignedIn);
    world
        .write(async |tx| {
            tx.people().insert(&ada).await.unwrap();
            tx.sessions().insert(&kept).await.unwrap();
        })
        .await;
    kept
}

async fn found(world: &World, secret: &str) -> Option<Session> {
    let digest = Digest::of(secret.as_bytes());
    world
        .read(async |tx| tx.sessions().find(digest).await.unwrap())
        .await
}

/// What a transaction without an entry answers.
macro_rules! unlogged {
    ($world:expr, $tx:ident => $change:expr) => {{
        let mut $tx = $world.store.begin().await.unwrap();
        let _ = $change.await.unwrap();
        $tx.commit().await
    }};
}

async fn attempt(world: &World, seconds: u64) -> Attempts {
    let mut tx = world.store.begin().await.unwrap();
    let of = Digest::of(b"ada@example.com");
    let counted = tx
        .sessions()
        .count_attempt(of, later(seconds), later(seconds + 900))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    counted
}

on_both! {
    async fn a_session_is_found_by_the_digest_of_its_token(world) {
        let kept = signed_in(world).await;
        assert_eq!(found(world, "token").await, Some(kept.clone()));
        assert_eq!(found(world, "guess").await, None);
        assert_eq!(world.read(async |tx| tx.sessions().of_person(kept.person).await.unwrap()).await, [kept]);
    }

    async fn beginning_and_ending_a_session_needs_an_entry(world) {
        let kept = signed_in(world).await;
        let other = session(kept.person, "other", SessionState::SignedIn);
        assert_eq!(unlogged!(world, tx => tx.sessions().insert(&other)), Err(StoreError::Unlogged));
        assert_eq!(unlogged!(world, tx => tx.sessions().step_up(kept.digest, now())), Err(StoreError::Unlogged));
        assert_eq!(unlogged!(world, tx => tx.sessions().end(kept.digest)), Err(StoreError::Unlogged));
        assert_eq!(unlogged!(world, tx => tx.sessions().end_all(kept.person)), Err(StoreError::Unlogged));
        assert_eq!(found(world, "token").await, Some(kept));
    }

    async fn a_heartbeat_needs_no_entry_and_never_goes_back(world) {
        let kept = signed_in(world).await;
        assert_eq!(unlogged!(world, tx => tx.sessions().touch(kept.digest, later(60))), Ok(()));
        assert_eq!(unlogged!(world, tx => tx.sessions().touch(kept.digest, later(30))), Ok(()));
        assert_eq!(found(world, "token").await, Some(Session { last_seen_at: later(60), ..kept }));
    }

    async fn a_step_up_is_written_and_a_session_that_is_gone_has_none(world) {
        let kept = signed_in(world).await;
        world.write(async |tx| tx.sessions().step_up(kept.digest, later(5)).await.unwrap()).await;
        assert_eq!(found(world, "token").await.unwrap().stepped_up_at, Some(later(5)));
        let gone = world.attempt(async |tx| tx.sessions().step_up(Digest::of(b"gone"), now()).await).await;
        assert!(matches!(gone, StoreError::Conflict(_)), "{gone:?}");
    }

    async fn what_awaits_a_second_factor_is_taken_once_and_needs_no_entry(world) {
        let kept = signed_in(world).await;
        let pending = session(kept.person, "pending", SessionState::AwaitingSecondFactor);
        assert_eq!(unlogged!(world, tx => tx.sessions().insert(&pending)), Ok(()));
        assert_eq!(found(world, "pending").await, Some(pending.clone()));
        let full = world.read(async |tx| tx.sessions().of_person(kept.person).await.unwrap()).await;
        assert_eq!(full, std::slice::from_ref(&kept));
        let mut tx = world.store.begin().await.unwrap();
        assert!(!tx.sessions().end(pending.digest).await.unwrap(), "it is no session yet");
        assert!(!tx.sessions().take_pending(kept.digest).await.unwrap(), "it is a session already");
        assert!(tx.sessions().take_pending(pending.digest).await.unwrap());
        assert!(!tx.sessions().take_pending(pending.digest).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(found(world, "pending").await, None);
    }

    async fn a_session_ends_once_and_alone(world) {
        let kept = signed_in(world).await;
        let other = session(kept.person, "other", SessionState::SignedIn);
        world.write(async |tx| tx.sessions().insert(&other).await.unwrap()).await;
        world.write(async |tx| {
            assert!(tx.sessions().end(kept.digest).await.unwrap());
            assert!(!tx.sessions().end(kept.digest).await.unwrap());
        }).await;
        assert_eq!((found(world, "token").await, found(world, "other").await), (None, Some(other)));
    }

    async fn all_sessions_of_a_person_end_and_nobody_elses(world) {
        let kept = signed_in(world).await;
        let bob = person("bob@example.com");
        let (pending, others) = (
            session(kept.person, "pending", SessionState::AwaitingSecondFactor),
            session(bob.id, "bob", SessionState::SignedIn),
        );
        world.write(async |tx| {
            tx.people().insert(&bob).await.unwrap();
            tx.sessions().insert(&pending).await.unwrap();
            tx.sessions().insert(&others).await.unwrap();
        }).await;
        let ended = world.write(async |tx| tx.sessions().end_all(kept.person).await.unwrap()).await;
        assert_eq!(ended, 1);
        assert_eq!((found(world, "token").await, found(world, "pending").await), (None, None));
        assert_eq!(found(world, "bob").await, Some(others));
    }

    async fn a_session_of_nobody_is_refused(world) {
        let orphan = session(PersonId::from(uuid::Uuid::now_v7()), "token", SessionState::SignedIn);
        let refused = world.attempt(async |tx| tx.sessions().insert(&orphan).await).await;
        assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    }

    async fn attempts_are_counted_until_their_window_ends(world) {
        assert_eq!(attempt(world, 0).await, Attempts { count: 1, ends_at: later(900) });
        assert_eq!(attempt(world, 899).await, Attempts { count: 2, ends_at: later(900) });
        assert_eq!(attempt(world, 900).await, Attempts { count: 1, ends_at: later(1_800) });
    }

    async fn an_attempt_is_taken_back(world) {
        attempt(world, 0).await;
        let of = Digest::of(b"ada@example.com");
        assert_eq!(unlogged!(world, tx => tx.sessions().uncount_attempt(of)), Ok(()));
        assert_eq!(unlogged!(world, tx => tx.sessions().uncount_attempt(of)), Ok(()));
        assert_eq!(attempt(world, 1).await.count, 1);
    }

    async fn what_is_over_is_swept(world) {
        let kept = signed_in(world).await;
        attempt(world, 0).await;
        assert_eq!(sweep(world, 899, 0).await, 0);
        assert_eq!(found(world, "token").await, Some(kept.clone()));
        assert_eq!(sweep(world, 900, 0).await, 1, "the count");
        world.write(async |tx| tx.sessions().insert(&session(kept.person, "other", SessionState::SignedIn)).await.unwrap()).await;
        world.write(async |tx| tx.sessions().touch(kept.digest, later(50)).await.unwrap()).await;
        assert_eq!(sweep(world, 1_000, 40).await, 1, "the one that is idle");
        assert_eq!(sweep(world, 43_200, 40).await, 1, "the one that expired");
    }
}

/// Deletes what is over at a moment, or idle since another: `idle` seconds after now, before now when zero.
async fn sweep(world: &World, seconds: u64, idle: u64) -> u64 {
    let idle_since = match idle {
        0 => now().before(std::time::Duration::from_secs(1)),
        idle => later(idle),
    };
    let mut tx = world.store.begin().await.unwrap();
    let swept = tx.sessions().sweep(later(seconds), idle_since).await.unwrap();
    tx.commit().await.unwrap();
    swept
}
