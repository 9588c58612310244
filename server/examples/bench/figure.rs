//! A figure: what was measured, and what it is held against.

use std::fmt;
use std::time::Duration;

/// What a figure is to reach.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so much.
    Under(f64),
    /// At least so much.
    Over(f64),
}

/// One line of the report.
pub struct Figure {
    what: String,
    values: Vec<f64>,
    unit: &'static str,
    goal: Option<Goal>,
    peer: Option<(&'static str, f64)>,
}

impl Figure {
    /// A figure, taken some times.
    pub fn new(what: impl Into<String>, unit: &'static str, values: Vec<f64>) -> Self {
        Self {
            what: what.into(),
            values,
            unit,
            goal: None,
            peer: None,
        }
    }

    /// Durations in seconds.
    pub fn seconds(what: impl Into<String>, times: &[Duration]) -> Self {
        Self::new(what, "s", times.iter().map(Duration::as_secs_f64).collect())
    }

    /// With a goal.
    pub fn goal(self, goal: Goal) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    /// Next to a peer, measured in the same run in the same unit; a goal is then one for the ratio.
    pub fn peer(self, name: &'static str, times: &[Duration]) -> Self {
        let seconds: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
        Self {
            peer: Some((name, median(&seconds))),
            ..self
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = median(&self.values);
        write!(f, "{:<58} {:>9} {:<5}", self.what, short(value), self.unit)?;
        let mut judged = value;
        if let Some((name, peer)) = self.peer {
            judged = value / peer;
            write!(f, " {judged:.2} x {name} ({} {})", short(peer), self.unit)?;
        }
        let times = if self.peer.is_some() { "x" } else { "" };
        match self.goal {
            Some(Goal::Under(goal)) => write!(f, "  goal under {goal}{times}: {}", met(judged < goal))?,
            Some(Goal::Over(goal)) => write!(f, "  goal over {goal}{times}: {}", met(judged > goal))?,
            None => {}
        }
        if self.values.len() > 1 {
            let (least, most) = (
                self.values.iter().copied().fold(f64::MAX, f64::min),
                self.values.iter().copied().fold(0.0, f64::max),
            );
            write!(
                f,
                "  [{} taken, {} to {}]",
                self.values.len(),
                short(least),
                short(most)
            )?;
        }
        Ok(())
    }
}

const fn met(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Three digits or so.
fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}

/// The middle of some values.
fn median(values: &[f64]) -> f64 {
    share(values, 50)
}

/// The value below which so many of a hundred values lie.
pub fn share(values: &[f64], percent: usize) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// What this is measured on, and how busy it is with other things.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let memory = text("/proc/meminfo");
    let kibibytes = memory
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<f64>().ok());
    let load = text("/proc/loadavg");
    format!(
        "{cores} cores, {:.0} GiB, load before the run {}{}",
        kibibytes.unwrap_or_default() / 1_048_576.0,
        load.split(' ').next().unwrap_or("unknown"),
        if cfg!(debug_assertions) {
            ", NOT a release build"
        } else {
            ""
        },
    )
}
