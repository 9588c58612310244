//! `lethe drill`: drills on a synthetic tenant.

use clap::Subcommand;
use engine::drills::DrillSeen;
use serde_json::json;

use super::desk::Desk;
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Open a drill now, besides those of the schedule (operator); it is confirmed, approved and certified as any request
    Run,
    /// List drills, months in which none ran, and the last drill that each system passed
    List,
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        match self {
            Self::Run => {
                let drill = desk.engine.run_drill(&desk.actor).await?;
                match (desk.json, drill.request) {
                    (true, request) => {
                        out::json(&json!({ "drill": drill.id, "request": request, "due_on": drill.due_on }));
                    }
                    (false, Some(request)) => out::line(format_args!(
                        "the drill is opened as request {request}, to end by {}",
                        drill.due_on
                    )),
                    (false, None) => out::line("the drill is opened"),
                }
            }
            Self::List => list(&desk).await?,
        }
        Ok(())
    }
}

async fn list(desk: &Desk) -> Result<(), Failure> {
    let drills = desk.engine.drills(&desk.actor).await?;
    let systems = desk.engine.drilled_systems(&desk.actor).await?;
    if desk.json {
        out::json(&json!({ "drills": drills, "systems": systems }));
        return Ok(());
    }
    if desk.engine.drill_schedule(&desk.actor)?.is_none() {
        out::line("no drill runs by itself: drills.tenant names no synthetic tenant");
    }
    let row = |drill: &DrillSeen| {
        let month = drill.month.as_ref();
        let lacking = drill
            .lacking
            .iter()
            .map(|(dataset, why)| format!("{dataset}: {why}"));
        let trouble = drill.trouble.iter().map(|trouble| trouble.why.clone());
        let why: Vec<String> = lacking.chain(trouble).collect();
        [
            month.map_or_else(|| "besides".into(), ToString::to_string),
            drill.state.word().replace('_', " "),
            drill.due_on.to_string(),
            drill.request.map_or_else(String::new, |id| id.to_string()),
            why.join("; "),
        ]
    };
    let rows: Vec<_> = drills.iter().map(row).collect();
    out::table(
        ["MONTH", "STATE", "DUE", "REQUEST", "WHY"],
        &rows,
        "no drill has run yet (lethe drill run)",
    );
    let row = |seen: &engine::drills::SystemDrilled| {
        let last = match seen.last {
            Some(last) if last.unchanged => format!("passed on {}", last.at.date()),
            Some(last) => format!("passed on {}, and changed since", last.at.date()),
            None => "has never passed a drill".into(),
        };
        [seen.system.to_string(), last]
    };
    let rows: Vec<_> = systems.iter().map(row).collect();
    out::table(["SYSTEM", "DRILL"], &rows, "there is no inventory yet");
    Ok(())
}
