use super::*;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lethe.toml");
    std::fs::write(&file, text).unwrap();
    let variable = |name: &str| {
        variables
            .iter()
            .find(|(set, _)| *set == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let mut reader = Reader::open(Some(&file), FILE, variable)?;
    let config = Config::read(&mut reader)?;
    reader.finish()?;
    Ok(config)
}

fn complaint(text: &str, variables: &[(&str, &str)]) -> String {
    let said = load(text, variables).unwrap_err().to_string();
    said.split_once("lethe.toml: ")
        .map_or(said.clone(), |(_, said)| said.to_owned())
}

#[test]
fn nothing_set_is_a_working_configuration() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.database_url, "sqlite:lethe-data/lethe.db");
    assert_eq!(config.sqlite_file(), Some("lethe-data/lethe.db".into()));
    assert_eq!(config.policy, Policy::default());
}

#[test]
fn durations_are_written_as_people_write_them() {
    let config = load("[rules]\ngrace = \"2d 3h\"\ncooling_off = \"90s\"", &[]).unwrap();
    assert_eq!(config.policy.grace, Duration::from_secs(51 * 3600));
    assert_eq!(config.policy.cooling_off, Duration::from_secs(90));
}

#[test]
fn a_dispute_window_that_contradicts_other_rules_is_refused() {
    let rules = |text: &str| load(&format!("[rules]\n{text}"), &[]);
    let usual = rules("dispute_window = \"90d\"").unwrap();
    assert_eq!(usual.policy.dispute_window, Duration::from_secs(90 * 24 * 3600));
    assert!(rules("dispute_window = \"30d\"\nlater_checks = \"7, 30\"").is_ok());
    for (wrong, why) in [("30d", "shorter"), ("2600d", "longer")] {
        let said = rules(&format!("dispute_window = \"{wrong}\""))
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("rules.dispute_window") && said.contains(why),
            "{said}"
        );
    }
}

#[test]
fn later_checks_are_days_in_ascending_order() {
    let days = |text: &str| load(&format!("[rules]\nlater_checks = \"{text}\""), &[]);
    assert_eq!(days("7, 14").unwrap().policy.later_checks, [7, 14]);
    assert_eq!(days("none").unwrap().policy.later_checks, [0_u16; 0]);
    for wrong in ["30, 7", "7, 7", "0", "a week", ""] {
        let said = days(wrong).unwrap_err().to_string();
        assert!(said.contains("rules.later_checks"), "{wrong}: {said}");
    }
}

#[test]
fn the_environment_wins() {
    let config = load(
        "zone = \"UTC\"",
        &[("LETHE_ZONE", "Europe/Dublin"), ("LETHE_RULES_MAX_ROUNDS", "5")],
    )
    .unwrap();
    assert_eq!(
        (config.policy.zone.as_str(), config.policy.max_rounds),
        ("Europe/Dublin", 5)
    );
}

#[test]
fn how_far_counts_may_drift_is_set_in_percent_and_in_records() {
    let config = load("[rules]\ndrift_percent = 25\ndrift_records = 0", &[]).unwrap();
    assert_eq!(
        (config.policy.drift.percent, config.policy.drift.records),
        (25, 0)
    );
    assert_eq!(
        complaint("[rules]\ndrift_percent = 5000", &[]),
        "rules.drift_percent is 5000: expected a whole number from 0 to 1000"
    );
    assert_eq!(
        complaint("[rules]\ndrift_records = -1", &[]),
        "rules.drift_records is \"-1\": expected a whole number from 0 to 1000000000"
    );
}

#[test]
fn a_complaint_names_the_setting_what_it_is_and_what_is_expected() {
    assert_eq!(
        complaint("[rules]\ngrace = \"soon\"", &[]),
        "rules.grace is \"soon\": expected a duration, such as 3d or 0s"
    );
    assert_eq!(
        complaint("", &[("LETHE_LISTEN", "everywhere")]),
        "LETHE_LISTEN: listen is \"everywhere\": expected an address and port, such as 127.0.0.1:8080"
    );
    assert_eq!(
        complaint("zone = 7", &[]),
        "zone is \"7\": expected an IANA name, such as Europe/Dublin"
    );
}

#[test]
fn an_unknown_setting_is_refused_and_its_neighbour_named() {
    assert_eq!(
        complaint("[rules]\ngrase = \"1d\"", &[]),
        "there is no setting rules.grase (did you mean rules.grace?)"
    );
    assert_eq!(complaint("[web]\nport = 1", &[]), "there is no setting web.port");
}

#[test]
fn a_secret_in_the_file_is_refused_without_repeating_it() {
    let said = complaint("[keys]\npassphrase = \"hunter2\"", &[]);
    assert!(
        said.contains("LETHE_KEYS_PASSPHRASE") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_lease_shorter_than_its_chunks_is_refused() {
    assert!(complaint("[rules]\nlease = \"31s\"", &[]).contains("rules.lease"));
}

#[test]
fn the_operators_page_lists_every_setting() {
    let page = include_str!("../../../docs/operator.md");
    for setting in SETTINGS {
        assert!(
            page.contains(&format!("`{}`", setting.name)),
            "{} is not in docs/operator.md",
            setting.name
        );
    }
}

#[test]
fn the_nonce_of_samples_is_our_own_unless_it_is_said_otherwise() {
    let rule = |text: &str| load(text, &[]).unwrap().policy.nonce;
    assert_eq!(rule(""), NonceRule::Own);
    assert_eq!(rule("[sampling]\nnonce = \"own\""), NonceRule::Own);
    assert_eq!(rule("[sampling]\nnonce = \"committed\""), NonceRule::Committed);
    let said = complaint("[sampling]\nnonce = \"witness\"", &[]);
    assert!(said.contains("sampling.nonce"), "{said}");
}

#[test]
fn sessions_are_set_and_cannot_be_idle_for_less_than_their_heartbeat_shows() {
    let config = load(
        "[sign_in]\nsession = \"8h\"\nidle = \"30m\"\nper_address = 5",
        &[("LETHE_SIGN_IN_RESET", "20m")],
    )
    .unwrap();
    let rules = config.policy.sign_in;
    assert_eq!(rules.session, Duration::from_secs(8 * 3600));
    assert_eq!((rules.idle, rules.per_address), (Duration::from_secs(1_800), 5));
    assert_eq!(rules.reset, Duration::from_secs(1_200));
    for refused in ["idle = \"1m\"", "session = \"30m\"", "per_client = 0"] {
        let text = format!("[sign_in]\n{refused}");
        assert!(complaint(&text, &[]).contains("sign_in."), "{refused}");
    }
}

#[test]
fn a_secret_that_nothing_else_gives_is_taken_from_a_credential_of_systemd() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("passphrase"), "kept by systemd\n").unwrap();
    let there = ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap());
    let read = |text: &str, variables: &[(&str, &str)]| {
        let source = load(text, variables).unwrap().keys.passphrase;
        source
            .read("keys.passphrase_file")
            .map(|secret| secret.to_string())
    };
    assert_eq!(read("", &[there]).unwrap(), "kept by systemd");
    let set = ("LETHE_KEYS_PASSPHRASE", "of the environment");
    assert_eq!(read("", &[there, set]).unwrap(), "of the environment");
    let file = read("[keys]\npassphrase_file = \"/nowhere/passphrase\"", &[there]).unwrap_err();
    assert!(file.to_string().contains("LETHE_KEYS_PASSPHRASE"), "{file}");
    // The folder has no such credential: the usual file is meant.
    let usual = load("", &[there]).unwrap().keys.erase;
    assert!(matches!(usual, Source::File(file) if file.ends_with("keys/erase.key")));
}

#[test]
fn drills_run_where_a_synthetic_tenant_is_named_and_runs_wait_for_them_unless_told_otherwise() {
    let drills = |text: &str| load(&format!("[drills]\n{text}"), &[]).map(|config| config.policy);
    let unnamed = drills("day = 3").unwrap();
    assert_eq!((unnamed.drills, unnamed.drill_gate), (None, false));
    let named = drills("tenant = \"drill\"").unwrap();
    let schedule = named.drills.unwrap();
    assert_eq!(
        (
            schedule.tenant.as_str(),
            schedule.day,
            schedule.days,
            named.drill_gate
        ),
        ("drill", 1, 14, true)
    );
    assert!(!drills("tenant = \"drill\"\ngate = \"tell\"").unwrap().drill_gate);
    assert!(drills("gate = \"refuse\"").unwrap().drill_gate);
    for wrong in ["day = 29", "days = 0", "gate = \"perhaps\"", "tenant = \" \""] {
        let said = drills(wrong).unwrap_err().to_string();
        assert!(said.contains("drills."), "{said}");
    }
}
