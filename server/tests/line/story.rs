//! From a request to a certificate that checks, as the operator's page tells it, with a process for each role.

use crate::place::{Place, ROWS};
use crate::process::until;

/// An officer looks up what is shown, finds the decoy only, and records that.
fn spot_check(place: &Place, id: &str, dataset: &str) {
    let opened = place
        .by(
            "carl",
            &["request", "spot-check", id, "--dataset", dataset, "--json"],
        )
        .json();
    let shown = opened["shown"].as_array().unwrap();
    // Ids of globex come after all of acme's.
    let exists = |one: &serde_json::Value| one["id"].as_str().unwrap().parse::<i64>().unwrap() > ROWS;
    let decoy = shown.iter().position(exists).unwrap() + 1;
    let (check, decoy, shown) = (
        opened["spot_check"].as_str().unwrap(),
        decoy.to_string(),
        shown.len().to_string(),
    );
    let recorded = place
        .by(
            "carl",
            &[
                "request",
                "record-spot-check",
                check,
                "--shown",
                &shown,
                "--exists",
                &decoy,
                "--note",
                "looked",
                "--json",
            ],
        )
        .json();
    assert_eq!(
        (recorded["decoy_seen"].as_bool(), recorded["still_there"].as_i64()),
        (Some(true), Some(0))
    );
}

on_both! {
    /// Each act by the person who may, each work by the process that may, and a file at the end that anybody can check.
    fn a_request_ends_in_a_certificate_that_checks(place) {
        assert!(place.lethe(&["migrate"]).done().contains("version"));
        assert!(place.by("otto", &["inventory", "try", "crm", "--tenant", "acme"]).done().contains("40 records"));
        let erasing = place.start(&["worker", "--role", "eraser"]);
        let verifying = place.start(&["worker", "--role", "verifier"]);
        let id = place.open();
        until("a plan", || place.state(&id) == "planned");
        let digest = place.show(&id)["digest"].as_str().unwrap().to_owned();
        let approve = ["request", "approve", &id, "--digest", &digest];
        let nobody = place.lethe(&approve).refused();
        assert!(nobody.contains("--as"), "{nobody}");
        place.by("lena", &approve).refused();
        place.by("cara", &approve).done();
        until("the verdict", || place.state(&id) == "verified");
        assert_eq!(place.census(), [0, 0]);

        spot_check(&place, &id, "crm.contacts");
        spot_check(&place, &id, "billing.invoices");
        let evidence = place.show(&id)["evidence"].as_str().unwrap().to_owned();
        let certify = ["request", "certify", &id, "--evidence", &evidence];
        place.by("cara", &certify).refused();
        place.by("carl", &certify).done();
        until("the certificate", || place.by("lena", &["request", "download", &id, "--out", "certificate"]).is_done());
        place.lethe(&["keys", "export", "public"]).done();
        let check = ["check-certificate", "certificate/certificate.pdf", "--keys", "public/jwks.json", "--log-vkey", "public/log.vkey"];
        let said = place.lethe(&check).done();
        assert!(said.contains("genuine"), "{said}");

        let file = place.file("certificate/certificate.pdf");
        let mut pdf = std::fs::read(&file).unwrap();
        pdf[2_000] ^= 1;
        std::fs::write(&file, pdf).unwrap();
        place.lethe(&check).refused();
        place.lethe(&["log", "verify", "--log-vkey", "public/log.vkey"]).done();
        assert!(erasing.stop().success() && verifying.stop().success());
    }
}
