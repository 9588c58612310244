//! A place to work at: a folder with settings and keys, a database of either kind, people, and two systems that hold data.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::database::{Kind, Ours, count_in_file, run_in_file};
use crate::process::{Said, Staying};

/// Records of acme in each system at the beginning.
pub const ROWS: i64 = 40;
const PASSWORD: &str = "correct horse battery";
const PEOPLE: [&str; 6] = [
    "Lena <lena@example.com>:legal_counsel",
    "Luis <luis@example.com>:legal_counsel",
    "Cara <cara@example.com>:compliance_officer",
    "Carl <carl@example.com>:compliance_officer",
    "Otto <otto@example.com>:operator",
    "Anna <anna@example.com>:administrator",
];

/// Runs a test on both databases.
macro_rules! on_both {
    ($($(#[$doc:meta])* fn $name:ident($place:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test names all that its file names")]
            use super::*;

            fn told(kind: crate::database::Kind) {
                let $place = crate::place::Place::new(kind);
                $body
            }

            $(#[$doc])*
            #[test]
            fn on_sqlite() {
                told(crate::database::Kind::Sqlite);
            }

            $(#[$doc])*
            #[test]
            fn on_postgres() {
                told(crate::database::Kind::Postgres);
            }
        }
    )+};
}

/// A place to work at.
pub struct Place {
    kind: Kind,
    folder: tempfile::TempDir,
    ours: Ours,
}

impl Place {
    /// Founded, with an inventory and a tenant.
    pub fn new(kind: Kind) -> Self {
        let place = Self::empty(kind);
        place.found();
        place.by("otto", &["inventory", "apply", "inventory.toml"]).done();
        let contact = "Ada <ada@acme.example>";
        place
            .by(
                "lena",
                &[
                    "tenant",
                    "add",
                    "acme",
                    "--name",
                    "Acme Ltd",
                    "--contact",
                    contact,
                ],
            )
            .done();
        place
    }

    /// Settings, systems with data, and nothing of our own yet.
    pub fn empty(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ours = Ours::make(kind, folder.path(), "first");
        let place = Self { kind, folder, ours };
        place.write_settings();
        place.fill("crm", "contacts");
        place.fill("billing", "invoices");
        std::fs::write(place.file("inventory.toml"), place.inventory()).unwrap();
        place
    }

    pub fn found(&self) {
        let line = |person: &&str| {
            let email = person.split(['<', '>']).nth(1).unwrap();
            format!("{email} {PASSWORD}\n")
        };
        let passwords: String = PEOPLE.iter().map(line).collect();
        std::fs::write(self.file("passwords.txt"), passwords).unwrap();
        let people = PEOPLE.iter().flat_map(|person| ["--person", person]);
        let found: Vec<&str> = ["admin", "found", "--passwords", "passwords.txt"]
            .into_iter()
            .chain(people)
            .collect();
        self.lethe(&found).done();
    }

    /// The same place with an empty database in place of the one that was lost.
    pub fn with_a_new_database(mut self, name: &str) -> Self {
        self.ours = Ours::make(self.kind, self.folder.path(), name);
        self.write_settings();
        self
    }

    pub fn ours(&self) -> &Ours {
        &self.ours
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command as typed, by nobody in particular.
    pub fn lethe(&self, arguments: &[&str]) -> Said {
        Said::by(&mut self.command(arguments))
    }

    /// A command of a person.
    pub fn by(&self, name: &str, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        Said::by(
            command
                .args(["--as", &format!("{name}@example.com")])
                .env("LETHE_PASSWORD", PASSWORD),
        )
    }

    /// A process that stays.
    pub fn start(&self, arguments: &[&str]) -> Staying {
        Staying::start(&mut self.command(arguments))
    }

    /// The binary with arguments, in this folder, without settings of the environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let binary = std::env::var_os("LETHE_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_lethe").into());
        let mut command = Command::new(binary);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LETHE_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// A request for all of acme, planned by a process that has ended since.
    pub fn planned(&self) -> String {
        let serving = self.start(&["serve", "--listen", "127.0.0.1:0"]);
        let id = self.open();
        crate::process::until("a plan", || self.state(&id) == "planned");
        assert!(serving.stop().success());
        id
    }

    /// A request for all of acme, with a confirmed identity.
    pub fn open(&self) -> String {
        self.open_about(&["--contract", "MSA 7", "--ended-on", "2026-06-30"])
    }

    /// A request for one person of acme, with a confirmed identity.
    pub fn open_person(&self, identifier: &str) -> String {
        self.open_about(&["--subject", identifier])
    }

    fn open_about(&self, whom: &[&str]) -> String {
        let open = ["request", "open", "--tenant", "acme", "--json"];
        let open: Vec<&str> = open.iter().chain(whom).copied().collect();
        let id = self.by("lena", &open).json()["request"]
            .as_str()
            .unwrap()
            .to_owned();
        std::fs::write(self.file("call.txt"), "called back").unwrap();
        self.by(
            "luis",
            &[
                "request",
                "confirm-identity",
                &id,
                "--method",
                "call_back",
                "--evidence",
                "call.txt",
            ],
        )
        .done();
        id
    }

    pub fn approve(&self, id: &str) {
        let digest = self.show(id)["digest"].as_str().unwrap().to_owned();
        self.by("cara", &["request", "approve", id, "--digest", &digest])
            .done();
    }

    pub fn place_hold(&self, tenant: &str, narrowed: &[&str]) -> String {
        let place = [
            "hold",
            "place",
            "--tenant",
            tenant,
            "--matter",
            "Smith v. Acme",
            "--authority",
            "High Court",
            "--basis",
            "court_order",
            "--ground",
            "legal_claims",
            "--custodian",
            "Lena",
            "--json",
        ];
        let arguments: Vec<&str> = place.iter().chain(narrowed).copied().collect();
        self.by("lena", &arguments).json()["hold"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub fn show(&self, id: &str) -> Value {
        self.lethe(&["request", "show", id, "--json"]).json()
    }

    pub fn state(&self, id: &str) -> String {
        self.show(id)["state"].as_str().unwrap().to_owned()
    }

    /// Records of acme in crm and billing.
    pub fn census(&self) -> [i64; 2] {
        [
            count_in_file(
                &self.file("crm.db"),
                "SELECT COUNT(*) FROM contacts WHERE tenant = 'acme'",
            ),
            count_in_file(
                &self.file("billing.db"),
                "SELECT COUNT(*) FROM invoices WHERE tenant = 'acme'",
            ),
        ]
    }

    fn write_settings(&self) {
        let settings = format!(
            "data_dir = \"data\"\ndatabase.url = {:?}\nissuer.name = \"Northwind Ltd\"\nissuer.address = [\"12 Harbour Row\"]\n\
             rules.grace = \"0s\"\nrules.cooling_off = \"1s\"\n",
            self.ours.url
        );
        std::fs::write(self.file("lethe.toml"), settings).unwrap();
    }

    fn fill(&self, system: &str, table: &str) {
        let sql = format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY, tenant TEXT, email TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO {table} (tenant, email) SELECT 'acme', 'user' || i || '@acme.example' FROM n
             UNION ALL SELECT 'globex', 'user' || i || '@globex.example' FROM n"
        );
        run_in_file(&self.file(&format!("{system}.db")), &sql);
    }

    /// Both systems, erased five records at a time.
    pub fn inventory(&self) -> String {
        let system = |name: &str, table: &str| {
            format!(
                r#"
[[systems]]
name = "{name}"
kind = "sqlite"
owner = "Sales"
location = "Ireland"
handling = "erase"
settle_seconds = 1
config = {{ file = "{file}" }}
erase_credential = {{ none = true }}
probe_credential = {{ none = true }}
limits = {{ chunk = 5 }}

[[systems.datasets]]
name = "{table}"
categories = ["contact"]
[systems.datasets.locator]
container = "{table}"
id = "id"
tenant = {{ identifier = "tenant_key", field = "tenant" }}
subject = [{{ identifier = "email", field = "email", normalise = "lower" }}]
"#,
                file = self.file(&format!("{name}.db")).display()
            )
        };
        system("crm", "contacts") + &system("billing", "invoices")
    }
}
