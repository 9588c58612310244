//! Every system of the inventory: what was done in it, what was found in each dataset, and what the finding proves.

use domain::certificate::wording::{count, moment};
use domain::certificate::{Claims, Control, Dataset, System, Verdict, Verification};

use crate::block::{Block, Row};
use crate::hands::Hand;
use crate::hands::{BODY, DIGEST, HEADING, NOTE, SMALL, STRONG};
use crate::ink::{CAUTION, INK};
use crate::page::{MEASURE, Paper};
use crate::table::{self, Column, numbers, rule, words};
use crate::text::NoGlyph;

const INSET: f64 = 4.0;
const WIDTH: f64 = MEASURE - 2.0 * INSET;
/// Where digests begin, so that they stand below each other.
const DIGESTS: f64 = 46.0;

const COLUMNS: [Column; 6] = [
    words("Dataset", 140.0),
    numbers("Before", 60.0),
    numbers("After", 52.0),
    numbers("Gone", 60.0),
    numbers("Reported", 62.0),
    words("Verdict", MEASURE - 374.0),
];

/// Puts the section.
pub fn put(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let title = paper.paragraph("1. Systems and findings", HEADING, 0.0, MEASURE)?;
    let legend = "\"Before\" and \"After\" are counts by an independent probe; \"Gone\" is their difference; \"Reported\" is \
                  what the eraser said of itself. A dash means that the store gives no exact count, or that nothing was \
                  to be done. All times are UTC.";
    let mut legend = paper.paragraph(legend, NOTE, 0.0, MEASURE)?;
    if let Some(said) = &claims.sampling {
        let seeds = paper.paragraph(&said.words(), NOTE, 0.0, MEASURE)?;
        legend = legend.row(Row::gap(3.0)).then(seeds);
    }
    let head = table::head(paper, &COLUMNS)?;
    let mut above = Some(
        title
            .row(Row::gap(3.0))
            .then(legend)
            .row(Row::gap(6.0))
            .then(head.clone()),
    );
    for (index, system) in claims.systems.iter().enumerate() {
        let mut upper = system_head(paper, index + 1, system)?;
        let continued = format!("{}. {}, continued", index + 1, system.name);
        let continued = paper.paragraph(&continued, NOTE, INSET, WIDTH)?;
        for (place, dataset) in system.datasets.iter().enumerate() {
            let mut block = upper.then(dataset_rows(paper, dataset)?);
            if place + 1 == system.datasets.len() {
                block = block.row(Row::gap(3.0)).row(rule());
            }
            paper.put(above.take().unwrap_or_default().then(block));
            paper.repeat(Some(head.clone()));
            paper.repeat_below((place + 1 < system.datasets.len()).then(|| continued.clone()));
            upper = Block::default();
        }
    }
    paper.repeat(None);
    Ok(())
}

fn system_head(paper: &mut Paper, number: usize, system: &System) -> Result<Block, NoGlyph> {
    let name = paper.paragraph(&format!("{number}. {}", system.name), STRONG, INSET, WIDTH * 0.58)?;
    let place = format!("{}, {}", system.kind, system.location);
    let place = paper.flush_right(
        &place,
        Hand {
            leading: STRONG.leading,
            ..SMALL
        },
        WIDTH * 0.6,
        WIDTH * 0.4 + INSET,
    )?;
    let processor = match &system.processor {
        Some(processor) => format!("Processor: {processor}."),
        None => "Run by the issuer.".into(),
    };
    let times = match (system.started_at, system.ended_at) {
        (Some(started), Some(ended)) => format!(" Erased from {} to {}.", moment(started), moment(ended)),
        _ => String::new(),
    };
    let facts = format!(
        "Owner: {}. {processor} Categories: {}. Handling: {}. Method: {}. Connector: {} {}.{times}",
        system.owner,
        if system.categories.is_empty() {
            "none named".into()
        } else {
            system.categories.join(", ")
        },
        system.handling.words(),
        system.method.trim_end_matches('.'),
        system.connector,
        system.connector_version
    );
    let facts = paper.paragraph(&facts, NOTE, INSET, WIDTH)?;
    let head = Block::of(Row::gap(4.0)).then(name.beside(place)).then(facts);
    Ok(match &system.drill {
        Some(drill) => head.then(paper.paragraph(&drill.words(), NOTE, INSET, WIDTH)?),
        None => head,
    })
}

fn dataset_rows(paper: &mut Paper, dataset: &Dataset) -> Result<Block, NoGlyph> {
    let number = |number: Option<u64>| (number.map_or_else(|| "\u{2013}".into(), count), BODY);
    let colour = match dataset.verification.verdict {
        Verdict::Absent | Verdict::Expired | Verdict::NoPersonalRecords => INK,
        _ => CAUTION,
    };
    let texts = [
        (dataset.name.clone(), BODY),
        number(dataset.before),
        number(dataset.after),
        number(dataset.gone()),
        number(dataset.reported),
        (
            dataset.verification.verdict.words().to_owned(),
            STRONG.in_colour(colour),
        ),
    ];
    let row = table::row(paper, &COLUMNS, &texts)?;
    let proves = paper.paragraph(&dataset.verification.proves, SMALL, INSET, WIDTH)?;
    let how = paper.paragraph(&how(&dataset.verification), NOTE, INSET, WIDTH)?;
    let mut block = row.then(proves).then(how);
    let seed = dataset.verification.sample.as_ref().map(|sample| sample.seed);
    let attested = dataset
        .verification
        .attestation
        .as_ref()
        .map(|attestation| attestation.evidence);
    for (label, digest) in [
        ("Manifest", dataset.manifest),
        ("Seed", seed),
        ("Evidence", attested),
    ] {
        if let Some(digest) = digest {
            let label = paper.paragraph(label, NOTE, INSET, DIGESTS - INSET)?;
            block = block.then(label.beside(paper.paragraph(
                &digest.to_string(),
                DIGEST,
                DIGESTS,
                MEASURE - DIGESTS,
            )?));
        }
    }
    Ok(block)
}

/// How it was verified, in one paragraph. What plays no part in the verdict is left out.
fn how(verification: &Verification) -> String {
    let at = moment(verification.at);
    if let Some(attestation) = &verification.attestation {
        return format!(
            "Attested by {}, {}; recorded {at}.",
            attestation.by,
            moment(attestation.at)
        );
    }
    let mut parts = vec![format!("Looked at {at} by verifier {}", verification.verifier)];
    if let Some(sample) = &verification.sample {
        let (size, found) = (count(sample.size), count(sample.found));
        parts.push(format!(
            "sample of {size}, {found} found, {}",
            sample.seed_source.words()
        ));
    }
    if verification.control != Control::NotNeeded {
        parts.push(format!("control: {}", verification.control.words()));
        parts.push(format!("waited {} s", count(verification.waited_seconds)));
        parts.push(match verification.separate_credentials {
            true => "probe and eraser used different credentials".into(),
            false => "probe and eraser SHARED one credential".into(),
        });
    }
    if let Some(neighbours) = &verification.neighbours {
        let (found, looked_up) = (count(neighbours.found), count(neighbours.looked_up));
        parts.push(format!(
            "records that had to survive: {found} of {looked_up} found"
        ));
    }
    if let Some(acceptance) = &verification.acceptance {
        let who = acceptance
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{name}, "));
        let (role, when, why) = (
            &acceptance.role,
            moment(acceptance.at),
            acceptance.reason.trim_end_matches('.'),
        );
        parts.push(format!("accepted by {who}{role}, {when}: {why}"));
    }
    format!("{}.", parts.join("; "))
}
