//! Statements for tests: one that is complete, one that withholds.

use super::case::*;
use super::claims::*;
use super::report::*;
use super::sampling::{NonceKept, Sampling};
use crate::digest::Digest;
use crate::inventory::DatasetRef;
use crate::nonce::Nonce;
use crate::time::{Timestamp, date};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// One system, everything gone.
pub fn complete() -> Claims {
    Claims {
        schema: SCHEMA.into(),
        id: "019cab00-0000-7000-8000-000000000001".parse().unwrap(),
        code: "7K3M-9QX1-20HF".parse().unwrap(),
        kind: Kind::Complete,
        issued_at: at("2026-03-09T10:05:00Z"),
        supersedes: None,
        supplements: None,
        issuer: Issuer {
            name: "Northwind Software Ltd".into(),
            role: "processor".into(),
            address: vec![
                "12 Harbour Row".into(),
                "Dublin D02 XY00".into(),
                "Ireland".into(),
            ],
            dpo_contact: "dpo@northwind.example".into(),
            zone: "Europe/Dublin".into(),
        },
        recipient: Recipient::Tenant {
            id: "019ca000-0000-7000-8000-000000000002".parse().unwrap(),
            name: "Acme Analytics GmbH".into(),
        },
        request: Request {
            id: "019ca100-0000-7000-8000-000000000003".parse().unwrap(),
            channel: "portal".into(),
            received_at: at("2026-03-01T09:00:00Z"),
            confirmed_at: at("2026-03-01T11:30:00Z"),
            due_on: date(2026, 4, 1).unwrap(),
            extension: None,
            ground: Ground::ContractEnd {
                contract: "MSA 2024-117".into(),
                term: "within 30 days of its end".into(),
            },
        },
        hold_check: HoldCheck {
            first_at: at("2026-03-01T11:31:00Z"),
            last_at: at("2026-03-09T10:04:00Z"),
            register_version: 41,
            result: HoldResult::Clear,
            matters: vec![],
            waits: vec![],
        },
        inventory: Inventory {
            version: 7,
            digest: Digest::of(b"inventory 7"),
            last_audit_on: Some(date(2026, 1, 15).unwrap()),
            systems: 1,
        },
        systems: vec![crm()],
        sampling: None,
        withheld: vec![],
        backups: vec![],
        recipients_notified: vec![],
        spot_checks: vec![],
        later_checks_on: vec![date(2026, 3, 15).unwrap(), date(2026, 4, 7).unwrap()],
        officers: vec![
            officer(ActKind::Approved, "operator", "2026-03-02T08:00:00Z"),
            officer(ActKind::Certified, "compliance officer", "2026-03-09T10:00:00Z"),
        ],
        verified_at: at("2026-03-08T12:10:00Z"),
        evidence: Digest::of(b"evidence"),
        limits: vec![],
        key_id: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into(),
        log: LogReference {
            origin: "lethe.northwind.example/log".into(),
        },
        status_url: "https://lethe.northwind.example/certificates/7K3M-9QX1-20HF".into(),
        verify_offline: String::new(),
    }
    .worded()
}

/// The same with a seed from a nonce that was committed to.
pub fn with_nonce() -> Claims {
    let mut claims = complete();
    let nonce = Nonce::from(*Digest::of(b"nonce").as_bytes());
    let said = Sampling {
        commitment: nonce.commitment(),
        number: 1,
        committed_at: at("2026-03-01T12:00:00Z"),
        committed_entry: 40,
        plan_entry: 42,
        root: Digest::of(b"root"),
        tree_size: 43,
        fixed_at: at("2026-03-01T12:00:05Z"),
        kept: NonceKept::Sealed,
        nonce,
        opened_at: at("2026-03-01T12:00:06Z"),
    };
    let dataset = DatasetRef::try_from("crm.contacts".to_owned()).unwrap();
    if let Some(sample) = &mut claims.systems[0].datasets[0].verification.sample {
        sample.seed = said.seed(claims.request.id, &dataset);
        sample.seed_source = SeedSource::CommittedNonce;
        sample.dataset = Some(dataset.to_string());
    }
    claims.sampling = Some(said);
    claims.worded()
}

/// The same with a dataset under hold and a spot check.
pub fn partial() -> Claims {
    let mut claims = complete();
    claims.kind = Kind::Partial;
    claims.hold_check.result = HoldResult::PartsWithheld;
    claims.hold_check.matters = vec!["M-9F2C".into()];
    claims.systems[0].datasets.push(Dataset {
        name: "invoices".into(),
        before: Some(12),
        after: Some(12),
        reported: None,
        manifest: Some(Digest::of(b"invoices")),
        verification: Verification {
            verdict: Verdict::Preserved,
            sample: None,
            control: Control::NotNeeded,
            ..crm().datasets[0].verification.clone()
        },
    });
    claims.withheld = vec![Withheld {
        system: "crm".into(),
        dataset: Some("invoices".into()),
        what: "invoices of 2025".into(),
        records: Some(12),
        by: WithheldBy::LegalHold,
        ground: "legal claims (Art. 17(3)(e))".into(),
        matter: Some("M-9F2C".into()),
        until: Until::Release,
    }];
    claims.spot_checks = vec![SpotCheck {
        system: "crm".into(),
        dataset: "contacts".into(),
        ids: 5,
        found: 0,
        decoy_seen: true,
        saw: "none of the five; the decoy was there".into(),
        role: "compliance officer".into(),
        name: Some("Niamh Byrne".into()),
        at: at("2026-03-09T09:00:00Z"),
    }];
    claims.worded()
}

fn crm() -> System {
    System {
        name: "crm".into(),
        kind: "postgres".into(),
        location: "Frankfurt, Germany".into(),
        owner: "Sales Operations".into(),
        categories: vec!["contact details".into()],
        processor: None,
        handling: Handling::Erase,
        method: "rows deleted; a logical delete, not NIST \"Clear\"".into(),
        connector: "postgres".into(),
        connector_version: "0.1.0".into(),
        started_at: Some(at("2026-03-08T12:00:00Z")),
        ended_at: Some(at("2026-03-08T12:00:02Z")),
        drill: None,
        datasets: vec![Dataset {
            name: "contacts".into(),
            before: Some(412),
            after: Some(0),
            reported: Some(412),
            manifest: Some(Digest::of(b"contacts")),
            verification: Verification {
                verdict: Verdict::Absent,
                at: at("2026-03-08T12:10:00Z"),
                sample: Some(Sample {
                    size: 412,
                    found: 0,
                    dataset: None,
                    seed: Digest::of(b"seed"),
                    seed_source: SeedSource::OperatorLog,
                }),
                control: Control::Canary,
                neighbours: Some(Neighbours {
                    looked_up: 50,
                    found: 50,
                }),
                waited_seconds: 300,
                separate_credentials: true,
                verifier: "0.1.0".into(),
                acceptance: None,
                attestation: None,
                proves: String::new(),
            },
        }],
    }
}

fn officer(act: ActKind, role: &str, when: &str) -> Act {
    Act {
        act,
        role: role.into(),
        name: Some("Niamh Byrne".into()),
        at: at(when),
        over: None,
    }
}
