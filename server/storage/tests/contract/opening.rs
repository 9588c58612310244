//! Opening: what is refused and how it is said.

use std::path::Path;

use storage::OpenError;

use crate::on_both;
use crate::support::World;

fn address(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

on_both! {
    async fn opening_again_changes_nothing(world) {
        let version = world.store.schema_version().await.unwrap();
        let again = storage::open(&world.url).await.unwrap();
        assert_eq!(again.schema_version().await.unwrap(), version);
        assert!(version >= 7);
        again.close().await;
    }

    async fn a_database_of_a_newer_release_is_refused(world) {
        world.store.close().await;
        let sql = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
            SELECT 9999, description, installed_on, success, checksum, execution_time
            FROM _sqlx_migrations
            WHERE version = 1";
        assert_eq!(world.bare().await.execute(sql).await, Ok(1));
        match storage::open(&world.url).await {
            Err(OpenError::Newer { database: 9999, binary }) => assert!(binary < 9999),
            other => panic!("{other:?}"),
        }
    }

    async fn a_database_with_another_schema_is_refused(world) {
        world.store.close().await;
        let sql = "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 2)
            WHERE version = 1";
        assert_eq!(world.bare().await.execute(sql).await, Ok(1));
        assert!(matches!(storage::open(&world.url).await, Err(OpenError::Altered(1))));
    }
}

#[tokio::test]
async fn other_addresses_are_refused() {
    for url in ["mysql://localhost/lethe", "lethe.db", ""] {
        assert!(
            matches!(storage::open(url).await, Err(OpenError::Scheme)),
            "{url}"
        );
    }
    assert!(matches!(
        storage::open("sqlite::memory:").await,
        Err(OpenError::Address(_))
    ));
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere").join("lethe.db");
    let error = storage::open(&address(&missing)).await.unwrap_err();
    assert!(
        matches!(error, OpenError::Cannot(_)) && error.to_string().contains("nowhere"),
        "{error}"
    );

    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "this is a text and no database, however long one may look at it".repeat(99),
    )
    .unwrap();
    let error = storage::open(&address(&text)).await.unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_said_without_the_password() {
    let error = storage::open("postgres://lethe:open-sesame@127.0.0.1:1/lethe")
        .await
        .unwrap_err();
    assert!(
        matches!(error, OpenError::Cannot(_)) && !error.to_string().contains("sesame"),
        "{error}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::sqlite().await;
    for file in std::fs::read_dir(world.folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_a_new_file_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let url = address(&folder.path().join("lethe.db"));
    let opening: Vec<_> = (0..6)
        .map(|_| {
            tokio::spawn({
                let url = url.clone();
                async move { storage::open(&url).await }
            })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}
