//! Inventory versions.

use domain::port::store::StoreError;

use crate::on_both;
use crate::support::nouns::inventory;

on_both! {
    async fn the_latest_version_is_the_one_of_the_highest_number(world) {
        assert_eq!(world.read(async |tx| tx.inventory().latest().await.unwrap()).await, None);
        for number in [1, 2, 3] {
            world.write(async |tx| tx.inventory().insert(&inventory(number)).await.unwrap()).await;
        }
        let (latest, second) = world.read(async |tx| {
            (tx.inventory().latest().await.unwrap(), tx.inventory().find(2).await.unwrap())
        }).await;
        assert_eq!((latest, second), (Some(inventory(3)), Some(inventory(2))));
    }

    async fn a_number_is_given_once(world) {
        world.write(async |tx| tx.inventory().insert(&inventory(1)).await.unwrap()).await;
        let refused = world.attempt(async |tx| tx.inventory().insert(&inventory(1)).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
    }

    async fn versions_are_listed_newest_first(world) {
        for number in [1, 2] {
            world.write(async |tx| tx.inventory().insert(&inventory(number)).await.unwrap()).await;
        }
        let rows = world.read(async |tx| tx.inventory().list().await.unwrap()).await;
        let expected = [2, 1].map(|number| (number, inventory(number).digest, inventory(number).created_at));
        assert_eq!(rows, expected);
    }
}
