//! People and their tokens.

use domain::digest::Digest;
use domain::people::{Person, PersonalToken};
use domain::port::store::{Store as _, StoreError};

use crate::on_both;
use crate::support::nouns::{later, person, token};

on_both! {
    async fn a_person_is_found_by_id_and_by_address(world) {
        let ada = person("ada@example.com");
        world.write(async |tx| tx.people().insert(&ada).await.unwrap()).await;
        let (by_id, by_email, unknown) = world.read(async |tx| {
            let by_id = tx.people().find(ada.id).await.unwrap();
            let by_email = tx.people().find_by_email("ada@example.com").await.unwrap();
            (by_id, by_email, tx.people().find_by_email("eve@example.com").await.unwrap())
        }).await;
        assert_eq!((by_id, by_email, unknown), (Some(ada.clone()), Some(ada), None));
    }

    async fn an_address_belongs_to_one_person(world) {
        world.write(async |tx| tx.people().insert(&person("ada@example.com")).await.unwrap()).await;
        let refused = world.attempt(async |tx| tx.people().insert(&person("ada@example.com")).await).await;
        assert!(matches!(refused, StoreError::Exists(_)), "{refused:?}");
    }

    async fn people_are_listed_by_name(world) {
        for email in ["zoe@example.com", "ada@example.com", "Mia@example.com"] {
            world.write(async |tx| tx.people().insert(&person(email)).await.unwrap()).await;
        }
        let people = world.read(async |tx| tx.people().list().await.unwrap()).await;
        let emails: Vec<_> = people.into_iter().map(|person| person.email).collect();
        assert_eq!(emails, ["Mia@example.com", "ada@example.com", "zoe@example.com"]);
    }

    async fn a_person_changed_by_somebody_else_is_not_overwritten(world) {
        let ada = person("ada@example.com");
        world.write(async |tx| tx.people().insert(&ada).await.unwrap()).await;
        let renamed = Person { name: "Ada L.".into(), email: "ada.l@example.com".into(), ..ada.clone() };
        world.write(async |tx| tx.people().update(&renamed).await.unwrap()).await;
        let stored = world.read(async |tx| tx.people().find_by_email("ada.l@example.com").await.unwrap()).await;
        assert_eq!(stored, Some(Person { version: 2, ..renamed.clone() }));
        let late = world.attempt(async |tx| tx.people().update(&renamed).await).await;
        assert!(matches!(late, StoreError::Conflict(_)), "{late:?}");
    }

    async fn a_token_is_found_by_its_digest(world) {
        let ada = person("ada@example.com");
        let kept = token(ada.id, "secret");
        world.write(async |tx| {
            tx.people().insert(&ada).await.unwrap();
            tx.people().insert_token(&kept).await.unwrap();
        }).await;
        let find = async |secret: &'static [u8]| {
            world.read(async |tx| tx.people().find_token(Digest::of(secret)).await.unwrap()).await
        };
        assert_eq!((find(b"secret").await, find(b"guess").await), (Some(kept), None));
    }

    async fn tokens_of_a_person_are_listed_used_and_deleted(world) {
        let (ada, bob) = (person("ada@example.com"), person("bob@example.com"));
        let kept = token(ada.id, "secret");
        world.write(async |tx| {
            tx.people().insert(&ada).await.unwrap();
            tx.people().insert(&bob).await.unwrap();
            tx.people().insert_token(&kept).await.unwrap();
            tx.people().insert_token(&token(bob.id, "other")).await.unwrap();
        }).await;
        let mut tx = world.store.begin().await.unwrap();
        tx.people().touch_token(kept.digest, later(5)).await.unwrap();
        tx.commit().await.unwrap();
        let used = PersonalToken { last_used_at: Some(later(5)), ..kept.clone() };
        assert_eq!(world.read(async |tx| tx.people().tokens(ada.id).await.unwrap()).await, [used]);
        let mut tx = world.store.begin().await.unwrap();
        assert!(tx.people().delete_token(kept.digest).await.unwrap());
        assert!(!tx.people().delete_token(kept.digest).await.unwrap());
        assert_eq!(tx.commit().await, Err(StoreError::Unlogged));
        world.write(async |tx| tx.people().delete_token(kept.digest).await.unwrap()).await;
        assert_eq!(world.read(async |tx| tx.people().tokens(ada.id).await.unwrap()).await, []);
    }
}
