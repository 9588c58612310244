//! What is still there: withheld and retained parts, and backups that expire.

use domain::certificate::wording::{count, moment};
use domain::certificate::{Backup, Claims, Withheld};

use super::{heading, nothing};
use crate::hands::Hand;
use crate::hands::{SMALL, STRONG};
use crate::ink::CAUTION;
use crate::page::{MEASURE, Paper};
use crate::table::{self, Column, numbers, words};
use crate::text::NoGlyph;

const WITHHELD: &str = "2. Withheld and retained parts";
const BACKUPS: &str = "3. Backups";

const PARTS: [Column; 5] = [
    words("System", 104.0),
    words("What is kept", 116.0),
    numbers("Records", 50.0),
    words("Ground", 130.0),
    words("Until", MEASURE - 400.0),
];

const SETS: [Column; 5] = [
    words("System", 124.0),
    numbers("Sets", 40.0),
    words("Rule that ends sets", 106.0),
    words("Listed by the probe", 112.0),
    words("Expiry", MEASURE - 382.0),
];

/// Puts both sections.
pub fn put(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    if claims.withheld.is_empty() {
        nothing(paper, WITHHELD, "No part was withheld or retained.")?;
    } else {
        let heading = heading(paper, WITHHELD)?;
        let rows: Vec<_> = claims.withheld.iter().map(part).collect();
        table::put(paper, heading, &PARTS, &rows)?;
    }
    if claims.backups.is_empty() {
        return nothing(
            paper,
            BACKUPS,
            "No backups are named that may still hold the data.",
        );
    }
    let heading = heading(paper, BACKUPS)?;
    let rows: Vec<_> = claims.backups.iter().map(set).collect();
    table::put(paper, heading, &SETS, &rows)
}

fn part(part: &Withheld) -> Vec<(String, Hand)> {
    let system = match &part.dataset {
        Some(dataset) => format!("{}\n{dataset}", part.system),
        None => format!("{}\nthe whole system", part.system),
    };
    let mut ground = format!("{}: {}", part.by.words(), part.ground);
    if let Some(matter) = &part.matter {
        ground.push_str(&format!("\nmatter {matter}"));
    }
    vec![
        (system, SMALL),
        (part.what.clone(), SMALL),
        (part.records.map_or_else(|| "\u{2013}".into(), count), SMALL),
        (ground, SMALL),
        (part.until.words(), SMALL),
    ]
}

fn set(backup: &Backup) -> Vec<(String, Hand)> {
    let expiry = match backup.gone_at {
        Some(gone) => (format!("none left, found {}", moment(gone)), SMALL),
        None => (
            format!("last set expires {}; an addendum will tell", backup.expires_on),
            SMALL,
        ),
    };
    let excluded = match backup.rule_confirmed {
        true => ("read back and confirmed".to_owned(), SMALL),
        false => (
            "NOT confirmed".to_owned(),
            Hand {
                size: SMALL.size,
                ..STRONG.in_colour(CAUTION)
            },
        ),
    };
    vec![
        (backup.system.clone(), SMALL),
        (count(backup.sets), SMALL),
        excluded,
        (moment(backup.checked_at), SMALL),
        expiry,
    ]
}
