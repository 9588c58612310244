//! Databases: our own, of either kind, and that of a system which keeps data of tenants.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database of the server named by `LETHE_TEST_POSTGRES`.
    Postgres,
}

/// An empty database of our own; dropped with this.
pub struct Ours {
    pub url: String,
    server: Option<(String, String)>,
}

impl Ours {
    /// Makes one; its name begins with that of the folder.
    pub fn make(kind: Kind, folder: &Path, name: &str) -> Self {
        if kind == Kind::Sqlite {
            let url = format!("sqlite:{}/{name}.db", folder.display());
            return Self { url, server: None };
        }
        let server = std::env::var("LETHE_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!("LETHE_TEST_POSTGRES is not set: run `cargo xtask test`, or `cargo xtask services start` (package postgresql-15)")
        });
        let own: String = folder
            .display()
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let name = format!("lethe_line_{}_{name}", own.to_lowercase());
        run_on_server(&server, format!("CREATE DATABASE {name}"));
        let (before, _) = server.rsplit_once('/').unwrap();
        Self {
            url: format!("{before}/{name}"),
            server: Some((server, name)),
        }
    }

    /// Runs SQL that both engines know.
    pub fn run(&self, sql: &str) {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => run_in_file(Path::new(file), sql),
            None => run_on_server(&self.url, sql.to_owned()),
        }
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        if let Some((server, name)) = self.server.take() {
            run_on_server(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Waits for something of sqlx.
pub fn wait_for<T: Send>(work: impl Future<Output = T> + Send) -> T {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(work)).join().unwrap())
}

fn run_on_server(server: &str, sql: String) {
    wait_for(async {
        let mut admin = sqlx::PgConnection::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(sql)).await.unwrap();
        admin.close().await.unwrap();
    });
}

/// Runs SQL in a SQLite file, which is made when it is not there.
pub fn run_in_file(file: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    wait_for(async {
        let mut file = options.connect().await.unwrap();
        file.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
        file.close().await.unwrap();
    });
}

/// Counts by SQL in a SQLite file.
pub fn count_in_file(file: &Path, sql: &'static str) -> i64 {
    let options = SqliteConnectOptions::new().filename(file);
    wait_for(async {
        let mut file = options.connect().await.unwrap();
        let count = sqlx::query_scalar(sql).fetch_one(&mut file).await.unwrap();
        file.close().await.unwrap();
        count
    })
}
