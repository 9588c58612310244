//! From what is known of a request to what it waits for.

use domain::actor::{Actor, Permission, Role};
use domain::id::PersonId;
use domain::register::{CertificateRecord, CertificateState};
use domain::request::{Aside, ErasureRequest, NonceWait, Stage};
use domain::retention::KeeperId;
use domain::scope::RequestScope;
use domain::time::Timestamp;
use domain::verification::{Check, CheckState};

use super::names::Names;
use super::waiting::{Awaited, Excluded, Turn, Waiting};

/// What is known of a request, for saying what it waits for.
pub(super) struct Case<'a> {
    pub(super) request: &'a ErasureRequest,
    /// When the manifest was drawn.
    pub(super) drawn_at: Option<Timestamp>,
    /// When every dataset had its verdict.
    pub(super) verified_at: Option<Timestamp>,
    /// Every system that needs it was spot-checked.
    pub(super) spot_checked: bool,
    /// Checks of the present round.
    pub(super) checks: &'a [Check],
    /// Backups have run out, and no addendum tells of it.
    pub(super) run_out: bool,
    /// The base certificate.
    pub(super) certificate: Option<&'a CertificateRecord>,
    pub(super) names: &'a Names,
    pub(super) reader: &'a Actor,
    pub(super) now: Timestamp,
    pub(super) staff: bool,
}

impl Case<'_> {
    /// What it waits for.
    pub(super) fn waits_for(&self) -> Waiting {
        match &self.request.aside {
            Some(aside) if !self.request.stage.is_end() => self.beside(aside),
            _ => self.on_the_way(),
        }
    }

    fn beside(&self, aside: &Aside) -> Waiting {
        match aside {
            Aside::OnHold {
                since,
                resumes_at: Some(until),
                ..
            } => Waiting {
                until: Some(*until),
                ..Waiting::of(vec![Turn::Lethe], Awaited::CoolingOff, Some(*since))
            },
            Aside::OnHold { keepers, since, .. } => {
                let held = keepers.iter().any(|id| matches!(id, KeeperId::Hold(_)));
                match held {
                    true => self.judged(
                        Waiting::of(vec![Turn::LegalCounsel], Awaited::HoldRelease, Some(*since)),
                        &[Permission::ReleaseHold],
                        &[],
                    ),
                    false => Waiting::of(vec![Turn::Lethe], Awaited::DutyEnd, Some(*since)),
                }
            }
            Aside::NeedsAttention {
                what,
                who,
                stops,
                since,
            } => {
                let turn = Turn::of_words(who);
                let (awaited, permissions): (Awaited, &[Permission]) = match (turn, stops) {
                    // Counsel is asked for nothing else here.
                    (Turn::LegalCounsel, _) => (Awaited::Attestation, &[Permission::Attest]),
                    (_, true) => (Awaited::Attention, &[Permission::AcceptException]),
                    (_, false) => (
                        Awaited::Attention,
                        &[Permission::RetryStep, Permission::AcceptException],
                    ),
                };
                let waiting = Waiting {
                    told: self.staff.then(|| what.clone()),
                    ..Waiting::of(vec![turn], awaited, Some(*since))
                };
                self.judged(waiting, permissions, &[])
            }
            Aside::Paused { since, reason, .. } => {
                let who = vec![Turn::ComplianceOfficer, Turn::Operator];
                let waiting = Waiting {
                    told: self.staff.then(|| reason.clone()),
                    ..Waiting::of(who, Awaited::Unpause, Some(*since))
                };
                self.judged(waiting, &[Permission::Pause], &[])
            }
        }
    }

    fn on_the_way(&self) -> Waiting {
        let request = self.request;
        let alone = |what, since| Waiting::of(vec![Turn::Lethe], what, since);
        let opener = (request.opened_by, "opened the request");
        let approver = request.approval.as_ref().map(|approval| approval.by);
        match request.stage {
            Stage::Received => self.identity(opener),
            Stage::IdentityConfirmed if request.awaits_nonce.is_some() => self.nonce(opener),
            Stage::IdentityConfirmed => {
                let confirmed = request.identity.as_ref().map(|identity| identity.confirmed_at);
                alone(Awaited::Planning, confirmed)
            }
            Stage::Planned => {
                let waiting = Waiting::of(vec![Turn::ComplianceOfficer], Awaited::Approval, self.drawn_at);
                self.seasoned(self.judged(waiting, &[Permission::ApproveRun], &[opener]))
            }
            Stage::Approved | Stage::Scheduled => Waiting {
                until: request.starts_at,
                ..alone(
                    Awaited::Grace,
                    request.approval.as_ref().map(|approval| approval.at),
                )
            },
            Stage::Erasing => alone(Awaited::Erasure, request.starts_at),
            Stage::Settling => Waiting {
                until: self.looks_at(),
                ..alone(Awaited::Settling, None)
            },
            Stage::Verifying => Waiting {
                until: self.looks_at(),
                ..alone(Awaited::Verification, None)
            },
            Stage::Residue => alone(Awaited::Remediation, None),
            // What a hold keeps in a restored system.
            Stage::Verified if request.again.is_some() => alone(Awaited::Remainder, self.verified_at),
            Stage::Verified if !self.spot_checked => {
                let who = vec![Turn::ComplianceOfficer];
                let waiting = Waiting::of(who, Awaited::SpotCheck, self.verified_at);
                let waiting = self.judged(waiting, &[Permission::SpotCheck], &[]);
                match self.reader.person() {
                    Ok(id) if self.names.has(id, Role::Operator) => {
                        refused(waiting, "you operate the systems")
                    }
                    _ => waiting,
                }
            }
            Stage::Verified => {
                let who = vec![Turn::ComplianceOfficer];
                let waiting = Waiting::of(who, Awaited::Certification, self.verified_at);
                let excluded = [opener, (approver, "approved the run")];
                self.seasoned(self.judged(waiting, &[Permission::Certify], &excluded))
            }
            Stage::Certified => match self.certificate {
                Some(CertificateRecord {
                    waits_for_key: Some(wait),
                    issued_at: None,
                    ..
                }) => {
                    let told = match self.staff {
                        true => Some(format!("No {} key is valid.", wait.kind)),
                        false => None,
                    };
                    let waiting = Waiting {
                        told,
                        ..Waiting::of(vec![Turn::Administrator], Awaited::Key, Some(wait.since))
                    };
                    self.judged(waiting, &[Permission::RotateKeys], &[])
                }
                Some(record) if record.issued_at.is_none() => {
                    let failed = record.failures >= 3 && !matches!(record.state, CertificateState::Issued);
                    match failed {
                        true => self.judged(
                            Waiting::of(
                                vec![Turn::ComplianceOfficer, Turn::Operator],
                                Awaited::Issue,
                                Some(record.certified_at),
                            ),
                            &[Permission::Certify],
                            &[],
                        ),
                        false => alone(Awaited::Issue, Some(record.certified_at)),
                    }
                }
                Some(record) if matches!(record.state, CertificateState::Revoked { .. }) => self.judged(
                    Waiting::of(
                        vec![Turn::ComplianceOfficer],
                        Awaited::Correction,
                        record.state_since,
                    ),
                    &[Permission::Revoke],
                    &[],
                ),
                Some(record) if self.run_out && record.state == CertificateState::Issued => {
                    let who = vec![Turn::ComplianceOfficer];
                    let waiting = Waiting::of(who, Awaited::Addendum, None);
                    let excluded = [opener, (approver, "approved the run")];
                    self.seasoned(self.judged(waiting, &[Permission::Certify], &excluded))
                }
                record => alone(Awaited::Remainder, record.and_then(|record| record.issued_at)),
            },
            Stage::Closed | Stage::Refused | Stage::Withdrawn | Stage::Duplicate => {
                Waiting::of(Vec::new(), Awaited::Nothing, None)
            }
        }
    }

    /// A second person of the tenant, or staff: for a whole tenant by a call back.
    /// The approver's side commits to a nonce, or brings the one that it kept.
    fn nonce(&self, opener: (Option<PersonId>, &'static str)) -> Waiting {
        let (wait, since) = self.request.awaits_nonce.unzip();
        let what = match wait {
            Some(NonceWait::Opening) => Awaited::NonceOpening,
            Some(NonceWait::Commitment) | None => Awaited::NonceCommitment,
        };
        let waiting = Waiting::of(vec![Turn::ComplianceOfficer], what, since);
        self.seasoned(self.judged(waiting, &[Permission::ApproveRun], &[opener]))
    }

    fn identity(&self, opener: (Option<PersonId>, &'static str)) -> Waiting {
        let mut who = vec![Turn::ComplianceOfficer, Turn::LegalCounsel];
        let whole = matches!(self.request.scope, RequestScope::Tenant { .. });
        if whole {
            who.insert(0, Turn::Tenant);
        }
        let permissions: &[Permission] = match whole {
            true => &[Permission::ConfirmIdentity, Permission::OpenOwnRequest],
            false => &[Permission::ConfirmIdentity],
        };
        let waiting = Waiting::of(who, Awaited::IdentityConfirmation, Some(self.request.received_at));
        self.judged(waiting, permissions, &[opener])
    }

    /// When the last of the checks that still wait will look.
    fn looks_at(&self) -> Option<Timestamp> {
        let waiting = self.checks.iter().filter_map(|check| match check.state {
            CheckState::Waiting { until, .. } => Some(until),
            CheckState::Found(_) => None,
        });
        waiting.max()
    }

    /// Says who is excluded, and whether it is the reader's turn.
    fn judged(
        &self,
        waiting: Waiting,
        permissions: &[Permission],
        excluded: &[(Option<PersonId>, &'static str)],
    ) -> Waiting {
        let excluded: Vec<Excluded> = excluded
            .iter()
            .filter_map(|(id, because)| {
                let who = self.names.person((*id)?);
                Some(Excluded { who, because })
            })
            .collect();
        let own = excluded.iter().find(|one| one.who.you).map(|one| one.because);
        let may = self.reader.require_any(permissions).is_ok() && self.reader.person().is_ok();
        Waiting {
            excluded,
            yours: may && own.is_none(),
            not_yours_because: own.filter(|_| may),
            ..waiting
        }
    }

    /// A fresh account cannot be the second person.
    fn seasoned(&self, waiting: Waiting) -> Waiting {
        match waiting.yours && self.reader.seasoned(self.now).is_err() {
            true => refused(waiting, "was made or promoted less than 24 hours ago"),
            false => waiting,
        }
    }
}

fn refused(waiting: Waiting, because: &'static str) -> Waiting {
    Waiting {
        yours: false,
        not_yours_because: waiting.yours.then_some(because),
        ..waiting
    }
}
