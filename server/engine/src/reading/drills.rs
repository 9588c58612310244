//! What drills, and the schedule that opens them, ask of those who run the product and those who answer for it.

use domain::actor::{Actor, Permission};
use domain::drill::DrillState;

use super::home::Task;
use super::waiting::Awaited;
use crate::drills::DrillSeen;
use crate::{Engine, Error};

impl Engine {
    /// The drill that went wrong; that none runs; and that nobody looks for what is overdue.
    pub(super) async fn drills_waiting(&self, actor: &Actor) -> Result<Vec<Task>, Error> {
        let concerned = [Permission::RunDrill, Permission::ApproveRun];
        if actor.require_any(&concerned).is_err() {
            return Ok(Vec::new());
        }
        let mut tasks = Vec::new();
        let watched = self.watched(actor).await?;
        if watched.stopped {
            let mut task = plain(Awaited::Schedule, "schedule:watch".into(), "the schedule".into());
            task.since = watched.at;
            tasks.push(task);
        }
        if let Some(drill) = self.drill_alarm(actor).await? {
            let mut task = plain(Awaited::Drill, format!("drill:{}", drill.id), titled(&drill));
            task.since = Some(drill.opened_at);
            task.told = drill.trouble.map(|trouble| trouble.why);
            tasks.push(task);
        }
        if self.drill_schedule(actor)?.is_none() {
            let title = "No drill runs by itself: no synthetic tenant is named (drills.tenant)";
            let mut task = plain(Awaited::Drill, "drill:none".into(), title.into());
            task.only_told = true;
            tasks.push(task);
        }
        Ok(tasks)
    }
}

fn titled(drill: &DrillSeen) -> String {
    let what = match &drill.month {
        Some(month) => format!("The drill of {month}"),
        None => format!("The drill opened on {}", drill.opened_at.date()),
    };
    let how = match drill.state {
        DrillState::NotRun => "did not run",
        DrillState::Overdue => "is late",
        _ => "failed",
    };
    format!("{what} {how}")
}

fn plain(what: Awaited, object: String, title: String) -> Task {
    Task {
        what,
        object,
        title,
        tenant: None,
        whose: None,
        since: None,
        due_on: None,
        overdue: false,
        told: None,
        only_told: false,
    }
}
