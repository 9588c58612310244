//! The register of holds at the command line: of a matter everybody reads what it discloses, and counsel reads it whole.

use crate::place::Place;

/// A hold whose matter is a secret.
fn place_a_secret(place: &Place, disclose: &str) {
    let hold = [
        "hold",
        "place",
        "--tenant",
        "acme",
        "--matter",
        "Project Nightjar",
        "--authority",
        "Serious Fraud Office",
        "--basis",
        "investigation",
        "--ground",
        "legal_claims",
        "--custodian",
        "Lena Legal",
        "--disclose",
        disclose,
    ];
    place.by("lena", &hold).done();
}

const SECRETS: [&str; 3] = ["Nightjar", "Fraud", "Lena Legal"];

on_both! {
    /// Also nobody in particular, who has the database, reads no more than the holds disclose.
    fn a_confidential_matter_is_in_the_register_of_counsel_only(place) {
        place_a_secret(&place, "ground");
        place_a_secret(&place, "kept for reasons that cannot be told");
        for wanted in [&["hold", "list"][..], &["hold", "list", "--json"]] {
            for said in [place.lethe(wanted), place.by("cara", wanted), place.by("otto", wanted)] {
                let said = said.done();
                for secret in SECRETS {
                    assert!(!said.contains(secret), "{secret}: {said}");
                }
                assert!(said.contains("Art. 17(3)(e)") && said.contains("kept for reasons"), "{said}");
            }
            assert!(place.by("luis", wanted).done().contains("Project Nightjar"));
        }
        let whole = place.by("luis", &["hold", "list", "--json"]).json();
        assert_eq!(whole[0]["matter"]["authority"], "Serious Fraud Office");
        let others = place.by("cara", &["hold", "list", "--json"]).json();
        let told = others.as_array().unwrap().iter().filter(|hold| !hold["scope"].is_null()).count();
        assert_eq!(told, 1, "where only a wording is told, not even the tenant is: {others}");
    }
}
