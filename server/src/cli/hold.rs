//! `lethe hold`: the register of legal holds and retention duties.

use clap::{Subcommand, ValueEnum};
use domain::hold::{Basis, Disclosure};
use domain::id::HoldId;
use domain::time::{Date, days_later, parse_date};
use engine::holds::NewHold;
use engine::reading::holds::{HoldFilter, HoldSeen, ReleaseSeen};
use serde_json::json;

use super::desk::Desk;
use super::scope::{GroundWord, Scope};
use super::{Failure, Options, out};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Place a hold: from this moment nothing it covers is erased (legal counsel)
    Place(Box<Place>),
    /// Release a hold: the first person proposes, a second one confirms (legal counsel)
    Release {
        /// The hold
        hold: HoldId,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Show the register: of each hold what the person may know, and of matters only what they disclose without --as
    List,
    /// Record a duty of contract or statute to keep data until a date (legal counsel)
    Duty {
        /// What it is, in words that may be shown
        #[arg(long)]
        title: String,
        /// Why the data may be kept
        #[arg(long, value_enum)]
        ground: GroundWord,
        /// The last day
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        until: Date,
        #[command(flatten)]
        scope: Scope,
    },
    /// After a restore: say that the register was compared with counsel's own files (legal counsel)
    ConfirmRegister {
        /// What was checked
        #[arg(long)]
        statement: String,
    },
}

/// Options of `place`.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The matter's name
    #[arg(long)]
    matter: String,
    /// The court, regulator or body
    #[arg(long)]
    authority: String,
    /// What gives it force
    #[arg(long, value_enum)]
    basis: BasisWord,
    /// Why the data may be kept
    #[arg(long, value_enum)]
    ground: GroundWord,
    /// Who answers for it
    #[arg(long)]
    custodian: String,
    /// From when the matter runs; today when absent
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    starts_on: Option<Date>,
    /// When it must be looked at again; in 90 days when absent
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    review_on: Option<Date>,
    /// What others may learn: matter, ground, or wording approved by counsel
    #[arg(long, default_value = "ground", value_name = "matter|ground|WORDING")]
    disclose: String,
    #[command(flatten)]
    scope: Scope,
}

/// What gives a hold its force, as a word.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum BasisWord {
    CourtOrder,
    Regulator,
    Investigation,
    Contract,
    Statute,
}

impl From<BasisWord> for Basis {
    fn from(word: BasisWord) -> Self {
        match word {
            BasisWord::CourtOrder => Self::CourtOrder,
            BasisWord::Regulator => Self::Regulator,
            BasisWord::Investigation => Self::Investigation,
            BasisWord::Contract => Self::Contract,
            BasisWord::Statute => Self::Statute,
        }
    }
}

impl Verb {
    pub(super) async fn run(self, options: &Options) -> Result<(), Failure> {
        let desk = Desk::open(options).await?;
        let (engine, actor) = (&desk.engine, &desk.actor);
        match self {
            Self::Place(place) => place.run(&desk).await?,
            Self::Release { hold, reason } => {
                let hold = engine.release_hold(actor, hold, &reason).await?;
                match hold.stands() {
                    true => out::line(
                        "the release is proposed; the hold stands until a second person confirms it",
                    ),
                    false => out::line(
                        "the hold is released; requests it blocked resume by themselves after the cooling-off",
                    ),
                }
            }
            Self::List => list(&desk).await?,
            Self::Duty {
                title,
                ground,
                until,
                scope,
            } => {
                let duty = engine
                    .record_duty(actor, &title, ground.into(), scope.read()?, until)
                    .await?;
                out::line(format_args!(
                    "duty {} keeps what it covers until {}",
                    duty.id, duty.until
                ));
            }
            Self::ConfirmRegister { statement } => {
                engine.confirm_register(actor, &statement).await?;
                out::line("the hold register is confirmed; lift the pause with: lethe request resume --all");
            }
        }
        Ok(())
    }
}

impl Place {
    async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let today = desk.engine.now().date_in(&desk.engine.policy().zone)?;
        let hold = NewHold {
            matter: self.matter,
            authority: self.authority,
            basis: self.basis.into(),
            ground: self.ground.into(),
            scope: self.scope.read()?,
            custodian: self.custodian,
            starts_on: self.starts_on.unwrap_or(today),
            review_on: match self.review_on {
                Some(date) => date,
                None => days_later(today, 90)?,
            },
            disclosure: match self.disclose.as_str() {
                "matter" => Disclosure::Matter,
                "ground" => Disclosure::Ground,
                wording => Disclosure::Neutral(wording.to_owned()),
            },
        };
        let hold = desk.engine.place_hold(&desk.actor, hold).await?;
        match desk.json {
            true => out::json(&json!({ "hold": hold.id, "state": hold.state.word() })),
            false => out::line(format_args!(
                "hold {} stands; it reads in_force once nothing it covers is in flight",
                hold.id
            )),
        }
        Ok(())
    }
}

/// The register as the actor may see it: without `--as` nobody is there who may see more than the holds disclose.
async fn list(desk: &Desk) -> Result<(), Failure> {
    let holds = desk.engine.hold_list(&desk.actor, &HoldFilter::default()).await?;
    if desk.json {
        out::json(&json!(holds));
        return Ok(());
    }
    let rows: Vec<_> = holds.iter().map(row).collect();
    out::table(
        ["HOLD", "TENANT", "STATE", "REVIEW", "MATTER"],
        &rows,
        "there are no holds",
    );
    Ok(())
}

/// A line of the register. A dash stands where the hold does not disclose it.
fn row(hold: &HoldSeen) -> [String; 5] {
    let hidden = || "-".to_owned();
    let tenant = hold.scope.as_ref().map(|scope| match &scope.tenant {
        None => "any".to_owned(),
        Some(key) => key.to_string(),
    });
    let state = match hold.release {
        ReleaseSeen::Proposed { .. } => format!("{}, release proposed", hold.state),
        _ => hold.state.to_owned(),
    };
    let review_on = hold.matter.as_ref().map(|matter| matter.review_on.to_string());
    [
        hold.id.to_string(),
        tenant.unwrap_or_else(hidden),
        state,
        review_on.unwrap_or_else(hidden),
        hold.title(),
    ]
}
