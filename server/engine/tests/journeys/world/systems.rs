//! Other people's systems: SQLite files and a folder, with data of two tenants.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor, SqliteConnection};

/// Takes the tenant off the records of a system and keeps them.
pub fn unlink(folder: &Path) -> connectors::liar::Unlink {
    let folder = folder.to_owned();
    std::sync::Arc::new(move |target| {
        let folder = folder.clone();
        Box::pin(async move {
            let systems = Systems { folder };
            if target.dataset.to_string() == "crm.users" {
                systems
                    .run("crm", "UPDATE users SET tenant = NULL WHERE tenant = 'acme'")
                    .await;
            }
        })
    })
}

/// Records of each tenant in each table.
pub const ROWS: u32 = 40;

/// The systems of a world.
pub struct Systems {
    folder: PathBuf,
}

impl Systems {
    /// Makes `crm` and `billing` (SQLite) and `files` (folders), with records of acme and globex.
    pub async fn make(folder: &Path) -> Self {
        let systems = Self {
            folder: folder.to_owned(),
        };
        let mut crm = systems.open("crm", true).await;
        crm.execute(
            "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, tenant TEXT, email TEXT, made TEXT)",
        )
        .await
        .unwrap();
        crm.execute(
            "CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, tenant TEXT, user_id INTEGER)",
        )
        .await
        .unwrap();
        let mut billing = systems.open("billing", true).await;
        billing.execute("CREATE TABLE IF NOT EXISTS invoices (no TEXT PRIMARY KEY, customer TEXT, mail TEXT, made TEXT)").await.unwrap();
        crm.execute("BEGIN").await.unwrap();
        billing.execute("BEGIN").await.unwrap();
        for (n, tenant) in ["acme", "globex"].iter().enumerate() {
            for i in 1..=ROWS {
                let id = i64::from(i) + 1_000 * n as i64;
                let email = format!("user{i}@{tenant}.example");
                let made = format!("2025-{:02}-01", i % 12 + 1);
                let user = sqlx::query("INSERT INTO users (id, tenant, email, made) VALUES (?, ?, ?, ?)");
                user.bind(id)
                    .bind(tenant)
                    .bind(&email)
                    .bind(&made)
                    .execute(&mut crm)
                    .await
                    .unwrap();
                let ticket = sqlx::query("INSERT INTO tickets (id, tenant, user_id) VALUES (?, ?, ?)");
                ticket
                    .bind(id)
                    .bind(tenant)
                    .bind(id)
                    .execute(&mut crm)
                    .await
                    .unwrap();
                let invoice =
                    sqlx::query("INSERT INTO invoices (no, customer, mail, made) VALUES (?, ?, ?, ?)");
                let number = format!("{tenant}-{i}");
                invoice
                    .bind(number)
                    .bind(tenant)
                    .bind(&email)
                    .bind(&made)
                    .execute(&mut billing)
                    .await
                    .unwrap();
                let place = folder.join("files").join(tenant).join(format!("u{i}"));
                std::fs::create_dir_all(&place).unwrap();
                std::fs::write(place.join("photo.jpg"), b"a photo").unwrap();
            }
        }
        crm.execute("COMMIT").await.unwrap();
        billing.execute("COMMIT").await.unwrap();
        systems
    }

    /// Everything as it was at the beginning, in the same places.
    pub async fn refill(&self, folder: &Path) {
        self.run("crm", "DELETE FROM users; DELETE FROM tickets").await;
        self.run("billing", "DELETE FROM invoices").await;
        let _ = std::fs::remove_dir_all(folder.join("files"));
        Self::make(folder).await;
    }

    async fn open(&self, name: &str, create: bool) -> SqliteConnection {
        let file = self.folder.join(format!("{name}.db"));
        SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(create)
            .connect()
            .await
            .unwrap()
    }

    /// Runs SQL in a system, as its own people would.
    pub async fn run(&self, system: &str, sql: &'static str) {
        self.open(system, false).await.execute(sql).await.unwrap();
    }

    /// Counts by SQL in a system.
    pub async fn count(&self, system: &str, sql: &'static str) -> i64 {
        let mut connection = self.open(system, false).await;
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }

    /// Whether a record of a dataset is there. On servers, after all of acme went: whether it is globex's.
    pub async fn holds(&self, dataset: &str, id: &str) -> bool {
        let (system, query) = match dataset {
            "crm.users" => ("crm", "SELECT COUNT(*) FROM users WHERE id = ?"),
            "crm.tickets" => ("crm", "SELECT COUNT(*) FROM tickets WHERE id = ?"),
            "billing.invoices" => ("billing", "SELECT COUNT(*) FROM invoices WHERE no = ?"),
            "files.photos" => return self.folder.join("files").join(id).exists(),
            _ => return id.contains("globex") || id.parse::<i64>().is_ok_and(|number| number > 1_000),
        };
        let mut db = self.open(system, false).await;
        let found: i64 = sqlx::query_scalar(query)
            .bind(id)
            .fetch_one(&mut db)
            .await
            .unwrap();
        found > 0
    }

    /// How many records a tenant has in users, tickets, invoices and files.
    pub async fn census(&self, tenant: &str) -> [i64; 4] {
        let mut crm = self.open("crm", false).await;
        let mut billing = self.open("billing", false).await;
        let users = sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE tenant = ?").bind(tenant);
        let users = users.fetch_one(&mut crm).await.unwrap();
        let tickets = sqlx::query_scalar("SELECT COUNT(*) FROM tickets WHERE tenant = ?").bind(tenant);
        let tickets = tickets.fetch_one(&mut crm).await.unwrap();
        let invoices = sqlx::query_scalar("SELECT COUNT(*) FROM invoices WHERE customer = ?").bind(tenant);
        let invoices = invoices.fetch_one(&mut billing).await.unwrap();
        let files = std::fs::read_dir(self.folder.join("files").join(tenant)).map_or(0, |entries| {
            entries
                .flatten()
                .filter(|user| user.path().join("photo.jpg").exists())
                .count()
        });
        [users, tickets, invoices, i64::try_from(files).unwrap()]
    }

    /// The inventory, with one system told to lie.
    pub fn lying_inventory(&self, system: &str, lie: &str) -> String {
        let folder = self.folder.display();
        let honest = match system {
            "files" => format!("root = \"{folder}/files\""),
            database => format!("file = \"{folder}/{database}.db\""),
        };
        let inventory = self.inventory();
        assert!(inventory.contains(&honest));
        inventory.replace(&honest, &format!("{honest}, {lie}"))
    }

    /// The inventory of these systems, in TOML.
    pub fn inventory(&self) -> String {
        let folder = self.folder.display();
        format!(
            r#"
[[systems]]
name = "crm"
title = "Customer relations"
kind = "sqlite"
owner = "Sales Operations"
location = "Dublin, Ireland"
handling = "erase"
config = {{ file = "{folder}/crm.db" }}
erase_credential = {{ none = true }}
probe_credential = {{ none = true }}
limits = {{ chunk = 15 }}

[[systems.datasets]]
name = "users"
categories = ["contact"]
[systems.datasets.locator]
container = "users"
id = "id"
created = "made"
tenant = {{ identifier = "tenant_key", field = "tenant" }}
subject = [{{ identifier = "email", field = "email", normalise = "lower" }}]

[[systems.datasets]]
name = "tickets"
categories = ["support"]
[systems.datasets.locator]
container = "tickets"
id = "id"
tenant = {{ identifier = "tenant_key", field = "tenant" }}
subject = [{{ identifier = "user_id", field = "user_id", lookup = {{ dataset = "crm.users", field = "id" }} }}]

[[systems]]
name = "billing"
title = "Billing"
kind = "sqlite"
owner = "Finance"
location = "Dublin, Ireland"
handling = "erase"
config = {{ file = "{folder}/billing.db" }}
erase_credential = {{ none = true }}
probe_credential = {{ none = true }}

[[systems.datasets]]
name = "invoices"
categories = ["invoice"]
[systems.datasets.locator]
container = "invoices"
id = "no"
created = "made"
tenant = {{ identifier = "tenant_key", field = "customer" }}
subject = [{{ identifier = "email", field = "mail", normalise = "lower" }}]

[[systems]]
name = "files"
title = "File store"
kind = "filesystem"
owner = "Platform"
location = "Dublin, Ireland"
handling = "erase"
config = {{ root = "{folder}/files" }}
erase_credential = {{ none = true }}
probe_credential = {{ none = true }}

[[systems.datasets]]
name = "photos"
categories = ["media"]
[systems.datasets.locator]
container = "{{tenant_key}}/u{{user_id}}/"
tenant = {{ identifier = "tenant_key", field = "tenant_key" }}
subject = [{{ identifier = "user_id", field = "user_id", lookup = {{ dataset = "crm.users", field = "id" }} }}]
"#
        )
    }
}
