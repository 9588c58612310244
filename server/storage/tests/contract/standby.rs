//! A server that takes no writes is refused at start: a hold that it has not heard of yet would be no hold.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use storage::OpenError;
use tempfile::TempDir;

use crate::support::World;

/// A cluster of its own behind a socket in its folder; stopped when the test ends, also when it fails.
struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _stopped = self
            .command("pg_ctl", &["-D", &self.at("data"), "-m", "immediate", "stop"])
            .status();
    }
}

impl Cluster {
    fn start() -> Self {
        let installed =
            std::fs::read_dir("/usr/lib/postgresql").expect("package postgresql is not installed");
        let newest = installed.map(|version| version.unwrap().path().join("bin")).max();
        let folder = TempDir::new().unwrap();
        // The cluster's own user works in here, whoever runs the test.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let cluster = Self {
            folder,
            programs: newest.expect("package postgresql is not installed"),
        };
        cluster.run(
            "initdb",
            &["-D", &cluster.at("data"), "-A", "trust", "-U", "postgres", "-N"],
        );
        cluster.go();
        cluster
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn url(&self) -> String {
        let socket = self.at("").replace('/', "%2F");
        format!("postgres://postgres@{socket}/postgres")
    }

    /// As the user that PostgreSQL accepts, where this is root.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = match root {
            true => Command::new("runuser"),
            false => Command::new(&program),
        };
        if root {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.args(arguments).current_dir("/").stdout(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program, arguments).status();
        let status =
            status.unwrap_or_else(|error| panic!("{program} cannot be run: {error}: package postgresql"));
        assert!(status.success(), "{program} {arguments:?} ended with {status}");
    }

    fn go(&self) {
        let options = format!(
            "-c listen_addresses='' -c fsync=off -k {}",
            self.folder.path().display()
        );
        let (data, log) = (self.at("data"), self.at("log"));
        self.run(
            "pg_ctl",
            &["-D", &data, "-w", "-l", &log, "-o", &options, "start"],
        );
    }

    /// The same cluster as a standby.
    fn follow(&self) {
        let data = self.at("data");
        self.run("pg_ctl", &["-D", &data, "-w", "-m", "fast", "stop"]);
        self.run("/usr/bin/touch", &[&format!("{data}/standby.signal")]);
        self.go();
    }
}

#[tokio::test]
async fn a_standby_is_refused() {
    let cluster = Cluster::start();
    storage::open(&cluster.url()).await.unwrap().close().await;
    cluster.follow();
    let error = storage::open(&cluster.url()).await.unwrap_err();
    assert!(matches!(error, OpenError::Standby), "{error}");
    assert!(error.to_string().contains("primary"), "{error}");
}

#[tokio::test]
async fn an_address_that_only_reads_is_refused() {
    let world = World::postgres().await;
    let url = format!("{}?options=-c%20default_transaction_read_only%3Don", world.url);
    world
        .run(async |_| {
            let error = storage::open(&url).await.unwrap_err();
            assert!(matches!(error, OpenError::ReadOnly), "{error}");
            assert!(
                error.to_string().contains("default_transaction_read_only"),
                "{error}"
            );
        })
        .await;
}
