//! Backup, restore, moving up.

use domain::audit::{Checkpoint, merkle};
use domain::job::{Job, Queue};
use domain::port::store::Store as _;
use domain::scope::TenantScope;
use storage::{CopyError, Database};

use crate::on_both;
use crate::support::World;
use crate::support::nouns::{
    hold, key, mail, manifest, now, person, released, stored_step, tenant, today, token,
};

/// A bit of everything that has an order, an absence or exact bytes; the log is sequenced and signed up to its end.
async fn fill(world: &World) {
    world
        .write(async |tx| {
            let ada = person("ada@example.com");
            tx.people().insert(&ada).await.unwrap();
            tx.people().insert_token(&token(ada.id, "secret")).await.unwrap();
            let step = stored_step(tx).await;
            tx.plans().insert_manifest(&manifest(step.plan)).await.unwrap();
            let over = hold(TenantScope::One(key("acme")));
            tx.holds().insert(&hold(TenantScope::Any)).await.unwrap();
            tx.holds().insert(&over).await.unwrap();
            tx.holds().update(&released(over)).await.unwrap();
            tx.settings()
                .set_text("log_origin", "lethe.example/log")
                .await
                .unwrap();
            tx.jobs().enqueue(&Job::Watch, now()).await.unwrap();
            tx.outbox().insert(&mail(Some(step.request))).await.unwrap();
        })
        .await;
    for number in 0..250 {
        world
            .write(async |tx| {
                tx.tenants()
                    .insert(&tenant(&format!("tenant {number}")))
                    .await
                    .unwrap()
            })
            .await;
    }
    sign(&world.store, "lethe.example/log").await;
    world
        .write(async |tx| tx.tenants().insert(&tenant("late")).await.unwrap())
        .await;
}

/// Sequences all entries and publishes a checkpoint over them.
async fn sign(store: &Database, origin: &str) {
    let mut sequencer = store.sequencer().await.unwrap().unwrap();
    let waiting = sequencer.unsequenced(10_000).await.unwrap();
    let mut tree = merkle::Tree::new();
    waiting
        .iter()
        .for_each(|(_, bytes)| tree.append(merkle::leaf(bytes), |_| {}));
    let ids: Vec<_> = waiting.iter().map(|(id, _)| *id).collect();
    sequencer
        .sequence(0, &ids, &[(0, 0, tree.root().as_bytes().to_vec())])
        .await
        .unwrap();
    let size = waiting.len() as u64;
    let checkpoint = Checkpoint {
        origin: origin.into(),
        size,
        root: tree.root(),
    };
    sequencer
        .publish(
            size,
            &format!("{}\n\u{2014} a signature\n", checkpoint.text()),
            now(),
        )
        .await
        .unwrap();
}

/// What can be seen of a database from outside.
async fn seen(store: &Database) -> String {
    let mut tx = store.read().await.unwrap();
    let people = tx.people().list().await.unwrap();
    let tenants = tx.tenants().list().await.unwrap();
    let requests = tx.requests().list(None).await.unwrap();
    let holds = tx.holds().list().await.unwrap();
    let keepers = tx.holds().keepers(&key("acme"), today()).await.unwrap();
    let version = tx.holds().register_version().await.unwrap();
    let plans = tx.plans().of_request(requests[0].id).await.unwrap();
    let manifest = tx.plans().manifest(plans[0].id).await.unwrap();
    let steps = tx.attempts().steps(requests[0].id, None).await.unwrap();
    let entries = tx.log().about("test:0").await.unwrap();
    let mails = serde_json::to_string(&tx.outbox().of_request(requests[0].id).await.unwrap()).unwrap();
    let checkpoint = tx.log().checkpoint().await.unwrap();
    let origin = tx.settings().text("log_origin").await.unwrap();
    let jobs = tx.jobs().counts().await.unwrap();
    format!(
        "{people:?}{tenants:?}{requests:?}{holds:?}{keepers:?}{version}{plans:?}{manifest:?}{steps:?}{entries:?}\
         {mails}{checkpoint:?}{origin:?}{jobs:?}"
    )
}

on_both! {
    async fn a_backup_restores_everything_into_either_engine(world) {
        fill(world).await;
        let file = world.folder.path().join("backup.db");
        let copied = world.store.backup(&file).await.unwrap();
        assert_eq!(copied.log_size, 251);
        assert_eq!(copied, world.store.backup(&world.folder.path().join("another.db")).await.unwrap());

        let (on_sqlite, on_postgres) = (World::sqlite().await, World::postgres().await);
        let same = async |target: &World| {
            assert_eq!(target.store.restore(&file).await.unwrap(), copied);
            assert_eq!(seen(&target.store).await, seen(&world.store).await);
            // Life goes on: what is inserted next comes last, and the log is continued.
            target.write(async |tx| tx.tenants().insert(&tenant("acme")).await.unwrap()).await;
            let mut sequencer = target.store.sequencer().await.unwrap().unwrap();
            let waiting = sequencer.unsequenced(10).await.unwrap();
            assert_eq!(waiting.len(), 2);
            sequencer.sequence(251, &[waiting[0].0, waiting[1].0], &[]).await.unwrap();
            assert_eq!(target.store.lease(&Queue::ALL, 9, now(), std::time::Duration::from_secs(1)).await.unwrap().len(), 1);
        };
        on_sqlite.run(same).await;
        on_postgres.run(same).await;
    }

    async fn a_backup_is_one_complete_file_for_its_owner(world) {
        fill(world).await;
        let folder = world.folder.path().join("backups");
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("backup.db");
        world.store.backup(&file).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, ["backup.db"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = std::fs::read(&file).unwrap();
        assert!(matches!(world.store.backup(&file).await, Err(CopyError::File(_))), "an older backup is not replaced");
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    async fn only_an_empty_database_is_restored_into(world) {
        fill(world).await;
        let file = world.folder.path().join("backup.db");
        world.store.backup(&file).await.unwrap();
        let before = seen(&world.store).await;
        assert!(matches!(world.store.restore(&file).await, Err(CopyError::NotEmpty("people"))));
        assert_eq!(seen(&world.store).await, before);
    }

    async fn a_log_that_is_not_the_signed_one_is_not_copied(world) {
        fill(world).await;
        assert_eq!(world.store.recompute_log().await.unwrap().0, 251);
        let mut bare = world.bare().await;
        // Somebody who may do everything in the database rewrites an entry.
        match world.is_postgres() {
            true => bare.execute("ALTER TABLE log_entries DISABLE TRIGGER ALL").await.unwrap(),
            false => bare.execute("DROP TRIGGER log_entries_no_update").await.unwrap(),
        };
        let sql = "UPDATE log_entries SET bytes = substr(bytes, 2)
            WHERE serial = (SELECT entry FROM log_leaves WHERE position = 7)";
        assert_eq!(bare.execute(sql).await, Ok(1));
        assert!(matches!(world.store.recompute_log().await, Err(CopyError::OtherThanSigned(251))));
        let file = world.folder.path().join("backup.db");
        assert!(matches!(world.store.backup(&file).await, Err(CopyError::OtherThanSigned(251))));
        assert!(!file.exists());
    }

    async fn a_backup_while_others_write_is_one_state(world) {
        fill(world).await;
        let store = world.store.clone();
        let writing = tokio::spawn(async move {
            for number in 0..40 {
                let mut tx = store.begin().await.unwrap();
                tx.tenants().insert(&tenant(&format!("meanwhile {number}"))).await.unwrap();
                tx.log().append(&crate::support::nouns::entry("tenant:1")).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        let file = world.folder.path().join("backup.db");
        world.store.backup(&file).await.unwrap();
        writing.await.unwrap();
        let copy = World::sqlite().await;
        copy.store.restore(&file).await.unwrap();
        let (tenants, entries) = copy.read(async |tx| {
            let tenants = tx.tenants().list().await.unwrap();
            let entries = tx.log().about("tenant:1").await.unwrap();
            (tenants.iter().filter(|tenant| tenant.name.starts_with("meanwhile")).count(), entries.len())
        }).await;
        assert_eq!(tenants, entries, "each tenant with its entry");
    }
}
