//! What is refused is refused whole, clearly, and before anything is touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::database::Kind;
use crate::place::Place;

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(contents(&entry.path())),
            false => drop(found.insert(entry.path(), std::fs::read(entry.path()).unwrap())),
        }
    }
    found
}

on_both! {
    /// A program that is older than the database says so, and starts nothing.
    fn a_database_newer_than_the_program_stops_every_start(place) {
        place.ours().run(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
             SELECT 9999, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
        );
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["worker", "--role", "verifier"], &["migrate"], &["hold", "list"]] {
            let refused = place.lethe(command).refused();
            assert!(refused.contains("9999") && refused.contains("newer"), "{command:?}: {refused}");
        }
    }
}

/// A passphrase that does not open the signing keys is named; keys and database stay as they are.
#[test]
fn a_wrong_passphrase_is_said_and_nothing_is_touched() {
    let place = Place::new(Kind::Sqlite);
    place.planned();
    let (keys, entries) = (
        contents(&place.file("data/keys")),
        place.lethe(&["log", "checkpoint"]).done(),
    );
    let wrong = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        crate::process::Said::by(command.env("LETHE_KEYS_PASSPHRASE", "not the passphrase")).refused()
    };
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["worker", "--role", "eraser"],
        &["log", "verify"],
        &["keys", "export", "public"],
    ] {
        let refused = wrong(command);
        assert!(refused.contains("passphrase"), "{command:?}: {refused}");
        assert!(
            !refused.contains("not the passphrase"),
            "{command:?} repeats it: {refused}"
        );
    }
    assert_eq!(contents(&place.file("data/keys")), keys);
    assert_eq!(place.lethe(&["log", "checkpoint"]).done(), entries);
}

/// One mistake anywhere refuses the whole file, names line and field, and leaves the inventory in force as it is.
#[test]
fn a_broken_inventory_is_refused_whole_with_line_and_field() {
    let place = Place::new(Kind::Sqlite);
    let whole = place.inventory();
    let line_of = |text: &str, what: &str| text.lines().position(|line| line.contains(what)).unwrap() + 1;
    let spoilt = |from: &str, to: &str| {
        let at = whole.rfind(from).unwrap();
        format!("{}{to}{}", &whole[..at], &whole[at + from.len()..])
    };
    let unknown = spoilt("owner = \"Sales\"", "ownr = \"Sales\"");
    let open = spoilt("location = \"Ireland\"", "location = \"Ireland");
    let handling = spoilt("handling = \"erase\"", "handling = \"shred\"");
    let by_the_parser = [
        (&unknown, "ownr", "ownr"),
        (&open, "location = \"Ireland\n", "location"),
        (&handling, "shred", "handling"),
    ];
    for (text, at, field) in by_the_parser {
        std::fs::write(place.file("broken.toml"), text).unwrap();
        let refused = place.by("otto", &["inventory", "apply", "broken.toml"]).refused();
        let line = format!("line {}", line_of(&format!("{text}\n"), at.trim_end()));
        assert!(
            refused.contains("refused whole") && refused.contains(field),
            "{refused}"
        );
        assert!(
            at.contains('\n') || refused.contains(&line),
            "{line} is missing in: {refused}"
        );
    }
    let by_the_rules = [
        (spoilt("name = \"billing\"", "name = \"crm\""), "systems.crm"),
        (spoilt("kind = \"sqlite\"", "kind = \"abacus\""), "billing"),
        (
            spoilt("categories = [\"contact\"]", "categories = []"),
            "systems.billing.datasets.invoices.categories",
        ),
        (
            spoilt("identifier = \"tenant_key\"", "identifier = \"tenant_name\""),
            "systems.billing.datasets.invoices.locator.tenant",
        ),
        (
            spoilt("limits = { chunk = 5 }", "limits = { chunk = 0 }"),
            "systems.billing.limits",
        ),
    ];
    for (text, field) in by_the_rules {
        std::fs::write(place.file("broken.toml"), text).unwrap();
        let refused = place.by("otto", &["inventory", "apply", "broken.toml"]).refused();
        assert!(
            refused.contains("refused whole") && refused.contains(field),
            "{field}: {refused}"
        );
    }
    std::fs::write(
        place.file("broken.yaml"),
        "systems:\n  - name: crm\n    kind: [sqlite\n",
    )
    .unwrap();
    let refused = place.by("otto", &["inventory", "apply", "broken.yaml"]).refused();
    assert!(
        refused.contains("refused whole") && refused.contains("line"),
        "{refused}"
    );
    assert_eq!(place.lethe(&["inventory", "show", "--json"]).json()["number"], 1);
}
