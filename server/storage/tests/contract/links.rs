//! Links by which a password is set.

use domain::digest::Digest;
use domain::link::{Link, LinkPurpose};
use domain::port::store::{Store as _, StoreError};

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{later, link, person};

/// An invitation, stored with its person.
async fn invited(world: &World) -> Link {
    let ada = person("ada@example.com");
    let kept = link(ada.id, "token", LinkPurpose::Invitation);
    world
        .write(async |tx| {
            tx.people().insert(&ada).await.unwrap();
            tx.links().put(&kept).await.unwrap();
        })
        .await;
    kept
}

async fn found(world: &World, secret: &str) -> Option<Link> {
    let digest = Digest::of(secret.as_bytes());
    world
        .read(async |tx| tx.links().find(digest).await.unwrap())
        .await
}

on_both! {
    async fn a_link_is_found_by_the_digest_of_its_token(world) {
        let kept = invited(world).await;
        assert_eq!((found(world, "token").await, found(world, "guess").await), (Some(kept), None));
    }

    async fn a_new_link_voids_the_old(world) {
        let old = invited(world).await;
        let new = link(old.person, "new", LinkPurpose::Reset);
        world.write(async |tx| tx.links().put(&new).await.unwrap()).await;
        assert_eq!((found(world, "token").await, found(world, "new").await), (None, Some(new)));
    }

    async fn a_link_is_taken_once_and_in_time(world) {
        let kept = invited(world).await;
        world.write(async |tx| {
            assert!(!tx.links().take(kept.digest, later(3_600)).await.unwrap(), "it is over");
            assert!(tx.links().take(kept.digest, later(3_599)).await.unwrap());
            assert!(!tx.links().take(kept.digest, later(3_599)).await.unwrap(), "it was used");
        }).await;
    }

    async fn making_using_and_voiding_a_link_needs_an_entry(world) {
        let kept = invited(world).await;
        let mut tx = world.store.begin().await.unwrap();
        tx.links().put(&link(kept.person, "new", LinkPurpose::Reset)).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        let mut tx = world.store.begin().await.unwrap();
        tx.links().take(kept.digest, later(1)).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        let mut tx = world.store.begin().await.unwrap();
        tx.links().void(kept.person).await.unwrap();
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        assert_eq!(found(world, "token").await, Some(kept));
    }

    async fn a_voided_link_is_gone_and_so_is_one_that_is_over(world) {
        let kept = invited(world).await;
        world.write(async |tx| tx.links().void(kept.person).await.unwrap()).await;
        assert_eq!(found(world, "token").await, None);
        world.write(async |tx| tx.links().put(&kept).await.unwrap()).await;
        let mut tx = world.store.begin().await.unwrap();
        assert_eq!(tx.links().sweep(later(3_599)).await.unwrap(), 0);
        assert_eq!(tx.links().sweep(later(3_600)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(found(world, "token").await, None);
    }
}
