//! Nonces that the approver's side committed to.

use domain::digest::Digest;
use domain::id::RequestId;
use domain::nonce::{CommittedNonce, FixedRoot, Keeping, Nonce};
use domain::port::store::StoreError;

use crate::on_both;
use crate::support::nouns::{id, later, stored_plan};

fn secret(n: u8) -> Nonce {
    Nonce::from(*Digest::of(&[n]).as_bytes())
}

fn committed(request: RequestId, n: u8) -> CommittedNonce {
    CommittedNonce {
        id: id(),
        request,
        number: u32::from(n),
        commitment: secret(n).commitment(),
        kept: Keeping::Outside,
        by: id(),
        committed_at: later(u64::from(n)),
        plan: None,
        fixed: None,
        opened: None,
        version: 1,
    }
}

fn root() -> FixedRoot {
    FixedRoot {
        root: Digest::of(b"root"),
        tree_size: 9,
        committed_entry: 3,
        plan_entry: 5,
        at: later(10),
    }
}

on_both! {
    async fn nonces_of_a_request_are_listed_in_order_and_found_by_their_plan(world) {
        let plan = world.write(async |tx| stored_plan(tx).await).await;
        let (first, second) = (committed(plan.request, 1), committed(plan.request, 2));
        world.write(async |tx| {
            tx.nonces().insert(&first).await.unwrap();
            tx.nonces().insert(&second).await.unwrap();
        }).await;
        let used = second.clone().use_for(plan.id).unwrap();
        world.write(async |tx| tx.nonces().update(&used).await.unwrap()).await;
        let used = CommittedNonce { version: 2, ..used };
        let (all, by_plan) = world.read(async |tx| {
            (tx.nonces().of_request(plan.request).await.unwrap(), tx.nonces().of_plan(plan.id).await.unwrap())
        }).await;
        assert_eq!((all, by_plan), (vec![first, used], Some(second.clone().use_for(plan.id).map(|one| CommittedNonce { version: 2, ..one }).unwrap())));
        let stale = world.attempt(async |tx| tx.nonces().update(&second).await).await;
        assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
    }

    async fn a_commitment_is_made_once_by_whomever(world) {
        let (plan, other) = world.write(async |tx| (stored_plan(tx).await, stored_plan(tx).await)).await;
        world.write(async |tx| tx.nonces().insert(&committed(plan.request, 1)).await.unwrap()).await;
        let again = world.attempt(async |tx| tx.nonces().insert(&committed(other.request, 1)).await).await;
        assert!(matches!(again, StoreError::Exists(_)), "{again:?}");
    }

    async fn what_was_committed_used_fixed_or_opened_stays(world) {
        let (plan, other) = world.write(async |tx| (stored_plan(tx).await, stored_plan(tx).await)).await;
        let new = committed(plan.request, 1);
        let used = new.clone().use_for(plan.id).unwrap();
        let fixed = CommittedNonce { version: 2, ..used.clone() }.fix(root()).unwrap();
        let opened = CommittedNonce { version: 3, ..fixed.clone() }.open(secret(1), later(11)).unwrap();
        world.write(async |tx| tx.nonces().insert(&new).await.unwrap()).await;
        let refused = async |nonce: CommittedNonce| {
            let error = world.attempt(async |tx| tx.nonces().update(&nonce).await).await;
            assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
        };
        world.write(async |tx| tx.nonces().update(&used).await.unwrap()).await;
        refused(CommittedNonce { plan: Some(other.id), version: 2, ..used.clone() }).await;
        refused(CommittedNonce { plan: None, version: 2, ..used }).await;
        world.write(async |tx| tx.nonces().update(&fixed).await.unwrap()).await;
        let moved = FixedRoot { at: later(12), ..root() };
        refused(CommittedNonce { fixed: Some(moved), version: 3, ..fixed.clone() }).await;
        refused(CommittedNonce { fixed: None, version: 3, ..fixed }).await;
        world.write(async |tx| tx.nonces().update(&opened).await.unwrap()).await;
        refused(CommittedNonce { version: 4, ..opened }).await;
        let gone = world.bare().await.execute("DELETE FROM nonces").await.unwrap_err();
        assert!(gone.contains("nonces are kept"), "{gone}");
        let other = world.bare().await.execute("UPDATE nonces SET opened_at = NULL").await.unwrap_err();
        assert!(other.contains("stays"), "{other}");
    }
}
