//! What personal data the product itself keeps: what, why, and until when.

use engine::reading::personal::PersonalKept;
use leptos::prelude::*;

use crate::api::ssr;
use crate::components::{Moment, Notice, PageHead, Table, Tone, load};
use crate::error::AppError;
use crate::text;

/// The page.
#[component]
pub fn Privacy() -> impl IntoView {
    let loading = async move {
        let (engine, actor) = ssr::caller()?;
        Ok::<_, AppError>(engine.personal_kept(&actor).await?)
    };
    load(loading, |kept| {
        let rows: Vec<_> = table(&kept).into_iter().map(row).collect();
        view! {
            <PageHead
                title="What Lethe itself keeps"
                lead="To erase other people's data we have to know whose it is. This is all that Lethe keeps about people, why, and until when."
            />
            <div class="stack">
                {next(&kept)}
                <Table stacked=true caption="Personal data that Lethe keeps">
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col">"How many"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"Until when"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <p class="muted">
                    "The log holds no personal data: it names acts, ids and salted digests. Names of systems' records never enter it."
                </p>
            </div>
        }
    })
}

/// What goes next, in a sentence.
fn next(kept: &PersonalKept) -> impl IntoView + use<> {
    let words = match kept.rows.destroyed.unsigned_abs() {
        0 => "No request is old enough yet for its identifiers and samples to be destroyed.".to_owned(),
        destroyed => format!(
            "So far the identifiers and samples of {} were destroyed, each with an entry in the log.",
            text::counted(destroyed, "request", "requests"),
        ),
    };
    let waiting = text::counted(
        kept.to_destroy as u64,
        "request that has ended",
        "requests that have ended",
    );
    let next = kept.next_at.map(|at| {
        view! {
            <p>"Those of " {waiting} " wait for their time to be over; the next go on " <Moment at /> "."</p>
        }
    });
    view! {
        <Notice tone=Tone::Info title="What goes by itself">
            <p>{words}</p>
            {next}
        </Notice>
    }
}

/// What, how many, why, until when.
fn table(kept: &PersonalKept) -> Vec<(&'static str, Option<i64>, &'static str, String)> {
    let engine = ssr::engine();
    let policy = engine.policy();
    let rows = &kept.rows;
    let disputes = text::duration(policy.dispute_window);
    vec![
        (
            "Identifiers of requests, sealed",
            Some(rows.requests),
            "To find the records that are to be erased, and to look again later",
            format!(
                "{disputes} after the certificate was issued, or the request refused; not before the last later check, the last \
                 remainder, and the correction of a revoked certificate. Then the key is destroyed."
            ),
        ),
        (
            "Samples of record ids, sealed",
            Some(rows.requests),
            "To look the same records up after erasure, and 7, 30 and 90 days later",
            "With the identifiers: they are sealed under the same key".into(),
        ),
        (
            "Keyed digests of identifiers",
            Some(rows.requests + rows.destroyed),
            "To match holds and repeated requests without keeping the identifiers",
            "As long as the request stands in the register; nobody can turn them back without the key".into(),
        ),
        (
            "Ledger of what was erased, as keyed digests",
            Some(rows.ledger),
            "To find it again in a system that is restored from a backup, and to erase it before the system is used",
            "Always: backups may be older than anybody remembers. Nobody can turn them back without the key"
                .into(),
        ),
        (
            "Legal holds",
            Some(rows.holds),
            "To stop an erasure that would destroy evidence; people whom a hold names are sealed",
            "As long as the register: it shows that nothing was erased under a hold".into(),
        ),
        (
            "Accounts: name, e-mail address, roles, digest of the password",
            Some(rows.people),
            "To sign in, to separate duties, and to tell who acted",
            "As long as acts of theirs are in the log; a disabled account cannot sign in".into(),
        ),
        (
            "Sessions",
            Some(rows.sessions),
            "To stay signed in",
            format!(
                "At most {}; deleted within an hour after",
                text::duration(policy.sign_in.session)
            ),
        ),
        (
            "Links in mails, as digests",
            Some(rows.links),
            "To set a password, or to fetch a certificate, once",
            format!(
                "At most {}, or as long as the mail with a certificate says",
                text::duration(policy.sign_in.invitation)
            ),
        ),
        (
            "Refused forms, sealed",
            Some(rows.drafts),
            "So that nobody types twice",
            "15 minutes".into(),
        ),
        (
            "Tenants and their contacts",
            Some(rows.tenants),
            "To confirm who asks, and to tell them what happened",
            "As long as the tenant stands in the register".into(),
        ),
        (
            "Mails: recipient and kind, not the text",
            Some(rows.mails),
            "To show who was told what, and what bounced",
            "As long as the request stands in the register".into(),
        ),
        (
            "Certificates",
            Some(rows.certificates),
            "They are the proof; they name the tenant and, where so set, officers, and no data subject",
            "At least seven years; Lethe deletes none by itself".into(),
        ),
        (
            "Attempts to sign in, as digests",
            None,
            "So that guessing is slow",
            text::duration(policy.sign_in.window),
        ),
    ]
}

fn row((what, many, why, until): (&'static str, Option<i64>, &'static str, String)) -> impl IntoView {
    let many = many.map_or_else(|| "\u{2013}".to_owned(), |many| text::count(many.unsigned_abs()));
    view! {
        <tr>
            <th scope="row">{what}</th>
            <td data-label="How many">{many}</td>
            <td data-label="Why">{why}</td>
            <td data-label="Until when">{until}</td>
        </tr>
    }
}
