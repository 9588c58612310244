//! pgBackRest: a real cluster with an archive, one full and one differential backup.

use std::path::{Path, PathBuf};

use domain::port::probe::ProbeError;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{in_days, now, report, run};

/// A cluster that is stopped again when the test ends, also when it fails.
struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.postgres("pg_ctl", &["-D", &self.at("data"), "-m", "immediate", "stop"]);
    }
}

impl Cluster {
    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn postgres(&self, program: &str, arguments: &[&str]) {
        run("postgresql", &self.binaries.join(program), arguments, &[], true);
    }

    fn pgbackrest(&self, arguments: &[&str]) {
        let config = format!("--config={}", self.at("pgbackrest.conf"));
        let all = [
            &[config.as_str(), "--stanza=main", "--log-level-console=off"],
            arguments,
        ]
        .concat();
        run("pgbackrest", Path::new("pgbackrest"), &all, &[], true);
    }

    fn configure(&self, retention: &str) {
        let folder = self.folder.path().display();
        let text = format!(
            "[global]\nrepo1-path={folder}/repo\nlock-path={folder}/lock\nspool-path={folder}/spool\n\
             log-level-file=off\n{retention}\n[main]\npg1-path={folder}/data\npg1-socket-path={folder}\n"
        );
        std::fs::write(self.at("pgbackrest.conf"), text).unwrap();
    }

    fn settings(&self) -> Value {
        json!({"source": "pgbackrest", "config_file": self.at("pgbackrest.conf"), "stanza": "main"})
    }

    /// A cluster with a stanza and two backups.
    fn with_backups() -> Self {
        let mut binaries: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .expect("package postgresql is not installed")
            .map(|version| version.unwrap().path().join("bin"))
            .collect();
        binaries.sort();
        let folder = TempDir::new().unwrap();
        // The cluster's own user works in here, whoever runs the test.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let cluster = Self {
            folder,
            binaries: binaries.pop().expect("package postgresql is not installed"),
        };
        cluster.configure("repo1-retention-full-type=time\nrepo1-retention-full=35");
        cluster.postgres("initdb", &["-D", &cluster.at("data"), "-A", "trust", "-N"]);
        let archive = format!(
            "pgbackrest --config={} --stanza=main archive-push %p",
            cluster.at("pgbackrest.conf")
        );
        let options = format!(
            "-c archive_mode=on -c archive_command='{archive}' -c listen_addresses='' -c fsync=off -k {}",
            cluster.folder.path().display()
        );
        cluster.postgres(
            "pg_ctl",
            &[
                "-D",
                &cluster.at("data"),
                "-w",
                "-l",
                &cluster.at("log"),
                "-o",
                &options,
                "start",
            ],
        );
        cluster.pgbackrest(&["stanza-create"]);
        cluster.pgbackrest(&["--start-fast", "--type=full", "backup"]);
        cluster.pgbackrest(&["--start-fast", "--type=diff", "backup"]);
        cluster
    }
}

#[tokio::test]
async fn sets_are_listed_and_the_rule_is_read_from_the_configuration() {
    let cluster = Cluster::with_backups();
    let settings = cluster.settings();

    let fresh = report(&settings, "{}", now()).await.unwrap();
    assert_eq!(
        (fresh.rule.as_deref(), fresh.notes),
        (Some("repo1-retention-full 35 days"), vec![])
    );
    assert_eq!(fresh.sets.len(), 2);
    assert!(fresh.sets[1].name.starts_with(&fresh.sets[0].name) && fresh.sets[1].name.ends_with('D'));
    let expected = Some(in_days(7 + 35 + 2).date());
    assert_eq!(
        [fresh.sets[0].expires_on, fresh.sets[1].expires_on],
        [expected; 2]
    );

    // No newer full backup is made: by its own rule pgBackRest keeps the last one for ever.
    let stale = report(&settings, "{}", in_days(60)).await.unwrap();
    assert_eq!((stale.rule, stale.sets[0].expires_on), (None, None));
    assert_eq!(
        stale.notes,
        ["2 of 2 sets should be gone by the rule and are not: it is not applied"]
    );

    cluster.configure("repo1-retention-full=2");
    let by_count = report(&settings, "{}", now()).await.unwrap();
    assert_eq!((by_count.rule, by_count.sets.len()), (None, 2));
    assert_eq!(
        by_count.notes,
        ["backups are kept by count, not by age: set retention-full-type=time"]
    );

    let mut elsewhere = settings.clone();
    elsewhere["stanza"] = json!("other");
    let blind = Err(ProbeError::Blind(
        "the repository does not hold the stanza".to_owned(),
    ));
    assert_eq!(report(&elsewhere, "{}", now()).await, blind);
}
