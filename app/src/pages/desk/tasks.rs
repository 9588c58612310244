//! One line for each thing that waits, one click from where it is done.

use engine::reading::home::{Task, Whose};
use engine::reading::waiting::Awaited;
use leptos::prelude::*;

use crate::components::{DueDay, Empty, Moment, Tag};
use crate::routes::{self, one};
use crate::text;

/// What is asked of the reader, and what they are only told.
#[component]
pub fn Tasks(
    /// All of it, what is due first, first.
    tasks: Vec<Task>,
    /// The reader acts for a tenant.
    tenant: bool,
) -> impl IntoView {
    if tasks.is_empty() {
        return view! {
            <Empty title="Nothing waits for you.">
                <p>"What needs you appears here, with the day by which it is due. Mail tells you as well."</p>
            </Empty>
        }
        .into_any();
    }
    let (told, asked): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(|task| task.only_told);
    view! {
        {part("To do", asked, tenant)}
        {part("Good to know", told, tenant)}
    }
    .into_any()
}

fn part(title: &'static str, tasks: Vec<Task>, tenant: bool) -> Option<AnyView> {
    let rows: Vec<_> = tasks.into_iter().map(|task| row(task, tenant)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{title}</h2>
                <ul class="tasks">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn row(task: Task, tenant: bool) -> impl IntoView {
    let (words, href) = (sentence(&task, tenant), link(&task));
    // Several can wait for the same of one tenant.
    let which = task.object.strip_prefix("request:").map(text::tail);
    let since = if which.is_some() { "since " } else { "Since " };
    let overdue = task.overdue.then(|| view! { <Tag state="overdue" /> });
    view! {
        <li class="task" data-overdue=task.overdue.then_some("true")>
            <div>
                <p class="task-what">
                    <a href=href>{words}</a>
                </p>
                {task.told.map(|told| view! { <p>{told}</p> })}
                <p class="task-more">
                    {which.map(|id| view! { "Request " <code>{id}</code> ", " })}
                    {task.since.map(|at| view! { {since} <Moment at /> })}
                </p>
            </div>
            <div class="row">
                {overdue}
                {task.due_on.map(|on| view! { <DueDay on /> })}
            </div>
        </li>
    }
}

/// The page on which it is done.
fn link(task: &Task) -> String {
    let (noun, id) = task.object.split_once(':').unwrap_or_default();
    let request = one(routes::REQUESTS, id);
    match (noun, task.what) {
        ("request", Awaited::IdentityConfirmation) => format!("{request}/identity"),
        ("request", Awaited::NonceCommitment | Awaited::NonceOpening) => format!("{request}/nonce"),
        ("request", Awaited::Approval) => format!("{request}/approve"),
        ("request", Awaited::SpotCheck) => format!("{request}/spot-check"),
        ("request", Awaited::Certification) => format!("{request}/certify"),
        ("request", Awaited::Attestation) => format!("{request}/attest"),
        ("request", Awaited::Key) if !task.only_told => routes::KEYS.into(),
        ("request", _) => request,
        ("delivery", _) => format!("{}#deliveries", one(routes::CERTIFICATES, id)),
        ("storage", _) => routes::JOBS.into(),
        ("certificate", _) => format!("{}/revoke", one(routes::CERTIFICATES, id)),
        ("incident", _) => one(routes::INCIDENTS, id),
        ("hold", _) => one(routes::HOLDS, id),
        ("register", _) => "/holds/confirm".into(),
        ("drill", _) => routes::DRILLS.into(),
        ("schedule", _) => routes::JOBS.into(),
        ("job", _) => routes::JOBS.into(),
        _ => routes::HOME.into(),
    }
}

/// What is to be done, as a sentence; a name that ends in a full stop brings it along.
fn sentence(task: &Task, tenant: bool) -> String {
    let said = said(task, tenant);
    match said.strip_suffix("..") {
        Some(rest) => format!("{rest}."),
        None => said,
    }
}

fn said(task: &Task, tenant: bool) -> String {
    let title = &task.title;
    let request = match tenant {
        true => "your request".to_owned(),
        false => match &task.whose {
            Some(Whose::Person) => format!("the request about one person of {title}"),
            Some(Whose::Everything) => format!("the request about everything of {title}"),
            Some(Whose::Again(system)) => {
                format!("what the restored system {system} brought back of {title}")
            }
            Some(Whose::Drill) => format!("the drill on {title}"),
            None => format!("the request of {title}"),
        },
    };
    match task.what {
        Awaited::IdentityConfirmation => format!("Confirm who is behind {request}."),
        Awaited::NonceCommitment => format!("Commit to a nonce for {request}; then it is planned."),
        Awaited::NonceOpening => format!("Bring the nonce that was kept outside for {request}."),
        Awaited::Approval => format!("Look at the plan for {request}, and approve it."),
        Awaited::Grace => format!("The run for {request} begins soon. You can still object."),
        Awaited::SpotCheck => format!("Look at single records by hand for {request}."),
        Awaited::Certification => format!("Certify what was found for {request}."),
        Awaited::Addendum => {
            format!("Backups have run out that could hold the data of {title}. Certify it by an addendum.")
        }
        Awaited::Issue => format!("The certificate for {request} could not be issued. Look why."),
        Awaited::Key => {
            format!("The certificate for {request} waits for a valid key. An administrator rotates it.")
        }
        Awaited::Remainder => format!("The certificate for {request} is ready."),
        Awaited::HoldRelease => format!("A legal hold stops {request}."),
        Awaited::DutyEnd => format!("A duty to keep stops {request}."),
        Awaited::CoolingOff => format!("After the cooling-off, {request} resumes."),
        Awaited::Attention if task.only_told => format!("The answer to {request} is late."),
        Awaited::Attention => format!("Something went wrong with {request}. Please look."),
        Awaited::Attestation => format!("Record what a party attests for {request}."),
        Awaited::Unpause => format!("Decide whether {request}, which is paused, goes on."),
        Awaited::HoldReview => format!("Review the hold: {title}."),
        Awaited::SecondRelease => format!("Release the hold as the second person, or leave it: {title}."),
        Awaited::SecondRevocation => {
            format!("Confirm that certificate {title} is revoked, or leave it in force.")
        }
        Awaited::IncidentDecision => {
            format!("Data was seen again that certificate {title} says is gone. Say whether that is so.")
        }
        Awaited::Revocation => {
            format!("Certificate {title} is suspended, and what was seen again is confirmed. Revoke it.")
        }
        Awaited::IncidentAccount => {
            format!("Write down cause, remedy and lessons of the incident with certificate {title}.")
        }
        Awaited::Correction => format!("The certificate for {request} is revoked. Begin its correction."),
        Awaited::RegisterConfirmation => {
            "Re-confirm the hold register after the restore. Nothing is erased before.".into()
        }
        Awaited::Undelivered => {
            format!("A mail about {title} did not arrive. See to it that the recipient is told.")
        }
        Awaited::StorageFailure => {
            format!("Certificates may not be kept: {title} does not give back what is written to it.")
        }
        Awaited::Drill => format!("{title}. Look why, and run another one."),
        Awaited::Schedule => {
            "Nobody looks for what is overdue: no process runs the schedule. Start lethe serve, or a worker."
                .into()
        }
        Awaited::ParkedJob => format!("Put parked work back: {title}."),
        Awaited::Planning
        | Awaited::Erasure
        | Awaited::Settling
        | Awaited::Verification
        | Awaited::Remediation
        | Awaited::Nothing => format!("Follow {request}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(what: Awaited, object: &str) -> Task {
        Task {
            what,
            object: object.into(),
            title: "acme".into(),
            tenant: None,
            whose: None,
            since: None,
            due_on: None,
            overdue: false,
            told: None,
            only_told: false,
        }
    }

    #[test]
    fn a_task_leads_to_where_it_is_done() {
        for (what, object, href) in [
            (Awaited::Approval, "request:1", "/requests/1/approve"),
            (Awaited::SpotCheck, "request:1", "/requests/1/spot-check"),
            (Awaited::Attention, "request:1", "/requests/1"),
            (Awaited::Attestation, "request:1", "/requests/1/attest"),
            (Awaited::SecondRelease, "hold:2", "/holds/2"),
            (Awaited::RegisterConfirmation, "register:holds", "/holds/confirm"),
            (Awaited::ParkedJob, "job:3", "/jobs"),
        ] {
            assert_eq!(link(&task(what, object)), href, "{object}");
        }
    }

    #[test]
    fn a_tenant_reads_of_its_own_request() {
        let words = sentence(&task(Awaited::IdentityConfirmation, "request:1"), true);
        assert_eq!(words, "Confirm who is behind your request.");
    }

    #[test]
    fn staff_read_whose_data_it_is_about() {
        let task = Task {
            title: "Acme S.r.l.".into(),
            whose: Some(Whose::Person),
            ..task(Awaited::SpotCheck, "request:1")
        };
        assert_eq!(
            sentence(&task, false),
            "Look at single records by hand for the request about one person of Acme S.r.l."
        );
    }
}
