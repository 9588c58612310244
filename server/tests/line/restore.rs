//! Backup and restore: what comes back is paused, on an old hold register, and erases nothing until counsel has looked.

use std::time::Duration;

use crate::place::{Place, ROWS};
use crate::process::{Staying, until};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const UNTOUCHED: [i64; 2] = [ROWS; 2];

/// A backup of an approved run with the checkpoint that was published before it; no process runs.
fn backed_up(place: &Place) -> String {
    let id = place.planned();
    let checkpoint = place.lethe(&["log", "checkpoint"]).done();
    std::fs::write(place.file("checkpoint"), checkpoint).unwrap();
    place.approve(&id);
    place.lethe(&["backup", "backup.db"]).done();
    id
}

/// Restored, with everything at work that may.
fn restored(place: Place, id: &str) -> (Place, Staying) {
    let place = place.with_a_new_database("second");
    let said = place
        .lethe(&["restore", "backup.db", "--checkpoint", "checkpoint"])
        .done();
    assert!(said.contains("everything is paused"), "{said}");
    let serving = place.start(&SERVE);
    until("the start", || place.show(id)["stage"] == "erasing");
    (place, serving)
}

/// Workers had the time to do what they may.
fn nothing_happens(place: &Place) {
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(place.census(), UNTOUCHED);
}

on_both! {
    /// A hold that was placed after the backup is gone from the register: counsel is asked, and nothing is erased before.
    fn a_hold_placed_after_the_backup_is_placed_again_before_anything_is_erased(place) {
        let id = backed_up(&place);
        place.place_hold("acme", &[]);
        let (place, serving) = restored(place, &id);
        nothing_happens(&place);
        assert_eq!(place.lethe(&["hold", "list", "--json"]).json().as_array().unwrap().len(), 0, "the hold was lost");
        let doctor = place.lethe(&["doctor"]);
        assert!(doctor.out.contains("hold register") && doctor.out.contains("confirm-register"), "{}", doctor.out);
        let asked = || std::fs::read_dir(place.file("data/mail")).is_ok_and(|mails| {
            mails.flatten().any(|mail| std::fs::read_to_string(mail.path()).is_ok_and(|text| text.contains("hold register")))
        });
        until("a mail to counsel", asked);

        // Letting everything go on is not enough, and nobody but counsel can say that the register is complete.
        let lifted = place.by("cara", &["request", "resume", "--all"]).done();
        assert!(lifted.contains("confirm-register"), "{lifted}");
        nothing_happens(&place);
        let shown = place.lethe(&["request", "show", &id]).done();
        assert!(shown.contains("confirm-register"), "{shown}");
        let confirm = ["hold", "confirm-register", "--statement", "compared with the matter list"];
        place.by("cara", &confirm).refused();
        place.lethe(&confirm).refused();

        place.place_hold("acme", &[]);
        place.by("lena", &confirm).done();
        until("the hold to stop it", || place.state(&id) == "on_hold");
        nothing_happens(&place);
        assert!(serving.stop().success());
        place.lethe(&["log", "verify"]).done();
    }

    /// Once counsel has confirmed and an officer lets it go on, the run of the backup ends as it would have.
    fn a_restored_run_goes_on_once_counsel_confirmed_the_register(place) {
        let id = backed_up(&place);
        let (place, serving) = restored(place, &id);
        place.by("lena", &["hold", "confirm-register", "--statement", "compared"]).done();
        nothing_happens(&place);
        place.by("cara", &["request", "resume", "--all"]).done();
        until("the verdict", || place.state(&id) == "verified");
        assert_eq!(place.census(), [0, 0]);
        assert!(serving.stop().success());
        place.lethe(&["log", "verify"]).done();
    }

    /// A key that was destroyed after the backup does not come back with it.
    fn a_destroyed_key_does_not_come_back(place) {
        let (gone, kept) = (place.planned(), place.planned());
        place.lethe(&["backup", "backup.db"]).done();
        let record = place.file("data/destroyed-keys.txt");
        std::fs::write(record, format!("\n{gone} 2026-03-05T12:00:00Z\n")).unwrap();
        let place = place.with_a_new_database("second");
        place.lethe(&["restore", "backup.db"]).done();
        assert_eq!(place.show(&gone)["destroyed_at"], "2026-03-05T12:00:00Z");
        assert_eq!(place.show(&kept)["destroyed_at"], serde_json::Value::Null);
        let log = place.lethe(&["log", "verify"]).done();
        assert!(!log.is_empty());
    }

    /// A backup that is older than what was published is refused; what goes on from it all the same is a fork, and stays one.
    fn a_log_that_contradicts_what_was_published_is_refused(place) {
        place.lethe(&["backup", "old.db"]).done();
        place.place_hold("acme", &["--system", "billing"]);
        place.planned();
        let published = place.lethe(&["log", "checkpoint"]).done();
        std::fs::write(place.file("published"), published).unwrap();

        let place = place.with_a_new_database("second");
        let restore = ["restore", "old.db", "--checkpoint", "published"];
        let refused = place.lethe(&restore).refused();
        assert!(refused.contains("--accept-lost-entries"), "{refused}");
        assert!(place.lethe(&["admin", "list"]).done().contains("nobody"), "refused, and nothing was put in place");
        let accepted: Vec<&str> = restore.into_iter().chain(["--accept-lost-entries", "the disk burnt"]).collect();
        place.lethe(&accepted).done();
        let again = place.lethe(&accepted).refused();
        assert!(again.contains("empty"), "{again}");

        // The second history grows past the first one, and is backed up.
        place.by("lena", &["hold", "confirm-register", "--statement", "compared"]).done();
        place.by("cara", &["request", "resume", "--all"]).done();
        place.planned();
        place.planned();
        place.lethe(&["log", "verify"]).done();
        place.lethe(&["backup", "forked.db"]).done();
        let place = place.with_a_new_database("third");
        let refused = place.lethe(&["restore", "forked.db", "--checkpoint", "published"]).refused();
        assert!(refused.contains("forked"), "{refused}");
        assert!(place.lethe(&["admin", "list"]).done().contains("nobody"));
    }
}
