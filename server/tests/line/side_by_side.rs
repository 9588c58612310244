//! Everything at the same time: pages and erasers, a verifier of its own, and people at the command line.

use crate::place::ROWS;
use crate::process::until;

on_both! {
    /// Holds are placed and released from the command line while an eraser and a verifier work: nobody fails for want of a lock,
    /// and what is held stays.
    fn an_eraser_a_verifier_and_a_hold_from_the_command_line_work_side_by_side(place) {
        // Slow enough for a hold to come in between.
        let (crm, billing) = place.inventory().split_once("name = \"billing\"").map(|(crm, billing)| (crm.to_owned(), billing.to_owned())).unwrap();
        let slow = format!("{crm}name = \"billing\"{}", billing.replace("chunk = 5", "chunk = 1, per_second = 2"));
        std::fs::write(place.file("slow.toml"), slow).unwrap();
        place.by("otto", &["inventory", "apply", "slow.toml"]).done();
        let mut erasing = place.start(&["serve", "--role", "eraser", "--listen", "127.0.0.1:0"]);
        let mut verifying = place.start(&["worker", "--role", "verifier"]);
        let id = place.open();
        until("a plan of the verifier", || place.state(&id) == "planned");
        place.approve(&id);
        until("the middle of the run", || place.census()[1] < ROWS);
        let hold = place.place_hold("acme", &["--system", "billing"]);
        let strangers: Vec<String> = (0..4).map(|_| place.place_hold("globex", &[])).collect();
        let register = || place.lethe(&["hold", "list", "--json"]).json();
        until("the hold to be in force", || {
            let register = register();
            let row = register.as_array().unwrap().iter().find(|row| row["id"] == hold.as_str());
            row.unwrap()["state"] == "in_force"
        });
        let [_, held] = place.census();
        for stranger in &strangers {
            place.by("lena", &["hold", "release", stranger, "--reason", "settled"]).done();
            place.by("luis", &["hold", "release", stranger, "--reason", "settled"]).done();
        }
        // The hold is met by a fresh plan, which is approved anew.
        until("the verdict", || match place.state(&id).as_str() {
            "planned" => {
                let digest = place.show(&id)["digest"].as_str().unwrap_or_default().to_owned();
                // The plan may be drawn again between the look and the approval; then it is looked at again.
                let _stale = place.by("cara", &["request", "approve", &id, "--digest", &digest]);
                false
            }
            state => state == "verified",
        });
        assert_eq!(place.census(), [0, held], "what the hold covers stayed as it was when it came into force");
        assert!((1..ROWS).contains(&held), "the hold came in between: {held}");
        assert!(erasing.is_alive() && verifying.is_alive());
        assert!(verifying.stop().success() && erasing.stop().success());
        place.lethe(&["log", "verify"]).done();
    }
}
