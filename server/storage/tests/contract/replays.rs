//! Replays, and the ledger of erased identities.

use domain::digest::Digest;
use domain::inventory::Slug;
use domain::port::store::StoreError;
use domain::replay::{Comparison, ErasedIdentity, Replay};
use domain::subject::{IdentifierDigest, TenantKey};

use crate::on_both;
use crate::support::nouns::{id, later, stored_plan};

fn replay(n: u64) -> Replay {
    let system = Slug::parse("crm").unwrap();
    Replay::ask(id(), system, "the backup of Sunday", id(), later(n)).unwrap()
}

fn person(kind: &str, value: &str) -> Option<IdentifierDigest> {
    Some(IdentifierDigest {
        kind: kind.into(),
        digest: Digest::of(value.as_bytes()),
    })
}

on_both! {
    async fn a_replay_is_kept_and_ends(world) {
        let (older, newer) = (replay(1), replay(2));
        world.write(async |tx| {
            tx.replays().insert(&older).await.unwrap();
            tx.replays().insert(&newer).await.unwrap();
        }).await;
        let all = world.read(async |tx| tx.replays().all().await.unwrap()).await;
        assert_eq!(all, [newer.clone(), older.clone()], "the newest first");
        let comparison = Comparison { at: later(3), inventory: 1, compared: 2, found: Vec::new(), unclear: Vec::new() };
        let ended = Replay { seen: Some(comparison), ended_at: Some(later(3)), ..older.clone() };
        world.write(async |tx| tx.replays().update(&ended).await.unwrap()).await;
        let found = world.read(async |tx| tx.replays().find(older.id).await.unwrap()).await;
        assert_eq!(found, Some(Replay { version: 2, ..ended.clone() }));
        let open = world.read(async |tx| tx.replays().open().await.unwrap()).await;
        assert_eq!(open, std::slice::from_ref(&newer));
        let stale = world.attempt(async |tx| tx.replays().update(&ended).await).await;
        assert!(matches!(stale, StoreError::Conflict(_)), "{stale:?}");
        let twice = world.attempt(async |tx| tx.replays().insert(&newer).await).await;
        assert!(matches!(twice, StoreError::Exists(_)), "{twice:?}");
        let words = world.bare().await.execute("DELETE FROM replays").await.expect_err("kept");
        assert!(words.contains("replays are kept"), "{words}");
    }

    async fn the_ledger_holds_each_identity_of_a_request_once(world) {
        let (request, acme) = world.write(async |tx| {
            let plan = stored_plan(tx).await;
            let request = tx.requests().find(plan.request).await.unwrap().unwrap();
            (request.id, request.tenant_key)
        }).await;
        let entry = |identity| ErasedIdentity { request, tenant: acme.clone(), identity };
        let entries = [entry(None), entry(person("email", "ada")), entry(person("user_id", "7"))];
        for at in [1, 2] {
            world.write(async |tx| tx.replays().enter(&entries, later(at)).await.unwrap()).await;
        }
        let (tenants, erased) = world.read(async |tx| {
            (tx.replays().tenants().await.unwrap(), tx.replays().erased(&acme).await.unwrap())
        }).await;
        assert_eq!((tenants, erased), (vec![acme], entries.to_vec()));
        let nobody = TenantKey::parse("nobody").unwrap();
        let none = world.read(async |tx| tx.replays().erased(&nobody).await.unwrap()).await;
        assert_eq!(none, []);
    }
}
