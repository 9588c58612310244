use domain::secret::Secret;
use engine::people::NewPerson;

use super::*;
use crate::config::Config;
use crate::wiring::{Role, Wired, wire};

/// An installation in a folder; all of them share one set of keys.
struct Place {
    wired: Wired,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new(keys: &Path, people: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lethe.toml");
        let text = format!(
            "data_dir = {:?}\n[keys]\nfolder = {:?}\n",
            folder.path().join("data"),
            keys
        );
        std::fs::write(&file, text).unwrap();
        let wired = wire(&Config::load(Some(&file)).unwrap(), Role::All)
            .await
            .unwrap();
        wired
            .engine
            .found(people.iter().map(|name| person(name)).collect())
            .await
            .unwrap();
        wired.engine.sequence_log().await.unwrap();
        Self { wired, folder }
    }

    async fn backup(&self) -> PathBuf {
        let file = self
            .folder
            .path()
            .join(format!("{}.db", hex::encode(drawn::<4>())));
        self.wired.database.backup(&file).await.unwrap();
        file
    }

    async fn published(&self) -> Published {
        let note = self.wired.engine.checkpoint().await.unwrap().unwrap();
        let keys = self.wired.issuer.as_ref().unwrap().log_keys().unwrap();
        Published {
            note,
            keys,
            accepted: None,
        }
    }

    async fn prepare(&self, published: Option<Published>) -> Result<Prepared, RestoreError> {
        prepare(
            &self.backup().await,
            published,
            &Policy::default(),
            self.folder.path(),
            &[],
        )
        .await
    }
}

fn person(name: &str) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        roles: [domain::actor::Role::LegalCounsel].into(),
        tenant: None,
        password: Secret::new("correct horse battery"),
    }
}

#[tokio::test]
async fn a_restored_database_comes_up_paused_and_tells_counsel() {
    let keys = tempfile::tempdir().unwrap();
    let place = Place::new(keys.path(), &["ada"]).await;
    let prepared = place.prepare(Some(place.published().await)).await.unwrap();
    let copy = storage::open(&format!("sqlite:{}", prepared.file().display()))
        .await
        .unwrap();
    let mut tx = copy.read().await.unwrap();
    let switches = tx.settings().switches().await.unwrap();
    assert!(switches.all.is_some() && switches.register_unconfirmed_since.is_some());
    assert_eq!(
        tx.log().about("register:holds").await.unwrap()[0].claims.kind,
        "database.restored"
    );
    assert_eq!(
        copy.next_job_at(&[domain::job::Queue::Mail])
            .await
            .unwrap()
            .iter()
            .count(),
        1
    );
}

#[tokio::test]
async fn a_forked_log_is_refused() {
    let keys = tempfile::tempdir().unwrap();
    let other = Place::new(keys.path(), &["bob", "eve"]).await;
    let place = Place::new(keys.path(), &["ada", "ben", "cid"]).await;
    let refused = place.prepare(Some(other.published().await)).await.err().unwrap();
    assert!(matches!(refused, RestoreError::Forked { size: 2 }), "{refused}");
}

#[tokio::test]
async fn a_backup_behind_what_was_published_needs_a_reason() {
    let keys = tempfile::tempdir().unwrap();
    let newer = Place::new(keys.path(), &["ada", "ben", "cid"]).await;
    let older = Place::new(keys.path(), &["ada"]).await;
    let refused = older.prepare(Some(newer.published().await)).await.err().unwrap();
    assert!(
        matches!(
            refused,
            RestoreError::Behind {
                backup: 1,
                published: 3
            }
        ),
        "{refused}"
    );
    let accepted = Published {
        accepted: Some("the disk died".into()),
        ..newer.published().await
    };
    assert!(older.prepare(Some(accepted)).await.is_ok());
}

#[tokio::test]
async fn what_is_refused_leaves_no_copy_behind() {
    let keys = tempfile::tempdir().unwrap();
    let place = Place::new(keys.path(), &["ada"]).await;
    let nonsense = Published {
        note: "nonsense".into(),
        ..place.published().await
    };
    assert!(place.prepare(Some(nonsense)).await.is_err());
    let left = std::fs::read_dir(place.folder.path()).unwrap().flatten();
    assert!(
        !left
            .into_iter()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("restoring-"))
    );
}
