//! What people saw and were told: spot checks, recipients notified, checks still to come.

use domain::certificate::wording::{count, moment};
use domain::certificate::{Claims, Notified, SpotCheck};

use super::{heading, nothing};
use crate::hands::Hand;
use crate::hands::SMALL;
use crate::page::{MEASURE, Paper};
use crate::table::{self, Column, numbers, words};
use crate::text::NoGlyph;

const CHECKS: &str = "4. Spot checks by hand";
const NOTIFIED: &str = "5. Recipients notified (GDPR Art. 19)";
const LATER: &str = "6. Later checks";

const SEEN: [Column; 5] = [
    words("System and dataset", 112.0),
    numbers("Ids", 28.0),
    numbers("Found", 40.0),
    words("What was seen", 166.0),
    words("By", MEASURE - 346.0),
];

const TOLD: [Column; 3] = [
    words("Recipient", 230.0),
    words("By", 90.0),
    words("When", MEASURE - 320.0),
];

/// Puts the three sections.
pub fn put(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    if claims.spot_checks.is_empty() {
        nothing(paper, CHECKS, "No spot check is on record.")?;
    } else {
        let heading = heading(paper, CHECKS)?;
        let rows: Vec<_> = claims.spot_checks.iter().map(seen).collect();
        table::put(paper, heading, &SEEN, &rows)?;
    }
    if claims.recipients_notified.is_empty() {
        nothing(paper, NOTIFIED, "No notification of a recipient is on record.")?;
    } else {
        let heading = heading(paper, NOTIFIED)?;
        let rows: Vec<_> = claims.recipients_notified.iter().map(told).collect();
        table::put(paper, heading, &TOLD, &rows)?;
    }
    let dates: Vec<_> = claims.later_checks_on.iter().map(ToString::to_string).collect();
    let sentence = match dates.is_empty() {
        true => "No later check is planned.".to_owned(),
        false => format!(
            "Verification is repeated on {}. What is found then is told.",
            dates.join(", ")
        ),
    };
    nothing(paper, LATER, &sentence)
}

fn seen(check: &SpotCheck) -> Vec<(String, Hand)> {
    let who = match &check.name {
        Some(name) => format!("{name}, {}", check.role),
        None => check.role.clone(),
    };
    let decoy = if check.decoy_seen {
        "the decoy was seen"
    } else {
        "the decoy was NOT seen: void"
    };
    vec![
        (format!("{}\n{}", check.system, check.dataset), SMALL),
        (count(check.ids), SMALL),
        (count(check.found), SMALL),
        (format!("{} ({decoy})", check.saw), SMALL),
        (format!("{who}, {}", moment(check.at)), SMALL),
    ]
}

fn told(notified: &Notified) -> Vec<(String, Hand)> {
    vec![
        (notified.name.clone(), SMALL),
        (notified.channel.clone(), SMALL),
        (moment(notified.at), SMALL),
    ]
}
