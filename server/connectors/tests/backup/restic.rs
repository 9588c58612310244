//! restic: a repository in a folder, with snapshots of chosen ages.

use std::path::Path;

use domain::port::probe::ProbeError;
use domain::time::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::{days_ago, in_days, now, report, run};

/// A repository with one snapshot for each age in days, and a policy file.
fn repository(policy: &str, ages: &[u64]) -> (TempDir, Value) {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("policy"), policy).unwrap();
    std::fs::write(at("file"), "tenant acme").unwrap();
    restic(&at("repository"), &["init"]);
    for age in ages {
        let time = days_ago(*age).to_string()[..19].replace('T', " ");
        restic(&at("repository"), &["backup", "--time", &time, &at("file")]);
    }
    let settings = json!({"source": "restic", "repository": at("repository"), "policy_file": at("policy")});
    (folder, settings)
}

fn restic(repository: &str, arguments: &[&str]) {
    let env = [
        ("RESTIC_REPOSITORY", repository),
        ("RESTIC_PASSWORD", "secret"),
        ("TZ", "UTC"),
    ];
    let arguments = [&["--quiet", "--no-cache"], arguments].concat();
    run("restic", Path::new("restic"), &arguments, &env, false);
}

#[tokio::test]
async fn every_snapshot_is_listed_with_the_day_it_goes() {
    let (_folder, settings) = repository("restic forget --keep-within 35d --prune", &[30, 1]);

    let report = report(&settings, "secret", now()).await.unwrap();

    assert_eq!(
        (report.rule.as_deref(), report.notes),
        (Some("keep-within 35d"), vec![])
    );
    let days = |moment: Timestamp| Some(moment.date());
    let expected = [days(in_days(35 + 2 - 30)), days(in_days(35 + 2 - 1))];
    assert_eq!(
        report.sets.iter().map(|set| set.expires_on).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(report.sets[0].taken_at.date(), days_ago(30).date());
}

#[tokio::test]
async fn a_rule_that_is_not_applied_is_not_in_force() {
    let (_folder, settings) = repository("keep-within 35d --prune", &[60, 1]);

    let report = report(&settings, "secret", now()).await.unwrap();

    assert_eq!(report.rule, None);
    assert_eq!(
        report.notes,
        ["1 of 2 sets should be gone by the rule and are not: it is not applied"]
    );
    assert!(report.sets.iter().all(|set| set.expires_on.is_none()));
}

#[tokio::test]
async fn the_rule_is_read_anew_each_time() {
    let (_folder, settings) = repository("keep-within 35d --prune", &[1]);
    assert!(report(&settings, "secret", now()).await.unwrap().rule.is_some());

    std::fs::write(settings["policy_file"].as_str().unwrap(), "keep-last 100 --prune").unwrap();
    let changed = report(&settings, "secret", now()).await.unwrap();
    std::fs::remove_file(settings["policy_file"].as_str().unwrap()).unwrap();
    let removed = report(&settings, "secret", now()).await.unwrap();

    assert_eq!((changed.rule, removed.rule), (None, None));
    assert_eq!(
        changed.notes,
        ["the policy keeps by keep-last: sets do not end by their age alone"]
    );
    assert_eq!(removed.notes, ["the policy file cannot be read"]);
}

#[tokio::test]
async fn a_date_alone_completes_nothing() {
    let (_folder, settings) = repository("keep-within 35d --prune", &[1]);

    let later = report(&settings, "secret", in_days(100)).await.unwrap();

    assert_eq!((later.sets.len(), later.rule), (1, None));
}

#[tokio::test]
async fn an_emptied_repository_reports_no_sets() {
    let (_folder, settings) = repository("keep-within 35d --prune", &[]);

    let report = report(&settings, r#"{"RESTIC_PASSWORD": "secret"}"#, now())
        .await
        .unwrap();

    assert_eq!(
        (report.sets, report.rule.as_deref()),
        (vec![], Some("keep-within 35d"))
    );
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_repository_are_blind() {
    let (folder, mut settings) = repository("keep-within 35d", &[]);
    let wrong = report(&settings, "wrong", now()).await;
    settings["repository"] = json!(folder.path().join("elsewhere"));
    let missing = report(&settings, "secret", now()).await;
    settings["repository"] = json!("rest:http://127.0.0.1:9/");
    settings["timeout_seconds"] = json!(2);
    let unreachable = report(&settings, "secret", now()).await;

    let blind = |why: &str| Err(ProbeError::Blind(format!("restic ended with status 1: {why}")));
    assert_eq!(wrong, blind("the password is not the repository's"));
    assert_eq!(missing, blind("there is no repository"));
    assert!(
        matches!(unreachable, Err(ProbeError::Unreachable(_))),
        "{unreachable:?}"
    );
}
