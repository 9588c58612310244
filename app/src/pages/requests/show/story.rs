//! The line from receipt to certificate: what happened, where it is, and what will follow.

use domain::request::Stage;
use engine::reading::deliveries::MailSeen;
use engine::reading::file::RequestFile;
use engine::reading::timeline::Happening;
use leptos::prelude::*;

use super::super::words;
use crate::api::ssr;
use crate::components::{Moment, Timeline, TimelineItem, Tone, When};
use crate::routes;
use crate::text;

/// What follows, in the order of the work.
const WAY: [(Stage, &str); 9] = [
    (Stage::IdentityConfirmed, "Identity confirmed"),
    (Stage::Planned, "Plan and manifest drawn"),
    (Stage::Approved, "Run approved by a second person"),
    (Stage::Scheduled, "Grace period"),
    (Stage::Erasing, "Erasure in every system"),
    (Stage::Settling, "Systems settle"),
    (Stage::Verifying, "Independent check"),
    (Stage::Verified, "Spot check and certification"),
    (Stage::Certified, "Certificate issued"),
];
/// The same for what a restored system brought back: nobody can object, and no certificate comes of it.
const AGAIN: [(Stage, &str); 6] = [
    (Stage::Planned, "Plan and manifest drawn"),
    (Stage::Approved, "Run approved by a second person"),
    (Stage::Erasing, "Erasure in the restored system"),
    (Stage::Settling, "The system settles"),
    (Stage::Verifying, "Independent check"),
    (Stage::Verified, "Closed, once nothing is kept"),
];
/// Happenings shown before the rest is folded away.
const SHOWN: usize = 14;

/// The timeline beside the request.
#[component]
pub fn Story(file: RequestFile) -> impl IntoView {
    let stage = file.request.stage;
    let rest = file.timeline.len().saturating_sub(SHOWN);
    let mut past = file.timeline;
    let recent = past.split_off(rest);
    let earlier = (!past.is_empty()).then(|| {
        let said = text::counted(past.len() as u64, "earlier event", "earlier events");
        let items: Vec<_> = past.into_iter().map(|one| happened(one, &file.mails)).collect();
        view! {
            <details class="drawer">
                <summary>{said}</summary>
                <Timeline label="Earlier events">{items}</Timeline>
            </details>
        }
    });
    let recent: Vec<_> = recent.into_iter().map(|one| happened(one, &file.mails)).collect();
    let now = (!stage.is_end()).then(|| {
        view! { <TimelineItem when=When::Now title=text::words(file.request.aside.as_ref().map_or(stage.word(), |aside| aside.word())) /> }
    });
    let way: &[(Stage, &str)] = if file.request.again.is_some() {
        &AGAIN
    } else {
        &WAY
    };
    let next: Vec<_> = way
        .iter()
        .filter(|(step, _)| !stage.is_end() && *step > stage)
        .map(|(_, title)| view! { <TimelineItem when=When::Next title=*title /> })
        .collect();
    view! {
        <aside class="panel" aria-labelledby="story">
            <h2 id="story">"What happened"</h2>
            {earlier}
            <Timeline label="What happened and what comes next">{recent} {now} {next}</Timeline>
        </aside>
    }
    .into_any()
}

fn happened(one: Happening, mails: &[MailSeen]) -> impl IntoView + use<> {
    let tone = match one.kind.as_str() {
        "request.needs_attention" | "request.residue" | "mail.failed" | "mail.bounced" => Tone::Danger,
        "request.blocked" | "step.stopped" | "request.paused" => Tone::Warning,
        _ => Tone::Neutral,
    };
    let mut mails = mails.iter();
    let mail = mails.find(|mail| one.object == format!("mail:{}", mail.id));
    let title = match mail {
        Some(mail) => format!(
            "{}: {}",
            text::happened(&one.kind),
            text::going_on(words::mail(mail.kind))
        ),
        None => text::happened(&one.kind),
    };
    let by = text::named(&one.by);
    let reads_log = ssr::visit().visitor.is_some_and(|visitor| {
        let mut readers = routes::LOG_READERS.iter();
        readers.any(|role| visitor.person.roles.contains(role))
    });
    let moment = match reads_log {
        true => view! {
            <a href=routes::one(routes::LOG, one.entry) title="The entry in the log">
                <Moment at=one.at />
            </a>
        }
        .into_any(),
        false => view! { <Moment at=one.at /> }.into_any(),
    };
    view! {
        <TimelineItem when=When::Past title tone>
            <p>{moment} {format!(", {by}")}</p>
        </TimelineItem>
    }
}
