//! What one look proves: each sign of residue, of loss and of blindness counts by itself.

use super::*;

/// Four records to go, two withheld, three outside the request as controls.
fn before() -> DatasetManifest {
    DatasetManifest {
        dataset: DatasetRef::try_from("crm.users".to_owned()).unwrap(),
        count: Some(4),
        scanned: 4,
        sample_size: 4,
        commitment: Digest::of(b"samples"),
        withheld_count: Some(2),
        withheld_sample_size: 2,
        others_sample_size: 3,
        control: Control::OutsideRecord,
        positive: true,
        sealed: Sealed {
            key: "key".into(),
            box_: "box".into(),
        },
    }
}

/// All four are gone; everything else is where it was.
fn clean() -> Sighting {
    Sighting {
        found: vec![false, false, false, false, true, true],
        controls: vec![true, true, true],
        counts: vec![Some(0), Some(2)],
    }
}

fn judged(sighting: &Sighting) -> (Verdict, Preservation) {
    judged_by(&before(), sighting, Accounted::default())
}

fn judged_by(before: &DatasetManifest, sighting: &Sighting, accounted: Accounted) -> (Verdict, Preservation) {
    let judgement = judge(before, sighting, accounted);
    (judgement.verdict, judgement.kept)
}

fn lost(withheld: u64, others: u64) -> Preservation {
    Preservation::Lost { withheld, others }
}

fn is_inconclusive(verdict: &Verdict, words: &str) -> bool {
    matches!(verdict, Verdict::Inconclusive { why } if why.contains(words))
}

#[test]
fn all_gone_and_all_kept_is_absent_and_preserved() {
    assert_eq!(judged(&clean()), (Verdict::Absent, Preservation::Preserved));
}

#[test]
fn a_count_or_a_single_record_is_residue() {
    let mut counted = clean();
    counted.counts[0] = Some(7);
    assert_eq!(judged(&counted).0, Verdict::Residue { remaining: 7 });
    let mut unlinked = clean();
    unlinked.found[2] = true;
    assert_eq!(judged(&unlinked).0, Verdict::Residue { remaining: 1 });
}

#[test]
fn a_withheld_record_that_is_not_found_is_lost_whatever_the_count_says() {
    let mut sighting = clean();
    sighting.found[5] = false;
    assert_eq!(judged(&sighting).1, lost(1, 0));
}

#[test]
fn a_smaller_count_of_withheld_records_is_a_loss_whatever_the_sample_says() {
    let mut sighting = clean();
    sighting.counts[1] = Some(1);
    assert_eq!(judged(&sighting).1, lost(1, 0));
    sighting.counts[1] = Some(3);
    assert_eq!(judged(&sighting).1, Preservation::Preserved, "more is no loss");
}

#[test]
fn one_lost_control_record_is_a_loss() {
    let mut sighting = clean();
    sighting.controls[1] = false;
    assert_eq!(judged(&sighting), (Verdict::Absent, lost(0, 1)));
}

#[test]
fn what_went_rightly_is_no_loss_and_explains_nothing_else() {
    let mut sighting = clean();
    sighting.controls = vec![true, false, false];
    let one = Accounted {
        gone_rightly: 1,
        fresh_control: false,
    };
    assert_eq!(judged_by(&before(), &sighting, one).1, lost(0, 1));
    let both = Accounted {
        gone_rightly: 2,
        ..one
    };
    assert_eq!(judged_by(&before(), &sighting, both).1, Preservation::Preserved);
    sighting.found[4] = false;
    assert_eq!(judged_by(&before(), &sighting, both).1, lost(1, 0));
}

#[test]
fn without_its_control_nothing_is_absent() {
    let mut dark = clean();
    dark.found = vec![false; 6];
    dark.controls = vec![false; 3];
    let (verdict, kept) = judged(&dark);
    assert!(is_inconclusive(&verdict, "blind"), "{verdict:?}");
    assert_eq!(kept, Preservation::Unknown);

    let mut others = clean();
    others.controls = vec![false; 3];
    let (verdict, kept) = judged(&others);
    assert!(is_inconclusive(&verdict, "control record"), "{verdict:?}");
    assert_eq!(
        kept,
        lost(0, 3),
        "what is withheld is seen: the probe is not blind"
    );

    let canary = DatasetManifest {
        control: Control::Canary,
        ..before()
    };
    let mut sighting = clean();
    sighting.controls = vec![false, true, true, true];
    let (verdict, _) = judged_by(&canary, &sighting, Accounted::default());
    assert!(is_inconclusive(&verdict, "control record"), "{verdict:?}");
    sighting.controls[0] = true;
    assert_eq!(
        judged_by(&canary, &sighting, Accounted::default()).0,
        Verdict::Absent
    );
}

#[test]
fn what_was_not_found_before_proves_nothing_afterwards() {
    for (before, words) in [
        (
            DatasetManifest {
                positive: false,
                ..before()
            },
            "before erasure",
        ),
        (
            DatasetManifest {
                control: Control::None,
                ..before()
            },
            "no control possible",
        ),
    ] {
        let (verdict, _) = judged_by(&before, &clean(), Accounted::default());
        assert!(is_inconclusive(&verdict, words), "{verdict:?}");
    }
}

#[test]
fn a_short_answer_and_a_store_that_cannot_count_prove_nothing() {
    let mut short = clean();
    short.found.pop();
    assert!(is_inconclusive(&judged(&short).0, "another number"));
    let mut uncounted = clean();
    uncounted.counts[0] = None;
    assert_eq!(
        judged(&uncounted).0,
        Verdict::Absent,
        "every record was looked up"
    );
    let sampled = DatasetManifest {
        scanned: 9,
        ..before()
    };
    let (verdict, _) = judged_by(&sampled, &uncounted, Accounted::default());
    assert!(is_inconclusive(&verdict, "cannot count"), "{verdict:?}");
}
