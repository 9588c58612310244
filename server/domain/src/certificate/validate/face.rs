//! The face: fields, kind, order of moments, hold check, officers.

use super::{Contradiction, LARGEST_INTEGER};
use crate::certificate::case::{ActKind, Ground, HoldResult, Recipient};
use crate::certificate::claims::{Claims, Kind, SCHEMA};
use crate::certificate::report::WithheldBy;
use crate::certificate::wording;

impl Claims {
    pub(super) fn check_fields(&self, found: &mut Vec<Contradiction>) {
        if self.schema != SCHEMA {
            found.push(Contradiction::Schema);
        }
        let fields = [
            ("issuer.name", self.issuer.name.as_str()),
            ("issuer.role", &self.issuer.role),
            (
                "issuer.address",
                self.issuer.address.first().map_or("", String::as_str),
            ),
            ("issuer.dpo_contact", &self.issuer.dpo_contact),
            ("issuer.zone", &self.issuer.zone),
            ("recipient.name", self.recipient.name()),
            ("request.channel", &self.request.channel),
            ("key_id", &self.key_id),
            ("log.origin", &self.log.origin),
            ("status_url", &self.status_url),
        ];
        for (field, text) in fields {
            if text.trim().is_empty() {
                found.push(Contradiction::Empty(field.into()));
            }
        }
        if let Ground::ContractEnd { contract, term } = &self.request.ground {
            if contract.trim().is_empty() || term.trim().is_empty() {
                found.push(Contradiction::Empty("request.ground".into()));
            }
            if matches!(self.recipient, Recipient::Person { .. }) {
                let problem = "names one person, but its ground is the end of a contract";
                found.push(Contradiction::Kind {
                    kind: self.kind.words(),
                    problem,
                });
            }
        }
        for (act, words) in [
            (ActKind::Approved, "approved the run"),
            (ActKind::Certified, "certified"),
        ] {
            if !self.officers.iter().any(|officer| officer.act == act) {
                found.push(Contradiction::Officer(words));
            }
        }
        for (field, number) in [
            ("hold_check.register_version", self.hold_check.register_version),
            ("inventory.version", self.inventory.version),
        ] {
            if number > LARGEST_INTEGER {
                found.push(Contradiction::Integer(field.into()));
            }
        }
    }

    pub(super) fn check_kind(&self, found: &mut Vec<Contradiction>) {
        let remainder = self.leaves_a_remainder();
        let problems = [
            (self.kind == Kind::Complete && remainder, "leaves a remainder"),
            (
                self.kind == Kind::Partial && !remainder,
                "withholds nothing and waits for no backup",
            ),
            (
                self.kind == Kind::Corrected && self.supersedes.is_none(),
                "does not name what it replaces",
            ),
            (
                self.kind == Kind::Addendum && self.supplements.is_none(),
                "does not name its base",
            ),
            (self.kind == Kind::Addendum && remainder, "leaves a remainder"),
            (
                self.kind == Kind::Drill && self.supersedes.is_some(),
                "replaces a certificate",
            ),
            (
                self.kind != Kind::Addendum && self.supplements.is_some(),
                "names a base",
            ),
        ];
        for (wrong, problem) in problems {
            if wrong {
                found.push(Contradiction::Kind {
                    kind: self.kind.words(),
                    problem,
                });
            }
        }
        for earlier in self.supersedes.iter().chain(&self.supplements) {
            if earlier.reason.trim().is_empty() {
                found.push(Contradiction::Empty("the reason for another certificate".into()));
            }
        }
    }

    pub(super) fn check_order(&self, found: &mut Vec<Contradiction>) {
        let moment = |act| {
            self.officers
                .iter()
                .filter(|officer| officer.act == act)
                .map(|officer| officer.at)
                .max()
        };
        let approved = moment(ActKind::Approved).unwrap_or(self.verified_at);
        let certified = moment(ActKind::Certified).unwrap_or(self.issued_at);
        let verified = self
            .systems
            .iter()
            .flat_map(|system| &system.datasets)
            .map(|dataset| dataset.verification.at);
        let last_verified = verified.max().unwrap_or(self.verified_at);
        let pairs = [
            (
                self.request.received_at,
                "received",
                self.request.confirmed_at,
                "confirmed",
            ),
            (
                self.request.received_at,
                "received",
                self.hold_check.first_at,
                "the first hold check",
            ),
            (
                self.hold_check.first_at,
                "the first hold check",
                self.hold_check.last_at,
                "the last hold check",
            ),
            (approved, "approved", self.verified_at, "verified"),
            (
                last_verified,
                "the last verification",
                self.verified_at,
                "verified",
            ),
            (self.verified_at, "verified", certified, "certified"),
            (certified, "certified", self.issued_at, "issued"),
        ];
        for (first, earlier, second, later) in pairs {
            if first > second {
                found.push(Contradiction::Order { earlier, later });
            }
        }
    }

    pub(super) fn check_holds(&self, found: &mut Vec<Contradiction>) {
        let by_hold = self.withheld.iter().any(|part| part.by == WithheldBy::LegalHold);
        match (self.hold_check.result, by_hold) {
            (HoldResult::Clear, true) => {
                found.push(Contradiction::Holds(
                    "says clear, but parts are withheld under a hold",
                ));
            }
            // What its base withholds is no matter of an addendum.
            (HoldResult::PartsWithheld, false) if self.kind != Kind::Addendum => {
                found.push(Contradiction::Holds(
                    "says that parts are withheld, but none is listed",
                ));
            }
            _ => {}
        }
        for part in &self.withheld {
            if part.ground.trim().is_empty() || part.what.trim().is_empty() {
                found.push(Contradiction::Empty(format!(
                    "the ground or the words of what {} keeps",
                    part.system
                )));
            }
        }
    }

    pub(super) fn check_words(&self, found: &mut Vec<Contradiction>) {
        if self.limits != wording::limits(self.verified_at, self.inventory.version) {
            found.push(Contradiction::Wording("limits".into()));
        }
        if self.verify_offline != wording::verify_offline() {
            found.push(Contradiction::Wording("verify_offline".into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::sample;

    #[test]
    fn the_samples_may_be_signed() {
        for claims in [sample::complete(), sample::partial()] {
            assert_eq!(claims.contradictions(), vec![]);
        }
    }

    #[test]
    fn a_partial_certificate_without_withheld_parts_is_refused() {
        let claims = Claims {
            kind: Kind::Partial,
            ..sample::complete()
        };
        assert!(matches!(
            claims.contradictions()[..],
            [Contradiction::Kind { kind: "partial", .. }]
        ));
    }

    #[test]
    fn a_complete_certificate_with_withheld_parts_is_refused() {
        let claims = Claims {
            kind: Kind::Complete,
            ..sample::partial()
        };
        assert!(matches!(
            claims.contradictions()[..],
            [Contradiction::Kind { kind: "complete", .. }]
        ));
    }

    #[test]
    fn a_correction_names_what_it_replaces() {
        let claims = Claims {
            kind: Kind::Corrected,
            ..sample::complete()
        };
        assert!(matches!(
            claims.contradictions()[..],
            [Contradiction::Kind {
                kind: "corrected",
                ..
            }]
        ));
    }

    #[test]
    fn nobody_certifies_before_verification() {
        let mut claims = sample::complete();
        for officer in claims
            .officers
            .iter_mut()
            .filter(|officer| officer.act == ActKind::Certified)
        {
            officer.at = "2026-03-01T00:00:00Z".parse().unwrap();
        }
        let order = Contradiction::Order {
            earlier: "verified",
            later: "certified",
        };
        assert_eq!(claims.contradictions(), vec![order]);
    }
}
