//! How holds and duties are put into words.

use std::time::Duration;

use domain::actor::Permission;
use domain::hold::{Basis, Disclosure, Ground};
use domain::scope::DateRange;
use engine::reading::holds::{ReleaseSeen, ScopeSeen};

use crate::api::ssr;
use crate::components::field::Choice;
use crate::text;

/// Whoever is signed in may do something.
pub fn may(permission: Permission) -> bool {
    let visitor = ssr::visit().visitor;
    visitor.is_some_and(|visitor| visitor.actor.require(permission).is_ok())
}

/// Grounds, by word and in words.
pub const GROUNDS: [(Ground, &str, &str); 5] = [
    (Ground::LegalClaims, "legal_claims", "Legal claims"),
    (Ground::LegalObligation, "legal_obligation", "A legal obligation"),
    (
        Ground::PublicHealth,
        "public_health",
        "Public interest in public health",
    ),
    (
        Ground::Archiving,
        "archiving",
        "Archiving, research or statistics",
    ),
    (
        Ground::Expression,
        "expression",
        "Freedom of expression and information",
    ),
];

/// Bases, by word and in words.
pub const BASES: [(Basis, &str, &str); 5] = [
    (Basis::CourtOrder, "court_order", "An order of a court"),
    (Basis::Regulator, "regulator", "A demand of a regulator"),
    (
        Basis::Investigation,
        "investigation",
        "An internal or criminal investigation",
    ),
    (Basis::Contract, "contract", "A contract"),
    (Basis::Statute, "statute", "A statute"),
];

/// A ground with its article.
pub fn ground(ground: Ground) -> String {
    let known = GROUNDS.iter().find(|(one, ..)| *one == ground);
    let words = known.map_or("", |(_, _, words)| words);
    format!("{words}, {}", ground.article())
}

/// Grounds to choose from.
pub fn grounds() -> Vec<(String, String)> {
    let all = GROUNDS
        .iter()
        .map(|(one, word, _)| ((*word).to_owned(), ground(*one)));
    std::iter::once((String::new(), "Choose a ground".to_owned()))
        .chain(all)
        .collect()
}

/// What gives a hold its force.
pub fn basis(basis: Basis) -> &'static str {
    let known = BASES.iter().find(|(one, ..)| *one == basis);
    known.map_or("", |(_, _, words)| words)
}

/// Bases to choose from.
pub fn bases() -> Vec<(String, String)> {
    let all = BASES
        .iter()
        .map(|(_, word, words)| ((*word).to_owned(), (*words).to_owned()));
    std::iter::once((String::new(), "Choose what gives it force".to_owned()))
        .chain(all)
        .collect()
}

/// What others may learn, to choose from; `chosen` is the word of the present choice.
pub fn disclosures(chosen: &str) -> Vec<Choice> {
    [
        (
            "matter",
            "The matter and the ground",
            "Everybody who meets the hold reads the matter\u{2019}s name: staff, the tenant, readers of certificates.",
        ),
        (
            "ground",
            "The ground only",
            "Others read the article of the law, and that there is a hold. The matter stays with counsel.",
        ),
        (
            "neutral",
            "A sentence of counsel, and nothing else",
            "Others read the sentence below and not even the ground. For matters whose existence must not show.",
        ),
    ]
    .map(|(value, words, hint)| Choice::new(value, words, hint).chosen(value == chosen))
    .into()
}

/// What others may learn of a hold.
pub const fn disclosure(disclosure: &Disclosure) -> &'static str {
    match disclosure {
        Disclosure::Matter => "Others may learn the matter\u{2019}s name and the ground.",
        Disclosure::Ground => "Others may learn the ground only. The matter stays with counsel.",
        Disclosure::Neutral(_) => "Others may learn this sentence and nothing else, not even the ground.",
    }
}

/// What a hold keeps, as a sentence.
pub fn scope(scope: &ScopeSeen) -> String {
    let mut parts = vec![match (&scope.tenant, scope.one_person) {
        (Some(key), false) => format!("Everything of tenant {key}"),
        (Some(key), true) => format!("The records of one person of tenant {key}"),
        (None, false) => "Everything of every tenant, also of those to come".into(),
        (None, true) => "The records of one person, at whichever tenant".into(),
    }];
    if !scope.systems.is_empty() {
        let names: Vec<&str> = scope.systems.iter().map(|name| name.as_str()).collect();
        parts.push(format!("in {}", text::listed(&names, "and")));
    }
    if !scope.categories.is_empty() {
        let names: Vec<&str> = scope.categories.iter().map(String::as_str).collect();
        parts.push(format!("of the categories {}", text::listed(&names, "and")));
    }
    parts.extend(scope.created.and_then(made));
    format!("{}.", parts.join(", "))
}

/// When records were made.
fn made(range: DateRange) -> Option<String> {
    Some(match (range.from, range.until) {
        (Some(from), Some(until)) => format!("made from {} to {}", text::day(from), text::day(until)),
        (Some(from), None) => format!("made on {} or later", text::day(from)),
        (None, Some(until)) => format!("made on {} or earlier", text::day(until)),
        (None, None) => return None,
    })
}

/// What the state of a hold means.
pub fn state(word: &str) -> &'static str {
    match word {
        "draining" => {
            "Nothing new that it covers is authorised. Chunks that were authorised before it was placed may still be at \
             work; once each of them has reported or run out of time, the hold reads \u{201c}In force\u{201d}."
        }
        "in_force" => {
            "Nothing that it covers is being erased, and nothing will be until two people release it."
        }
        "released" => "Two people released it. It stops nothing any more.",
        _ => "",
    }
}

/// Where a release stands, beside the state.
pub const fn release(release: &ReleaseSeen) -> Option<&'static str> {
    match release {
        ReleaseSeen::Proposed { .. } => Some("Release proposed"),
        ReleaseSeen::Released { revocable: true, .. } => Some("Can be taken back"),
        _ => None,
    }
}

/// A duration in hours, or days where it is many.
pub fn hours(duration: Duration) -> String {
    match duration.as_secs() / 3600 {
        0 => text::duration(duration),
        hours @ 1..=48 => text::counted(hours, "hour", "hours"),
        hours => text::counted(hours / 24, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::inventory::Slug;
    use domain::subject::TenantKey;

    use super::*;

    fn bare() -> ScopeSeen {
        ScopeSeen {
            tenant: None,
            one_person: false,
            systems: BTreeSet::new(),
            categories: BTreeSet::new(),
            created: None,
        }
    }

    #[test]
    fn a_scope_reads_as_one_sentence() {
        let narrow = ScopeSeen {
            tenant: TenantKey::parse("acme").ok(),
            one_person: true,
            systems: ["billing", "crm"]
                .iter()
                .filter_map(|name| Slug::parse(name).ok())
                .collect(),
            categories: ["contact".to_owned()].into(),
            created: Some(DateRange {
                from: "2026-01-01".parse().ok(),
                until: None,
            }),
        };
        assert_eq!(
            scope(&narrow),
            "The records of one person of tenant acme, in billing and crm, of the categories contact, made on \
             1 January 2026 or later."
        );
        assert_eq!(
            scope(&bare()),
            "Everything of every tenant, also of those to come."
        );
    }

    #[test]
    fn every_ground_is_named_with_its_article() {
        for (one, word, words) in GROUNDS {
            assert!(ground(one).starts_with(words), "{word}");
            assert!(ground(one).ends_with(one.article()), "{word}");
        }
    }

    #[test]
    fn every_state_of_a_hold_is_explained() {
        for word in ["draining", "in_force", "released"] {
            assert!(state(word).ends_with('.'), "{word}");
        }
    }

    #[test]
    fn a_cooling_off_is_told_in_hours() {
        assert_eq!(hours(Duration::from_secs(24 * 3600)), "24 hours");
        assert_eq!(hours(Duration::from_secs(72 * 3600)), "3 days");
        assert_eq!(hours(Duration::from_secs(600)), "10 minutes");
        assert_eq!(hours(Duration::from_secs(30)), "30 seconds");
    }
}
