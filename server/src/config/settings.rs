//! The table of settings: names, what is expected, and the variables that set them.

use std::collections::BTreeSet;

/// A setting as the documentation lists it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name: table and key.
    pub name: &'static str,
    /// What is expected.
    pub expected: &'static str,
    /// Only in the environment, because it is a secret.
    pub secret: bool,
}

const fn setting(name: &'static str, expected: &'static str) -> Setting {
    Setting {
        name,
        expected,
        secret: false,
    }
}

const fn secret(name: &'static str, expected: &'static str) -> Setting {
    Setting {
        name,
        expected,
        secret: true,
    }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting("data_dir", "a folder, such as /var/lib/lethe"),
    setting(
        "database.url",
        "sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
    ),
    setting("listen", "an address and port, such as 127.0.0.1:8080"),
    setting("site_dir", "a folder with what the browser loads"),
    setting("metrics", "local, anybody or nobody"),
    setting(
        "public_url",
        "an http or https URL, such as https://lethe.example.com",
    ),
    setting("pdf_seal", "p256, ed25519 or both"),
    setting("zone", "an IANA name, such as Europe/Dublin"),
    setting("issuer.name", "the name of the legal entity"),
    setting("issuer.role", "controller or processor"),
    setting(
        "issuer.address",
        "lines of the postal address: a list, or one text with | between the lines",
    ),
    setting("issuer.dpo_contact", "how to reach the data protection officer"),
    setting("rules.cooling_off", "a duration, such as 24h or 90s"),
    setting("rules.grace", "a duration, such as 3d or 0s"),
    setting("rules.drift_percent", "a whole number from 0 to 1000"),
    setting("rules.drift_records", "a whole number from 0 to 1000000000"),
    setting("sampling.nonce", "own or committed"),
    setting("rules.chunk_deadline", "a duration, such as 30s"),
    setting("rules.lease", "a duration, such as 2m"),
    setting("rules.max_rounds", "a whole number from 1 to 100"),
    setting("rules.max_failures", "a whole number from 1 to 1000"),
    setting("rules.max_probe_tries", "a whole number from 1 to 1000"),
    setting("rules.spot_ids", "a whole number from 1 to 100"),
    setting("rules.name_officers", "true or false"),
    setting("rules.name_systems", "true or false"),
    setting(
        "rules.later_checks",
        "days in ascending order, such as 7, 30, 90, or none",
    ),
    setting("rules.mail_checkpoint", "true or false"),
    setting("rules.dispute_window", "a duration, such as 365d"),
    setting("drills.tenant", "the key of a synthetic tenant, such as drill"),
    setting("drills.day", "a whole number from 1 to 28"),
    setting("drills.days", "a whole number from 1 to 27"),
    setting("drills.gate", "refuse or tell"),
    setting("sign_in.session", "a duration, such as 12h"),
    setting("sign_in.idle", "a duration, such as 1h"),
    setting("sign_in.step_up", "a duration, such as 10m"),
    setting("sign_in.window", "a duration, such as 15m"),
    setting("sign_in.per_address", "a whole number from 1 to 1000"),
    setting("sign_in.per_client", "a whole number from 1 to 100000"),
    setting("sign_in.invitation", "a duration, such as 7d"),
    setting("sign_in.reset", "a duration, such as 1h"),
    setting("keys.folder", "a folder"),
    setting("keys.erase_key_file", "a file made by lethe keys init"),
    setting("keys.probe_key_file", "a file made by lethe keys init"),
    setting("keys.record_key_file", "a file made by lethe keys init"),
    setting(
        "keys.passphrase_file",
        "a file with the passphrase of the signing keys",
    ),
    setting(
        "keys.log_origin",
        "the log's name: a URL without scheme, such as lethe.example.com/log",
    ),
    secret("keys.erase_key", "the text of an erase key"),
    secret("keys.probe_key", "the text of a probe key"),
    secret("keys.record_key", "the text of a record key"),
    secret("keys.passphrase", "the passphrase of the signing keys"),
    setting(
        "mail.url",
        "smtp://HOST:PORT, smtps://USER:PASSWORD@HOST, file:FOLDER or none",
    ),
    setting("mail.from", "an address, such as Lethe <lethe@example.com>"),
    setting(
        "mail.return_path",
        "an address to which mails that cannot be delivered come back, such as bounces@example.com",
    ),
    setting(
        "mail.ca_file",
        "a file with a certificate (PEM) by which the mail server is trusted",
    ),
    setting(
        "mail.bounces",
        "a Maildir into which mails that come back are delivered",
    ),
    setting("mail.download_links", "a duration, such as 14d, or none"),
    setting(
        "mail.hook_secret_file",
        "a file with the secret by which a provider posts to /hooks/mail",
    ),
    secret(
        "mail.hook_secret",
        "the secret by which a provider posts to /hooks/mail",
    ),
    setting(
        "mail.sns_topic",
        "the ARN of a topic that posts to /hooks/mail, such as arn:aws:sns:eu-west-1:123456789012:mail",
    ),
    setting(
        "certificates.copy.bucket",
        "a bucket with Object Lock for copies of certificates",
    ),
    setting(
        "certificates.copy.endpoint",
        "the URL of the bucket's service, where it is not AWS",
    ),
    setting(
        "certificates.copy.region",
        "the bucket's region, such as eu-west-1",
    ),
    setting("certificates.copy.path_style", "true or false"),
    setting(
        "certificates.copy.credential_file",
        "a file with {\"access_key\": \"..\", \"secret_key\": \"..\"}",
    ),
    secret(
        "certificates.copy.credential",
        "{\"access_key\": \"..\", \"secret_key\": \"..\"}",
    ),
    setting(
        "witnesses",
        "a list of keys of witnesses (C2SP tlog-cosignature, name+id+base64)",
    ),
    setting("log_entries", "auditors or anybody"),
    setting("log.format", "text or json"),
    setting(
        "log.filter",
        "a level such as info, or directives such as info,engine=debug",
    ),
    setting("worker.concurrency", "a whole number from 1 to 256"),
];

/// Variables that are no settings: what commands are given.
const OTHER_VARIABLES: [&str; 5] = [
    "LETHE_CONFIG",
    "LETHE_AS",
    "LETHE_PASSWORD",
    "LETHE_CODE",
    "LETHE_TOKEN",
];

impl Setting {
    /// The variable of the environment that sets it.
    pub fn variable(&self) -> String {
        format!("LETHE_{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// Variables of the environment that look like settings and are none: perhaps misspelt.
pub fn strange_variables() -> Vec<String> {
    let known: BTreeSet<String> = SETTINGS.iter().map(Setting::variable).collect();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let foreign = |name: &String| !known.contains(name) && !OTHER_VARIABLES.contains(&name.as_str());
    names
        .filter(|name| name.starts_with("LETHE_") && !name.starts_with("LETHE_TEST_"))
        .filter(foreign)
        .collect()
}

/// The setting whose name differs least, where it differs little.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let distance =
        |setting: &&Setting| edits(name, setting.name).min(1 + edits(&last(name), &last(setting.name)));
    let public = SETTINGS.iter().filter(|setting| !setting.secret);
    public
        .min_by_key(distance)
        .filter(|setting| distance(setting) <= 3)
        .map(|setting| setting.name)
}

/// Levenshtein distance.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, character) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], place + 1);
        for (column, wanted) in other.iter().enumerate() {
            let change = diagonal + usize::from(character != *wanted);
            let least = change.min(row[column].min(row[column + 1]) + 1);
            diagonal = std::mem::replace(&mut row[column + 1], least);
        }
    }
    row[other.len()]
}
