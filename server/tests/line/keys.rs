//! Keys by the command line: made ahead, replaced, marked, put into escrow and restored.

use serde_json::Value;

use crate::place::Place;

/// The document keys, oldest first: name and state.
fn document_keys(place: &Place) -> Vec<(String, String)> {
    let listed = place.lethe(&["keys", "list", "--json"]).json();
    let keys = listed["keys"].as_array().unwrap().iter();
    let text = |key: &Value, field: &str| key[field].as_str().unwrap().to_owned();
    keys.filter(|key| key["kind"] == "document")
        .map(|key| (text(key, "kid"), text(key, "state")))
        .collect()
}

fn states(place: &Place) -> Vec<String> {
    document_keys(place).into_iter().map(|(_, state)| state).collect()
}

on_both! {
    /// Only by an administrator; each step shows in the list.
    fn a_key_is_made_ahead_replaced_and_marked(place) {
        place.lethe(&["keys", "init"]).done();
        for who in ["cara", "otto", "lena"] {
            place.by(who, &["keys", "rotate", "document"]).refused();
        }
        let nobody = place.lethe(&["keys", "rotate", "log"]).refused();
        assert!(nobody.contains("--as"), "{nobody}");

        place.by("anna", &["keys", "next", "document", "--in-days", "14"]).done();
        assert_eq!(states(&place), ["signs", "next"]);
        let next = document_keys(&place)[1].0.clone();
        let said = place.by("anna", &["keys", "rotate", "document", "--reason", "yearly"]).done();
        assert!(said.contains(&next), "{said}");
        assert_eq!(states(&place), ["retired", "signs"]);
        place.by("anna", &["keys", "rotate", "root"]).done();
        place.by("anna", &["keys", "rotate", "seal"]).done();
        place.lethe(&["keys", "export", "public"]).done();
        let roots = std::fs::read_to_string(place.file("public/ca.pem")).unwrap();
        assert_eq!(roots.matches("BEGIN CERTIFICATE").count(), 2);

        let mark = ["keys", "compromised", &next, "--since", "2026-01-01T00:00:00Z", "--reason", "a laptop was stolen"];
        place.by("cara", &mark).refused();
        place.by("anna", &mark).done();
        assert_eq!(states(&place), ["retired", "compromised", "signs"]);
        place.by("anna", &mark).refused();
        let jwks = place.lethe(&["keys", "jwks"]).done();
        assert!(jwks.contains("compromised"), "{jwks}");
    }

    /// One encrypted file; a wrong passphrase touches nothing; what is restored is what there was.
    fn keys_go_into_escrow_and_come_back(place) {
        place.lethe(&["keys", "init"]).done();
        std::fs::write(place.file("safe"), "a passphrase in another safe\n").unwrap();
        std::fs::write(place.file("other"), "another passphrase altogether\n").unwrap();
        let escrow = ["keys", "escrow", "escrow.pem", "--passphrase-file", "safe"];
        place.by("cara", &escrow).refused();
        assert!(!place.file("escrow.pem").exists());
        place.by("anna", &escrow).done();
        place.by("anna", &escrow).refused();

        let wrong = place.lethe(&["keys", "unescrow", "escrow.pem", "restored", "--passphrase-file", "other"]).refused();
        assert!(wrong.contains("the passphrase does not open it"), "{wrong}");
        assert!(!place.file("restored").exists());
        place.lethe(&["keys", "unescrow", "escrow.pem", "restored", "--passphrase-file", "safe"]).done();
        let mut compared = 0;
        for entry in std::fs::read_dir(place.file("restored")).unwrap() {
            let path = entry.unwrap().path();
            let there = place.file("data/keys").join(path.file_name().unwrap());
            if there.exists() {
                assert_eq!(std::fs::read(&there).unwrap(), std::fs::read(&path).unwrap(), "{}", there.display());
                compared += 1;
            }
        }
        assert!(compared >= 5, "the list, two keys, a seal and its root");
        place.lethe(&["keys", "unescrow", "escrow.pem", "restored", "--passphrase-file", "safe"]).refused();
    }
}
