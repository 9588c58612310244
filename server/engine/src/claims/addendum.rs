//! The claims of an addendum: the statement of its base, cut to the backups that have run out since.

use domain::certificate as said;
use domain::certificate::{Act, ActKind, Claims, Earlier, LogReference};
use domain::inventory::{DatasetRef, InventoryVersion};
use domain::later::LaterCheck;
use domain::register::CertificateRecord;
use domain::time::Timestamp;

use crate::{Engine, Error, Issuer};

/// Why there is an addendum, on its face.
const REASON: &str = "backup sets that could hold the data have run out since";

/// What an addendum is made from.
pub(crate) struct Additions<'a> {
    /// The record that it is to carry.
    pub(crate) record: &'a CertificateRecord,
    /// When it is signed.
    pub(crate) signed_at: Timestamp,
    /// The statement of its base, as it was signed.
    pub(crate) base: Claims,
    /// The inventory that the base froze.
    pub(crate) inventory: &'a InventoryVersion,
    /// The looks that it tells of.
    pub(crate) checks: &'a [LaterCheck],
    /// Who issues.
    pub(crate) issuer: Issuer,
    /// The name of the officer, where names are printed.
    pub(crate) officer: Option<String>,
    /// Thumbprint of the key that will sign.
    pub(crate) key: &'a str,
    /// The name of the log.
    pub(crate) origin: &'a str,
}

/// The claims of an addendum. The same records give the same claims, so that a retry signs the same bytes.
pub(crate) fn addendum_claims(engine: &Engine, made_from: Additions<'_>) -> Result<Claims, Error> {
    let Additions {
        record,
        signed_at,
        base,
        inventory,
        checks,
        issuer,
        officer,
        key,
        origin,
    } = made_from;
    let policy = engine.policy();
    let code = record.code.parse();
    let mut systems = Vec::new();
    let mut backups = Vec::new();
    let mut verified_at = base.verified_at;
    for check in checks {
        let (dataset, at) = seen(check)?;
        verified_at = verified_at.max(at);
        let title = inventory
            .system(&dataset.system)
            .map(|system| system.title.as_str());
        let title =
            title.ok_or_else(|| Error::Broken(format!("{dataset} is not in the frozen inventory")))?;
        let system = base.systems.iter().find(|system| system.name == title);
        let system = system.ok_or_else(|| Error::Broken(format!("the base does not report {dataset}")))?;
        let promised = base.backups.iter().find(|backup| backup.system == title);
        let report = expired(system.clone(), dataset, at);
        match systems
            .iter_mut()
            .find(|other: &&mut said::System| other.name == title)
        {
            Some(other) => other.datasets.extend(report.datasets),
            None => systems.push(report),
        }
        backups.push(said::Backup {
            system: title.to_owned(),
            sets: 0,
            expires_on: promised.map_or_else(|| at.date(), |backup| backup.expires_on),
            checked_at: at,
            rule_confirmed: true,
            gone_at: Some(at),
        });
    }
    let certified = Act {
        act: ActKind::Certified,
        role: "compliance officer".into(),
        name: officer,
        at: record.certified_at,
        over: Some(record.evidence),
    };
    let earlier = base.officers.iter().filter(|act| act.act != ActKind::Certified);
    let officers = earlier.cloned().chain([certified]).collect();
    let claims = Claims {
        id: record.id,
        code: code.map_err(|_| Error::Broken("the printed code".into()))?,
        kind: said::Kind::Addendum,
        issued_at: signed_at,
        supersedes: None,
        supplements: Some(Earlier {
            id: base.id,
            code: base.code,
            statement: base.digest(),
            reason: REASON.into(),
        }),
        issuer: said::Issuer {
            name: issuer.name,
            role: issuer.role,
            address: issuer.address,
            dpo_contact: issuer.dpo_contact,
            zone: policy.zone.clone(),
        },
        systems,
        sampling: None,
        withheld: Vec::new(),
        backups,
        spot_checks: Vec::new(),
        later_checks_on: Vec::new(),
        officers,
        verified_at,
        evidence: record.evidence,
        key_id: key.to_owned(),
        log: LogReference {
            origin: origin.to_owned(),
        },
        status_url: format!("{}/verify/{}", policy.public_url, record.code),
        ..base
    };
    Ok(claims.worded())
}

/// The backup that a look found run out, and when.
fn seen(check: &LaterCheck) -> Result<(&DatasetRef, Timestamp), Error> {
    let seen = check.run_out().zip(check.looks.first());
    let (dataset, look) =
        seen.ok_or_else(|| Error::Broken(format!("later check {} saw no backup run out", check.number)))?;
    Ok((dataset, look.looked_at))
}

/// The report of a backup system, with the dataset that has run out.
fn expired(system: said::System, dataset: &DatasetRef, at: Timestamp) -> said::System {
    let name = dataset.dataset.to_string();
    let datasets = system.datasets.into_iter().filter(|one| one.name == name);
    let datasets = datasets.map(|one| said::Dataset {
        verification: said::Verification {
            verdict: said::Verdict::Expired,
            at,
            ..one.verification
        },
        ..one
    });
    said::System {
        datasets: datasets.collect(),
        ..system
    }
}
