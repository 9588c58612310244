//! A system is restored from a backup while a process serves: from the command line it is searched, and what came back is
//! erased again.

use serde_json::Value;

use crate::database::{count_in_file, run_in_file};
use crate::place::ROWS;
use crate::process::until;

/// One person of acme, in both systems.
const SEVEN: &str = "SELECT COUNT(*) FROM contacts WHERE email = 'user7@acme.example'";
const RESTORED: &str = "INSERT INTO contacts (id, tenant, email) VALUES (7, 'acme', 'user7@acme.example')";

on_both! {
    fn what_a_restored_system_brought_back_is_erased_again(place) {
        let serving = place.start(&["serve", "--listen", "127.0.0.1:0"]);
        let id = place.open_person("email=user7@acme.example");
        until("a plan", || place.state(&id) == "planned");
        place.approve(&id);
        until("verification", || place.state(&id) == "verified");
        assert_eq!(place.census(), [ROWS - 1, ROWS - 1]);

        run_in_file(&place.file("crm.db"), RESTORED);
        let unnamed = place.by("otto", &["replay", "--why", "the backup of Sunday"]).refused();
        assert!(unnamed.contains("--system"), "{unnamed}");
        let asked = place.by("otto", &["replay", "--system", "crm", "--why", "the backup of Sunday", "--json"]).json();
        let replay = asked["replay"].as_str().unwrap().to_owned();
        let show = || -> Value { place.lethe(&["replay", "show", &replay, "--json"]).told() };
        until("the search", || show()["waiting"] == 1);
        let seen = show();
        assert_eq!((&seen["state"], &seen["found"][0]["of"]), (&Value::from("erasing"), &Value::from(id.as_str())));
        assert_eq!(count_in_file(&place.file("crm.db"), SEVEN), 1, "nothing is erased before it is approved");

        let digest = seen["digest"].as_str().unwrap().to_owned();
        let by_asker = place.by("otto", &["replay", "approve", &replay, "--digest", &digest]).refused();
        assert!(by_asker.contains("permission"), "{by_asker}");
        place.by("cara", &["replay", "approve", &replay, "--digest", &digest]).done();
        until("a clean system", || show()["state"] == "clean");
        assert_eq!(count_in_file(&place.file("crm.db"), SEVEN), 0);
        place.by("otto", &["replay", "show", &replay]).done();
        assert!(serving.stop().success());
    }
}
