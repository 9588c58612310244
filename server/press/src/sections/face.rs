//! The first page: who certifies what to whom, the outcome, and on what it rests.

use domain::certificate::wording::{DRILL_NOTE, moment, plural};
use domain::certificate::{Claims, Kind, Recipient};
use domain::port::press::PressError;

use super::{Subject, fact, reference};
use crate::block::{Block, Row};
use crate::hands::{ADDRESSEE, BODY, CODE, DIGEST, ISSUER, LABEL, NOTE, STRONG, TITLE};
use crate::ink::{ACCENT, ALARM, ALARM_SHADE, CAUTION, CAUTION_SHADE, Colour, SHADE};
use crate::page::{MEASURE, Paper};
use crate::qr;
use crate::table::rule;
use crate::text::NoGlyph;

const QR_SIDE: f64 = 82.0;
const TITLE_WIDTH: f64 = MEASURE - QR_SIDE - 24.0;

/// Puts the first page.
pub fn put(paper: &mut Paper, subject: &Subject<'_>, logo: Option<(f64, f64)>) -> Result<(), PressError> {
    let own = |NoGlyph(character)| PressError::NoGlyph {
        character,
        field: "the words of the first page".into(),
    };
    let claims = subject.claims;
    letterhead(paper, claims, logo).map_err(own)?;
    let title = title(paper, claims).map_err(own)?;
    let drawn = qr::draw(
        Row::gap(QR_SIDE + 14.0),
        &claims.status_url,
        MEASURE - QR_SIDE,
        2.0,
        QR_SIDE,
    )?;
    paper.put(title.with_aside(drawn.link(MEASURE - QR_SIDE, 2.0, QR_SIDE, QR_SIDE, &claims.status_url)));
    outcome(paper, claims).map_err(own)?;
    asked(paper, claims).map_err(own)?;
    gates(paper, claims).map_err(own)?;
    officers(paper, claims).map_err(own)?;
    limits(paper, claims).map_err(own)?;
    standing(paper, claims).map_err(own)
}

fn letterhead(paper: &mut Paper, claims: &Claims, logo: Option<(f64, f64)>) -> Result<(), NoGlyph> {
    let issuer = &claims.issuer;
    let name = paper.paragraph(&issuer.name, ISSUER, 0.0, 250.0)?;
    let name = match logo {
        Some(size) => Block::of(Row::gap(size.1 + 8.0).logo(0.0, 0.0, size)).then(name),
        None => name,
    };
    let name = name.then(paper.paragraph(&format!("acting as {}", issuer.role), NOTE, 0.0, 250.0)?);
    let address = format!(
        "{}\nData protection officer: {}",
        issuer.address.join("\n"),
        issuer.dpo_contact
    );
    let address = paper.flush_right(&address, NOTE, 260.0, MEASURE - 260.0)?;
    let line = Row::gap(9.0).area(0.0, 7.5, MEASURE, 1.5, ACCENT);
    paper.put(
        name.with_aside(address.into_strip())
            .row(line)
            .row(Row::gap(20.0)),
    );
    Ok(())
}

fn title(paper: &mut Paper, claims: &Claims) -> Result<Block, NoGlyph> {
    let colour = if claims.kind == Kind::Drill { ALARM } else { ACCENT };
    let mut block = paper.paragraph(claims.title(), TITLE.in_colour(colour), 0.0, TITLE_WIDTH)?;
    let made_out = match (&claims.recipient, claims.kind) {
        (_, Kind::Drill) => "rehearsed on synthetic data of",
        (Recipient::Tenant { .. }, _) => "issued to",
        (Recipient::Person { .. }, _) => "issued for a data subject of",
    };
    block = block
        .row(Row::gap(5.0))
        .then(paper.paragraph(made_out, NOTE, 0.0, TITLE_WIDTH)?);
    block = block.then(paper.paragraph(claims.recipient.name(), ADDRESSEE, 0.0, TITLE_WIDTH)?);
    if let Recipient::Person { commitment, .. } = &claims.recipient {
        let words = format!("named by a salted commitment only:\n{commitment}");
        block = block.then(paper.paragraph(&words, DIGEST, 0.0, TITLE_WIDTH)?);
    }
    block = block
        .row(Row::gap(6.0))
        .then(paper.paragraph("certificate code", NOTE, 0.0, TITLE_WIDTH)?);
    block = block.then(paper.paragraph(&claims.code.to_string(), CODE, 0.0, TITLE_WIDTH)?);
    Ok(block.row(Row::gap(12.0)))
}

fn outcome(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let (bar, shade): (Colour, Colour) = match claims.kind {
        Kind::Drill => (ALARM, ALARM_SHADE),
        _ if claims.leaves_a_remainder() => (CAUTION, CAUTION_SHADE),
        _ => (ACCENT, SHADE),
    };
    let inset = 14.0;
    let width = MEASURE - 2.0 * inset;
    let mut text = Block::of(Row::gap(8.0));
    if claims.kind == Kind::Drill {
        text = text.then(paper.paragraph(DRILL_NOTE, STRONG.in_colour(ALARM), inset, width)?);
    }
    if let Some(earlier) = &claims.supersedes {
        let words = format!(
            "Verified, corrected. Replaces certificate {}: {}",
            earlier.code, earlier.reason
        );
        text = text.then(paper.paragraph(&words, STRONG, inset, width)?);
    }
    if let Some(base) = &claims.supplements {
        let words = format!(
            "Adds to certificate {} and falls with it: {}",
            base.code, base.reason
        );
        text = text.then(paper.paragraph(&words, STRONG, inset, width)?);
    }
    text = text.then(paper.paragraph(&claims.outcome(), BODY, inset, width)?);
    if claims.leaves_a_remainder() {
        let words = format!("NOT everything is gone: {}.", remainder(claims));
        text = text.then(paper.paragraph(&words, STRONG.in_colour(CAUTION), inset, width)?);
    }
    let framed = text
        .row(Row::gap(8.0))
        .shaded(0.0, 3.0, bar)
        .shaded(0.0, MEASURE, shade);
    paper.put(framed.row(Row::gap(10.0)));
    Ok(())
}

fn remainder(claims: &Claims) -> String {
    let mut parts = Vec::new();
    if !claims.withheld.is_empty() {
        parts.push(format!(
            "{} withheld or retained (section 2)",
            plural(claims.withheld.len() as u64, "part")
        ));
    }
    let waiting = claims
        .backups
        .iter()
        .filter(|backup| backup.gone_at.is_none())
        .count() as u64;
    if waiting > 0 {
        parts.push(format!(
            "backups of {} have yet to expire (section 3)",
            plural(waiting, "system")
        ));
    }
    if parts.is_empty() {
        parts.push("datasets have yet to expire (section 1)".into());
    }
    parts.join("; ")
}

fn asked(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let request = &claims.request;
    let mut block = title_of(paper, "What was asked")?;
    block = block.then(reference(paper, "Request", &request.id.to_string())?);
    block = block.then(fact(paper, "Ground", &request.ground.words(), BODY)?);
    let came = format!(
        "{} by {}; identity confirmed {}",
        moment(request.received_at),
        request.channel,
        moment(request.confirmed_at)
    );
    block = block.then(fact(paper, "Received", &came, BODY)?);
    let due = match &request.extension {
        None => format!("{} ({})", request.due_on, claims.issuer.zone),
        Some(extension) => format!(
            "{} ({}), extended from {}; told {}; reason: {}",
            request.due_on,
            claims.issuer.zone,
            extension.first_due_on,
            moment(extension.told_at),
            extension.reason
        ),
    };
    block = block.then(fact(paper, "Due", &due, BODY)?);
    paper.put(block);
    Ok(())
}

fn gates(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let check = &claims.hold_check;
    let mut block = title_of(paper, "What it was checked against")?;
    let mut holds = format!(
        "Register version {}: {}. First checked {}, last checked {}.",
        check.register_version,
        check.result.words(),
        moment(check.first_at),
        moment(check.last_at)
    );
    if !check.matters.is_empty() {
        holds.push_str(&format!(" Matters: {}.", check.matters.join(", ")));
    }
    for wait in &check.waits {
        holds.push_str(&format!(
            " Stopped by a hold from {} until {}.",
            moment(wait.from),
            moment(wait.until)
        ));
    }
    block = block.then(fact(paper, "Legal holds", &holds, BODY)?);
    let inventory = &claims.inventory;
    let audit = match inventory.last_audit_on {
        Some(on) => format!("last audited on {on}"),
        None => "no inventory audit is on record".into(),
    };
    let words = format!(
        "Version {}, {}; {audit}",
        inventory.version,
        plural(inventory.systems, "system")
    );
    block = block.then(fact(paper, "Inventory", &words, BODY)?);
    block = block.then(fact(
        paper,
        "Last verification",
        &moment(claims.verified_at),
        BODY,
    )?);
    paper.put(block);
    Ok(())
}

fn officers(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let mut block = title_of(paper, "Who answers for it")?;
    for officer in &claims.officers {
        let who = match &officer.name {
            Some(name) => format!("{name}, {}", officer.role),
            None => officer.role.clone(),
        };
        block = block.then(fact(
            paper,
            officer.act.words(),
            &format!("{who}, {}", moment(officer.at)),
            BODY,
        )?);
    }
    block = block.then(fact(paper, "Issued", &moment(claims.issued_at), BODY)?);
    paper.put(block);
    Ok(())
}

fn limits(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let mut block = title_of(paper, "Limits of this statement")?;
    for limit in &claims.limits {
        let mark = paper.paragraph("\u{2013}", BODY, 0.0, 10.0)?;
        block = block
            .then(mark.beside(paper.paragraph(limit, BODY, 10.0, MEASURE - 10.0)?))
            .row(Row::gap(1.5));
    }
    paper.put(block);
    Ok(())
}

fn standing(paper: &mut Paper, claims: &Claims) -> Result<(), NoGlyph> {
    let words = "The signed statement attached to this file (statement.json, statement.jws) is the certificate; these \
                 pages render it. Whether it is still in force stands at the address below, which the QR code holds.";
    let mut block = Block::of(Row::gap(12.0)).row(rule()).row(Row::gap(5.0));
    block = block.then(paper.paragraph(words, NOTE, 0.0, MEASURE)?);
    let address = paper.paragraph(&claims.status_url, LABEL.in_colour(ACCENT), 0.0, MEASURE)?;
    let (width, height) = (MEASURE, address.height());
    paper.put(block.then(address.with_aside(Row::gap(0.0).link(
        0.0,
        0.0,
        width,
        height,
        &claims.status_url,
    ))));
    Ok(())
}

fn title_of(paper: &mut Paper, text: &str) -> Result<Block, NoGlyph> {
    let text = paper.paragraph(text, STRONG.in_colour(ACCENT), 0.0, MEASURE)?;
    Ok(Block::of(Row::gap(11.0))
        .then(text)
        .row(rule())
        .row(Row::gap(3.5)))
}
