//! What stands beside a certificate: facts, the acts that it rests on, its files.

use domain::archive::DocumentCopy;
use domain::certificate::Act;
use domain::id::CertificateId;
use engine::reading::certificates::CertificateSeen;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Fact, Facts, Moment};
use crate::islands::CopyButton;
use crate::routes::{self, one};
use crate::text;

/// Files and what each is; the first two exist once the pages are written, the rest once it is signed and logged.
const FILES: [(&str, &str); 7] = [
    ("certificate.pdf", "The pages, with the statement attached"),
    ("certificate.pdf.sig", "Signature over the pages, for OpenSSL"),
    ("certificate.pdf.sshsig", "Signature over the pages, for OpenSSH"),
    ("statement.json", "The statement: the certificate itself"),
    ("statement.jws", "Signature over the statement"),
    ("log-entry.json", "Its entry in the log"),
    ("log-entry.tlog-proof", "Proof that the log holds the entry"),
];

/// The address of a file.
pub(super) fn file(id: CertificateId, name: &str) -> String {
    format!("{}/{name}", one(routes::CERTIFICATES, id))
}

/// What is known of it in short.
pub(super) fn facts(seen: CertificateSeen, tenant: bool, copy: Option<DocumentCopy>) -> impl IntoView {
    let record = seen.record;
    let public = one(routes::VERIFY, &record.code);
    let code = record.code;
    let status = format!("{}{public}", ssr::engine().policy().public_url);
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">"In short"</h2>
            <Facts>
                <Fact term="Short code">
                    <code>{code.clone()}</code>
                    " "
                    <CopyButton text=code />
                </Fact>
                <Fact term="Id">
                    <code>{record.id.to_string()}</code>
                </Fact>
                <Fact term="Made out to">{seen.tenant_name}</Fact>
                <Fact term="Request">
                    <a href=one(routes::REQUESTS, record.request)>
                        <code>{text::tail(&record.request.to_string())}</code>
                    </a>
                </Fact>
                {record
                    .replaces
                    .map(|earlier| {
                        view! {
                            <Fact term="In the place of">
                                <a href=one(routes::CERTIFICATES, earlier)>"The revoked certificate"</a>
                            </Fact>
                        }
                    })}
                {record
                    .adds
                    .map(|adds| {
                        view! {
                            <Fact term="Adds to">
                                <a href=one(routes::CERTIFICATES, adds.to)>"The certificate before it"</a>
                            </Fact>
                        }
                    })}
                <Fact term="Certified by">{text::named(&seen.certified_by)}</Fact>
                <Fact term="Certified">
                    <Moment at=record.certified_at />
                </Fact>
                {record
                    .issued_at
                    .map(|at| {
                        view! {
                            <Fact term="Issued">
                                <Moment at />
                            </Fact>
                        }
                    })}
                {copy
                    .map(|copy| {
                        view! {
                            <Fact term="Kept twice">
                                {format!("In the bucket {} as well, locked until ", copy.place)} <Moment at=copy.kept_until />
                            </Fact>
                        }
                    })}
                <Fact term="Public state">
                    <a href=public>{status}</a>
                    <p class="muted small">
                        {match tenant {
                            true => "Anybody to whom you give the certificate can look there. It names neither you nor your data.",
                            false => "It shows issuer, state and dates only: no tenant, no system, no ground.",
                        }}
                    </p>
                </Fact>
            </Facts>
        </section>
    }
}

/// The acts that it rests on.
pub(super) fn acts(acts: Vec<Act>) -> impl IntoView {
    let rows: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let who = match act.name {
                Some(name) => format!("{name}, {}", act.role),
                None => text::words(&act.role),
            };
            view! {
                <Fact term=act.act.words()>
                    {who} <br />
                    <span class="muted small">
                        <Moment at=act.at />
                    </span>
                </Fact>
            }
        })
        .collect();
    view! {
        <section class="panel" aria-labelledby="acts">
            <h2 id="acts">"Acts it rests on"</h2>
            <Facts>{rows}</Facts>
        </section>
    }
}

/// Everything there is to download.
pub(super) fn files(
    id: CertificateId,
    evidence: Option<String>,
    signed: bool,
    has_pages: bool,
) -> impl IntoView {
    let there = FILES.iter().filter(|(name, _)| {
        if name.starts_with("certificate") {
            has_pages
        } else {
            signed
        }
    });
    let rows: Vec<_> = there
        .map(|(name, words)| {
            view! {
                <li>
                    <a href=file(id, name) download>
                        {*name}
                    </a>
                    <br />
                    <span class="muted small">{*words}</span>
                </li>
            }
        })
        .collect();
    let evidence = evidence.map(|href| {
        view! {
            <li>
                <a href=href download>
                    "evidence.zip"
                </a>
                <br />
                <span class="muted small">
                    "All of it and the run it rests on in one file, with the commands that check it"
                </span>
            </li>
        }
    });
    let list = match rows.is_empty() {
        true => view! { <p class="muted">"There are no files yet. They appear when the certificate is signed."</p> }.into_any(),
        false => view! { <ul class="files">{rows} {evidence}</ul> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="files">
            <h2 id="files">"Files"</h2>
            {list}
        </section>
    }
}
