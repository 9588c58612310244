//! `lethe replay`: a system was restored from a backup; what was erased is found in it and erased again before it is used.

use clap::{Args, Subcommand};
use domain::digest::Digest;
use domain::id::ReplayId;
use domain::inventory::{Slug, SystemName};
use domain::replay::ReplayState;
use engine::replay::Replayed;
use serde_json::{Value, json};

use super::desk::Desk;
use super::{Failure, Options, out};

/// Options of `replay`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Ask {
    /// The restored system, by its name in the inventory
    #[arg(long, required = true, value_parser = Slug::parse)]
    system: Option<SystemName>,
    /// What was restored, from when, and why; it names nobody
    #[arg(long, required = true)]
    why: Option<String>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List replays
    List,
    /// Show a replay: what was found, and what became of it; exit status 0 only if it ended and all is clean
    Show {
        /// The replay
        replay: ReplayId,
    },
    /// Approve everything that a replay found, bound to the digest that `show` prints (an officer who did not ask for it)
    Approve {
        /// The replay
        replay: ReplayId,
        /// The digest, as shown
        #[arg(long)]
        digest: Digest,
    },
}

impl Ask {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        match (self.verb, self.system, self.why) {
            (Some(verb), ..) => verb.run(&desk).await,
            (None, Some(system), Some(why)) => ask(&desk, &system, &why).await,
            // clap asks for both.
            (None, ..) => Err(Failure::failed("name the system and say what was restored")),
        }
    }
}

async fn ask(desk: &Desk, system: &SystemName, why: &str) -> Result<(), Failure> {
    let replay = desk.engine.ask_replay(&desk.actor, system, why).await?;
    if desk.json {
        out::json(&json!({ "replay": replay.id, "state": replay.state() }));
        return Ok(());
    }
    out::line(format_args!(
        "replay {}: {system} is searched for what was erased. Do not use it before `lethe replay show {}` says clean",
        replay.id, replay.id
    ));
    Ok(())
}

impl Verb {
    async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let (engine, actor) = (&desk.engine, &desk.actor);
        match self {
            Self::List => {
                let replays = engine.replays(actor).await?;
                if desk.json {
                    out::json(&json!(replays));
                    return Ok(());
                }
                let row = |replay: &domain::replay::Replay| {
                    [
                        replay.id.to_string(),
                        replay.system.to_string(),
                        replay.asked_at.to_string(),
                        replay.state().word().to_owned(),
                    ]
                };
                let rows: Vec<_> = replays.iter().map(row).collect();
                out::table(
                    ["REPLAY", "SYSTEM", "ASKED", "STATE"],
                    &rows,
                    "no system was replayed yet",
                );
                Ok(())
            }
            Self::Show { replay } => show(desk, &engine.replay(actor, replay).await?),
            Self::Approve { replay, digest } => {
                let approved = engine.approve_replay(actor, replay, digest).await?;
                out::line(format_args!("approved: {approved}; erasure starts now"));
                Ok(())
            }
        }
    }
}

fn show(desk: &Desk, seen: &Replayed) -> Result<(), Failure> {
    let state = seen.replay.state();
    if desk.json {
        out::json(&facts(seen));
    } else {
        out::fact("system", &seen.replay.system);
        out::fact("state", state.word());
        if let Some(comparison) = &seen.replay.seen {
            out::fact("searched at", comparison.at);
            out::fact("compared with", comparison.compared);
            for why in &comparison.unclear {
                out::fact("not searched", why);
            }
        }
        let rows: Vec<_> = seen
            .found
            .iter()
            .map(|(found, request)| {
                let datasets: Vec<_> = found.datasets.iter().map(ToString::to_string).collect();
                [
                    found.of.to_string(),
                    datasets.join(", "),
                    found.request.to_string(),
                    request.state_word().to_owned(),
                ]
            })
            .collect();
        if seen.replay.seen.is_some() {
            out::table(
                ["ERASED BY", "FOUND IN", "ERASED AGAIN BY", "STATE"],
                &rows,
                "nothing that was erased was found",
            );
        }
        if !seen.waiting.is_empty() {
            out::fact("to approve", seen.waiting.len());
            out::fact("digest", seen.digest());
        }
    }
    match state {
        ReplayState::Clean => Ok(()),
        state => Err(Failure::failed(format!(
            "the replay is {}: do not use {} yet",
            state.word(),
            seen.replay.system
        ))),
    }
}

fn facts(seen: &Replayed) -> Value {
    let found = seen.found.iter().map(|(found, request)| {
        json!({ "of": found.of, "request": found.request, "datasets": found.datasets, "state": request.state_word() })
    });
    json!({
        "replay": seen.replay,
        "state": seen.replay.state(),
        "found": found.collect::<Vec<_>>(),
        "waiting": seen.waiting.len(),
        "digest": (!seen.waiting.is_empty()).then(|| seen.digest()),
    })
}
