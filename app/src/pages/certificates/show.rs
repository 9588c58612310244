//! One certificate: its state, what it proves, its files, and how to check them without us.

use domain::actor::Permission;
use domain::archive::DocumentCopy;
use domain::certificate::Claims;
use domain::id::{CertificateId, IncidentId};
use domain::later::LaterCheck;
use domain::register::{CertificateKind, CertificateRecord, CertificateState};
use engine::certification::CertificateStuck;
use engine::reading::certificates::CertificateSeen;
use engine::reading::deliveries::Deliveries;
use leptos::prelude::*;

use super::beside::{acts, facts, file, files};
use super::deliveries::{deliveries, not_reached};
use super::later::later;
use super::offline::Offline;
use super::statement::StatementParts;
use super::stuck::stuck;
use super::words;
use crate::api::ssr;
use crate::components::{Icon, Notice, PageHead, Tag, Tone, load};
use crate::error::{AppError, Code};
use crate::routes::{self, one};

/// What is shown.
struct Shown {
    seen: CertificateSeen,
    claims: Option<Claims>,
    has_pages: bool,
    tenant: bool,
    /// The corrected certificate in its place.
    replaced_by: Option<CertificateRecord>,
    /// The reader may ask for its revocation, or confirm one.
    revoking: bool,
    /// Looks after the issue, done and planned.
    later: Vec<LaterCheck>,
    /// What suspended it, for those who may read that.
    incident: Option<IncidentId>,
    /// The reader may have it looked at again now.
    may_look: bool,
    /// Who was told.
    deliveries: Deliveries,
    /// Lethe gave up making it.
    stuck: Option<CertificateStuck>,
    /// The reader may have it finished.
    may_finish: bool,
    /// Where else it is kept.
    copy: Option<DocumentCopy>,
}

/// The page.
#[component]
pub fn Show() -> impl IntoView {
    let id = ssr::visit().param("id").to_owned();
    load(found(id), |shown| {
        let record = shown.seen.record.clone();
        let id = record.id;
        let title = match &shown.claims {
            Some(claims) => claims.title(),
            None => words::kind(record.kind),
        };
        let lead = words::means(&record);
        let download = shown.has_pages.then(|| {
            view! {
                <a class="button" data-tone="primary" href=file(id, "certificate.pdf") download>
                    <Icon name="download" />
                    "Download the PDF"
                </a>
            }
        });
        let warning = warning(&record, shown.replaced_by.as_ref(), shown.incident);
        let not_reached = shown
            .tenant
            .then(|| not_reached(&shown.deliveries.mails))
            .flatten();
        let given_up = shown.stuck.map(|why| stuck(&record, why, shown.may_finish));
        let told = deliveries(&record, shown.deliveries, shown.tenant);
        let revoking = shown.revoking.then(|| revoking(&record));
        let (signed, has_pages) = (shown.claims.is_some(), shown.has_pages);
        let later = later(&record, shown.later, shown.may_look);
        let evidence = record
            .issued_at
            .map(|_| format!("{}/evidence.zip", one(routes::REQUESTS, record.request)));
        let officers = shown.claims.as_ref().map(|claims| claims.officers.clone());
        let statement = match shown.claims {
            Some(claims) => view! { <StatementParts claims /> }.into_any(),
            None => view! {
                <p class="muted">"What it proves stands here once the statement is signed."</p>
            }
            .into_any(),
        };
        view! {
            <PageHead title=format!("{title} {}", record.code) back=(routes::CERTIFICATES, "Certificates") lead>
                <Tag state=record.state.word() />
                {revoking}
                {download}
            </PageHead>
            {warning} {given_up} {not_reached}
            <div class="beside">
                <div class="stack">{statement} {told} {later} {signed.then(|| view! { <Offline /> })}</div>
                <div class="stack">
                    {facts(shown.seen, shown.tenant, shown.copy)} {officers.map(acts)} {files(id, evidence, signed, has_pages)}
                </div>
            </div>
        }
    })
}

async fn found(id: String) -> Result<Shown, AppError> {
    let (engine, actor) = ssr::caller()?;
    let (record, statement, document) = engine.certificate(&actor, ssr::id::<CertificateId>(&id)?).await?;
    let claims = statement
        .map(|statement| Claims::parse(&statement.bytes))
        .transpose();
    let claims = claims.map_err(|error| {
        tracing::error!(%error, certificate = %record.id, "a stored statement cannot be read");
        AppError::new(
            Code::Fault,
            "The stored statement cannot be read. This was written down.",
        )
    })?;
    let may = actor
        .require_any(&[Permission::Revoke, Permission::ConfirmRevocation])
        .is_ok();
    let reads_all = actor.require(Permission::ReadAll).is_ok();
    Ok(Shown {
        replaced_by: engine.replacement(&actor, record.id).await?,
        revoking: may && (record.issued_at.is_some()),
        deliveries: engine.deliveries(&actor, record.id).await?,
        stuck: match reads_all {
            true => engine.certificate_stuck(&actor, record.id).await?,
            false => None,
        },
        may_finish: actor.require(Permission::Certify).is_ok(),
        copy: match reads_all {
            true => engine.document_copy(&actor, record.id).await?,
            false => None,
        },
        seen: engine.certificate_by_code(&actor, &record.code).await?,
        claims,
        has_pages: document.is_some(),
        tenant: ssr::is_tenant(&actor),
        later: engine.later_checks(&actor, record.id).await?,
        incident: match actor.require(Permission::ReadAll) {
            Ok(()) => engine
                .incidents_of(&actor, record.id)
                .await?
                .last()
                .map(|incident| incident.id),
            Err(_) => None,
        },
        may_look: actor.require(Permission::Revoke).is_ok() && record.state == CertificateState::Issued,
    })
}

/// What stands above everything when the certificate must not simply be relied on.
fn warning(
    record: &CertificateRecord,
    replaced_by: Option<&CertificateRecord>,
    incident: Option<IncidentId>,
) -> Option<AnyView> {
    let reason = words::reason(&record.state).map(|reason| format!("The reason: {reason}."));
    let (tone, title) = match &record.state {
        CertificateState::Revoked { .. } => (Tone::Danger, "This certificate is revoked"),
        CertificateState::Suspended => (Tone::Warning, "This certificate is suspended"),
        CertificateState::Superseded { .. } => {
            (Tone::Warning, "Another certificate took the place of this one")
        }
        _ if record.kind == CertificateKind::Drill => (Tone::Info, "This is a drill"),
        _ => return None,
    };
    let next = match &record.state {
        CertificateState::Superseded { by } => Some(one(routes::CERTIFICATES, by)),
        _ => replaced_by.map(|by| one(routes::CERTIFICATES, by.id)),
    };
    let explanation = record.revocation.as_ref();
    let explanation = explanation
        .filter(|asked| asked.confirmed.is_some())
        .map(|asked| asked.explanation.clone());
    Some(
        view! {
            <Notice tone title>
                <p>"It stays here and can be downloaded, but must not be relied on."</p>
                {reason.map(|reason| view! { <p>{reason}</p> })}
                {explanation.map(|explanation| view! { <p>{explanation}</p> })}
                {incident
                    .map(|id| {
                        view! {
                            <p>
                                <a href=one(routes::INCIDENTS, id)>"See what was seen again"</a>
                            </p>
                        }
                    })}
                {next
                    .map(|href| {
                        view! {
                            <p>
                                <a href=href>"See the one in its place"</a>
                            </p>
                        }
                    })}
            </Notice>
        }
        .into_any(),
    )
}

/// The way to a revocation, in the words of where it stands.
fn revoking(record: &CertificateRecord) -> impl IntoView + use<> {
    let words = match (&record.state, &record.revocation) {
        (CertificateState::Revoked { .. }, _) => "See the revocation",
        (_, Some(_)) => "Revocation asked for",
        (_, None) => "Revoke",
    };
    let href = format!("{}/revoke", one(routes::CERTIFICATES, record.id));
    view! {
        <a class="button" data-tone="secondary" href=href>
            {words}
        </a>
    }
}
