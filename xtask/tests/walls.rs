//! The walls between the crates, checked over what Cargo itself says: who may depend on whom, and on what.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

/// One row for every crate of the workspace: what it may know of our own, and what of others it must never know.
/// A name also stands for its family: `leptos` for `leptos_axum`, `sqlx` for `sqlx-core`.
const WALLS: [Wall; 11] = [
    Wall {
        of: "domain",
        may_know: &[],
        never: &[
            "tokio",
            "axum",
            "leptos",
            "sqlx",
            "reqwest",
            "lettre",
            "rand",
            "getrandom",
        ],
    },
    Wall {
        of: "engine",
        may_know: &["domain"],
        never: &["axum", "leptos", "sqlx", "reqwest", "lettre"],
    },
    Wall {
        of: "storage",
        may_know: &["domain"],
        never: &["axum", "leptos"],
    },
    Wall {
        of: "connectors",
        may_know: &["domain"],
        never: &["axum", "leptos"],
    },
    Wall {
        of: "vault",
        may_know: &["domain"],
        never: &["axum", "leptos", "sqlx"],
    },
    Wall {
        of: "press",
        may_know: &["domain"],
        never: &["axum", "leptos", "sqlx"],
    },
    Wall {
        of: "app",
        may_know: &["domain", "engine"],
        never: &["axum", "sqlx"],
    },
    Wall {
        of: "check",
        may_know: &["domain"],
        never: &["axum", "leptos", "sqlx"],
    },
    Wall {
        of: "samples",
        may_know: &[],
        never: &["axum", "leptos"],
    },
    Wall {
        of: "server",
        may_know: &[
            "app",
            "connectors",
            "domain",
            "engine",
            "press",
            "samples",
            "storage",
            "vault",
        ],
        never: &["sqlx"],
    },
    Wall {
        of: "xtask",
        may_know: &[],
        never: &["axum", "leptos", "sqlx"],
    },
];

struct Wall {
    of: &'static str,
    may_know: &'static [&'static str],
    never: &'static [&'static str],
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    /// What each feature turns on.
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// None for an ordinary one, else `dev` or `build`.
    kind: Option<String>,
    optional: bool,
    /// Set for the crates of this workspace alone.
    path: Option<String>,
    features: Vec<String>,
    uses_default_features: bool,
}

impl Package {
    /// Tests may know anything; what ships may not.
    fn shipped(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies
            .iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
    }
}

/// A file of the checkout in which the test runs: one that was built elsewhere may run here.
fn checkout(file: &str) -> std::path::PathBuf {
    let crate_of_test = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    std::path::Path::new(&crate_of_test).join("..").join(file)
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"])
        .arg(checkout("Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice::<Metadata>(&output.stdout)
        .unwrap()
        .packages
}

fn wall(package: &Package) -> &'static Wall {
    let found = WALLS.iter().find(|wall| wall.of == package.name);
    found.unwrap_or_else(|| panic!("the crate {} has no row in the table of walls", package.name))
}

fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[test]
fn every_crate_has_a_row_and_every_row_a_crate() {
    let mut found: Vec<String> = packages().into_iter().map(|package| package.name).collect();
    let mut rows: Vec<&str> = WALLS.iter().map(|wall| wall.of).collect();
    found.sort_unstable();
    rows.sort_unstable();
    assert_eq!(found, rows);
}

#[test]
fn each_crate_knows_only_the_crates_it_may_know() {
    for package in packages() {
        let wall = wall(&package);
        for own in package.shipped().filter(|dependency| dependency.path.is_some()) {
            assert!(
                wall.may_know.contains(&own.name.as_str()),
                "{} must not depend on {}",
                wall.of,
                own.name
            );
        }
    }
}

#[test]
fn no_crate_knows_what_its_wall_forbids() {
    for package in packages() {
        let wall = wall(&package);
        for other in package.shipped() {
            let forbidden = wall.never.iter().find(|family| is_of_family(&other.name, family));
            assert!(
                forbidden.is_none(),
                "{} must not depend on {}",
                wall.of,
                other.name
            );
        }
    }
}

#[test]
fn the_pages_know_the_engine_only_on_the_server() {
    let packages = packages();
    let app = packages.iter().find(|package| package.name == "app").unwrap();
    let engine = app
        .shipped()
        .find(|dependency| dependency.name == "engine")
        .unwrap();
    assert!(
        engine.optional,
        "app must depend on engine only under its feature ssr"
    );
}

/// Everything that a feature of a package turns on in it, itself included.
fn turned_on<'a>(package: &'a Package, feature: &'a str) -> BTreeSet<&'a str> {
    let (mut on, mut next) = (BTreeSet::new(), vec![feature]);
    while let Some(feature) = next.pop() {
        if on.insert(feature) {
            next.extend(
                package
                    .features
                    .get(feature)
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
        }
    }
    on
}

/// Each half compiles alone only for as long as it is alone: one that turned the other on would compile and mean nothing.
#[test]
fn neither_half_turns_the_other_on() {
    let packages = packages();
    for name in ["engine", "connectors"] {
        let package = packages.iter().find(|package| package.name == name).unwrap();
        for (half, other) in [("erase", "probe"), ("probe", "erase")] {
            assert!(
                package.features.contains_key(half),
                "{name} has no feature {half}"
            );
            let on = turned_on(package, half);
            let reached = on
                .iter()
                .find(|on| on.split(['/', ':']).any(|part| part == other));
            assert!(
                reached.is_none(),
                "{half} of {name} turns {other} on by {reached:?}"
            );
        }
        // Through another crate of ours, the halves would meet as well.
        for own in package.shipped().filter(|dependency| dependency.path.is_some()) {
            let halves = own
                .features
                .iter()
                .any(|on| ["erase", "probe"].contains(&on.as_str()));
            let usual = packages.iter().find(|of| of.name == own.name).unwrap();
            let usual = own.uses_default_features
                && !turned_on(usual, "default").is_disjoint(&["erase", "probe"].into());
            assert!(
                !halves && !usual,
                "{name} turns a half of {} on, whichever is asked for",
                own.name
            );
        }
    }
}

#[test]
fn only_one_cryptography_library_is_linked_for_tls() {
    let lock = std::fs::read_to_string(checkout("Cargo.lock")).unwrap();
    for banned in ["aws-lc-rs", "aws-lc-sys", "openssl-sys", "native-tls"] {
        assert!(
            !lock.contains(&format!("name = \"{banned}\"\n")),
            "{banned} is in Cargo.lock; TLS comes from ring"
        );
    }
}
