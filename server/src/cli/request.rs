//! `lethe request`: erasure requests, from opening to the certificate.

mod decide;
mod deliver;
mod look;
mod nonce;
mod open;
mod pause;
mod show;

use clap::Subcommand;
use domain::id::{CheckId, JobId, RequestId};

use super::desk::Desk;
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Open a request; the clock of Art. 12(3) runs from now (counsel, officer, or the tenant's own person)
    Open(open::Open),
    /// Say who is behind a request and how that was confirmed (not whoever opened it)
    ConfirmIdentity(open::ConfirmIdentity),
    /// List requests
    List,
    /// Show a request: where it stands, whom it waits for, what was seen
    Show {
        /// The request
        request: RequestId,
    },
    /// Commit to a nonce, so that nobody alone can choose the sample (an officer who did not open the request)
    CommitNonce(nonce::CommitNonce),
    /// Bring the nonce that was kept outside, when it is asked for
    OpenNonce(nonce::OpenNonce),
    /// Approve the run, bound to the digest that `show` prints (a second officer)
    Approve(decide::Approve),
    /// Refuse a request, with a reason of the closed list
    Refuse(decide::Refuse),
    /// Take a request back, before anything was authorised
    Withdraw {
        /// The request
        request: RequestId,
    },
    /// Mark a request as the same as another
    Duplicate {
        /// The request
        request: RequestId,
        /// The other
        #[arg(long)]
        of: RequestId,
    },
    /// Extend the deadline by two months, with reasons told inside the first month
    Extend {
        /// The request
        request: RequestId,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Object during the grace period (the tenant's own person)
    Object {
        /// The request
        request: RequestId,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Record the document by which a party attests erasure (legal counsel)
    Attest(look::Attest),
    /// Show some erased ids and a decoy, once, to be looked up by hand (an officer who does not operate the systems)
    SpotCheck(look::SpotCheck),
    /// Record what was seen of them
    RecordSpotCheck(look::RecordSpotCheck),
    /// Accept in writing that a dataset has no possible control; the certificate says so (an officer)
    AcceptNoControl {
        /// The check
        check: CheckId,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Certify, bound to the evidence digest that `show` prints (an officer who neither opened nor approved)
    Certify(decide::Certify),
    /// Write the certificate and everything that proves it into a folder
    Download(deliver::Download),
    /// Write the evidence of a request into one file, with the page that says how outsiders check it
    Evidence(deliver::Evidence),
    /// Say that what stopped a request is settled; it goes on where it stood
    Settle {
        /// The request
        request: RequestId,
        /// What was settled
        #[arg(long)]
        note: String,
    },
    /// Try again what failed, after the cause was mended (operator)
    Retry {
        /// The request
        #[arg(required_unless_present = "job")]
        request: Option<RequestId>,
        /// A parked job, in place of a request
        #[arg(long, conflicts_with = "request")]
        job: Option<JobId>,
        /// What was mended
        #[arg(long, default_value = "mended")]
        note: String,
    },
    /// List parked jobs, with why
    Parked,
    /// Stop a request, a system, or all erasure, at once
    Pause(pause::Pause),
    /// Let it go on
    Resume(pause::Resume),
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        let (engine, actor) = (&desk.engine, &desk.actor);
        match self {
            Self::Open(open) => open.run(&desk).await?,
            Self::ConfirmIdentity(confirm) => confirm.run(&desk).await?,
            Self::List => show::list(&desk).await?,
            Self::Show { request } => show::one(&desk, request).await?,
            Self::CommitNonce(commit) => commit.run(&desk).await?,
            Self::OpenNonce(open) => open.run(&desk).await?,
            Self::Approve(approve) => approve.run(&desk).await?,
            Self::Refuse(refuse) => refuse.run(&desk).await?,
            Self::Withdraw { request } => {
                engine.withdraw_request(actor, request).await?;
                out::line("the request is withdrawn");
            }
            Self::Duplicate { request, of } => {
                engine.mark_duplicate(actor, request, of).await?;
                out::line("the request is marked as a duplicate");
            }
            Self::Extend { request, reason } => {
                engine.extend_deadline(actor, request, &reason).await?;
                out::line(format_args!(
                    "the request is now due on {}",
                    engine.request(actor, request).await?.due_on
                ));
            }
            Self::Object { request, reason } => {
                engine.object(actor, request, &reason).await?;
                out::line("the objection is recorded; nothing starts until a person has looked");
            }
            Self::Attest(attest) => attest.run(&desk).await?,
            Self::SpotCheck(spot) => spot.run(&desk).await?,
            Self::RecordSpotCheck(record) => record.run(&desk).await?,
            Self::AcceptNoControl { check, reason } => {
                engine.accept_no_control(actor, check, &reason).await?;
                out::line("the exception is accepted; the certificate will say so");
            }
            Self::Certify(certify) => certify.run(&desk).await?,
            Self::Download(download) => download.run(&desk).await?,
            Self::Evidence(evidence) => evidence.run(&desk).await?,
            Self::Settle { request, note } => {
                engine.settle_attention(actor, request, &note).await?;
                out::line("the request goes on");
            }
            Self::Retry { request, job, note } => {
                match (request, job) {
                    (Some(request), _) => engine.retry_round(actor, request, &note).await?,
                    (None, Some(job)) => engine.retry_job(actor, job).await?,
                    (None, None) => return Err(Failure::usage("name a request, or --job")),
                }
                out::line("it is tried again");
            }
            Self::Parked => parked(&desk).await?,
            Self::Pause(pause) => pause.run(&desk).await?,
            Self::Resume(resume) => resume.run(&desk).await?,
        }
        Ok(())
    }
}

async fn parked(desk: &Desk) -> Result<(), Failure> {
    let jobs = desk.engine.parked_jobs(&desk.actor).await?;
    if desk.json {
        let row = |(id, job, why): &(JobId, domain::job::Job, String)| serde_json::json!({ "id": id, "job": job, "why": why });
        out::json(&jobs.iter().map(row).collect());
        return Ok(());
    }
    let row = |(id, job, why): &(JobId, domain::job::Job, String)| {
        [id.to_string(), job.queue().word().to_owned(), why.clone()]
    };
    let rows: Vec<_> = jobs.iter().map(row).collect();
    out::table(["JOB", "QUEUE", "WHY"], &rows, "no job is parked");
    Ok(())
}
