//! The log, its sequencer, tiles and checkpoints.

use domain::audit::Entry;
use domain::id::EntryId;
use domain::port::reading::LogFilter;
use domain::port::store::{Leaf, Store as _, StoreError};

use super::append_only::fill;
use crate::on_both;
use crate::support::World;
use crate::support::nouns::{entry, id, later, now};

async fn append(world: &World, objects: &[&str]) -> Vec<EntryId> {
    let mut ids = Vec::new();
    for object in objects {
        let entry = entry(object);
        let mut tx = world.store.begin().await.unwrap();
        tx.log().append(&entry).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(entry.id);
    }
    ids
}

/// Entries as the explorer shows them, leaves, and the place of each entry.
async fn seen(store: &storage::Database) -> (Vec<Entry>, Vec<Leaf>, Vec<Option<u64>>) {
    let mut tx = store.read().await.unwrap();
    let page = tx.reading().log_page(&LogFilter::default()).await.unwrap();
    let indices = page.rows.iter().map(|line| line.index).collect();
    let entries = page.rows.into_iter().map(|line| line.entry).collect();
    let leaves = tx.log().leaves(0, 10).await.unwrap();
    (entries, leaves, indices)
}

on_both! {
    async fn an_entry_is_read_with_its_exact_bytes_and_details(world) {
        let logged = entry("request:1");
        let bare = domain::audit::Entry { details: None, ..entry("request:2") };
        let mut tx = world.store.begin().await.unwrap();
        tx.log().append(&logged).await.unwrap();
        tx.log().append(&bare).await.unwrap();
        tx.commit().await.unwrap();
        let found = world.read(async |tx| {
            (tx.log().find(logged.id).await.unwrap(), tx.log().find(bare.id).await.unwrap())
        }).await;
        assert_eq!(found, (Some(logged), Some(bare)));
    }

    async fn many_entries_of_one_commit_keep_their_order(world) {
        let entries: Vec<Entry> = (0..70).map(|number| entry(&format!("request:{number}"))).collect();
        let mut tx = world.store.begin().await.unwrap();
        for (number, one) in entries.iter().enumerate() {
            tx.log().append(one).await.unwrap();
            // What was appended is seen by whoever looks in the same transaction.
            if number % 40 == 7 {
                assert_eq!(tx.log().find(one.id).await.unwrap().as_ref(), Some(one));
            }
        }
        tx.commit().await.unwrap();
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        let waiting = sequencer.unsequenced(100).await.unwrap();
        let appended: Vec<_> = entries.iter().map(|entry| (entry.id, entry.bytes.clone())).collect();
        assert_eq!(waiting, appended);
        let details = world.read(async |tx| tx.log().about("request:69").await.unwrap()).await;
        assert_eq!(details, entries[69..]);
    }

    async fn an_entry_is_appended_once(world) {
        let logged = entry("request:1");
        let mut tx = world.store.begin().await.unwrap();
        tx.log().append(&logged).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.log().append(&logged).await.unwrap();
        let again = tx.commit().await;
        assert!(matches!(again, Err(StoreError::Exists(_))), "{again:?}");
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        assert_eq!(sequencer.unsequenced(10).await.unwrap().len(), 1);
    }

    async fn entries_wait_for_the_sequencer_in_order_of_insertion(world) {
        let ids = append(world, &["a:1", "a:2", "a:3"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        let waiting = sequencer.unsequenced(2).await.unwrap();
        assert_eq!(waiting.iter().map(|row| row.0).collect::<Vec<_>>(), ids[..2]);
        assert_eq!(world.read(async |tx| tx.log().index_of(ids[0]).await.unwrap()).await, None);
        assert_eq!(world.read(async |tx| tx.log().size().await.unwrap()).await, 0);
    }

    async fn an_entry_that_is_not_committed_is_never_sequenced(world) {
        let mut tx = world.store.begin().await.unwrap();
        tx.log().append(&entry("a:1")).await.unwrap();
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        assert_eq!(sequencer.unsequenced(10).await.unwrap(), []);
        drop(tx);
        let ids = append(world, &["a:2"]).await;
        assert_eq!(sequencer.unsequenced(10).await.unwrap()[0].0, ids[0]);
    }

    async fn the_sequencer_gives_indices_and_stores_tiles(world) {
        let ids = append(world, &["a:1", "a:2", "b:1"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        assert_eq!(sequencer.edge().await.unwrap(), (0, vec![]));
        sequencer.sequence(0, &ids[..2], &[(0, 0, vec![1; 64])]).await.unwrap();
        sequencer.sequence(2, &ids[2..], &[(0, 0, [vec![1; 64], vec![2; 32]].concat())]).await.unwrap();
        let edge = (3, vec![(0, 0, [vec![1; 64], vec![2; 32]].concat())]);
        assert_eq!(sequencer.edge().await.unwrap(), edge);
        assert_eq!(sequencer.unsequenced(10).await.unwrap(), []);
        let (indices, size, leaves, tile) = world.read(async |tx| {
            let indices = [tx.log().index_of(ids[1]).await.unwrap(), tx.log().index_of(ids[2]).await.unwrap()];
            let size = tx.log().size().await.unwrap();
            let leaves = tx.log().leaves(1, 10).await.unwrap();
            (indices, size, leaves, tx.log().tile(0, 0).await.unwrap())
        }).await;
        assert_eq!((indices, size, tile.map(|tile| tile.len())), ([Some(1), Some(2)], 3, Some(96)));
        let objects = leaves.iter().map(|leaf: &Leaf| {
            let claims: serde_json::Value = serde_json::from_slice(&leaf.bytes).unwrap();
            (leaf.index, claims["object"].as_str().unwrap().to_owned())
        });
        assert_eq!(objects.collect::<Vec<_>>(), [(1, "a:2".to_owned()), (2, "b:1".to_owned())]);
        assert!(leaves[0].bytes.starts_with(b"{\"actor\""));
    }

    async fn the_edge_is_the_last_tile_of_each_level(world) {
        let ids = append(world, &["a:1"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        let tiles = [(0, 0, vec![0; 8_192]), (0, 1, vec![1; 32]), (1, 0, vec![2; 32])];
        sequencer.sequence(0, &ids, &tiles).await.unwrap();
        assert_eq!(sequencer.edge().await.unwrap().1, tiles[1..]);
    }

    async fn nothing_is_sequenced_twice_or_out_of_place(world) {
        let ids = append(world, &["a:1", "a:2"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        let gap = sequencer.sequence(1, &ids, &[]).await.unwrap_err();
        assert!(matches!(gap, StoreError::Conflict(_)), "{gap:?}");
        sequencer.sequence(0, &ids, &[]).await.unwrap();
        assert!(sequencer.sequence(2, &ids[..1], &[]).await.is_err());
        assert!(sequencer.sequence(2, &[id()], &[]).await.is_err());
        assert_eq!(sequencer.edge().await.unwrap().0, 2);
    }

    async fn a_tile_only_grows(world) {
        let ids = append(world, &["a:1", "a:2"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        sequencer.sequence(0, &ids[..1], &[(0, 0, vec![1; 32])]).await.unwrap();
        let rewritten = sequencer.sequence(1, &ids[1..], &[(0, 0, vec![2; 64])]).await.unwrap_err();
        assert_eq!(rewritten, StoreError::Refused("log_tiles may only grow".into()));
        assert_eq!(sequencer.edge().await.unwrap(), (1, vec![(0, 0, vec![1; 32])]));
    }

    async fn entries_about_an_object_come_in_their_order(world) {
        let ids = append(world, &["a:1", "b:1", "a:1"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        // The sequencer may order otherwise than they were inserted: its order counts.
        sequencer.sequence(0, &[ids[2], ids[0]], &[]).await.unwrap();
        let last = append(world, &["a:1"]).await[0];
        let about = world.read(async |tx| tx.log().about("a:1").await.unwrap()).await;
        assert_eq!(about.into_iter().map(|entry| entry.id).collect::<Vec<_>>(), [ids[2], ids[0], last]);
    }

    async fn there_is_one_sequencer_at_a_time(world) {
        let second_process = storage::open(&world.url).await.unwrap();
        let sequencer = world.store.sequencer().await.unwrap();
        assert!(sequencer.is_some());
        assert!(world.store.sequencer().await.unwrap().is_none());
        assert!(second_process.sequencer().await.unwrap().is_none());
        drop(sequencer);
        let mut successor = None;
        for _ in 0..100 {
            successor = second_process.sequencer().await.unwrap();
            if successor.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(successor.is_some());
        drop(successor);
        second_process.close().await;
    }

    async fn a_checkpoint_never_shrinks(world) {
        let ids = append(world, &["a:1", "a:2"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        sequencer.sequence(0, &ids, &[]).await.unwrap();
        assert_eq!(sequencer.published().await.unwrap(), None);
        sequencer.publish(1, "one", now()).await.unwrap();
        sequencer.publish(2, "two", later(1)).await.unwrap();
        sequencer.publish(2, "two, signed again", later(2)).await.unwrap();
        assert!(sequencer.publish(1, "one", later(3)).await.is_err());
        assert!(sequencer.publish(3, "more than there is", later(4)).await.is_err());
        let newest = Some((2, "two, signed again".to_owned()));
        assert_eq!(sequencer.published().await.unwrap(), newest);
        assert_eq!(world.read(async |tx| tx.log().checkpoint().await.unwrap()).await, newest);
    }

    async fn cosignatures_of_a_checkpoint_are_kept_once_for_each_witness(world) {
        let ids = append(world, &["a:1", "a:2"]).await;
        let mut sequencer = world.store.sequencer().await.unwrap().unwrap();
        sequencer.sequence(0, &ids, &[]).await.unwrap();
        sequencer.publish(1, "one", now()).await.unwrap();
        sequencer.publish(2, "two", later(1)).await.unwrap();
        assert!(sequencer.cosign(1, "w1", "first", later(2)).await.unwrap());
        assert!(sequencer.cosign(1, "w2", "second", later(3)).await.unwrap());
        assert!(!sequencer.cosign(1, "w1", "again", later(4)).await.unwrap());
        world.read(async |tx| {
            assert_eq!(tx.log().cosignatures(1).await.unwrap(), ["first", "second"]);
            assert!(tx.log().cosignatures(2).await.unwrap().is_empty());
            assert_eq!(tx.log().cosigned().await.unwrap(), Some(1));
            assert_eq!(tx.log().checkpoint_at(1).await.unwrap().as_deref(), Some("one"));
            assert_eq!(tx.log().checkpoint_at(3).await.unwrap(), None);
        }).await;
    }

    async fn the_log_of_an_earlier_release_is_the_same_log(world) {
        fill(world).await;
        append(world, &["request:2", "request:3"]).await;
        let before = seen(&world.store).await;
        world.store.close().await;
        world.log_of_before().await;
        let again = storage::open(&world.url).await.unwrap();
        assert_eq!(seen(&again).await, before);
        // What is appended comes after it, and what is signed still names an entry that is there.
        let late = entry("request:4");
        let mut tx = again.begin().await.unwrap();
        tx.log().append(&late).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(seen(&again).await.0[0], late);
        again.close().await;
        let words = world.bare().await.execute("UPDATE log_entries SET kind = ''").await.unwrap_err();
        assert!(words.contains("append-only"), "{words}");
        let sql = match world.is_postgres() {
            true => "ALTER TABLE statements DISABLE TRIGGER statements_no_update",
            false => "DROP TRIGGER statements_no_update",
        };
        let mut bare = world.bare().await;
        bare.execute(sql).await.unwrap();
        let words = bare.execute("UPDATE statements SET entry_id = certificate_id").await.unwrap_err();
        assert!(words.to_lowercase().contains("foreign key"), "{words}");
    }
}
