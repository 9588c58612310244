//! A system is restored from a backup that is older than the first erasure; what it brought back waits for an officer.

use domain::inventory::SystemName;
use engine::Engine;
use samples::AURORA;

use super::super::systems::{CRM_NAME, Systems};
use super::super::world::World;
use super::super::{DemoError, drive};

/// Whose record came back.
const BACK: u32 = 3;
/// What the operator says.
const WHY: &str = "The backup of the night before last, after a failed upgrade";

/// Plays it.
pub(super) async fn play(world: &World, engine: &Engine, systems: &Systems) -> Result<(), DemoError> {
    let people = &world.people;
    systems.put_user_back(&AURORA, BACK).await?;
    let name = SystemName::parse(CRM_NAME).map_err(|error| DemoError::setup("a name")(&error))?;
    let asked = engine.ask_replay(&people.operator.actor, &name, WHY).await?;
    drive::run_due(engine).await?;
    let seen = engine.replay(&people.operator.actor, asked.id).await?;
    match seen.waiting.len() {
        1 => Ok(()),
        other => Err(DemoError::NotAsTold(format!(
            "one erasure was found undone in {CRM_NAME}, not {other}"
        ))),
    }
}
