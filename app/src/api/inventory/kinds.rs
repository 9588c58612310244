//! The kinds of systems that can be connected, as a form asks about them.

use std::collections::BTreeMap;

use domain::inventory::Handling;
use serde_json::Value;

use crate::error::AppError;

/// A kind of system.
#[derive(Debug)]
pub struct Kind {
    /// The word in the inventory.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The only handling that makes sense for it.
    pub handling: Handling,
    /// What the form asks besides credentials.
    pub settings: &'static [Setting],
    /// What its credentials look like.
    pub credential: Credential,
    /// What a container is: `The table, as schema.table`.
    pub container: &'static str,
    /// Records are rows: they have a key, and may have a date.
    pub rows: bool,
}

/// Which credentials a kind needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// None at all.
    None,
    /// One that can delete and one that can only look, of this form.
    Two(&'static str),
    /// Only one that can look, of this form.
    ProbeOnly(&'static str),
}

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the inventory.
    pub key: &'static str,
    /// What it asks for.
    pub label: &'static str,
    /// What is expected.
    pub hint: &'static str,
    /// What it is.
    pub shape: Shape,
    /// It must be given.
    pub needed: bool,
}

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// Texts, parted by commas.
    List,
    /// A whole number.
    Number,
    /// True or false.
    Truth,
    /// One of several: values and words.
    One(&'static [(&'static str, &'static str)]),
}

const fn setting(key: &'static str, label: &'static str, hint: &'static str, shape: Shape) -> Setting {
    Setting {
        key,
        label,
        hint,
        shape,
        needed: false,
    }
}

const fn needed(setting: Setting) -> Setting {
    Setting {
        needed: true,
        ..setting
    }
}

/// The setting that every kind has.
pub const TIMEOUT: Setting = setting(
    "timeout_seconds",
    "Longest look, in seconds",
    "1 to 86400; 300 when empty",
    Shape::Number,
);

const CASCADES: Setting = setting(
    "cascades",
    "Tables that may lose rows by a foreign key",
    "Parted by commas. Any other table that would lose rows stops the erasure, because its rows may be under hold.",
    Shape::List,
);
const BUCKET: Setting = setting("bucket", "Bucket", "Its name", Shape::Text);
const REGION: Setting = setting("region", "Region", "us-east-1 when empty", Shape::Text);
const ENDPOINT: Setting = setting(
    "endpoint",
    "Address of the service",
    "Such as https://s3.example.com; empty for AWS",
    Shape::Text,
);
const PATH_STYLE: Setting = setting(
    "path_style",
    "The bucket\u{2019}s name stands in the path",
    "https://host/bucket/key instead of https://bucket.host/key. When empty: yes where an address is given.",
    Shape::Truth,
);
const KEYS: &str = "One line: {\"access_key\": \"..\", \"secret_key\": \"..\"}";

/// Every kind.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "postgres",
        title: "PostgreSQL database",
        handling: Handling::Erase,
        settings: &[CASCADES, TIMEOUT],
        credential: Credential::Two("postgres://role:password@host:port/database"),
        container: "The table, as schema.table",
        rows: true,
    },
    Kind {
        name: "sqlite",
        title: "SQLite file",
        handling: Handling::Erase,
        settings: &[
            needed(setting(
                "file",
                "Database file",
                "Its whole path on the server, beginning with /",
                Shape::Text,
            )),
            CASCADES,
            TIMEOUT,
        ],
        credential: Credential::None,
        container: "The table",
        rows: true,
    },
    Kind {
        name: "filesystem",
        title: "Folders of files",
        handling: Handling::Erase,
        settings: &[
            needed(setting(
                "root",
                "Root folder",
                "Its whole path on the server, beginning with /",
                Shape::Text,
            )),
            TIMEOUT,
        ],
        credential: Credential::None,
        container: "A path below the root with placeholders, such as uploads/{tenant}/{user}",
        rows: false,
    },
    Kind {
        name: "redis",
        title: "Redis or Valkey server",
        handling: Handling::Erase,
        settings: &[TIMEOUT],
        credential: Credential::Two("redis://user:password@host:port/database, or rediss:// for TLS"),
        container: "The pattern of the keys with placeholders, such as session:{tenant}:{user}:*",
        rows: false,
    },
    Kind {
        name: "s3",
        title: "Bucket of objects (S3)",
        handling: Handling::Erase,
        settings: &[needed(BUCKET), REGION, ENDPOINT, PATH_STYLE, TIMEOUT],
        credential: Credential::Two(KEYS),
        container: "The beginning of the keys with placeholders, such as tenants/{tenant}/",
        rows: false,
    },
    Kind {
        name: "backup",
        title: "Backups that run out by themselves",
        handling: Handling::Expire,
        settings: &[
            needed(setting(
                "source",
                "What keeps the backups",
                "",
                Shape::One(&[
                    ("restic", "restic"),
                    ("pgbackrest", "pgBackRest"),
                    ("s3_lifecycle", "A bucket with lifecycle rules"),
                ]),
            )),
            setting(
                "grace_days",
                "Days that a set may outstay its rule",
                "2 when empty",
                Shape::Number,
            ),
            setting(
                "repository",
                "restic: repository",
                "As restic is told it",
                Shape::Text,
            ),
            setting(
                "policy_file",
                "restic: file of the scheduled forget policy",
                "Its whole path",
                Shape::Text,
            ),
            setting(
                "config_file",
                "pgBackRest: configuration file",
                "Its whole path",
                Shape::Text,
            ),
            setting("stanza", "pgBackRest: stanza", "Its name", Shape::Text),
            setting(
                "repo",
                "pgBackRest: number of the repository",
                "1 when empty",
                Shape::Number,
            ),
            setting(
                "full_every_days",
                "pgBackRest: days between full backups",
                "7 when empty",
                Shape::Number,
            ),
            setting(
                "prefix",
                "Bucket: beginning of the keys",
                "Empty for the whole bucket",
                Shape::Text,
            ),
            BUCKET,
            REGION,
            ENDPOINT,
            PATH_STYLE,
            TIMEOUT,
        ],
        credential: Credential::ProbeOnly(
            "The repository\u{2019}s password, or one line of JSON: variables for restic and pgBackRest ({} where none is needed), keys for a bucket",
        ),
        container: "What the backups hold, in a few words",
        rows: false,
    },
    Kind {
        name: "attestation",
        title: "System run by somebody else",
        handling: Handling::Attest,
        settings: &[],
        credential: Credential::None,
        container: "What the party keeps, in a few words",
        rows: false,
    },
];

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl Setting {
    /// The field of the form.
    pub fn field(&self) -> String {
        format!("config[{}]", self.key)
    }

    /// What was typed, as the inventory has it; absent where nothing was.
    pub fn read(&self, typed: &str) -> Result<Option<Value>, AppError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return match self.needed {
                true => Err(AppError::field(&self.field(), "This is needed.")),
                false => Ok(None),
            };
        }
        let refused = |why: &str| Err(AppError::field(&self.field(), why));
        match self.shape {
            Shape::Text => Ok(Some(typed.into())),
            Shape::List => Ok(Some(parts(typed).into())),
            Shape::Number => match typed.parse::<u64>() {
                Ok(number) => Ok(Some(number.into())),
                Err(_) => refused("Give a whole number."),
            },
            Shape::Truth => Ok(Some((typed == "true").into())),
            Shape::One(known) if known.iter().any(|(word, _)| *word == typed) => Ok(Some(typed.into())),
            Shape::One(_) => refused("Choose one."),
        }
    }

    /// What the inventory has, as it is typed.
    pub fn typed(&self, config: &BTreeMap<String, Value>) -> String {
        match config.get(self.key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(values)) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                texts.join(", ")
            }
            Some(value) => value.to_string(),
        }
    }
}

/// The parts of a text, parted by commas or lines.
pub fn parts(text: &str) -> Vec<String> {
    let parts = text.split([',', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_comes_back_as_it_was_typed() {
        let typed = [("cascades", "a, b"), ("timeout_seconds", "60")];
        for (key, text) in typed {
            let setting = kind("postgres")
                .unwrap()
                .settings
                .iter()
                .find(|one| one.key == key)
                .unwrap();
            let value = setting.read(text).unwrap().unwrap();
            assert_eq!(setting.typed(&[(key.to_owned(), value)].into()), text);
        }
    }

    #[test]
    fn what_is_needed_and_missing_is_refused_at_its_field() {
        let file = &kind("sqlite").unwrap().settings[0];
        assert!(file.read(" ").unwrap_err().of_field("config[file]").is_some());
        assert!(TIMEOUT.read("").unwrap().is_none());
        assert!(TIMEOUT.read("soon").is_err());
    }

    #[test]
    fn every_kind_is_there_once() {
        let names: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
    }
}
