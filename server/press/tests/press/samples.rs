//! Statements to print: every kind, one to five hundred systems, names of many scripts, names without end.

use domain::certificate::*;
use domain::digest::Digest;
use domain::inventory::DatasetRef;
use domain::nonce::Nonce;
use domain::time::{Timestamp, date};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// All samples by name.
pub fn all() -> Vec<(&'static str, Claims)> {
    vec![
        ("complete", complete(3)),
        ("one-system", complete(1)),
        ("committed-nonce", committed_nonce()),
        ("partial", partial()),
        ("corrected", corrected()),
        ("addendum", addendum()),
        ("drill", drill()),
        ("scripts", scripts()),
        ("long-names", long_names()),
        ("twelve-systems", complete(12)),
        ("five-hundred-systems", complete(500)),
    ]
}

/// Two systems whose samples were drawn with a nonce that was committed to.
pub fn committed_nonce() -> Claims {
    let mut claims = complete(2);
    let nonce = Nonce::from(*Digest::of(b"nonce").as_bytes());
    let said = Sampling {
        commitment: nonce.commitment(),
        number: 2,
        committed_at: at("2026-03-01T12:00:00Z"),
        committed_entry: 1_840,
        plan_entry: 1_842,
        root: Digest::of(b"root"),
        tree_size: 1_843,
        fixed_at: at("2026-03-01T12:00:05Z"),
        kept: NonceKept::Outside,
        nonce,
        opened_at: at("2026-03-01T12:09:00Z"),
    };
    for (number, system) in claims.systems.iter_mut().enumerate() {
        let name = DatasetRef::try_from(format!("system-{number}.records")).unwrap();
        if let Some(sample) = &mut system.datasets[0].verification.sample {
            sample.seed = said.seed(claims.request.id, &name);
            sample.seed_source = SeedSource::CommittedNonce;
            sample.dataset = Some(name.to_string());
        }
    }
    claims.sampling = Some(said);
    claims.worded()
}

/// A tenant gone from `systems` systems.
pub fn complete(systems: u64) -> Claims {
    let claims = Claims {
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
            systems,
        },
        systems: (0..systems).map(system).collect(),
        sampling: None,
        withheld: vec![],
        backups: vec![],
        recipients_notified: vec![Notified {
            name: "Postmark Mailing B.V.".into(),
            channel: "api".into(),
            at: at("2026-03-09T10:01:00Z"),
        }],
        spot_checks: vec![spot_check()],
        later_checks_on: [(3, 15), (4, 7), (6, 6)]
            .map(|(month, day)| date(2026, month, day).unwrap())
            .into(),
        officers: vec![
            officer(
                ActKind::Approved,
                "Tomás Ó Briain",
                "operations lead",
                "2026-03-02T08:00:00Z",
            ),
            officer(
                ActKind::Certified,
                "Niamh Byrne",
                "compliance officer",
                "2026-03-09T10:00:00Z",
            ),
        ],
        verified_at: at("2026-03-08T12:10:00Z"),
        evidence: Digest::of(b"evidence"),
        limits: vec![],
        key_id: super::signed::key_id(),
        log: LogReference {
            origin: "lethe.northwind.example/log".into(),
        },
        status_url: "https://lethe.northwind.example/certificates/7K3M-9QX1-20HF".into(),
        verify_offline: String::new(),
    };
    claims.worded()
}

/// One dataset under hold, one retained, one backup yet to expire, one attested, one accepted without control.
pub fn partial() -> Claims {
    let mut claims = complete(6);
    claims.kind = Kind::Partial;
    claims.hold_check.result = HoldResult::PartsWithheld;
    claims.hold_check.matters = vec!["M-9F2C".into()];
    claims.hold_check.waits = vec![HoldWait {
        from: at("2026-03-01T11:31:00Z"),
        until: at("2026-03-04T16:20:00Z"),
    }];
    claims.inventory.last_audit_on = None;
    for (index, name, verdict) in [
        (1, "billing ledger", Verdict::Preserved),
        (2, "nightly backups", Verdict::Expiring),
        (3, "mailing partner", Verdict::Attested),
        (4, "search index", Verdict::InconclusiveAccepted),
    ] {
        let system = &mut claims.systems[index];
        system.name = name.into();
        set_verdict(system, verdict);
    }
    claims.withheld = vec![
        Withheld {
            system: "billing ledger".into(),
            dataset: Some("records".into()),
            what: "invoices and payments of 2025".into(),
            records: Some(1_412),
            by: WithheldBy::LegalHold,
            ground: "establishment, exercise or defence of legal claims, GDPR Art. 17(3)(e)".into(),
            matter: Some("M-9F2C".into()),
            until: Until::Release,
        },
        Withheld {
            system: "billing ledger".into(),
            dataset: None,
            what: "booking vouchers".into(),
            records: None,
            by: WithheldBy::RetentionDuty,
            ground: "legal obligation, GDPR Art. 17(3)(b): six years of record keeping".into(),
            matter: None,
            until: Until::Date {
                on: date(2031, 12, 31).unwrap(),
            },
        },
    ];
    claims.backups = vec![Backup {
        system: "nightly backups".into(),
        sets: 35,
        expires_on: date(2026, 4, 12).unwrap(),
        checked_at: at("2026-03-08T12:09:00Z"),
        rule_confirmed: true,
        gone_at: None,
    }];
    claims.worded()
}

fn set_verdict(system: &mut System, verdict: Verdict) {
    let dataset = &mut system.datasets[0];
    let verification = &mut dataset.verification;
    verification.verdict = verdict;
    verification.control = Control::NotNeeded;
    if verdict == Verdict::InconclusiveAccepted {
        verification.control = Control::NotPossible;
        verification.acceptance = Some(Acceptance {
            role: "compliance officer".into(),
            name: Some("Niamh Byrne".into()),
            at: at("2026-03-08T15:00:00Z"),
            reason: "the index is rebuilt nightly from the primary store and holds no other tenant".into(),
        });
        return;
    }
    verification.sample = None;
    (dataset.reported, system.started_at, system.ended_at) = (None, None, None);
    match verdict {
        Verdict::Attested => {
            system.handling = Handling::Attest;
            system.method = "the party that runs the system was told and has confirmed".into();
            (dataset.before, dataset.after, dataset.manifest) = (None, None, None);
            verification.attestation = Some(Attestation {
                by: "Postmark Mailing B.V.".into(),
                at: at("2026-03-07T09:00:00Z"),
                evidence: Digest::of(b"letter"),
            });
        }
        Verdict::Expiring => {
            system.handling = Handling::Expire;
            system.method = "left out of new sets; old sets expire".into();
            (dataset.before, dataset.after, dataset.manifest) = (None, None, None);
        }
        _ => {
            system.handling = Handling::Withheld;
            system.method = "not touched".into();
            dataset.after = dataset.before;
        }
    }
}

/// The same as complete, after an earlier one was found wrong.
pub fn corrected() -> Claims {
    let mut claims = complete(2);
    claims.kind = Kind::Corrected;
    claims.supersedes = Some(earlier(
        "residue was found in the search index seven days later and erased",
    ));
    claims.worded()
}

/// An addendum after a backup has expired.
pub fn addendum() -> Claims {
    let mut claims = complete(1);
    claims.kind = Kind::Addendum;
    claims.supplements = Some(earlier("the last backup set has expired"));
    claims.backups = vec![Backup {
        system: claims.systems[0].name.clone(),
        sets: 0,
        expires_on: date(2026, 3, 5).unwrap(),
        checked_at: at("2026-03-08T12:09:00Z"),
        rule_confirmed: true,
        gone_at: Some(at("2026-03-08T12:09:00Z")),
    }];
    claims.worded()
}

/// A rehearsal.
pub fn drill() -> Claims {
    let mut claims = complete(2);
    claims.kind = Kind::Drill;
    claims.recipient = Recipient::Tenant {
        id: "019ca000-0000-7000-8000-00000000000d".parse().unwrap(),
        name: "Synthetic tenant 0013".into(),
    };
    claims.worded()
}

/// Names in Latin, Greek, Cyrillic, Devanagari and Vietnamese.
pub fn scripts() -> Claims {
    let mut claims = complete(5);
    claims.recipient = Recipient::Person {
        tenant: "019ca000-0000-7000-8000-000000000002".parse().unwrap(),
        tenant_name: "Ελληνική Εταιρεία Δεδομένων ΑΕ".into(),
        commitment: Digest::of(b"person"),
    };
    claims.request.ground = Ground::Erasure {
        point: Some("b".into()),
    };
    claims.request.due_on = date(2026, 6, 1).unwrap();
    claims.request.extension = Some(Extension {
        first_due_on: date(2026, 4, 1).unwrap(),
        told_at: at("2026-03-20T08:00:00Z"),
        reason: "the request is complex: 41 systems in three countries".into(),
    });
    claims.issuer.name = "Société Générale d’Effacement – Łódź & Ángström".into();
    let names = [
        "Kundenübersicht Größe",
        "Київський реєстр",
        "ग्राहक क्षेत्र श्री",
        "Cơ sở dữ liệu khách hàng",
        "Πελάτες",
    ];
    for (system, name) in claims.systems.iter_mut().zip(names) {
        system.name = name.into();
        system.owner = "Nguyễn Thị Ánh Tuyết".into();
        system.location = "नई दिल्ली, भारत".into();
    }
    claims.spot_checks[0].system = names[2].into();
    claims.spot_checks[0].saw = "कोई अभिलेख नहीं मिला".into();
    claims.officers[0].name = Some("Дмитро Щербак".into());
    claims.worded()
}

/// Names that are far too long.
pub fn long_names() -> Claims {
    let mut claims = complete(2);
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    claims.issuer.name = format!("{long} mit beschränkter Haftung und Compagnie Kommanditgesellschaft");
    claims.recipient = Recipient::Tenant {
        id: "019ca000-0000-7000-8000-000000000002".parse().unwrap(),
        name: format!(
            "{} {long}",
            "The Very Reverend Society for the Keeping of Unbelievably Long Names".repeat(2)
        ),
    };
    claims.systems[0].name = format!("{long}_{long}").replace('s', "ss");
    claims.systems[0].location = "eu-central-1/".repeat(20);
    claims.systems[0].categories = (0..60).map(|n| format!("category number {n}")).collect();
    claims.systems[1].method =
        "rows are deleted one after another, and this is told at great length. ".repeat(120);
    claims.systems[1].datasets[0].name =
        "public.tenant_customer_contact_person_addresses_history_v2_archive".into();
    claims.spot_checks[0].system = claims.systems[0].name.clone();
    claims.status_url = format!("https://lethe.northwind.example/certificates/{}", "a".repeat(180));
    claims.worded()
}

fn earlier(reason: &str) -> Earlier {
    Earlier {
        id: "019caa00-0000-7000-8000-000000000009".parse().unwrap(),
        code: "1111-2222-3333".parse().unwrap(),
        statement: Digest::of(b"earlier"),
        reason: reason.into(),
    }
}

fn officer(act: ActKind, name: &str, role: &str, when: &str) -> Act {
    Act {
        act,
        role: role.into(),
        name: Some(name.into()),
        at: at(when),
        over: Some(Digest::of(role.as_bytes())),
    }
}

fn spot_check() -> SpotCheck {
    SpotCheck {
        system: "system 001".into(),
        dataset: "records".into(),
        ids: 5,
        found: 0,
        decoy_seen: true,
        saw: "none of the five in the console; the decoy was there".into(),
        role: "compliance officer".into(),
        name: Some("Niamh Byrne".into()),
        at: at("2026-03-09T09:00:00Z"),
    }
}

fn system(index: u64) -> System {
    let before = if index.is_multiple_of(3) {
        412
    } else {
        1_250_000 + index
    };
    System {
        name: format!("system {:03}", index + 1),
        kind: "postgres".into(),
        location: "Frankfurt, Germany".into(),
        owner: "Sales Operations".into(),
        categories: vec!["contact details".into(), "contract".into()],
        processor: (index % 2 == 1).then(|| "Hetzner Online GmbH".into()),
        handling: Handling::Erase,
        method: "rows deleted; a logical delete, not NIST \"Clear\"".into(),
        connector: "postgres".into(),
        connector_version: "0.1.0".into(),
        started_at: Some(at("2026-03-08T12:00:00Z")),
        ended_at: Some(at("2026-03-08T12:00:02Z")),
        drill: None,
        datasets: vec![Dataset {
            name: "records".into(),
            before: Some(before),
            after: Some(0),
            reported: Some(before),
            manifest: Some(Digest::of(&index.to_be_bytes())),
            verification: Verification {
                verdict: Verdict::Absent,
                at: at("2026-03-08T12:10:00Z"),
                sample: Some(Sample {
                    size: before.min(1_000),
                    found: 0,
                    seed: Digest::of(&[7, index as u8]),
                    dataset: None,
                    seed_source: SeedSource::OperatorLog,
                }),
                control: if index.is_multiple_of(2) {
                    Control::Canary
                } else {
                    Control::OutsideRecord
                },
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

#[test]
fn every_sample_could_be_signed() {
    for (name, claims) in all() {
        assert_eq!(claims.contradictions(), vec![], "{name}");
    }
}
