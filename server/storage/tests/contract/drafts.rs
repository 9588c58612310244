//! Forms that were refused.

use domain::digest::Digest;
use domain::port::store::Store as _;
use domain::port::vault::Sealed;

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{later, sealed};

async fn keep(world: &World, id: &str, owner: Option<Digest>) {
    let mut tx = world.store.begin().await.unwrap();
    tx.drafts()
        .insert(id, owner, later(900), &sealed())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn found(world: &World, id: &str, owner: Option<Digest>, seconds: u64) -> Option<Sealed> {
    world
        .read(async |tx| tx.drafts().find(id, owner, later(seconds)).await.unwrap())
        .await
}

on_both! {
    async fn a_draft_is_found_by_its_owner_while_it_lasts(world) {
        let (ada, bob) = (Some(Digest::of(b"ada")), Some(Digest::of(b"bob")));
        keep(world, "one", ada).await;
        assert_eq!(found(world, "one", ada, 899).await, Some(sealed()));
        assert_eq!(found(world, "one", ada, 900).await, None);
        assert_eq!(found(world, "one", bob, 1).await, None);
        assert_eq!(found(world, "one", None, 1).await, None);
    }

    async fn a_draft_of_nobody_is_found_by_nobody(world) {
        keep(world, "one", None).await;
        assert_eq!(found(world, "one", None, 1).await, Some(sealed()));
        assert_eq!(found(world, "one", Some(Digest::of(b"ada")), 1).await, None);
    }

    async fn drafts_that_are_over_are_swept(world) {
        keep(world, "one", None).await;
        let mut tx = world.store.begin().await.unwrap();
        assert_eq!(tx.drafts().sweep(later(899)).await.unwrap(), 0);
        assert_eq!(tx.drafts().sweep(later(900)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(found(world, "one", None, 1).await, None);
    }
}
